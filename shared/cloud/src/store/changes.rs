//! Writes: what becomes which item, and under which condition.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use serde_dynamo::to_attribute_value;
use usher_domain::{
    actor::Actor,
    id::{AttendeeId, TimelineKey},
    lease::Lease,
    meeting::Meeting,
    notification::{Content, Notification},
    remind,
    settings::Settings,
    template::Template,
    timeline::TimelineEntry,
    token::{Grant, TokenHash},
};

use super::{
    Changes, KeyRecord, StoreError, WriteConflict,
    codec::to_item_over,
    compressed::compress,
    item::{
        ATTENTION, Item, Key, LOG, MEETINGS, ON_ITS_WAY, WAKE, addresses, attention_position,
        calendar_position, is_by_status, kept_attention_position, log_position, number,
        recipient_index, status_partition, string, template_partition, wake_position,
    },
    meeting_items::{AttendeeWrite, as_stored, has_own_item, lead_writes, writes},
    rows::Stored as _,
    transaction::AtVersion,
};

/// How long after a hold of a meeting has lapsed the sweep may look at it for another reason: a
/// reminder's own time, as a rule, under which its meeting stands in the index already. To
/// stand there under another time would be two write units more for each reminder that is
/// sent; the sweep itself comes every five minutes.
const SOON: TimeDelta = TimeDelta::minutes(5);

impl Changes {
    /// Writes a meeting over the version it was read at, and moves the version; and those
    /// of its attendees who are other than they were read, each over theirs. In memory it
    /// is as it is stored then once it is [noted](super::note_written).
    ///
    /// It costs by the size of what all attendees share and of those that have changed.
    #[must_use]
    pub fn meeting(self, meeting: &Meeting) -> Self {
        self.attendee_items(writes(meeting)).meeting_itself(meeting)
    }

    /// Writes an attendee alone over the version they were read at, as long as the meeting
    /// takes their answer as it did: it was neither moved, called off nor put away. One who
    /// has no item of their own is written with the meeting.
    #[must_use]
    pub fn attendee(self, meeting: &Meeting, id: &AttendeeId) -> Self {
        if has_own_item(meeting, id) {
            self.attendee_items(writes(meeting))
                .if_meeting_stands(meeting)
        } else {
            self.meeting(meeting)
        }
    }

    /// Writes those attendees of a meeting who take its lead or give it up: they are in one
    /// item or in the other, at any moment.
    #[must_use]
    pub fn lead_of(self, meeting: &Meeting) -> Self {
        self.attendee_items(lead_writes(meeting))
    }

    /// Writes attendees, each over the version that they were read at.
    fn attendee_items(self, writes: Result<Vec<AttendeeWrite>, StoreError>) -> Self {
        match writes {
            Ok(writes) => writes.into_iter().fold(self, Self::attendee_item),
            Err(error) => self.part(WriteConflict::Attendee, Err(error)),
        }
    }

    fn if_meeting_stands(self, meeting: &Meeting) -> Self {
        let cancelled_at = to_attribute_value(meeting.cancelled_at);
        let cancelled_at = cancelled_at.unwrap_or(AttributeValue::Null(true));
        // It may be somebody else who was perhaps told that it is off (N13).
        let in_doubt = meeting.is_cancellation_doubted();
        self.check::<Meeting>(
            WriteConflict::Meeting,
            &Key::meeting(&meeting.id),
            &[
                ("revision", number(meeting.revision)),
                ("archived", AttributeValue::Bool(meeting.archived)),
                ("calling_off", AttributeValue::Bool(meeting.calling_off)),
                ("cancelled_at", cancelled_at),
                (
                    "others.cancellation_in_doubt",
                    AttributeValue::Bool(in_doubt),
                ),
            ],
        )
    }

    fn attendee_item(self, write: AttendeeWrite) -> Self {
        match write {
            AttendeeWrite::Put { item, over, .. } => self
                .put_item(WriteConflict::Attendee, Ok(item), |_| {})
                .only_if_known(over),
            AttendeeWrite::Delete { key, version } => self.delete_version(&key, version),
        }
    }

