//! What is in the demo's calendar.

mod later;
mod morning;

use serde_json::{Value, json};

use super::booking::{Answer, Booking, Organizer, Step};
use super::business::ZONE;

/// A full morning first, then what comes later.
pub(super) fn bookings() -> Vec<Booking> {
    morning::bookings()
        .into_iter()
        .chain(later::bookings())
        .collect()
}

const ACCEPTED: Step = Step::Answer(Answer {
    action: "accept",
    reason: "",
    preferred_times: "",
});

fn customer(name: &str, mail: &str, phone: &str, prefers: &str) -> Value {
    customer_reading("en", name, mail, phone, prefers)
}

fn customer_reading(language: &str, name: &str, mail: &str, phone: &str, prefers: &str) -> Value {
    json!([{
        "id": mail, "name": name, "email": format!("{mail}@customer.example"), "phone": phone,
        "preferred_confirmation_method": prefers, "language": language, "timezone": ZONE,
    }])
}

fn in_showroom(
    id: &'static str,
    title: &'static str,
    organizer: Organizer,
    (days_ahead, time): (u64, &'static str),
    attendees: Value,
) -> Booking {
    Booking {
        id,
        title,
        description: "We have every finish on display; bring the measurements you have.",
        template: "showroom-visit",
        organizer,
        days_ahead,
        time,
        place: json!({ "kind": "office", "address": "48 Mill Lane, Albany, NY 12207" }),
        attendees,
        two_days_ago: &[],
        this_morning: &[],
    }
}

fn at_home(
    id: &'static str,
    title: &'static str,
    organizer: Organizer,
    (days_ahead, time): (u64, &'static str),
    street: &str,
    attendees: Value,
) -> Booking {
    Booking {
        title,
        description: "Please make sure we can reach the windows and doors; we bring samples.",
        template: "home-measurement",
        place: json!({ "kind": "client_house", "address": format!("{street}, Albany, NY 12203") }),
        ..in_showroom(id, title, organizer, (days_ahead, time), attendees)
    }
}
