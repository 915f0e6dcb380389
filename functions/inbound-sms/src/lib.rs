//! Takes customers' texts, which SNS hands over.
//!
//! One that cannot be read or was not taken does not keep the others: those are
//! done. It is an error in the end, so that Lambda calls again, where texts that
//! were taken are known; and after that the dead-letter queue has the event with
//! the reason.

mod payload;

use aws_lambda_events::event::sns::SnsRecord;
use lambda_runtime::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::Instrument as _;
use usher_domain::sms::Inbound;
use usher_flows::{
    App,
    receive_sms::{Received, receive},
};

/// An SNS event; each record is read by itself.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    records: Vec<Value>,
}

/// Handles what SNS sends: one text, or several.
///
/// # Errors
/// When any of them was not taken, saying which and why, but nothing of what they
/// say or who sent them.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    let event: Event = serde_json::from_value(event)
        .map_err(|_| "the event is not one of SNS: it has no Records")?;
    let count = event.records.len();
    let mut failures = Vec::new();
    for (i, record) in event.records.into_iter().enumerate() {
        if let Err(reason) = take(app, i + 1, record).await {
            failures.push(format!("record {}: {reason}", i + 1));
        }
    }
    if failures.is_empty() {
        Ok(json!({ "taken": count }))
    } else {
        let failed = failures.len();
        Err(format!(
            "{failed} of {count} texts were not taken: {}",
            failures.join("; ")
        )
        .into())
    }
}

/// Takes the text of a record, and logs what came of it: in a span with the text's id, as
/// soon as that is known.
async fn take(app: &App, number: usize, record: Value) -> Result<Received, String> {
    let inbound = match read(record) {
        Ok(inbound) => inbound,
        Err(reason) => {
            tracing::error!(record = number, reason, "a text was not taken");
            return Err(reason);
        }
    };
    let span = tracing::error_span!("text", inbound = inbound.id);
    // Boxed: with its spans, what it awaits is deeper than the compiler looks.
    let received = Box::pin(receive(app, &inbound, app.clock.now()));
    let received = received.instrument(span.clone()).await;
    span.in_scope(|| match &received {
        Ok(received) => tracing::info!(?received, "text"),
        Err(failure) => tracing::error!(%failure, "a text was not taken"),
    });
    received.map_err(|failure| failure.to_string())
}

fn read(record: Value) -> Result<Inbound, String> {
    let record: SnsRecord =
        serde_json::from_value(record).map_err(|_| "it is not a record of SNS".to_owned())?;
    Ok(payload::read(&record.sns.message, record.sns.timestamp)?)
}
