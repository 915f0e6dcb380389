//! Stands in for API Gateway: finds the route in the template, applies its limits
//! and its authorizer, and calls the function the way Lambda does.
//!
//! The authorizer is stood in for, not implemented: on this machine everyone who
//! gets as far as loopback is a local admin. That identity is made here and nowhere
//! else; only a test in the same process can be someone else.

mod admission;
mod caller;
mod limits;
mod refusal;

use anyhow::Context;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use usher_console::SessionKey;

use crate::clock::LocalClock;
use crate::functions::Function;
use crate::payload;
use crate::template::Route;
use crate::wire::uuid;
use admission::Admitted;
pub use caller::Caller;
pub(crate) use limits::MAX_BODY;
use limits::MAX_WAIT;
pub(crate) use refusal::Refusal;

/// The gateway and the functions behind it.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub routes: Vec<Route>,
    pub functions: Vec<Function>,
    pub clock: LocalClock,
    /// What the console's sessions are sealed with.
    pub session_key: SessionKey,
}

impl Gateway {
    /// Answers a request as the deployed API would.
    pub(crate) async fn call(
        &self,
        mut request: Request<Bytes>,
        caller: &Caller,
    ) -> Response<Bytes> {
        match self.admit(&mut request, caller) {
            Ok(admitted) => self.run(admitted).await,
            Err(refusal) => refusal.into_response(),
        }
    }

    /// Runs the function that takes a request, and answers with what it answers.
    async fn run(&self, admitted: Admitted<'_>) -> Response<Bytes> {
        let Admitted {
            route,
            event,
            request_id,
        } = admitted;
        // A task of its own: a function runs to its end though its caller has gone.
        let function = self.functions[route.function].clone();
        let run = tokio::spawn(function.invoke(event, request_id.clone()));
        let answer = match tokio::time::timeout(MAX_WAIT, run).await {
            Err(_) => return Refusal::TOO_SLOW.into_response(),
            Ok(Err(panic)) => Err(panic.into()),
            Ok(Ok(answer)) => answer,
        };
        answer
            .and_then(|answer| payload::response(answer, &request_id))
            .unwrap_or_else(|error| {
                let error = format!("{error:#}");
                tracing::error!(route = route.key(), error, "the function failed");
                Refusal::FAILED.into_response()
            })
    }

    /// Runs the function that an event's route key names, as API Gateway would.
    pub(crate) async fn invoke(&self, event: Value) -> anyhow::Result<Value> {
        let key = event["routeKey"].as_str().context("no routeKey")?;
        let route = self.routes.iter().find(|route| route.key() == key);
        let route = route.with_context(|| format!("no route {key}"))?;
        let function = self.functions[route.function].clone();
        function.invoke(event, uuid()).await
    }
}

#[cfg(test)]
mod tests;
