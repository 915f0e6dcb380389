//! Answers: applied to what was shown, or kept as stale (L3–L6, L9).

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

/// Books a meeting, asks Ann by email, and takes the token from her email.
async fn asked(town: &Town, template: Value) -> String {
    town.put("/v1/templates/t", &template).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation_request").await.ok();
    Town::token(&town.the_message())
}

fn plain() -> Value {
    json!({"name": "Visit"})
}

/// The meeting moves to another hour; nobody is told.
async fn moved(town: &Town, starts_at: &str) -> Value {
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["starts_at"] = json!(starts_at);
    town.book("m-1", &visit).await
}

#[tokio::test]
async fn an_answer_may_be_changed_until_the_start_and_the_last_one_counts() {
    let town = Town::new().await;
    let token = asked(&town, plain()).await;
    for (action, status) in [
        ("accept", "CONFIRMED"),
        ("decline", "DECLINED"),
        ("reschedule", "RESCHEDULE_REQUESTED"),
        ("accept", "CONFIRMED"),
    ] {
        assert_eq!(town.answer(&token, 1, action).await.status, 200);
        assert_eq!(town.meeting("m-1").await["status"], status);
    }
    let row = &town.log("").await[0];
    assert_eq!(
        row["answers"].as_array().unwrap().len(),
        4,
        "all are logged"
    );
}

