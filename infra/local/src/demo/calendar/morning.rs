//! The demo's full morning.

use super::{ACCEPTED, at_home, customer, in_showroom};
use crate::demo::booking::{
    Answer, Booking,
    Organizer::{Ben, Maria},
    Step,
};
use crate::faults::Effect;
use crate::feedback::FeedbackEvent;

pub(super) fn bookings() -> [Booking; 6] {
    [
        confirmed(),
        invited(),
        failed(),
        moved(),
        unknown(),
        reschedule(),
    ]
}

fn confirmed() -> Booking {
    Booking {
        two_days_ago: &[
            Step::Send("confirmation_request"),
            Step::Report(FeedbackEvent::Delivery),
            ACCEPTED,
        ],
        ..at_home(
            "demo-confirmed",
            "Patio door measurement",
            Maria,
            (0, "08:30:00"),
            "9 Elm Court",
            customer("Liam Chen", "liam", "+12065550113", "both"),
        )
    }
}

fn invited() -> Booking {
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
    }
}

fn failed() -> Booking {
    Booking {
        this_morning: &[Step::SendFailing("confirmation", Effect::Refuse)],
        ..in_showroom(
            "demo-failed",
            "Front door consultation",
            Maria,
            (0, "10:00:00"),
            customer("Grace Lee", "grace", "+12065550117", "email"),
        )
    }
}

fn moved() -> Booking {
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
    }
}

fn unknown() -> Booking {
    Booking {
        this_morning: &[Step::SendFailing("confirmation", Effect::DropAnswer)],
        ..in_showroom(
            "demo-unknown",
            "Sliding door consultation",
            Maria,
            (0, "11:00:00"),
            customer("Daniel Kim", "daniel", "+12065550118", "email"),
        )
    }
}

fn reschedule() -> Booking {
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
    }
}
