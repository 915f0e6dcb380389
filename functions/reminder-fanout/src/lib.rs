//! Sends the reminders that are due, and sweeps.

use lambda_runtime::Error;
use serde_json::Value;
use usher_flows::App;

/// Handles what Scheduler sends: one due reminder, or the sweep.
///
/// # Errors
/// When it did not get through, and is to be tried again.
pub async fn handle(_app: &App, _event: Value) -> Result<Value, Error> {
    Ok(Value::Null)
}
