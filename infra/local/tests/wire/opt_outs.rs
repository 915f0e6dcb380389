//! The account's list of numbers that have opted out: how it is read and changed through
//! SNS, and what becomes of an SMS to a number on it.

use aws_sdk_sns::Client;
use chrono::TimeDelta;
use usher_local::{Effect, Options, Service, Stack};

use super::sns::client;
use super::starts::restart;
use super::{arm, options, refusal, stack};

const ANN: &str = "+12025550123";

/// Opts a number in; answers with the code of the refusal, if it is refused.
async fn opt_in(client: &Client, number: &str) -> Result<(), String> {
    let answer = client.opt_in_phone_number().phone_number(number).send();
    match answer.await {
        Ok(_) => Ok(()),
        refused => Err(refusal(refused)),
    }
}

async fn publish(client: &Client, number: &str) -> Option<String> {
    let sms = client.publish().phone_number(number).message("Hi");
    sms.send().await.unwrap().message_id
}

#[tokio::test]
async fn the_list_is_read_in_pages_of_a_hundred() {
    let stack = stack().await;
    let client = client(&stack);
    let none = client.list_phone_numbers_opted_out().send().await.unwrap();
    assert!(none.phone_numbers().is_empty() && none.next_token().is_none());
    let numbers: Vec<_> = (0..250).map(|n| format!("+1206555{n:04}")).collect();
    for number in numbers.iter().rev() {
        stack.opt_out_at_account(number).unwrap();
    }
    let mut pages = Vec::new();
    let mut token = None;
    loop {
        let page = client.list_phone_numbers_opted_out().set_next_token(token);
        let page = page.send().await.unwrap();
        pages.push(page.phone_numbers().to_vec());
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    let lengths: Vec<_> = pages.iter().map(Vec::len).collect();
    assert_eq!(lengths, [100, 100, 50]);
    assert_eq!(pages.concat(), numbers);
    assert_eq!(stack.opted_out_at_account(), numbers);
}

#[tokio::test]
async fn a_full_last_page_has_no_token() {
    let stack = stack().await;
    for n in 0..100 {
        let number = format!("+1206555{n:04}");
        stack.opt_out_at_account(&number).unwrap();
    }
    let page = client(&stack).list_phone_numbers_opted_out();
    let page = page.send().await.unwrap();
    assert_eq!(page.phone_numbers().len(), 100);
    assert_eq!(page.next_token(), None);
}

#[tokio::test]
async fn an_sms_to_a_number_on_the_list_is_accepted_and_not_delivered() {
    let stack = stack().await;
    let client = client(&stack);
    stack.opt_out_at_account(ANN).unwrap();
    let lost = publish(&client, ANN).await.unwrap();
    assert!(stack.outbox().is_empty());
    publish(&client, "+12065550111").await.unwrap();
    assert_eq!(stack.outbox()[0].to, "+12065550111");
    opt_in(&client, ANN).await.unwrap();
    assert!(stack.opted_out_at_account().is_empty());
    let arrived = publish(&client, ANN).await.unwrap();
    assert_ne!(arrived, lost);
    assert_eq!(stack.outbox()[1].id, arrived);
}

#[tokio::test]
async fn a_number_is_opted_in_once_in_thirty_days() {
    let stack = stack().await;
    let client = client(&stack);
    stack.opt_out_at_account(ANN).unwrap();
    opt_in(&client, ANN).await.unwrap();
    stack.opt_out_at_account(ANN).unwrap();
    let days = TimeDelta::days(30);
    stack.advance(days - TimeDelta::seconds(1)).await.unwrap();
    assert_eq!(opt_in(&client, ANN).await, Err("Throttled".into()));
    assert_eq!(stack.opted_out_at_account(), [ANN]);
    // A refusal does not begin the thirty days anew.
    stack.advance(TimeDelta::seconds(1)).await.unwrap();
    opt_in(&client, ANN).await.unwrap();
    assert!(stack.opted_out_at_account().is_empty());
    // The owner of the number is not held to it.
    stack.opt_out_at_account(ANN).unwrap();
    stack.opt_in_at_account(ANN).unwrap();
    assert!(stack.opted_out_at_account().is_empty());
}

#[tokio::test]
async fn a_number_that_is_not_on_the_list_can_be_opted_in_and_what_is_no_number_cannot() {
    let stack = stack().await;
    let client = client(&stack);
    opt_in(&client, ANN).await.unwrap();
    for wrong in ["2025550123", "+0", ""] {
        assert_eq!(opt_in(&client, wrong).await, Err("InvalidParameter".into()));
    }
}

#[tokio::test]
async fn armed_faults_strike_the_list_s_operations_too() {
    let stack = stack().await;
    let client = client(&stack);
    for (effect, code) in [
        (Effect::Refuse, "InvalidParameter"),
        (Effect::Throttle, "Throttled"),
    ] {
        arm(&stack, Service::Sns, effect);
        let list = client.list_phone_numbers_opted_out().send().await;
        assert_eq!(refusal(list), code);
    }
    stack.opt_out_at_account(ANN).unwrap();
    arm(&stack, Service::Sns, Effect::Stall);
    let stalled = client.opt_in_phone_number().phone_number(ANN).send().await;
    assert!(stalled.is_err());
    assert_eq!(stack.opted_out_at_account(), [ANN]);
    arm(&stack, Service::Sns, Effect::DropAnswer);
    let lost = client.opt_in_phone_number().phone_number(ANN).send().await;
    assert!(lost.is_err());
    assert!(
        stack.opted_out_at_account().is_empty(),
        "the work was done and its answer lost"
    );
    let calls = stack.calls(Service::Sns);
    assert_eq!(calls["ListPhoneNumbersOptedOut"], 2);
    assert_eq!(calls["OptInPhoneNumber"], 2);
}

#[tokio::test]
async fn the_list_is_kept_on_disk() {
    let folder = std::env::temp_dir().join(format!("usher-opt-outs-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let kept = || Options {
        data: Some(folder.clone()),
        ..options()
    };
    {
        let stack: Stack = Stack::start(kept()).await.unwrap();
        stack.opt_out_at_account(ANN).unwrap();
        stack.opt_out_at_account("+12065550111").unwrap();
        opt_in(&client(&stack), ANN).await.unwrap();
    }
    let stack = restart(kept()).await;
    assert_eq!(stack.opted_out_at_account(), ["+12065550111"]);
    let again = opt_in(&client(&stack), ANN).await;
    assert_eq!(again, Err("Throttled".into()), "when it was is kept too");
    std::fs::remove_dir_all(&folder).unwrap();
}
