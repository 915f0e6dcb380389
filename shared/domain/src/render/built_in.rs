//! The texts of a type whose config has none of its own, in English. They are
//! of the same language as everyone's and keep the same rules.

use super::Part;
use crate::notification::NotificationType;

macro_rules! texts {
    ($name:literal) => {
        [
            include_str!(concat!("built_in/", $name, ".subject.txt")),
            include_str!(concat!("built_in/", $name, ".body.html")),
            include_str!(concat!("built_in/", $name, ".sms.txt")),
        ]
    };
}

/// The built-in text of a part.
pub(super) fn text(kind: NotificationType, part: Part) -> &'static str {
    let [subject, body, sms] = match kind {
        NotificationType::Confirmation => texts!("confirmation"),
        NotificationType::ConfirmationRequest => texts!("confirmation_request"),
        NotificationType::Reminder => texts!("reminder"),
        NotificationType::Update => texts!("update"),
        NotificationType::Cancellation => texts!("cancellation"),
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
    use crate::render::lint;

    #[test]
    fn every_built_in_text_keeps_the_rules() {
        for kind in NotificationType::ALL {
            for part in [Part::Subject, Part::EmailBody, Part::Sms] {
                assert_eq!(lint(part, text(kind, part), 4), Ok(()), "{kind} {part}");
            }
        }
    }
}
