//! Demo data: a small business with a meeting in every status, entered through the
//! API as staff and customers would enter it. Nothing here writes to the store.

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use chrono::Days;
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::gateway::Caller;
use crate::stack::Stack;

const ZONE: &str = "America/New_York";

/// One meeting of the demo.
struct Booking {
    id: &'static str,
    title: &'static str,
    template: &'static str,
    days_ahead: u64,
    time: &'static str,
    place: Value,
    attendees: Value,
    then: &'static [Step],
}

/// What happens to a meeting once it is booked.
enum Step {
    /// Staff send this type.
    Send(&'static str),
    /// The customer answers on the landing page.
    Answer {
        action: &'static str,
        reason: &'static str,
    },
    /// Staff take this answer on the telephone.
    Telephone {
        answer: &'static str,
        reason: &'static str,
    },
}

/// Enters the demo data.
///
/// # Errors
/// The call that was refused, by name, with the answer it got.
pub(crate) async fn load(stack: &Stack) -> anyhow::Result<()> {
    put(stack, "/v1/settings", &settings()).await?;
    for (id, template) in templates() {
        put(stack, &format!("/v1/templates/{id}"), &template).await?;
    }
    for booking in bookings() {
        enter(stack, &booking)
            .await
            .with_context(|| format!("meeting {}", booking.id))?;
    }
    Ok(())
}

async fn enter(stack: &Stack, booking: &Booking) -> anyhow::Result<()> {
    let path = format!("/v1/meetings/{}", booking.id);
    put(stack, &path, &meeting(stack, booking)).await?;
    for (number, step) in booking.then.iter().enumerate() {
        match step {
            Step::Send(kind) => {
                let key = format!("demo-{}-{number}", booking.id);
                let body = json!({ "type": kind, "confirm": true });
                json_call(
                    stack,
                    Method::POST,
                    &format!("{path}/notifications"),
                    Some(&key),
                    &body,
                )
                .await?;
            }
            Step::Answer { action, reason } => {
                answer_by_link(stack, &path, booking, action, reason).await?;
            }
            Step::Telephone { answer, reason } => {
                let attendee = &booking.attendees[0]["id"];
                let body = json!({ "attendee_id": attendee, "answer": answer, "reason": reason });
                json_call(
                    stack,
                    Method::POST,
                    &format!("{path}/responses"),
                    None,
                    &body,
                )
                .await?;
            }
        }
    }
    Ok(())
}

/// Answers as the lead attendee, with the link they were sent last.
async fn answer_by_link(
    stack: &Stack,
    path: &str,
    booking: &Booking,
    action: &str,
    reason: &str,
) -> anyhow::Result<()> {
    let meeting = json_call(stack, Method::GET, path, None, &Value::Null).await?;
    let lead = &booking.attendees[0];
    let sent_to = |to: &str| {
        [&lead["email"], &lead["phone"]]
            .iter()
            .any(|address| address.as_str() == Some(to))
    };
    let token = stack
        .landing_links()
        .into_iter()
        .find(|(to, _)| sent_to(to))
        .and_then(|(_, link)| Some(link.split_once("token=")?.1.to_owned()))
        .context("the lead attendee has got no landing link")?;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("token", &token)
        .append_pair("revision", &meeting["revision"].to_string())
        .append_pair("action", action)
        .append_pair("reason", reason)
        .finish();
    let request = Request::post("/meeting/respond")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, stack.url());
    call(stack, request, form.into(), &Caller::Anonymous)
        .await
        .map(drop)
}

async fn put(stack: &Stack, path: &str, body: &Value) -> anyhow::Result<()> {
    json_call(stack, Method::PUT, path, None, body)
        .await
        .map(drop)
}

async fn json_call(
    stack: &Stack,
    method: Method,
    path: &str,
    key: Option<&str>,
    body: &Value,
) -> anyhow::Result<Value> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let body = if body.is_null() {
        Bytes::new()
    } else {
        body.to_string().into()
    };
    let answer = call(stack, request, body, &Caller::LocalAdmin).await?;
    serde_json::from_slice(&answer).with_context(|| format!("{path} did not answer with JSON"))
}

/// Makes a call that must succeed.
async fn call(
    stack: &Stack,
    request: http::request::Builder,
    body: Bytes,
    caller: &Caller,
) -> anyhow::Result<Bytes> {
    let host = stack.url().trim_start_matches("http://");
    let request = request.header(header::HOST, host).body(body)?;
    let name = format!("{} {}", request.method(), request.uri());
    let response = stack.call(request, caller).await;
    let status = response.status();
    let answer = response.into_body();
    if status.is_client_error() || status.is_server_error() {
        bail!(
            "{name} was answered with {status}: {}",
            String::from_utf8_lossy(&answer)
        );
    }
    ensure!(
        !status.is_informational(),
        "{name} was answered with {status}"
    );
    Ok(answer)
}

