//! What Scheduler checks of a schedule that is asked for.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use super::definition::{RetryPolicy, Target, Window, WindowMode};
use super::request::invalid;
use crate::wire::AwsError;

/// Checks the name of a schedule.
pub(super) fn check_name(name: &str) -> Result<(), AwsError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !(1..=64).contains(&name.len()) || !name.bytes().all(legal) {
        return Err(invalid("Name must match [0-9a-zA-Z-_.]{1,64}"));
    }
    Ok(())
}

/// Checks the zone of the expression.
pub(super) fn check_zone(zone: Option<&str>) -> Result<(), AwsError> {
    match zone {
        None | Some("UTC") => Ok(()),
        Some(_) => Err(invalid("only UTC is known here")),
    }
}

/// The instant of an `at(…)` expression that arrives at `now`.
pub(super) fn due_at(expression: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, AwsError> {
    let due_at = expression
        .strip_prefix("at(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|time| NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S").ok())
        .ok_or_else(|| invalid(format!("Invalid Schedule Expression {expression}.")))?
        .and_utc();
    if due_at <= now {
        return Err(invalid(format!(
            "Invalid Schedule Expression {expression}: it is not in the future."
        )));
    }
    Ok(due_at)
}

/// Checks the flexible window.
pub(super) fn check_window(window: &Window) -> Result<(), AwsError> {
    match (window.mode, window.maximum_window_in_minutes) {
        (WindowMode::Off, None) | (WindowMode::Flexible, Some(1..=1440)) => Ok(()),
        _ => Err(invalid(
            "MaximumWindowInMinutes is from 1 to 1440 if the mode is FLEXIBLE, and absent if it is OFF",
        )),
    }
}

/// Checks the target; answers with its input, parsed.
pub(super) fn check_target(target: &Target) -> Result<Value, AwsError> {
    let letters = target
        .dead_letter_config
        .as_ref()
        .and_then(|config| config.arn.as_ref());
    for arn in [Some(&target.arn), Some(&target.role_arn), letters]
        .into_iter()
        .flatten()
    {
        if !arn.starts_with("arn:") {
            return Err(invalid(format!("{arn} is not an ARN")));
        }
    }
    target.retry_policy.as_ref().map_or(Ok(()), check_retries)?;
    match target.input.as_deref() {
        None => Ok(Value::Null),
        Some(text) => serde_json::from_str(text).map_err(|_| invalid("Input must be valid JSON")),
    }
}

fn check_retries(policy: &RetryPolicy) -> Result<(), AwsError> {
    let age = policy.maximum_event_age_in_seconds.unwrap_or(86_400);
    let attempts = policy.maximum_retry_attempts.unwrap_or(185);
    if !(60..=86_400).contains(&age) || attempts > 185 {
        return Err(invalid(
            "RetryPolicy: 60 to 86400 seconds, 0 to 185 attempts",
        ));
    }
    Ok(())
}
