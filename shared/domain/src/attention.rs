//! What staff must look at, and until when it matters to them.
//!
//! Something needs attention until the meeting it is about is over, when nobody can be
//! told any more; from then on it stands in the log only.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Failure, FieldErrors,
    local_time::rfc3339,
    meeting::{BookingStatus, Meeting, NotificationState},
    notification::{Delivery, DeliveryStatus, Notification, Status},
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
        self.status == BookingStatus::RescheduleRequested && dealt != Some(self.wish_at())
    }

    fn wish_at(&self) -> Option<DateTime<Utc>> {
        let wished = self.status == BookingStatus::RescheduleRequested;
        let response = self.lead()?.response.as_ref().filter(|_| wished)?;
        Some(response.at)
    }

    /// Notes that somebody has dealt with all that needs attention now.
    pub fn deal_with(&mut self, dealt: DealtWith) {
        self.dealt_with = Some(MeetingDealtWith {
            revision: self.revision,
            wish_at: self.wish_at(),
            dealt,
        });
    }

    /// Who has dealt with what would need attention now: with this very change and wish,
    /// also where the meeting is put away or cancelled by now.
    pub fn attention_dealt_with(&self) -> Option<&DealtWith> {
        let would = self.notification_state() == NotificationState::UpdateDue
            || self.status == BookingStatus::RescheduleRequested;
        let open = self.update_needs_attention() || self.wish_needs_attention();
        let dealt = self.dealt_with.as_ref()?;
        (would && !open).then_some(&dealt.dealt)
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
        let open = self.status() == Status::Failed || self.in_doubt();
        open && self.dealt_with.is_none()
    }

    /// Until when staff must look at it.
    pub fn needs_attention_until(&self) -> Option<DateTime<Utc>> {
        self.needs_attention().then_some(self.details.starts_at)
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
    use crate::{answer::Answer, meeting::Response, sample};

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
            wish: None,
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

    #[test]
    fn nobody_has_dealt_with_what_came_after_them_in_the_archive_either() {
        let mut meeting = moved(told(), 15);
        meeting.deal_with(dealt());
        meeting.archived = true;
        assert_eq!(meeting.attention_dealt_with().unwrap().by, "Ada");
        let mut meeting = moved(meeting, 30);
        assert!(!meeting.needs_attention() && meeting.attention_dealt_with().is_none());
        meeting.archived = false;
        meeting.status = BookingStatus::Cancelled;
        assert!(meeting.attention_dealt_with().is_none());
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