fn settings() -> Value {
    json!({
        "business_name": "Progrid Windows & Doors",
        "business_email": "hello@progrid.example",
        "business_phone": "+12065550100",
        "business_address": "48 Mill Lane, Albany, NY 12207",
        "timezone": ZONE,
        "sender_name": "Progrid",
        "sender_email": "appointments@progrid.example",
        "sms_origination_number": "+12065550100",
        "default_region": "US",
        "button_color": "#1f6f4a",
        "calendar_color": "#e8f3ee",
    })
}

fn templates() -> [(&'static str, Value); 2] {
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
                    { "id": "ask", "type": "confirmation_request", "channel_mode": "both", "ask_decline_reason": true },
                    { "id": "booked", "type": "confirmation", "channel_mode": "follow_preference" },
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
                    { "id": "day-before", "config_id": "tomorrow", "minutes_before": 1440, "if_late": "send_now" },
                ],
            }),
        ),
    ]
}

fn meeting(stack: &Stack, booking: &Booking) -> Value {
    let day = stack.clock().now().date_naive() + Days::new(booking.days_ahead);
    json!({
        "title": booking.title,
        "starts_at": format!("{day}T{}", booking.time),
        "timezone": ZONE,
        "duration_minutes": 60,
        "template_id": booking.template,
        "location": booking.place,
        "description": "Please have the rooms accessible; we bring samples of every finish.",
        "organizer": { "name": "Maria Lopez", "email": "maria@progrid.example", "phone": "+12065550101" },
        "followers": ["office@progrid.example"],
        "attendees": booking.attendees,
    })
}

fn bookings() -> Vec<Booking> {
    let home = |street: &str| json!({ "kind": "client_house", "address": format!("{street}, Albany, NY 12203") });
    let showroom = || json!({ "kind": "office", "address": "48 Mill Lane, Albany, NY 12207" });
    let customer_reading = |language: &str, name: &str, mail: &str, phone: &str| {
        json!([{
            "id": mail, "name": name, "email": format!("{mail}@customer.example"), "phone": phone,
            "preferred_confirmation_method": "both", "language": language,
        }])
    };
    let customer = |name: &str, mail: &str, phone: &str| customer_reading("en", name, mail, phone);
    let booking = |id, title, days_ahead, time, attendees, then| Booking {
        id,
        title,
        template: "showroom-visit",
        days_ahead,
        time,
        place: showroom(),
        attendees,
        then,
    };
    let visit = |id, title, days_ahead, time, street: &str, attendees, then| Booking {
        id,
        title,
        template: "home-measurement",
        days_ahead,
        time,
        place: home(street),
        attendees,
        then,
    };
    vec![
        booking(
            "demo-draft",
            "Front door consultation",
            9,
            "09:30:00",
            customer("Noah Brown", "noah", "+12065550110"),
            &[],
        ),
        booking(
            "demo-booked",
            "Window showroom visit",
            3,
            "11:00:00",
            customer("Emma Davis", "emma", "+12065550111"),
            &[Step::Send("confirmation")],
        ),
        visit(
            "demo-invited",
            "Measure bay window",
            4,
            "14:00:00",
            "123 Main St",
            customer("Olivia Martin", "olivia", "+12065550112"),
            &[Step::Send("confirmation_request")],
        ),
        visit(
            "demo-confirmed",
            "Measure patio doors",
            2,
            "10:00:00",
            "9 Elm Court",
            customer("Liam Chen", "liam", "+12065550113"),
            &[
                Step::Send("confirmation_request"),
                Step::Answer {
                    action: "accept",
                    reason: "",
                },
            ],
        ),
        visit(
            "demo-declined",
            "Measure skylight",
            5,
            "16:00:00",
            "77 Hill Road",
            customer_reading("es", "Sofía Ruiz", "sofia", "+12065550114"),
            &[
                Step::Send("confirmation_request"),
                Step::Answer {
                    action: "decline",
                    reason: "We chose to repair it instead.",
                },
            ],
        ),
        visit(
            "demo-reschedule",
            "Measure kitchen windows",
            6,
            "09:00:00",
            "5 Lake View",
            customer("James Wilson", "james", "+12065550115"),
            &[
                Step::Send("confirmation_request"),
                Step::Telephone {
                    answer: "reschedule",
                    reason: "Any weekday after three would suit.",
                },
            ],
        ),
        booking(
            "demo-cancelled",
            "Garage door consultation",
            7,
            "13:00:00",
            customer("Ava Johnson", "ava", "+12065550116"),
            &[Step::Send("confirmation"), Step::Send("cancellation")],
        ),
    ]
}
