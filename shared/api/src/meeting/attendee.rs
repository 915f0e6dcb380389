//! Attendees as they are answered.

use serde::Serialize;
use usher_domain::{
    local_time::rfc3339,
    meeting::{Attendee, Meeting, Told},
    values::answer::Answer,
};
use utoipa::ToSchema;

use crate::{Word, word};

/// A customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttendeeView {
    /// Names them within the meeting.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number, in E.164.
    pub phone: Option<String>,
    /// How they like to be told.
    pub preferred_confirmation_method: Option<word::Preference>,
    /// Their zone, where it is not the meeting's.
    pub timezone: Option<String>,
    /// Their language tag.
    pub language: Option<String>,
    /// Their answer, as far as it still stands.
    pub answer: ParticipationStatus,
    /// Whether they asked for another time.
    pub reschedule_requested: bool,
    /// What they certainly know, at the addresses that are theirs.
    pub knows: word::Knowledge,
    /// Whether they may have been told something else since, and nobody knows.
    pub in_doubt: bool,
    /// What reached each of their addresses, and those that were theirs.
    pub told: Vec<ToldView>,
    /// Email addresses that they have left whose calendars still have the meeting: the next
    /// update asks them to take it out, unless `former_addresses` is `false`.
    pub former_addresses: Vec<String>,
}

/// What certainly or perhaps reached one address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToldView {
    /// The email address, or the number in E.164.
    pub address: String,
    /// What was said: that the meeting takes place, or that it is off.
    pub kind: ToldKind,
    /// The revision that it told of.
    pub revision: u32,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// Whether a provider has accepted it; else it may have gone out or not.
    pub certain: bool,
}

/// What was said of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldKind {
    /// That it takes place.
    Announced,
    /// That it is off.
    Cancelled,
}

impl ToldView {
    /// What reached an attendee's addresses: the last that certainly did, and what may
    /// have since.
    fn all_of(meeting: &Meeting, attendee: &Attendee) -> Vec<Self> {
        let view = |told: &Told, number: &u64, certain: bool| {
            let said = meeting.statement(*number)?;
            Some(Self {
                address: told.address.as_str().to_owned(),
                kind: if said.kind.calls_off() {
                    ToldKind::Cancelled
                } else {
                    ToldKind::Announced
                },
                revision: said.revision,
                at: rfc3339(said.at),
                certain,
            })
        };
        let of = |told: &Told| {
            let certain = told.certain.last().map(|number| view(told, number, true));
            let doubtful = told.doubtful.iter().map(|number| view(told, number, false));
            certain
                .into_iter()
                .chain(doubtful)
                .flatten()
                .collect::<Vec<_>>()
        };
        attendee.told.iter().flat_map(of).collect()
    }
}

/// An attendee's answer (PARTSTAT, RFC 5545 §3.2.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParticipationStatus {
    /// No answer, or none that still stands.
    NeedsAction,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
}

impl AttendeeView {
    pub(super) fn new(meeting: &Meeting, attendee: &Attendee) -> Self {
        let answer = meeting
            .standing_answer(attendee)
            .map(|response| response.answer);
        Self {
            id: attendee.id.to_string(),
            name: attendee.name.to_string(),
            email: attendee.email.as_ref().map(ToString::to_string),
            phone: attendee.phone.as_ref().map(ToString::to_string),
            preferred_confirmation_method: attendee.preference.map(Word),
            timezone: attendee.timezone.map(|zone| zone.name().to_owned()),
            language: attendee
                .language
                .as_ref()
                .map(|tag| tag.as_str().to_owned()),
            answer: match answer {
                Some(Answer::Accept) => ParticipationStatus::Accepted,
                Some(Answer::Decline) => ParticipationStatus::Declined,
                Some(Answer::Reschedule) | None => ParticipationStatus::NeedsAction,
            },
            reschedule_requested: answer == Some(Answer::Reschedule),
            knows: meeting.knowledge_of(attendee).into(),
            in_doubt: meeting.doubtful_of(attendee).next().is_some(),
            told: ToldView::all_of(meeting, attendee),
            former_addresses: attendee
                .former_addresses()
                .map(|left| left.email.to_string())
                .collect(),
        }
    }
}
