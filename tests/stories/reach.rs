//! Whom messages of coming meetings will not reach, and why: seen before it matters (G11).

mod pages;
mod parts;

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::FeedbackEvent;
use usher_tests::{Town, meeting};

use crate::unreadable::alter;
use crate::unsubscribing::{by_email_only, link, one_click};

/// The attendees who are listed.
async fn listed(town: &Town, query: &str) -> Vec<Value> {
    let page = town.get(&format!("/v1/reach{query}")).await.ok();
    page["unreachable"].as_array().unwrap().clone()
}

fn words(list: &Value) -> Vec<&str> {
    let words = list.as_array().unwrap().iter();
    words.map(|word| word.as_str().unwrap()).collect()
}

/// Who is listed of which meeting, with the stable words of why.
fn why(rows: &[Value]) -> Vec<String> {
    let one = |row: &Value| {
        let reasons = row["reasons"].as_array().unwrap().iter();
        let reasons: Vec<_> = reasons
            .map(|each| each["reason"].as_str().unwrap())
            .collect();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        format!(
            "{} {}: {}",
            text(&row["meeting_id"]),
            text(&row["attendee"]["id"]),
            reasons.join(" ")
        )
    };
    rows.iter().map(one).collect()
}

/// A meeting on this day of January with these attendees, from the usual one.
fn on(day: u32, attendees: &Value) -> Value {
    let mut visit = meeting();
    visit["starts_at"] = json!(format!("2026-01-{day:02}T14:00:00"));
    visit["attendees"] = attendees.clone();
    visit
}

fn bo() -> Value {
    json!([{"id": "bo", "name": "Bo Reyes"}])
}

/// A template whose messages reach nobody who has no phone.
async fn by_sms_only(town: &Town) {
    let kinds = [
        "confirmation",
        "confirmation_request",
        "update",
        "cancellation",
    ];
    let config = |kind: &str| json!({"id": kind, "type": kind, "channel_mode": "sms"});
    let configs: Vec<_> = kinds.into_iter().map(config).collect();
    let body = json!({"name": "By SMS", "configs": configs});
    town.put("/v1/templates/sms", &body).await.ok();
}

#[tokio::test]
async fn each_reason_is_said_in_a_stable_word_and_a_sentence_soonest_first() {
    let town = Town::new().await;
    by_sms_only(&town).await;
    let settings =
        json!({"allowed_countries": ["US"], "sender_email": "office@progrid.example.com"});
    town.put("/v1/settings", &settings).await.ok();
    let only = |field: &str, value: &str| json!([{"id": "bo", "name": "Bo", field: value}]);
    // Booked out of order.
    town.book("m-3", &on(12, &only("phone", "+491701234567")))
        .await;
    town.book("m-1", &on(10, &bo())).await;
    town.book("m-2", &on(11, &only("phone", "+12025550177")))
        .await;
    let mut by_sms = on(13, &only("email", "bo@example.com"));
    by_sms["template_id"] = json!("sms");
    town.book("m-4", &by_sms).await;
    town.book("m-5", &on(14, &only("email", "bounced@example.com")))
        .await;
    town.book("m-6", &on(15, &only("email", "well@example.com")))
        .await;
    town.text_from("+12025550177", "STOP").await;
    town.send("m-5", "confirmation").await.ok();
    let mail = town.the_message();
    let bounce = FeedbackEvent::Bounce;
    town.stack().report(&mail.id, bounce).await.unwrap();

    let rows = listed(&town, "").await;
    assert_eq!(
        why(&rows),
        [
            "m-1 bo: no_email no_phone",
            "m-2 bo: no_email opted_out",
            "m-3 bo: no_email country_not_allowed",
            "m-4 bo: no_phone",
            "m-5 bo: suppressed no_phone",
        ]
    );
    assert!(rows.iter().all(|row| words(&row["gets"]).is_empty()));
    let first = &rows[0];
    assert_eq!(first["title"], "Window measuring");
    assert_eq!(first["starts_at"], "2026-01-10T14:00:00-05:00");
    assert_eq!(first["timezone"], "America/New_York");
    assert_eq!(
        words(&first["misses"]),
        [
            "confirmation",
            "confirmation_request",
            "update",
            "cancellation"
        ]
    );
    assert_eq!(first["reasons"][0]["channel"], "email");
    assert_eq!(
        first["reasons"][0]["text"],
        "The attendee has no email address."
    );
    assert_eq!(rows[1]["attendee"]["phone"], "+12025550177");
    // Once the number is there, so is Bo.
    town.book("m-4", &on(13, &only("phone", "+12025550178")))
        .await;
    assert!(!why(&listed(&town, "").await).join(" ").contains("m-4"));
}

