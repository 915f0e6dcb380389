//! SMS: what is said, what is appended, and how many parts it takes.

use super::Links;
use crate::{
    answer::Answer,
    template::{Buttons, Code, ReplyCodes},
};

/// The most bytes SNS publishes in one SMS.
pub(super) const MAX_BYTES: usize = 1_600;

/// How an SMS travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// The 7-bit alphabet of GSM 03.38 (3GPP TS 23.038 §6.2.1): 160 characters, or
    /// 153 a part.
    Gsm7,
    /// 16-bit units: 70, or 67 a part.
    Ucs2,
}

/// The parts an SMS is billed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Segments {
    /// How many; 0 only for an empty text.
    pub count: usize,
    /// How they are encoded.
    pub encoding: Encoding,
}

/// Counts the parts of a text. A character of two units (GSM extension, UTF-16
/// surrogate pair) is never split over two parts.
pub fn segments(text: &str) -> Segments {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (encoding, sizes, single, part) = match gsm {
        Some(sizes) => (Encoding::Gsm7, sizes, 160, 153),
        None => (
            Encoding::Ucs2,
            text.chars().map(char::len_utf16).collect(),
            70,
            67,
        ),
    };
    let count = match sizes.iter().sum::<usize>() {
        0 => 0,
        total if total <= single => 1,
        _ => parts(&sizes, part),
    };
    Segments { count, encoding }
}

fn parts(sizes: &[usize], capacity: usize) -> usize {
    let mut count = 1;
    let mut used = 0;
    for size in sizes {
        if used + size > capacity {
            count += 1;
            used = 0;
        }
        used += size;
    }
    count
}

/// The septets a character takes; `None` when the alphabet has none for it.
fn septets(c: char) -> Option<usize> {
    match c {
        ' '..='_' if !matches!(c, '[' | '\\' | ']' | '^') => Some(1),
        'a'..='z' | '\n' | '\r' => Some(1),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ'
        | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä'
        | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        '\u{c}' | '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => Some(2),
        _ => None,
    }
}

/// Writes typographic characters as the alphabet has them: one curly quote
/// would more than halve what fits in a part.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' => plain.push('\''),
            '“' | '”' | '„' | '‟' | '«' | '»' | '″' => plain.push('"'),
            '‐'..='―' | '−' | '•' | '·' => plain.push('-'),
            '…' => plain.push_str("..."),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\t' => plain.push(' '),
            '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            c => plain.push(c),
        }
    }
    plain
}

