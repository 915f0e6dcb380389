//! The row of a meeting.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use usher_domain::{
    contact::{EmailAddress, PhoneNumber},
    dealt_with::{DealtWith, MeetingDealtWith},
    id::{MeetingId, TemplateId, TriggerId},
    kind::NotificationType,
    lease::Lease,
    location::LocationKind,
    meeting::{
        Announced, Attendee, BookingStatus, CalendarOwner, Details, LinkGenerations, Location,
        Meeting, NotificationState, Organizer, Others, OwnerSince, SequenceSince, Statement,
    },
    reminders::{
        BegunReminder, MissedReminder, ReminderInstance, Reminders, SettledReminder, Settlement,
        Skip,
    },
    template::ReminderTrigger,
    text::{Address, Description, Name, Reason, Title},
    unread::Unread,
    web::HttpsUrl,
};

use super::{Kind, Stored, Word, attendee::AttendeeRow, keys::is_zero, row};
use crate::store::{compressed::Entries, item::Item, meeting_items::StoredMeeting};

row! {
    MeetingRow of Meeting {
        id: MeetingId,
        version: u64,
        #[serde(default)]
        edits: u64,
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
        statements: Vec<Statement>,
        #[serde(default)]
        highest_statement: u64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        owners: Vec<OwnerSince>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sequences: Vec<SequenceSince>,
        #[serde(default)]
        removed: Vec<Attendee>,
        #[serde(default)]
        cancelled_at: Option<DateTime<Utc>>,
        #[serde(default)]
        cancelled_revision: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cancelled_statement: Option<u64>,
        #[serde(default)]
        calling_off: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        saving_attendees: bool,
        #[serde(default)]
        sending: Option<Lease>,
        #[serde(default)]
        reminders: Reminders,
        #[serde(default, skip_serializing_if = "LinkGenerationsRow::untouched")]
        links: LinkGenerations,
        #[serde(default)]
        dealt_with: Option<MeetingDealtWith>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        others: Option<Others>,
        created_at: DateTime<Utc>,
    } besides { unread }
}

/// What a meeting's item says that customers were told.
fn told_in(entries: &mut Entries) -> Vec<&mut Entries> {
    let mut told = Vec::new();
    for (name, value) in entries {
        match (name.as_str(), value) {
            ("announced", Value::Object(announced)) => told.push(announced),
            ("statements", Value::Array(statements)) => {
                told.extend(statements.iter_mut().filter_map(Value::as_object_mut));
            }
            _ => {}
        }
    }
    told
}

impl Kind for Meeting {
    /// 2: says who acted. 3: says how an answer came, and which links open it. 4: says
    /// what each attendee was told. 5: those behind the lead attendee have items of their
    /// own, and it says what lists show of them, whom calendar files name as the owner, and
    /// which schedules are in doubt and reminders missed. 6: packed. 7: says what put it into
    /// each calendar that was left.
    const SHAPE: u32 = 7;

    const PLAIN: Option<&[&str]> = Some(&[
        "revision",
        "archived",
        "calling_off",
        "cancelled_at",
        "others",
    ]);

    const CARRIES: bool = true;
    fn carry(&mut self, stored: Option<Item>, _beside: Option<AttributeValue>) {
        self.unread = Unread::new(StoredMeeting::of(self, stored));
    }
    fn stored(&self) -> Option<&Item> {
        self.unread.stored().and_then(StoredMeeting::item)
    }

    /// Customers were told of nothing but what stands in the meeting, as a rule.
    fn abridge(entries: &mut Entries) {
        let Some(details) = entries.get("details").cloned() else {
            return;
        };
        for told in told_in(entries) {
            if told.get("details") == Some(&details) {
                told.remove("details");
            }
        }
    }

    fn repeat(entries: &mut Entries) {
        let Some(details) = entries.get("details").cloned() else {
            return;
        };
        for told in told_in(entries) {
            let told = told.entry("details".to_owned());
            told.or_insert_with(|| details.clone());
        }
    }

    fn write(&self) -> MeetingRow {
        let mut row = self.to_row();
        let everybody = row.attendees.iter_mut().chain(&mut row.removed);
        everybody.for_each(AttendeeRow::shorten);
        row
    }

    fn read(mut row: MeetingRow) -> Option<Self> {
        let known = row.status.known();
        let everybody = row.attendees.iter_mut().chain(&mut row.removed);
        everybody.for_each(AttendeeRow::lengthen);
        let mut meeting = Self::from_row(row)?;
        if meeting.others.is_none() {
            meeting.note_shared_addresses();
        }
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
    let announced = meeting.announced.as_ref();
    let announced = announced.map(|announced| announced.statement);
    let called_off = meeting.cancelled_statement > announced;
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
    OwnerSinceRow of OwnerSince {
        statement: u64,
        owner: CalendarOwner,
    }
}

row! {
    SequenceSinceRow of SequenceSince {
        statement: u64,
        sequence: u32,
    }
}

row! {
    CalendarOwnerRow of CalendarOwner {
        name: Option<Name>,
        email: EmailAddress,
    }
}

row! {
    OthersRow of Others {
        attendee_count: usize,
        notification_state: NotificationState,
        details_known: bool,
        details_told: bool,
        cancellation_in_doubt: bool,
        cancellation_owed: bool,
        #[serde(default)]
        waiting_behind_lead: usize,
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
    StatementRow of Statement {
        number: u64,
        kind: NotificationType,
        revision: u32,
        details: Details,
        asked: bool,
        at: DateTime<Utc>,
    }
}

row! {
    AnnouncedRow of Announced {
        details: Details,
        revision: u32,
        at: DateTime<Utc>,
        since: DateTime<Utc>,
        asked: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        requested: bool,
        #[serde(default, skip_serializing_if = "is_zero")]
        statement: u64,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cancelled_statement: Option<u64>,
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
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unsure: Vec<ReminderInstance>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missed: Vec<MissedReminder>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        begun: Vec<BegunReminder>,
    }
}

row! {
    BegunReminderRow of BegunReminder {
        trigger_id: TriggerId,
        revision: u32,
        at: DateTime<Utc>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reached_at: Option<DateTime<Utc>>,
    }
}

row! {
    MissedReminderRow of MissedReminder {
        instance: ReminderInstance,
        why: Skip,
        dealt_with: bool,
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
