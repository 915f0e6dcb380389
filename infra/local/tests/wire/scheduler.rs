//! Schedules as Scheduler's client meets them: made, found, listed, replaced and
//! removed, and what is refused.

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::error::ProvideErrorMetadata;
use aws_sdk_scheduler::operation::create_schedule::builders::CreateScheduleFluentBuilder;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use usher_local::{Effect, Service, Stack};

use super::{arm, impatient, refusal, stack};

/// The group that the functions are told of.
const GROUP: &str = "usher-reminders";

pub fn client(stack: &Stack) -> Client {
    Client::new(stack.sdk_config())
}

fn window() -> FlexibleTimeWindow {
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off);
    window.build().unwrap()
}

fn target(function: &str, input: &str) -> Target {
    Target::builder()
        .arn(format!(
            "arn:aws:lambda:us-east-1:123456789012:function:{function}"
        ))
        .role_arn("arn:aws:iam::123456789012:role/r")
        .input(input)
        .build()
        .unwrap()
}

/// A schedule as the functions make it, gone after completion; `at` is a time of
/// 2026-01-15, after 14:00:00.
pub fn create(
    client: &Client,
    name: &str,
    at: &str,
    function: &str,
    input: &str,
) -> CreateScheduleFluentBuilder {
    client
        .create_schedule()
        .group_name(GROUP)
        .name(name)
        .schedule_expression(format!("at(2026-01-15T{at})"))
        .flexible_time_window(window())
        .action_after_completion(ActionAfterCompletion::Delete)
        .target(target(function, input))
}

fn armed(stack: &Stack) -> Vec<String> {
    let armed = stack.schedules().into_iter();
    armed.map(|schedule| schedule.name).collect()
}

