//! What follows the demo's morning, over the next days.

use serde_json::Value;

use super::{at_home, customer, customer_reading, in_showroom};
use crate::demo::booking::{
    Answer, Booking,
    Organizer::{Ben, Maria},
    Step,
};
use crate::feedback::FeedbackEvent;

pub(super) fn bookings() -> [Booking; 5] {
    [booked(), bounced(), declined(), cancelled(), draft()]
}

fn booked() -> Booking {
    Booking {
        two_days_ago: &[
            Step::Send("confirmation"),
            Step::Report(FeedbackEvent::CarrierDelivery),
        ],
        ..in_showroom(
            "demo-booked",
            "Color samples for the bay window",
            Maria,
            (1, "11:00:00"),
            customer("Mia Clark", "mia", "+12065550119", "sms"),
        )
    }
}

/// Their address was written down wrongly, and nobody asked for a number: they cannot be
/// reached.
fn bounced() -> Booking {
    Booking {
        this_morning: &[
            Step::Send("confirmation"),
            Step::Report(FeedbackEvent::Bounce),
        ],
        ..in_showroom(
            "demo-bounced",
            "Roof window samples",
            Ben,
            (2, "14:00:00"),
            without_phone(customer("Lucas Moore", "luca.smoore", "", "email")),
        )
    }
}

fn without_phone(mut attendees: Value) -> Value {
    attendees[0]["phone"] = Value::Null;
    attendees
}

fn declined() -> Booking {
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
    }
}

fn cancelled() -> Booking {
    Booking {
        two_days_ago: &[
            Step::Send("confirmation"),
            Step::Send("cancellation"),
            Step::Report(FeedbackEvent::Complaint),
        ],
        ..in_showroom(
            "demo-cancelled",
            "Garage door consultation",
            Maria,
            (5, "13:00:00"),
            customer("Ava Johnson", "ava", "+12065550116", "both"),
        )
    }
}

fn draft() -> Booking {
    in_showroom(
        "demo-draft",
        "Oak door consultation",
        Ben,
        (7, "09:30:00"),
        customer("Noah Brown", "noah", "+12065550110", "email"),
    )
}
