//! The texts of a type whose config has none of its own, in every language. They
//! are of the same template language as everyone's and keep the same rules.

use super::Part;
use crate::{language::Language, values::kind::NotificationType};

/// The subject, body and SMS of every type, in one language.
macro_rules! texts {
    ($code:literal, $kind:expr) => {
        match $kind {
            NotificationType::Confirmation => texts!(@of $code, "/confirmation"),
            NotificationType::ConfirmationRequest => texts!(@of $code, "/confirmation_request"),
            NotificationType::Reminder => texts!(@of $code, "/reminder"),
            NotificationType::Update => texts!(@of $code, "/update"),
            NotificationType::Cancellation => texts!(@of $code, "/cancellation"),
        }
    };
    (@of $code:literal, $name:literal) => {
        [
            include_str!(concat!("built_in/", $code, $name, ".subject.txt")),
            include_str!(concat!("built_in/", $code, $name, ".body.html")),
            include_str!(concat!("built_in/", $code, $name, ".sms.txt")),
        ]
    };
}

/// The built-in text of a part.
pub(super) fn text(kind: NotificationType, part: Part, language: Language) -> &'static str {
    let [subject, body, sms] = match language {
        Language::English => texts!("en", kind),
        Language::German => texts!("de", kind),
        Language::Spanish => texts!("es", kind),
        Language::French => texts!("fr", kind),
    };
    match part {
        Part::Subject => subject,
        Part::EmailBody => body,
        Part::Sms => sms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{authoring::lint, settings::Settings};

    #[test]
    fn every_built_in_text_keeps_the_rules() {
        let sms = Settings::default().sms;
        for &language in Language::ALL {
            for &kind in NotificationType::ALL {
                for part in [Part::Subject, Part::EmailBody, Part::Sms] {
                    let text = text(kind, part, language);
                    let found = lint(part, text, language, &sms);
                    assert_eq!(found, Ok(()), "{} {kind} {part}", language.code());
                }
            }
        }
    }
}