#[tokio::test]
async fn schedules_are_made_found_listed_replaced_and_removed() {
    let stack = stack().await;
    let client = client(&stack);
    let create = |name, at| create(&client, name, at, "f", "{\"k\":1}");
    create("b", "16:00:00").send().await.unwrap();
    create("a", "17:00:00").send().await.unwrap();
    assert_eq!(armed(&stack), ["b", "a"]);
    assert_eq!(stack.schedules()[0].input["k"], 1);

    let get = || client.get_schedule().group_name(GROUP).name("b");
    let found = get().send().await.unwrap();
    assert_eq!(found.schedule_expression(), Some("at(2026-01-15T16:00:00)"));
    assert_eq!(found.group_name(), Some(GROUP));
    let list = || client.list_schedules().group_name(GROUP);
    let page = list().max_results(1).send().await.unwrap();
    assert_eq!(page.schedules()[0].name(), Some("a"));
    let page = list().set_next_token(page.next_token).send().await.unwrap();
    assert_eq!(
        (page.schedules()[0].name(), page.next_token()),
        (Some("b"), None)
    );

    let moved = client.update_schedule().group_name(GROUP).name("b");
    moved
        .schedule_expression("at(2026-01-15T18:00:00)")
        .flexible_time_window(window())
        .target(target("f", "{}"))
        .send()
        .await
        .unwrap();
    assert_eq!(armed(&stack), ["a", "b"]);
    let delete = || client.delete_schedule().group_name(GROUP).name("b");
    delete().send().await.unwrap();
    let gone = delete().send().await.unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found_exception());
    assert_eq!(refusal(get().send().await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_name_is_taken_once_and_a_repeat_of_the_same_call_is_answered_as_before() {
    let stack = stack().await;
    let client = client(&stack);
    let create = |token: &str| create(&client, "a", "16:00:00", "f", "{}").client_token(token);
    let first = create("one").send().await.unwrap();
    let again = create("one").send().await.unwrap();
    assert_eq!(first.schedule_arn(), again.schedule_arn());
    let other = create("two").send().await.unwrap_err();
    assert!(other.into_service_error().is_conflict_exception());
}

#[tokio::test]
async fn what_scheduler_would_not_take_is_refused_with_its_words() {
    let stack = stack().await;
    let client = client(&stack);
    for (name, at, input) in [
        ("x", "2026-02-30T10:00:00", "{}"),
        ("x", "2026-01-15T10:00:00Z", "{}"),
        ("x y", "2026-01-15T16:00:00", "{}"),
        ("x", "2026-01-15T16:00:00", "{"),
        // The clock stands at two: it must be later than now.
        ("x", "2026-01-15T13:59:59", "{}"),
        ("x", "2026-01-15T14:00:00", "{}"),
    ] {
        let at = format!("at({at})");
        let asked = create(&client, name, "", "f", input).schedule_expression(at.clone());
        let error = asked.send().await.unwrap_err();
        assert!(
            error.into_service_error().is_validation_exception(),
            "{name} {at} {input}"
        );
    }
    let rate = create(&client, "x", "", "f", "{}").schedule_expression("rate(1 day)");
    assert_eq!(refusal(rate.send().await), "ValidationException");

    create(&client, "a", "16:00:00", "f", "{}")
        .send()
        .await
        .unwrap();
    let moved = client.update_schedule().group_name(GROUP).name("a");
    let moved = moved
        .schedule_expression("at(2026-01-15T13:00:00)")
        .flexible_time_window(window())
        .target(target("f", "{}"));
    assert_eq!(refusal(moved.send().await), "ValidationException");
    assert_eq!(armed(&stack), ["a"]);
}

#[tokio::test]
async fn there_is_the_functions_group_and_no_other() {
    let stack = stack().await;
    let client = client(&stack);
    let create = || create(&client, "a", "16:00:00", "f", "{}");
    create().send().await.unwrap();
    for group in [None, Some("default".to_owned()), Some("others".to_owned())] {
        let created = create().set_group_name(group.clone()).send().await;
        let error = created.unwrap_err();
        assert_eq!(error.code(), Some("ResourceNotFoundException"), "{group:?}");
        let named = group.as_deref().unwrap_or("default");
        assert!(error.message().unwrap().contains(named), "{error:?}");
        let get = client.get_schedule().name("a");
        let get = get.set_group_name(group.clone()).send().await;
        assert_eq!(refusal(get), "ResourceNotFoundException", "{group:?}");
        let delete = client.delete_schedule().name("a");
        let delete = delete.set_group_name(group.clone()).send().await;
        assert_eq!(refusal(delete), "ResourceNotFoundException", "{group:?}");
    }
    let list = client.list_schedules();
    let others = list.clone().group_name("others").send().await;
    assert_eq!(refusal(others), "ResourceNotFoundException");
    let all = list.send().await.unwrap();
    assert_eq!(all.schedules()[0].group_name(), Some(GROUP));
}

#[tokio::test]
async fn a_fault_of_a_call_meets_the_call_and_a_fault_of_firing_does_not() {
    let stack = stack().await;
    let client = Client::new(&impatient(&stack));
    let create = |name| create(&client, name, "16:00:00", "f", "{}");
    for effect in [Effect::Twice, Effect::Late, Effect::Never] {
        arm(&stack, Service::Scheduler, effect);
    }
    create("a").send().await.unwrap();
    arm(&stack, Service::Scheduler, Effect::Throttle);
    assert_eq!(refusal(create("b").send().await), "ThrottlingException");
    arm(&stack, Service::Scheduler, Effect::Stall);
    let stalled = create("c").send().await.unwrap_err();
    assert!(format!("{stalled:?}").contains("Timeout"), "{stalled:?}");
    arm(&stack, Service::Scheduler, Effect::DropAnswer);
    create("d").send().await.unwrap_err();
    assert_eq!(armed(&stack), ["a", "d"]);
    assert_eq!(stack.faults().armed().len(), 3);
    assert_eq!(stack.calls(Service::Scheduler)["CreateSchedule"], 4);
}
