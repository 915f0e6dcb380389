//! The demo's business: its settings, its templates, and what is in its calendar.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::{faults::Effect, options::OUR_NUMBER};

/// Where the business is.
pub(super) const ZONE: &str = "America/New_York";

/// One meeting of the demo.
pub(super) struct Booking {
    pub id: &'static str,
    title: &'static str,
    description: &'static str,
    template: &'static str,
    /// Who of the business comes.
    organizer: Organizer,
    /// Counted from the demo's morning.
    days_ahead: u64,
    /// In [`ZONE`].
    pub time: &'static str,
    place: Value,
    pub attendees: Value,
    /// What happened when it was booked.
    pub two_days_ago: &'static [Step],
    /// What has just happened.
    pub this_morning: &'static [Step],
}

/// What happens to a meeting once it is booked.
pub(super) enum Step {
    /// Staff send this type.
    Send(&'static str),
    /// Staff send this type, and the email meets with this.
    SendFailing(&'static str, Effect),
    /// The customer answers on the landing page.
    Answer(Answer),
    /// Staff move it to this time of its day, and tell nobody yet.
    MoveTo(&'static str),
}

/// What a customer fills in on the landing page.
pub(super) struct Answer {
    pub action: &'static str,
    pub reason: &'static str,
    pub preferred_times: &'static str,
}

#[derive(Clone, Copy)]
enum Organizer {
    Maria,
    Ben,
}

impl Booking {
    /// Where the API has it.
    pub(super) fn path(&self) -> String {
        format!("/v1/meetings/{}", self.id)
    }
}

pub(super) fn settings() -> Value {
    json!({
        "business_name": "Progrid Windows & Doors",
        "business_email": "hello@progrid.example",
        "business_phone": OUR_NUMBER,
        "business_address": "48 Mill Lane, Albany, NY 12207",
        "timezone": ZONE,
        "sender_name": "Progrid",
        "sender_email": "appointments@progrid.example",
        "sms_origination_number": OUR_NUMBER,
        "default_region": "US",
        "button_color": "#1f6f4a",
        "calendar_color": "#e8f3ee",
    })
}

pub(super) fn templates() -> [(&'static str, Value); 2] {
    [
        (
            "home-measurement",
            json!({
                "name": "Home measurement",
                "duration_minutes": 60,
                "buffer_before_minutes": 30,
                "meeting_type": "in_person",
                "location_kind": "client_house",
                "require_address": true,
                "configs": [
                    { "id": "ask", "type": "confirmation_request", "channel_mode": "both",
                      "ask_decline_reason": true, "reply_codes": { "enabled": true } },
                    { "id": "booked", "type": "confirmation" },
                    { "id": "tomorrow", "type": "reminder", "keep_answer": true },
                    { "id": "soon", "type": "reminder", "channel_mode": "sms" },
                ],
                "reminder_triggers": [
                    { "id": "day-before", "config_id": "tomorrow", "minutes_before": 1440 },
                    { "id": "hour-before", "config_id": "soon", "minutes_before": 60 },
                ],
            }),
        ),
        (
            "showroom-visit",
            json!({
                "name": "Showroom visit",
                "duration_minutes": 45,
                "meeting_type": "in_person",
                "location_kind": "office",
                "configs": [{ "id": "tomorrow", "type": "reminder" }],
                "reminder_triggers": [
                    { "id": "day-before", "config_id": "tomorrow", "minutes_before": 1440 },
                ],
            }),
        ),
    ]
}

/// A booking as the API takes it: on its day, counted from that of `opening`, at `time`.
pub(super) fn meeting(booking: &Booking, opening: DateTime<Utc>, time: &str) -> Value {
    let zone: Tz = ZONE.parse().unwrap_or(Tz::UTC);
    let day = opening.with_timezone(&zone).date_naive() + Days::new(booking.days_ahead);
    json!({
        "title": booking.title,
        "starts_at": format!("{day}T{time}"),
        "timezone": ZONE,
        "template_id": booking.template,
        "location": booking.place,
        "description": booking.description,
        "organizer": match booking.organizer {
            Organizer::Maria => json!({ "name": "Maria Lopez", "email": "maria@progrid.example", "phone": "+12065550101" }),
            Organizer::Ben => json!({ "name": "Ben Carter", "email": "ben@progrid.example", "phone": "+12065550102" }),
        },
        "followers": ["office@progrid.example"],
        "attendees": booking.attendees,
    })
}

/// What is in the calendar: a full morning first, then what comes later.
pub(super) fn bookings() -> Vec<Booking> {
    let mut all = morning();
    all.extend(later());
    all
}

fn morning() -> Vec<Booking> {
    use Organizer::{Ben, Maria};
    vec![
        Booking {
            two_days_ago: &[Step::Send("confirmation_request"), ACCEPTED],
            ..at_home(
                "demo-confirmed",
                "Patio door measurement",
                Maria,
                (0, "08:30:00"),
                "9 Elm Court",
                customer("Liam Chen", "liam", "+12065550113", "both"),
            )
        },
        Booking {
            two_days_ago: &[Step::Send("confirmation_request")],
            ..at_home(
                "demo-invited",
                "Bay window measurement",
                Ben,
                (0, "09:00:00"),
                "123 Main St",
                customer("Olivia Martin", "olivia", "+12065550112", "both"),
            )
        },
        Booking {
            this_morning: &[Step::SendFailing("confirmation", Effect::Refuse)],
            ..in_showroom(
                "demo-failed",
                "Front door consultation",
                Maria,
                (0, "10:00:00"),
                customer("Grace Lee", "grace", "+12065550117", "email"),
            )
        },
        Booking {
            two_days_ago: &[Step::Send("confirmation")],
            this_morning: &[Step::MoveTo("11:30:00")],
            ..in_showroom(
                "demo-moved",
                "Window showroom visit",
                Ben,
                (0, "10:30:00"),
                customer("Emma Davis", "emma", "+12065550111", "both"),
            )
        },
        Booking {
            this_morning: &[Step::SendFailing("confirmation", Effect::DropAnswer)],
            ..in_showroom(
                "demo-unknown",
                "Sliding door consultation",
                Maria,
                (0, "11:00:00"),
                customer("Daniel Kim", "daniel", "+12065550118", "email"),
            )
        },
        Booking {
            two_days_ago: &[
                Step::Send("confirmation_request"),
                Step::Answer(Answer {
                    action: "reschedule",
                    reason: "We are both at work at noon.",
                    preferred_times: "Monday after 3 PM, or any time on Tuesday",
                }),
            ],
            ..at_home(
                "demo-reschedule",
                "Kitchen window measurement",
                Ben,
                (0, "12:00:00"),
                "5 Lake View",
                customer("James Wilson", "james", "+12065550115", "both"),
            )
        },
    ]
}

fn later() -> Vec<Booking> {
    use Organizer::{Ben, Maria};
    vec![
        Booking {
            two_days_ago: &[Step::Send("confirmation")],
            ..in_showroom(
                "demo-booked",
                "Color samples for the bay window",
                Maria,
                (1, "11:00:00"),
                customer("Mia Clark", "mia", "+12065550119", "sms"),
            )
        },
        Booking {
            two_days_ago: &[
                Step::Send("confirmation_request"),
                Step::Answer(Answer {
                    action: "decline",
                    reason: "Al final lo vamos a reparar.",
                    preferred_times: "",
                }),
            ],
            ..at_home(
                "demo-declined",
                "Skylight measurement",
                Ben,
                (3, "16:00:00"),
                "77 Hill Road",
                customer_reading("es", "Sofía Ruiz", "sofia", "+12065550114", "both"),
            )
        },
        Booking {
            two_days_ago: &[Step::Send("confirmation"), Step::Send("cancellation")],
            ..in_showroom(
                "demo-cancelled",
                "Garage door consultation",
                Maria,
                (5, "13:00:00"),
                customer("Ava Johnson", "ava", "+12065550116", "both"),
            )
        },
        in_showroom(
            "demo-draft",
            "Oak door consultation",
            Ben,
            (7, "09:30:00"),
            customer("Noah Brown", "noah", "+12065550110", "email"),
        ),
    ]
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
