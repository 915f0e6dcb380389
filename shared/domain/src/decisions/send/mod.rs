//! The decision to send: what may be sent now, to whom, on which channel and why,
//! and what a send does to the meeting.

mod again;
mod channel;
mod confirm;
mod decide;
mod effect;
mod entry;
mod outlook;
mod plan;
mod refusal;
mod why;

use crate::values::unusable::Unusable;
pub use again::{Found, decide_resolve, decide_retry, try_again};
pub(super) use again::{refused, still_said};
pub use channel::{
    ChannelPlan, ChannelVerdict, Deliverability, UsedChannel, explain, plan_channels,
    plan_with_messages,
};
pub(crate) use decide::announcement;
pub use decide::decide_send;
pub use effect::{once_sent, record_sent, record_settled, statement};
pub use entry::{leave_to_entries, own_entry, sent_entry};
pub use outlook::{Action, NextStep, Outlook, actions, by_staff, next_step, outlooks};
pub use plan::{CalendarRecipient, Recipient, SendPlan, SendRequest, Whom};
pub use refusal::Refusal;
pub use why::{known_in_words, left_calendar_in_words};
