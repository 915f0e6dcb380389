//! The real handlers, each wired as its own `main` wires it in the cloud: from the
//! variables that the template declares for it, and from no others.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use usher_cloud::{Config, SdkConfig};
use usher_flows::{App, Chance, Clock};

use crate::template::{self, Setting, Template};

/// A function that can be called.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub name: String,
    pub router: Router,
    pub timeout: Duration,
}

/// Values for the variables that only a deployment knows.
#[derive(Debug)]
pub(crate) struct LocalValues(BTreeMap<&'static str, String>);

impl LocalValues {
    pub(crate) fn new(url: &str, provider_timeout: Duration) -> Self {
        Self(BTreeMap::from([
            ("PUBLIC_URL", url.to_owned()),
            (
                "PROVIDER_TIMEOUT_MS",
                provider_timeout.as_millis().to_string(),
            ),
            ("SENDER_EMAIL", "notifications@progrid.example".to_owned()),
            // 555-0100 to 555-0199 are set aside for fiction.
            ("SMS_ORIGINATION_NUMBER", "+12065550100".to_owned()),
            ("SES_CONFIGURATION_SET", "usher".to_owned()),
            ("ROLES_CLAIM", "roles".to_owned()),
        ]))
    }

    /// The environment of a function: names from the template, values from here or,
    /// where there is none here, from the template.
    fn environment(
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

/// Wires every function of the template.
pub(crate) fn wire(
    template: &Template,
    values: &LocalValues,
    sdk: &SdkConfig,
    clock: &Clock,
    chance: &Chance,
) -> anyhow::Result<Vec<Function>> {
    let wire_one = |function: &template::Function| {
        let environment = values.environment(function)?;
        let config = Config::read(|name| environment.get(name).cloned())?;
        let app = App::connect(sdk, config, clock.clone(), chance.clone());
        anyhow::Ok(Function {
            name: function.crate_name.clone(),
            router: router(&function.crate_name, app)?,
            timeout: function.timeout,
        })
    };
    template
        .functions
        .iter()
        .map(|function| {
            wire_one(function).with_context(|| format!("function {}", function.crate_name))
        })
        .collect()
}

fn router(crate_name: &str, app: App) -> anyhow::Result<Router> {
    Ok(match crate_name {
        "send-notification" => send_notification::router(app),
        "landing-page" => landing_page::router(app),
        "staff-console" => staff_console::router(app),
        unknown => {
            bail!("the template names functions/{unknown}, which the local stack does not host")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(environment: &[(&str, Setting)]) -> template::Function {
        template::Function {
            crate_name: "landing-page".into(),
            timeout: Duration::from_secs(3),
            environment: environment
                .iter()
                .map(|(name, setting)| ((*name).to_owned(), setting.clone()))
                .collect(),
        }
    }

    #[test]
    fn a_function_is_given_what_the_template_declares_for_it_and_nothing_else() {
        let values = LocalValues::new("http://127.0.0.1:1", Duration::from_secs(1));
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
        let values = LocalValues::new("http://127.0.0.1:1", Duration::from_secs(1));
        let error = values
            .environment(&function(&[("NEW_THING", Setting::Deployed)]))
            .unwrap_err();
        assert!(error.to_string().contains("NEW_THING"));
    }
}
