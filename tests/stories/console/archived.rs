//! Archived meetings come back with their reminders, and the plan says what is so.

use http::Method;
use serde_json::{Value, json};
use usher_tests::{Town, meeting};

/// A town, and a meeting to be booked that is reminded of a day before.
async fn reminded() -> (Town, Value) {
    let town = Town::new().await;
    let body = json!({
        "name": "T", "configs": [{"id": "r", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "r", "minutes_before": 1440}],
    });
    town.put("/v1/templates/t", &body).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    (town, visit)
}

#[tokio::test]
async fn archiving_asks_and_is_taken_back_with_its_reminders() {
    let (town, visit) = reminded().await;
    town.book("m1", &visit).await;
    town.send("m1", "confirmation").await.ok();
    town.post();
    let asks = town.page("/console/meetings/m1/archive").await;
    assert!(
        asks.text.contains("expect it") && asks.text.contains("taken back"),
        "{}",
        asks.text
    );
    assert_eq!(
        town.meeting("m1").await["archived"],
        false,
        "looking does nothing"
    );
    town.form("/console/meetings/m1/archive", &[]).await;
    assert_eq!(town.reminders("m1").await[0]["reason"], "archived");
    // Even a cancellation says what to do first.
    let refused = town.send("m1", "cancellation").await;
    assert_eq!(refused.refusal(), "archived");
    assert!(refused.text.contains("Take it back from the archive"));
    let done = town.form("/console/meetings/m1/unarchive", &[]).await;
    let page = town.follow(&done).await;
    assert!(
        page.text.contains("Taken back from the archive"),
        "{}",
        page.text
    );
    assert_eq!(town.meeting("m1").await["archived"], false);
    assert_eq!(town.reminders("m1").await[0]["state"], "armed");
    let timeline = town.timeline("m1").await;
    assert!(
        timeline[0].starts_with("Taken back from the archive"),
        "{timeline:?}"
    );
    let again = town
        .call(Method::POST, "/v1/meetings/m1/unarchive", &json!({}))
        .await;
    assert_eq!(again.ok()["archived"], false, "again is no error");
    town.advance_to("2026-01-14T19:00:00Z".parse().unwrap())
        .await;
    assert!(!town.the_message().subject.unwrap().is_empty());
}

#[tokio::test]
async fn the_reminder_plan_says_what_is_so() {
    let town = Town::new().await;
    let body = json!({
        "name": "T", "configs": [{"id": "r", "type": "reminder", "channel_mode": "sms"}],
        "reminder_triggers": [
            {"id": "week", "config_id": "r", "minutes_before": 10080},
            {"id": "day", "config_id": "r", "minutes_before": 1440},
        ],
    });
    town.put("/v1/templates/t", &body).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m1", &visit).await;
    let plan = async || {
        let page = town.page("/console/meetings/m1").await;
        let (_, rest) = page.text.split_once("<h2 id=\"plan\">").unwrap();
        rest.split_once("</section>").unwrap().0.to_owned()
    };
    let before = plan().await;
    assert!(
        before.contains("Waits") && !before.contains("Skipped"),
        "{before}"
    );
    town.send("m1", "confirmation").await.ok();
    town.advance_to("2026-01-08T19:00:00Z".parse().unwrap())
        .await;
    town.post();
    // She opts out after the first went: what went is told of in the log, not by what
    // holds today, and what is to come says that nobody gets it.
    town.text_from("+12025550123", "STOP").await;
    let after = plan().await;
    let (sent, coming) = after.split_once("</li>").unwrap();
    assert!(
        sent.contains(">Sent<") && !sent.contains("opted out"),
        "{sent}"
    );
    assert!(coming.contains("Not planned"), "{coming}");
    let page = town.page("/console/meetings/m1").await;
    assert!(page.text.contains("No texts: opted out"));
    visit["attendees"][0]["phone"] = Value::Null;
    town.book("m1", &visit).await;
    let plan = town.reminders("m1").await;
    assert_eq!(
        (&plan[1]["state"], &plan[1]["reason"]),
        (&json!("skipped"), &json!("unreachable"))
    );
    town.form("/console/meetings/m1/archive", &[]).await;
}

#[tokio::test]
async fn taking_back_promises_reminders_only_where_some_are_to_come() {
    let (town, visit) = reminded().await;
    for (id, announced) in [("m1", false), ("m2", true)] {
        town.book(id, &visit).await;
        if announced {
            town.send(id, "confirmation").await.ok();
        }
        town.form(&format!("/console/meetings/{id}/archive"), &[])
            .await;
        let page = town.page(&format!("/console/meetings/{id}")).await;
        assert_eq!(page.text.contains("Plans its reminders anew"), announced);
        let done = town
            .form(&format!("/console/meetings/{id}/unarchive"), &[])
            .await;
        let said = town.follow(&done).await;
        assert_eq!(
            said.text.contains("reminders are planned anew"),
            announced,
            "{}",
            said.text
        );
        assert_eq!(
            town.timeline(id).await[0].contains("planned anew"),
            announced
        );
    }
    town.post();
    town.form("/console/meetings/m2/archive", &[]).await;
}
