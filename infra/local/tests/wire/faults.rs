//! How an armed fault looks from the caller's side.

use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use usher_local::{Effect, Service};

use super::ses::mail;
use super::{arm, refusal, ses, sns, stack};

#[tokio::test]
async fn a_refusal_and_a_throttle_are_definite_and_leave_nothing_behind() {
    let stack = stack().await;
    let (ses, sns) = (ses::client(&stack), sns::client(&stack));
    for (effect, mail_code, sms_code) in [
        (Effect::Refuse, "MessageRejected", "InvalidParameter"),
        (Effect::Throttle, "TooManyRequestsException", "Throttled"),
    ] {
        arm(&stack, Service::Ses, effect);
        arm(&stack, Service::Sns, effect);
        let refused = mail(&ses).send().await.unwrap_err();
        assert!(matches!(refused, SdkError::ServiceError(_)));
        assert_eq!(refused.code(), Some(mail_code));
        let sms = sns.publish().phone_number("+12065550111").message("x");
        assert_eq!(refusal(sms.send().await), sms_code);
    }
    assert!(stack.outbox().is_empty());
    mail(&ses).send().await.unwrap();
    assert_eq!(stack.calls(Service::Ses)["SendEmail"], 3);
}

#[tokio::test]
async fn a_stalled_call_does_nothing_and_runs_into_the_callers_timeout() {
    let stack = stack().await;
    arm(&stack, Service::Ses, Effect::Stall);
    let error = mail(&ses::client(&stack)).send().await.unwrap_err();
    assert!(matches!(error, SdkError::TimeoutError(_)), "{error:?}");
    assert!(stack.outbox().is_empty());
}

#[tokio::test]
async fn a_dropped_answer_leaves_the_work_done_and_is_not_asked_for_twice() {
    let stack = stack().await;
    let client = ses::client(&stack);
    // On a fresh connection and on one that was used before.
    for round in 1..=2 {
        arm(&stack, Service::Ses, Effect::DropAnswer);
        let error = mail(&client).send().await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
        assert_eq!(stack.outbox().len(), round * 2 - 1);
        assert_eq!(stack.calls(Service::Ses)["SendEmail"], round as u64 * 2 - 1);
        mail(&client).send().await.unwrap();
    }
}
