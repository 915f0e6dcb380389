//! What fires, when, in which order, and what becomes of a failure; on functions of
//! the test's own.

mod deliveries;
mod scene;

use std::path::Path;

use bytes::Bytes;
use http::Request;

use serde_json::json;

use super::*;
use crate::clock::MoveError;
use crate::faults::Effect;
use crate::scheduler::{GROUP, Operation};
use scene::{Scene, arm, at};

#[tokio::test]
async fn schedules_fire_by_time_then_name_at_their_own_time_and_then_the_sweep_runs() {
    let scene = Scene::new();
    for (name, time) in [("d", "15:00:00"), ("c", "14:30:00"), ("b", "14:30:00")] {
        scene.arm(name, time, "works");
    }
    scene.arm("a", "15:00:01", "works");
    scene.advance_to("15:00:00").await;
    assert_eq!(
        scene.seen(),
        ["14:30:00 b", "14:30:00 c", "15:00:00 d", "15:00:00 sweep"]
    );
    assert_eq!(scene.clock.now(), at("15:00:00"));
    assert_eq!(scene.scheduler.armed().len(), 1);
    scene.advance_to("15:00:00").await;
    assert_eq!(scene.seen(), ["15:00:00 sweep"], "though nothing was due");
}

#[tokio::test]
async fn an_impossible_move_lets_nothing_happen() {
    let scene = Scene::new();
    scene.arm("a", "15:00:00", "works");
    for distance in [
        Distance::To(at("13:59:59")),
        Distance::By(TimeDelta::seconds(-1)),
        Distance::By(TimeDelta::MAX),
    ] {
        assert!(scene.firing.advance(distance).await.is_err());
    }
    assert!(scene.seen().is_empty());
    assert_eq!(scene.clock.now(), at("14:00:00"));
}

#[tokio::test]
async fn what_is_scheduled_while_firing_fires_too_if_it_is_due_on_the_way() {
    let scene = Scene::new();
    scene.arm("a", "14:30:00", "plans");
    scene.arm("z", "14:31:30", "works");
    scene.advance_to("15:00:00").await;
    assert_eq!(
        scene.seen(),
        [
            "14:30:00 a",
            "14:31:00 soon",
            "14:31:30 z",
            "15:00:00 sweep"
        ]
    );
    assert_eq!(scene.scheduler.armed()[0].name, "later");
}

#[tokio::test]
async fn a_schedule_can_fire_twice_late_or_never() {
    let scene = Scene::new();
    for (name, time) in [("a", "14:10:00"), ("b", "14:20:00"), ("c", "14:30:00")] {
        scene.arm(name, time, "works");
    }
    scene.arm("d", "14:31:00", "works");
    scene.strike(Effect::Twice, 0);
    scene.strike(Effect::Late, 1);
    // Two firings go well before it; a fault that strikes another one counts as well.
    scene.strike(Effect::Never, 2);
    scene.advance_to("14:25:00").await;
    assert_eq!(scene.seen(), ["14:10:00 a", "14:10:00 a", "14:25:00 sweep"]);
    let waits = scene.firing.pending();
    assert_eq!((waits[0].source.name(), waits[0].at), ("b", at("14:30:00")));
    assert_eq!(
        scene.scheduler.armed().len(),
        2,
        "b is out of Scheduler's hands"
    );
    scene.advance_to("15:00:00").await;
    assert_eq!(scene.seen(), ["14:30:00 b", "14:31:00 d", "15:00:00 sweep"]);
    assert!(scene.scheduler.armed().is_empty() && scene.firing.pending().is_empty());
    assert!(scene.faults.armed().is_empty());
}

#[tokio::test]
async fn a_failure_is_tried_again_after_one_and_two_minutes_and_is_then_a_dead_letter() {
    let scene = Scene::new();
    scene.arm("a", "14:30:00", "fails");
    scene.arm("b", "14:30:30", "works");
    scene.arm("c", "14:30:40", "fails once");
    scene.advance_to("15:00:00").await;
    assert_eq!(
        scene.seen(),
        [
            "14:30:00 a",
            "14:30:30 b",
            "14:30:40 c",
            "14:31:00 a",
            "14:31:40 c",
            "14:33:00 a",
            "15:00:00 sweep"
        ]
    );
    assert_eq!(scene.letters(), ["14:33:00 fails: no luck"]);
    assert_eq!(scene.firing.dead_letters()[0].input, "a");
    assert!(scene.firing.pending().is_empty());
}

#[tokio::test]
async fn retries_wait_where_the_clock_stops() {
    let scene = Scene::new();
    scene.arm("a", "14:30:00", "panics");
    scene.advance_to("14:30:00").await;
    scene.advance_to("14:30:59").await;
    assert_eq!(scene.firing.pending()[0].failures, 1);
    scene.advance_to("14:32:00").await;
    assert!(scene.letters().is_empty());
    scene.advance_to("14:33:00").await;
    assert_eq!(
        scene.letters(),
        ["14:33:00 panics: the function panicked: on purpose"]
    );
}

#[tokio::test]
async fn each_invocation_of_a_double_firing_has_retries_of_its_own() {
    let scene = Scene::new();
    scene.arm("a", "14:30:00", "fails");
    scene.strike(Effect::Twice, 0);
    scene.advance_to("15:00:00").await;
    assert_eq!(scene.seen().len(), 7);
    assert_eq!(scene.letters().len(), 2);
}

