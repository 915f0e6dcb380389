//! An admin has a sample message sent to themselves, to see that messages arrive.
//!
//! It says what the built-in confirmation makes of the sample meeting, and nothing that
//! anybody typed. It is no notification: nothing of it is stored but what SNS calls it, so
//! its links open nothing and it can be answered by nobody.

use chrono::{DateTime, TimeDelta, Utc};
use usher_cloud::{Changes, KeyRecord, KeyedRequest};
use usher_domain::{
    Failure, FieldErrors,
    actor::Actor,
    channel::Channel,
    contact::{EmailAddress, PhoneNumber},
    id::NotificationId,
    kind::NotificationType,
    lease::Lease,
    meeting::{Attendee, Meeting},
    notification::{Delivery, Notification},
    sample,
    send::plan_channels,
    settings::Settings,
    template::{ChannelMode, NotificationConfig},
};

use crate::{
    App, MeetingContext, context::Contacts, prepare::SendContext, sending::dispatch,
    transact::unless_conflict,
};

/// How long after one test message there is no other: enough to see that it arrived,
/// and too long to bother anybody with.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// How long receipts of an SMS may come: carriers take up to 72 hours.
const RECEIPTS_COME: TimeDelta = TimeDelta::hours(73);

/// Sends the sample to an address, a number, or both, and tells what became of it on
/// each channel. Each provider is called once.
///
/// # Errors
/// [`Failure::Invalid`] for an address or a number that cannot be used, or none of
/// both; [`Failure::Refused`] (`too_soon`) within a minute of the last one.
pub async fn send_test_message(
    app: &App,
    email: &str,
    phone: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Delivery>, Failure> {
    let settings = app.settings().await?;
    let reader = reader(email, phone, &settings)?;
    wait_your_turn(app, actor, now).await?;
    let config = NotificationConfig {
        channel_mode: match (&reader.email, &reader.phone) {
            (Some(_), Some(_)) => ChannelMode::Both,
            (None, Some(_)) => ChannelMode::Sms,
            _ => ChannelMode::Email,
        },
        ..NotificationConfig::built_in(NotificationType::Confirmation)
    };
    let context = MeetingContext {
        meeting: coming_sample(reader.clone(), now),
        template: None,
        settings,
    };
    let suppressions = app
        .suppressions(&context.settings, &Contacts::of([&reader]), now)
        .await?;
    let channels = plan_channels(&config, &reader, context.deliverability(&suppressions));
    let lease = Lease::new(app.random_id(), now);
    let send_context = SendContext::of(&context, config, 1, lease, now);
    let id = NotificationId::new(&context.meeting.id, &reader.id, &app.random_id(), now);
    let message = send_context.new_notification(app, id, &reader, &channels, actor);
    let sent = dispatch(app, vec![message], now).await;
    for row in &sent {
        note_name(app, row, actor, now).await;
    }
    let deliveries = sent.into_iter().flat_map(|row| {
        tracing::info!(notification = %row.id, status = ?row.status(), "a test message");
        row.deliveries
    });
    Ok(deliveries.collect())
}

/// Notes what SNS calls an SMS, so that its receipt is not taken for that of another one: a
/// write unit.
async fn note_name(app: &App, row: &Notification, actor: &Actor, now: DateTime<Utc>) {
    let sms = row.delivery(Channel::Sms);
    let Some(name) = sms.and_then(|sms| sms.provider_message_id.as_ref()) else {
        return;
    };
    let changes = Changes::by(actor).test_message(name, now, now + RECEIPTS_COME);
    if app.commit_repeatable(changes).await.is_err() {
        tracing::warn!(notification = %row.id, "what SNS calls a test message is not known");
    }
}

/// The customer of the sample, who is reached where the admin says.
fn reader(email: &str, phone: &str, settings: &Settings) -> Result<Attendee, Failure> {
    let mut errors = FieldErrors::default();
    let region = settings.sms.default_region;
    let address = errors.optional("/email", Some(email), EmailAddress::parse);
    let number = errors.optional("/phone", Some(phone), |text| {
        PhoneNumber::parse(text, region)
    });
    if errors.is_empty() && address.is_none() && number.is_none() {
        errors.add("/email", "give an address, a number, or both");
    }
    let lead = sample::meeting().lead().cloned();
    let reader = lead.map(|lead| Attendee {
        email: address,
        phone: number,
        ..lead
    });
    errors.finish(reader)
}

/// The sample meeting, as many days from now as it is from its own now, with nobody
/// but this reader.
fn coming_sample(reader: Attendee, now: DateTime<Utc>) -> Meeting {
    let mut meeting = sample::meeting();
    meeting.details.starts_at += TimeDelta::days((now - sample::now()).num_days());
    meeting.organizer = None;
    meeting.followers = Vec::new();
    meeting.attendees = vec![reader];
    meeting
}

/// Notes that a test message goes out now, unless one did just before.
async fn wait_your_turn(app: &App, actor: &Actor, now: DateTime<Utc>) -> Result<(), Failure> {
    let lease = Lease::new(app.random_id(), now);
    let request = KeyedRequest::new("test message", &[]);
    let turn = KeyRecord {
        expires_at: (now + PAUSE).timestamp(),
        ..KeyRecord::new(&request, lease, Vec::new(), now)
    };
    let changes = Changes::by(actor).new_key(&turn, now);
    let noted = unless_conflict(app.commit(changes).await)?;
    noted.ok_or_else(|| Failure::Refused {
        code: "too_soon",
        reason: "A test message went out less than a minute ago. Look for it, then try again."
            .to_owned(),
    })
}
