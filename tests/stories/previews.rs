//! Looking at what would be sent: of a meeting, and of a template being written.

use http::Method;
use serde_json::{Value, json};
use usher_tests::{Reply, Town, meeting};

async fn try_it(town: &Town, trial: &Value) -> Reply {
    town.call(Method::POST, "/v1/templates/t/preview", trial)
        .await
}

#[tokio::test]
async fn a_template_is_looked_at_before_it_is_saved() {
    let town = Town::new().await;
    let trial = json!({
        "type": "update",
        "template": {"name": "T", "configs": [{
            "id": "u", "type": "update",
            "subject": "{{ before.time }} to {{ meeting.time }}, {{ attendee.first_name }}",
        }]},
    });
    let shown = try_it(&town, &trial).await.ok();
    assert_eq!(shown["subject"], "1:00 PM to 2:00 PM, Ann");
    assert!(
        shown["html"].as_str().unwrap().contains("Before: <s>"),
        "{shown}"
    );
    assert_eq!(shown["segments"], 2);
    assert_eq!(
        town.get("/v1/templates/t").await.status,
        404,
        "nothing was saved"
    );
    let refused = json!({
        "type": "update",
        "template": {"name": "T", "configs": [{"id": "u", "type": "update", "subject": "{{ x }}"}]},
    });
    assert_eq!(
        try_it(&town, &refused).await.invalid_fields(),
        ["/template/configs/0/subject"]
    );
}

#[tokio::test]
async fn a_saved_template_is_tried_in_a_language_and_on_a_meeting() {
    let town = Town::new().await;
    assert_eq!(
        try_it(&town, &json!({"type": "reminder"})).await.status,
        404
    );
    town.template(
        "t",
        json!({"id": "soon", "type": "reminder", "subject": "Own {{ meeting.date }}"}),
    )
    .await;
    let german = try_it(&town, &json!({"type": "confirmation", "language": "de"}))
        .await
        .ok();
    assert_eq!(
        german["subject"],
        "Bestätigt: Window measuring, 15. Jan. um 14:00 Uhr"
    );
    assert_eq!(
        (&german["email_language"], &german["sms_language"]),
        (&json!("de"), &json!("de"))
    );
    assert!(
        !german["warnings"].to_string().contains("goes out in"),
        "{german}"
    );

    let own = json!({"type": "reminder", "config_id": "soon", "language": "fr"});
    let own = try_it(&town, &own).await.ok();
    assert_eq!(
        (&own["email_language"], &own["sms_language"]),
        (&json!("en"), &json!("fr"))
    );
    assert_eq!(
        own["warnings"][0],
        "The config's texts are not all there in French: the email goes out in English."
    );

    let mut visit = meeting();
    visit["title"] = json!("Roof");
    town.book("m-1", &visit).await;
    let mine = json!({"type": "confirmation", "meeting_id": "m-1"});
    let mine = try_it(&town, &mine).await.ok();
    assert_eq!(mine["subject"], "Confirmed: Roof, Jan 15 at 2:00 PM");
    for (wrong, pointer) in [
        (
            json!({"type": "reminder", "config_id": "other"}),
            "/config_id",
        ),
        (json!({"type": "reminder", "language": "?"}), "/language"),
        (
            json!({"type": "reminder", "meeting_id": "../x"}),
            "/meeting_id",
        ),
    ] {
        assert_eq!(try_it(&town, &wrong).await.invalid_fields(), [pointer]);
    }
}

#[tokio::test]
async fn a_preview_says_what_an_sms_costs() {
    let town = Town::new().await;
    let wrong = json!({"sms_prices_usd": {"US": -1, "XX": 1}});
    let wrong = town.put("/v1/settings", &wrong).await;
    assert_eq!(
        wrong.invalid_fields(),
        ["/sms_prices_usd/US", "/sms_prices_usd/XX"]
    );
    let settings = json!({"sms_prices_usd": {"US": 0.00645}});
    let kept = town.put("/v1/settings", &settings).await.ok();
    assert_eq!(kept["sms_prices_usd"]["US"], 0.00645);
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation", "channel_mode": "sms"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["title"] =
        json!("A visit of our fitters to measure all the windows of the house, and the doors");
    visit["attendees"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "hans", "name": "Hans", "phone": "+4930123456", "language": "de"}));
    town.book("m-1", &visit).await;
    let preview = town
        .call(
            Method::POST,
            "/v1/meetings/m-1/preview",
            &json!({"type": "confirmation"}),
        )
        .await
        .ok();
    let [ann, hans] = [0, 1].map(|at| &preview["recipients"][at]);
    assert_eq!(
        (&ann["segments"], &ann["sms_price_usd"]),
        (&json!(2), &json!(0.0129))
    );
    assert_eq!(hans["sms_price_usd"], Value::Null, "no price is known");
    assert_eq!(hans["sms_language"], "de");

    let settings = json!({"sms_prices_usd": {"US": 0.00645}, "sms_max_price_usd": 0.01});
    town.put("/v1/settings", &settings).await.ok();
    let request = json!({"type": "confirmation"});
    let preview = town
        .call(Method::POST, "/v1/meetings/m-1/preview", &request)
        .await
        .ok();
    let problem = &preview["recipients"][0]["problems"][0];
    assert_eq!(problem["code"], "sms_too_dear", "{preview}");
    assert_eq!(
        problem["reason"],
        "The SMS costs about $0.0129; the settings allow $0.01."
    );
}

#[tokio::test]
async fn what_texts_may_name_is_listed_with_examples() {
    let town = Town::new().await;
    let list = town.get("/v1/template-variables?language=de").await.ok();
    let variables = list["variables"].as_array().unwrap();
    let of = |name: &str| variables.iter().find(|each| each["name"] == name).unwrap();
    assert_eq!(of("meeting.date")["example"], "Donnerstag, 15. Januar 2026");
    assert_eq!(of("before.time")["example"], "13:00");
    assert!(
        of("link")["example"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );
    // Everything that is listed can be used.
    let uses: String = variables
        .iter()
        .map(|each| format!("<p>{{{{ {} }}}}</p>", each["name"].as_str().unwrap()))
        .collect();
    let filters = list["filters"].as_array().unwrap().iter();
    let filters: String = filters
        .map(|each| each["example"].as_str().unwrap().to_owned())
        .collect();
    let body = json!({"name": "T", "configs": [
        {"id": "c", "type": "confirmation", "email_body": uses + &filters},
    ]});
    town.put("/v1/templates/t", &body).await.ok();
    assert_eq!(
        town.get("/v1/template-variables?language=xx").await.status,
        400
    );
}
