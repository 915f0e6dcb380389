//! Whatever fails while a reminder is planned or sent: never lost, never twice,
//! every doubt visible.

use super::{
    armed, before, booked, cancel, cancel_quietly, confirmed, entry, lose_schedules_until, plan,
    start, template, visit,
};
use chrono::TimeDelta;
use futures::future::join_all;
use http::Method;
use rstest::rstest;
use serde_json::json;
use usher_local::{DeadLetter, Effect, Service};
use usher_tests::some_of;

/// Every call that arming makes of Scheduler fails once, in each way; the sweep
/// puts right what is left.
#[rstest]
#[case(Effect::Refuse)]
#[case(Effect::Throttle)]
#[case(Effect::DropAnswer)]
#[tokio::test]
async fn schedules_that_could_not_be_made_are_made_by_the_sweep(#[case] effect: Effect) {
    for k in 0..2 {
        let town = booked(&template()).await;
        for _ in 0..3 {
            // As often as the SDK tries by itself.
            town.break_call(Service::Scheduler, effect, k);
        }
        town.send("m-1", "confirmation").await.ok();
        town.the_message();
        town.stack().faults().clear();
        town.advance(TimeDelta::minutes(5)).await;
        assert_eq!(armed(&town), [before(1440), before(60)], "{effect:?} {k}");
        assert_eq!(
            plan(&town).await,
            [entry("day", "armed", ""), entry("hour", "armed", "")]
        );
        town.advance_to(start()).await;
        assert_eq!(town.post().len(), 2);
    }
}

/// The schedules are made, and the note of that is lost: the sweep finds them.
#[tokio::test]
async fn schedules_that_nobody_noted_are_found_again() {
    let usual = {
        let town = booked(&template()).await;
        town.stack().faults().reset_calls();
        town.send("m-1", "confirmation").await.ok();
        town.the_message();
        let calls = town.calls(Service::Dynamodb).values().sum::<u64>();
        cancel(&town).await;
        town.the_message();
        u32::try_from(calls).unwrap()
    };
    let town = booked(&template()).await;
    town.break_call(Service::Dynamodb, Effect::Refuse, usual - 1);
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    assert_eq!(armed(&town), [before(1440), before(60)]);
    assert!(!town.calls(Service::Scheduler).contains_key("GetSchedule"));
    town.advance(TimeDelta::minutes(5)).await;
    assert_eq!(
        town.calls(Service::Scheduler)["GetSchedule"],
        2,
        "they were there"
    );
    town.stack().faults().reset_calls();
    town.advance(TimeDelta::minutes(5)).await;
    assert!(
        town.calls(Service::Scheduler).is_empty(),
        "and are noted now"
    );
    town.advance_to(start()).await;
    assert_eq!(town.post().len(), 2);
}

#[rstest]
#[case(Effect::Refuse)]
#[case(Effect::DropAnswer)]
#[tokio::test]
async fn schedules_that_could_not_be_removed_are_removed_by_the_sweep(#[case] effect: Effect) {
    let town = confirmed(&template()).await;
    for _ in 0..6 {
        town.break_call(Service::Scheduler, effect, 0);
    }
    cancel(&town).await;
    town.the_message();
    town.stack().faults().clear();
    town.advance(TimeDelta::minutes(5)).await;
    assert!(armed(&town).is_empty());
}