    /// Writes a meeting without those attendees who have items of their own.
    #[must_use]
    pub fn meeting_itself(self, meeting: &Meeting) -> Self {
        let stored = Meeting {
            version: meeting.version + 1,
            reminders: remind::with_schedules_in_doubt(meeting),
            ..as_stored(meeting)
        };
        let wake_at = wake_at(remind::wake_at(&stored), stored.sending.as_ref());
        let id = meeting.id.as_str();
        let position = calendar_position(meeting.details.starts_at, id);
        let template = meeting.template_id.as_ref();
        let reminded = template.filter(|_| remind::goes_on(meeting));
        let actor = self.actor.clone();
        self.put(
            WriteConflict::Meeting,
            &Key::meeting(&meeting.id),
            &stored,
            |item| {
                if let Some(template) = reminded {
                    item.insert("GSI2PK".to_owned(), string(template_partition(template)));
                }
                changed_by(item, &actor);
                item.insert("GSI1PK".to_owned(), string(MEETINGS));
                item.insert("GSI1SK".to_owned(), string(position));
                wake_index(item, wake_at, id);
                let until = meeting.needs_attention_until();
                attention_index(item, until, id);
                if let Some(until) = until.filter(|_| meeting.needs_attention_until_dealt_with()) {
                    let position = kept_attention_position(until, id);
                    item.insert("GSI4SK".to_owned(), string(position));
                }
            },
        )
        .only_if(AtVersion(meeting.version))
    }

    /// Writes a template over the version before its own.
    #[must_use]
    pub fn template(self, template: &Template) -> Self {
        let version = template.version;
        let key = Key::template(&template.id);
        let actor = self.actor.clone();
        let item = to_item_over(&key, template.body(), template.unread.stored());
        self.put_item(WriteConflict::Template, item, |item| {
            changed_by(item, &actor);
            item.insert("version".to_owned(), number(version));
        })
        .only_if(AtVersion(version - 1))
    }

    /// Writes the settings over the version before their own.
    #[must_use]
    pub fn settings(self, settings: &Settings) -> Self {
        let version = settings.version;
        let actor = self.actor.clone();
        self.put(
            WriteConflict::Settings,
            &Key::settings(),
            settings,
            |item| {
                changed_by(item, &actor);
                item.insert("version".to_owned(), number(version));
            },
        )
        .only_if(AtVersion(version - 1))
    }

    /// Writes a notification over the version it was read at, and moves the
    /// version.
    #[must_use]
    pub fn notification(self, notification: &Notification) -> Self {
        let id = &notification.id;
        let wake = if is_waited_for(notification) {
            Some(format!("{ON_ITS_WAY}{}", log_position(id)))
        } else {
            let due = notification.failover.map(|_| notification.dispatched_at());
            let at = due.or_else(|| notification.watched_from());
            at.map(|at| wake_position(at, &id.to_string()))
        };
        self.row(notification, wake)
    }

    /// The same with one that the sweep has nothing to look at of: its meeting is held for it,
    /// or it goes out along with one that [wakes for others](Notification::wakes_for_others), and
    /// whoever comes for that comes for the notification; or it is in doubt, and no longer worth
    /// a look.
    #[must_use]
    pub fn unwatched_notification(self, notification: &Notification) -> Self {
        self.row(notification, None)
    }

    fn row(self, notification: &Notification, wake: Option<String>) -> Self {
        let id = &notification.id;
        let stored = Notification {
            version: notification.version + 1,
            ..notification.clone()
        };
        let position = log_position(id);
        self.put(
            WriteConflict::Notification,
            &Key::notification(id),
            &stored,
            |item| {
                item.insert("GSI1PK".to_owned(), string(LOG));
                item.insert("GSI1SK".to_owned(), string(&position));
                for address in addresses(notification) {
                    let partition = format!("{}PK", recipient_index(&address));
                    item.insert(partition, string(address));
                }
                wake_index_at(item, wake);
                status_index(item, notification);
                attention_index(item, notification.needs_attention_until(), &id.to_string());
            },
        )
        .only_if_known(notification.version)
    }

    /// Writes what a notification says, compressed, apart from its row: what is too long for
    /// that to [hold](crate::hold_content).
    #[must_use]
    pub fn content(self, notification: &Notification, content: &Content) -> Self {
        let key = Key::content(&notification.id);
        let mut item = key.attributes();
        let item = compress(content, &mut item).map(|()| item);
        self.put_item(WriteConflict::Notification, item, |_| {})
    }

    /// Writes the grant of a text message's link, which may be forgotten at `expires_at`.
    #[must_use]
    pub fn grant(self, hash: &TokenHash, grant: &Grant, expires_at: DateTime<Utc>) -> Self {
        self.put(
            WriteConflict::Notification,
            &Key::token(hash),
            grant,
            |item| {
                item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
            },
        )
    }

    /// Writes a timeline entry. Entries of one instant stand in the order of the
    /// meeting's versions they came after; `unique` tells the rest apart.
    #[must_use]
    pub fn entry(self, place: TimelineKey<'_>, entry: &TimelineEntry, unique: &str) -> Self {
        let key = Key::timeline(place.meeting, entry.at, place.version, unique);
        let actor = entry.actor.as_ref().unwrap_or(&self.actor);
        let stored = TimelineEntry {
            actor: Some(actor.clone()),
            ..entry.clone()
        };
        self.put(WriteConflict::Busy, &key, &stored, |_| {})
    }

