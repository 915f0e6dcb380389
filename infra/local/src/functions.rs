//! The real handlers, each wired as its own `main` wires it in the cloud: from the
//! variables that the template declares for it, and from no others.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail, ensure};
use axum::Router;
use lambda_http::lambda_runtime::{Context, Error};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Service};
use serde_json::Value;
use staff_console::SignInConfig;
use usher_cloud::{Config, SdkConfig};
use usher_flows::{App, Clock, Rng};

use crate::options::Options;
use crate::scheduler;
use crate::template::{self, Setting, Template};
use crate::wire::uuid;

/// The function that reminders' schedules call.
const REMINDERS: &str = "reminder-fanout";

/// The most that Lambda takes from a function that is called synchronously, and hands to
/// it, in bytes; the JSON around an HTTP answer's body, and its escapes, count.
pub(crate) const MAX_PAYLOAD: usize = 6 * 1024 * 1024;

/// A function that can be called.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub name: String,
    pub handler: Handler,
    pub timeout: Duration,
}

/// What a function's `main` hands to the Lambda runtime.
#[derive(Clone)]
pub(crate) enum Handler {
    /// A router behind the gateway.
    Http(Router),
    /// From an event's JSON to an answer's.
    Event(Arc<OnEvent>),
}

type OnEvent = dyn Fn(Value) -> Answer<Error> + Send + Sync;

/// Runs the function of this name on an input; `None` if there is no such function.
pub(crate) type Invoke = dyn Fn(&str, Value) -> Option<Answer> + Send + Sync;

/// An answer that is being made.
pub(crate) type Answer<E = anyhow::Error> = Pin<Box<dyn Future<Output = Result<Value, E>> + Send>>;

impl Handler {
    /// An event handler; each call is given the functions' own `app`.
    fn event<F>(app: App, handle: impl Fn(App, Value) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Value, Error>> + Send + 'static,
    {
        Self::Event(Arc::new(move |event| Box::pin(handle(app.clone(), event))))
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http(_) => "Http",
            Self::Event(_) => "Event",
        })
    }
}

impl Function {
    /// Runs the function on an event: through the adapter that `lambda_http::run`
    /// uses, or as it is; from JSON and to JSON as the Lambda runtime does.
    ///
    /// # Errors
    /// The function's own, and its timeout's: a function that overruns it is cut off.
    pub(crate) async fn invoke(self, event: Value, request_id: String) -> anyhow::Result<Value> {
        let answer = async {
            match self.handler {
                Handler::Event(handle) => handle(event).await.map_err(anyhow::Error::from_boxed),
                Handler::Http(router) => {
                    let event: LambdaRequest = serde_json::from_str(&event.to_string())?;
                    let mut context = Context::default();
                    context.request_id = request_id;
                    context.deadline = deadline(self.timeout);
                    context.invoked_function_arn = arn(&self.name);
                    let event = LambdaEvent::new(event, context);
                    let answer = Adapter::from(router).call(event);
                    let answer = serde_json::to_value(answer.await?)?;
                    let size = answer.to_string().len();
                    ensure!(
                        size <= MAX_PAYLOAD,
                        "the answer has {size} bytes: Lambda takes none of more than {MAX_PAYLOAD}"
                    );
                    Ok(answer)
                }
            }
        };
        tokio::time::timeout(self.timeout, answer)
            .await
            .with_context(|| format!("cut off after {:?}", self.timeout))?
    }
}

/// The ARN of a function; it ends in the name.
fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{name}")
}

