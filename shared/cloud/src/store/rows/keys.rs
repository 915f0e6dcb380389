//! The rows of what is found by a key alone: grants, idempotency keys, pointers.

use chrono::{DateTime, Utc};
use usher_domain::{
    channel::Channel,
    id::{AttendeeId, MeetingId, NotificationId},
    lease::Lease,
    template::Buttons,
    token::Grant,
};

use super::{Kind, carries_unread, row};
use crate::store::{AccountList, KeyRecord};

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
        created_at: DateTime<Utc>,
        expires_at: i64,
    } besides { unread }
}

impl Kind for KeyRecord {
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
