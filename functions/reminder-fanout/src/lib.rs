//! Sends the reminders that are due, goes on with what has outlasted an invocation, and
//! sweeps.
//!
//! Nobody waits for what it answers: that goes to the log. What did not get
//! through is an error, so that Lambda calls again, and the dead-letter queue and
//! an alarm know of it in the end; the sweep goes on with it in any case.

use lambda_runtime::Error;
use serde_json::{Value, json};
use tracing::Instrument as _;
use usher_domain::{
    id::MeetingId,
    reminders::{FanoutEvent, ReminderInstance},
};
use usher_flows::{
    App,
    continuation::{Continued, continue_send},
    read_fanout_input,
    remind::{ReminderOutcome, fired},
    sweep::{Swept, sweep},
};

/// Handles what Scheduler sends: a reminder whose moment has come, a send to a crowd that
/// goes on, or the call to sweep.
///
/// # Errors
/// When it cannot be read, or did not get through and is to be tried again.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    match read_fanout_input(event)? {
        FanoutEvent::Reminder {
            meeting_id,
            trigger_id,
            revision,
            due_at,
        } => {
            let instance = ReminderInstance {
                trigger_id,
                revision,
                due_at,
            };
            remind(app, &meeting_id, &instance).await
        }
        FanoutEvent::ContinueSend { key } => go_on(app, &key).await,
        FanoutEvent::Sweep => sweep_once(app).await,
    }
}

async fn remind(
    app: &App,
    meeting: &MeetingId,
    instance: &ReminderInstance,
) -> Result<Value, Error> {
    let span = tracing::error_span!(
        "reminder",
        %meeting,
        trigger = %instance.trigger_id,
        revision = instance.revision,
        schedule = instance.schedule_name(meeting),
    );
    // Boxed: with its spans, what it awaits is deeper than the compiler looks.
    let outcome = Box::pin(fired(app, meeting, instance, app.clock.now()));
    let outcome = outcome.instrument(span.clone()).await;
    span.in_scope(|| match &outcome {
        Ok(outcome) => tracing::info!(?outcome, "reminder"),
        Err(failure) => tracing::error!(%failure, "a reminder did not get through"),
    });
    match outcome? {
        ReminderOutcome::Sent => Ok(json!({"came": "sent"})),
        ReminderOutcome::Skipped(skip) => Ok(json!({"came": "skipped", "reason": skip.code()})),
        ReminderOutcome::Nothing => Ok(json!({"came": "nothing"})),
        ReminderOutcome::GoesOn => Ok(json!({"came": "goes_on"})),
        ReminderOutcome::Busy => Err("another message of this meeting is being sent".into()),
        ReminderOutcome::Unfinished => Err("not everyone could be written to yet".into()),
    }
}

async fn go_on(app: &App, key: &str) -> Result<Value, Error> {
    let continued = Box::pin(continue_send(app, key, app.clock.now()));
    let continued = continued
        .instrument(tracing::error_span!("continue_send"))
        .await;
    match &continued {
        Ok(continued) => tracing::info!(?continued, "a send to a crowd"),
        Err(failure) => tracing::error!(%failure, "a send to a crowd did not go on"),
    }
    match continued? {
        Continued::Finished => Ok(json!({"came": "finished"})),
        Continued::Remaining(remaining) => Ok(json!({"came": "goes_on", "remaining": remaining})),
        Continued::Nothing => Ok(json!({"came": "nothing"})),
    }
}

async fn sweep_once(app: &App) -> Result<Value, Error> {
    let swept = Box::pin(sweep(app, app.clock.now()));
    let swept = swept.instrument(tracing::error_span!("sweep")).await?;
    let Swept {
        looked_at,
        failed,
        unreadable,
    } = swept;
    tracing::info!(looked_at, failed, unreadable, "sweep");
    match failed {
        0 => Ok(json!({"came": "swept", "looked_at": looked_at})),
        _ => Err("some of what the sweep looked at could not be put right".into()),
    }
}
