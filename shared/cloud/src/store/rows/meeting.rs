//! The row of a meeting.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
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
        Announced, Attendee, BookingStatus, ContactPoint, Details, LinkGenerations, Location,
        Meeting, Organizer, Response, Statement, Told, Wish,
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
        statements: Vec<Statement>,
        #[serde(default)]
        highest_statement: u64,
        #[serde(default)]
        removed: Vec<Attendee>,
        #[serde(default)]
        cancelled_at: Option<DateTime<Utc>>,
        #[serde(default)]
        cancelled_revision: Option<u32>,
        #[serde(default)]
        calling_off: bool,
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
    /// 2: says who acted. 3: says how an answer came, and which links open it. 4: says
    /// what each attendee was told.
    const SHAPE: u32 = 4;

    carries_unread!();

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
        tell_as_announced(&mut meeting);
        meeting.status = known.unwrap_or_else(|| status_from_facts(&meeting));
        Some(meeting)
    }
}

/// What attendees know of a meeting whose row does not say it person by person: until
/// shape 4 it was kept once for all of them.
fn tell_as_announced(meeting: &mut Meeting) {
    if meeting.highest_statement > 0 {
        return;
    }
    if meeting.cancelled_at.is_some() && meeting.cancelled_revision.is_none() {
        meeting.cancelled_revision = Some(meeting.revision);
    }
    let Some(announced) = &mut meeting.announced else {
        return;
    };
    (announced.statement, announced.requested) = (1, announced.asked);
    let announced = announced.clone();
    let since = announced.at;
    let kind = if meeting.status == BookingStatus::Cancelled {
        NotificationType::Cancellation
    } else if announced.asked {
        NotificationType::ConfirmationRequest
    } else {
        NotificationType::Confirmation
    };
    let off = kind.calls_off() && meeting.cancelled_revision == Some(meeting.revision);
    let (revision, details) = if off {
        (meeting.revision, meeting.details.clone())
    } else {
        (announced.revision, announced.details)
    };
    meeting.suppose_told(Statement {
        number: 1,
        kind,
        revision,
        details,
        asked: announced.asked,
        at: since,
    });
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
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        told: Vec<Told>,
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
    ToldRow of Told {
        #[serde(rename = "at")]
        address: ContactPoint,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        certain: Vec<u64>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        doubtful: Vec<u64>,
    }
}

/// What stands for the attendee's own address in what was told to it: a thousand attendees
/// must find room in one item.
const OWN_EMAIL: &str = "email";
/// The same for their own number.
const OWN_PHONE: &str = "phone";

impl AttendeeRow {
    /// Their own addresses, as they stand in what was told, each with what stands for it.
    fn own(&self) -> [(Option<String>, &'static str); 2] {
        let email = self.email.as_ref().map(ToString::to_string);
        let phone = self.phone.as_ref().map(ToString::to_string);
        [(email, OWN_EMAIL), (phone, OWN_PHONE)]
    }

    fn shorten(&mut self) {
        let own = self.own();
        for told in &mut self.told {
            let is_own = |(own, _): &&(Option<String>, _)| own.as_ref() == Some(&told.address);
            if let Some((_, short)) = own.iter().find(is_own) {
                (*short).clone_into(&mut told.address);
            }
        }
    }

    fn lengthen(&mut self) {
        let own = self.own();
        for told in &mut self.told {
            let stands_for = |(_, short): &&(_, &str)| told.address == *short;
            if let Some((Some(long), _)) = own.iter().find(stands_for) {
                told.address.clone_from(long);
            }
        }
    }
}

/// The number, or the email address: a number begins with a plus and has no at sign.
impl Stored for ContactPoint {
    type Row = String;
    fn to_row(&self) -> String {
        match self {
            Self::Email(address) => address.to_string(),
            Self::Phone(number) => number.as_str().to_owned(),
        }
    }
    fn from_row(row: String) -> Option<Self> {
        if row.contains('@') {
            EmailAddress::parse(&row).ok().map(Self::Email)
        } else {
            PhoneNumber::from_e164(&row).ok().map(Self::Phone)
        }
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
