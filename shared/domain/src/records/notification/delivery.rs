//! One notification on one channel: what is known of its way.
//!
//! `dispatching → sent → delivered | bounced | complained`, or `failed`,
//! `unknown`, `skipped`. Nothing leads from `unknown` back to `dispatching` by
//! itself: only staff may decide to send again.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::Report;
use crate::values::unusable::Unusable;
use crate::values::{channel::Channel, lease::Lease};

/// How far a delivery has come.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryStatus {
    /// Claimed; the provider is being called.
    Dispatching,
    /// The provider has accepted it.
    Sent,
    /// The provider reports that it arrived.
    Delivered,
    /// The receiver's side sent it back.
    Bounced,
    /// It arrived, and the receiver called it spam.
    Complained,
    /// It was certainly not accepted.
    Failed,
    /// It may or may not have been accepted; staff decide.
    Unknown,
    /// Another channel was used instead.
    Skipped,
}

impl DeliveryStatus {
    /// As it is written in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

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

    /// Whether a provider has certainly accepted it.
    pub fn accepted(self) -> bool {
        matches!(
            self,
            Self::Sent | Self::Delivered | Self::Bounced | Self::Complained
        )
    }

    /// Whether it is open what became of it.
    pub fn in_doubt(self) -> bool {
        matches!(self, Self::Dispatching | Self::Unknown)
    }
}

/// One notification on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Which channel.
    pub channel: Channel,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// Why it was not sent, or what is doubtful, in a sentence for staff.
    pub reason: Option<String>,
    /// Why this channel was used instead of the preferred one.
    pub fallback_reason: Option<String>,
    /// The provider's id of the message.
    pub provider_message_id: Option<String>,
    /// When the status last moved.
    pub at: DateTime<Utc>,
    /// How often it was dispatched, from 1; 0 when never.
    pub attempt: u32,
    /// Who is dispatching it, and until when.
    pub lease: Option<Lease>,
    /// Whether it failed only for want of time or of sending rate.
    pub not_yet: bool,
    /// How it came to fail although it was to be sent; none of what did not, and of rows
    /// that do not say.
    pub failed_by: Option<FailedBy>,
    /// Why it was not tried, where that is one of the known causes.
    pub cause: Option<Unusable>,
    /// The number of the meeting's [`Statement`](crate::meeting::Statement) that it
    /// makes; none of what tells nothing of the meeting.
    pub statement: Option<u64>,
    /// What was reported of this attempt since: the earliest of each kind, the weightiest
    /// last.
    pub reports: Vec<Report>,
}

/// How a delivery that was to be sent came to fail: staff have something else to do after
/// each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum FailedBy {
    /// The provider refused it.
    Refusal,
    /// The provider takes nothing of the kind from the account, whoever it is to.
    Account,
    /// The provider was not reached.
    NoConnection,
    /// Its text could not be made, or is too long or too dear.
    Text,
    /// It was in doubt, and staff found that it did not go out.
    StaffFound,
    /// The provider has taken it, and the carrier or the phone has not.
    Receiver,
    /// Its time was over before the provider could be called.
    Expired,
}

/// Whether the provider of a delivery charges for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Charged {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// That is not known: it is being sent, in doubt, or was rejected once it was taken.
    Open,
}

/// How a dispatched delivery did not become `sent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDelivered {
    /// The provider has certainly not accepted it.
    Refused(String),
    /// The provider has certainly not accepted it, and takes none like it from the
    /// account as that is: paused, suspended, without the right, over its quota.
    ByAccount(String),
    /// The provider was not called: no connection came about.
    NotReached(String),
    /// The provider has certainly not accepted it, and may do so a little later:
    /// it was throttled, or there was no time left to call it.
    NotYet(String),
    /// The provider was not called: the time of the message was over by then.
    Expired(String),
    /// The provider may have accepted it.
    Doubtful(String),
}

impl NotDelivered {
    /// A stable word for the log.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::ByAccount(_) => "refused_to_account",
            Self::NotReached(_) => "not_reached",
            Self::NotYet(_) => "not_yet",
            Self::Expired(_) => "expired",
            Self::Doubtful(_) => "in_doubt",
        }
    }

    /// The sentence for staff.
    pub fn reason(&self) -> &str {
        match self {
            Self::Refused(reason)
            | Self::ByAccount(reason)
            | Self::NotReached(reason)
            | Self::NotYet(reason)
            | Self::Expired(reason)
            | Self::Doubtful(reason) => reason,
        }
    }
}

