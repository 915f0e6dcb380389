//! What has failed of a notification or is in doubt, and who has dealt with it.

use super::delivery::{Delivery, DeliveryStatus};
use crate::{dealt_with::DealtWith, values::channel::Channel};

/// What somebody has dealt with of a notification: the deliveries that had failed or were
/// in doubt then. Whatever happens to one of them later needs attention anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationDealtWith {
    /// By whom, when and how.
    pub dealt: DealtWith,
    /// What had failed or was in doubt; rows of the first release do not say.
    pub of: Option<Vec<Trouble>>,
}

/// A delivery that has failed or is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// On which channel.
    pub channel: Channel,
    /// How it stood.
    pub status: DeliveryStatus,
    /// After how many attempts.
    pub attempt: u32,
    /// Whether it came back for good, and not with a note that may mean nothing.
    pub for_good: bool,
}

impl Trouble {
    /// What is the matter with a delivery; none where nothing is.
    pub(crate) fn of(delivery: &Delivery) -> Option<Self> {
        let Delivery {
            channel,
            status,
            attempt,
            ..
        } = *delivery;
        let trouble = matches!(
            status,
            DeliveryStatus::Failed | DeliveryStatus::Bounced | DeliveryStatus::Unknown
        );
        trouble.then_some(Self {
            channel,
            status,
            attempt,
            for_good: delivery.is_hard_bounce(),
        })
    }
}
