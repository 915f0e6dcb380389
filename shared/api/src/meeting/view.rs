//! Meetings as they are answered.

use serde::Serialize;
use usher_domain::{
    local_time::rfc3339,
    meeting::{Announced, Location, Meeting, Organizer},
    reminders::MissedReminder,
    template::Template,
};
use utoipa::ToSchema;

use super::AttendeeView;
use crate::{Word, attention::DealtWithView, word};

/// One meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MeetingView {
    /// What its attendees share.
    #[serde(flatten)]
    pub shared: SharedDetails,
    /// The customers, the lead attendee first.
    pub attendees: Vec<AttendeeView>,
    /// Customers who were told of it and are no longer expected, until they know.
    pub removed: Vec<AttendeeView>,
}

/// A meeting in a list: of its attendees, one and how many there are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListedMeeting {
    /// What its attendees share.
    #[serde(flatten)]
    pub shared: SharedDetails,
    /// The lead attendee.
    pub lead: Option<AttendeeView>,
    /// How many attendees there are.
    pub attendee_count: usize,
    /// How many of them wait for another time.
    pub waiting_for_another_time: usize,
}

/// What the attendees of a meeting share.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SharedDetails {
    /// Its name.
    pub id: String,
    /// The title as it was written.
    pub title: String,
    /// The title in the template's format, with the status filled in.
    pub shown_title: String,
    /// The start (RFC 3339, in the meeting's zone).
    pub starts_at: String,
    /// The end (RFC 3339, in the meeting's zone).
    pub ends_at: String,
    /// The IANA zone it was agreed in.
    pub timezone: String,
    /// How long it takes.
    pub duration_minutes: u32,
    /// Its template.
    pub template_id: Option<String>,
    /// Where it is.
    pub location: LocationView,
    /// What it is about.
    pub description: String,
    /// The staff member who owns it.
    pub organizer: Option<OrganizerView>,
    /// Further staff who are told of answers.
    pub followers: Vec<String>,
    /// How the booking stands.
    pub status: word::BookingStatus,
    /// What customers know, compared to what is.
    pub notification_state: word::NotificationState,
    /// Which change of date, time, duration or place this is.
    pub revision: u32,
    /// What customers were last told.
    pub announced: Option<AnnouncedView>,
    /// Whether it is put away.
    pub archived: bool,
    /// Whether staff should look at it: customers know other details, wait for
    /// another time or missed a reminder, and nobody has dealt with that.
    pub needs_attention: bool,
    /// Reminders that should have been sent and were not, oldest first.
    pub missed_reminders: Vec<MissedReminderView>,
    /// Who has dealt with that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dealt_with: Option<DealtWithView>,
}

/// A reminder that should have been sent and was not, or not to everyone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MissedReminderView {
    /// The trigger it comes from.
    pub trigger_id: String,
    /// When it was due (RFC 3339, UTC).
    pub due_at: String,
    /// Why it was not sent, as a stable word.
    pub reason: &'static str,
    /// The same as a sentence for staff.
    pub explanation: &'static str,
    /// Whether somebody has dealt with it.
    pub dealt_with: bool,
}

impl From<&MissedReminder> for MissedReminderView {
    fn from(missed: &MissedReminder) -> Self {
        Self {
            trigger_id: missed.instance.trigger_id.to_string(),
            due_at: rfc3339(missed.instance.due_at),
            reason: missed.why.code(),
            explanation: missed.why.reason(),
            dealt_with: missed.dealt_with,
        }
    }
}

/// What customers were last told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnnouncedView {
    /// The start they were told (RFC 3339, in the zone they were told).
    pub starts_at: String,
    /// The zone they were told.
    pub timezone: String,
    /// The duration they were told.
    pub duration_minutes: u32,
    /// The place they were told.
    pub location: LocationView,
    /// The revision they were told.
    pub revision: u32,
    /// When they were told (RFC 3339, UTC).
    pub at: String,
}

