//! Schedules, through EventBridge Scheduler: one for each reminder to come, and one for
//! each piece of work that outlasts its invocation.
//!
//! A schedule's name says everything about it, so one that exists already is
//! the right one, and one that is gone already was removed: both are success.
//! That makes every call repeatable, and the SDK's own retries welcome. For the
//! same reason no client token is set: one made of the name would pass for a
//! repeat when a schedule that was removed is made again.

use std::time::Duration;

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_sdk_scheduler::{
    Client,
    error::{BuildError, DisplayErrorContext, SdkError},
    operation::{create_schedule::CreateScheduleError, delete_schedule::DeleteScheduleError},
    types::{
        ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode,
        RetryPolicy, Target,
    },
};
use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use usher_domain::{
    id::{MeetingId, digest},
    reminders::{FanoutEvent, ReminderInstance},
};

use crate::{Config, ScheduleConfig, store::FanoutInput};

/// How long one call may take with all its attempts: it stands between a
/// customer's answer and the page that confirms it.
const OPERATION: Duration = Duration::from_secs(4);
/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_millis(1_500);
/// How long Scheduler tries to hand a call to Lambda: past that a reminder is the
/// sweep's. The default, a day, suits no reminder.
const MAX_EVENT_AGE_SECONDS: i32 = 900;

/// EventBridge Scheduler.
#[derive(Debug, Clone)]
pub struct Scheduler {
    client: Client,
    config: ScheduleConfig,
}

/// Scheduler could not be asked, or refused; what was asked for is open. The
/// text is for the log.
#[derive(Debug, thiserror::Error)]
#[error("Scheduler did not do what was asked: {0}")]
pub struct ScheduleError(String);

impl Scheduler {
    /// Scheduler, over the shared SDK configuration.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(OPERATION)
            .operation_attempt_timeout(ATTEMPT)
            .build();
        let conf = aws_sdk_scheduler::config::Builder::from(sdk)
            .timeout_config(timeouts)
            .build();
        Self {
            client: Client::from_conf(conf),
            config: config.schedules.clone(),
        }
    }

    /// Makes the schedule of a reminder, which removes itself once it has fired.
    ///
    /// # Errors
    /// [`ScheduleError`]; it may have been made all the same.
    #[tracing::instrument(name = "scheduler.create", skip_all, fields(%meeting, schedule = due.schedule_name(meeting)))]
    pub async fn create(
        &self,
        meeting: &MeetingId,
        due: &ReminderInstance,
    ) -> Result<(), ScheduleError> {
        let event = FanoutEvent::of(meeting, due);
        self.arm(&due.schedule_name(meeting), due.due_at, &event)
            .await
    }

    /// Has work that outlasts its invocation go on `at` an instant. `key` is the hash of the
    /// key that it is done under. Whoever comes first finishes it: a schedule that fires
    /// afterwards finds nothing to do.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    #[tracing::instrument(name = "scheduler.create", skip_all)]
    pub async fn create_continuation(
        &self,
        key: &str,
        at: DateTime<Utc>,
        event: &FanoutEvent,
    ) -> Result<(), ScheduleError> {
        self.arm(&continuation_name(key, at), at, event).await
    }

    async fn arm(
        &self,
        name: &str,
        due_at: DateTime<Utc>,
        event: &FanoutEvent,
    ) -> Result<(), ScheduleError> {
        let (target, window) = self.target(event).map_err(|e| failed(&e))?;
        let call = self
            .client
            .create_schedule()
            .group_name(&self.config.group)
            .name(name)
            .schedule_expression(at(due_at))
            .flexible_time_window(window)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target);
        match call.send().await {
            Ok(_) => Ok(()),
            // It may also be on its way out.
            Err(error) if conflicts(&error) => self.find(name).await,
            Err(error) => Err(failed(&error)),
        }
    }

    /// Finds a schedule that is said to exist.
    async fn find(&self, name: &str) -> Result<(), ScheduleError> {
        let call = self
            .client
            .get_schedule()
            .group_name(&self.config.group)
            .name(name);
        call.send().await.map_err(|error| failed(&error))?;
        Ok(())
    }

    /// Removes the schedule of a reminder.
    ///
    /// # Errors
    /// [`ScheduleError`]; it may have been removed all the same.
    #[tracing::instrument(name = "scheduler.delete", skip_all, fields(%meeting, schedule = due.schedule_name(meeting)))]
    pub async fn delete(
        &self,
        meeting: &MeetingId,
        due: &ReminderInstance,
    ) -> Result<(), ScheduleError> {
        let call = self
            .client
            .delete_schedule()
            .group_name(&self.config.group)
            .name(due.schedule_name(meeting));
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if gone(&error) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }

    fn target(&self, event: &FanoutEvent) -> Result<(Target, FlexibleTimeWindow), BuildError> {
        let ScheduleConfig {
            function_arn,
            role_arn,
            dead_letter_arn,
            ..
        } = &self.config;
        let target = Target::builder()
            .arn(function_arn)
            .role_arn(role_arn)
            .input(FanoutInput::of(event).to_json())
            .retry_policy(
                RetryPolicy::builder()
                    .maximum_event_age_in_seconds(MAX_EVENT_AGE_SECONDS)
                    .build(),
            )
            .dead_letter_config(DeadLetterConfig::builder().arn(dead_letter_arn).build())
            .build()?;
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()?;
        Ok((target, window))
    }
}

/// The name of the schedule that goes on with what is done under a key: another one for
/// each instant, because one that has just fired may still be there.
fn continuation_name(key: &str, at: DateTime<Utc>) -> String {
    let digest = digest(&["continuation", key, &at.timestamp().to_string()]);
    format!("c-{}", hex::encode(&digest[..20]))
}

/// A one-time expression, in UTC by default and in whole seconds: rounded up, so
/// that nothing fires before it is due.
fn at(due_at: DateTime<Utc>) -> String {
    let whole = match due_at.nanosecond() {
        0 => due_at,
        _ => due_at + TimeDelta::seconds(1),
    };
    format!("at({})", whole.format("%Y-%m-%dT%H:%M:%S"))
}

fn conflicts(error: &SdkError<CreateScheduleError>) -> bool {
    error
        .as_service_error()
        .is_some_and(CreateScheduleError::is_conflict_exception)
}

fn gone(error: &SdkError<DeleteScheduleError>) -> bool {
    error
        .as_service_error()
        .is_some_and(DeleteScheduleError::is_resource_not_found_exception)
}

/// What each layer says of a failure. A schedule holds ids and times only.
fn failed(error: &(impl std::error::Error + 'static)) -> ScheduleError {
    ScheduleError(DisplayErrorContext(error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_continuation_has_one_name_for_each_key_and_instant() {
        let at = |text: &str| text.parse().unwrap();
        let (noon, later) = (at("2026-03-08T12:00:00Z"), at("2026-03-08T12:01:00Z"));
        let name = continuation_name("c0ffee", noon);
        assert_eq!(name, continuation_name("c0ffee", noon));
        assert_ne!(name, continuation_name("c0ffee", later));
        assert_ne!(name, continuation_name("decaf", noon));
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '-';
        assert!(name.len() <= 64 && name.chars().all(valid), "{name}");
    }

    #[test]
    fn a_schedule_is_in_whole_seconds_and_never_early() {
        let due = |text: &str| at(text.parse().unwrap());
        assert_eq!(due("2026-03-08T13:00:00Z"), "at(2026-03-08T13:00:00)");
        assert_eq!(due("2026-03-08T13:00:00.001Z"), "at(2026-03-08T13:00:01)");
    }
}
