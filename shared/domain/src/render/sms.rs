//! SMS: what is said, what is appended, and how many parts it takes.

use std::iter;

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::{RenderContext, words::Words};
use crate::{
    settings::SmsSettings,
    template::{Buttons, Code, ReplyCodes},
    values::segments::{in_alphabet, septets},
};

/// The most bytes SNS publishes in one SMS.
pub(super) const MAX_BYTES: usize = 1_600;

/// A text as it goes out: in letters that SMS has, where the settings allow that and
/// it saves something.
///
/// Typographic quotes, dashes and spaces are always written plainly: one curly quote
/// would more than halve what fits in a part. Accents that the alphabet lacks (`á` is
/// one, `é` is not) are dropped only if every letter is of the alphabet then: a text
/// in Greek or with an emoji would gain nothing.
pub(crate) fn transliterate(text: &str, settings: &SmsSettings) -> String {
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
pub(crate) struct SmsSuffix {
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
    pub(crate) fn longest(words: &'static Words, link: String) -> Self {
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
pub(crate) fn compose(text: &str, suffix: &SmsSuffix) -> String {
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
    use super::*;
    use crate::{
        language::Language,
        settings::Settings,
        values::answer::Answer,
        values::segments::{Encoding, segments},
    };

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
