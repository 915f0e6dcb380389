//! The stack on its sockets: the stand-ins as the real SDK clients meet them (what
//! they accept, what they refuse and in which words), and its own address as a
//! browser meets it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod capacity;
mod dynamodb;
mod faults;
mod firing;
mod loopback;
mod opt_outs;
mod scheduler;
mod ses;
mod sns;
mod starts;
mod texts;

use std::fmt::Debug;
use std::time::Duration;

use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::ProvideErrorMetadata;
use usher_cloud::SdkConfig;
use usher_local::{Effect, Fault, Options, Service, Stack};

/// In memory, the clock standing in January.
fn options() -> Options {
    Options {
        start_at: Some("2026-01-15T14:00:00Z".parse().unwrap()),
        ..Options::default()
    }
}

async fn stack() -> Stack {
    Stack::start(options()).await.unwrap()
}

/// For a caller that asks once and does not wait long.
fn impatient(stack: &Stack) -> SdkConfig {
    let timeout = TimeoutConfig::builder()
        .operation_timeout(Duration::from_millis(300))
        .build();
    stack
        .sdk_config()
        .to_builder()
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeout)
        .build()
}

/// The code of the error that a call ended in.
#[track_caller]
fn refusal<T: Debug, E: ProvideErrorMetadata + Debug>(answer: Result<T, E>) -> String {
    let error = answer.unwrap_err();
    let code = error.code();
    code.unwrap_or_else(|| panic!("no code: {error:?}"))
        .to_owned()
}

fn arm(stack: &Stack, service: Service, effect: Effect) {
    let fault = Fault {
        service,
        operation: None,
        to: None,
        effect,
        skip: 0,
        count: 1,
    };
    stack.faults().arm(fault).unwrap();
}