/// Milliseconds since the epoch, in real time as in Lambda: a deadline is about how
/// long the process may still run, whatever the stack's clock shows.
#[expect(clippy::disallowed_methods, reason = "a Lambda deadline is real time")]
fn deadline(timeout: Duration) -> u64 {
    let at = SystemTime::now() + timeout;
    let since = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Values for the variables that only a deployment knows.
#[derive(Debug)]
pub(crate) struct LocalValues(BTreeMap<&'static str, String>);

impl LocalValues {
    pub(crate) fn new(url: &str, session_secret: &str, options: &Options) -> Self {
        let provider_timeout = options.provider_timeout;
        let number = options.origination_number.clone();
        Self(BTreeMap::from([
            ("PUBLIC_URL", url.to_owned()),
            (
                "PROVIDER_TIMEOUT_MS",
                provider_timeout.as_millis().to_string(),
            ),
            ("SENDER_EMAIL", "notifications@progrid.example".to_owned()),
            ("SMS_ORIGINATION_NUMBER", number.unwrap_or_default()),
            ("SES_CONFIGURATION_SET", "usher".to_owned()),
            ("ROLES_CLAIM", "roles".to_owned()),
            ("SESSION_SECRET", session_secret.to_owned()),
            ("OIDC_ISSUER", options.issuer.clone()),
            ("OIDC_CLIENT_ID", "usher-console".to_owned()),
            ("OIDC_CLIENT_SECRET", String::new()),
            ("SCHEDULE_GROUP", scheduler::GROUP.to_owned()),
            ("REMINDER_FUNCTION_ARN", arn(REMINDERS)),
            (
                "SCHEDULER_ROLE_ARN",
                "arn:aws:iam::123456789012:role/usher-scheduler".to_owned(),
            ),
            (
                "REMINDER_DLQ_ARN",
                "arn:aws:sqs:us-east-1:123456789012:usher-reminder-dead-letters".to_owned(),
            ),
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
    rng: &Rng,
) -> anyhow::Result<Vec<Function>> {
    let wire_one = |function: &template::Function| {
        let environment = values.environment(function)?;
        let config = Config::read(|name| environment.get(name).cloned())?;
        let app = App::connect(sdk, config, clock.clone(), rng.clone());
        anyhow::Ok(Function {
            name: function.crate_name.clone(),
            handler: handler(&function.crate_name, app, &environment)?,
            timeout: function.timeout,
        })
    };
    let functions: Vec<_> = template
        .functions
        .iter()
        .map(|function| {
            wire_one(function).with_context(|| format!("function {}", function.crate_name))
        })
        .collect::<anyhow::Result<_>>()?;
    check_events(template, &functions)?;
    Ok(functions)
}

/// A function behind a route speaks HTTP; one that is swept with, or that a topic calls,
/// does not.
fn check_events(template: &Template, functions: &[Function]) -> anyhow::Result<()> {
    let speaks_http = |index: usize| matches!(functions[index].handler, Handler::Http(_));
    for route in &template.routes {
        let name = &functions[route.function].name;
        let key = route.key();
        ensure!(
            speaks_http(route.function),
            "{key} leads to {name}, which is no HTTP function"
        );
    }
    for sweep in &template.sweeps {
        let name = &functions[sweep.function].name;
        ensure!(
            !speaks_http(sweep.function),
            "a schedule leads to {name}, which is an HTTP function"
        );
    }
    for subscription in &template.subscriptions {
        let name = &functions[subscription.function].name;
        let topic = &subscription.topic;
        ensure!(
            !speaks_http(subscription.function),
            "the topic {topic} leads to {name}, which is an HTTP function"
        );
    }
    Ok(())
}

/// Runs the named one of `functions` on an event, as Lambda does for those who call it
/// by its name.
pub(crate) fn by_name(functions: Vec<Function>) -> Box<Invoke> {
    Box::new(move |name, event| {
        let function = functions.iter().find(|function| function.name == name)?;
        Some(Box::pin(function.clone().invoke(event, uuid())))
    })
}

fn handler(
    crate_name: &str,
    app: App,
    environment: &BTreeMap<String, String>,
) -> anyhow::Result<Handler> {
    Ok(match crate_name {
        "send-notification" => Handler::Http(send_notification::router(app)),
        "landing-page" => Handler::Http(landing_page::router(app)),
        "staff-console" => {
            let sign_in = SignInConfig::read(|name| environment.get(name).cloned())?;
            Handler::Http(staff_console::router(app, sign_in))
        }
        REMINDERS => Handler::event(app, |app, event| async move {
            reminder_fanout::handle(&app, event).await
        }),
        "inbound-sms" => Handler::event(app, |app, event| async move {
            inbound_sms::handle(&app, event).await
        }),
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

    #[tokio::test]
    async fn an_event_handler_is_given_the_event_and_cut_off_at_its_timeout() {
        let handler = Handler::Event(Arc::new(|event| {
            Box::pin(async move {
                match event["do"].as_str() {
                    Some("answer") => Ok(event),
                    Some("fail") => Err("no luck".into()),
                    _ => std::future::pending().await,
                }
            })
        }));
        let function = Function {
            name: "f".into(),
            handler,
            timeout: Duration::from_millis(20),
        };
        let call = by_name(vec![function]);
        let run = |what: &str| call("f", serde_json::json!({ "do": what })).unwrap();
        assert_eq!(run("answer").await.unwrap()["do"], "answer");
        assert_eq!(run("fail").await.unwrap_err().to_string(), "no luck");
        let late = run("stall").await.unwrap_err();
        assert!(late.to_string().starts_with("cut off after 20ms"));
        assert!(call("g", Value::Null).is_none());
    }

    #[test]
    fn a_function_is_not_hosted_for_what_it_cannot_take() {
        let template = |events: &str| {
            let yaml = format!(
                "Resources: {{T: {{Type: 'AWS::SNS::Topic'}}, F: {{Type: \
                 'AWS::Serverless::Function', Properties: \
                 {{CodeUri: ../functions/f/, Events: {{E: {events}}}}}}}}}"
            );
            Template::parse(&yaml).unwrap()
        };
        let route = template("{Type: HttpApi, Properties: {Path: /p, Method: GET}}");
        let sweep = template(
            "{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour), Input: '{}'}}",
        );
        let topic = template(
            "{Type: SNS, Properties: {Topic: !Ref T, RedrivePolicy: {deadLetterTargetArn: a}}}",
        );
        let http = Handler::Http(Router::new());
        let event = Handler::Event(Arc::new(|event| Box::pin(async move { Ok(event) })));
        let check = |template: &Template, handler: &Handler| {
            let function = Function {
                name: "f".into(),
                handler: handler.clone(),
                timeout: Duration::from_secs(1),
            };
            check_events(template, &[function]).map_err(|error| error.to_string())
        };
        assert_eq!(check(&route, &http), Ok(()));
        assert_eq!(check(&sweep, &event), Ok(()));
        assert_eq!(check(&topic, &event), Ok(()));
        assert!(check(&route, &event).unwrap_err().contains("GET /p"));
        assert!(check(&sweep, &http).unwrap_err().contains("a schedule"));
        assert!(check(&topic, &http).unwrap_err().contains("the topic T"));
    }
}
