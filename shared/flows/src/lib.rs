//! One file per story the system tells: load, decide (in `usher_domain`),
//! persist, act (through `usher_cloud`), record.

mod answers;
mod app;
mod apply_template;
mod ask_back;
pub mod attention;
mod auto_reply;
mod calendar_removal;
pub mod console;
mod context;
pub mod continuation;
mod crowd;
mod cut_off_reminder;
pub mod failover;
pub mod figures;
mod keys;
mod lapsed;
pub mod links;
pub mod log;
pub mod manage;
mod open_link;
mod prepare;
pub mod preview;
pub mod queries;
pub mod reach;
pub mod receive_sms;
pub mod remind;
mod resend;
pub mod respond;
mod resume;
pub mod retry;
mod roll_up;
mod save_attendees;
mod schedules;
pub mod send;
mod send_contexts;
mod sending;
pub mod suppressions;
pub mod sweep;
mod sync_opt_outs;
mod sync_suppressions;
pub mod test_message;
pub mod track_delivery;
mod transact;
pub mod try_template;
mod underway;
pub mod unsubscribe;
mod wake;

pub use app::{App, Clock, Rng};
pub use context::MeetingContext;
pub use underway::SendOutcome;
pub use usher_cloud::{
    AttentionItem, ConfigError, Cursor, LogQuery, Page, PageRoom, read_fanout_input,
};
