//! What staff must look at, and until when it matters to them.
//!
//! Something needs attention as long as somebody can be told of the meeting it is about;
//! from then on it stands in the log only.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Failure, FieldErrors,
    answer::Answer,
    local_time::rfc3339,
    meeting::{Attendee, BookingStatus, Meeting, NotificationState},
    notification::{Channel, Delivery, DeliveryStatus, Notification, NotificationType},
    reply::Inbound,
    text::{Name, Reason},
    timeline::{TimelineEntry, TimelineKind},
};

/// How long a text that belongs to no meeting waits for somebody.
const TEXT_WAITS: TimeDelta = TimeDelta::days(14);

/// That somebody has dealt with what needed attention (G10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealtWith {
    /// Their name, as colleagues know them.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What they did, in their own words.
    pub note: Option<Reason>,
}

/// That somebody has dealt with something, as the API answers it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DealtWithView {
    /// Their name.
    pub by: String,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// What they did, in their own words.
    pub note: Option<String>,
}

impl From<&DealtWith> for DealtWithView {
    fn from(dealt: &DealtWith) -> Self {
        Self {
            by: dealt.by.clone(),
            at: rfc3339(dealt.at),
            note: dealt.note.as_ref().map(ToString::to_string),
        }
    }
}

impl DealtWith {
    /// `by`, as the identity provider has them, deals with something and may say how.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when the note is too long or has control characters.
    pub fn new(by: &str, note: Option<&str>, at: DateTime<Utc>) -> Result<Self, Failure> {
        let mut errors = FieldErrors::default();
        let note = errors.optional("/note", note, Reason::parse);
        let shortened: String = by.chars().filter(|c| !c.is_control()).take(120).collect();
        let by = Name::parse(&shortened).map_or_else(|_| "somebody".to_owned(), String::from);
        errors.finish(Some(Self { by, at, note }))
    }

    /// The timeline's sentence: what was dealt with, by whom and how.
    pub fn entry(&self, what: &str) -> TimelineEntry {
        let note = self.note.as_ref().map(|note| format!(": {note}"));
        let text = format!("{} dealt with {what}{}", self.by, note.unwrap_or_default());
        TimelineEntry::of_meeting(self.at, TimelineKind::DealtWith, text)
    }
}

/// What somebody has dealt with of a meeting: the change that customers did not know of,
/// and the wish for another time. A later change or wish needs attention anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingDealtWith {
    /// The revision that customers had not been told of.
    pub revision: u32,
    /// When another time was asked for.
    pub wish_at: Option<DateTime<Utc>>,
    /// By whom, when and how.
    pub dealt: DealtWith,
}

/// What somebody has dealt with of a notification: the deliveries that had failed or were
/// in doubt then. Whatever happens to one of them later needs attention anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationDealtWith {
    /// By whom, when and how.
    #[serde(flatten)]
    pub dealt: DealtWith,
    /// What had failed or was in doubt; rows of the first release do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<Vec<Trouble>>,
}

/// A delivery that has failed or is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Trouble {
    channel: Channel,
    status: DeliveryStatus,
    attempt: u32,
}

impl Trouble {
    fn of(delivery: &Delivery) -> Option<Self> {
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
        })
    }
}

impl NotificationDealtWith {
    /// Whether it was given for what is the matter with this delivery now.
    fn covers(&self, delivery: &Delivery) -> bool {
        match (Trouble::of(delivery), &self.of) {
            (None, _) => true,
            (Some(trouble), Some(of)) => of.contains(&trouble),
            (Some(_), None) => delivery.at <= self.dealt.at,
        }
    }
}

impl Meeting {
    /// Whether staff must look at it: customers know other details, or wait for another
    /// time, and nobody has dealt with that.
    pub fn needs_attention(&self) -> bool {
        let open = !self.archived && self.status != BookingStatus::Cancelled;
        open && (self.update_needs_attention() || self.wish_needs_attention())
    }

    fn update_needs_attention(&self) -> bool {
        let dealt = self.dealt_with.as_ref().map(|dealt| dealt.revision);
        self.notification_state() == NotificationState::UpdateDue && dealt != Some(self.revision)
    }

    fn wish_needs_attention(&self) -> bool {
        let dealt = self.dealt_with.as_ref().map(|dealt| dealt.wish_at);
        self.is_wished_otherwise() && dealt != Some(self.wish_at())
    }

