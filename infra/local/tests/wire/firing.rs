//! Schedules that fire: through the deployed handlers, which call the stand-ins while
//! the clock is being moved.

use aws_sdk_scheduler::types::ActionAfterCompletion;
use chrono::{TimeDelta, Timelike};
use http::StatusCode;
use serde_json::{Value, json};
use usher_local::{DeadLetter, Effect, Options, Service, Stack};

use super::loopback::send;
use super::scheduler::{client, create};
use super::starts::restart;
use super::{arm, options, stack};

/// A request to the staff's console that reads the log: a function's work that shows
/// in the count of the store's calls, and in nothing else.
const READS: &str = include_str!("../../../../events/apigw-console-list.json");

/// No function of the stack: what calls it is a dead letter at once, which tells when
/// it was called and with what.
const NOBODY: &str = "nobody";

/// A schedule that calls `function` with `input`.
async fn schedule(stack: &Stack, name: &str, time: &str, function: &str, input: &str) {
    create(&client(stack), name, time, function, input)
        .send()
        .await
        .unwrap();
}

/// A schedule that calls nobody with its own name.
async fn call_nobody(stack: &Stack, name: &str, time: &str) {
    let input = json!({ "name": name }).to_string();
    schedule(stack, name, time, NOBODY, &input).await;
}

async fn advance(stack: &Stack, minutes: i64) {
    stack.advance(TimeDelta::minutes(minutes)).await.unwrap();
}

/// `14:30:00 a`, from dead letters with a name in their input.
fn lines(letters: &[DeadLetter]) -> Vec<String> {
    let line = |letter: &DeadLetter| {
        let name = letter.input["name"].as_str().unwrap();
        format!("{} {name}", letter.at.format("%T"))
    };
    letters.iter().map(line).collect()
}

#[tokio::test]
async fn a_schedule_calls_the_deployed_function_which_reaches_the_stand_ins() {
    let stack = stack().await;
    let reads = async |minutes| {
        stack.faults().reset_calls();
        advance(&stack, minutes).await;
        stack.calls(Service::Dynamodb).values().sum::<u64>()
    };
    // The first sweep of the hour reads the account's opt-out list besides.
    reads(0).await;
    let sweep = reads(10).await;
    schedule(&stack, "a", "14:20:00", "staff-console", READS).await;
    let once = reads(10).await - sweep;
    assert!(once > 0, "the log was read");
    schedule(&stack, "b", "14:30:00", "staff-console", READS).await;
    arm(&stack, Service::Scheduler, Effect::Twice);
    assert_eq!(reads(10).await - sweep, 2 * once);
    assert!(stack.schedules().is_empty() && stack.dead_letters().is_empty());
}

#[tokio::test]
async fn schedules_fire_in_order_each_at_its_own_time() {
    let stack = stack().await;
    for (name, time) in [("c", "15:00:00"), ("b", "14:30:00"), ("a", "14:30:00")] {
        call_nobody(&stack, name, time).await;
    }
    call_nobody(&stack, "d", "15:00:01").await;
    let three = "2026-01-15T15:00:00Z".parse().unwrap();
    assert_eq!(stack.advance_to(three).await.unwrap(), three);
    assert_eq!(stack.clock().now(), three);
    let letters = stack.dead_letters();
    assert_eq!(lines(&letters), ["14:30:00 a", "14:30:00 b", "15:00:00 c"]);
    assert_eq!(letters[0].function, NOBODY);
    assert_eq!(stack.schedules()[0].name, "d");
}

#[tokio::test]
async fn a_schedule_is_told_to_fire_twice_late_or_never() {
    for (effect, at_its_time, in_the_end) in [
        (
            Effect::Twice,
            ["14:30:00 a", "14:30:00 a"].as_slice(),
            ["14:30:00 a", "14:30:00 a"].as_slice(),
        ),
        (Effect::Late, &[], &["14:40:00 a"]),
        (Effect::Never, &[], &[]),
    ] {
        let stack = stack().await;
        call_nobody(&stack, "a", "14:30:00").await;
        arm(&stack, Service::Scheduler, effect);
        advance(&stack, 30).await;
        assert_eq!(lines(&stack.dead_letters()), at_its_time, "{effect:?}");
        assert!(stack.schedules().is_empty(), "{effect:?}");
        let waits = stack.pending_invocations().len();
        assert_eq!(waits, usize::from(effect == Effect::Late), "{effect:?}");
        advance(&stack, 60).await;
        assert_eq!(lines(&stack.dead_letters()), in_the_end, "{effect:?}");
    }
}

