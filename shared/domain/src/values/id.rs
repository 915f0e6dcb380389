//! Identifiers: what callers name their records by, and what Usher names its own.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// An id that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to 64 characters of A-Z a-z 0-9 . _ - and starts with a letter or digit")]
pub struct IdError;

fn check(text: &str) -> Result<(), IdError> {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let of_alphabet = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if starts_well && of_alphabet && text.len() <= 64 {
        Ok(())
    } else {
        Err(IdError)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        ///
        /// 1 to 64 characters of `A-Z a-z 0-9 . _ -`, the first a letter or a
        /// digit: safe in a URL path, a database key and a schedule's name.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id.
            ///
            /// # Errors
            /// [`IdError`] when it breaks the rule above.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text).map(|()| Self(text.to_owned()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text).map(|()| Self(text))
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// Names a meeting; chosen by the caller.
    MeetingId,
    /// Names a template; chosen by the caller.
    TemplateId,
    /// Names an attendee within a meeting.
    AttendeeId,
    /// Names a notification config within a template.
    ConfigId,
    /// Names a reminder trigger within a template.
    TriggerId,
}

impl ConfigId {
    /// The id of a built-in config, `name` being a notification type's.
    pub(crate) fn built_in(name: &'static str) -> Self {
        Self(format!("built-in.{name}"))
    }
}

impl ConfigId {
    /// What the emails that tell staff of answers are made from: no template changes
    /// them.
    pub fn of_answer_notices() -> Self {
        Self::built_in("answer_notice")
    }

    /// What the emails are made from that take a meeting out of a calendar: no template
    /// changes them.
    pub fn of_calendar_removals() -> Self {
        Self::built_in("calendar_removal")
    }
}

impl AttendeeId {
    /// The id of an attendee whose caller gave none: the same contact always
    /// gets the same id, so that saving a meeting again keeps its answers.
    pub fn derived(contact: &str) -> Self {
        Self(format!(
            "a-{}",
            hex::encode(&digest(&["attendee", contact])[..6])
        ))
    }
}

/// Where entries stand in their meeting's timeline, among others of the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineKey<'a> {
    /// The meeting.
    pub meeting: &'a MeetingId,
    /// The version of the meeting that they came after.
    pub version: u64,
}

impl<'a> TimelineKey<'a> {
    /// Before all others of the same instant: what happens whatever the meeting's
    /// version is.
    pub fn of(meeting: &'a MeetingId) -> Self {
        Self {
            meeting,
            version: 0,
        }
    }
}

/// Names a notification: its meeting, and a ULID within it.
///
/// The ULID's random part is the digest of what caused the notification and of
/// its attendee, so that a repeated command meets its own rows again instead of
/// making new ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NotificationId {
    meeting: MeetingId,
    ulid: String,
}

impl NotificationId {
    /// The id of the notification that `cause` (an idempotency key, a trigger)
    /// makes for one attendee, created at `at`.
    pub fn new(meeting: &MeetingId, attendee: &AttendeeId, cause: &str, at: DateTime<Utc>) -> Self {
        let digest = digest(&["notification", meeting.as_str(), attendee.as_str(), cause]);
        let mut random = [0; 16];
        random[6..].copy_from_slice(&digest[..10]);
        let millis = u128::try_from(at.timestamp_millis()).unwrap_or(0);
        let ulid = Ulid((millis << 80) | u128::from_be_bytes(random)).to_string();
        Self {
            meeting: meeting.clone(),
            ulid,
        }
    }

    /// Where the ids of notifications created at `at` or later begin, in the
    /// order of [`NotificationId::ulid`].
    pub fn ulid_floor(at: DateTime<Utc>) -> String {
        let millis = u128::try_from(at.timestamp_millis()).unwrap_or(0);
        // A ULID holds 48 bits of time; what lies beyond comes after every id.
        Ulid(millis.min((1 << 48) - 1) << 80).to_string()
    }

    /// Reads an id that [`fmt::Display`] wrote.
    ///
    /// # Errors
    /// [`IdError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (meeting, ulid) = text.split_once('~').ok_or(IdError)?;
        // The one way to write it: keys are compared as they are written.
        let written = Ulid::from_string(ulid).map(|ulid| ulid.to_string());
        if written.as_deref() != Ok(ulid) {
            return Err(IdError);
        }
        Ok(Self {
            meeting: MeetingId::parse(meeting)?,
            ulid: ulid.to_owned(),
        })
    }

    /// The meeting it belongs to.
    pub fn meeting(&self) -> &MeetingId {
        &self.meeting
    }

    /// The instant that it was made of, in milliseconds since 1970.
    pub fn millis(&self) -> i64 {
        let ulid = Ulid::from_string(&self.ulid).map_or(0, |ulid| ulid.timestamp_ms());
        i64::try_from(ulid).unwrap_or(i64::MAX)
    }

    /// The part within the meeting; sorts by time of creation.
    pub fn ulid(&self) -> &str {
        &self.ulid
    }

    /// It as few bytes as name it: sixteen of the part within the meeting, and the meeting's.
    pub fn to_bytes(&self) -> Vec<u8> {
        let ulid = Ulid::from_string(&self.ulid).map_or([0; 16], |ulid| ulid.to_bytes());
        [&ulid, self.meeting.as_str().as_bytes()].concat()
    }

    /// Reads the id that these bytes name.
    ///
    /// # Errors
    /// [`IdError`] when they name none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IdError> {
        let (ulid, meeting) = bytes.split_first_chunk().ok_or(IdError)?;
        let meeting = std::str::from_utf8(meeting).map_err(|_| IdError)?;
        Ok(Self {
            meeting: MeetingId::parse(meeting)?,
            ulid: Ulid::from_bytes(*ulid).to_string(),
        })
    }
}

impl fmt::Display for NotificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.meeting, self.ulid)
    }
}
impl TryFrom<String> for NotificationId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}
impl From<NotificationId> for String {
    fn from(id: NotificationId) -> Self {
        id.to_string()
    }
}

/// SHA-256 over the parts, each preceded by its length so that no two lists of
/// parts collide.
pub fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_leave_their_place_are_refused() {
        for text in [
            "",
            "../x",
            "a/b",
            "a#b",
            "a~b",
            ".",
            "..",
            "-a",
            "a b",
            "a\0",
            "é",
            &"a".repeat(65),
        ] {
            assert!(MeetingId::parse(text).is_err(), "{text:?}");
        }
        assert!(MeetingId::parse("crm-2024.17_b").is_ok());
    }

    #[test]
    fn a_notification_id_is_stable_sorts_by_time_and_reads_back() {
        let meeting = MeetingId::parse("m-1").unwrap();
        let ann = AttendeeId::parse("ann").unwrap();
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let first = NotificationId::new(&meeting, &ann, "key", at(1_700_000_000));
        assert_eq!(
            first,
            NotificationId::new(&meeting, &ann, "key", at(1_700_000_000))
        );
        assert_ne!(
            first,
            NotificationId::new(&meeting, &ann, "other", at(1_700_000_000))
        );
        assert!(
            first.ulid() < NotificationId::new(&meeting, &ann, "key", at(1_700_000_001)).ulid()
        );
        assert_eq!(NotificationId::parse(&first.to_string()).unwrap(), first);
        assert!(NotificationId::parse("m-1~short").is_err());
    }
}
