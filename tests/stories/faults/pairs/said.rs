//! What customers were told, message by message, as their mailboxes and telephones say.

use serde_json::Value;
use usher_local::{Channel, Message};

/// What a message says to its receiver of how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// It takes place.
    On,
    /// It is off.
    Off,
    /// This address is not the attendee's any more: the calendar behind it is asked to take
    /// the meeting out.
    Left,
    /// Their answer was taken.
    Taken,
    /// Anything else in answer to a text.
    Reply,
}

/// A message that arrived.
#[derive(Debug, Clone)]
pub(super) struct Said<'a> {
    pub(super) to: &'a str,
    pub(super) text: &'a str,
    pub(super) channel: &'static str,
    pub(super) word: Word,
    /// Its row in the log.
    pub(super) row: &'a Value,
}

impl<'a> Said<'a> {
    /// A message, by the row that it belongs to; none that the log does not know of.
    pub(super) fn of(message: &'a Message, rows: &'a [Value]) -> Option<Self> {
        let row = row_of(message, rows)?;
        let text = message.text.as_deref().unwrap_or_default();
        let taken = text.contains("Confirmed!") || text.contains("you declined");
        let word = match row["type"].as_str()? {
            "cancellation" => Word::Off,
            "calendar_removal" => Word::Left,
            "auto_reply" if taken => Word::Taken,
            "auto_reply" => Word::Reply,
            _ => Word::On,
        };
        Some(Self {
            to: &message.to,
            text,
            channel: channel_of(message),
            word,
            row,
        })
    }

    /// Whether it tells its receiver how the meeting stands.
    pub(super) fn tells(&self) -> bool {
        matches!(self.word, Word::On | Word::Off)
    }

    pub(super) fn revision(&self) -> u64 {
        self.row["revision"].as_u64().unwrap()
    }

    /// Whether the log says for certain that it went out.
    pub(super) fn is_certain(&self) -> bool {
        let deliveries = self.row["deliveries"].as_array().unwrap().iter();
        let mut ours = deliveries.filter(|each| each["channel"] == self.channel);
        ours.any(|each| each["status"] == "sent" || each["status"] == "delivered")
    }

    /// What it says, as a meeting's told has it.
    pub(super) fn kind(&self) -> &'static str {
        if self.word == Word::Off {
            "cancelled"
        } else {
            "announced"
        }
    }
}

fn channel_of(message: &Message) -> &'static str {
    match message.channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
    }
}

/// The row that a message belongs to: the provider's id says so, or else it is the one to
/// this address whose answer was lost.
fn row_of<'a>(message: &Message, rows: &'a [Value]) -> Option<&'a Value> {
    let channel = channel_of(message);
    let delivery = |row: &Value, wanted: &dyn Fn(&Value) -> bool| {
        let deliveries = row["deliveries"].as_array().unwrap();
        deliveries.iter().any(wanted)
    };
    let named = |row: &&Value| delivery(row, &|each| each["provider_message_id"] == message.id);
    let lost = |row: &&Value| {
        let address = ["email", "phone"][usize::from(channel == "sms")];
        row["attendee"][address] == message.to
            && delivery(row, &|each| {
                let went = each["status"] != "skipped" && each["status"] != "failed";
                each["channel"] == channel && went && each["provider_message_id"].is_null()
            })
    };
    let named = rows.iter().find(named);
    named.or_else(|| rows.iter().rev().find(lost))
}
