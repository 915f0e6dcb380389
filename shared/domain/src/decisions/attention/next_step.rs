//! What a delivery's status means to staff, and what they do next: said by the log, the
//! result of a send and the API in the same words (G8).

use crate::values::unusable::Unusable;
use crate::{
    notification::{Delivery, DeliveryStatus, FailedBy, Notification, ReportKind},
    values::kind::MessageKind,
};

impl Delivery {
    /// What its status means, in a sentence for staff.
    pub fn meaning(&self) -> &'static str {
        match self.status {
            DeliveryStatus::Dispatching => "It is being sent right now.",
            DeliveryStatus::Sent => self.how_far_it_came(),
            DeliveryStatus::Delivered => "It arrived.",
            DeliveryStatus::Bounced if self.got_through() => {
                "Something came back from the receiver's side: it may have arrived or not."
            }
            DeliveryStatus::Bounced => "The receiver's side refused it for good.",
            DeliveryStatus::Complained => "It arrived, and the receiver called it spam.",
            DeliveryStatus::Unknown => "Nobody knows whether it went out.",
            DeliveryStatus::Skipped => "The other channel was used instead.",
            DeliveryStatus::Failed if self.attempt == 0 => "It was not sent: it was not tried.",
            DeliveryStatus::Failed if self.not_yet => {
                "It was not sent: there was no time or no room for it."
            }
            DeliveryStatus::Failed => match self.failed_by {
                Some(FailedBy::Refusal | FailedBy::Account) => {
                    "It was not sent: the provider refused it."
                }
                Some(FailedBy::NoConnection) => {
                    "It was not sent: the provider could not be reached."
                }
                Some(FailedBy::Text) => "It was not sent: its text could not be sent.",
                Some(FailedBy::Expired) => "It was not sent: its time was over.",
                Some(FailedBy::StaffFound) => "It was not sent, as staff found.",
                Some(FailedBy::Receiver) => {
                    "It did not arrive: the carrier or the phone did not take it."
                }
                None => "It was not sent.",
            },
        }
    }

    /// What is known of a message that its provider has accepted.
    fn how_far_it_came(&self) -> &'static str {
        match self.weightiest().map(|report| report.kind) {
            Some(ReportKind::Delayed) => {
                "The provider has accepted it, and the receiver's side does not take it yet."
            }
            Some(ReportKind::TakenByCarrier) => {
                "The phone carrier has taken it; whether it reached the phone is not reported."
            }
            _ => "The provider has accepted it.",
        }
    }

    /// What staff do about it; `None` where there is nothing to do.
    fn next_step(&self, kind: MessageKind) -> Option<&'static str> {
        match self.status {
            DeliveryStatus::Sent | DeliveryStatus::Delivered | DeliveryStatus::Skipped => None,
            DeliveryStatus::Dispatching => Some("Look again in a minute."),
            DeliveryStatus::Complained => Some("Use another channel, or phone them."),
            DeliveryStatus::Bounced if self.got_through() => {
                Some("See what came back; ask the customer, if it matters.")
            }
            DeliveryStatus::Bounced => {
                Some("Correct the address in the meeting and retry, or phone them.")
            }
            DeliveryStatus::Unknown => Some(
                "Ask the customer, or look at the provider's own log; then say whether it arrived. It is not sent again before that.",
            ),
            // What is not sent again cannot be retried.
            DeliveryStatus::Failed if kind.notification().is_none() => {
                Some("It is not sent again. Tell them yourself, if it matters.")
            }
            DeliveryStatus::Failed => Some(self.after_failure()),
        }
    }

    fn after_failure(&self) -> &'static str {
        match &self.cause {
            Some(Unusable::NoEmail) => {
                "Add an email address in the meeting and retry, or phone them."
            }
            Some(Unusable::NoPhone) => {
                "Add a mobile number in the meeting and retry, or email them."
            }
            Some(Unusable::CountryNotAllowed) => {
                "Have the country allowed in the settings and retry, or use another channel."
            }
            Some(Unusable::NoSmsSender) => {
                "Have a number or a sender id for SMS set in the settings, then retry."
            }
            Some(Unusable::SmsHeld) => "Have the settings saved anew, then retry.",
            Some(Unusable::OptedOut) => {
                "Only they can allow texts again: by texting START, or by telling somebody who notes why. Email or phone them."
            }
            Some(Unusable::Held) => {
                "See what they wrote, and confirm or lift it. Email or phone them until then."
            }
            Some(Unusable::Unsubscribed) => "Phone them, if they must be reminded.",
            Some(Unusable::Suppressed) => {
                "Correct the address in the meeting, or have it lifted once the mailbox is known to work; or phone them."
            }
            Some(Unusable::NoSender) => "Have a sender address set in the settings, then retry.",
            Some(Unusable::SenderNotVerified) => {
                "Have the sender address verified in SES, then retry."
            }
            _ if self.not_yet => "Retry it now.",
            _ if self.attempt == 0 => "Mend what the reason names, then retry.",
            _ => match self.failed_by {
                Some(FailedBy::Refusal) => {
                    "Check the address, correct it in the meeting if it is wrong, and retry; or phone them."
                }
                Some(FailedBy::Account) => {
                    "Have an admin look at the AWS account, then retry; or phone them."
                }
                Some(FailedBy::NoConnection) => "Retry it in a minute, or phone them.",
                Some(FailedBy::Text) => "Mend what the reason names, then retry.",
                Some(FailedBy::Expired) => "Phone them, if it still matters.",
                Some(FailedBy::StaffFound) => "Retry it now, or phone them.",
                Some(FailedBy::Receiver) => {
                    "Check the number, correct it in the meeting if it is wrong, and retry; or email or phone them."
                }
                None => "See the reason; retry it, or phone them.",
            },
        }
    }
}

