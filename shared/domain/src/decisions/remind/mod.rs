//! Reminders: what is meant to go, what went, and why the rest did not.
//!
//! A plan is derived, never stored: from the triggers that held when customers
//! were told, the meeting as it is, and the marks of what has been settled
//! (R1, R2). What is stored beside the marks is which schedules are certainly
//! there and which perhaps, so that whoever compares that with the plan knows what
//! to make and what to remove, and when the sweep must look ([`wake_at`]).

mod decide;
mod entry;
mod overview;
mod plan;

#[cfg(test)]
mod tests;

pub(super) use decide::not_reminded;
pub use decide::{LeftOut, ReminderDecision, ReminderPlan, WhyLeftOut, decide_reminder};
pub(crate) use decide::{answer_that_counts, for_lead_only};
pub use entry::{cut_short_entry, left_out_entry, skipped_entry};
pub use overview::{ReminderOverview, ReminderRecipient, ReminderState, overview};
pub(crate) use plan::to_come;
pub use plan::{
    GRACE, Planned, State, due, goes_on, plan, wake_at, wanted, with_schedules_in_doubt,
};

use crate::records::reminders::{ReminderInstance, Reminders, SettledReminder, Settlement, Skip};
