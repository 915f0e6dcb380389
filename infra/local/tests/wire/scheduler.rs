//! Schedules, from made to removed.

use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};

use super::stack;

#[tokio::test]
async fn schedules_are_made_found_listed_replaced_and_removed() {
    let stack = stack().await;
    let client = aws_sdk_scheduler::Client::new(stack.sdk_config());
    let window = || {
        FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .unwrap()
    };
    let target = |input: &str| {
        Target::builder()
            .arn("arn:aws:lambda:x")
            .role_arn("arn:aws:iam:x")
            .input(input)
            .build()
            .unwrap()
    };
    let create = |name: &str, at: &str| {
        client
            .create_schedule()
            .name(name)
            .schedule_expression(at)
            .flexible_time_window(window())
            .target(target("{\"k\":1}"))
    };
    create("b", "at(2026-01-16T10:00:00)").send().await.unwrap();
    create("a", "at(2026-01-17T10:00:00)").send().await.unwrap();
    let names: Vec<_> = stack
        .schedules()
        .iter()
        .map(|schedule| schedule.name.clone())
        .collect();
    assert_eq!(names, ["b", "a"]);
    assert_eq!(stack.schedules()[0].input["k"], 1);

    let again = create("b", "at(2026-01-16T10:00:00)")
        .send()
        .await
        .unwrap_err();
    assert!(again.into_service_error().is_conflict_exception());
    for (name, at) in [
        ("x", "rate(1 day)"),
        ("x", "at(2026-02-30T10:00:00)"),
        ("x y", "at(2026-01-16T10:00:00)"),
    ] {
        let error = create(name, at).send().await.unwrap_err();
        assert!(
            error.into_service_error().is_validation_exception(),
            "{name} {at}"
        );
    }
    let broken = create("x", "at(2026-01-16T10:00:00)")
        .target(target("{"))
        .send()
        .await
        .unwrap_err();
    assert!(broken.into_service_error().is_validation_exception());

    let found = client.get_schedule().name("b").send().await.unwrap();
    assert_eq!(found.schedule_expression(), Some("at(2026-01-16T10:00:00)"));
    let page = client.list_schedules().max_results(1).send().await.unwrap();
    assert_eq!(page.schedules()[0].name(), Some("a"));
    let page = client
        .list_schedules()
        .set_next_token(page.next_token)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (page.schedules()[0].name(), page.next_token()),
        (Some("b"), None)
    );

    let moved = client
        .update_schedule()
        .name("b")
        .schedule_expression("at(2026-01-18T10:00:00)");
    moved
        .flexible_time_window(window())
        .target(target("{}"))
        .send()
        .await
        .unwrap();
    assert_eq!(stack.schedules()[1].name, "b");
    client.delete_schedule().name("b").send().await.unwrap();
    let gone = client.delete_schedule().name("b").send().await.unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found_exception());
}
