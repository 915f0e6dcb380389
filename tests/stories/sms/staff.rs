//! Organizer and followers are told of each answer once, whatever its channel (L7).

use rstest::rstest;
use serde_json::{Value, json};
use usher_local::{Effect, Fault, FeedbackEvent, Service};
use usher_tests::{Town, meeting};

use super::{asked, asking, the_reply};

fn followed() -> Value {
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["followers"] = json!(["office@progrid.example.com", "SAM@progrid.example.com"]);
    visit
}

async fn asked_with(town: &Town, config: Value, notify: bool) -> String {
    let template = json!({"name": "Visit", "notify_followers": notify, "configs": [config]});
    town.put("/v1/templates/t", &template).await.ok();
    town.book("m-1", &followed()).await;
    town.send("m-1", "confirmation_request").await.ok();
    Town::token(&town.the_message())
}

/// Who was told, and of what.
fn told(town: &Town) -> Vec<(String, String)> {
    let news = town.news().into_iter();
    let mut told: Vec<_> = news.map(|news| (news.to, news.subject.unwrap())).collect();
    told.sort();
    told
}

#[tokio::test]
async fn an_answer_of_any_channel_is_told_once_to_each() {
    let town = Town::new().await;
    let token = asked_with(&town, asking(), true).await;
    let of = |what: &str| {
        let subject = format!("Ann Lee {what}: Window measuring, Jan 15 at 2:00 PM EST");
        let to = ["office@progrid.example.com", "sam@progrid.example.com"];
        to.map(|to| (to.to_owned(), subject.clone())).to_vec()
    };
    town.reply_sms("1").await;
    the_reply(&town);
    assert_eq!(told(&town), of("accepted"));
    town.answer(&token, 1, "decline").await;
    assert_eq!(told(&town), of("declined"));
    town.answer(&token, 1, "decline").await;
    assert_eq!(told(&town), [], "the same again is no news");
    let answer = json!({"attendee_id": "ann", "answer": "reschedule", "reason": "Away"});
    town.call(http::Method::POST, "/v1/meetings/m-1/responses", &answer)
        .await
        .ok();
    assert_eq!(told(&town), of("asked for another time"));
    let rows = town.log("?type=answer_notice").await;
    assert_eq!(rows.len(), 6, "each is on record");
    assert_eq!(rows[0]["attendee"]["id"], "ann");
}

#[tokio::test]
async fn nobody_is_told_where_the_template_says_so() {
    let town = Town::new().await;
    let token = asked_with(&town, asking(), false).await;
    town.answer(&token, 1, "accept").await;
    assert_eq!(told(&town), []);
}

#[tokio::test]
async fn that_staff_could_not_be_told_is_seen_and_undoes_nothing() {
    let town = Town::new().await;
    let token = asked_with(&town, asking(), true).await;
    town.advance(chrono::TimeDelta::minutes(1)).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
    assert_eq!(told(&town).len(), 1);
    let failed = town.log("?status=failed").await;
    assert_eq!(
        (failed.len(), &failed[0]["type"]),
        (1, &json!("answer_notice"))
    );
    assert!(town.timeline("m-1").await[0].starts_with("News of an answer not sent to"));
    let id = failed[0]["id"].as_str().unwrap();
    assert_eq!(town.retry("r", id).await.status, 409);
}

#[tokio::test]
async fn who_answers_the_news_answers_the_customer() {
    let town = Town::new().await;
    asked(&town).await;
    town.reply_sms("1").await;
    the_reply(&town);
    let raw = town.news().remove(0).raw.unwrap();
    let reply_to = raw
        .lines()
        .find(|line| line.starts_with("Reply-To:"))
        .unwrap();
    assert!(reply_to.contains("ann@example.com"), "{reply_to}");
}

/// What is sent of one text is recorded together: the sweep finds all of it by the first, also
/// where that was reported of before.
#[rstest]
#[case(false)]
#[case(true)]
#[tokio::test]
async fn what_is_cut_off_behind_an_answer_is_all_in_doubt_once_the_sweep_has_come(
    #[case] first_is_reported: bool,
) {
    let town = Town::new().await;
    asked_with(&town, asking(), true).await;
    let dies = Fault {
        service: Service::Dynamodb,
        operation: Some("TransactWriteItems".to_owned()),
        to: None,
        effect: Effect::Refuse,
        skip: 1,
        count: 1_000,
    };
    town.stack().faults().arm(dies).unwrap();
    town.reply_sms("1").await;
    town.stack().faults().clear();
    the_reply(&town);
    let news = town.news();
    assert_eq!(news.len(), 2);
    if first_is_reported {
        let first = news.iter().find(|news| news.to.starts_with("sam@"));
        let arrived = town
            .stack()
            .report(&first.unwrap().id, FeedbackEvent::Delivery);
        arrived.await.unwrap();
    }
    town.advance(chrono::TimeDelta::minutes(10)).await;
    let statuses = |rows: Vec<Value>| {
        let status = |row: &Value| row["deliveries"][0]["status"].as_str().unwrap().to_owned();
        rows.iter().map(status).collect::<Vec<_>>()
    };
    let mut told = statuses(town.log("?type=answer_notice").await);
    told.sort();
    let first = if first_is_reported {
        "delivered"
    } else {
        "unknown"
    };
    assert_eq!(told, [first, "unknown"]);
    assert_eq!(statuses(town.log("?type=auto_reply").await), ["unknown"]);
    let in_doubt = town.log("?status=unknown").await;
    assert_eq!(in_doubt.len(), if first_is_reported { 2 } else { 3 });
    // It is looked at no more.
    town.advance(chrono::TimeDelta::minutes(5)).await;
    assert!(town.post().is_empty() && town.news().is_empty());
}
