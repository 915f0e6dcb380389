//! A customer's text: from the request to the deployed function, and what becomes of it
//! when the function fails. What the function makes of a text is told elsewhere.

use chrono::TimeDelta;
use http::StatusCode;
use serde_json::{Value, json};
use usher_local::{DeadLetter, Effect, Fault, InboundIds, Options, Service, Source, Stack, Text};

use super::loopback::send;
use super::starts::restart;
use super::{options, stack};

const FUNCTION: &str = "inbound-sms";

fn text() -> Text {
    Text {
        from: "+12025550123".into(),
        to: "+12065550100".into(),
        body: "Which door?".into(),
        previous_message_id: None,
    }
}

/// The store refuses everything from now on, so that the function fails.
fn break_store(stack: &Stack) {
    let fault = Fault {
        service: Service::Dynamodb,
        operation: None,
        to: None,
        effect: Effect::Refuse,
        skip: 0,
        count: 100_000,
    };
    stack.faults().arm(fault).unwrap();
}

/// Dead letters of texts; a sweep that fails meanwhile leaves its own.
fn given_up(stack: &Stack) -> Vec<DeadLetter> {
    let mut letters = stack.dead_letters();
    letters.retain(|letter| letter.function == FUNCTION);
    letters
}

/// The ids in an event.
fn ids(event: &Value) -> InboundIds {
    let sns = &event["Records"][0]["Sns"];
    let message: Value = serde_json::from_str(sns["Message"].as_str().unwrap()).unwrap();
    InboundIds {
        inbound_message_id: message["inboundMessageId"].as_str().unwrap().to_owned(),
        message_id: sns["MessageId"].as_str().unwrap().to_owned(),
    }
}

async fn advance(stack: &Stack, minutes: i64) {
    stack.advance(TimeDelta::minutes(minutes)).await.unwrap();
}

#[tokio::test]
async fn a_text_has_reached_the_deployed_function_when_the_request_is_answered() {
    let stack = stack().await;
    stack.faults().reset_calls();
    let body = json!({ "from": "+12025550123", "to": "+12065550100", "body": "Hi", "previous_message_id": "x" });
    let (status, answer) = send(&stack, "POST", "/_local/sms", &[], &body.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let [inbound, message] =
        ["inbound_message_id", "message_id"].map(|id| answer[id].as_str().unwrap().to_owned());
    assert_eq!((inbound.len(), message.len()), (36, 36));
    assert_ne!(inbound, message);
    assert_eq!(answer.as_object().unwrap().len(), 2);
    assert!(
        !stack.calls(Service::Dynamodb).is_empty(),
        "the function has looked into the store"
    );
    assert!(stack.pending_invocations().is_empty() && stack.dead_letters().is_empty());
}

#[tokio::test]
async fn what_is_no_text_is_refused() {
    let stack = stack().await;
    for wrong in [
        "",
        "[",
        "{}",
        r#"{"from":"+12025550123","to":"+12065550100"}"#,
        r#"{"from":"+12025550123","to":"+12065550100","body":7}"#,
        r#"{"from":"+12025550123","to":"+12065550100","body":"1","subject":"x"}"#,
        "from=%2B12025550123&to=%2B12065550100&body=1",
    ] {
        let (status, problem) = send(&stack, "POST", "/_local/sms", &[], wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        let problem: Value = serde_json::from_str(&problem).unwrap();
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_text_that_fails_is_tried_again_and_given_up_with_its_reason() {
    let stack = stack().await;
    break_store(&stack);
    let ids_given = stack.text(&text()).await.unwrap();
    let first = stack.pending_invocations().remove(0);
    assert_eq!(first.source, Source::Topic("InboundSmsTopic".into()));
    assert_eq!((first.function.as_str(), first.failures), (FUNCTION, 1));
    assert_eq!(first.at, stack.clock().now() + TimeDelta::minutes(1));
    assert_eq!(ids(&first.input), ids_given);
    advance(&stack, 1).await;
    let second = stack.pending_invocations().remove(0);
    assert_eq!(second.failures, 2);
    assert_eq!(second.at, stack.clock().now() + TimeDelta::minutes(2));
    assert_eq!(second.input, first.input, "it is the same message");
    assert!(given_up(&stack).is_empty());
    advance(&stack, 2).await;
    assert!(stack.pending_invocations().is_empty());
    let [letter] = given_up(&stack).try_into().unwrap();
    assert_eq!(letter.at, stack.clock().now());
    assert_eq!(letter.input, first.input);
    assert!(!letter.error.is_empty());
}

#[tokio::test]
async fn a_text_that_fails_at_first_is_done_when_it_is_tried_again() {
    let stack = stack().await;
    break_store(&stack);
    stack.text(&text()).await.unwrap();
    stack.faults().clear();
    advance(&stack, 1).await;
    assert!(stack.pending_invocations().is_empty());
    assert!(given_up(&stack).is_empty());
}

#[tokio::test]
async fn a_text_that_waits_to_be_tried_again_survives_a_restart() {
    let folder = std::env::temp_dir().join(format!("usher-texts-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let kept = || Options {
        data: Some(folder.clone()),
        ..options()
    };
    let ids_given = {
        let stack = Stack::start(kept()).await.unwrap();
        break_store(&stack);
        stack.text(&text()).await.unwrap()
    };
    let stack = restart(kept()).await;
    let waits = stack.pending_invocations();
    assert_eq!(waits[0].source, Source::Topic("InboundSmsTopic".into()));
    assert_eq!(ids(&waits[0].input), ids_given);
    advance(&stack, 1).await;
    assert!(stack.pending_invocations().is_empty() && given_up(&stack).is_empty());
    drop(stack);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn an_event_that_is_not_delivered_can_be_handed_over_as_often_as_one_likes() {
    let stack = stack().await;
    let answer = Text {
        previous_message_id: Some("sent-1".into()),
        ..text()
    };
    let event = stack.sms_event(&answer);
    assert_ne!(ids(&event), ids(&stack.sms_event(&answer)));
    assert!(stack.calls(Service::Dynamodb).is_empty());
    for _ in 0..2 {
        let call = stack.invoke_function(FUNCTION, event.clone());
        call.await.unwrap();
    }
    break_store(&stack);
    let call = stack.invoke_function(FUNCTION, event);
    assert!(call.await.is_err());
    assert!(stack.pending_invocations().is_empty());
}