#[tokio::test]
async fn what_no_function_takes_is_a_dead_letter_at_once() {
    let scene = Scene::new();
    scene.arm("a", "14:30:00", "gone");
    scene.advance_to("15:00:00").await;
    assert_eq!(
        scene.letters(),
        ["14:30:00 gone: there is no function gone"]
    );
}

#[tokio::test]
async fn a_sweep_that_fails_is_a_dead_letter_and_left_to_the_next_one() {
    let scene = Scene::new();
    let fails = Sweep {
        function: "fails".into(),
        every: TimeDelta::minutes(5),
        input: json!("sweep"),
    };
    let Ok(mut firing) = Arc::try_unwrap(scene.firing) else {
        panic!("nobody else holds it")
    };
    firing.sweeps[0].0 = fails;
    firing.advance(Distance::To(at("15:00:00"))).await.unwrap();
    assert!(firing.pending().is_empty());
    let letter = &firing.dead_letters()[0];
    assert_eq!(
        (letter.at, &letter.input),
        (at("15:00:00"), &json!("sweep"))
    );
}

#[test]
fn a_schedule_that_is_moved_just_as_it_fires_keeps_its_new_time() {
    let scene = Scene::new();
    scene.arm("a", "14:30:00", "works");
    let due = scene.scheduler.next_due(at("15:00:00")).unwrap();
    let uri = format!("/schedules/a?groupName={GROUP}");
    let (parts, ()) = Request::delete(uri).body(()).unwrap().into_parts();
    let delete = Operation::Delete("a".to_owned());
    scene
        .scheduler
        .perform(&delete, &parts, &Bytes::new())
        .unwrap();
    scene.scheduler.complete(&due, false).unwrap();
    scene.arm("a", "16:00:00", "works");
    scene.scheduler.complete(&due, false).unwrap();
    assert_eq!(scene.scheduler.armed()[0].due_at, at("16:00:00"));
}

#[tokio::test]
async fn a_clock_that_runs_by_itself_fires_what_it_has_passed_and_sweeps_now_and_then() {
    let scene = Scene::open(&Disk::none(), None);
    let begun = scene.clock.now();
    arm(
        &scene.scheduler,
        "a",
        begun + TimeDelta::minutes(2),
        "works",
    );
    let inputs = |scene: &Scene| -> Vec<Value> {
        let seen = std::mem::take(&mut *lock(&scene.seen));
        seen.into_iter().map(|(_, input)| input).collect()
    };
    for (minutes, expected) in [
        (1, vec![]),
        (3, vec![json!("a")]),
        (4, vec![]),
        (6, vec![json!("sweep")]),
        (7, vec![]),
    ] {
        let now = begun + TimeDelta::minutes(minutes);
        scene.clock.hold().move_to(now).unwrap();
        scene.firing.tick().await.unwrap();
        assert_eq!(inputs(&scene), expected, "after {minutes} minutes");
    }
}

#[tokio::test]
async fn moves_asked_for_at_once_are_made_one_after_the_other() {
    let scene = Scene::new();
    scene.arm("a", "14:30:00", "works");
    let (_timekeeper, moves) = Timekeeper::start(scene.firing.clone());
    let hour = || moves.ask(Distance::By(TimeDelta::hours(1)));
    let (one, two) = tokio::join!(hour(), hour());
    let mut stands = [one.unwrap(), two.unwrap()];
    stands.sort();
    assert_eq!(stands, [at("15:00:00"), at("16:00:00")]);
    assert_eq!(
        scene.seen(),
        ["14:30:00 a", "15:00:00 sweep", "16:00:00 sweep"]
    );
}

#[tokio::test]
async fn the_timekeeper_ends_with_its_owner() {
    for start_at in [None, Some(at("14:00:00"))] {
        let scene = Scene::open(&Disk::none(), start_at);
        let (timekeeper, moves) = Timekeeper::start(scene.firing.clone());
        let watched = Arc::downgrade(&scene.firing);
        drop((scene, timekeeper));
        let refused = moves.ask(Distance::By(TimeDelta::zero())).await;
        assert!(matches!(refused, Err(MoveError::Stopped)));
        assert!(watched.upgrade().is_none());
    }
}

#[tokio::test]
async fn what_waits_and_what_was_given_up_is_kept_on_disk() {
    let folder = std::env::temp_dir().join(format!("usher-firing-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    kept(&folder).await;
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn kept(folder: &Path) {
    let open = || Scene::open(&Disk::hold(folder).unwrap(), Some(at("14:00:00")));
    let scene = open();
    scene.arm("a", "14:30:00", "gone");
    scene.arm("b", "14:30:00", "fails");
    scene.advance_to("14:30:00").await;
    drop(scene);
    let scene = open();
    assert_eq!(scene.letters().len(), 1);
    assert!(scene.scheduler.armed().is_empty());
    scene.advance_to("14:40:00").await;
    assert_eq!(scene.seen(), ["14:31:00 b", "14:33:00 b", "14:40:00 sweep"]);
    drop(scene);
    let scene = open();
    assert_eq!(scene.letters().len(), 2);
    assert!(scene.firing.pending().is_empty());
}
