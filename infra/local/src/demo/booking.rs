//! A meeting of the demo, and what happens to it.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::business::ZONE;
use crate::faults::Effect;
use crate::feedback::FeedbackEvent;

/// One meeting of the demo.
pub(super) struct Booking {
    pub id: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub template: &'static str,
    pub organizer: Organizer,
    /// Counted from the demo's morning.
    pub days_ahead: u64,
    /// In [`ZONE`].
    pub time: &'static str,
    pub place: Value,
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
    /// This becomes of the last email to the customer, or of the last SMS where it is the
    /// carrier that reports.
    Report(FeedbackEvent),
    /// Staff move it to this time of its day, and tell nobody yet.
    MoveTo(&'static str),
}

/// What a customer fills in on the landing page.
pub(super) struct Answer {
    pub action: &'static str,
    pub reason: &'static str,
    pub preferred_times: &'static str,
}

/// Who of the business comes to a meeting.
#[derive(Clone, Copy)]
pub(super) enum Organizer {
    Maria,
    Ben,
}

impl Organizer {
    /// As the API takes them.
    fn to_json(self) -> Value {
        let (name, email, phone) = match self {
            Self::Maria => ("Maria Lopez", "maria@progrid.example", "+12065550101"),
            Self::Ben => ("Ben Carter", "ben@progrid.example", "+12065550102"),
        };
        json!({ "name": name, "email": email, "phone": phone })
    }
}

impl Booking {
    /// Where the API has it.
    pub(super) fn path(&self) -> String {
        format!("/v1/meetings/{}", self.id)
    }
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
        "organizer": booking.organizer.to_json(),
        "followers": ["office@progrid.example"],
        "attendees": booking.attendees,
    })
}
