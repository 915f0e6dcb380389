//! The stand-ins as the real SDK clients meet them: what they accept, what they
//! refuse and in which words, and how their faults look from the caller's side.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message, MessageTag, RawMessage,
};
use aws_sdk_sns::types::MessageAttributeValue;
use usher_local::{Channel, Effect, Fault, Options, Service, Stack};

const MAIL: &str = "From: Progrid <n@progrid.example>\r\nTo: ann@home.example\r\n\
    Subject: =?utf-8?q?Caf=C3=A9?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n\
    --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n--b--\r\n";

async fn stack() -> Stack {
    let start_at = Some("2026-01-15T14:00:00Z".parse().unwrap());
    Stack::start(Options {
        start_at,
        ..Options::default()
    })
    .await
    .unwrap()
}

fn ses(stack: &Stack) -> aws_sdk_sesv2::Client {
    let config = aws_sdk_sesv2::config::Builder::from(stack.sdk_config())
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .operation_timeout(Duration::from_millis(300))
                .build(),
        )
        .build();
    aws_sdk_sesv2::Client::from_conf(config)
}

fn sns(stack: &Stack) -> aws_sdk_sns::Client {
    let config = aws_sdk_sns::config::Builder::from(stack.sdk_config())
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .operation_timeout(Duration::from_millis(300))
                .build(),
        )
        .build();
    aws_sdk_sns::Client::from_conf(config)
}

fn raw(mime: &str) -> EmailContent {
    let message = RawMessage::builder().data(Blob::new(mime)).build().unwrap();
    EmailContent::builder().raw(message).build()
}

fn tag(name: &str, value: &str) -> MessageTag {
    MessageTag::builder()
        .name(name)
        .value(value)
        .build()
        .unwrap()
}

fn mail(
    client: &aws_sdk_sesv2::Client,
) -> aws_sdk_sesv2::operation::send_email::builders::SendEmailFluentBuilder {
    client
        .send_email()
        .from_email_address("Progrid <n@progrid.example>")
        .destination(
            Destination::builder()
                .to_addresses("ann@home.example")
                .build(),
        )
        .content(raw(MAIL))
}

fn text(value: &str, kind: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder()
        .data_type(kind)
        .string_value(value)
        .build()
        .unwrap()
}

fn arm(stack: &Stack, service: Service, effect: Effect) {
    stack.faults().arm(Fault {
        service,
        effect,
        skip: 0,
        count: 1,
    });
}

#[tokio::test]
async fn an_accepted_mail_is_kept_as_its_reader_sees_it() {
    let stack = stack().await;
    let sent = mail(&ses(&stack))
        .email_tags(tag("notification", "n-1"))
        .configuration_set_name("usher")
        .send()
        .await
        .unwrap();
    let [kept] = stack.outbox().try_into().unwrap();
    assert_eq!(sent.message_id(), Some(kept.id.as_str()));
    assert_eq!(
        (kept.channel, kept.to.as_str()),
        (Channel::Email, "ann@home.example")
    );
    assert_eq!(kept.subject.as_deref(), Some("Café"));
    assert_eq!(
        (kept.text.as_deref(), kept.html.as_deref()),
        (Some("Hello"), Some("<p>Hello</p>"))
    );
    assert_eq!(kept.raw.as_deref(), Some(MAIL));
    assert_eq!(kept.at.to_rfc3339(), "2026-01-15T14:00:00+00:00");
    assert_eq!(kept.attributes["notification"], "n-1");
    assert_eq!(kept.attributes["ses:configuration-set"], "usher");
}

#[tokio::test]
async fn ses_refuses_what_ses_refuses() {
    let stack = stack().await;
    let client = ses(&stack);
    let long_line = format!("{MAIL}{}", "x".repeat(999));
    let simple = Content::builder().data("x").build().unwrap();
    let simple = Message::builder()
        .subject(simple.clone())
        .body(Body::builder().text(simple).build())
        .build();
    let cases = [
        (
            "BadRequestException",
            mail(&client).email_tags(tag("a b", "c")),
        ),
        (
            "BadRequestException",
            mail(&client)
                .email_tags(tag("a", "1"))
                .email_tags(tag("a", "2")),
        ),
        (
            "BadRequestException",
            mail(&client).destination(Destination::builder().to_addresses("ann").build()),
        ),
        (
            "BadRequestException",
            mail(&client).content(EmailContent::builder().simple(simple).build()),
        ),
        (
            "BadRequestException",
            mail(&client).feedback_forwarding_email_address("x@progrid.example"),
        ),
        (
            "BadRequestException",
            mail(&client)
                .content(raw("Subject: x\r\n\r\nx"))
                .set_from_email_address(None),
        ),
        (
            "MessageRejected",
            mail(&client).from_email_address("n@other.invalid"),
        ),
        (
            "MessageRejected",
            mail(&client).content(raw(&MAIL.replace("progrid.example", "other.invalid"))),
        ),
        ("MessageRejected", mail(&client).content(raw(&long_line))),
    ];
    for (number, (code, call)) in cases.into_iter().enumerate() {
        let error = call.send().await.unwrap_err();
        assert_eq!(error.code(), Some(code), "case {number}: {error:?}");
    }
    assert!(stack.outbox().is_empty());
    assert_eq!(
        client.get_account().send().await.unwrap_err().code(),
        Some("UnknownOperationException")
    );
}

