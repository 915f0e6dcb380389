//! Settings and configs that cannot be read in part: the rest says what it
//! says, and nothing is opened.

use aws_sdk_dynamodb::types::AttributeValue;
use rstest::rstest;
use serde_json::json;
use usher_tests::{Town, meeting};

use super::{Item, alter};

/// The settings, with part of what they say of SMS altered.
async fn with_sms_settings(town: &Town, change: impl Fn(&mut Item)) {
    let settings = json!({
        "business_name": "ProGrid", "sms_sender_id": "PROGRID",
        "allowed_countries": ["US"], "sms_max_price_usd": 0.5, "sms_max_segments": 6,
    });
    town.put("/v1/settings", &settings).await.ok();
    let altered = alter(town, |pk, _, item| {
        if pk != "SETTINGS" {
            return false;
        }
        let Some(AttributeValue::M(sms)) = item.get_mut("sms") else {
            panic!("there are SMS settings")
        };
        change(sms);
        true
    });
    assert_eq!(altered.await, 1);
}

#[rstest]
#[case::another_part("transliterate", AttributeValue::S("perhaps".to_owned()), true)]
#[case::one_of_the_countries(
    "allowed_countries",
    AttributeValue::L(vec![AttributeValue::S("US".to_owned()), AttributeValue::Bool(true)]),
    true
)]
#[case::all_countries("allowed_countries", AttributeValue::Bool(true), false)]
#[case::each_country("allowed_countries", AttributeValue::L(vec![AttributeValue::Bool(true)]), false)]
#[case::the_price("max_price_usd", AttributeValue::S("much".to_owned()), false)]
#[tokio::test]
async fn settings_that_cannot_be_read_open_nothing(
    #[case] field: &str,
    #[case] value: AttributeValue,
    #[case] goes_out: bool,
) {
    let town = Town::new().await;
    let config = json!({"id": "c", "type": "confirmation", "channel_mode": "sms"});
    town.template("t", config).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    visit["attendees"][0]["phone"] = json!("+447400123456");
    town.book("m-2", &visit).await;
    with_sms_settings(&town, |sms| {
        sms.insert(field.to_owned(), value.clone());
    })
    .await;
    let sent = town.send("m-1", "confirmation").await.ok();
    let delivery = &sent["notifications"][0]["deliveries"][0];
    if goes_out {
        assert_eq!(delivery["status"], "sent", "{delivery}");
        let sms = town.the_message();
        assert_eq!(sms.attributes["AWS.SNS.SMS.SenderID"], "PROGRID", "{sms:?}");
        assert_eq!(sms.attributes["AWS.SNS.SMS.MaxPrice"], "0.5");
    } else {
        assert_eq!(delivery["status"], "failed", "{delivery}");
        let why = delivery["reason"].as_str().unwrap();
        assert!(why.contains("settings cannot be read"), "{why}");
    }
    let abroad = town.send("m-2", "confirmation").await.ok();
    let delivery = &abroad["notifications"][0]["deliveries"][0];
    assert_eq!(delivery["status"], "failed", "abroad: {delivery}");
}

#[tokio::test]
async fn a_config_that_cannot_be_read_in_part_still_says_what_it_says() {
    let town = Town::new().await;
    let config = json!({
        "id": "c", "type": "confirmation", "channel_mode": "both", "subject": "Our own words",
        "reply_codes": {"enabled": true},
    });
    town.template("t", config).await;
    let altered = alter(&town, |pk, _, item| {
        let Some(AttributeValue::L(configs)) = item.get_mut("configs").filter(|_| pk == "TEMPLATE")
        else {
            return false;
        };
        let Some(AttributeValue::M(config)) = configs.first_mut() else {
            panic!("there is a config")
        };
        let word = |text: &str| AttributeValue::S(text.to_owned());
        config.insert("channel_mode".to_owned(), word("pigeon"));
        config.insert("ask_decline_reason".to_owned(), word("perhaps"));
        true
    });
    assert_eq!(altered.await, 1);
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.the_message().subject.as_deref(), Some("Our own words"));
    assert!(
        town.page("/console/templates")
            .await
            .text
            .contains("Unreadable in part")
    );
}
