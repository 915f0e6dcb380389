//! Notifications: one message of one type to one attendee, on one or two
//! channels, and what became of it.

mod addressee;
mod answers;
mod delivery;
mod feedback;
mod link;
mod report;
mod trouble;

use crate::values::{channel::Channel, kind::MessageKind, lease::Lease};
pub use addressee::Addressee;
pub use answers::AnswerGiven;
pub use delivery::{Charged, Delivery, DeliveryStatus, FailedBy, NotDelivered};
pub use link::SentLink;
pub use report::{Report, ReportKind};
pub use trouble::{NotificationDealtWith, Trouble};

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    actor::Actor,
    contact::EmailAddress,
    id::{ConfigId, MeetingId, NotificationId, TimelineKey},
    meeting::{Attendee, Details, Meeting},
    template::Buttons,
    unread::Unread,
};

/// One row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// Its name.
    pub id: NotificationId,
    /// Moves with every write, from 1.
    pub version: u64,
    /// What it is for.
    pub kind: MessageKind,
    /// The config it was made from.
    pub config_id: ConfigId,
    /// Who it went to, as the attendee was then; whose answer it tells of, where it
    /// goes to staff.
    pub recipient: Addressee,
    /// The member of staff it went to instead.
    pub staff: Option<EmailAddress>,
    /// The meeting's revision that it told of.
    pub revision: u32,
    /// The meeting's details that it told of.
    pub details: Details,
    /// Whether it tells somebody who was removed that they are no longer expected.
    pub removal: bool,
    /// The buttons it carried.
    pub buttons: Buttons,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// Who had it sent, last where it was sent again; none of what was written before
    /// that was known.
    pub actor: Option<Actor>,
    /// One per channel that was tried or decided against.
    pub deliveries: Vec<Delivery>,
    /// What came back, oldest first.
    pub answers: Vec<AnswerGiven>,
    /// Who has dealt with what had failed of it or was in doubt then: see
    /// [`Notification::dealt_with`].
    pub dealt_with: Option<NotificationDealtWith>,
    /// The version of the meeting that it came after: where it stands in the timeline, among
    /// what happened in the same instant.
    pub after: u64,
    /// Whether entries of the timeline tell what became of it. As a rule it tells that by
    /// itself ([`own_entry`](crate::send::own_entry)): until it is sent again or settled, and
    /// unless it is later than its id, by which it stands in the timeline. So are those whom a
    /// send reaches in another invocation.
    pub has_entries: bool,
    /// The links of its emails, one of each attempt, to the address that it says.
    pub links: Vec<SentLink>,
    /// Whether the sweep looks at it for others, too, that were claimed along with it and will
    /// be on record along with it: until then.
    pub wakes_for_others: bool,
    /// The channel that it is still to go out by, because what it went by came to nothing;
    /// or to say why it does not.
    pub failover: Option<Channel>,
    /// What is stored of it besides.
    pub unread: Unread,
}

/// What a notification says, as it was sent, with its link token redacted:
/// whoever reads the log must not be able to answer for the customer.
///
/// A part that was not sent is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The email's subject.
    pub subject: String,
    /// The email's HTML part.
    pub html: String,
    /// The email's plain text part.
    pub text: String,
    /// The SMS.
    pub sms: String,
}

/// A notification's status as staff read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// On its way, or in doubt.
    Pending,
    /// Accepted by a provider on every channel that was tried.
    Sent,
    /// At least one channel did not get through.
    Failed,
}

impl Status {
    /// As it is written in JSON and in queries.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How rows of the log are looked for by how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum StatusFilter {
    /// Something failed or is in doubt, and nobody has dealt with it.
    NeedsAttention,
    /// On its way, or in doubt.
    Pending,
    /// In doubt on at least one channel.
    Unknown,
    /// Accepted by a provider on every channel that was tried.
    Sent,
    /// At least one channel did not get through.
    Failed,
}