#[tokio::test]
async fn what_fails_three_times_is_a_dead_letter_that_is_shown() {
    let stack = stack().await;
    // A function behind the gateway cannot read this.
    schedule(&stack, "a", "14:30:00", "landing-page", "{\"name\":\"a\"}").await;
    advance(&stack, 32).await;
    assert_eq!(stack.pending_invocations()[0].failures, 2);
    assert!(stack.dead_letters().is_empty());
    advance(&stack, 1).await;
    assert_eq!(lines(&stack.dead_letters()), ["14:33:00 a"]);
    let (status, shown) = send(&stack, "GET", "/_local/dead-letters", &[], "").await;
    assert_eq!(status, StatusCode::OK);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let error = shown[0]["error"].as_str().unwrap();
    assert!(!error.is_empty());
    assert_eq!(
        shown,
        json!([{
            "at": "2026-01-15T14:33:00Z",
            "function": "landing-page",
            "input": { "name": "a" },
            "error": error,
        }])
    );
}

#[tokio::test]
async fn a_schedule_stays_after_completion_unless_it_is_to_be_deleted() {
    let stack = stack().await;
    let client = client(&stack);
    let stays = create(&client, "stays", "14:30:00", NOBODY, "{\"name\":\"stays\"}");
    let stays = stays.action_after_completion(ActionAfterCompletion::None);
    stays.send().await.unwrap();
    call_nobody(&stack, "goes", "14:30:00").await;
    advance(&stack, 60).await;
    advance(&stack, 60).await;
    assert_eq!(
        lines(&stack.dead_letters()),
        ["14:30:00 goes", "14:30:00 stays"],
        "neither fires again"
    );
    assert!(stack.schedules().is_empty());
    let listed = client.list_schedules().send().await.unwrap();
    assert_eq!(listed.schedules().len(), 1);
    assert_eq!(listed.schedules()[0].name(), Some("stays"));
}

#[tokio::test]
async fn a_clock_that_is_moved_over_http_fires_what_is_due() {
    let running = Options {
        start_at: None,
        ..options()
    };
    for options in [options(), running] {
        let stack = Stack::start(options).await.unwrap();
        let due = stack.clock().now() + TimeDelta::hours(1);
        let due = due.with_nanosecond(0).unwrap();
        let at = due.format("at(%Y-%m-%dT%H:%M:%S)").to_string();
        let input = "{\"name\":\"a\"}";
        create(&client(&stack), "a", "", NOBODY, input)
            .schedule_expression(at)
            .send()
            .await
            .unwrap();
        let hours = "{\"advance\":\"PT2H\"}";
        let (status, _) = send(&stack, "POST", "/_local/clock", &[], hours).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(stack.dead_letters()[0].at, due);
        assert!(stack.clock().now() >= due + TimeDelta::hours(1));
    }
}

#[tokio::test]
async fn what_waits_to_be_tried_again_survives_a_restart() {
    let folder = std::env::temp_dir().join(format!("usher-retries-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let kept = || Options {
        data: Some(folder.clone()),
        ..options()
    };
    {
        let stack = Stack::start(kept()).await.unwrap();
        schedule(&stack, "a", "14:30:00", "landing-page", "{\"name\":\"a\"}").await;
        advance(&stack, 30).await;
    }
    {
        let stack = restart(kept()).await;
        assert_eq!(stack.pending_invocations()[0].failures, 1);
        advance(&stack, 60).await;
        assert_eq!(lines(&stack.dead_letters()), ["14:33:00 a"]);
    }
    let stack = restart(kept()).await;
    assert_eq!(lines(&stack.dead_letters()), ["14:33:00 a"]);
    std::fs::remove_dir_all(&folder).unwrap();
}
