//! A meeting as it was written. Nothing is trusted yet; [`compose`](super::compose) turns
//! it into a [`Meeting`](super::Meeting).

use super::LocationKind;

/// What a meeting is to be. What is left out is none, or as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingDraft {
    /// Its id, where the caller repeats it.
    pub id: Option<String>,
    /// The title.
    pub title: String,
    /// RFC 3339; without an offset it is local time in `timezone`.
    pub starts_at: String,
    /// An IANA zone.
    pub timezone: String,
    /// In minutes; the template's when left out.
    pub duration_minutes: Option<i64>,
    /// The template's id.
    pub template_id: Option<String>,
    /// Where it is.
    pub location: LocationDraft,
    /// What it is about.
    pub description: Option<String>,
    /// The staff member who owns it.
    pub organizer: Option<OrganizerDraft>,
    /// Addresses of further staff who are told of answers; an entry may hold several.
    pub followers: Vec<String>,
    /// The customers, the lead attendee first.
    pub attendees: Vec<AttendeeDraft>,
}

/// Where a meeting is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocationDraft {
    /// Whose place it is; the template's when left out.
    pub kind: Option<LocationKind>,
    /// The postal address.
    pub address: Option<String>,
    /// A link to the video call.
    pub video_url: Option<String>,
}

/// The staff member who is to own a meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizerDraft {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
}

/// A customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttendeeDraft {
    /// Names them within the meeting; derived from their contact when left out.
    pub id: Option<String>,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// How they like to be told, in any case; email when left out or empty.
    pub preference: Option<String>,
    /// Their IANA zone, where it is not the meeting's.
    pub timezone: Option<String>,
    /// Their language tag.
    pub language: Option<String>,
}
