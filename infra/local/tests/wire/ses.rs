//! Mail: what is accepted and how it is kept, what is refused, and which sender is
//! verified.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::operation::send_email::builders::SendEmailFluentBuilder;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message, MessageTag, RawMessage,
};
use usher_local::{Channel, Stack};

use super::{impatient, refusal, stack};

const MAIL: &str = "From: Progrid <n@progrid.example>\r\nTo: ann@home.example\r\n\
    Subject: =?utf-8?q?Caf=C3=A9?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n\
    --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n--b--\r\n";

pub fn client(stack: &Stack) -> Client {
    Client::new(&impatient(stack))
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

/// A mail that is accepted, to be sent or spoiled.
pub fn mail(client: &Client) -> SendEmailFluentBuilder {
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

#[tokio::test]
async fn an_accepted_mail_is_kept_as_its_reader_sees_it() {
    let stack = stack().await;
    let sent = mail(&client(&stack))
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
    let client = client(&stack);
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
        assert_eq!(refusal(call.send().await), code, "case {number}");
    }
    assert!(stack.outbox().is_empty());
    assert_eq!(
        refusal(client.get_account().send().await),
        "UnknownOperationException"
    );
}

#[tokio::test]
async fn a_domain_is_an_identity_and_an_address_is_none() {
    let stack = stack().await;
    let client = client(&stack);
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
async fn the_suppression_list_is_told_from_a_day_on() {
    let stack = stack().await;
    let client = client(&stack);
    let listed = async |since: Option<i64>| {
        let call = client.list_suppressed_destinations();
        let since = since.map(aws_sdk_sesv2::primitives::DateTime::from_secs);
        let answer = call.set_start_date(since).send().await.unwrap();
        let listed = answer.suppressed_destination_summaries().iter();
        let listed = listed.map(|each| each.email_address.clone());
        listed.collect::<Vec<_>>()
    };
    assert!(listed(None).await.is_empty());
    stack.suppress_at_account("Ann@home.example");
    let now = stack.clock().now().timestamp();
    assert_eq!(listed(None).await, ["ann@home.example"]);
    assert_eq!(listed(Some(now)).await, ["ann@home.example"]);
    assert!(listed(Some(now + 60)).await.is_empty());
}
