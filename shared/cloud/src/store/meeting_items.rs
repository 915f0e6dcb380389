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
    settings::Settings,
    text::Name,
    unread::Unread,
};

use super::{
    Store, StoreError,
    codec::{from_item, to_item_over},
    item::{ATTENDEE, Item, Key, MEETING, meeting_partition, number},
    meetings::{Range, sort_key},
    readable::{passed_over, salvage},
    records::{settings, version, whole_number},
};

/// What says where an attendee stands among the others.
const PLACE: &str = "place";
/// What says that they are no longer expected, and do not know it yet.
const NO_LONGER_EXPECTED: &str = "no_longer_expected";

/// How many attendees a meeting may have within its own item, as releases before shape 5
/// wrote them, until all of them get items of their own: so many fit into the transaction of
/// a send's claim besides its first wave.
const MOVED_AT_ONCE: usize = 12;

/// What a meeting was read from.
pub(super) struct StoredMeeting {
    item: Item,
    /// The items of its attendees, with their versions.
    attendees: Vec<StoredVersion>,
}

#[derive(Clone)]
struct StoredVersion {
    id: AttendeeId,
    version: u64,
}

impl StoredMeeting {
    pub(super) fn of(item: Item) -> Self {
        Self {
            item,
            attendees: Vec::new(),
        }
    }

    pub(super) fn item(&self) -> &Item {
        &self.item
    }

    /// The id of its lead attendee.
    fn lead(&self) -> Option<&str> {
        let attendees = self.item.get("attendees")?.as_l().ok()?;
        let id = attendees.first()?.as_m().ok()?.get("id")?;
        id.as_s().ok().map(String::as_str)
    }

    /// Whether its attendees are within its own item, as before shape 5.
    fn holds_all(&self) -> bool {
        let attendees = self.item.get("attendees").and_then(|all| all.as_l().ok());
        attendees.is_some_and(|all| all.len() > 1) && !self.item.contains_key("others")
    }
}

/// What an attendee was read from, where they have an item of their own.
struct StoredAttendee {
    item: Item,
    version: u64,
    /// Where they stand among the others; none of two stands at one place.
    place: u64,
    no_longer_expected: bool,
    /// As they were read.
    attendee: Attendee,
}

