//! A meeting's reminder plan.

use serde::Serialize;
use usher_domain::{
    local_time::rfc3339,
    remind::{ReminderOverview, ReminderRecipient},
};
use utoipa::ToSchema;

use crate::{send::UsedChannel, word};

/// A meeting's reminders.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReminderPlan {
    /// In the order of the template's triggers.
    pub reminders: Vec<ReminderView>,
}

/// One reminder of a meeting's plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReminderView {
    /// The trigger it comes from.
    pub trigger_id: String,
    /// The config it is made from.
    pub config_id: String,
    /// When it goes, or would go (RFC 3339, UTC).
    pub due_at: String,
    /// How it stands.
    pub state: word::ReminderState,
    /// Why it is not sent, as a stable word: `late_booking`, `update_due`, …
    pub reason: Option<&'static str>,
    /// The same as a sentence for staff.
    pub explanation: Option<&'static str>,
    /// When it was settled (RFC 3339, UTC).
    pub settled_at: Option<String>,
    /// Who gets it and how, and who does not, as things stand. Empty once it is settled:
    /// what was sent, and to whom, is in the log.
    pub attendees: Vec<ReminderAttendeeView>,
    /// How many more attendees there are than are listed: of a large meeting one answer
    /// cannot hold all of them for each reminder. Left out where all are listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_attendees: usize,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// One attendee of a reminder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReminderAttendeeView {
    /// Names the attendee within the meeting.
    pub attendee_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number, in E.164.
    pub phone: Option<String>,
    /// The channels it takes to them, each with why; empty when it does not.
    pub channels: Vec<UsedChannel>,
    /// Why it does not reach them.
    pub reason: Option<String>,
}

impl From<ReminderOverview> for ReminderView {
    fn from(reminder: ReminderOverview) -> Self {
        let attendees = reminder.attendees.into_iter();
        Self {
            trigger_id: reminder.trigger_id.to_string(),
            config_id: reminder.config_id.to_string(),
            due_at: rfc3339(reminder.due_at),
            state: reminder.state.into(),
            reason: reminder.reason,
            explanation: reminder.explanation,
            settled_at: reminder.settled_at.map(rfc3339),
            attendees: attendees.map(ReminderAttendeeView::from).collect(),
            more_attendees: 0,
        }
    }
}

impl From<ReminderRecipient> for ReminderAttendeeView {
    fn from(recipient: ReminderRecipient) -> Self {
        let attendee = recipient.attendee;
        Self {
            attendee_id: attendee.id.to_string(),
            name: attendee.name.to_string(),
            email: attendee.email.as_ref().map(ToString::to_string),
            phone: attendee.phone.as_ref().map(ToString::to_string),
            channels: recipient
                .channels
                .into_iter()
                .map(UsedChannel::from)
                .collect(),
            reason: recipient.reason,
        }
    }
}

impl ReminderView {
    /// Lists no more attendees than `takes` has room for.
    #[must_use]
    pub fn cut_to(mut self, mut takes: impl FnMut(&ReminderAttendeeView) -> bool) -> Self {
        let all = self.attendees.len();
        let listed = self.attendees.iter().take_while(|each| takes(each)).count();
        self.attendees.truncate(listed);
        self.more_attendees = all - listed;
        self
    }
}
