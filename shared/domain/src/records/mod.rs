//! Records: what is kept of a meeting, a template, the settings and each message.
//!
//! A record holds what happened and answers questions about itself. What follows from
//! several of them is decided in [`decisions`](crate::decisions).

pub mod meeting;
pub mod notification;
pub mod settings;
pub mod template;
pub mod timeline;
pub mod token;
