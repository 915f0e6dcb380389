//! SMS: what is accepted and how it is kept, and what is refused.

use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use usher_local::{Channel, Stack};

use super::{impatient, refusal, stack};

pub fn client(stack: &Stack) -> Client {
    Client::new(&impatient(stack))
}

fn text(value: &str, kind: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder()
        .data_type(kind)
        .string_value(value)
        .build()
        .unwrap()
}

#[tokio::test]
async fn an_accepted_sms_is_kept_with_its_attributes() {
    let stack = stack().await;
    let sent = client(&stack)
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
    let client = client(&stack);
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
        assert_eq!(refusal(call.send().await), code, "case {number}");
    }
    assert!(stack.outbox().is_empty());
    assert_eq!(refusal(client.list_topics().send().await), "InvalidAction");
}