/// The SMS: the text, how to reply (S2), and the landing link, always last (S1).
pub(super) fn compose(text: &str, buttons: Buttons, codes: &ReplyCodes, links: &Links) -> String {
    let link = links.landing();
    let mut sms = plain(text.trim());
    let replies = reply_line(buttons, codes);
    // A text that ends in the link itself needs no second one, unless the reply
    // codes must go before it.
    if sms.ends_with(&link) {
        if replies.is_none() {
            return sms;
        }
        let said = sms.trim_end_matches(&link).rfind(['.', '!', '?', '\n']);
        sms.truncate(said.map_or(0, |at| at + 1));
    }
    let invitation = if buttons.ask() {
        "Details & respond"
    } else {
        "Details"
    };
    let last = format!("{invitation}: {link}");
    [Some(sms), replies, Some(last)]
        .into_iter()
        .flatten()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Like `Reply 1 to confirm, 2 to reschedule, 3 to decline`.
fn reply_line(buttons: Buttons, codes: &ReplyCodes) -> Option<String> {
    let offers = codes.offered(buttons);
    (!offers.is_empty()).then(|| ask(&offers))
}

/// How to answer by these codes.
pub(super) fn ask(codes: &[Code]) -> String {
    let offers = codes
        .iter()
        .map(|code| format!("{} to {}", code.word, deed(code.answer)));
    format!("Reply {}", offers.collect::<Vec<_>>().join(", "))
}

/// What an answer does, as an SMS says it.
pub(super) fn deed(answer: Answer) -> &'static str {
    match answer {
        Answer::Accept => "confirm",
        Answer::Reschedule => "reschedule",
        Answer::Decline => "decline",
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::token::Token;

    #[rstest]
    #[case::nothing("", 0, Encoding::Gsm7)]
    #[case::full_single(&"a".repeat(160), 1, Encoding::Gsm7)]
    #[case::one_more(&"a".repeat(161), 2, Encoding::Gsm7)]
    #[case::two_full_parts(&"a".repeat(306), 2, Encoding::Gsm7)]
    #[case::third_part(&"a".repeat(307), 3, Encoding::Gsm7)]
    #[case::extension_counts_two(&"€".repeat(80), 1, Encoding::Gsm7)]
    #[case::extension_over(&"€".repeat(81), 2, Encoding::Gsm7)]
    // 153 is odd: the 77th euro sign does not fit in half, so a part holds 76.
    #[case::extension_is_not_split(&"€".repeat(153), 3, Encoding::Gsm7)]
    #[case::extension_at_the_edge(&format!("{}€{}", "a".repeat(152), "a".repeat(152)), 3, Encoding::Gsm7)]
    #[case::german("äöüÄÖÜß", 1, Encoding::Gsm7)]
    #[case::brackets("[]{}|~^\\", 1, Encoding::Gsm7)]
    #[case::at_and_dollar("@$_!\"#%&'()*+,-./:;<=>?", 1, Encoding::Gsm7)]
    #[case::backtick("`", 1, Encoding::Ucs2)]
    #[case::ucs2_full(&"я".repeat(70), 1, Encoding::Ucs2)]
    #[case::ucs2_over(&"я".repeat(71), 2, Encoding::Ucs2)]
    #[case::ucs2_two_full(&"я".repeat(134), 2, Encoding::Ucs2)]
    #[case::emoji(&"👍".repeat(35), 1, Encoding::Ucs2)]
    // 67 is odd: a part holds 33 surrogate pairs.
    #[case::pairs_are_not_split(&"👍".repeat(67), 3, Encoding::Ucs2)]
    #[case::one_curly_quote(&format!("{}’", "a".repeat(70)), 2, Encoding::Ucs2)]
    fn parts_are_counted_as_carriers_count(
        #[case] text: &str,
        #[case] count: usize,
        #[case] encoding: Encoding,
    ) {
        assert_eq!(segments(text), Segments { count, encoding });
    }

    #[test]
    fn typography_does_not_cost_parts() {
        let text = plain("“It’s” 9–10\u{a0}am…");
        assert_eq!(text, "\"It's\" 9-10 am...");
        assert_eq!(segments(&text).encoding, Encoding::Gsm7);
    }

    #[test]
    fn the_link_is_last_and_only_offered_codes_are_asked_for() {
        let links = Links::new("https://u.example", &Token::new([0; 16]));
        let link = links.landing();
        let all = Buttons {
            accept: true,
            decline: true,
            reschedule: true,
            ..Buttons::default()
        };
        let on = ReplyCodes {
            enabled: true,
            ..ReplyCodes::default()
        };
        let off = ReplyCodes::default();
        let no_decline = Buttons {
            decline: false,
            ..all
        };
        for (text, buttons, codes, expected) in [
            (
                "Hi.",
                Buttons::default(),
                &on,
                format!("Hi.\nDetails: {link}"),
            ),
            ("Hi.", all, &off, format!("Hi.\nDetails & respond: {link}")),
            (
                "Hi.",
                all,
                &on,
                format!(
                    "Hi.\nReply 1 to confirm, 2 to reschedule, 3 to decline\nDetails & respond: {link}"
                ),
            ),
            (
                "Hi.",
                no_decline,
                &on,
                format!("Hi.\nReply 1 to confirm, 2 to reschedule\nDetails & respond: {link}"),
            ),
            (
                &format!("Hi. See {link}"),
                all,
                &off,
                format!("Hi. See {link}"),
            ),
            (
                &format!("Hi. See {link}"),
                no_decline,
                &on,
                format!("Hi.\nReply 1 to confirm, 2 to reschedule\nDetails & respond: {link}"),
            ),
        ] {
            assert_eq!(compose(text, buttons, codes, &links), expected);
        }
    }
}
