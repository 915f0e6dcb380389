//! A small business whose meetings are measured: its settings, its template, and meetings of
//! as many attendees as an operation needs. All of it is set up through the front door.

use std::{
    cell::Cell,
    fmt::{self, Display},
    ops::Range,
};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::America::Phoenix;
use http::{Method, Request, header};
use serde_json::{Value, json};
use usher_local::{Caller, Effect, Fault, Message, Options, Service, Stack};

/// The number that our SMS come from.
pub const OUR_NUMBER: &str = "+12065550100";
/// How long before a meeting its first reminder is due.
const DAY: TimeDelta = TimeDelta::days(1);
/// How long after the stage's beginning the first reminders are due.
const LEAD: TimeDelta = TimeDelta::seconds(2);

/// The business, on a stack of its own.
#[derive(Debug)]
pub struct Stage {
    stack: Stack,
    booked: Cell<u32>,
}

/// A meeting of the stage. All ids are of the same length: what is stored has its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeetingId(u32);

impl Display for MeetingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "visit-{:06}", self.0)
    }
}

/// How attendees want to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preference {
    /// As the business does by default: by email.
    None,
    /// By SMS.
    Sms,
    /// On both channels.
    Both,
}

impl Stage {
    /// Opens the business at `at`, where the clock stands from then on: whole seconds.
    ///
    /// # Errors
    /// The stack does not start, or does not take the settings.
    pub async fn open(at: DateTime<Utc>) -> anyhow::Result<Self> {
        let stack = Stack::start(Options {
            start_at: Some(at),
            seed: Some(1),
            ..Options::default()
        });
        let stage = Self {
            stack: stack.await?,
            booked: Cell::new(0),
        };
        stage.put("/v1/settings", &settings()).await?;
        stage.put("/v1/templates/visit", &template()).await?;
        Ok(stage)
    }

    /// What the stage is built on.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// Books a meeting whose first reminder is due right after the stage's beginning.
    ///
    /// # Errors
    /// It is not accepted.
    pub async fn book(
        &self,
        attendees: usize,
        preference: Preference,
    ) -> anyhow::Result<MeetingId> {
        let number = self.booked.get() + 1;
        self.booked.set(number);
        let id = MeetingId(number);
        let starts_at = self.stack.clock().now() + DAY + LEAD;
        let body = meeting(number, starts_at, attendees, preference);
        self.put(&format!("/v1/meetings/{id}"), &body).await?;
        Ok(id)
    }

    /// Staff send to some attendees, counted from 0, or to all. Returns the messages.
    ///
    /// # Errors
    /// It is not sent.
    pub async fn send(
        &self,
        meeting: MeetingId,
        kind: &str,
        attendees: Option<Range<usize>>,
    ) -> anyhow::Result<Vec<Message>> {
        let mut body = json!({ "type": kind });
        if let Some(some) = attendees {
            body["attendees"] = some.map(attendee_id).collect();
        }
        let before = self.stack.outbox().len();
        let path = format!("/v1/meetings/{meeting}/notifications");
        self.call(Method::POST, &path, &body).await?;
        Ok(self.stack.outbox().split_off(before))
    }

    /// Lets the time of the first reminders come, without any of them being sent: Scheduler
    /// loses them. What they would have called is returned, in order of their names.
    ///
    /// # Errors
    /// The clock does not move.
    pub async fn lose_due_reminders(&self) -> anyhow::Result<Vec<Value>> {
        let due_at = self.stack.clock().now() + LEAD;
        let mut schedules = self.stack.schedules();
        schedules.retain(|schedule| schedule.due_at <= due_at);
        let loss = Fault {
            service: Service::Scheduler,
            effect: Effect::Never,
            operation: None,
            to: None,
            skip: 0,
            count: u32::try_from(schedules.len())?,
        };
        self.stack.faults().arm(loss)?;
        self.stack
            .advance(LEAD)
            .await
            .map_err(anyhow::Error::from)?;
        Ok(schedules.into_iter().map(|each| each.input).collect())
    }

