//! Calling the providers: once for every delivery that is claimed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, future::Either, stream};
use tokio::time::Instant;
use tracing::{Instrument as _, Span};
use usher_cloud::error_code;
use usher_domain::{
    channel::Channel,
    notification::{Delivery, DeliveryStatus, NotDelivered, Notification},
};

use super::message::{OutboundMessage, PER_TRANSACTION};
use crate::App;

/// How many provider calls are under way at once: all of the largest wave, a reminder's, on
/// both channels, so that nobody who was claimed waits for somebody else's call to run into
/// its timeout.
const AT_ONCE: usize = 2 * PER_TRANSACTION * Channel::ALL.len();
/// How long an HTTP invocation has: API Gateway gives up after 30 s, the
/// function after 29.
pub(crate) const HTTP_INVOCATION: Duration = Duration::from_secs(27);

/// Until when providers may be called in an invocation that began just now and
/// has this long: then there is time left for the last call and for its record.
pub(crate) fn until(app: &App, invocation: Duration) -> Instant {
    Instant::now() + invocation - app.config.provider_timeout.min(invocation)
}

/// What a provider said of one delivery.
struct ProviderAnswer {
    /// The place of its message.
    place: usize,
    channel: Channel,
    result: Result<String, NotDelivered>,
}

/// Calls the providers for everything that is claimed, and notes what they say
/// on the rows.
pub(crate) async fn dispatch(
    app: &App,
    claimed: Vec<OutboundMessage>,
    now: DateTime<Utc>,
) -> Vec<Notification> {
    let mut rows = Vec::with_capacity(claimed.len());
    let mut calls = Vec::new();
    for (place, message) in claimed.into_iter().enumerate() {
        // Named one by one, so that a message of another channel is not forgotten here.
        let OutboundMessage {
            notification,
            email,
            sms,
            long_content: _,
            link: _,
            prompt: _,
            told_so_far: _,
        } = message;
        rows.push(notification);
        let row = &rows[place];
        if let Some(email) = email {
            let send = async move { app.mail.send(&email).await };
            calls.push(Either::Left(call(app, place, row, Channel::Email, send)));
        }
        if let Some(sms) = sms {
            let send = async move { app.sms.send(&sms).await };
            calls.push(Either::Right(call(app, place, row, Channel::Sms, send)));
        }
    }
    let mut answers = stream::iter(calls).buffer_unordered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        settle(&mut rows[answer.place], answer, now);
    }
    rows.iter().for_each(log_untried);
    rows
}

/// Whether there is still time for a message that is over then. A send takes a while, most of
/// all one to a crowd: what was in time when it was decided may not be when its turn comes.
fn in_time(app: &App, over: Option<DateTime<Utc>>) -> Result<(), NotDelivered> {
    match over {
        Some(over) if app.clock.now() >= over => Err(NotDelivered::Expired(
            "There was no time left by then.".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The span of a call to a provider: what is logged in it says which delivery it was for.
fn delivery_span(row: &Notification, channel: Channel) -> Span {
    let channel = channel.as_str();
    tracing::error_span!("delivery", notification = %row.id, channel)
}

/// The call of a provider for a delivery of the row in this place, which is made only while
/// there is still time for it.
fn call<'a, S>(
    app: &'a App,
    place: usize,
    row: &Notification,
    channel: Channel,
    send: S,
) -> impl Future<Output = ProviderAnswer> + use<'a, S>
where
    S: Future<Output = Result<String, NotDelivered>>,
{
    let over = row.expires_at();
    let called = async move {
        let result = match in_time(app, over) {
            Ok(()) => send.await,
            Err(not) => Err(not),
        };
        ProviderAnswer {
            place,
            channel,
            result,
        }
    };
    called.instrument(delivery_span(row, channel))
}

fn settle(row: &mut Notification, answer: ProviderAnswer, now: DateTime<Utc>) {
    if let Err(not) = &answer.result {
        log_undelivered(row, answer.channel, not);
    }
    if let Some(delivery) = row.delivery_mut(answer.channel) {
        delivery.settle(answer.result, now);
    }
}

/// The one line in the log on a delivery that a provider did not take, or may not have
/// taken: never with the provider's own sentence, which may quote an address.
fn log_undelivered(row: &Notification, channel: Channel, not: &NotDelivered) {
    let outcome = not.outcome();
    let code = error_code(not);
    let channel = channel.as_str();
    tracing::warn!(notification = %row.id, channel, outcome, code, "a delivery did not go out");
}

/// The line on a delivery that no provider was called for, because its message could not
/// be made.
fn log_untried(row: &Notification) {
    let untried = |d: &&Delivery| d.status == DeliveryStatus::Failed && d.attempt == 0;
    for delivery in row.deliveries.iter().filter(untried) {
        let channel = delivery.channel.as_str();
        tracing::warn!(notification = %row.id, channel, outcome = "not_tried", "a delivery did not go out");
    }
}
