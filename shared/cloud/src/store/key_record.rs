//! What is remembered of an idempotency key.

use chrono::{DateTime, TimeDelta, Utc};
use usher_domain::{
    id::{NotificationId, digest},
    lease::Lease,
    unread::Unread,
};

/// How long a key is remembered.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

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
    /// The notifications it makes.
    pub notifications: Vec<NotificationId>,
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
            notifications,
            created_at: now,
            expires_at: (now + REMEMBERED).timestamp(),
            unread: Unread::default(),
        }
    }

    /// The record over the one that there was `before`, whose owner was cut off: first
    /// accepted then, and with what is stored of that.
    #[must_use]
    pub fn over(self, before: Option<&Self>) -> Self {
        match before {
            None => self,
            Some(before) => Self {
                created_at: before.created_at,
                unread: before.unread.clone(),
                ..self
            },
        }
    }

    /// Has the key be remembered until a week after `at` at least.
    pub fn keep_until(&mut self, at: DateTime<Utc>) {
        self.expires_at = self.expires_at.max((at + REMEMBERED).timestamp());
    }

    /// The record once its owner is through with it: with its final outcome, or
    /// for the next one to take up.
    #[must_use]
    pub fn ended(&self, done: bool, now: DateTime<Utc>) -> Self {
        let lease = Lease {
            until: now,
            ..self.lease.clone()
        };
        Self {
            done,
            lease,
            ..self.clone()
        }
    }

    /// The hash a key is stored under.
    pub fn hash(key: &str) -> String {
        hex::encode(digest(&["idempotency-key", key]))
    }
}
