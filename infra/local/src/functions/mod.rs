//! The real handlers, each wired as its own `main` wires it in the cloud: from the
//! variables that the template declares for it, and from no others.

mod environment;
mod wiring;

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use axum::Router;
use lambda_http::lambda_runtime::{Context, Error};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Service};
use serde_json::Value;
use usher_flows::App;

use crate::template::{self, Template};
use crate::wire::uuid;
pub(crate) use environment::LocalValues;
pub(crate) use wiring::wire;

/// The most that Lambda takes from a function that is called synchronously, and hands to
/// it, in bytes; the JSON around an HTTP answer's body, and its escapes, count.
pub(crate) const MAX_PAYLOAD: usize = 6 * 1024 * 1024;

/// A function as Lambda is told of it: for one whose program runs in a process of its own.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// The crate it is made of.
    pub name: String,
    /// Its variables.
    pub environment: BTreeMap<String, String>,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// Its memory, in MB.
    pub memory_mb: u64,
}

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
        let timeout = self.timeout;
        tokio::time::timeout(timeout, self.answer(event, request_id))
            .await
            .with_context(|| format!("cut off after {timeout:?}"))?
    }

    async fn answer(self, event: Value, request_id: String) -> anyhow::Result<Value> {
        let context = self.context(request_id);
        let router = match self.handler {
            Handler::Event(handle) => {
                return handle(event).await.map_err(anyhow::Error::from_boxed);
            }
            Handler::Http(router) => router,
        };
        let event: LambdaRequest = serde_json::from_str(&event.to_string())?;
        let answer = Adapter::from(router).call(LambdaEvent::new(event, context));
        let answer = serde_json::to_value(answer.await?)?;
        let size = answer.to_string().len();
        ensure!(
            size <= MAX_PAYLOAD,
            "the answer has {size} bytes: Lambda takes none of more than {MAX_PAYLOAD}"
        );
        Ok(answer)
    }

    fn context(&self, request_id: String) -> Context {
        let mut context = Context::default();
        context.request_id = request_id;
        context.deadline = deadline(self.timeout);
        context.invoked_function_arn = arn(&self.name);
        context
    }
}

/// Every function of the template, with the variables it has on this machine.
pub(crate) fn deployed(template: &Template, values: &LocalValues) -> anyhow::Result<Vec<Deployed>> {
    let deploy = |function: &template::Function| {
        anyhow::Ok(Deployed {
            name: function.crate_name.clone(),
            environment: values.environment(function)?,
            timeout: function.timeout,
            memory_mb: function.memory_mb,
        })
    };
    template.functions.iter().map(deploy).collect()
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

/// Runs the named one of `functions` on an event, as Lambda does for those who call it
/// by its name.
pub(crate) fn by_name(functions: Vec<Function>) -> Box<Invoke> {
    Box::new(move |name, event| {
        let function = functions.iter().find(|function| function.name == name)?;
        Some(Box::pin(function.clone().invoke(event, uuid())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
