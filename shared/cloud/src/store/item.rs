//! Items: the keys of the table in one place, and how values become attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, Utc};
use usher_domain::{
    channel::Channel,
    contact::{EmailAddress, PhoneNumber},
    id::{AttendeeId, MeetingId, NotificationId, TemplateId},
    kind::{MessageKind, NotificationType},
    local_time::rfc3339,
    notification::{Notification, Status},
    sms::{Inbound, Prompt},
    token::TokenHash,
};

/// An item as DynamoDB has it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    pub(super) fn settings() -> Self {
        Self::new("SETTINGS", "SETTINGS")
    }

    pub(super) fn template(id: &TemplateId) -> Self {
        Self::new(TEMPLATES, id.as_str())
    }

    pub(super) fn meeting(id: &MeetingId) -> Self {
        Self::new(meeting_partition(id), MEETING)
    }

    /// An attendee behind the lead attendee. One query reads them with their meeting.
    pub(super) fn attendee(meeting: &MeetingId, id: &AttendeeId) -> Self {
        Self::new(meeting_partition(meeting), format!("{ATTENDEE}{id}"))
    }

    /// What is kept of a meeting's attendees for the key that they are saved under: its
    /// part at a place.
    pub(super) fn kept_attendees(meeting: &MeetingId, hash: &str, place: usize) -> Self {
        let sk = format!("{}{place:03}", kept_attendees(hash));
        Self::new(meeting_partition(meeting), sk)
    }

    pub(super) fn notification(id: &NotificationId) -> Self {
        let sk = format!("{NOTIFICATION}{}", id.ulid());
        Self::new(meeting_partition(id.meeting()), sk)
    }

    pub(super) fn content(id: &NotificationId) -> Self {
        Self::new(meeting_partition(id.meeting()), format!("C#{}", id.ulid()))
    }

    pub(super) fn timeline(id: &MeetingId, at: DateTime<Utc>, version: u64, unique: &str) -> Self {
        let millis = at.timestamp_millis();
        Self::new(
            meeting_partition(id),
            format!("{ENTRY}{millis:015}#{version:010}#{unique}"),
        )
    }

    pub(super) fn token(hash: &TokenHash) -> Self {
        Self::new(format!("TOKEN#{}", hash.as_str()), "TOKEN")
    }

    /// A prompt that a number may answer.
    pub(super) fn prompt(prompt: &Prompt) -> Self {
        let sk = format!("PROMPT#{}", prompt.asked_by);
        Self::new(contact_partition(&prompt.theirs), sk)
    }

    pub(super) fn conversation(number: &PhoneNumber) -> Self {
        Self::new(contact_partition(number), "CONVERSATION")
    }

    pub(super) fn opt_out(number: &PhoneNumber) -> Self {
        Self::new(contact_partition(number), "OPT-OUT")
    }

    /// An address's wish to get no reminders.
    pub(super) fn no_reminders(address: &EmailAddress) -> Self {
        Self::new(format!("CONTACT#{}", address.key()), NO_REMINDERS)
    }

    /// That nothing is sent to an address, or was not until somebody lifted it.
    pub(super) fn suppression(address: &EmailAddress) -> Self {
        Self::new(format!("CONTACT#{}", address.key()), SUPPRESSION)
    }

    /// A text that has come in.
    pub(super) fn inbound(id: &str) -> Self {
        Self::new(format!("INBOUND#{id}"), "INBOUND")
    }

    /// A test message, by what its provider calls it.
    pub(super) fn test_message(provider_id: &str) -> Self {
        Self::new(format!("TEST#{provider_id}"), "TEST")
    }

    /// A text that belongs to no meeting, by when it came in.
    pub(super) fn unmatched(inbound: &Inbound) -> Self {
        Self::unmatched_at(inbound.received_at, &inbound.id)
    }

    /// The text of no meeting that came in then and has this id.
    pub(super) fn unmatched_at(received_at: DateTime<Utc>, id: &str) -> Self {
        Self::new(INBOX, format!("{}~{id}", rfc3339(received_at)))
    }

    /// When the account's opt-out list was last read.
    pub(super) fn account_list() -> Self {
        Self::new("OPT-OUT-MIRROR", "OPT-OUT-MIRROR")
    }

    /// The figures of a day.
    pub(super) fn daily_figures(date: NaiveDate) -> Self {
        Self::new(FIGURES, date.to_string())
    }

    pub(super) fn idempotency(hash: &str) -> Self {
        Self::new(format!("KEY#{hash}"), "KEY")
    }

    /// Whether DynamoDB lets a key be as long: 2,048 bytes for the partition key and
    /// 1,024 for the sort key. Nothing is stored under any other, and to ask for it is
    /// an error there, whoever the outsider was that made it up.
    pub(super) fn possible(&self) -> bool {
        self.pk.len() <= 2_048 && self.sk.len() <= 1_024
    }

    pub(super) fn attributes(&self) -> Item {
        HashMap::from([
            ("PK".to_owned(), AttributeValue::S(self.pk.clone())),
            ("SK".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// How the sort key of a meeting begins, and those of its attendees after it.
pub(super) const MEETING: &str = "MEETING";
/// How the sort key of an attendee begins.
pub(super) const ATTENDEE: &str = "MEETING#A#";

/// How the sort key of a notification begins.
pub(super) const NOTIFICATION: &str = "N#";

/// How the sort key of an entry of a timeline begins.
pub(super) const ENTRY: &str = "T#";

/// How the sort keys begin of what is kept of a meeting's attendees for a key.
pub(super) fn kept_attendees(hash: &str) -> String {
    format!("KEPT#{hash}#")
}

/// The partition of all templates.
pub(super) const TEMPLATES: &str = "TEMPLATE";
/// The partition of all meetings by start, in `GSI1`. One partition takes 1,000
/// writes a second, far more than the meetings one business books.
pub(super) const MEETINGS: &str = "MEETINGS";
/// The partition of the whole log, newest last, in `GSI1`.
pub(super) const LOG: &str = "LOG";

/// The partition of all days' figures, by date.
pub(super) const FIGURES: &str = "FIGURES";

/// The partition of the texts that belong to no meeting.
pub(super) const INBOX: &str = "INBOX";
/// The partition of all opt-outs, by number, in `GSI1`.
pub(super) const OPT_OUTS: &str = "OPT-OUTS";

/// The sort key of an address's wish to get no reminders.
pub(super) const NO_REMINDERS: &str = "NO-REMINDERS";

/// The sort key of what holds emails back from an address.
pub(super) const SUPPRESSION: &str = "SUPPRESSION";
/// The partition of all addresses that emails are held back from, in `GSI1`.
pub(super) const SUPPRESSIONS: &str = "SUPPRESSIONS";

/// Where an address stands among those that emails are held back from. Addresses may begin
/// with a character behind which no range ends.
pub(super) fn suppression_position(address: &EmailAddress) -> String {
    format!("a#{}", address.key())
}

/// The partition of what the sweep must look at, by when, in `GSI3`.
pub(super) const WAKE: &str = "WAKE";

/// The partition of what staff must look at, by until when, in `GSI4`.
pub(super) const ATTENTION: &str = "ATTENTION";

/// Where something stands in what staff must look at: the most urgent first.
pub(super) fn attention_position(until: DateTime<Utc>, id: &str) -> String {
    format!("{}~{id}", rfc3339(until))
}

/// How the positions begin of what staff must look at until somebody has dealt with it:
/// behind those of what ends by itself.
pub(super) const KEPT: &str = "KEPT#";

/// Where something stands in what staff must look at until somebody has dealt with it: the
/// newest first.
pub(super) fn kept_attention_position(until: DateTime<Utc>, id: &str) -> String {
    // Of the same number of digits for all times that a meeting may have.
    let newest_first = i64::MAX - until.timestamp();
    format!("{KEPT}{newest_first}#{}", attention_position(until, id))
}

/// The partition of a template's meetings that are still reminded of, by start,
/// in `GSI2`.
pub(super) fn template_partition(id: &TemplateId) -> String {
    format!("TEMPLATE#{id}")
}

/// Where something stands in what the sweep must look at.
pub(super) fn wake_position(at: DateTime<Utc>, id: &str) -> String {
    format!("{}~{id}", rfc3339(at))
}

/// The partition of what is known of a number.
pub(super) fn contact_partition(number: &PhoneNumber) -> String {
    format!("CONTACT#{number}")
}

pub(super) fn meeting_partition(id: &MeetingId) -> String {
    format!("MEETING#{id}")
}

/// Whether the log's rows of a status are listed by it. Those that were sent are nearly all
/// of them: they are found in the whole log, and an entry for each would be written to list
/// what is there anyway.
pub(super) fn is_by_status(status: Status) -> bool {
    status != Status::Sent
}

/// How the positions begin in `GSI3` of the log's rows that are on their way and whose meeting
/// is not held for them, before those of all that the sweep looks at by when. Rows on their way
/// are listed by no status, whatever it is: nearly all of them are sent a second later.
pub(super) const ON_ITS_WAY: &str = "0~";

/// The partition of the log rows of one status that are not on their way, in `GSI2`.
pub(super) fn status_partition(status: Status) -> String {
    format!("LOG#{}", status.as_str())
}

/// Where a notification stands in the log: by time of creation.
pub(super) fn log_position(id: &NotificationId) -> String {
    format!("{}~{}", id.ulid(), id.meeting())
}

/// Where a meeting stands in the calendar: by start.
pub(super) fn calendar_position(starts_at: DateTime<Utc>, id: &str) -> String {
    format!("{}~{id}", rfc3339(starts_at))
}

/// The index of the log by addresses of this kind: one that lists rows by the email address
/// of their recipient, and one by their number.
pub(super) fn recipient_index(address: &str) -> &'static str {
    if address.starts_with('+') {
        "GSI6"
    } else {
        "GSI5"
    }
}

/// The addresses a notification is found by: those it goes to, a write unit each. One that may
/// tell its recipient of a meeting for the first time is found by all of theirs, so that a text
/// finds the meeting of somebody who was only ever written to by email. A reminder tells nobody
/// for the first time, and a reply is to a text.
pub(super) fn addresses(notification: &Notification) -> Vec<String> {
    let recipient = &notification.recipient;
    if let Some(staff) = &notification.staff {
        return vec![staff.key()];
    }
    let reminder = MessageKind::from(NotificationType::Reminder);
    let is_no_first = [reminder, MessageKind::AutoReply].contains(&notification.kind);
    let is_found_by = |channel: Channel| !is_no_first || notification.took(channel);
    let email = recipient.email.as_ref().map(EmailAddress::key);
    let email = email.filter(|_| is_found_by(Channel::Email));
    let phone = recipient.phone.as_ref().map(ToString::to_string);
    let phone = phone.filter(|_| is_found_by(Channel::Sms));
    email.into_iter().chain(phone).collect()
}

/// An item's key as the log may have it: without what is somebody's, or a secret's hash.
pub(super) fn label(item: &Item) -> String {
    let text = |name: &str| {
        let value = item.get(name).and_then(|value| value.as_s().ok());
        value.map_or("?", String::as_str)
    };
    let pk = text("PK");
    let kind = pk.split_once('#').map(|(kind, _)| kind);
    // An attendee's id is their caller's word for them.
    let sk = text("SK");
    let sk = if sk.starts_with(ATTENDEE) {
        ATTENDEE
    } else {
        sk
    };
    match kind.filter(|kind| !matches!(*kind, "MEETING" | "INBOUND")) {
        Some(kind) => format!("{kind}#… {sk}"),
        None => format!("{pk} {sk}"),
    }
}

/// Why an item cannot be read that needs a word which this release does not know.
pub(super) const UNKNOWN_WORD: &str = "it has a word that this version does not know";

/// What is wrong with an item, without its values: they may be somebody's address.
pub(super) fn what_is_wrong(error: &serde_dynamo::Error) -> String {
    let said = error.to_string();
    if said.starts_with("missing field `") {
        return said;
    }
    if said.starts_with("unknown variant") {
        return UNKNOWN_WORD.to_owned();
    }
    "one of its values is not what it should be".to_owned()
}

/// A number attribute.
pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A string attribute.
pub(super) fn string(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}