impl StatusFilter {
    /// All of them, the most urgent first.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::NeedsAttention => "Needs attention",
            Self::Pending => "Pending",
            Self::Unknown => "In doubt",
            Self::Sent => "Sent",
            Self::Failed => "Failed",
        }
    }

    /// The statuses that a row may have which stands so.
    pub fn statuses(self) -> &'static [Status] {
        match self {
            Self::Pending => &[Status::Pending],
            Self::Sent => &[Status::Sent],
            Self::Failed => &[Status::Failed],
            Self::Unknown | Self::NeedsAttention => &[Status::Failed, Status::Pending],
        }
    }
}

impl Notification {
    /// A new row, about a meeting as it is now, for one of its attendees; with no
    /// delivery yet.
    pub fn about(
        meeting: &Meeting,
        attendee: &Attendee,
        id: NotificationId,
        kind: MessageKind,
        config_id: ConfigId,
        now: DateTime<Utc>,
    ) -> Self {
        let removed = meeting.attendee(&attendee.id).is_none();
        Self {
            has_entries: id.millis() != now.timestamp_millis(),
            id,
            version: 0,
            removal: removed && kind == MessageKind::Cancellation,
            kind,
            config_id,
            recipient: Addressee::of(attendee),
            staff: None,
            revision: meeting.revision,
            details: meeting.details.clone(),
            buttons: Buttons::default(),
            created_at: now,
            actor: None,
            deliveries: Vec::new(),
            answers: Vec::new(),
            dealt_with: None,
            after: meeting.version,
            links: Vec::new(),
            wakes_for_others: false,
            failover: None,
            unread: Unread::default(),
        }
    }

    /// Whether it is to an attendee: not to an address that they have left.
    pub fn is_to_attendee(&self) -> bool {
        self.kind != MessageKind::CalendarRemoval
    }

    /// Whom it went to, as staff call them: the member of staff where it is news for
    /// one, and not the customer whose answer it tells of.
    pub fn to_whom(&self) -> String {
        match &self.staff {
            Some(staff) => staff.to_string(),
            None => self.recipient.name.to_string(),
        }
    }

    /// The meeting it belongs to.
    pub fn meeting_id(&self) -> &MeetingId {
        self.id.meeting()
    }

