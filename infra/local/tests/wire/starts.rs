//! A stack's start: with what was kept on disk, one at a time in a folder, and fast.

use std::time::{Duration, Instant};

use usher_local::{Options, Stack};

use super::dynamodb::{get, put};
use super::ses::mail;
use super::{options, ses, stack};

#[tokio::test]
async fn what_was_kept_on_disk_is_there_after_a_restart() {
    let folder = std::env::temp_dir().join(format!("usher-local-test-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let kept = || Options {
        data: Some(folder.clone()),
        ..options()
    };
    {
        let stack = Stack::start(kept()).await.unwrap();
        mail(&ses::client(&stack)).send().await.unwrap();
        put(&stack).send().await.unwrap();
        stack.advance(chrono::TimeDelta::hours(3)).await.unwrap();
        let taken = Stack::start(kept()).await.unwrap_err();
        assert!(format!("{taken:#}").contains("in use"), "{taken:#}");
    }
    let stack = restart(kept()).await;
    assert_eq!(stack.outbox()[0].subject.as_deref(), Some("Café"));
    assert_eq!(
        stack.clock().now().to_rfc3339(),
        "2026-01-15T17:00:00+00:00"
    );
    let got = get(&stack).send().await.unwrap();
    assert!(got.item.is_some());
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The folder is let go by tasks that end a moment after the stack was dropped.
pub async fn restart(options: Options) -> Stack {
    for _ in 0..100 {
        if let Ok(stack) = Stack::start(options.clone()).await {
            return stack;
        }
        tokio::task::yield_now().await;
    }
    panic!("the folder was not let go");
}

#[tokio::test]
async fn a_stack_starts_fast_enough_to_have_one_per_test() {
    let begun = Instant::now();
    for _ in 0..5 {
        stack().await;
    }
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "five starts took {:?}",
        begun.elapsed()
    );
}
