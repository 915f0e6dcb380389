//! The variables of the functions, as far as the template does not tell them.

use std::collections::BTreeMap;

use anyhow::bail;

use super::arn;
use crate::options::Options;
use crate::scheduler;
use crate::template::{self, Setting};

/// The function that reminders' schedules call.
pub(super) const REMINDERS: &str = "reminder-fanout";

/// Values for the variables that only a deployment knows.
#[derive(Debug)]
pub(crate) struct LocalValues(BTreeMap<&'static str, String>);

impl LocalValues {
    pub(crate) fn new(url: &str, session_secret: &str, options: &Options) -> Self {
        let timeout = options.provider_timeout.as_millis().to_string();
        let number = options.origination_number.clone();
        let mut values = in_every_stack();
        values.extend([
            ("PUBLIC_URL", url.to_owned()),
            ("PROVIDER_TIMEOUT_MS", timeout),
            ("SMS_ORIGINATION_NUMBER", number.unwrap_or_default()),
            ("SESSION_SECRET", session_secret.to_owned()),
            ("OIDC_ISSUER", options.issuer.clone()),
        ]);
        Self(values)
    }

    /// The environment of a function: names from the template, values from here or,
    /// where there is none here, from the template.
    pub(super) fn environment(
        &self,
        function: &template::Function,
    ) -> anyhow::Result<BTreeMap<String, String>> {
        let mut environment = BTreeMap::new();
        for (name, setting) in &function.environment {
            let value = match (self.0.get(name.as_str()), setting) {
                (Some(local), _) => local.clone(),
                (None, Setting::Known(value)) => value.clone(),
                (None, Setting::Deployed) => bail!("the variable {name} has no local value"),
            };
            environment.insert(name.clone(), value);
        }
        Ok(environment)
    }
}

/// The values that are the same in every stack.
fn in_every_stack() -> BTreeMap<&'static str, String> {
    [
        ("SENDER_EMAIL", "notifications@progrid.example"),
        ("SES_CONFIGURATION_SET", "usher"),
        ("ROLES_CLAIM", "roles"),
        ("OIDC_CLIENT_ID", "usher-console"),
        ("OIDC_CLIENT_SECRET", ""),
        ("SCHEDULE_GROUP", scheduler::GROUP),
        ("REMINDER_FUNCTION_ARN", &arn(REMINDERS)),
        (
            "SCHEDULER_ROLE_ARN",
            "arn:aws:iam::123456789012:role/usher-scheduler",
        ),
        (
            "REMINDER_DLQ_ARN",
            "arn:aws:sqs:us-east-1:123456789012:usher-reminder-dead-letters",
        ),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn function(environment: &[(&str, Setting)]) -> template::Function {
        template::Function {
            crate_name: "landing-page".into(),
            timeout: Duration::from_secs(3),
            memory_mb: 128,
            environment: environment
                .iter()
                .map(|(name, setting)| ((*name).to_owned(), setting.clone()))
                .collect(),
        }
    }

    #[test]
    fn a_function_is_given_what_the_template_declares_for_it_and_nothing_else() {
        let values = LocalValues::new("http://127.0.0.1:1", "", &Options::default());
        let declared = function(&[
            ("TABLE_NAME", Setting::Known("T".into())),
            ("PUBLIC_URL", Setting::Deployed),
        ]);
        let environment = values.environment(&declared).unwrap();
        let pairs: Vec<_> = environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [("PUBLIC_URL", "http://127.0.0.1:1"), ("TABLE_NAME", "T")]
        );
    }

    #[test]
    fn a_variable_without_a_local_value_is_named() {
        let values = LocalValues::new("http://127.0.0.1:1", "", &Options::default());
        let error = values
            .environment(&function(&[("NEW_THING", Setting::Deployed)]))
            .unwrap_err();
        assert!(error.to_string().contains("NEW_THING"));
    }
}
