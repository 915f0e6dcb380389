//! One file per story the system tells: load, decide (in `usher_domain`),
//! persist, act (through `usher_cloud`), record.

mod answers;
mod app;
mod ask_back;
pub mod attention;
mod auto_reply;
pub mod console;
mod dispatch;
mod fan_out;
mod keys;
pub mod log;
pub mod look;
pub mod manage;
mod mirror;
mod prepare;
pub mod preview;
pub mod receive_sms;
pub mod remind;
pub mod respond;
pub mod retry;
mod schedules;
pub mod send;
pub mod sign_in;
mod supersede;
pub mod sweep;
pub mod test_message;
pub mod try_template;
pub mod unsubscribe;
mod upcoming;
mod world;

pub use app::{App, Chance, Clock};
pub use usher_cloud::{Concern, Cursor, LogQuery, Page, PageRoom};
pub use world::World;

/// How often a story is told again when somebody else wrote in between. Each
/// round somebody got through, so the end of it is contention beyond reason.
const ROUNDS: usize = 8;
