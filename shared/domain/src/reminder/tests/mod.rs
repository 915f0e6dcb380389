//! Reminders, by example and over ten thousand random histories.

mod history;
mod truth;
