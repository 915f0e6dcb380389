//! Takes what providers report of messages: events of SES, which SNS hands over, and receipts
//! of SMS, which CloudWatch Logs hands over.
//!
//! What came to nothing is sent by the other channel then, where the template has it so.
//!
//! One that cannot be read or was not written down does not keep the others: those are done.
//! It is an error in the end, so that Lambda calls again, where reports that were taken are
//! known; and after that the dead-letter queue has the event with the reason.

mod receipts;
mod reported;
mod ses;

use aws_lambda_events::event::sns::SnsRecord;
use chrono::{DateTime, Utc};
use lambda_runtime::Error;
use serde_json::{Value, json};
use tokio::time::Instant;
use tracing::Instrument as _;
use usher_domain::id::NotificationId;
use usher_flows::{
    App, failover,
    track_delivery::{About, Tracked, track},
};

use reported::{Read, Reported};

/// Handles what SNS or CloudWatch Logs sends: one report, or several.
///
/// # Errors
/// When any of them was not taken, saying which and why, but no address.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    let (now, until) = (app.clock.now(), failover::until(app));
    let reports = read(event, now)?;
    let count = reports.len();
    let (mut failures, mut due) = (Vec::new(), Vec::new());
    for (i, report) in reports.into_iter().enumerate() {
        match take(app, i + 1, report, until, now).await {
            Ok(failed) => due.extend(failed),
            Err(reason) => failures.push(format!("report {}: {reason}", i + 1)),
        }
    }
    // Once all reports are taken: it is a while until a provider has answered.
    Box::pin(failover::fail_over_all(app, &due, until, now)).await;
    if failures.is_empty() {
        Ok(json!({ "taken": count }))
    } else {
        let failed = failures.len();
        Err(format!(
            "{failed} of {count} reports were not taken: {}",
            failures.join("; ")
        )
        .into())
    }
}

/// The reports of an event, each with why it cannot be read where it cannot.
///
/// # Errors
/// It is neither an event of SNS nor one of CloudWatch Logs.
fn read(mut event: Value, now: DateTime<Utc>) -> Result<Vec<Read>, String> {
    if let Some(data) = event.pointer("/awslogs/data") {
        return receipts::read(data.as_str().unwrap_or_default(), now);
    }
    let Value::Array(records) = event["Records"].take() else {
        return Err("the event is neither of SNS nor of CloudWatch Logs".to_owned());
    };
    let read = |record| {
        let record: SnsRecord =
            serde_json::from_value(record).map_err(|_| "it is not a record of SNS".to_owned())?;
        ses::read(&record.sns.message, now)
    };
    Ok(records.into_iter().map(read).collect())
}

/// Takes a report, and logs what came of it: in a span with the notification's id, where the
/// report names it. Returns the notification that is due by the other channel since.
async fn take(
    app: &App,
    number: usize,
    report: Read,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Option<NotificationId>, String> {
    let reported = match report {
        Ok(Some(reported)) => reported,
        Ok(None) => {
            tracing::debug!(report = number, "it says nothing of a message");
            return Ok(None);
        }
        Err(reason) => {
            tracing::error!(report = number, reason, "a report was not taken");
            return Err(reason);
        }
    };
    let span = match &reported.about {
        About::Notification(id) => tracing::error_span!("report", notification = %id),
        About::MessageTo(_) => tracing::error_span!("report"),
    };
    let tracked = note(app, &reported, until, now)
        .instrument(span.clone())
        .await;
    span.in_scope(|| match &tracked {
        Ok(tracked) => {
            let kind = <&str>::from(reported.report.report.kind);
            tracing::info!(?tracked, kind, "report");
        }
        Err(reason) => tracing::error!(reason, "a report was not taken"),
    });
    Ok(match tracked? {
        Tracked::Failed(id) => Some(id),
        Tracked::Noted | Tracked::Known | Tracked::NotOurs => None,
    })
}

async fn note(
    app: &App,
    reported: &Reported,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Tracked, String> {
    let Reported { about, report } = reported;
    // Boxed: with its spans, what it awaits is deeper than the compiler looks.
    let tracked = Box::pin(track(app, about, report, until, now)).await;
    tracked.map_err(|failure| failure.to_string())
}
