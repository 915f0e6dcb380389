//! The rows of what is found by a key alone: grants, idempotency keys, pointers.

use chrono::{DateTime, Utc};
use usher_domain::{
    actor::Actor,
    channel::Channel,
    id::{AttendeeId, MeetingId, NotificationId},
    kind::NotificationType,
    lease::Lease,
    template::Buttons,
    token::Grant,
};

use super::{Kind, carries_unread, row};
use crate::store::{AccountList, KeyRecord, KeyedWork};

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
    }
}

impl Kind for Grant {}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

row! {
    KeyRow of KeyRecord {
        hash: String,
        body: String,
        lease: Lease,
        done: bool,
        notifications: Vec<NotificationId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<KeyedWork>,
        created_at: DateTime<Utc>,
        expires_at: i64,
    } besides { unread }
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