    /// Whether anybody waits for another time.
    fn is_wished_otherwise(&self) -> bool {
        self.status == BookingStatus::RescheduleRequested || self.wish_at().is_some()
    }

    /// When another time was last asked for, by whichever attendee: of the lead attendee as
    /// long as the status says so, of the others until something is announced again.
    fn wish_at(&self) -> Option<DateTime<Utc>> {
        let announced = self.announced.as_ref().map(|announced| announced.at);
        let lead = self.lead().map(|lead| &lead.id);
        let wish = |attendee: &Attendee| {
            let response = if Some(&attendee.id) == lead {
                let wished = self.status == BookingStatus::RescheduleRequested;
                attendee.response.as_ref().filter(|_| wished)?
            } else {
                let standing = self.standing_answer(attendee)?;
                let wished = standing.answer == Answer::Reschedule;
                let open = announced.is_none_or(|announced| announced <= standing.at);
                Some(standing).filter(|_| wished && open)?
            };
            Some(response.at)
        };
        self.attendees.iter().filter_map(wish).max()
    }

    /// Notes that somebody has dealt with all that needs attention now.
    pub fn deal_with(&mut self, dealt: DealtWith) {
        self.dealt_with = Some(MeetingDealtWith {
            revision: self.revision,
            wish_at: self.wish_at(),
            dealt,
        });
    }

    /// Who has dealt with what would need attention now.
    pub fn attention_dealt_with(&self) -> Option<&DealtWith> {
        let would =
            self.notification_state() == NotificationState::UpdateDue || self.is_wished_otherwise();
        let dealt = self.dealt_with.as_ref()?;
        (would && !self.needs_attention()).then_some(&dealt.dealt)
    }

    /// Until when staff must look at it.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        self.needs_attention().then(|| self.details.ends_at())
    }
}

impl Notification {
    /// Whether it is open of a delivery whether it went out.
    pub fn in_doubt(&self) -> bool {
        let doubtful = |each: &Delivery| each.status == DeliveryStatus::Unknown;
        self.deliveries.iter().any(doubtful)
    }

    /// Whether staff must look at it: something failed, or may not have gone out, and
    /// nobody has dealt with it.
    pub fn needs_attention(&self) -> bool {
        self.in_trouble() && self.dealt_with().is_none()
    }

    fn in_trouble(&self) -> bool {
        self.deliveries
            .iter()
            .any(|each| Trouble::of(each).is_some())
    }

    /// Notes that somebody has dealt with all of it that needs attention now.
    pub fn deal_with(&mut self, dealt: DealtWith) {
        let of = self.deliveries.iter().filter_map(Trouble::of).collect();
        self.dealt_with = Some(NotificationDealtWith {
            dealt,
            of: Some(of),
        });
    }

    /// Notes that a newer message has taken the place of what is the matter with this one:
    /// it said the same to the same attendee on the same channel, and reached them, or
    /// failed in turn, which then needs attention in its place. Returns whether there is
    /// anything to note. What is in doubt gives way only to what arrived.
    pub fn give_way_to(&mut self, newer: &Self, now: DateTime<Utc>) -> bool {
        let same = newer.id.meeting() == self.id.meeting()
            && newer.recipient.id == self.recipient.id
            && newer.kind == self.kind
            && newer.id != self.id
            && newer.revision >= self.revision;
        if !same || !self.needs_attention() {
            return false;
        }
        let replaced = |trouble: &Trouble| {
            let delivery = newer.delivery(trouble.channel);
            delivery.is_some_and(|newer| match newer.status {
                DeliveryStatus::Sent | DeliveryStatus::Delivered => true,
                DeliveryStatus::Failed | DeliveryStatus::Bounced => {
                    trouble.status != DeliveryStatus::Unknown
                }
                _ => false,
            })
        };
        let troubles = self.deliveries.iter().filter_map(Trouble::of);
        let of: Vec<_> = troubles.filter(replaced).collect();
        if of.is_empty() {
            return false;
        }
        self.dealt_with = Some(NotificationDealtWith {
            dealt: DealtWith {
                by: "Usher".to_owned(),
                at: now,
                note: Reason::parse("it was sent again").ok(),
            },
            of: Some(of),
        });
        true
    }

    /// Who has dealt with all that is the matter with it now.
    pub fn dealt_with(&self) -> Option<&DealtWith> {
        let given = self.dealt_with.as_ref()?;
        let all = self.deliveries.iter().all(|each| given.covers(each));
        (self.in_trouble() && all).then_some(&given.dealt)
    }

