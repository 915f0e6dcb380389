//! A meeting as callers write it. Nothing is trusted yet: the domain's
//! [`compose`](usher_domain::edit::compose) makes a meeting of it.

use serde::{Deserialize, Deserializer};
use usher_domain::meeting::{AttendeeDraft, LocationDraft, MeetingDraft, OrganizerDraft};
use utoipa::ToSchema;

use crate::word;

/// A meeting as it is written. Fields that the API answers besides may be sent
/// back and are ignored.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "what the API answers besides may be sent back and is ignored"
)]
pub struct MeetingInput {
    /// The title; `{status}` shows the current booking status.
    pub title: String,
    /// RFC 3339; without an offset it is local time in `timezone`, and a time
    /// that daylight saving skips or repeats is refused with both candidates.
    #[schema(examples("2027-01-15T14:00:00"))]
    pub starts_at: String,
    /// An IANA zone.
    #[schema(examples("America/New_York"))]
    pub timezone: String,
    /// 1 to 1440; the template's when left out.
    pub duration_minutes: Option<i64>,
    /// The template's id.
    pub template_id: Option<String>,
    /// Where it is.
    pub location: Option<LocationInput>,
    /// What it is about.
    pub description: Option<String>,
    /// The staff member who owns it.
    pub organizer: Option<OrganizerInput>,
    /// Addresses of further staff who are told of answers. An entry may hold several,
    /// apart by `;` or `,`.
    #[serde(default)]
    pub followers: Vec<String>,
    /// The customers, the lead attendee first; 1 to 1000.
    pub attendees: Vec<AttendeeInput>,

    #[serde(default, rename = "id")]
    #[schema(ignore)]
    given_id: Option<String>,
    #[serde(default)]
    #[schema(ignore)]
    removed: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    status: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    notification_state: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    revision: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    announced: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    archived: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    needs_attention: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    missed_reminders: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    dealt_with: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    shown_title: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    ends_at: Option<Answered>,
}

/// Where a meeting is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LocationInput {
    /// Whose place it is; the template's when left out.
    pub kind: Option<word::LocationKind>,
    /// The postal address.
    pub address: Option<String>,
    /// An `https:` link to the video call.
    pub video_url: Option<String>,
}

/// The staff member who owns a meeting.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizerInput {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
}

/// A customer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "what the API answers besides may be sent back and is ignored"
)]
pub struct AttendeeInput {
    /// Names them within the meeting; when left out, one is derived from their
    /// contact, so that the same contact keeps its answers.
    pub id: Option<String>,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number; without a country code it is of the settings' default region.
    pub phone: Option<String>,
    /// How they like to be told, in any case; email when left out or empty.
    #[schema(value_type = Option<word::Preference>)]
    pub preferred_confirmation_method: Option<String>,
    /// Their IANA zone, where it is not the meeting's.
    pub timezone: Option<String>,
    /// Their language tag, like `de` or `pt-BR`; a locale like `de_DE` is read as one. In
    /// a language that Usher does not write they read the business's.
    pub language: Option<String>,

    #[serde(default)]
    #[schema(ignore)]
    answer: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    reschedule_requested: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    knows: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    in_doubt: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    told: Option<Answered>,
    #[serde(default)]
    #[schema(ignore)]
    former_addresses: Option<Answered>,
}

/// What is answered only and may be sent back: whatever it is, it is read and dropped.
/// Not serde's `IgnoredAny`: to whoever reads requests that looks like a field which
/// nobody knows.
#[derive(Debug, Clone)]
struct Answered;

impl<'de> Deserialize<'de> for Answered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(|_| Self)
    }
}

impl From<MeetingInput> for MeetingDraft {
    fn from(input: MeetingInput) -> Self {
        Self {
            id: input.given_id,
            title: input.title,
            starts_at: input.starts_at,
            timezone: input.timezone,
            duration_minutes: input.duration_minutes,
            template_id: input.template_id,
            location: input.location.unwrap_or_default().into(),
            description: input.description,
            organizer: input.organizer.map(OrganizerDraft::from),
            followers: input.followers,
            attendees: input
                .attendees
                .into_iter()
                .map(AttendeeDraft::from)
                .collect(),
        }
    }
}

impl From<LocationInput> for LocationDraft {
    fn from(input: LocationInput) -> Self {
        Self {
            kind: input.kind.map(|kind| kind.0),
            address: input.address,
            video_url: input.video_url,
        }
    }
}

impl From<OrganizerInput> for OrganizerDraft {
    fn from(input: OrganizerInput) -> Self {
        Self {
            name: input.name,
            email: input.email,
            phone: input.phone,
        }
    }
}

impl From<AttendeeInput> for AttendeeDraft {
    fn from(input: AttendeeInput) -> Self {
        Self {
            id: input.id,
            name: input.name,
            email: input.email,
            phone: input.phone,
            preference: input.preferred_confirmation_method,
            timezone: input.timezone,
            language: input.language,
        }
    }
}
