//! A meeting and its attendees: one item of what all share, with the lead attendee, and one
//! of each attendee behind them, in one partition.
//!
//! Most meetings have one attendee, and are one item. What concerns one attendee of a crowd
//! writes that attendee: an answer costs the same at a meeting of one thousand. The meeting's
//! item says what lists show of the others ([`Others`](usher_domain::meeting::Others)), so
//! that a list reads no crowds.

use aws_sdk_dynamodb::types::AttributeValue;
use usher_domain::{
    id::{AttendeeId, MeetingId},
    meeting::{Attendee, Meeting},
    remind::with_schedules_in_doubt,
    unread::Unread,
};

use super::{
    StoreError,
    codec::{to_item_over, unread},
    item::{Item, Key, number},
    records::{version, whole_number},
};

/// What says where an attendee stands among the others.
const PLACE: &str = "place";
/// What says that they are no longer expected, and do not know it yet.
const NO_LONGER_EXPECTED: &str = "no_longer_expected";

/// What a meeting was read from.
pub(super) struct StoredMeeting {
    /// Its item, where that may say what this release does not understand.
    item: Option<Item>,
    /// The attendee that it leads with.
    lead: Option<AttendeeId>,
    /// The items of its attendees, with their versions.
    attendees: Vec<StoredVersion>,
}

/// The item of an attendee, with its version.
#[derive(Clone)]
pub(super) struct StoredVersion {
    pub(super) id: AttendeeId,
    pub(super) version: u64,
}

impl StoredMeeting {
    pub(super) fn of(meeting: &Meeting, item: Option<Item>) -> Self {
        Self {
            item,
            lead: meeting.lead().map(|lead| lead.id.clone()),
            attendees: Vec::new(),
        }
    }

    pub(super) fn item(&self) -> Option<&Item> {
        self.item.as_ref()
    }
}

/// What an attendee was read from, where they have an item of their own.
pub(super) struct StoredAttendee {
    /// Their item, where it says what this release does not understand: a crowd is a
    /// thousand of them.
    item: Option<Item>,
    pub(super) version: u64,
    /// Where they stand among the others; none of two stands at one place.
    pub(super) place: u64,
    pub(super) no_longer_expected: bool,
    /// As they were read.
    attendee: Attendee,
}

pub(super) fn stored(attendee: &Attendee) -> Option<&StoredAttendee> {
    attendee.unread.stored::<StoredAttendee>()
}

/// What becomes of an attendee's item.
pub(super) enum AttendeeWrite {
    /// It is written, over this version; 0 where there must be none.
    Put {
        id: AttendeeId,
        item: Item,
        over: u64,
    },
    /// It is not theirs any more: they lead the meeting, or are gone.
    Delete { key: Key, version: u64 },
}

/// The meeting as its own item says it.
pub(super) fn as_stored(meeting: &Meeting) -> Meeting {
    // While they are being saved there may be items of those who are to go.
    let settled = meeting.others.is_none() && !meeting.saving_attendees;
    let alone = settled && meeting.everybody().nth(1).is_none();
    if alone {
        meeting.clone()
    } else {
        meeting.without_others()
    }
}

/// Whether an attendee was read from an item of their own. Else they are written with their
/// meeting.
pub fn has_own_item(meeting: &Meeting, id: &AttendeeId) -> bool {
    meeting.anybody(id).and_then(stored).is_some()
}

/// An attendee whose item does not say what the meeting says.
struct ChangedAttendee<'a> {
    attendee: &'a Attendee,
    /// What they were read from, be it under another id.
    before: Option<&'a StoredAttendee>,
    /// The version of their item; 0 where they have none.
    over: u64,
    place: u64,
    no_longer_expected: bool,
}

/// The attendees whose items do not say what the meeting says.
fn changed(meeting: &Meeting) -> Vec<ChangedAttendee<'_>> {
    let mut changed = Vec::new();
    let mut last_place = 0;
    for (attendee, no_longer_expected) in behind_lead(meeting) {
        let before = stored(attendee);
        // Whoever the meeting's own item shows has an item that was not read.
        if meeting.others.is_some() && before.is_none() {
            continue;
        }
        let kept = before.map(|before| before.place);
        let kept = kept.filter(|place| meeting.others.is_some() || *place > last_place);
        let place = kept.unwrap_or(last_place + 1);
        last_place = place;
        let own = before.filter(|before| before.attendee.id == attendee.id);
        let same = own.is_some_and(|own| {
            own.attendee == *attendee
                && own.place == place
                && own.no_longer_expected == no_longer_expected
        });
        if !same {
            changed.push(ChangedAttendee {
                attendee,
                before,
                over: own.map_or(0, |own| own.version),
                place,
                no_longer_expected,
            });
        }
    }
    changed
}

/// The attendees behind the lead attendee, each with whether they are no longer expected.
pub(super) fn behind_lead(meeting: &Meeting) -> impl Iterator<Item = (&Attendee, bool)> {
    let expected = meeting.attendees.iter().skip(1).map(|each| (each, false));
    expected.chain(meeting.removed.iter().map(|each| (each, true)))
}

