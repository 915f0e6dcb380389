//! The database: items, what they cost, and its faults.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use usher_local::{Effect, Service, Stack};

use super::{arm, refusal, stack};

fn key(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// Puts the item A, B in the first table.
pub fn put(stack: &Stack) -> PutItemFluentBuilder {
    Client::new(stack.sdk_config())
        .put_item()
        .table_name(&stack.tables()[0])
        .item("PK", key("A"))
        .item("SK", key("B"))
}

/// Gets the item A, B of the first table.
pub fn get(stack: &Stack) -> GetItemFluentBuilder {
    Client::new(stack.sdk_config())
        .get_item()
        .table_name(&stack.tables()[0])
        .key("PK", key("A"))
        .key("SK", key("B"))
}

#[tokio::test]
async fn the_database_keeps_items_counts_capacity_and_fails_on_request() {
    let stack = stack().await;
    put(&stack).send().await.unwrap();
    assert_eq!((stack.capacity().read, stack.capacity().write), (0.0, 1.0));
    stack.reset_capacity();
    let got = get(&stack).consistent_read(true).send().await;
    assert!(got.unwrap().item.is_some());
    assert_eq!((stack.capacity().read, stack.capacity().write), (1.0, 0.0));
    arm(&stack, Service::Dynamodb, Effect::Refuse);
    assert_eq!(refusal(put(&stack).send().await), "AccessDeniedException");
    arm(&stack, Service::Dynamodb, Effect::DropAnswer);
    put(&stack)
        .send()
        .await
        .expect("the SDK repeats a database call whose answer was lost");
    let conditional = put(&stack)
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
