//! The environment of a function, read once at start and checked as a whole.

use std::{fmt::Display, time::Duration};

use secrecy::SecretString;
use usher_domain::contact::{EmailAddress, PhoneNumber};

/// How long a call to SES or SNS may take unless it is said.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(10);

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

/// The variables of a function, and what is missing or wrong among those read so far.
struct Variables<G> {
    get: G,
    problems: Vec<String>,
}

impl<G: Fn(&str) -> Option<String>> Variables<G> {
    /// A variable that may be left out; a blank one is.
    fn optional(&self, name: &str) -> Option<String> {
        (self.get)(name).filter(|value| !value.trim().is_empty())
    }

    /// A variable that must be there.
    fn required(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problems.push(format!("{name} is not set"));
            String::new()
        })
    }

    /// An optional variable that says something else than text.
    fn parsed<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.optional(name)?;
        parse(&text)
            .map_err(|error| self.problems.push(format!("{name} {error}")))
            .ok()
    }

    fn schedules(&mut self) -> ScheduleConfig {
        ScheduleConfig {
            group: self.required("SCHEDULE_GROUP"),
            function_arn: self.required("REMINDER_FUNCTION_ARN"),
            role_arn: self.required("SCHEDULER_ROLE_ARN"),
            dead_letter_arn: self.required("REMINDER_DLQ_ARN"),
        }
    }

    fn public_url(&mut self) -> String {
        let url = self.required("PUBLIC_URL").trim_end_matches('/').to_owned();
        let allowed = url.starts_with("https://") || url.starts_with("http://127.0.0.1");
        if !url.is_empty() && !allowed {
            let problem = "PUBLIC_URL must start with https://";
            self.problems.push(problem.to_owned());
        }
        url
    }

    fn session_secret(&mut self) -> Option<SecretString> {
        let secret = self.optional("SESSION_SECRET")?;
        if secret.len() < 32 {
            let problem = "SESSION_SECRET must have 32 characters at least";
            self.problems.push(problem.to_owned());
        }
        Some(SecretString::from(secret))
    }
}

impl Config {
    /// Reads the variables through `get` (production passes `std::env::var`).
    ///
    /// # Errors
    /// All problems at once, so that a deployment is mended in one go.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let problems = Vec::new();
        let mut variables = Variables { get, problems };
        let roles_claim = variables.optional("ROLES_CLAIM");
        let config = Self {
            table: variables.required("TABLE_NAME"),
            schedules: variables.schedules(),
            public_url: variables.public_url(),
            configuration_set: variables.optional("SES_CONFIGURATION_SET"),
            provider_timeout: variables
                .parsed("PROVIDER_TIMEOUT_MS", milliseconds)
                .unwrap_or(PROVIDER_TIMEOUT),
            sender_email: variables.parsed("SENDER_EMAIL", EmailAddress::parse),
            origination_number: variables.parsed("SMS_ORIGINATION_NUMBER", |number| {
                PhoneNumber::from_e164(number.trim())
            }),
            roles_claim: roles_claim.unwrap_or_else(|| "roles".to_owned()),
            session_secret: variables.session_secret(),
        };
        match variables.problems {
            problems if problems.is_empty() => Ok(config),
            problems => Err(ConfigError(problems)),
        }
    }
}

fn milliseconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse();
    number
        .map(Duration::from_millis)
        .map_err(|_| "must be a number of milliseconds")
}
