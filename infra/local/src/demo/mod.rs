//! Demo data: a small business on a full morning, entered through the API as staff and
//! customers would enter it. Nothing here writes to the store.
//!
//! The clock opens two days before that morning, so that what stands in the console was
//! lived through: customers were asked, answered and were reminded, each at its time.

mod booking;
mod business;
mod calendar;
mod customers;

use anyhow::{Context, ensure};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use http::Method;
use serde_json::{Value, json};

use crate::faults::{Effect, Fault, Service};
use crate::feedback::FeedbackEvent;
use crate::options::OUR_NUMBER;
use crate::outbox::Channel;
use crate::stack::Stack;
use crate::topic::Text;
use booking::{Booking, Step};
use business::ZONE;

/// When the business opens: the demo ends at this time of its day, in [`ZONE`].
const OPENING: NaiveTime = NaiveTime::from_hms_opt(7, 30, 0).expect("it is a time of day");

/// Enters the demo data, and leaves the clock at the business's next opening.
///
/// # Errors
/// The call that was refused, by name, with the answer it got.
pub(crate) async fn load(stack: &Stack) -> anyhow::Result<()> {
    let opening = next_opening(stack.clock().now()).context("no morning follows")?;
    let booked_on = opening - TimeDelta::days(2);
    stack.clock().begin_at(booked_on).context("the clock")?;
    customers::put(stack, "/v1/settings", &business::settings()).await?;
    for (id, template) in business::templates() {
        customers::put(stack, &format!("/v1/templates/{id}"), &template).await?;
    }
    let bookings = calendar::bookings();
    for booking in &bookings {
        let entered = enter(stack, booking, opening).await;
        entered.with_context(|| format!("meeting {}", booking.id))?;
    }
    stack.advance_to(opening).await.context("the night")?;
    for booking in &bookings {
        let done = play(stack, booking, opening, booking.this_morning).await;
        done.with_context(|| format!("meeting {}", booking.id))?;
    }
    let asked = stack.text(&question_of_a_stranger()).await;
    asked.context("a stranger's text")?;
    Ok(())
}

fn question_of_a_stranger() -> Text {
    Text {
        from: "+12065550199".to_owned(),
        to: OUR_NUMBER.to_owned(),
        body: "Hello, are you open this Saturday? We would like to see the oak doors.".to_owned(),
        previous_message_id: None,
    }
}

/// The first opening at or after `now`.
fn next_opening(now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let zone: Tz = ZONE.parse().ok()?;
    let today = now.with_timezone(&zone).date_naive();
    [Some(today), today.succ_opt()]
        .into_iter()
        .flatten()
        .filter_map(|day| day.and_time(OPENING).and_local_timezone(zone).earliest())
        .map(|opening| opening.to_utc())
        .find(|opening| *opening >= now)
}

async fn enter(stack: &Stack, booking: &Booking, opening: DateTime<Utc>) -> anyhow::Result<()> {
    save(stack, booking, opening, booking.time).await?;
    play(stack, booking, opening, booking.two_days_ago).await
}

async fn save(
    stack: &Stack,
    booking: &Booking,
    opening: DateTime<Utc>,
    time: &str,
) -> anyhow::Result<()> {
    let meeting = booking::meeting(booking, opening, time);
    customers::put(stack, &booking.path(), &meeting).await
}

/// Does what staff and the customer do, step by step.
async fn play(
    stack: &Stack,
    booking: &Booking,
    opening: DateTime<Utc>,
    steps: &[Step],
) -> anyhow::Result<()> {
    for step in steps {
        match step {
            Step::Send(kind) => send(stack, booking, kind).await?,
            Step::SendFailing(kind, effect) => {
                fail_next_email(stack, *effect)?;
                send(stack, booking, kind).await?;
                let armed = stack.faults().armed();
                ensure!(armed.is_empty(), "no email was tried: {armed:?}");
            }
            Step::Report(event) => report(stack, booking, *event).await?,
            Step::Answer(answer) => customers::answer_by_link(stack, booking, answer).await?,
            Step::MoveTo(time) => save(stack, booking, opening, time).await?,
        }
    }
    Ok(())
}

async fn send(stack: &Stack, booking: &Booking, kind: &str) -> anyhow::Result<()> {
    let path = format!("{}/notifications", booking.path());
    let key = format!("demo-{}-{kind}", booking.id);
    let body = json!({ "type": kind, "confirm": true });
    customers::json_call(stack, Method::POST, &path, Some(&key), &body).await?;
    Ok(())
}

async fn report(stack: &Stack, booking: &Booking, event: FeedbackEvent) -> anyhow::Result<()> {
    let by = match event {
        FeedbackEvent::CarrierDelivery => Channel::Sms,
        _ => Channel::Email,
    };
    let is_theirs = reached_at(booking);
    let outbox = stack.outbox();
    let mut sent = outbox.iter().rev();
    let last = sent.find(|message| message.channel == by && is_theirs(&message.to));
    let last = last.context("the lead attendee has got nothing")?;
    stack.report(&last.id, event).await?;
    Ok(())
}

/// The next email that is handed to SES meets with `effect`.
fn fail_next_email(stack: &Stack, effect: Effect) -> anyhow::Result<()> {
    let fault = json!({ "service": Service::Ses, "effect": effect });
    let fault: Fault = serde_json::from_value(fault)?;
    stack.faults().arm(fault)?;
    Ok(())
}

/// What a booking's customer is reached at, to find what they were sent.
fn reached_at(booking: &Booking) -> impl Fn(&str) -> bool + '_ {
    let lead: &Value = &booking.attendees[0];
    move |to| ["email", "phone"].iter().any(|field| lead[*field] == to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_opens_at_half_past_seven_of_the_business_and_never_before_now() {
        for (now, opening) in [
            ("2026-11-26T08:00:00Z", "2026-11-26T12:30:00Z"),
            ("2026-11-26T12:30:00Z", "2026-11-26T12:30:00Z"),
            ("2026-11-26T12:30:01Z", "2026-11-27T12:30:00Z"),
            // The night in which the clocks go back.
            ("2026-10-31T20:00:00Z", "2026-11-01T12:30:00Z"),
        ] {
            let now: DateTime<Utc> = now.parse().unwrap();
            assert_eq!(next_opening(now), opening.parse().ok(), "{now}");
        }
    }
}
