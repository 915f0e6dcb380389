//! The row of a meeting.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use usher_domain::{
    answer::{Answer, AnswerChannel},
    channel::Preference,
    contact::{EmailAddress, PhoneNumber},
    dealt_with::{DealtWith, MeetingDealtWith},
    id::{AttendeeId, MeetingId, NotificationId, TemplateId, TriggerId},
    kind::NotificationType,
    language::LanguageTag,
    lease::Lease,
    location::LocationKind,
    meeting::{
        Announced, Attendee, BookingStatus, Details, LinkGenerations, Location, Meeting, Organizer,
        Response, Wish,
    },
    reminders::{ReminderInstance, Reminders, SettledReminder, Settlement, Skip},
    template::ReminderTrigger,
    text::{Address, Description, Name, Reason, Title},
    web::HttpsUrl,
};

use super::{Kind, Stored, Word, carries_unread, keys::is_zero, row};

row! {
    MeetingRow of Meeting {
        id: MeetingId,
        version: u64,
        title: Title,
        details: Details,
        revision: u32,
        highest_revision: u32,
        template_id: Option<TemplateId>,
        description: Description,
        organizer: Option<Organizer>,
        followers: Vec<EmailAddress>,
        attendees: Vec<Attendee>,
        status: BookingStatus,
        archived: bool,
        announced: Option<Announced>,
        #[serde(default)]
        cancelled_at: Option<DateTime<Utc>>,
        sent: BTreeMap<NotificationType, u32>,
        #[serde(default)]
        sending: Option<Lease>,
        #[serde(default)]
        reminders: Reminders,
        #[serde(default, skip_serializing_if = "LinkGenerationsRow::untouched")]
        links: LinkGenerations,
        #[serde(default)]
        dealt_with: Option<MeetingDealtWith>,
        created_at: DateTime<Utc>,
    } besides { unread }
}

impl Kind for Meeting {
    /// 2: says who acted. 3: says how an answer came, and which links open it.
    const SHAPE: u32 = 3;

    carries_unread!();

    fn read(row: MeetingRow) -> Option<Self> {
        let known = row.status.known();
        let mut meeting = Self::from_row(row)?;
        meeting.status = known.unwrap_or_else(|| status_from_facts(&meeting));
        Some(meeting)
    }
}

/// How a booking stands whose status is a word that this release does not know: as the
/// rest of the row has it.
fn status_from_facts(meeting: &Meeting) -> BookingStatus {
    let lead = meeting.lead();
    let answer = lead.and_then(|lead| meeting.standing_answer(lead));
    // A meeting that was called off may have been announced again.
    let announced_at = meeting.announced.as_ref().map(|announced| announced.at);
    let called_off = meeting
        .cancelled_at
        .is_some_and(|at| Some(at) > announced_at);
    match (&meeting.announced, answer) {
        _ if called_off => BookingStatus::Cancelled,
        // Not a draft: a new draft may be confirmed by itself.
        (None, _) => BookingStatus::Booked,
        (Some(_), Some(response)) => response.answer.into(),
        (Some(announced), None) if announced.asked => BookingStatus::Invited,
        (Some(_), None) => BookingStatus::Booked,
    }
}

row! {
    DetailsRow of Details {
        starts_at: DateTime<Utc>,
        timezone: Tz,
        duration_minutes: u32,
        location: Location,
    }
}

row! {
    LocationRow of Location {
        kind: Option<LocationKind>,
        address: Option<Address>,
        video_url: Option<HttpsUrl>,
    }
}

row! {
    OrganizerRow of Organizer {
        name: Name,
        email: Option<EmailAddress>,
        phone: Option<PhoneNumber>,
    }
}

row! {
    AttendeeRow of Attendee {
        id: AttendeeId,
        name: Name,
        email: Option<EmailAddress>,
        phone: Option<PhoneNumber>,
        preference: Option<Preference>,
        language: Option<LanguageTag>,
        timezone: Option<Tz>,
        response: Option<Response>,
        last_notification: Option<NotificationId>,
        #[serde(default, skip_serializing_if = "is_zero")]
        oldest_link: u32,
    }
}

row! {
    #[derive(Default)]
    LinkGenerationsRow of LinkGenerations {
        current: u32,
        oldest: u32,
    }
}

impl LinkGenerationsRow {
    /// Whether none was ever revoked, which takes no room in the table.
    fn untouched(&self) -> bool {
        self.current == 0
    }
}

row! {
    ResponseRow of Response {
        answer: Answer,
        revision: u32,
        at: DateTime<Utc>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wish: Option<Wish>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<AnswerChannel>,
    }
}

row! {
    WishRow of Wish {
        preferred_times: Option<Reason>,
        reason: Option<Reason>,
    }
}

row! {
    AnnouncedRow of Announced {
        details: Details,
        revision: u32,
        at: DateTime<Utc>,
        since: DateTime<Utc>,
        asked: bool,
    }
}

row! {
    LeaseRow of Lease {
        owner: String,
        until: DateTime<Utc>,
    }
}

row! {
    DealtWithRow of DealtWith {
        by: String,
        at: DateTime<Utc>,
        note: Option<Reason>,
    }
}

row! {
    MeetingDealtWithRow of MeetingDealtWith {
        revision: u32,
        wish_at: Option<DateTime<Utc>>,
        dealt: DealtWith,
    }
}

row! {
    #[derive(Default)]
    RemindersRow of Reminders {
        triggers: Vec<ReminderTrigger>,
        marks: Vec<SettledReminder>,
        armed: Vec<ReminderInstance>,
    }
}

row! {
    ReminderInstanceRow of ReminderInstance {
        trigger_id: TriggerId,
        revision: u32,
        due_at: DateTime<Utc>,
    }
}

row! {
    SettledReminderRow of SettledReminder {
        instance: ReminderInstance,
        outcome: Settlement,
        starts_at: DateTime<Utc>,
        at: DateTime<Utc>,
    }
}

/// `sent`, or the word for why it was not sent.
impl Stored for Settlement {
    type Row = String;
    fn to_row(&self) -> String {
        match self {
            Self::Sent => "sent".to_owned(),
            Self::Skipped(skip) => skip.code().to_owned(),
        }
    }
    fn from_row(row: String) -> Option<Self> {
        match row.as_str() {
            "sent" => Some(Self::Sent),
            word => Skip::from_row(word.parse().map_or(Word::Unknown(row), Word::Known))
                .map(Self::Skipped),
        }
    }
}
