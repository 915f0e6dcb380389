//! Usher's stories, told through the front door.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on has failed"
)]

mod actors;
mod addresses;
mod answers;
pub(crate) mod api_inputs;
mod as_people_write;
mod attendee_items;
mod calendars;
mod channels;
mod channels_apart;
mod confirmation;
mod console;
mod crowds;
mod daily_figures;
mod demo;
mod documents;
mod edits;
mod events;
mod faults;
mod feedback;
mod figures;
mod former_addresses;
mod golden;
mod inert;
mod keeping;
mod landing_inputs;
mod languages;
mod large;
mod log;
mod log_lines;
mod owed;
mod previews;
mod reach;
mod reading;
mod reminders;
mod sender;
mod settings;
mod sms;
mod timeline;
mod told;
mod unreadable;
mod unsubscribing;
mod update_and_cancellation;