    /// Until when staff must look at it: until the meeting starts, or ends where it is
    /// cancelled, which may be done and told while it is on.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        let until = match self.kind.notification() {
            Some(NotificationType::Cancellation) => self.details.ends_at(),
            _ => self.details.starts_at,
        };
        self.needs_attention().then_some(until)
    }
}

impl Inbound {
    /// Until when staff must look at it, being of no meeting.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        (!self.handled).then(|| self.received_at + TEXT_WAITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::NotificationId,
        meeting::Response,
        notification::{Lease, MessageKind, NotDelivered},
        sample,
    };

    fn dealt() -> DealtWith {
        DealtWith::new("Ada", Some(" I phoned her "), sample::now()).unwrap()
    }

    fn told() -> Meeting {
        let mut meeting = sample::meeting();
        let told = sample::announced(meeting.details.clone(), meeting.revision, true);
        meeting.announced = Some(told);
        meeting.status = BookingStatus::Invited;
        meeting
    }

    fn moved(mut meeting: Meeting, minutes: u32) -> Meeting {
        let mut details = meeting.details.clone();
        details.duration_minutes += minutes;
        meeting.change_details(details);
        meeting
    }

    fn wished(mut meeting: Meeting, after: i64) -> Meeting {
        meeting.status = BookingStatus::RescheduleRequested;
        meeting.attendees[0].response = Some(Response {
            answer: Answer::Reschedule,
            revision: meeting.revision,
            at: sample::now() + TimeDelta::minutes(after),
        });
        meeting
    }

    #[test]
    fn what_was_dealt_with_rests_until_something_else_happens() {
        let mut meeting = moved(told(), 15);
        assert!(meeting.needs_attention() && meeting.attention_dealt_with().is_none());
        meeting.deal_with(dealt());
        assert!(!meeting.needs_attention());
        assert_eq!(meeting.attention_dealt_with().unwrap().by, "Ada");
        let again = moved(meeting, 30);
        assert!(again.needs_attention() && again.attention_dealt_with().is_none());

        let mut meeting = wished(told(), 1);
        meeting.deal_with(dealt());
        assert!(!meeting.needs_attention());
        assert!(wished(meeting.clone(), 2).needs_attention(), "another wish");
        assert!(
            moved(meeting, 15).needs_attention(),
            "a change nobody knows of"
        );
    }

    fn sent(kind: MessageKind, results: [Result<String, NotDelivered>; 2]) -> Notification {
        let mut row = sample::notification(kind);
        let lease = Lease::new("owner".to_owned(), sample::now());
        row.deliveries = [Channel::Email, Channel::Sms]
            .into_iter()
            .zip(results)
            .map(|(channel, result)| {
                let mut delivery =
                    Delivery::dispatching(channel, None, lease.clone(), sample::now());
                delivery.settle(result, sample::now());
                delivery
            })
            .collect();
        row
    }

    fn refused() -> Result<String, NotDelivered> {
        Err(NotDelivered::Refused("no".to_owned()))
    }

    fn doubtful() -> Result<String, NotDelivered> {
        Err(NotDelivered::Doubtful("no answer".to_owned()))
    }

    #[test]
    fn a_dismissal_ends_with_whatever_happens_to_what_it_was_given_for() {
        let update = MessageKind::Update;
        let before = sent(update, [refused(), doubtful()]);
        assert!(before.needs_attention() && before.dealt_with().is_none());
        let mut row = before.clone();
        row.deal_with(dealt());
        assert!(!row.needs_attention());
        assert_eq!(row.dealt_with().unwrap().by, "Ada");
        // As it is stored, and read by whoever comes next.
        let stored = serde_json::to_string(&row).unwrap();
        let row: Notification = serde_json::from_str(&stored).unwrap();
        assert!(!row.needs_attention());
        // Neither the clock nor whoever writes it is asked.
        let change = |channel, result| {
            let mut row = row.clone();
            let delivery = row.delivery_mut(channel).unwrap();
            delivery.settle(result, sample::now() - TimeDelta::hours(1));
            row.needs_attention()
        };
        assert!(change(Channel::Sms, refused()), "the doubt is over");
        assert!(!change(Channel::Sms, Ok("id".to_owned())), "a good end");
        let mut again = row.clone();
        let lease = Lease::new("other".to_owned(), sample::now());
        let delivery = again.delivery_mut(Channel::Email).unwrap();
        delivery.retry(lease, sample::now());
        assert!(!again.needs_attention(), "on its way");
        let delivery = again.delivery_mut(Channel::Email).unwrap();
        delivery.settle(refused(), sample::now());
        assert!(again.needs_attention(), "it failed again");
    }

    #[test]
    fn a_dismissal_of_the_first_release_holds_for_what_was_there_then() {
        let mut row = sent(MessageKind::Update, [refused(), doubtful()]);
        let mut value = serde_json::to_value(&row).unwrap();
        value["dealt_with"] = serde_json::to_value(dealt()).unwrap();
        row = serde_json::from_value(value).unwrap();
        assert!(!row.needs_attention());
        let later = sample::now() + TimeDelta::hours(1);
        row.delivery_mut(Channel::Sms)
            .unwrap()
            .settle(refused(), later);
        assert!(row.needs_attention());
    }

    #[test]
    fn a_failed_cancellation_needs_attention_until_the_meeting_is_over() {
        let until = |kind| {
            let row = sent(kind, [refused(), refused()]);
            (row.needs_attention_until(), row.details)
        };
        let (cancelled, details) = until(MessageKind::Cancellation);
        assert_eq!(cancelled, Some(details.ends_at()));
        let (updated, details) = until(MessageKind::Update);
        assert_eq!(updated, Some(details.starts_at));
    }

    #[test]
    fn a_wish_of_any_attendee_needs_attention_until_it_is_answered() {
        let mut meeting = told();
        let at = |minutes| sample::now() + TimeDelta::minutes(minutes);
        meeting.attendees[1].response = Some(Response {
            answer: Answer::Reschedule,
            revision: meeting.revision,
            at: at(1),
        });
        assert!(meeting.needs_attention());
        let mut dismissed = meeting.clone();
        dismissed.deal_with(dealt());
        assert!(!dismissed.needs_attention());
        assert!(dismissed.attention_dealt_with().is_some());
        assert!(wished(dismissed, 2).needs_attention(), "the lead's, too");
        let announced = meeting.announced.as_mut().unwrap();
        announced.at = at(2);
        assert!(!meeting.needs_attention(), "they were sent something since");
    }

    #[test]
    fn a_newer_message_takes_the_place_of_what_failed_on_its_channels() {
        let kind = MessageKind::Confirmation;
        let newer = |kind, results| {
            let mut row = sent(kind, results);
            let id = NotificationId::new(
                row.id.meeting(),
                &row.recipient.id,
                "another",
                sample::now(),
            );
            row.id = id;
            row
        };
        let ok = || Ok("id".to_owned());
        for (old, new, rests) in [
            ([refused(), ok()], [ok(), ok()], true),
            ([refused(), refused()], [ok(), refused()], true),
            ([refused(), ok()], [doubtful(), ok()], false),
            ([doubtful(), ok()], [ok(), ok()], true),
            ([doubtful(), ok()], [refused(), ok()], false),
        ] {
            let mut row = sent(kind, old.clone());
            assert!(row.needs_attention());
            row.give_way_to(&newer(kind, new.clone()), sample::now());
            assert_eq!(row.needs_attention(), !rests, "{old:?} {new:?}");
            let mut row = sent(kind, old);
            assert!(!row.give_way_to(&newer(MessageKind::Update, new), sample::now()));
        }
        let mut row = sent(kind, [refused(), refused()]);
        let mut by_email = newer(kind, [ok(), ok()]);
        by_email.deliveries.truncate(1);
        row.give_way_to(&by_email, sample::now());
        assert!(row.needs_attention(), "nothing went by SMS since");
    }

    #[test]
    fn a_note_is_bounded_and_a_name_always_fits() {
        let long = "x".repeat(1_001);
        assert!(DealtWith::new("Ada", Some(&long), sample::now()).is_err());
        let by = |name: &str| DealtWith::new(name, None, sample::now()).unwrap().by;
        assert_eq!(by(&"y".repeat(500)).len(), 120);
        assert_eq!(
            (by("A\r\nB"), by(" ")),
            ("AB".to_owned(), "somebody".to_owned())
        );
        let entry = dealt().entry("the update that is due");
        assert_eq!(
            entry.text,
            "Ada dealt with the update that is due: I phoned her"
        );
    }
}
