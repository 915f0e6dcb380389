//! Reminders, by example and over ten thousand random histories.

mod found;
mod history;
mod marks;
mod recipients;
mod rules;
mod times;
mod truth;
mod visit;
