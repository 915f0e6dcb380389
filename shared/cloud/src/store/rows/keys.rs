//! The rows of what is found by a key alone: grants, idempotency keys, texts taken, test
//! messages.

use chrono::{DateTime, Utc};
use usher_domain::{
    actor::Actor,
    channel::Channel,
    id::{AttendeeId, MeetingId, NotificationId, TemplateId},
    kind::NotificationType,
    lease::Lease,
    template::Buttons,
    token::{AddressHash, Grant, TokenHash},
};

use super::{Kind, Stored, carries_unread, row};
use crate::store::{AccountList, Continuation, KeyRecord, KeyedWork, SavedMeeting};

/// That a text came in.
pub struct SeenInbound {
    /// When.
    pub received_at: DateTime<Utc>,
}

/// That an SMS went out which no notification tells of.
pub struct TestMessage {
    /// When.
    pub sent_at: DateTime<Utc>,
}

row! {
    GrantRow of Grant {
        meeting_id: MeetingId,
        attendee_id: AttendeeId,
        notification_id: NotificationId,
        channel: Channel,
        buttons: Buttons,
        ask_decline_reason: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_to: Option<AddressHash>,
        #[serde(default, skip_serializing_if = "is_zero")]
        generation: u32,
        #[serde(default)]
        template_id: Option<TemplateId>,
    }
}

impl Kind for Grant {
    /// 2: says which address it was sent to. 3: is of no email.
    const SHAPE: u32 = 3;
}

macro_rules! hashes {
    ($($hash:ty),*) => {
        $(impl Stored for $hash {
            type Row = String;
            fn to_row(&self) -> String {
                self.as_str().to_owned()
            }
            fn from_row(row: String) -> Option<Self> {
                Some(row.into())
            }
        })*
    };
}
hashes!(AddressHash, TokenHash);

pub(super) fn is_zero<T: Default + PartialEq>(count: &T) -> bool {
    *count == T::default()
}

row! {
    KeyRow of KeyRecord {
        hash: String,
        body: String,
        lease: Lease,
        done: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        continuation: Option<Continuation>,
        notifications: Vec<NotificationId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<KeyedWork>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        saves: Option<SavedMeeting>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_meeting: bool,
        created_at: DateTime<Utc>,
        expires_at: i64,
    } besides { unread }
}

row! {
    ContinuationRow of Continuation {
        #[serde(default)]
        waiting: bool,
    }
}

row! {
    SavedMeetingRow of SavedMeeting {
        meeting: MeetingId,
        kept: usize,
        actor: Option<Actor>,
    }
}

row! {
    KeyedWorkRow of KeyedWork {
        key: String,
        meeting: MeetingId,
        #[serde(rename = "type")]
        kind: NotificationType,
        actor: Option<Actor>,
    }
}

impl Kind for KeyRecord {
    /// 2: says what was asked for. 3: may be found by its meeting.
    const SHAPE: u32 = 3;

    carries_unread!();
}

row! {
    AccountListRow of AccountList {
        at: DateTime<Utc>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    }
}

impl Kind for AccountList {}

row! {
    SeenInboundRow of SeenInbound {
        received_at: DateTime<Utc>,
    }
}

impl Kind for SeenInbound {}

row! {
    TestMessageRow of TestMessage {
        sent_at: DateTime<Utc>,
    }
}

impl Kind for TestMessage {}