    /// Writes the entry for what a row has told in the timeline by itself so far, where it has:
    /// it stands where the row stood.
    #[must_use]
    pub fn told_so_far(self, row: &Notification, told: Option<&TimelineEntry>) -> Self {
        let Some(told) = told else { return self };
        self.entry(row.timeline_key(), told, row.id.ulid())
    }

    /// Takes an idempotency key that nobody has, or that has expired by `now`.
    #[must_use]
    pub fn new_key(self, record: &KeyRecord, now: DateTime<Utc>) -> Self {
        self.put(
            WriteConflict::Key,
            &Key::idempotency(&record.hash),
            record,
            |item| wake_index(item, record.wake_at(), &record.hash),
        )
        .only_if_free(now)
    }

    /// Writes an idempotency key's record, if its lease is still `owner`'s.
    #[must_use]
    pub fn key_of(self, owner: &str, record: &KeyRecord) -> Self {
        self.put(
            WriteConflict::Key,
            &Key::idempotency(&record.hash),
            record,
            |item| wake_index(item, record.wake_at(), &record.hash),
        )
        .when("#lease.#owner = :owner", &[(":owner", string(owner))])
    }
}

/// Notes whose change an item's version is.
fn changed_by(item: &mut Item, actor: &Actor) {
    if let Ok(actor) = to_attribute_value(actor.to_row()) {
        item.insert("changed_by".to_owned(), actor);
    }
}

/// Has staff look at an item until then.
pub(super) fn attention_index(item: &mut Item, until: Option<DateTime<Utc>>, id: &str) {
    if let Some(until) = until {
        item.insert("GSI4PK".to_owned(), string(ATTENTION));
        item.insert("GSI4SK".to_owned(), string(attention_position(until, id)));
    }
}

/// Whether the sweep is to look at a row: it is on its way, or others are.
fn is_waited_for(notification: &Notification) -> bool {
    notification.is_on_its_way() || notification.wakes_for_others
}

/// Lists a row of the log by its status, where it is not simply sent or on its way.
fn status_index(item: &mut Item, notification: &Notification) {
    let status = notification.status();
    if !is_waited_for(notification) && is_by_status(status) {
        item.insert("GSI2PK".to_owned(), string(status_partition(status)));
    }
}

/// When the sweep must look at a meeting: when a reminder of it is overdue or its schedules are
/// not as they should be; and no later than a while after whoever has begun to send a reminder
/// of it is gone. Who sends under a key is missed by that, or at once by the meeting.
fn wake_at(wake_at: Option<DateTime<Utc>>, hold: Option<&Lease>) -> Option<DateTime<Utc>> {
    if hold.is_some_and(KeyRecord::is_found_by) {
        return Some(DateTime::UNIX_EPOCH);
    }
    let Some(hold) = hold.filter(|hold| KeyRecord::is_reminders(hold)) else {
        return wake_at;
    };
    let soon = wake_at.filter(|at| *at <= hold.until + SOON);
    Some(soon.unwrap_or(hold.until))
}

/// Has the sweep look at an item once it is time.
pub(super) fn wake_index(item: &mut Item, at: Option<DateTime<Utc>>, id: &str) {
    wake_index_at(item, at.map(|at| wake_position(at, id)));
}

/// Has the sweep look at an item in its place among the others.
fn wake_index_at(item: &mut Item, position: Option<String>) {
    if let Some(position) = position {
        item.insert("GSI3PK".to_owned(), string(WAKE));
        item.insert("GSI3SK".to_owned(), string(position));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meeting_that_is_held_is_looked_at_soon_after_that_at_the_latest() {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let hold = |owner: &str| Lease {
            owner: owner.to_owned(),
            until: at(60),
        };
        let (reminder, send) = (hold("owner"), hold("owner@key"));
        let first = hold("owner@key!");
        for (due, by_reminder) in [(None, 60), (Some(2), 2), (Some(65), 65), (Some(66), 60)] {
            let due = due.map(at);
            assert_eq!(wake_at(due, None), due);
            assert_eq!(wake_at(due, Some(&send)), due, "its key is looked at");
            let at_once = Some(DateTime::UNIX_EPOCH);
            assert_eq!(wake_at(due, Some(&first)), at_once, "its key is not");
            assert_eq!(wake_at(due, Some(&reminder)), Some(at(by_reminder)));
        }
    }
}
