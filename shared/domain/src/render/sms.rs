//! SMS: what is said, what is appended, and how many parts it takes.

use std::iter;

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::{RenderContext, words::Words};
use crate::{
    settings::SmsSettings,
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

/// A text as it goes out: in letters that SMS has, where the settings allow that and
/// it saves something.
///
/// Typographic quotes, dashes and spaces are always written plainly: one curly quote
/// would more than halve what fits in a part. Accents that the alphabet lacks (`á` is
/// one, `é` is not) are dropped only if every letter is of the alphabet then: a text
/// in Greek or with an emoji would gain nothing.
pub(super) fn transliterate(text: &str, settings: &SmsSettings) -> String {
    if !settings.transliterate {
        return text.to_owned();
    }
    let plain = plain(text);
    if in_alphabet(&plain) {
        return plain;
    }
    let bare: String = plain.chars().map(without_accent).collect();
    if in_alphabet(&bare) { bare } else { plain }
}

/// A text in letters of the alphabet only, other scripts' by their sound (`Дмитрий` is
/// `Dmitrii`); `None` where the settings want texts as they are written, or where the
/// customer is asked for a code that would then be another word (S8).
///
/// The last resort before a text is not sent at all: one letter that SMS lacks more than
/// halves what fits in a part, and a name may bring it into any text.
pub(super) fn in_latin_letters(
    text: &str,
    suffix: &SmsSuffix,
    settings: &SmsSettings,
) -> Option<String> {
    let codes_stay = suffix.codes.iter().all(|code| in_alphabet(&code.word));
    if !settings.transliterate || !codes_stay {
        return None;
    }
    let text: String = transliterate(text, settings)
        .chars()
        .map(|c| match (septets(c), c.is_alphabetic()) {
            (Some(_), _) => c.to_string(),
            (None, true) => deunicode::deunicode_char(c).unwrap_or_default().to_owned(),
            (None, false) => String::new(),
        })
        .collect();
    Some(text.chars().filter(|c| septets(*c).is_some()).collect())
}

fn in_alphabet(text: &str) -> bool {
    text.chars().all(|c| septets(c).is_some())
}

/// A letter of the alphabet in place of one that differs by a mark only.
fn without_accent(c: char) -> char {
    let mut letters = DecomposingNormalizerBorrowed::new_nfd().normalize_iter(iter::once(c));
    match letters.next() {
        Some(letter) if septets(c).is_none() && letter.is_ascii_alphabetic() => letter,
        _ => c,
    }
}

fn plain(text: &str) -> String {
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

/// What the program adds to an SMS.
pub(super) struct SmsSuffix {
    words: &'static Words,
    /// Whether the page behind the link can be answered.
    asks: bool,
    /// The codes that are answers.
    codes: Vec<Code>,
    link: String,
}

impl SmsSuffix {
    /// That of a scene's SMS, with this landing link.
    pub(super) fn of(
        render_context: &RenderContext<'_>,
        words: &'static Words,
        link: String,
    ) -> Self {
        let buttons = render_context.config.buttons();
        Self {
            words,
            asks: buttons.ask(),
            codes: render_context.config.reply_codes.offered(buttons),
            link,
        }
    }

    /// The longest there may be, with this link.
    pub(super) fn longest(words: &'static Words, link: String) -> Self {
        let all = Buttons {
            accept: true,
            decline: true,
            reschedule: true,
            ..Buttons::default()
        };
        let codes = ReplyCodes {
            enabled: true,
            ..ReplyCodes::default()
        };
        Self {
            words,
            asks: true,
            codes: codes.offered(all),
            link,
        }
    }
}

/// The SMS: the text, how to reply (S2), and the landing link, always last (S1).
pub(super) fn compose(text: &str, suffix: &SmsSuffix) -> String {
    let SmsSuffix {
        words,
        asks,
        codes,
        link,
    } = suffix;
    let mut sms = text.trim().to_owned();
    let replies = (!codes.is_empty()).then(|| ask(words, codes));
    // A text that ends in the link itself needs no second one, unless the reply
    // codes must go before it.
    if sms.ends_with(link) {
        if replies.is_none() {
            return sms;
        }
        let said = sms.trim_end_matches(link).rfind(['.', '!', '?', '\n']);
        sms.truncate(said.map_or(0, |at| at + 1));
    }
    let invitation = if *asks {
        words.sms.respond
    } else {
        words.sms.details
    };
    // SMS has no space that does not break.
    let colon = words.labels.colon.replace('\u{a0}', " ");
    let last = format!("{invitation}{colon} {link}");
    [Some(sms), replies, Some(last)]
        .into_iter()
        .flatten()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// How to answer by these codes, like `Reply 1 to confirm, 2 to reschedule, 3 to
/// decline`.
pub(super) fn ask(words: &Words, codes: &[Code]) -> String {
    let offer = |code: &Code| (words.sms.offer)(&code.word, code.answer);
    let offers: Vec<_> = codes.iter().map(offer).collect();
    format!("{} {}", words.sms.reply, offers.join(", "))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{answer::Answer, language::Language, settings::Settings};

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

    fn settings(transliterate: bool) -> SmsSettings {
        SmsSettings {
            transliterate,
            ..Settings::default().sms
        }
    }

    #[test]
    fn typography_and_accents_do_not_cost_parts() {
        for (text, spelled_as) in [
            ("“It’s” 9–10\u{a0}am…", "\"It's\" 9-10 am..."),
            ("mañana está aquí, á Á ç", "mañana esta aqui, a A c"),
            ("15 août à 14:00, Où ?", "15 aout à 14:00, Où ?"),
            ("Łódź", "Łódź"),
            ("á 👍 “x”", "á 👍 \"x\""),
            ("Ωμέγα", "Ωμέγα"),
        ] {
            assert_eq!(transliterate(text, &settings(true)), spelled_as);
            assert_eq!(transliterate(text, &settings(false)), text);
        }
        let plain = transliterate("“It’s” á", &settings(true));
        assert_eq!(segments(&plain).encoding, Encoding::Gsm7);
    }

    #[test]
    fn the_link_is_last_and_only_offered_codes_are_asked_for() {
        let link = "https://u.example/m/x";
        let words = Words::of(Language::English);
        let offers = |answers: &[Answer]| {
            let all = SmsSuffix::longest(words, link.to_owned()).codes;
            let offered = all
                .into_iter()
                .filter(|code| answers.contains(&code.answer));
            offered.collect::<Vec<_>>()
        };
        let two = [Answer::Accept, Answer::Reschedule];
        for (text, asks, codes, expected) in [
            ("Hi.", false, vec![], format!("Hi.\nDetails: {link}")),
            (
                "Hi.",
                true,
                vec![],
                format!("Hi.\nDetails & respond: {link}"),
            ),
            (
                "Hi.",
                true,
                offers(Answer::ALL),
                format!(
                    "Hi.\nReply 1 to confirm, 2 to reschedule, 3 to decline\nDetails & respond: {link}"
                ),
            ),
            (
                "Hi.",
                true,
                offers(&two),
                format!("Hi.\nReply 1 to confirm, 2 to reschedule\nDetails & respond: {link}"),
            ),
            (
                &format!("Hi. See {link}"),
                true,
                vec![],
                format!("Hi. See {link}"),
            ),
            (
                &format!("Hi. See {link}"),
                true,
                offers(&two),
                format!("Hi.\nReply 1 to confirm, 2 to reschedule\nDetails & respond: {link}"),
            ),
        ] {
            let suffix = SmsSuffix {
                words,
                asks,
                codes,
                link: link.to_owned(),
            };
            assert_eq!(compose(text, &suffix), expected);
        }
    }
}