    /// Where its [own entry](crate::send::own_entry) stands in the meeting's timeline.
    pub fn timeline_key(&self) -> TimelineKey<'_> {
        TimelineKey {
            meeting: self.meeting_id(),
            version: self.after,
        }
    }

    /// Where entries stand that come after its own one, also within one instant.
    pub fn timeline_key_behind(&self) -> TimelineKey<'_> {
        TimelineKey {
            version: self.after + 1,
            ..self.timeline_key()
        }
    }

    /// The delivery on a channel.
    pub fn delivery(&self, channel: Channel) -> Option<&Delivery> {
        self.deliveries
            .iter()
            .find(|delivery| delivery.channel == channel)
    }

    /// Whether it went by a channel, or was meant to and could not; not when
    /// another one was used instead.
    pub fn took(&self, channel: Channel) -> bool {
        self.delivery(channel)
            .is_some_and(|d| d.status != DeliveryStatus::Skipped)
    }

    /// The delivery on a channel, to be changed.
    pub fn delivery_mut(&mut self, channel: Channel) -> Option<&mut Delivery> {
        self.deliveries
            .iter_mut()
            .find(|delivery| delivery.channel == channel)
    }

    /// From when on it is handed to no provider any more: when the meeting begins; of what
    /// calls it off, when it would have ended. None of what has no such time: an automatic
    /// reply, news for staff.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self.kind.notification()? {
            kind if kind.calls_off() => Some(self.details.ends_at()),
            _ => Some(self.details.starts_at),
        }
    }

    /// Has it go to where an attendee is reached by a channel now. Links that went to another
    /// address of theirs open nothing any more (L10).
    pub fn readdress(&mut self, attendee: &Attendee, channel: Channel) {
        let recipient = &mut self.recipient;
        match channel {
            Channel::Email => {
                let key = |address: &Option<EmailAddress>| address.as_ref().map(EmailAddress::key);
                if key(&recipient.email) != key(&attendee.email) {
                    self.links.clear();
                }
                recipient.email.clone_from(&attendee.email);
            }
            Channel::Sms => recipient.phone.clone_from(&attendee.phone),
        }
    }

    /// When it was last handed to a provider; when it was asked for, if it never was.
    pub fn dispatched_at(&self) -> DateTime<Utc> {
        let leases = self.deliveries.iter().filter_map(|d| d.lease.as_ref());
        leases.map(Lease::since).max().unwrap_or(self.created_at)
    }

    /// Notes that a customer answered what went by `channel`: it arrived, whatever the
    /// provider answered or reports of it. Returns whether that was open, or seemed
    /// otherwise.
    pub fn arrived(&mut self, channel: Channel, now: DateTime<Utc>) -> bool {
        let is_news =
            |d: &&mut Delivery| d.status.in_doubt() || (!d.got_through() && !d.reports.is_empty());
        let Some(delivery) = self.delivery_mut(channel).filter(is_news) else {
            return false;
        };
        delivery.take_report(Report::new(ReportKind::Answered, now, None), None)
    }

    /// Takes in what a provider reports of what went by `channel`, by the provider's name of
    /// the message where that is known. What the customer has answered arrived, whatever is
    /// reported of it later. Returns whether anything is other than before.
    pub fn take_report(
        &mut self,
        channel: Channel,
        report: Report,
        provider_message_id: Option<&str>,
    ) -> bool {
        let lease = self.delivery(channel).and_then(|each| each.lease.as_ref());
        let since = lease.map(Lease::since);
        let answers = self.answers.iter();
        // What was answered before is an answer to an earlier attempt.
        let on_it = answers.filter(|given| {
            given.channel.delivery_channel() == Some(channel) && Some(given.at) >= since
        });
        let answered_at = on_it.map(|given| given.at).min();
        let Some(delivery) = self.delivery_mut(channel) else {
            return false;
        };
        let answered = answered_at.map(|at| Report::new(ReportKind::Answered, at, None));
        let proven = answered.is_some_and(|answered| delivery.take_report(answered, None));
        delivery.take_report(report, provider_message_id) || proven
    }

    /// The number of the last statement that it made: of several attempts, each may have made
    /// one of its own.
    pub fn last_statement(&self) -> Option<u64> {
        let deliveries = self.deliveries.iter();
        deliveries.filter_map(|delivery| delivery.statement).max()
    }

    /// Its status as staff read it. What did not get through is never hidden
    /// behind what did.
    pub fn status(&self) -> Status {
        let any = |wanted: fn(DeliveryStatus) -> bool| {
            self.deliveries
                .iter()
                .any(|delivery| wanted(delivery.status))
        };
        if any(|status| matches!(status, DeliveryStatus::Failed | DeliveryStatus::Bounced)) {
            Status::Failed
        } else if any(DeliveryStatus::in_doubt) {
            Status::Pending
        } else {
            Status::Sent
        }
    }

    /// Whether it is open of a delivery whether it went out.
    pub fn in_doubt(&self) -> bool {
        let doubtful = |each: &Delivery| each.status == DeliveryStatus::Unknown;
        self.deliveries.iter().any(doubtful)
    }

    /// Whether a provider has accepted it on at least one channel, whatever became of it
    /// since (N11).
    pub fn accepted(&self) -> bool {
        self.deliveries.iter().any(Delivery::was_accepted)
    }

    /// Whether any of its deliveries is being dispatched, or was when its sender was cut off.
    pub fn is_on_its_way(&self) -> bool {
        let dispatching = |d: &Delivery| d.status == DeliveryStatus::Dispatching;
        self.deliveries.iter().any(dispatching)
    }

    /// Turns deliveries whose lease has lapsed by `now` into `unknown`: whoever
    /// was sending them is gone, and may have sent them (promise 3).
    #[must_use]
    pub fn as_of(mut self, now: DateTime<Utc>) -> Self {
        for delivery in &mut self.deliveries {
            delivery.lapse(now);
        }
        self
    }
}

#[cfg(test)]
mod tests;