/// Every call that sending a reminder makes of the store fails once, in each way.
/// Lambda tries again, the sweep looks, time passes.
#[rstest]
#[case(Effect::Refuse)]
#[case(Effect::Throttle)]
#[case(Effect::DropAnswer)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_the_store_fails_a_reminder_is_sent_once_or_in_doubt(#[case] effect: Effect) {
    let usual = {
        let town = confirmed(&template()).await;
        town.stack().faults().reset_calls();
        town.advance_to(before(1440)).await;
        town.the_message();
        let calls = town.calls(Service::Dynamodb).values().sum::<u64>();
        cancel(&town).await;
        town.the_message();
        calls
    };
    assert!(
        usual >= 6,
        "reads, a claim, rows, a record, an end: {usual}"
    );
    for k in some_of(0..u32::try_from(usual).unwrap(), 2) {
        let town = confirmed(&template()).await;
        town.break_call(Service::Dynamodb, effect, k);
        town.expect_dead_letters();
        town.advance_to(before(1440)).await;
        town.stack().faults().clear();
        town.advance(TimeDelta::minutes(10)).await;
        let context = format!("{effect:?} at call {k}");
        // The sweep may have been struck, which the next one makes up for.
        let given_up = town.dead_letters();
        let swept = |letter: &DeadLetter| letter.input.get("sweep").is_some();
        assert!(given_up.iter().all(swept), "{context}: {given_up:#?}");

        let arrived = town.post().len();
        let log = town.log("?type=reminder").await;
        assert_eq!(log.len(), 1, "{context}");
        match log[0]["status"].as_str().unwrap() {
            "sent" => assert_eq!(arrived, 1, "{context}"),
            "pending" => {
                assert!(arrived <= 1, "{context}");
                assert_eq!(log[0]["needs_attention"], true, "{context}");
            }
            other => panic!("{other}: {context}"),
        }
        assert_eq!(plan(&town).await[0], entry("day", "sent", ""), "{context}");
        assert_eq!(armed(&town), [before(60)], "{context}");
        cancel(&town).await;
        town.the_message();
    }
}

/// What a provider does, and what is known in the end.
#[rstest]
#[case(Effect::Refuse, "failed", 0)]
#[case(Effect::Stall, "unknown", 0)]
#[case(Effect::DropAnswer, "unknown", 1)]
#[tokio::test]
async fn a_reminder_that_failed_or_is_in_doubt_is_seen_and_not_sent_again(
    #[case] effect: Effect,
    #[case] expected: &str,
    #[case] arrived: usize,
) {
    let town = confirmed(&template()).await;
    town.break_call(Service::Ses, effect, 0);
    town.advance_to(before(1440)).await;
    assert_eq!(town.post().len(), arrived);
    town.advance(TimeDelta::minutes(20)).await;
    assert!(town.post().is_empty());
    let log = town.log("?type=reminder").await;
    assert_eq!(log[0]["deliveries"][0]["status"], expected);
    assert_eq!(log[0]["needs_attention"], true);
    let reason = if expected == "failed" {
        "unreachable"
    } else {
        ""
    };
    let state = if expected == "failed" {
        "skipped"
    } else {
        "sent"
    };
    assert_eq!(plan(&town).await[0], entry("day", state, reason));
    cancel(&town).await;
    town.the_message();
}

/// SES is too busy for longer than one invocation waits: the next one goes on.
#[tokio::test]
async fn a_reminder_that_was_throttled_goes_out_with_the_next_try() {
    let town = confirmed(&template()).await;
    for _ in 0..4 {
        town.break_call(Service::Ses, Effect::Throttle, 0);
    }
    town.advance_to(before(1440)).await;
    assert!(town.post().is_empty());
    assert_eq!(
        town.log("?type=reminder").await[0]["status"],
        "failed",
        "for now"
    );
    town.advance(TimeDelta::minutes(1)).await;
    town.the_message();
    let log = town.log("?type=reminder").await;
    assert_eq!((log.len(), &log[0]["status"]), (1, &"sent".into()));
    assert_eq!(log[0]["deliveries"][0]["attempt"], 2);
    let told = town.timeline("m-1").await;
    assert!(told[0].starts_with("Reminder sent to"), "{told:?}");
    assert!(told[1].starts_with("Reminder not sent to"), "{told:?}");
    cancel(&town).await;
    town.the_message();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_firings_at_once_are_one_reminder() {
    let town = confirmed(&template()).await;
    let event = town.stack().schedules()[0].input.clone();
    lose_schedules_until(&town, before(1440)).await;
    let came = join_all((0..10).map(|_| town.wake(&event))).await;
    assert!(came.iter().any(Result::is_ok));
    town.the_message();
    town.advance(TimeDelta::minutes(5)).await;
    assert!(town.post().is_empty());
    assert_eq!(town.log("?type=reminder").await.len(), 1);
    cancel(&town).await;
    town.the_message();
}

/// The cancellation and the reminder meet: whoever is first, nothing stale goes out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_at_the_very_moment_comes_first_or_last() {
    for _ in 0..10 {
        let town = confirmed(&template()).await;
        let event = town.stack().schedules()[0].input.clone();
        lose_schedules_until(&town, before(1440)).await;
        let body = serde_json::json!({"type": "cancellation", "confirm": true});
        let (_, cancelled) = tokio::join!(town.wake(&event), town.send_as("c", "m-1", &body));
        if cancelled.status != 200 {
            assert_eq!(cancelled.refusal(), "sending", "the reminder was first");
            cancel(&town).await;
        }
        let post = town.post();
        let last = post.last().unwrap().subject.clone().unwrap();
        assert!(
            last.contains("ancel"),
            "a reminder came after the cancellation: {last}"
        );
        town.advance(TimeDelta::minutes(5)).await;
        assert!(town.post().is_empty());
    }
}

