//! The environment of a function, read once at start and checked as a whole.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use usher_domain::contact::{EmailAddress, PhoneNumber};

/// Where a function runs: what `infra/template.yaml` tells it.
#[derive(Debug, Clone)]
pub struct Config {
    /// `TABLE_NAME`: the DynamoDB table.
    pub table: String,
    /// `PUBLIC_URL`: scheme and host that customers' links start with, without
    /// a trailing slash.
    pub public_url: String,
    /// `SES_CONFIGURATION_SET`: the configuration set that publishes delivery events.
    pub configuration_set: Option<String>,
    /// `PROVIDER_TIMEOUT_MS`: how long one call to SES or SNS may take; 10 s when unset.
    pub provider_timeout: Duration,
    /// `SENDER_EMAIL`: the From address until settings name another.
    pub sender_email: Option<EmailAddress>,
    /// `SMS_ORIGINATION_NUMBER`: the number SMS come from until settings name another.
    pub origination_number: Option<PhoneNumber>,
    /// `ROLES_CLAIM`: the JWT claim that names a member of staff's roles;
    /// `roles` when unset.
    pub roles_claim: String,
    /// `SESSION_SECRET`: what the staff console's sessions are sealed with, 32
    /// characters at least; only functions that show the console have it.
    pub session_secret: Option<SecretString>,
    /// Where reminder schedules go, and what they call.
    pub schedules: ScheduleConfig,
}

/// What a reminder's schedule is made of, besides its time.
#[derive(Debug, Clone)]
pub struct ScheduleConfig {
    /// `SCHEDULE_GROUP`: the name of the group that holds them.
    pub group: String,
    /// `REMINDER_FUNCTION_ARN`: the function they call.
    pub function_arn: String,
    /// `SCHEDULER_ROLE_ARN`: the role Scheduler calls it with.
    pub role_arn: String,
    /// `REMINDER_DLQ_ARN`: the queue for calls that Lambda would not take.
    pub dead_letter_arn: String,
}

/// Every variable that is missing or wrong, one sentence each.
#[derive(Debug, thiserror::Error)]
#[error("the environment is incomplete: {}", .0.join("; "))]
pub struct ConfigError(pub Vec<String>);

impl ConfigError {
    /// Both of what was read of one environment.
    ///
    /// # Errors
    /// The problems of both, so that a deployment is mended in one go.
    pub fn both<A, B>(first: Result<A, Self>, second: Result<B, Self>) -> Result<(A, B), Self> {
        match (first, second) {
            (Ok(first), Ok(second)) => Ok((first, second)),
            (Err(Self(first)), Err(Self(second))) => Err(Self([first, second].concat())),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        }
    }
}

impl Config {
    /// Reads the variables through `get` (production passes `std::env::var`).
    ///
    /// # Errors
    /// All problems at once, so that a deployment is mended in one go.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| get(name).filter(|value| !value.trim().is_empty());
        let mut problems = Vec::new();
        let mut require = |name: &str| {
            get(name).unwrap_or_else(|| {
                problems.push(format!("{name} is not set"));
                String::new()
            })
        };
        let table = require("TABLE_NAME");
        let schedules = ScheduleConfig {
            group: require("SCHEDULE_GROUP"),
            function_arn: require("REMINDER_FUNCTION_ARN"),
            role_arn: require("SCHEDULER_ROLE_ARN"),
            dead_letter_arn: require("REMINDER_DLQ_ARN"),
        };
        let public_url = require("PUBLIC_URL").trim_end_matches('/').to_owned();
        if !public_url.is_empty()
            && !public_url.starts_with("https://")
            && !public_url.starts_with("http://127.0.0.1")
        {
            problems.push("PUBLIC_URL must start with https://".to_owned());
        }
        let provider_timeout = match get("PROVIDER_TIMEOUT_MS").map(|ms| ms.parse()) {
            None => Duration::from_secs(10),
            Some(Ok(ms)) => Duration::from_millis(ms),
            Some(Err(_)) => {
                problems.push("PROVIDER_TIMEOUT_MS must be a number of milliseconds".to_owned());
                Duration::ZERO
            }
        };
        let sender_email = get("SENDER_EMAIL").and_then(|text| {
            let parsed = EmailAddress::parse(&text);
            parsed
                .map_err(|error| problems.push(format!("SENDER_EMAIL {error}")))
                .ok()
        });
        let origination_number = get("SMS_ORIGINATION_NUMBER").and_then(|text| {
            let parsed = PhoneNumber::from_e164(text.trim());
            parsed
                .map_err(|error| problems.push(format!("SMS_ORIGINATION_NUMBER {error}")))
                .ok()
        });
        let session_secret = get("SESSION_SECRET").map(SecretString::from);
        if session_secret
            .as_ref()
            .is_some_and(|secret| secret.expose_secret().len() < 32)
        {
            problems.push("SESSION_SECRET must have 32 characters at least".to_owned());
        }
        if !problems.is_empty() {
            return Err(ConfigError(problems));
        }
        Ok(Self {
            table,
            public_url,
            configuration_set: get("SES_CONFIGURATION_SET"),
            provider_timeout,
            sender_email,
            origination_number,
            roles_claim: get("ROLES_CLAIM").unwrap_or_else(|| "roles".to_owned()),
            session_secret,
            schedules,
        })
    }
}
