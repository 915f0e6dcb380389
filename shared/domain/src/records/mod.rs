//! Records: what is kept of a meeting, a template, the settings and each message.
//!
//! A record holds what happened and answers questions about itself. What follows from
//! several of them is decided in [`decisions`](crate::decisions).

pub mod dealt_with;
pub mod figures;
pub mod linked_message;
pub mod meeting;
pub mod notification;
pub mod opt_out;
pub mod reminders;
pub mod settings;
pub mod sms;
pub mod suppression;
pub mod template;
pub mod timeline;
pub mod token;