impl Notification {
    /// What staff do next about one of its deliveries; `None` where there is nothing to
    /// do, or somebody has dealt with it.
    pub fn next_step(&self, delivery: &Delivery) -> Option<&'static str> {
        let step = delivery.next_step(self.kind)?;
        self.dealt_with().is_none().then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notification::NotDelivered,
        sample,
        values::{channel::Channel, lease::Lease},
    };

    fn failed(fail: impl Fn(&mut Delivery)) -> (&'static str, &'static str) {
        let lease = Lease::new("owner".to_owned(), sample::now());
        let mut delivery = Delivery::dispatching(Channel::Email, None, lease, sample::now());
        fail(&mut delivery);
        assert_eq!(delivery.status, DeliveryStatus::Failed);
        let step = delivery.next_step(MessageKind::Update);
        (delivery.meaning(), step.unwrap())
    }

    #[test]
    fn only_what_a_provider_refused_is_said_to_be_refused() {
        let settled =
            |not: NotDelivered| failed(|delivery| delivery.settle(Err(not.clone()), sample::now()));
        let why = || "why".to_owned();
        let (meaning, step) = settled(NotDelivered::Refused(why()));
        assert!(meaning.contains("refused") && step.contains("Check the address"));
        let (meaning, step) = settled(NotDelivered::ByAccount(why()));
        assert!(meaning.contains("refused") && step.contains("AWS account"));
        let (meaning, step) = settled(NotDelivered::NotReached(why()));
        assert!(meaning.contains("could not be reached") && step.starts_with("Retry"));
        let (meaning, step) = settled(NotDelivered::Expired(why()));
        assert!(meaning.contains("its time was over") && step.starts_with("Phone"));
        let by = |by| failed(|delivery| delivery.fail(by, why(), sample::now()));
        for (meaning, step) in [
            by(FailedBy::Text),
            by(FailedBy::StaffFound),
            failed(|delivery| {
                // As the first release wrote it.
                delivery.fail(FailedBy::Refusal, why(), sample::now());
                delivery.failed_by = None;
            }),
        ] {
            assert!(!meaning.contains("refused"), "{meaning}");
            assert!(!step.contains("address"), "{step}");
        }
    }
}
