//! What a delivery's status means to staff, and what they do next: said by the log, the
//! result of a send and the API in the same words (G8).

use super::{Delivery, DeliveryStatus, MessageKind, Notification};
use crate::send::Unusable;

impl DeliveryStatus {
    /// As staff read it, in a word or two.
    pub fn label(self) -> &'static str {
        match self {
            Self::Dispatching => "Being sent",
            Self::Sent => "Sent",
            Self::Delivered => "Delivered",
            Self::Bounced => "Bounced",
            Self::Complained => "Called spam",
            Self::Failed => "Failed",
            Self::Unknown => "In doubt",
            Self::Skipped => "Not used",
        }
    }
}

impl Delivery {
    /// What its status means, in a sentence for staff.
    pub fn meaning(&self) -> &'static str {
        match self.status {
            DeliveryStatus::Dispatching => "It is being sent right now.",
            DeliveryStatus::Sent => "The provider has accepted it.",
            DeliveryStatus::Delivered => "It arrived.",
            DeliveryStatus::Bounced => "The receiver's side refused it for good.",
            DeliveryStatus::Complained => "It arrived, and the receiver called it spam.",
            DeliveryStatus::Unknown => "Nobody knows whether it went out.",
            DeliveryStatus::Skipped => "The other channel was used instead.",
            DeliveryStatus::Failed if self.attempt == 0 => "It was not sent: it was not tried.",
            DeliveryStatus::Failed if self.not_yet => {
                "It was not sent: there was no time or no room for it."
            }
            DeliveryStatus::Failed => "It was not sent: the provider refused it.",
        }
    }

    /// What staff do about it; `None` where there is nothing to do.
    fn next_step(&self, kind: MessageKind) -> Option<&'static str> {
        match self.status {
            DeliveryStatus::Sent | DeliveryStatus::Delivered | DeliveryStatus::Skipped => None,
            DeliveryStatus::Dispatching => Some("Look again in a minute."),
            DeliveryStatus::Complained => Some("Use another channel, or phone them."),
            DeliveryStatus::Bounced => {
                Some("Correct the address in the meeting and send it again, or phone them.")
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
            Some(Unusable::OptedOut) => {
                "Only they can allow texts again, by texting START. Email or phone them."
            }
            Some(Unusable::Unsubscribed) => "Phone them, if they must be reminded.",
            Some(Unusable::NoSender) => "Have a sender address set in the settings, then retry.",
            Some(Unusable::SenderNotVerified) => {
                "Have the sender address verified in SES, then retry."
            }
            _ if self.not_yet => "Retry it now.",
            _ if self.attempt == 0 => "Mend what the reason names, then retry.",
            _ => {
                "Check the address, correct it in the meeting if it is wrong, and retry; or phone them."
            }
        }
    }
}

impl Notification {
    /// What staff do next about one of its deliveries; `None` where there is nothing to
    /// do, or somebody has dealt with it.
    pub fn next_step(&self, delivery: &Delivery) -> Option<&'static str> {
        let step = delivery.next_step(self.kind)?;
        self.dealt_with.is_none().then_some(step)
    }
}
