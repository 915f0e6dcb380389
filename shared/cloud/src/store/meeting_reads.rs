//! Reads of a meeting: with all of its attendees, with some of them, or with none but those
//! whom its own item shows.

use chrono::{DateTime, Utc};
use usher_domain::{
    id::{AttendeeId, MeetingId, NotificationId, TemplateId},
    meeting::{Attendee, Meeting},
    notification::Notification,
    settings::Settings,
    template::Template,
    text::Name,
    unread::Unread,
};

use super::{
    Freshness, KeyRecord, Store, StoreError,
    codec::from_item,
    item::{ATTENDEE, Item, Key, MEETING, NOTIFICATION, TEMPLATES, meeting_partition},
    meeting_items::{StoredAttendee, StoredVersion, read_with, stored},
    range::{Range, sort_key, text},
    readable::{if_readable, passed_over, salvage},
    records::{settings, template, unexpired},
};

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
    attendee.unread = Unread::new(StoredAttendee::of(&attendee, kept));
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

/// A meeting, and what was read along with it for a request that has a key.
#[derive(Debug)]
pub struct KeyedRead {
    /// What is remembered of the key.
    pub key: Option<KeyRecord>,
    /// The meeting, with all of its attendees.
    pub meeting: Option<Meeting>,
    /// The settings.
    pub settings: Option<Settings>,
}

/// What one batch reads of a meeting.
#[derive(Default)]
struct MeetingItems {
    key: Option<Item>,
    meeting: Option<Meeting>,
    attendees: Vec<Item>,
    settings: Option<Settings>,
    template: Option<Template>,
    notification: Option<Item>,
}

/// What is read along with a meeting.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlsoRead<'a> {
    /// The template that it probably has.
    pub template: Option<&'a TemplateId>,
    /// A notification.
    pub notification: Option<&'a NotificationId>,
    /// How old all of it may be.
    pub freshness: Freshness,
}

/// A meeting, and what was read along with it.
#[derive(Debug)]
pub struct MeetingRead {
    /// The meeting.
    pub meeting: Option<Meeting>,
    /// The settings.
    pub settings: Option<Settings>,
    /// The template that was asked for.
    pub template: Option<Template>,
    /// The notification that was asked for; none where it cannot be read, which the log then
    /// says.
    pub notification: Option<Notification>,
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
        let items = self.meeting_items(id, &[], AlsoRead::default(), None);
        let MeetingItems {
            meeting, settings, ..
        } = items.await?;
        Ok((self.whole(id, meeting).await?, settings))
    }

    /// The same, and what is remembered of an idempotency key.
    ///
    /// # Errors
    /// [`StoreError`] when any of it cannot be read.
    pub async fn meeting_under_key(
        &self,
        id: &MeetingId,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<KeyedRead, StoreError> {
        let items = self.meeting_items(id, &[], AlsoRead::default(), Some(key));
        let MeetingItems {
            key,
            meeting,
            settings,
            ..
        } = items.await?;
        let key = key.map(|item| unexpired(item, now)).transpose()?.flatten();
        Ok(KeyedRead {
            key: key.map(from_item).transpose()?,
            meeting: self.whole(id, meeting).await?,
            settings,
        })
    }

    /// A meeting with all of its attendees, where its item shows some of them.
    async fn whole(
        &self,
        id: &MeetingId,
        meeting: Option<Meeting>,
    ) -> Result<Option<Meeting>, StoreError> {
        match meeting {
            Some(meeting) if meeting.others.is_some() => self.meeting(id).await,
            meeting => Ok(meeting),
        }
    }

    /// A meeting for some of its attendees, up to 96, the settings, and what else is asked
    /// for, in one query: without the others, whom a page, an answer or a message of these
    /// needs not.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn meeting_for(
        &self,
        id: &MeetingId,
        attendees: &[AttendeeId],
        also: AlsoRead<'_>,
    ) -> Result<MeetingRead, StoreError> {
        let MeetingItems {
            meeting,
            attendees,
            settings,
            template,
            notification,
            ..
        } = self.meeting_items(id, attendees, also, None).await?;
        let meeting = meeting.map(|meeting| match meeting.others {
            Some(_) => attendees.into_iter().fold(meeting, with_one),
            None => meeting,
        });
        Ok(MeetingRead {
            meeting,
            settings,
            template,
            notification: if_readable(notification.map(from_item).transpose())?,
        })
    }

    async fn meeting_items(
        &self,
        id: &MeetingId,
        attendees: &[AttendeeId],
        also: AlsoRead<'_>,
        key: Option<&str>,
    ) -> Result<MeetingItems, StoreError> {
        let attendees = attendees.iter().map(|each| Key::attendee(id, each));
        let keys = [Key::meeting(id), Key::settings()].into_iter();
        let keys = keys.chain(attendees);
        let keys = keys.chain(also.template.map(Key::template));
        let keys = keys.chain(also.notification.map(Key::notification));
        let key = key.map(|key| Key::idempotency(&KeyRecord::hash(key)));
        let keys = keys.chain(key.clone());
        let keys = keys.map(|key| key.attributes());
        let mut found = MeetingItems::default();
        for item in self.all_as_of(keys.collect(), also.freshness).await? {
            if text(&item, "PK") == TEMPLATES {
                found.template = Some(template(item)?);
            } else if key.as_ref().is_some_and(|key| key.pk == text(&item, "PK")) {
                found.key = Some(item);
            } else if sort_key(&item).starts_with(NOTIFICATION) {
                found.notification = Some(item);
            } else if sort_key(&item) == Key::settings().sk {
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
