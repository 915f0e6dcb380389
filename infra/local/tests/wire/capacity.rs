//! What the database says that it consumed is what DynamoDB charges for: figures that are
//! held to it exactly (`infra/bench`) mean something.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use usher_local::{Capacity, Stack};

use super::stack;

/// How much larger an item of this file is than what it is padded with: its keys, their
/// values and the padding's name.
const AROUND: usize = "PKASKBpad".len();

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// A put of the item A, B with so many bytes.
fn put(stack: &Stack, bytes: usize) -> Put {
    let padding = text(&"x".repeat(bytes - AROUND));
    let put = Put::builder().table_name(&stack.tables()[0]);
    let put = put.item("PK", text("A")).item("SK", text("B"));
    put.item("pad", padding).build().unwrap()
}

/// The same, and an entry in the index GSI3, which projects keys alone.
fn put_in_index(stack: &Stack, bytes: usize, position: &str) -> Put {
    let mut put = put(stack, bytes);
    put.item.insert("GSI3PK".into(), text("C"));
    put.item.insert("GSI3SK".into(), text(position));
    put
}

async fn write(stack: &Stack, put: Put) {
    let client = Client::new(stack.sdk_config());
    let put_item = client.put_item().table_name(put.table_name);
    put_item.set_item(Some(put.item)).send().await.unwrap();
}

async fn transact(stack: &Stack, put: Put) {
    let client = Client::new(stack.sdk_config());
    let item = TransactWriteItem::builder().put(put).build();
    let transaction = client.transact_write_items().transact_items(item);
    transaction.send().await.unwrap();
}

async fn read(stack: &Stack, consistently: bool) {
    let client = Client::new(stack.sdk_config());
    let get = client.get_item().table_name(&stack.tables()[0]);
    let get = get.key("PK", text("A")).key("SK", text("B"));
    let get = get.projection_expression("PK");
    get.consistent_read(consistently).send().await.unwrap();
}

/// What was consumed since it was asked last, in the table and in the index GSI3.
fn consumed(stack: &Stack) -> [Capacity; 2] {
    let capacity = stack.consumption().capacity;
    stack.reset_capacity();
    let table = &stack.tables()[0];
    [table.clone(), format!("{table}/GSI3")]
        .map(|place| capacity.get(&place).copied().unwrap_or_default())
}

fn written(stack: &Stack) -> [f64; 2] {
    consumed(stack).map(|capacity| capacity.write)
}

#[tokio::test]
async fn a_write_costs_a_unit_a_kilobyte_of_the_larger_item_and_twice_that_in_a_transaction() {
    let stack = stack().await;
    write(&stack, put(&stack, 1_024)).await;
    assert_eq!(written(&stack), [1.0, 0.0]);
    write(&stack, put(&stack, 1_025)).await;
    assert_eq!(written(&stack), [2.0, 0.0]);
    write(&stack, put(&stack, 100)).await;
    assert_eq!(written(&stack), [2.0, 0.0], "what was there was larger");
    transact(&stack, put(&stack, 1_025)).await;
    assert_eq!(written(&stack), [4.0, 0.0]);
}

#[tokio::test]
async fn a_read_costs_a_unit_for_four_kilobytes_of_the_whole_item_and_half_if_it_may_be_late() {
    let stack = stack().await;
    write(&stack, put(&stack, 4_097)).await;
    consumed(&stack);
    read(&stack, true).await;
    assert_eq!(consumed(&stack)[0].read, 2.0);
    read(&stack, false).await;
    assert_eq!(consumed(&stack)[0].read, 1.0);
}

#[tokio::test]
async fn an_index_costs_what_changes_in_it_and_no_more_in_a_transaction() {
    let stack = stack().await;
    write(&stack, put_in_index(&stack, 3_000, "1")).await;
    assert_eq!(written(&stack), [3.0, 1.0], "it projects keys alone");
    write(&stack, put_in_index(&stack, 2_900, "1")).await;
    assert_eq!(written(&stack), [3.0, 0.0], "nothing changed there");
    transact(&stack, put_in_index(&stack, 2_900, "2")).await;
    assert_eq!(written(&stack), [6.0, 2.0], "one entry goes, one comes");
    transact(&stack, put(&stack, 2_900)).await;
    assert_eq!(written(&stack), [6.0, 1.0], "one entry goes");
}
