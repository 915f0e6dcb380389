//! The form that sends a sample message to whoever fills it in.

use axum::{Form, extract::State, response::Response};
use serde::Deserialize;
use usher_console::{PageError, Said, SaidLine, Staff, Tone};
use usher_domain::{
    Failure, FieldError,
    channel::Channel,
    notification::{Delivery, DeliveryStatus},
};
use usher_flows::test_message::send_test_message;
use usher_web::Role;

use super::Console;

/// The pages that have the form.
const CALENDAR: &str = "/console";
const SETTINGS: &str = "/console/settings";

/// What the form says.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    /// Whether it stands on the calendar's page.
    #[serde(default)]
    first_run: bool,
}

/// `POST /console/test-message`
pub(crate) async fn send(
    State(Console { app, pages }): State<Console>,
    staff: Staff,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    staff.require(Role::Admin)?;
    let Wanted { email, phone, .. } = &wanted;
    let sent = send_test_message(&app, email, phone, &staff.actor(), app.clock.now()).await;
    let said = match sent {
        Ok(deliveries) => {
            let lines: Vec<_> = deliveries.iter().map(line).collect();
            let worst = lines.iter().map(|line| line.tone).max();
            Said {
                lines,
                ..Said::new(worst.unwrap_or(Tone::Bad), "The test message:")
            }
        }
        Err(Failure::Invalid(errors)) => Said {
            lines: errors.iter().map(mistake).collect(),
            ..Said::new(Tone::Bad, "No test message was sent.")
        },
        Err(Failure::Refused { reason, .. }) => Said::new(Tone::Warn, reason),
        Err(failure) => return Err(failure.into()),
    };
    let back = if wanted.first_run { CALENDAR } else { SETTINGS };
    Ok(pages.done(back, said))
}

/// What cannot be sent to, in words.
fn mistake(error: &FieldError) -> SaidLine {
    let field = match error.pointer.as_str() {
        "/phone" => "The number",
        _ => "The address",
    };
    SaidLine {
        tone: Tone::Bad,
        mark: String::new(),
        text: format!("{field}: {}", error.detail),
        page: None,
    }
}

/// What became of it on one channel, in words.
fn line(delivery: &Delivery) -> SaidLine {
    let (name, provider, place) = match delivery.channel {
        Channel::Email => (
            "Email",
            "SES",
            "Look in your mailbox, and where it keeps spam.",
        ),
        Channel::Sms => ("SMS", "SNS", "Look at your phone."),
    };
    let why = delivery.reason.as_deref().unwrap_or_default();
    let (tone, mark, text) = match delivery.status {
        DeliveryStatus::Sent => (
            Tone::Good,
            "Accepted",
            format!("{name}: {provider} has accepted it. {place}"),
        ),
        DeliveryStatus::Unknown | DeliveryStatus::Dispatching => {
            (Tone::Warn, "In doubt", format!("{name}: {why} {place}"))
        }
        _ => (Tone::Bad, "Refused", format!("{name}: {why}")),
    };
    SaidLine {
        tone,
        mark: mark.to_owned(),
        text,
        page: None,
    }
}
