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
        match take(app, record).await {
            Ok(received) => tracing::info!(?received, "text"),
            Err(reason) => {
                tracing::error!(record = i + 1, reason, "a text was not taken");
                failures.push(format!("record {}: {reason}", i + 1));
            }
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

async fn take(app: &App, record: Value) -> Result<Received, String> {
    let record: SnsRecord =
        serde_json::from_value(record).map_err(|_| "it is not a record of SNS".to_owned())?;
    let inbound = payload::read(&record.sns.message, record.sns.timestamp)?;
    let span = tracing::info_span!("text", text = inbound.id);
    let received = Box::pin(receive(app, &inbound, app.clock.now())).instrument(span);
    received.await.map_err(|failure| failure.to_string())
}