/// A send that was cut off is written down as unknown without anyone looking.
#[tokio::test]
async fn the_sweep_writes_down_what_was_cut_off() {
    let town = booked(&template()).await;
    // The claim is through and the email out when the table goes away.
    for skip in 3..40 {
        town.break_call(Service::Dynamodb, Effect::Refuse, skip);
    }
    assert_eq!(town.send("m-1", "confirmation").await.status, 503);
    town.stack().faults().clear();
    town.the_message();
    town.advance(TimeDelta::minutes(5)).await;
    let timeline = town.timeline("m-1").await;
    assert!(
        timeline[0].starts_with("Confirmation perhaps sent to Ann Lee by email"),
        "{timeline:?}"
    );
    town.advance(TimeDelta::minutes(5)).await;
    assert_eq!(town.timeline("m-1").await, timeline, "once");
}

/// What staff do with a meeting between a crash and the sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    Nothing,
    Archived,
    Moved,
    Cancelled,
}

/// The reminder was out when the table went away: that is written down, once, whatever has
/// become of its meeting, and the meeting is let go of.
#[rstest]
#[case(Meanwhile::Nothing)]
#[case(Meanwhile::Archived)]
#[case(Meanwhile::Moved)]
#[case(Meanwhile::Cancelled)]
#[tokio::test]
async fn a_reminder_that_was_cut_off_is_written_down(#[case] meanwhile: Meanwhile) {
    let town = confirmed(&template()).await;
    let event = town.stack().schedules()[0].input.clone();
    lose_schedules_until(&town, before(1440)).await;
    // Two reads, the claim, and the email: the sweep has just asked whether the sender is
    // verified.
    town.stack().faults().cut_off_after(4);
    assert!(town.wake(&event).await.is_err());
    town.stack().faults().clear();
    town.the_message();
    town.advance(TimeDelta::minutes(2)).await;
    match meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::Archived => {
            let archive = "/v1/meetings/m-1/archive";
            town.call(Method::POST, archive, &json!({})).await.ok();
        }
        Meanwhile::Moved => {
            let mut moved = visit();
            moved["starts_at"] = json!("2026-01-20T14:00:00");
            town.book("m-1", &moved).await;
        }
        Meanwhile::Cancelled => cancel(&town).await,
    }
    town.advance(TimeDelta::minutes(10)).await;
    let doubtful = town.log("?type=reminder&status=unknown").await;
    assert_eq!(doubtful.len(), 1, "{meanwhile:?}");
    let timeline = town.timeline("m-1").await;
    let perhaps = |text: &&String| text.starts_with("Reminder perhaps sent");
    assert_eq!(timeline.iter().filter(perhaps).count(), 1, "{timeline:?}");
    town.post();
    town.stack().faults().reset_calls();
    town.advance(TimeDelta::minutes(5)).await;
    let writes = town.calls(Service::Dynamodb);
    assert_eq!(
        writes.get("TransactWriteItems"),
        None,
        "nothing is left to do"
    );
    cancel_quietly(&town).await;
}