fn stored(attendee: &Attendee) -> Option<&StoredAttendee> {
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

/// Whether all attendees stay within the meeting's item: an older release has put them
/// there, and they are too many to be moved by the way.
fn keeps_all(meeting: &Meeting) -> bool {
    let stored = meeting.unread.stored::<StoredMeeting>();
    let within = stored.is_some_and(StoredMeeting::holds_all);
    within && meeting.everybody().nth(MOVED_AT_ONCE).is_some()
}

/// The meeting as its own item says it.
pub(super) fn as_stored(meeting: &Meeting) -> Meeting {
    // While they are being saved there may be items of those who are to go.
    let settled = meeting.others.is_none() && !meeting.saving_attendees;
    let alone = settled && meeting.everybody().nth(1).is_none();
    if alone || keeps_all(meeting) {
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
    if keeps_all(meeting) {
        return changed;
    }
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
        let before = self.before.map(|before| &before.item);
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
    let before = before.and_then(StoredMeeting::lead);
    let lead = meeting.lead();
    let lead = lead.map(|lead| Key::attendee(&meeting.id, &lead.id));
    let mut writes = writes(meeting)?;
    writes.retain(|write| match write {
        AttendeeWrite::Put { id, .. } => before == Some(id.as_str()),
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
    let gone = read.iter().filter(|each| {
        let lead = meeting.lead().is_some_and(|lead| lead.id == each.id);
        lead || meeting.anybody(&each.id).is_none()
    });
    gone.map(|each| AttendeeWrite::Delete {
        key: Key::attendee(&meeting.id, &each.id),
        version: each.version,
    })
}

/// How many items of attendees must be written so that they say what the meeting says.
pub fn attendee_writes(meeting: &Meeting) -> usize {
    changed(meeting).len() + deletions(meeting).count()
}

/// Notes that a meeting was written as it is: it is at the next version.
pub fn note_written(meeting: &mut Meeting) {
    note_attendees_written(meeting);
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
                    attendee.unread = Unread::default();
                    attendee.unread =
                        Unread::new(StoredAttendee::of(attendee.clone(), item.clone()));
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
fn read_with(meeting: &mut Meeting, attendees: Vec<StoredVersion>) {
    let item = meeting.unread.stored().map(StoredMeeting::item).cloned();
    let item = item.unwrap_or_default();
    meeting.unread = Unread::new(StoredMeeting { item, attendees });
}

impl StoredAttendee {
    fn of(attendee: Attendee, item: Item) -> Self {
        let place = whole_number(&item, PLACE).ok();
        Self {
            version: version(&item),
            place: place.and_then(|at| at.try_into().ok()).unwrap_or_default(),
            no_longer_expected: item.contains_key(NO_LONGER_EXPECTED),
            attendee,
            item,
        }
    }
}

/// An attendee's item, as much of it as can be read: whoever cannot be reached any more is
/// seen, and one who is passed over is forgotten.
fn attendee(item: Item) -> Result<Attendee, StoreError> {
    let id = sort_key(&item).strip_prefix(ATTENDEE).unwrap_or_default();
    let id = AttendeeId::parse(id).map_err(|_| StoreError::wrong(&item, "it has no id"))?;
    let name = Name::parse(id.as_str());
    let name = name.map_err(|_| StoreError::wrong(&item, "its id is no name"))?;
    let (mut attendee, kept) = match from_item::<Attendee>(item.clone()) {
        Ok(attendee) => (attendee, item),
        Err(_) => {
            let salvaged = salvage(&Attendee::newcomer(id.clone(), name, 0), item)?;
            (salvaged.record, salvaged.kept)
        }
    };
    attendee.id = id;
    attendee.unread = Unread::new(StoredAttendee::of(attendee.clone(), kept));
    Ok(attendee)
}

/// The attendees among these items, in their order.
fn attendees(items: Vec<Item>) -> Vec<Attendee> {
    let mut read: Vec<_> = items
        .into_iter()
        .filter_map(|item| attendee(item).inspect_err(passed_over).ok())
        .collect();
    let place = |each: &Attendee| stored(each).map_or(0, |stored| stored.place);
    read.sort_by(|one, other| (place(one), &one.id).cmp(&(place(other), &other.id)));
    read
}

/// A meeting with all of its attendees.
fn with_all(mut meeting: Meeting, items: Vec<Item>) -> Meeting {
    let read = attendees(items);
    let version = |each: &Attendee| {
        let stored = stored(each)?;
        let id = each.id.clone();
        Some(StoredVersion {
            id,
            version: stored.version,
        })
    };
    read_with(&mut meeting, read.iter().filter_map(version).collect());
    let is_removed = |each: &Attendee| stored(each).is_some_and(|stored| stored.no_longer_expected);
    let (removed, behind_lead): (Vec<_>, Vec<_>) = read.into_iter().partition(is_removed);
    meeting.attendees.truncate(1);
    meeting.attendees.extend(behind_lead);
    meeting.removed = removed;
    meeting.others = None;
    meeting
}

/// A meeting with one of its attendees, besides those whom its own item shows.
fn with_one(mut meeting: Meeting, item: Item) -> Meeting {
    if let Ok(attendee) = attendee(item).inspect_err(passed_over) {
        let gone = stored(&attendee).is_some_and(|stored| stored.no_longer_expected);
        let mut place = 0;
        meeting.attendees.retain(|each| {
            place += 1;
            place == 1 || each.id != attendee.id
        });
        let among = if gone {
            &mut meeting.removed
        } else {
            &mut meeting.attendees
        };
        among.push(attendee);
    }
    meeting
}

/// What one batch reads of a meeting.
#[derive(Default)]
struct MeetingItems {
    meeting: Option<Meeting>,
    attendees: Vec<Item>,
    settings: Option<Settings>,
}

impl Store {
    /// A meeting with all of its attendees, by one query.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, StoreError> {
        let range = Range {
            index: None,
            partition: meeting_partition(id),
            from: MEETING.to_owned(),
            to: format!("{MEETING}#~"),
            newest_first: false,
        };
        if !Key::meeting(id).possible() {
            return Ok(None);
        }
        let mut items = self.range(&range, usize::MAX).await?;
        let Some(first) = items.iter().position(|item| sort_key(item) == MEETING) else {
            return Ok(None);
        };
        let meeting: Meeting = from_item(items.remove(first))?;
        if meeting.others.is_none() {
            return Ok(Some(meeting));
        }
        Ok(Some(with_all(meeting, items)))
    }

    /// A meeting with all of its attendees, and the settings: in one query where it has one
    /// attendee, else in two.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn meeting_and_settings(
        &self,
        id: &MeetingId,
    ) -> Result<(Option<Meeting>, Option<Settings>), StoreError> {
        let MeetingItems {
            meeting, settings, ..
        } = self.meeting_items(id, &[]).await?;
        match meeting {
            Some(meeting) if meeting.others.is_some() => Ok((self.meeting(id).await?, settings)),
            meeting => Ok((meeting, settings)),
        }
    }

    /// A meeting for some of its attendees, up to 98, and the settings, in one query: without
    /// the others, whom a page, an answer or a message of these needs not.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn meeting_for(
        &self,
        id: &MeetingId,
        attendees: &[AttendeeId],
    ) -> Result<(Option<Meeting>, Option<Settings>), StoreError> {
        let MeetingItems {
            meeting,
            attendees,
            settings,
        } = self.meeting_items(id, attendees).await?;
        let meeting = meeting.map(|meeting| match meeting.others {
            Some(_) => attendees.into_iter().fold(meeting, with_one),
            None => meeting,
        });
        Ok((meeting, settings))
    }

    async fn meeting_items(
        &self,
        id: &MeetingId,
        attendees: &[AttendeeId],
    ) -> Result<MeetingItems, StoreError> {
        let attendees = attendees.iter().map(|each| Key::attendee(id, each));
        let keys = [Key::meeting(id), Key::settings()].into_iter();
        let keys = keys.chain(attendees).map(|key| key.attributes());
        let mut found = MeetingItems::default();
        for item in self.all_of(keys.collect()).await? {
            if sort_key(&item) == Key::settings().sk {
                found.settings = Some(settings(item)?);
            } else if sort_key(&item) == MEETING {
                found.meeting = Some(from_item(item)?);
            } else {
                found.attendees.push(item);
            }
        }
        Ok(found)
    }
}
