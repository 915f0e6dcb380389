//! A template that changes touches the meetings customers know of only when staff
//! ask for it.

use chrono::TimeDelta;
use serde_json::json;

use super::{armed, before, confirmed, entry, plan, start, template, visit};

#[tokio::test]
async fn an_announced_meeting_keeps_its_reminders_until_staff_apply_the_new_ones() {
    let town = confirmed(&template()).await;
    town.book("draft", &visit()).await;
    let mut changed = template();
    changed["reminder_triggers"] = json!([
        {"id": "day", "config_id": "soon", "minutes_before": 2880},
        {"id": "week", "config_id": "soon", "minutes_before": 10080},
    ]);
    let saved = town.put("/v1/templates/visit", &changed).await.ok();
    assert!(saved.get("applied").is_none());
    assert_eq!(
        armed(&town),
        [before(1440), before(60)],
        "as customers were told"
    );
    let kept = [entry("day", "armed", ""), entry("hour", "armed", "")];
    assert_eq!(plan(&town).await, kept);

    changed["apply_to_upcoming"] = json!(true);
    let saved = town.put("/v1/templates/visit", &changed).await.ok();
    assert_eq!(
        saved["applied"],
        json!({"meetings": 1, "remaining": 0}),
        "the draft takes them anyway"
    );
    assert_eq!(armed(&town), [before(10080), before(2880)]);
    assert_eq!(
        plan(&town).await,
        [entry("day", "armed", ""), entry("week", "armed", "")]
    );
    assert!(
        saved.get("apply_to_upcoming").is_none(),
        "a wish, not a field"
    );
    let again = town.put("/v1/templates/visit", &changed).await.ok();
    assert_eq!(again["applied"]["meetings"], 0);
    // What PUT answered may be sent back.
    town.put("/v1/templates/visit", &again).await.ok();

    town.advance_to(start()).await;
    assert_eq!(town.post().len(), 2);
}

#[tokio::test]
async fn a_meeting_that_changes_its_template_takes_the_other_reminders() {
    let town = confirmed(&template()).await;
    let mut other = template();
    other["reminder_triggers"] = json!([{"id": "two", "config_id": "soon", "minutes_before": 120}]);
    town.put("/v1/templates/other", &other).await.ok();
    let mut visit = visit();
    visit["template_id"] = json!("other");
    town.book("m-1", &visit).await;
    assert_eq!(armed(&town), [before(120)]);
    visit["template_id"] = json!(null);
    town.book("m-1", &visit).await;
    assert!(armed(&town).is_empty());
    assert!(plan(&town).await.is_empty());
    town.advance_to(start() + TimeDelta::hours(1)).await;
    assert!(town.post().is_empty());
}