impl Delivery {
    /// A delivery that `owner` is about to dispatch.
    pub fn dispatching(
        channel: Channel,
        fallback_reason: Option<String>,
        lease: Lease,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            channel,
            status: DeliveryStatus::Dispatching,
            reason: None,
            fallback_reason,
            provider_message_id: None,
            at: now,
            attempt: 1,
            lease: Some(lease),
            not_yet: false,
            failed_by: None,
            cause: None,
            statement: None,
            reports: Vec::new(),
        }
    }

    /// A delivery that is not tried, with the reason.
    pub fn not_tried(
        channel: Channel,
        status: DeliveryStatus,
        reason: String,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            channel,
            status,
            reason: Some(reason),
            fallback_reason: None,
            provider_message_id: None,
            at: now,
            attempt: 0,
            lease: None,
            not_yet: false,
            failed_by: None,
            cause: None,
            statement: None,
            reports: Vec::new(),
        }
    }

    /// A delivery that has failed before it was tried, because its channel cannot be
    /// used.
    pub fn unusable(channel: Channel, cause: &Unusable, now: DateTime<Utc>) -> Self {
        let reason = cause.reason().to_owned();
        Self {
            cause: Unusable::of_code(cause.code()),
            ..Self::not_tried(channel, DeliveryStatus::Failed, reason, now)
        }
    }

    /// Notes what the provider said.
    pub fn settle(&mut self, result: Result<String, NotDelivered>, now: DateTime<Utc>) {
        self.not_yet = matches!(result, Err(NotDelivered::NotYet(_)));
        self.failed_by = match result {
            Err(NotDelivered::Refused(_)) => Some(FailedBy::Refusal),
            Err(NotDelivered::ByAccount(_)) => Some(FailedBy::Account),
            Err(NotDelivered::NotReached(_)) => Some(FailedBy::NoConnection),
            Err(NotDelivered::Expired(_)) => Some(FailedBy::Expired),
            Ok(_) | Err(NotDelivered::NotYet(_) | NotDelivered::Doubtful(_)) => None,
        };
        (self.status, self.reason, self.provider_message_id) = match result {
            Ok(id) => (DeliveryStatus::Sent, None, Some(id)),
            Err(NotDelivered::Doubtful(reason)) => (DeliveryStatus::Unknown, Some(reason), None),
            Err(
                NotDelivered::Refused(reason)
                | NotDelivered::ByAccount(reason)
                | NotDelivered::NotReached(reason)
                | NotDelivered::NotYet(reason)
                | NotDelivered::Expired(reason),
            ) => (DeliveryStatus::Failed, Some(reason), None),
        };
        self.at = now;
    }

    /// Notes that it has failed, and how, where that is not for the provider to say.
    pub fn fail(&mut self, by: FailedBy, reason: String, now: DateTime<Utc>) {
        self.status = DeliveryStatus::Failed;
        self.not_yet = false;
        self.failed_by = Some(by);
        self.reason = Some(reason);
        self.provider_message_id = None;
        self.at = now;
    }

    /// Starts another attempt at a failed delivery. Only [`try_again`](crate::send::try_again)
    /// and [`fail_over`](crate::failover::fail_over) do, which keep what was told of the first.
    pub(crate) fn retry(&mut self, lease: Lease, now: DateTime<Utc>) {
        self.status = DeliveryStatus::Dispatching;
        self.not_yet = false;
        self.failed_by = None;
        self.cause = None;
        self.reason = None;
        self.provider_message_id = None;
        self.reports.clear();
        self.at = now;
        self.attempt += 1;
        self.lease = Some(lease);
    }

    /// Turns a dispatch whose lease has lapsed into `unknown`.
    pub(super) fn lapse(&mut self, now: DateTime<Utc>) {
        let lapsed = self.lease.as_ref().is_none_or(|lease| lease.until <= now);
        if self.status == DeliveryStatus::Dispatching && lapsed {
            self.status = DeliveryStatus::Unknown;
            self.reason = Some(
                "The sending was cut off: the message may or may not have gone out.".to_owned(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::values::lease::LEASE;

    #[test]
    fn a_lapsed_lease_means_unknown_and_a_live_one_nothing() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let lease = Lease::new("owner".into(), now);
        let mut delivery = Delivery::dispatching(Channel::Sms, None, lease, now);
        delivery.lapse(now + LEASE - TimeDelta::seconds(1));
        assert_eq!(delivery.status, DeliveryStatus::Dispatching);
        delivery.lapse(now + LEASE);
        assert_eq!(delivery.status, DeliveryStatus::Unknown);
        assert!(delivery.reason.is_some());
    }
}