/// What must be written of the attendees so that their items say what the meeting says.
pub(super) fn writes(meeting: &Meeting) -> Result<Vec<AttendeeWrite>, StoreError> {
    let puts = changed(meeting)
        .into_iter()
        .map(|each| each.put(&meeting.id));
    puts.chain(deletions(meeting).map(Ok)).collect()
}

impl ChangedAttendee<'_> {
    fn put(&self, meeting: &MeetingId) -> Result<AttendeeWrite, StoreError> {
        let id = self.attendee.id.clone();
        let before = self.before.and_then(|before| before.item.as_ref());
        let mut item = to_item_over(&Key::attendee(meeting, &id), self.attendee, before)?;
        item.insert(PLACE.to_owned(), number(self.place));
        if self.no_longer_expected {
            item.insert(NO_LONGER_EXPECTED.to_owned(), AttributeValue::Bool(true));
        }
        item.insert("version".to_owned(), number(self.over + 1));
        let over = self.over;
        Ok(AttendeeWrite::Put { id, item, over })
    }
}

/// What must be written of those who take the lead or give it up.
pub(super) fn lead_writes(meeting: &Meeting) -> Result<Vec<AttendeeWrite>, StoreError> {
    let before = meeting.unread.stored::<StoredMeeting>();
    let before = before.and_then(|before| before.lead.as_ref());
    let lead = meeting.lead();
    let lead = lead.map(|lead| Key::attendee(&meeting.id, &lead.id));
    let mut writes = writes(meeting)?;
    writes.retain(|write| match write {
        AttendeeWrite::Put { id, .. } => before == Some(id),
        AttendeeWrite::Delete { key, .. } => lead.as_ref() == Some(key),
    });
    Ok(writes)
}

/// Who an attendee was before a save gave them another id.
pub(super) fn former_id(attendee: &Attendee) -> Option<&AttendeeId> {
    let before = &stored(attendee)?.attendee.id;
    (before != &attendee.id).then_some(before)
}

/// The items of those who are no longer behind the lead attendee.
fn deletions(meeting: &Meeting) -> impl Iterator<Item = AttendeeWrite> {
    let stored = meeting.unread.stored::<StoredMeeting>();
    let read = stored.map_or(&[][..], |stored| &stored.attendees);
    let gone = read
        .iter()
        .filter(|each| meeting.is_lead(&each.id) || meeting.anybody(&each.id).is_none());
    gone.map(|each| AttendeeWrite::Delete {
        key: Key::attendee(&meeting.id, &each.id),
        version: each.version,
    })
}

/// How many items of attendees must be written so that they say what the meeting says.
pub fn attendee_writes(meeting: &Meeting) -> usize {
    changed(meeting).len() + deletions(meeting).count()
}

/// Notes that a meeting was written as it is: it is at the next version, and in memory as it
/// is stored.
pub fn note_written(meeting: &mut Meeting) {
    note_attendees_written(meeting);
    meeting.reminders = with_schedules_in_doubt(meeting);
    meeting.version += 1;
}

/// Notes that those attendees were written who were other than they were read.
pub fn note_attendees_written(meeting: &mut Meeting) {
    // What cannot be written was not.
    let written = writes(meeting).unwrap_or_default();
    let before = meeting.unread.stored::<StoredMeeting>();
    let mut there = before.map_or_else(Vec::new, |before| before.attendees.clone());
    for write in written {
        match write {
            AttendeeWrite::Put { id, item, over } => {
                there.retain(|each| each.id != id);
                there.push(StoredVersion {
                    id: id.clone(),
                    version: over + 1,
                });
                let everybody = meeting.attendees.iter_mut().chain(&mut meeting.removed);
                for attendee in everybody.filter(|each| each.id == id) {
                    attendee.unread = Unread::new(StoredAttendee::of(attendee, item.clone()));
                }
            }
            AttendeeWrite::Delete { key, .. } => {
                there.retain(|each| Key::attendee(&meeting.id, &each.id) != key);
            }
        }
    }
    if let Some(lead) = meeting.attendees.first_mut() {
        lead.unread = Unread::default();
    }
    read_with(meeting, there);
}

/// Has a meeting remember which items of attendees there are of it.
pub(super) fn read_with(meeting: &mut Meeting, attendees: Vec<StoredVersion>) {
    let before = meeting.unread.stored::<StoredMeeting>();
    let stored = StoredMeeting {
        item: before.and_then(StoredMeeting::item).cloned(),
        lead: before.and_then(|before| before.lead.clone()),
        attendees,
    };
    meeting.unread = Unread::new(stored);
}

impl StoredAttendee {
    pub(super) fn of(attendee: &Attendee, item: Item) -> Self {
        let place = whole_number(&item, PLACE).ok();
        Self {
            version: version(&item),
            place: place.and_then(|at| at.try_into().ok()).unwrap_or_default(),
            no_longer_expected: item.contains_key(NO_LONGER_EXPECTED),
            attendee: Attendee {
                unread: Unread::default(),
                ..attendee.clone()
            },
            item: unread(item, attendee),
        }
    }
}
