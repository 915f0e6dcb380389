//! The model of Usher and every decision it makes.
//!
//! Everything here is pure and synchronous: no AWS, no async, no clock, no
//! randomness. `now` and random bits come in as values.
//!
//! The modules stand in this order, and each imports only from those before it
//! (`tests/order.rs` holds them to it):
//!
//! 1. [`values`]: text from outside is parsed into types that cannot hold what
//!    must not be.
//! 2. [`records`]: what is kept, made of values.
//! 3. [`decisions`]: functions on records that say what may be done and what
//!    it changes.
//! 4. [`render`]: the messages.
//! 5. [`sample`]: the meeting that texts are tried on before they are saved.
//! 6. [`authoring`]: what a template must keep so that nothing fails when it is sent.

/// Pages on how to add something: each was walked once, and says in which order the compiler
/// and failing tests ask for what belongs to it, and what nothing asks for.
pub mod adding {
    #[doc = include_str!("adding/channel.md")]
    pub mod channel {}
    #[doc = include_str!("adding/language.md")]
    pub mod language {}
    #[doc = include_str!("adding/meeting_field.md")]
    pub mod meeting_field {}
    #[doc = include_str!("adding/notification_type.md")]
    pub mod notification_type {}
    #[doc = include_str!("adding/stored_field.md")]
    pub mod stored_field {}
    #[doc = include_str!("adding/wishes.md")]
    pub mod wishes {}
}
pub mod authoring;
pub mod decisions;
pub mod records;
pub mod render;
#[doc = include_str!("rules.md")]
pub mod rules {}
pub mod sample;
pub mod values;

pub use decisions::{
    attention, edit, failover, feedback, reach, remind, reply, respond, roll_up, send,
};
pub use records::{
    dealt_with, figures, linked_message, meeting, notification, opt_out, reminders, settings, sms,
    suppression, template, timeline, token,
};
pub use values::{
    Failure, FieldError, FieldErrors, Precondition, actor, answer, channel, contact, id, kind,
    language, lease, local_time, location, part, segments, text, unread, unusable, web,
};

pub(crate) use values::error;
