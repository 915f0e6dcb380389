//! How a function is run, and what becomes of it where it fails.

use std::io;

use chrono::TimeDelta;
use serde_json::Value;
use tokio::task::JoinError;

use super::dead_letters::DeadLetter;
use super::queue::Invocation;
use super::{Firing, Sweep};

/// After how long Lambda tries a failed invocation again.
const RETRIES: [TimeDelta; 2] = [TimeDelta::minutes(1), TimeDelta::minutes(2)];

/// How an invocation ended.
enum Outcome {
    Done,
    /// It was not even begun, and never will be.
    NoFunction(String),
    Failed(String),
}

impl Firing {
    /// Lambda's part: runs the function, and tries again or gives up if it fails.
    pub(super) async fn run(&self, invocation: Invocation) -> io::Result<()> {
        let outcome = self
            .call(&invocation.function, invocation.input.clone())
            .await;
        let error = match outcome {
            Outcome::Done => return self.queue.settle(&invocation),
            Outcome::NoFunction(error) => error,
            Outcome::Failed(error) => {
                if let Some(wait) = RETRIES.get(invocation.failures) {
                    let function = &invocation.function;
                    tracing::warn!(function, error, "the function failed; it is tried again");
                    let again_at = self.clock.now() + *wait;
                    return self.queue.postpone(&invocation, again_at);
                }
                error
            }
        };
        self.give_up(&invocation.function, &invocation.input, error)?;
        self.queue.settle(&invocation)
    }

    /// The sweep is not tried again: the next one does the same.
    pub(super) async fn sweep(&self, sweep: &Sweep) -> io::Result<()> {
        match self.call(&sweep.function, sweep.input.clone()).await {
            Outcome::Done => Ok(()),
            Outcome::NoFunction(error) | Outcome::Failed(error) => {
                self.give_up(&sweep.function, &sweep.input, error)
            }
        }
    }

    fn give_up(&self, function: &str, input: &Value, error: String) -> io::Result<()> {
        tracing::error!(function, error, "an invocation was given up");
        self.letters.keep(DeadLetter {
            at: self.clock.now(),
            function: function.to_owned(),
            input: input.clone(),
            error,
        })
    }

    async fn call(&self, function: &str, input: Value) -> Outcome {
        let Some(answer) = (self.invoke)(function, input) else {
            return Outcome::NoFunction(format!("there is no function {function}"));
        };
        // A task of its own, which takes a panic upon itself.
        match tokio::spawn(answer).await {
            Ok(Ok(_)) => Outcome::Done,
            Ok(Err(error)) => Outcome::Failed(format!("{error:#}")),
            Err(panic) => Outcome::Failed(panic_text(panic)),
        }
    }
}

fn panic_text(error: JoinError) -> String {
    let text = match error.try_into_panic() {
        Ok(panic) => match panic.downcast::<String>() {
            Ok(text) => Some(*text),
            Err(panic) => panic.downcast::<&str>().ok().map(|text| (*text).to_owned()),
        },
        Err(_) => return "the function was cut off".to_owned(),
    };
    format!("the function panicked: {}", text.unwrap_or_default())
}
