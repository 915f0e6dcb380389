//! What is remembered of an idempotency key.

use chrono::{DateTime, TimeDelta, Utc};
use usher_domain::{
    actor::Actor,
    id::{MeetingId, NotificationId, digest},
    kind::NotificationType,
    lease::Lease,
    unread::Unread,
};

/// How the owner ends of a lease that a meeting is held by for a key that is found by it.
const BY_MEETING: &str = "!";
/// How long a key is remembered.
const REMEMBERED: TimeDelta = TimeDelta::days(7);
/// How much longer what is saved under a key is remembered.
const SAVED_WITHIN: TimeDelta = TimeDelta::days(90);
/// How long what outlasts an invocation waits for the next one, from when that invocation
/// began: a minute for it to end, a minute because Scheduler is no more exact than that, and
/// two for Lambda to try again. After that it is the sweep's.
const WAITING: TimeDelta = TimeDelta::minutes(4);

/// A command that comes with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest<'a> {
    /// The key, as its caller gave it.
    pub key: &'a str,
    /// The hash of what is asked for.
    pub body: String,
}

impl<'a> KeyedRequest<'a> {
    /// The command that asks for all of `parts`.
    pub fn new(key: &'a str, parts: &[&str]) -> Self {
        Self {
            key,
            body: hex::encode(digest(parts)),
        }
    }
}

/// What was asked for under a key, so that whoever finds it cut off can finish it without
/// the caller (N15).
#[derive(Debug, Clone, PartialEq)]
pub struct KeyedWork {
    /// The key, as its caller gave it: the names of its notifications are made from it.
    pub key: String,
    /// The meeting.
    pub meeting: MeetingId,
    /// What is sent.
    pub kind: NotificationType,
    /// Who asked for it; none where this release does not know such an actor.
    pub actor: Option<Actor>,
}

impl KeyedWork {
    /// Who has it done: Usher itself, where that is not known.
    pub fn by(&self) -> &Actor {
        self.actor.as_ref().unwrap_or(&Actor::System)
    }
}

/// How a command goes on that has outlasted an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Continuation {
    /// Whether nobody works on it until its schedule fires: whoever that wakes need not
    /// wait until the lease has lapsed, which only keeps others away.
    pub waiting: bool,
}

/// A meeting whose attendees are saved under a key, so that whoever finds it half saved can
/// finish it.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedMeeting {
    /// The meeting.
    pub meeting: MeetingId,
    /// How many attendees behind the lead attendee are kept for it.
    pub kept: usize,
    /// Who saves it; none where this release does not know such an actor.
    pub actor: Option<Actor>,
}

impl SavedMeeting {
    /// Who has it saved: Usher itself, where that is not known.
    pub fn by(&self) -> &Actor {
        self.actor.as_ref().unwrap_or(&Actor::System)
    }
}

/// A command that was accepted under an idempotency key.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyRecord {
    /// The key's hash, which it is stored under.
    pub hash: String,
    /// The hash of what was asked for.
    pub body: String,
    /// Who is working on it, and until when.
    pub lease: Lease,
    /// Whether its outcome is final.
    pub done: bool,
    /// How it goes on; none where it is done, or its first owner has it.
    pub continuation: Option<Continuation>,
    /// The notifications it makes.
    pub notifications: Vec<NotificationId>,
    /// What was asked for; none of what others finish.
    pub work: Option<KeyedWork>,
    /// What is saved under it, where it is no send.
    pub saves: Option<SavedMeeting>,
    /// Whether the sweep finds it by the meeting that is held for it: see
    /// [`KeyRecord::found_by_meeting`].
    pub by_meeting: bool,
    /// When it was first accepted.
    pub created_at: DateTime<Utc>,
    /// When it may be forgotten, in seconds since 1970.
    pub expires_at: i64,
    /// What is stored of it besides.
    pub unread: Unread,
}