/// Where a meeting is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocationView {
    /// Whose place it is.
    pub kind: Option<word::LocationKind>,
    /// The postal address.
    pub address: Option<String>,
    /// The video call.
    pub video_url: Option<String>,
}

/// The staff member who owns a meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizerView {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number, in E.164.
    pub phone: Option<String>,
}

impl MeetingView {
    /// The meeting with its template, which says how the title is shown.
    pub fn new(meeting: &Meeting, template: Option<&Template>) -> Self {
        let view = |attendee| AttendeeView::new(meeting, attendee);
        Self {
            shared: SharedDetails::new(meeting, template),
            attendees: meeting.attendees.iter().map(view).collect(),
            removed: meeting.removed.iter().map(view).collect(),
        }
    }
}

impl ListedMeeting {
    /// As [`MeetingView::new`], of a meeting that may have been read without its attendees.
    pub fn new(meeting: &Meeting, template: Option<&Template>) -> Self {
        let lead = meeting.lead();
        Self {
            shared: SharedDetails::new(meeting, template),
            lead: lead.map(|lead| AttendeeView::new(meeting, lead)),
            attendee_count: meeting.attendee_count(),
            waiting_for_another_time: meeting.waiting_for_another_time(),
        }
    }
}

impl SharedDetails {
    pub(crate) fn new(meeting: &Meeting, template: Option<&Template>) -> Self {
        let format = template.and_then(|template| template.body().title_format.as_deref());
        let details = &meeting.details;
        Self {
            id: meeting.id.to_string(),
            title: meeting.title.to_string(),
            shown_title: meeting.shown_title(format, meeting.status.label()),
            starts_at: details
                .starts_at
                .with_timezone(&details.timezone)
                .to_rfc3339(),
            ends_at: details
                .ends_at()
                .with_timezone(&details.timezone)
                .to_rfc3339(),
            timezone: details.timezone.name().to_owned(),
            duration_minutes: details.duration_minutes,
            template_id: meeting.template_id.as_ref().map(ToString::to_string),
            location: (&details.location).into(),
            description: meeting.description.to_string(),
            organizer: meeting.organizer.as_ref().map(OrganizerView::from),
            followers: meeting.followers.iter().map(ToString::to_string).collect(),
            status: meeting.status.into(),
            notification_state: meeting.notification_state().into(),
            revision: meeting.revision,
            announced: meeting.announced.as_ref().map(AnnouncedView::from),
            archived: meeting.archived,
            needs_attention: meeting.needs_attention(),
            missed_reminders: meeting
                .reminders
                .missed
                .iter()
                .map(MissedReminderView::from)
                .collect(),
            dealt_with: meeting.attention_dealt_with().map(DealtWithView::from),
        }
    }
}

impl From<&Location> for LocationView {
    fn from(location: &Location) -> Self {
        let Location {
            kind,
            address,
            video_url,
        } = location;
        Self {
            kind: kind.map(Word),
            address: address.as_ref().map(ToString::to_string),
            video_url: video_url.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Organizer> for OrganizerView {
    fn from(organizer: &Organizer) -> Self {
        let Organizer { name, email, phone } = organizer;
        Self {
            name: name.to_string(),
            email: email.as_ref().map(ToString::to_string),
            phone: phone.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Announced> for AnnouncedView {
    fn from(announced: &Announced) -> Self {
        let details = &announced.details;
        Self {
            starts_at: details
                .starts_at
                .with_timezone(&details.timezone)
                .to_rfc3339(),
            timezone: details.timezone.name().to_owned(),
            duration_minutes: details.duration_minutes,
            location: (&details.location).into(),
            revision: announced.revision,
            at: rfc3339(announced.at),
        }
    }
}

/// One page of meetings.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingList {
    /// Earliest first.
    pub meetings: Vec<ListedMeeting>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
    /// How many entries of this page are stored but cannot be read: 0 as a rule.
    pub unreadable: usize,
}
