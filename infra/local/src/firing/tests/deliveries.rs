//! What a topic hands over: it is run at once, beside everything else, and tried again
//! like anything that fails.

use super::*;

/// A text to a topic that calls `function` with the text.
fn text(function: &str, text: &str) -> Vec<Call> {
    vec![Call {
        source: Source::Topic("Texts".into()),
        function: function.into(),
        input: text.into(),
    }]
}

#[tokio::test]
async fn a_message_has_been_run_when_it_is_delivered() {
    let scene = Scene::new();
    scene.arm("a", "14:30:00", "works");
    let mut calls = text("works", "one");
    calls.extend(text("works", "two"));
    scene.firing.deliver(calls).await.unwrap();
    let mut seen = scene.seen();
    seen.sort();
    assert_eq!(seen, ["14:00:00 one", "14:00:00 two"]);
    assert!(scene.firing.pending().is_empty());
    assert_eq!(scene.scheduler.armed().len(), 1);
}

#[tokio::test]
async fn a_message_that_fails_is_tried_again_after_one_and_two_minutes_and_then_given_up() {
    let scene = Scene::new();
    scene.arm("a", "14:01:30", "works");
    scene.firing.deliver(text("fails", "one")).await.unwrap();
    scene
        .firing
        .deliver(text("fails once", "two"))
        .await
        .unwrap();
    scene.firing.deliver(text("panics", "three")).await.unwrap();
    let waits = scene.firing.pending();
    assert_eq!((waits[0].at, waits[0].failures), (at("14:01:00"), 1));
    assert_eq!(waits[0].source, Source::Topic("Texts".into()));
    scene.advance_to("15:00:00").await;
    assert_eq!(
        scene.seen(),
        [
            "14:00:00 one",
            "14:00:00 two",
            "14:00:00 three",
            "14:01:00 one",
            "14:01:00 two",
            "14:01:00 three",
            "14:01:30 a",
            "14:03:00 one",
            "14:03:00 three",
            "15:00:00 sweep"
        ]
    );
    assert_eq!(
        scene.letters(),
        [
            "14:03:00 fails: no luck",
            "14:03:00 panics: the function panicked: on purpose"
        ]
    );
    assert!(scene.firing.pending().is_empty());
}

#[tokio::test]
async fn a_message_that_no_function_takes_is_a_dead_letter_at_once() {
    let scene = Scene::new();
    scene.firing.deliver(text("gone", "one")).await.unwrap();
    assert_eq!(
        scene.letters(),
        ["14:00:00 gone: there is no function gone"]
    );
}

#[tokio::test]
async fn what_is_being_run_is_not_run_again_by_a_clock_that_moves_meanwhile() {
    let scene = Scene::new();
    let firing = scene.firing.clone();
    let delivery = tokio::spawn(async move { firing.deliver(text("waits", "one")).await });
    while lock(&scene.seen).is_empty() {
        tokio::task::yield_now().await;
    }
    scene.advance_to("14:10:00").await;
    scene.firing.tick().await.unwrap();
    assert_eq!(scene.firing.pending().len(), 1);
    scene.gate.notify_one();
    delivery.await.unwrap().unwrap();
    assert_eq!(scene.seen(), ["14:00:00 one", "14:10:00 sweep"]);
    assert!(scene.firing.pending().is_empty() && scene.letters().is_empty());
}

#[tokio::test]
async fn a_run_goes_on_though_nobody_waits_for_it_any_more() {
    let scene = Scene::new();
    let firing = scene.firing.clone();
    let delivery = tokio::spawn(async move { firing.deliver(text("waits", "one")).await });
    while lock(&scene.seen).is_empty() {
        tokio::task::yield_now().await;
    }
    delivery.abort();
    assert!(delivery.await.unwrap_err().is_cancelled());
    assert_eq!(scene.firing.pending().len(), 1);
    scene.gate.notify_one();
    while !scene.firing.pending().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(scene.letters().is_empty());
}

#[tokio::test]
async fn a_message_that_waits_is_kept_on_disk() {
    let folder = std::env::temp_dir().join(format!("usher-deliveries-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let open = || Scene::open(&Disk::hold(&folder).unwrap(), Some(at("14:00:00")));
    let scene = open();
    scene.firing.deliver(text("fails", "one")).await.unwrap();
    drop(scene);
    let scene = open();
    assert_eq!(
        scene.firing.pending()[0].source,
        Source::Topic("Texts".into())
    );
    scene.advance_to("14:02:00").await;
    assert_eq!(scene.seen(), ["14:01:00 one", "14:02:00 sweep"]);
    drop(scene);
    std::fs::remove_dir_all(&folder).unwrap();
}