#[tokio::test]
async fn who_has_unsubscribed_misses_reminders_and_gets_the_rest() {
    let town = Town::new().await;
    let body = json!({
        "name": "Visit", "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/t", &body).await.ok();
    for (id, day) in [("m-1", 15), ("m-2", 16)] {
        let mut visit = on(day, &meeting()["attendees"]);
        by_email_only(&mut visit);
        visit["template_id"] = json!("t");
        town.book(id, &visit).await;
    }
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    town.advance_to("2026-01-14T19:00:00Z".parse().unwrap())
        .await;
    let link = link(&town.the_message());
    assert!(listed(&town, "").await.is_empty());
    assert_eq!(one_click(&town, &link).await.status, 200);
    let rows = listed(&town, "").await;
    assert_eq!(
        why(&rows),
        ["m-2 ann: unsubscribed no_phone"],
        "m-1 was reminded of"
    );
    assert_eq!(words(&rows[0]["misses"]), ["reminder"]);
    assert!(words(&rows[0]["gets"]).contains(&"cancellation"));
}

/// A town whose sender SES lets us use no longer, so that email reaches nobody.
async fn unverified() -> Town {
    let town = Town::new().await;
    let settings = json!({"sender_email": "office@shop.example.org"});
    town.put("/v1/settings", &settings).await.ok();
    town
}

async fn take_back(town: &Town) {
    town.stack().take_back_identity("shop.example.org");
    town.advance(TimeDelta::minutes(6)).await;
}

#[tokio::test]
async fn who_needs_no_message_is_left_out() {
    let town = unverified().await;
    let mut visit = meeting();
    by_email_only(&mut visit);
    for id in ["declined", "known-to-be-off", "archived", "coming"] {
        town.book(id, &visit).await;
        town.send(id, "confirmation_request").await.ok();
        let mail = town.the_message();
        if id == "declined" {
            town.answer(&Town::token(&mail), 1, "decline").await;
        }
    }
    visit["starts_at"] = json!("2026-01-05T09:00:00");
    town.book("over", &visit).await;
    visit["starts_at"] = json!("2026-02-15T09:00:00");
    town.book("later", &visit).await;
    let body = json!({"type": "cancellation", "confirm": true});
    town.send_as("off", "known-to-be-off", &body).await.ok();
    town.the_message();
    let archive = "/v1/meetings/archived/archive";
    town.call(Method::POST, archive, &json!({})).await.ok();
    let pair = json!([
        {"id": "ann", "name": "Ann", "phone": "+12025550123"},
        {"id": "cy", "name": "Cy", "email": "cy@example.com"},
    ]);
    town.book("cancelled", &on(10, &pair)).await;
    town.send("cancelled", "confirmation").await.ok();
    assert_eq!(town.post().len(), 2);
    take_back(&town).await;
    // Ann knows that it is off, and Cy still expects it.
    town.send_as("not-told", "cancelled", &body).await.ok();
    town.the_message();
    assert_eq!(town.meeting("cancelled").await["status"], "CANCELLED");
    let rows = listed(&town, "?from=2026-01-05").await;
    assert_eq!(
        why(&rows),
        [
            "cancelled cy: sender_not_verified no_phone",
            "coming ann: sender_not_verified no_phone",
        ]
    );
    assert_eq!(words(&rows[0]["misses"]), ["cancellation"]);
    let later = listed(&town, "?from=2026-02-01&to=2026-02-28").await;
    assert_eq!(why(&later), ["later ann: sender_not_verified no_phone"]);
}

#[tokio::test]
async fn an_attendee_behind_the_lead_is_listed_too() {
    let town = Town::new().await;
    let crowd = json!([
        {"id": "ann", "name": "Ann", "email": "ann@example.com"},
        {"id": "bo", "name": "Bo"},
        {"id": "cy", "name": "Cy", "phone": "+12025550133"},
    ]);
    town.book("m-1", &on(10, &crowd)).await;
    assert_eq!(why(&listed(&town, "").await), ["m-1 bo: no_email no_phone"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_counted_and_spoils_nothing() {
    let town = Town::new().await;
    let crowd = json!([
        {"id": "ann", "name": "Ann", "email": "ann@example.com"},
        {"id": "cy", "name": "Cy", "phone": "+12025550133"},
    ]);
    town.book("m-1", &on(10, &bo())).await;
    town.book("m-2", &on(11, &bo())).await;
    town.book("m-3", &on(12, &crowd)).await;
    let word = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let broken = alter(&town, |pk, sk, item| {
        let (name, value) = match (pk, sk) {
            ("MEETING#m-2", "MEETING") => ("details", word("soon")),
            // A number that is none: whoever is reached at nothing else is seen.
            ("MEETING#m-3", _) if sk.ends_with("#cy") => ("phone", word("12025550133")),
            _ => return false,
        };
        item.insert(name.to_owned(), value);
        true
    });
    assert_eq!(broken.await, 2);
    let page = town.get("/v1/reach").await.ok();
    let rows = page["unreachable"].as_array().unwrap();
    assert_eq!(
        why(rows),
        ["m-1 bo: no_email no_phone", "m-3 cy: no_email no_phone"]
    );
    assert_eq!(page["unreadable"], 1);
    let shown = town.page("/console/reach").await.text;
    assert!(shown.contains("One entry here cannot be read"), "{shown}");
    assert!(
        shown.contains("Cy") && shown.contains("Bo Reyes"),
        "{shown}"
    );
}

/// Every attendee's preview and this list are one plan: who gets no channel in the one is
/// listed in the other, and nobody else.
#[tokio::test]
async fn the_list_agrees_with_the_preview() {
    let town = Town::new().await;
    town.text_from("+12025550177", "STOP").await;
    for (i, mode) in ["follow_preference", "email", "sms", "both"]
        .iter()
        .enumerate()
    {
        let config = json!({"id": "c", "type": "confirmation", "channel_mode": mode});
        let id = format!("t-{i}");
        town.template(&id, config).await;
        let mut attendees = Vec::new();
        for prefers in ["email", "sms", "both"] {
            for (name, email, phone) in [
                ("all", json!("a@example.com"), json!("+12025550166")),
                ("mail", json!("b@example.com"), json!(null)),
                ("call", json!(null), json!("+12025550165")),
                ("stop", json!(null), json!("+12025550177")),
                ("none", json!(null), json!(null)),
            ] {
                attendees.push(json!({
                    "id": format!("{name}-{prefers}"), "name": name, "email": email,
                    "phone": phone, "preferred_confirmation_method": prefers,
                }));
            }
        }
        let mut visit = on(10, &json!(attendees));
        visit["template_id"] = json!(id);
        town.book(&id, &visit).await;
    }
    let rows = listed(&town, "?limit=100").await;
    let missing = |id: &str, attendee: &Value| {
        let mut theirs = rows
            .iter()
            .filter(|row| row["meeting_id"] == *id && &row["attendee"]["id"] == attendee);
        theirs.any(|row| words(&row["misses"]).contains(&"confirmation"))
    };
    let mut unreached = 0;
    for id in ["t-0", "t-1", "t-2", "t-3"] {
        let path = format!("/v1/meetings/{id}/preview");
        let body = json!({"type": "confirmation"});
        let preview = town.call(Method::POST, &path, &body).await.ok();
        for each in preview["recipients"].as_array().unwrap() {
            let nobody = each["channels"].as_array().unwrap().is_empty();
            let attendee = &each["attendee_id"];
            assert_eq!(missing(id, attendee), nobody, "{id} {each}");
            unreached += usize::from(nobody);
        }
    }
    assert_eq!(unreached, 6 + 9 + 9 + 6);
}