impl KeyRecord {
    /// A new record of a request, which makes these notifications.
    pub fn new(
        request: &KeyedRequest<'_>,
        lease: Lease,
        notifications: Vec<NotificationId>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            hash: Self::hash(request.key),
            body: request.body.clone(),
            lease,
            done: false,
            continuation: None,
            notifications,
            work: None,
            saves: None,
            by_meeting: false,
            created_at: now,
            expires_at: (now + REMEMBERED).timestamp(),
            unread: Unread::default(),
        }
    }

    /// The record with what was asked for under it: the sweep looks at it until it is
    /// done.
    #[must_use]
    pub fn asking(self, work: KeyedWork) -> Self {
        Self {
            work: Some(work),
            ..self
        }
    }

    /// The record of a save: the sweep looks at it until it is done.
    #[must_use]
    pub fn saving(self, saves: SavedMeeting) -> Self {
        let mut record = Self {
            saves: Some(saves),
            ..self
        };
        // A meeting that is half saved takes no other save: it must be finished however late.
        record.expires_at += SAVED_WITHIN.num_seconds();
        record
    }

    /// The record of a send whose meeting has nothing else to be looked at for: the sweep looks
    /// at the meeting for as long as that is held for it, and not at the key. As a rule the
    /// meeting is to be looked at next because its schedules are still to be made: it stands
    /// where it stood then, which is two write units less for each first announcement.
    #[must_use]
    pub fn found_by_meeting(self, by_meeting: bool) -> Self {
        Self { by_meeting, ..self }
    }

    /// The record once another owner takes it up, who makes these notifications of it.
    #[must_use]
    pub fn taken_over(&self, lease: Lease, notifications: Vec<NotificationId>) -> Self {
        Self {
            lease,
            notifications,
            continuation: self.continuation.map(|_| Continuation { waiting: false }),
            ..self.clone()
        }
    }

    /// The record while it waits for the next invocation to go on with it. The invocation
    /// that leaves it began at `now`.
    #[must_use]
    pub fn waiting(&self, now: DateTime<Utc>) -> Self {
        Self {
            lease: Lease {
                until: now + WAITING,
                ..self.lease.clone()
            },
            continuation: Some(Continuation { waiting: true }),
            ..self.clone()
        }
    }

    /// Whether it has outlasted an invocation, and goes on by itself.
    pub fn goes_on(&self, now: DateTime<Utc>) -> bool {
        !self.done && self.continuation.is_some() && self.lease.until > now
    }

    /// Whether it waits for the next invocation to go on with it.
    pub fn is_waiting(&self) -> bool {
        self.continuation.is_some_and(|each| each.waiting)
    }

    /// The lease that a meeting is held by for this key. It names the key, so that whoever
    /// finds the meeting let down finds what is to be finished.
    pub fn hold(&self) -> Lease {
        let by_meeting = if self.by_meeting { BY_MEETING } else { "" };
        Lease {
            owner: format!("{}@{}{by_meeting}", self.lease.owner, self.hash),
            until: self.lease.until,
        }
    }

    /// Who holds a meeting by this lease, and for which key: its hash.
    pub fn holder(hold: &Lease) -> (&str, Option<&str>) {
        match hold.owner.split_once('@') {
            Some((owner, hash)) => (owner, Some(hash.trim_end_matches(BY_MEETING))),
            None => (&hold.owner, None),
        }
    }

    /// Whether a meeting is held by this lease for no key: only reminders hold one so.
    pub fn is_reminders(hold: &Lease) -> bool {
        Self::holder(hold).1.is_none()
    }

    /// Whether a meeting is held by this lease for a key that is found by it.
    pub fn is_found_by(hold: &Lease) -> bool {
        Self::holder(hold).1.is_some() && hold.owner.ends_with(BY_MEETING)
    }

    /// When the sweep must look at it: once its owner has lost it, where it can be finished
    /// without them.
    pub fn wake_at(&self) -> Option<DateTime<Utc>> {
        let finishable = self.work.is_some() || self.saves.is_some();
        (finishable && !self.done && !self.by_meeting).then_some(self.lease.until)
    }

    /// Has the key be remembered until a week after `at` at least.
    pub fn keep_until(&mut self, at: DateTime<Utc>) {
        self.expires_at = self.expires_at.max((at + REMEMBERED).timestamp());
    }

    /// The record once its owner is through with it: its outcome is final.
    #[must_use]
    pub fn ended(&self, now: DateTime<Utc>) -> Self {
        let lease = Lease {
            until: now,
            ..self.lease.clone()
        };
        Self {
            done: true,
            lease,
            continuation: None,
            ..self.clone()
        }
    }

    /// The hash a key is stored under.
    pub fn hash(key: &str) -> String {
        hex::encode(digest(&["idempotency-key", key]))
    }
}