#[tokio::test]
async fn the_same_answer_again_is_no_news() {
    let town = Town::new().await;
    let token = asked(&town, plain()).await;
    town.answer(&token, 1, "accept").await;
    let before = town.meeting("m-1").await;
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    assert_eq!(town.meeting("m-1").await, before);
    assert_eq!(
        town.log("").await[0]["answers"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_reason_and_preferred_times_reach_staff() {
    let town = Town::new().await;
    let token = asked(&town, plain()).await;
    let fields = [
        ("token", token.as_str()),
        ("revision", "1"),
        ("action", "reschedule"),
        ("reason", "I am away"),
        ("preferred_times", "Any Friday\nafter four"),
    ];
    assert_eq!(town.submit(&fields).await.status, 200);
    let row = &town.log("").await[0];
    assert_eq!(row["answers"][0]["reason"], "I am away");
    assert_eq!(
        row["answers"][0]["preferred_times"],
        "Any Friday\nafter four"
    );
    assert!(town.timeline("m-1").await[0].contains("I am away"));
}

#[tokio::test]
async fn an_answer_to_older_details_is_stale_and_the_page_shows_the_new_ones() {
    let town = Town::new().await;
    let token = asked(&town, plain()).await;
    assert_eq!(moved(&town, "2026-01-16T10:30:00").await["revision"], 2);
    let page = town.answer(&token, 1, "accept").await;
    assert_eq!(page.status, 409);
    assert!(
        page.text.contains("10:30") && page.text.contains("value=\"2\""),
        "{}",
        page.text
    );
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["attendees"][0]["answer"]),
        (&json!("INVITED"), &json!("needs_action"))
    );
    let row = &town.log("").await[0];
    assert_eq!(
        (&row["answers"][0]["stale"], &row["answers"][0]["answer"]),
        (&json!(true), &json!("accept"))
    );
    assert!(town.timeline("m-1").await[0].contains("not applied"));

    assert_eq!(
        town.answer(&token, 2, "accept").await.status,
        200,
        "asked again, it applies"
    );
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
}

#[tokio::test]
async fn a_change_taken_back_before_anyone_was_told_makes_nothing_stale() {
    let town = Town::new().await;
    let token = asked(&town, plain()).await;
    assert_eq!(
        moved(&town, "2026-01-16T10:30:00").await["notification_state"],
        "update_due"
    );
    let back = moved(&town, "2026-01-15T14:00:00").await;
    assert_eq!(
        (&back["notification_state"], &back["revision"]),
        (&json!("confirmed"), &json!(1))
    );
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");

    let again = moved(&town, "2026-01-17T09:00:00").await;
    assert_eq!(
        again["revision"], 3,
        "a number once shown is never used for other details"
    );
}

#[tokio::test]
async fn nothing_is_answered_after_the_start_or_the_cutoff() {
    let town = Town::new().await;
    let token = asked(
        &town,
        json!({"name": "Visit", "answer_cutoff_minutes": 120}),
    )
    .await;
    town.advance(TimeDelta::days(10) + TimeDelta::hours(1) + TimeDelta::minutes(59))
        .await;
    assert_eq!(
        town.answer(&token, 1, "accept").await.status,
        200,
        "two hours before"
    );
    town.advance(TimeDelta::minutes(1)).await;
    assert_eq!(
        town.answer(&token, 1, "decline").await.status,
        409,
        "at the cutoff"
    );
    let by_staff = json!({"attendee_id": "ann", "answer": "decline", "reason": "called"});
    town.call(http::Method::POST, "/v1/meetings/m-1/responses", &by_staff)
        .await
        .ok();
    assert_eq!(
        town.meeting("m-1").await["status"],
        "DECLINED",
        "staff are told until the start"
    );
    town.advance(TimeDelta::hours(2)).await;
    assert_eq!(
        town.answer(&token, 1, "accept").await.status,
        409,
        "it has started"
    );
    let refused = town
        .call(http::Method::POST, "/v1/meetings/m-1/responses", &by_staff)
        .await;
    assert_eq!(refused.refusal(), "started");
    assert_eq!(town.meeting("m-1").await["status"], "DECLINED");
    let row = &town.log("").await[0];
    let stale: Vec<_> = row["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["stale"] == true)
        .collect();
    assert_eq!(stale, [false, true, false, true]);
}

#[tokio::test]
async fn the_template_that_counts_is_the_one_that_the_meeting_has_now() {
    let town = Town::new().await;
    let token = asked(&town, plain()).await;
    let early = json!({"name": "Early", "answer_cutoff_minutes": 43_200});
    town.put("/v1/templates/early", &early).await.ok();
    let mut visit = meeting();
    for (template, status) in [(json!("early"), 409), (json!("t"), 200), (Value::Null, 200)] {
        visit["template_id"] = template;
        town.book("m-1", &visit).await;
        let answered = town.answer(&token, 1, "accept").await;
        assert_eq!(answered.status, status, "{}", visit["template_id"]);
    }
}

#[tokio::test]
async fn staff_answer_on_the_customers_behalf() {
    let town = Town::new().await;
    asked(&town, plain()).await;
    let path = "/v1/meetings/m-1/responses";
    let answer =
        json!({"attendee_id": "ann", "answer": "accept", "reason": "Said so on the phone"});
    let now = town.call(http::Method::POST, path, &answer).await.ok();
    assert_eq!(now["status"], "CONFIRMED");
    let row = &town.log("").await[0];
    assert_eq!(
        (&row["answers"][0]["channel"], &row["answers"][0]["reason"]),
        (&json!("staff"), &json!("Said so on the phone"))
    );

    let stranger = json!({"attendee_id": "zoe", "answer": "accept"});
    assert_eq!(
        town.call(http::Method::POST, path, &stranger)
            .await
            .problem()
            .0,
        "not-found"
    );
    town.book("draft", &meeting()).await;
    let early = town
        .call(http::Method::POST, "/v1/meetings/draft/responses", &answer)
        .await;
    assert_eq!(early.refusal(), "not_announced");
}

#[tokio::test]
async fn answers_given_at_once_all_count_and_one_of_them_is_last() {
    let town = Town::new().await;
    let token = asked(&town, plain()).await;
    let answers = [
        "accept",
        "decline",
        "reschedule",
        "accept",
        "decline",
        "reschedule",
    ];
    let replies =
        futures::future::join_all(answers.map(|action| town.answer(&token, 1, action))).await;
    assert!(
        replies
            .iter()
            .all(|reply| reply.status == 200 || reply.status == 503)
    );
    let row = &town.log("").await[0];
    let last = row["answers"].as_array().unwrap().last().unwrap()["answer"].clone();
    let status = match last.as_str().unwrap() {
        "accept" => "CONFIRMED",
        "decline" => "DECLINED",
        _ => "RESCHEDULE_REQUESTED",
    };
    assert_eq!(town.meeting("m-1").await["status"], status);
}

#[tokio::test]
async fn a_link_that_is_played_with_comes_to_an_end() {
    let town = Town::new().await;
    let token = asked(&town, plain()).await;
    for i in 0..50 {
        let action = if i % 2 == 0 { "accept" } else { "decline" };
        assert_eq!(town.answer(&token, 1, action).await.status, 200);
    }
    let page = town.answer(&token, 1, "accept").await;
    assert_eq!(page.status, 409);
    assert_eq!(town.meeting("m-1").await["status"], "DECLINED");
}

/// The provider's answer was lost, so nobody knows whether the email went out;
/// but whoever uses its link has got it.
#[tokio::test]
async fn a_customer_who_uses_a_link_in_doubt_settles_the_doubt() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    assert_eq!(town.meeting("m-1").await["status"], "DRAFT");
    assert_eq!(town.log("").await[0]["deliveries"][0]["status"], "unknown");
    assert!(town.visit(&token).await.text.contains("value=\"accept\""));
    assert_eq!(
        town.log("").await[0]["deliveries"][0]["status"],
        "unknown",
        "looking proves nothing"
    );

    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    let row = &town.log("").await[0];
    assert_eq!(
        (&row["status"], &row["deliveries"][0]["status"]),
        (&json!("sent"), &json!("delivered"))
    );
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["notification_state"]),
        (&json!("CONFIRMED"), &json!("confirmed"))
    );
}

/// SES is slow, the SMS is not: the customer answers it before the send has
/// been recorded, and the record must not take that back.
#[tokio::test]
async fn an_answer_that_overtakes_the_record_of_its_send_stands() {
    let town = Town::new().await;
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation_request", "channel_mode": "both"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.break_call(Service::Ses, Effect::Stall, 0);
    let answer_as_soon_as_it_is_there = async {
        let sms = loop {
            match town.post().pop() {
                Some(sms) => break sms,
                None => tokio::task::yield_now().await,
            }
        };
        town.answer(&Town::token(&sms), 1, "accept").await
    };
    let (sent, answered) = tokio::join!(
        town.send("m-1", "confirmation_request"),
        answer_as_soon_as_it_is_there
    );
    assert_eq!(
        (sent.status.as_u16(), answered.status.as_u16()),
        (200, 200),
        "{}",
        answered.text
    );
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["attendees"][0]["answer"]),
        (&json!("CONFIRMED"), &json!("accepted"))
    );
    let row = &town.log("").await[0];
    assert_eq!(row["deliveries"][0]["status"], "unknown", "the email");
    assert_eq!(row["deliveries"][1]["status"], "delivered", "the SMS");
    assert_eq!(row["answers"].as_array().unwrap().len(), 1);
}
