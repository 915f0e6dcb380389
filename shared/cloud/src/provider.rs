//! What a provider's answer means for a message: accepted, certainly not
//! accepted, or nobody knows.
//!
//! SES and SNS have no idempotency token, so a call is never repeated when it
//! may have been carried out. The SDK's own retries are off for both.

use std::{error::Error as StdError, io, time::Duration};

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use usher_domain::notification::NotDelivered;

use crate::Config;

/// How long to wait after each throttled attempt. A throttled call was not
/// carried out, so it may be made again.
const BACKOFF: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(900),
];

/// One call, one attempt: the SDK's default of three would send twice after a
/// timeout.
pub(crate) fn single_attempt() -> RetryConfig {
    RetryConfig::disabled()
}

/// How long one call to a provider may take.
pub(crate) fn timeouts(config: &Config) -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_timeout(config.provider_timeout)
        .build()
}

/// What one attempt came to.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// Accepted, with the provider's message id.
    Accepted(String),
    /// Not carried out because of the sending rate.
    Throttled(String),
    /// Anything else.
    Not(NotDelivered),
}

/// Makes attempts until one is not throttled, or the backoff is used up: then
/// the message may be sent later.
pub(crate) async fn deliver<F>(mut attempt: impl FnMut() -> F) -> Result<String, NotDelivered>
where
    F: Future<Output = Attempt>,
{
    let mut waits = BACKOFF.into_iter();
    loop {
        match (attempt().await, waits.next()) {
            (Attempt::Accepted(id), _) => return Ok(id),
            (Attempt::Not(not), _) => return Err(not),
            (Attempt::Throttled(_), Some(wait)) => tokio::time::sleep(wait).await,
            (Attempt::Throttled(reason), None) => return Err(NotDelivered::NotYet(reason)),
        }
    }
}

/// Reads a failed call.
pub(crate) fn read_error<E>(provider: &str, error: &SdkError<E, HttpResponse>) -> Attempt
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match error {
        SdkError::ConstructionFailure(_) => not_called(provider),
        SdkError::TimeoutError(_) => doubtful(provider, "did not answer in time"),
        SdkError::DispatchFailure(failure) if never_connected(failure.as_connector_error()) => {
            let reason = format!("{provider} could not be reached.");
            Attempt::Not(NotDelivered::NotReached(reason))
        }
        SdkError::DispatchFailure(_) => doubtful(provider, "broke off the connection"),
        SdkError::ServiceError(context) => {
            let status = context.raw().status().as_u16();
            refused(provider, status, context.err())
        }
        _ => doubtful(provider, "gave an answer that cannot be read"),
    }
}

fn doubtful(provider: &str, what: &str) -> Attempt {
    Attempt::Not(NotDelivered::Doubtful(format!(
        "{provider} {what}: the message may or may not have gone out."
    )))
}

/// Reads an error that the provider itself answered with.
fn refused(provider: &str, status: u16, error: &impl ProvideErrorMetadata) -> Attempt {
    let code = error.code().unwrap_or("an unknown error");
    let message = error.message().unwrap_or("no reason given");
    let reason = format!("{provider} refused it: {message} ({code})");
    match status {
        _ if throttled(code, message) => Attempt::Throttled(reason),
        429 => Attempt::Throttled(reason),
        500.. => doubtful(provider, "failed while working on it"),
        _ if about_the_account(code, message) => Attempt::Not(NotDelivered::ByAccount(reason)),
        _ => Attempt::Not(NotDelivered::Refused(reason)),
    }
}

/// A call that could not even be made.
pub(crate) fn not_called(provider: &str) -> Attempt {
    let reason = format!("{provider} could not be called.");
    Attempt::Not(NotDelivered::NotReached(reason))
}

/// Whether a refusal would meet any other message as well (SES v2, "SendEmail", and SNS,
/// "Publish": common errors and their own).
fn about_the_account(code: &str, message: &str) -> bool {
    matches!(
        code,
        "AccountSuspendedException"
            | "SendingPausedException"
            | "MailFromDomainNotVerifiedException"
            | "LimitExceededException"
            | "AccessDenied"
            | "AccessDeniedException"
            | "AuthorizationError"
            | "AuthorizationErrorException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "ExpiredTokenException"
            | "OptInRequired"
    ) || message.contains("Daily message quota")
}

/// The error code that a provider refused a message with, out of the sentence that is on
/// record: for the log of the functions, which must not have the whole sentence.
pub fn error_code(not: &NotDelivered) -> Option<&str> {
    let (_, code) = not.reason().strip_suffix(')')?.rsplit_once('(')?;
    let is_code = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric());
    is_code.then_some(code)
}

/// A quota for the day is no throttle: it is not over in a second.
fn throttled(code: &str, message: &str) -> bool {
    let rate = matches!(
        code,
        "TooManyRequestsException"
            | "Throttling"
            | "ThrottlingException"
            | "Throttled"
            | "ThrottledException"
    ) || (code == "LimitExceededException" && message.contains("sending rate"));
    rate && !message.contains("Daily message quota")
}

/// Whether the connection was refused before anything was written.
fn never_connected<E: StdError + 'static>(error: Option<&E>) -> bool {
    let mut source: Option<&(dyn StdError + 'static)> = error.map(|error| error as _);
    while let Some(error) = source {
        let refused = error
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
        if refused {
            return true;
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_to_the_account_is_no_fault_of_the_address() {
        for code in ["SendingPausedException", "AccessDeniedException"] {
            assert!(about_the_account(code, "no"), "{code}");
        }
        assert!(about_the_account("X", "Daily message quota exceeded."));
        for code in ["MessageRejected", "InvalidParameter"] {
            assert!(!about_the_account(code, "Invalid number."), "{code}");
        }
    }

    #[test]
    fn the_log_has_a_refusals_code_and_nothing_of_its_sentence() {
        let said =
            "SES refused it: Email address is not verified: ann@example.com (MessageRejected)";
        let refused = NotDelivered::Refused(said.to_owned());
        assert_eq!(error_code(&refused), Some("MessageRejected"));
        for said in [
            "Time ran out.",
            "SES refused it (ann@example.com)",
            "()",
            ")",
        ] {
            assert_eq!(error_code(&NotDelivered::NotYet(said.to_owned())), None);
        }
    }
}