#[tokio::test]
async fn a_domain_is_an_identity_and_an_address_is_none() {
    let stack = stack().await;
    let client = ses(&stack);
    let found = client
        .get_email_identity()
        .email_identity("progrid.example")
        .send()
        .await
        .unwrap();
    assert!(found.verified_for_sending_status());
    for missing in ["n@progrid.example", "other.invalid"] {
        let error = client
            .get_email_identity()
            .email_identity(missing)
            .send()
            .await
            .unwrap_err();
        assert!(
            error.into_service_error().is_not_found_exception(),
            "{missing}"
        );
    }
}

#[tokio::test]
async fn an_accepted_sms_is_kept_with_its_attributes() {
    let stack = stack().await;
    let sent = sns(&stack)
        .publish()
        .phone_number("+12065550111")
        .message("Hi & <bye> – 1")
        .message_attributes("AWS.SNS.SMS.SMSType", text("Transactional", "String"))
        .message_attributes(
            "AWS.MM.SMS.OriginationNumber",
            text("+12065550100", "String"),
        )
        .message_attributes("AWS.SNS.SMS.MaxPrice", text("0.50", "Number"))
        .send()
        .await
        .unwrap();
    let [kept] = stack.outbox().try_into().unwrap();
    assert_eq!(sent.message_id(), Some(kept.id.as_str()));
    assert_eq!(
        (kept.channel, kept.to.as_str()),
        (Channel::Sms, "+12065550111")
    );
    assert_eq!(kept.from.as_deref(), Some("+12065550100"));
    assert_eq!(kept.text.as_deref(), Some("Hi & <bye> – 1"));
    assert_eq!(kept.attributes["AWS.SNS.SMS.SMSType"], "Transactional");
    assert_eq!((kept.subject, kept.html, kept.raw), (None, None, None));
}

#[tokio::test]
async fn sns_refuses_what_sns_refuses() {
    let stack = stack().await;
    let client = sns(&stack);
    let sms = || client.publish().phone_number("+12065550111").message("Hi");
    let with =
        |name: &str, value: &str, kind: &str| sms().message_attributes(name, text(value, kind));
    let cases = [
        ("InvalidParameter", sms().phone_number("2065550111")),
        ("InvalidParameter", sms().phone_number("+02065550111")),
        ("InvalidParameter", sms().message(" ")),
        ("InvalidParameter", sms().message("é".repeat(801))),
        ("InvalidParameter", sms().subject("x")),
        (
            "InvalidParameter",
            client
                .publish()
                .topic_arn("arn:aws:sns:us-east-1:1:t")
                .message("x"),
        ),
        (
            "ParameterValueInvalid",
            with("AWS.SNS.SMS.SMSType", "Urgent", "String"),
        ),
        (
            "ParameterValueInvalid",
            with("AWS.SNS.SMS.MaxPrice", "0.50", "String"),
        ),
        (
            "ParameterValueInvalid",
            with("AWS.SNS.SMS.SenderID", "12345", "String"),
        ),
        (
            "ParameterValueInvalid",
            with("AWS.SNS.SMS.SenderID", "Progrid Windows", "String"),
        ),
        ("ParameterValueInvalid", with("my-tag", "x", "String")),
    ];
    for (number, (code, call)) in cases.into_iter().enumerate() {
        let error = call.send().await.unwrap_err();
        assert_eq!(error.code(), Some(code), "case {number}: {error:?}");
    }
    assert!(stack.outbox().is_empty());
    assert_eq!(
        client.list_topics().send().await.unwrap_err().code(),
        Some("InvalidAction")
    );
}

