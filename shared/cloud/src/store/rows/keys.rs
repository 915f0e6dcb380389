//! The rows of what is found by a key alone: grants, idempotency keys, pointers.

use chrono::{DateTime, Utc};
use usher_domain::{
    actor::Actor,
    channel::Channel,
    id::{AttendeeId, MeetingId, NotificationId, TemplateId},
    kind::NotificationType,
    lease::Lease,
    template::Buttons,
    token::{AddressHash, Grant},
};

use super::{Kind, Stored, carries_unread, row};
use crate::store::{AccountList, Continuation, KeyRecord, KeyedWork, SavedMeeting};

/// An entry that leads to a notification.
pub struct Pointer {
    /// Which one.
    pub notification: NotificationId,
}

/// That a text came in.
pub struct SeenInbound {
    /// When.
    pub received_at: DateTime<Utc>,
}

row! {
    GrantRow of Grant {
        meeting_id: MeetingId,
        attendee_id: AttendeeId,
        notification_id: NotificationId,
        channel: Channel,
        buttons: Buttons,
        ask_decline_reason: bool,
        #[serde(default, skip_serializing_if = "is_zero")]
        choices: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_to: Option<AddressHash>,
        #[serde(default, skip_serializing_if = "is_zero")]
        generation: u32,
        #[serde(default)]
        template_id: Option<TemplateId>,
    }
}

impl Kind for Grant {
    /// 2: says which address it was sent to.
    const SHAPE: u32 = 2;
}

impl Stored for AddressHash {
    type Row = String;
    fn to_row(&self) -> String {
        self.as_str().to_owned()
    }
    fn from_row(row: String) -> Option<Self> {
        Some(row.into())
    }
}

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
    /// 2: says what was asked for.
    const SHAPE: u32 = 2;

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
    PointerRow of Pointer {
        notification: NotificationId,
    }
}

impl Kind for Pointer {}

row! {
    SeenInboundRow of SeenInbound {
        received_at: DateTime<Utc>,
    }
}

impl Kind for SeenInbound {}