    async fn put(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        self.call(Method::PUT, path, body).await
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<()> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.stack.url().trim_start_matches("http://"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", path.replace('/', "-"))
            .body(body.to_string().into());
        let answer = self.stack.call(request?, &Caller::LocalAdmin).await;
        let said = String::from_utf8_lossy(answer.body());
        ensure!(
            answer.status().is_success(),
            "{path} was refused: {} {said}",
            answer.status()
        );
        Ok(())
    }
}

/// The token of the link in a message.
///
/// # Errors
/// It has none.
pub fn token(message: &Message) -> anyhow::Result<String> {
    let link = message.landing_link().context("no link in the message")?;
    let (_, token) = link.split_once("token=").context("no token in the link")?;
    Ok(token.to_owned())
}

/// The id of an attendee, counted from 0.
pub fn attendee_id(number: usize) -> String {
    format!("guest-{number:04}")
}

fn settings() -> Value {
    json!({
        "business_name": "Progrid Windows & Doors",
        "business_email": "hello@progrid.example",
        "business_phone": OUR_NUMBER,
        "timezone": "America/Phoenix",
        "sender_email": "appointments@progrid.example",
        "sms_origination_number": OUR_NUMBER,
        "default_region": "US",
    })
}

/// One config of each type, with the built-in texts, and two reminders.
fn template() -> Value {
    json!({
        "name": "Home visit",
        "configs": [
            {"id": "booked", "type": "confirmation"},
            {"id": "ask", "type": "confirmation_request", "reply_codes": {"enabled": true}},
            {"id": "moved", "type": "update"},
            {"id": "off", "type": "cancellation"},
            {"id": "soon", "type": "reminder"},
        ],
        "reminder_triggers": [
            {"id": "day", "config_id": "soon", "minutes_before": 1440},
            {"id": "hour", "config_id": "soon", "minutes_before": 60},
        ],
    })
}

/// A meeting as the API takes it. Phoenix has no daylight saving time: every local time is
/// one instant.
fn meeting(
    number: u32,
    starts_at: DateTime<Utc>,
    attendees: usize,
    preference: Preference,
) -> Value {
    let local = starts_at.with_timezone(&Phoenix);
    json!({
        "title": "Window measuring",
        "template_id": "visit",
        "starts_at": local.format("%Y-%m-%dT%H:%M:%S").to_string(),
        "timezone": "America/Phoenix",
        "duration_minutes": 45,
        "location": {"kind": "client_house", "address": "123 Main St, Springfield"},
        "description": "We measure all windows.",
        "organizer": {"name": "Sam Rivera", "email": "sam@progrid.example", "phone": "+12065550101"},
        "followers": ["office@progrid.example"],
        "attendees": (0..attendees)
            .map(|each| attendee(number, each, preference))
            .collect::<Vec<_>>(),
    })
}

/// Addresses of one meeting alone: a text from a number means that meeting.
fn attendee(meeting: u32, number: usize, preference: Preference) -> Value {
    let line = u64::from(meeting) * 1_000 + number as u64;
    let mut attendee = json!({
        "id": attendee_id(number),
        "name": format!("Ann Lee {number:04}"),
        "email": format!("ann-{number:04}-{meeting:06}@example.com"),
        "phone": format!("+1{}{:07}", AREAS[(line / 8_000_000) as usize % AREAS.len()], 2_000_000 + line % 8_000_000),
    });
    match preference {
        Preference::None => {}
        Preference::Sms => attendee["preferred_confirmation_method"] = json!("sms"),
        Preference::Both => attendee["preferred_confirmation_method"] = json!("both"),
    }
    attendee
}

/// Area codes, whose numbers are used up one after the other.
const AREAS: [u16; 4] = [202, 206, 212, 213];
