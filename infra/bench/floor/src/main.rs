//! What no design can do without: a Lambda function with the four SDK clients that the
//! functions have, and nothing of theirs. The functions' start and work are held against it.
//!
//! Its event says what it does: `nothing`, so that what the Lambda runtime takes for itself
//! is known; `get`, one GetItem; `schedule`, one CreateSchedule; or `send`, the three calls
//! that any message needs that goes out once: claim it with a conditional PutItem, send it,
//! record it with a conditional UpdateItem. Item, email and schedule are ready-made.

use std::error::Error;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use aws_sdk_sesv2::{
    primitives::Blob,
    types::{Destination, EmailContent, RawMessage},
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};

/// As large as the built-in reminder with its HTML, its text and its headers.
const EMAIL_BYTES: usize = 7_400;

struct Floor {
    dynamodb: aws_sdk_dynamodb::Client,
    ses: aws_sdk_sesv2::Client,
    email: Vec<u8>,
    scheduler: aws_sdk_scheduler::Client,
    // Made, as the functions make it, and not called.
    _sns: aws_sdk_sns::Client,
}

type Done = Result<(), Box<dyn Error + Send + Sync>>;

impl Floor {
    fn connect(sdk: &SdkConfig) -> Self {
        let mut email = b"From: appointments@progrid.example\r\nTo: ann@example.com\r\n\
                          Subject: Window measuring\r\n\r\n"
            .to_vec();
        while email.len() < EMAIL_BYTES {
            email.extend_from_slice(b"We look forward to seeing you tomorrow.\r\n");
        }
        Self {
            dynamodb: aws_sdk_dynamodb::Client::new(sdk),
            ses: aws_sdk_sesv2::Client::new(sdk),
            email,
            scheduler: aws_sdk_scheduler::Client::new(sdk),
            _sns: aws_sdk_sns::Client::new(sdk),
        }
    }

    async fn handle(&self, event: Value) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let table = event["table"].as_str().unwrap_or_default();
        let key = event["key"].as_str().unwrap_or_default();
        match event["do"].as_str() {
            Some("get") => self.get(table, key).await?,
            Some("send") => self.send(table, key).await?,
            Some("schedule") => self.schedule(&event, key).await?,
            _ => {}
        }
        Ok(json!({ "done": true }))
    }

    async fn get(&self, table: &str, key: &str) -> Done {
        let get = self.dynamodb.get_item().table_name(table);
        let get = get.key("PK", text(key)).key("SK", text("FLOOR"));
        get.consistent_read(true).send().await?;
        Ok(())
    }

    async fn send(&self, table: &str, key: &str) -> Done {
        let claim = self.dynamodb.put_item().table_name(table);
        let claim = claim.item("PK", text(key)).item("SK", text("FLOOR"));
        let claim = claim.item("status", text("dispatching"));
        claim
            .condition_expression("attribute_not_exists(PK)")
            .send()
            .await?;
        self.email().await?;
        let record = self.dynamodb.update_item().table_name(table);
        let record = record.key("PK", text(key)).key("SK", text("FLOOR"));
        record
            .update_expression("SET #status = :sent")
            .condition_expression("#status = :dispatching")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":sent", text("sent"))
            .expression_attribute_values(":dispatching", text("dispatching"))
            .send()
            .await?;
        Ok(())
    }

    async fn schedule(&self, event: &Value, name: &str) -> Done {
        let of = |field: &str| event[field].as_str().unwrap_or_default();
        let target = Target::builder().arn(of("function")).role_arn(of("role"));
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off);
        let create = self.scheduler.create_schedule().name(name);
        let create = create.group_name(of("group"));
        create
            .schedule_expression("at(2099-01-01T00:00:00)")
            .flexible_time_window(window.build()?)
            .target(target.input(INPUT).build()?)
            .send()
            .await?;
        Ok(())
    }

    async fn email(&self) -> Done {
        let raw = RawMessage::builder().data(Blob::new(self.email.clone()));
        let content = EmailContent::builder().raw(raw.build()?).build();
        let to = Destination::builder().to_addresses("ann@example.com");
        let send = self.ses.send_email().content(content);
        send.from_email_address("appointments@progrid.example")
            .destination(to.build())
            .send()
            .await?;
        Ok(())
    }
}

/// What a reminder's schedule hands to the function, as long as the functions' own.
const INPUT: &str = r#"{"meeting_id":"visit-000001","trigger_id":"day","revision":1,"due_at":"2099-01-01T00:00:00Z"}"#;

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    // The functions' own HTTP client, so that what differs is what is done with it.
    let tls = Provider::Rustls(CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new().tls_provider(tls);
    let sdk = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http.build_https());
    let floor = &Floor::connect(&sdk.load().await);
    let handle = |event: LambdaEvent<Value>| floor.handle(event.payload);
    lambda_runtime::run(service_fn(handle)).await
}