#[tokio::test]
async fn a_refusal_and_a_throttle_are_definite_and_leave_nothing_behind() {
    let stack = stack().await;
    let (ses, sns) = (ses(&stack), sns(&stack));
    for (effect, mail_code, sms_code) in [
        (Effect::Refuse, "MessageRejected", "InvalidParameter"),
        (Effect::Throttle, "TooManyRequestsException", "Throttled"),
    ] {
        arm(&stack, Service::Ses, effect);
        arm(&stack, Service::Sns, effect);
        let refused = mail(&ses).send().await.unwrap_err();
        assert!(matches!(refused, SdkError::ServiceError(_)));
        assert_eq!(refused.code(), Some(mail_code));
        let refused = sns
            .publish()
            .phone_number("+12065550111")
            .message("x")
            .send()
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(sms_code));
    }
    assert!(stack.outbox().is_empty());
    mail(&ses).send().await.unwrap();
    assert_eq!(stack.calls(Service::Ses)["SendEmail"], 3);
}

#[tokio::test]
async fn a_stalled_call_does_nothing_and_runs_into_the_callers_timeout() {
    let stack = stack().await;
    arm(&stack, Service::Ses, Effect::Stall);
    let error = mail(&ses(&stack)).send().await.unwrap_err();
    assert!(matches!(error, SdkError::TimeoutError(_)), "{error:?}");
    assert!(stack.outbox().is_empty());
}

#[tokio::test]
async fn a_dropped_answer_leaves_the_work_done_and_is_not_asked_for_twice() {
    let stack = stack().await;
    let client = ses(&stack);
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

#[tokio::test]
async fn the_database_keeps_items_counts_capacity_and_fails_on_request() {
    let stack = stack().await;
    let client = aws_sdk_dynamodb::Client::new(stack.sdk_config());
    let table = &stack.tables()[0];
    let key = |value: &str| AttributeValue::S(value.to_owned());
    let put = || {
        client
            .put_item()
            .table_name(table)
            .item("PK", key("A"))
            .item("SK", key("B"))
    };
    put().send().await.unwrap();
    assert_eq!((stack.capacity().read, stack.capacity().write), (0.0, 1.0));
    stack.reset_capacity();
    let got = client
        .get_item()
        .table_name(table)
        .key("PK", key("A"))
        .key("SK", key("B"))
        .consistent_read(true)
        .send()
        .await;
    assert!(got.unwrap().item.is_some());
    assert_eq!((stack.capacity().read, stack.capacity().write), (1.0, 0.0));
    arm(&stack, Service::Dynamodb, Effect::Refuse);
    assert_eq!(
        put().send().await.unwrap_err().code(),
        Some("AccessDeniedException")
    );
    arm(&stack, Service::Dynamodb, Effect::DropAnswer);
    put()
        .send()
        .await
        .expect("the SDK repeats a database call whose answer was lost");
    let conditional = put()
        .condition_expression("attribute_not_exists(PK)")
        .send()
        .await
        .unwrap_err();
    assert!(
        conditional
            .into_service_error()
            .is_conditional_check_failed_exception()
    );
}

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

#[tokio::test]
async fn what_was_kept_on_disk_is_there_after_a_restart() {
    let folder = std::env::temp_dir().join(format!("usher-local-test-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let options = || Options {
        data: Some(folder.clone()),
        start_at: Some("2026-01-15T14:00:00Z".parse().unwrap()),
        ..Options::default()
    };
    let key = |value: &str| AttributeValue::S(value.to_owned());
    {
        let stack = Stack::start(options()).await.unwrap();
        mail(&ses(&stack)).send().await.unwrap();
        let client = aws_sdk_dynamodb::Client::new(stack.sdk_config());
        client
            .put_item()
            .table_name(&stack.tables()[0])
            .item("PK", key("A"))
            .item("SK", key("B"))
            .send()
            .await
            .unwrap();
        stack.clock().advance(chrono::TimeDelta::hours(3)).unwrap();
        let taken = Stack::start(options()).await.unwrap_err();
        assert!(format!("{taken:#}").contains("in use"), "{taken:#}");
    }
    let stack = restart(options()).await;
    assert_eq!(stack.outbox()[0].subject.as_deref(), Some("Café"));
    assert_eq!(
        stack.clock().now().to_rfc3339(),
        "2026-01-15T17:00:00+00:00"
    );
    let client = aws_sdk_dynamodb::Client::new(stack.sdk_config());
    let got = client
        .get_item()
        .table_name(&stack.tables()[0])
        .key("PK", key("A"))
        .key("SK", key("B"))
        .send()
        .await
        .unwrap();
    assert!(got.item.is_some());
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The folder is let go by tasks that end a moment after the stack was dropped.
async fn restart(options: Options) -> Stack {
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
