//! Links and replies belong to the address they were sent to (L10), and an equal answer is
//! one answer (L11).

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::{Message, Text};
use usher_tests::{Reply, Town, meeting};

use crate::unsubscribing::{link, one_click};

const ANN: &str = "+12025550123";
const OTHER: &str = "+12025550177";

/// A meeting of Ann and Bob, who are asked by this channel and may answer by codes.
async fn asked(town: &Town, channel: &str) -> (Value, Vec<Message>) {
    town.template(
        "t",
        json!({
            "id": "ask", "type": "confirmation_request", "channel_mode": channel,
            "reply_codes": {"enabled": true},
        }),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "email": "wrong@example.com", "phone": ANN},
        {"id": "bob", "name": "Bob Lee", "email": "bob@example.com", "phone": "+12025550124"},
    ]);
    town.book("m-1", &visit).await;
    let post = ask(town, "first").await;
    (visit, post)
}

async fn ask(town: &Town, key: &str) -> Vec<Message> {
    let again = json!({"type": "confirmation_request", "confirm": true});
    town.send_as(key, "m-1", &again).await.ok();
    town.post()
}

fn to<'a>(post: &'a [Message], address: &str) -> &'a Message {
    post.iter().find(|message| message.to == address).unwrap()
}

/// What a link opens and takes: the page, the calendar's file, an answer.
async fn opens(town: &Town, token: &str) -> [u16; 3] {
    let file = format!("/meeting/calendar.ics?token={token}");
    let replies = [
        town.visit(token).await,
        town.open(&file).await,
        town.answer(token, 1, "accept").await,
    ];
    replies.map(|reply: Reply| reply.status.as_u16())
}

async fn answers(town: &Town) -> [Value; 2] {
    let meeting = town.meeting("m-1").await;
    [0, 1].map(|place: usize| meeting["attendees"][place]["answer"].clone())
}

fn text(from: &str, body: &str) -> Text {
    Text {
        from: from.to_owned(),
        to: "+12065550100".to_owned(),
        body: body.to_owned(),
        previous_message_id: None,
    }
}

#[tokio::test]
async fn a_link_to_a_mistyped_address_is_dead_once_it_is_corrected() {
    for id in [json!("ann"), Value::Null] {
        let town = Town::new().await;
        let (mut visit, post) = asked(&town, "email").await;
        let wrong = Town::token(to(&post, "wrong@example.com"));
        let bob = Town::token(to(&post, "bob@example.com"));
        visit["attendees"][0]["email"] = json!("right@example.com");
        visit["attendees"][0]["id"] = id;
        let saved = town.book("m-1", &visit).await;
        assert_eq!(saved["attendees"][0]["id"], "ann", "the same person");
        assert_eq!(opens(&town, &wrong).await, [404; 3]);
        assert_eq!(answers(&town).await, ["needs_action", "needs_action"]);
        assert_eq!(opens(&town, &bob).await, [200; 3]);
        let right = Town::token(to(&ask(&town, "again").await, "right@example.com"));
        assert_eq!(opens(&town, &wrong).await, [404; 3]);
        assert_eq!(opens(&town, &right).await, [200; 3]);
        assert_eq!(answers(&town).await[0], "accepted");
    }
}

#[tokio::test]
async fn a_link_by_sms_belongs_to_its_number_and_one_by_email_to_its_address() {
    let town = Town::new().await;
    let (mut visit, post) = asked(&town, "both").await;
    let [email, sms] = ["wrong@example.com", ANN].map(|address| Town::token(to(&post, address)));
    visit["attendees"][0]["phone"] = json!(OTHER);
    town.book("m-1", &visit).await;
    assert_eq!(town.visit(&sms).await.status, 404);
    assert_eq!(town.visit(&email).await.status, 200);
    visit["attendees"][0]["phone"] = json!(ANN);
    visit["attendees"][0]["email"] = json!("right@example.com");
    town.book("m-1", &visit).await;
    assert_eq!(town.visit(&sms).await.status, 200, "it is theirs again");
    assert_eq!(town.visit(&email).await.status, 404);
}

#[tokio::test]
async fn an_unsubscribe_link_of_a_former_address_opens_nothing() {
    let town = Town::new().await;
    town.put(
        "/v1/templates/t",
        &json!({
            "name": "Visit", "configs": [{"id": "soon", "type": "reminder"}],
            "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
        }),
    )
    .await
    .ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    town.advance_to("2026-01-14T19:00:00Z".parse().unwrap())
        .await;
    let link = link(&town.the_message());
    visit["attendees"][0]["email"] = json!("right@example.com");
    town.book("m-1", &visit).await;
    assert_eq!(town.open(&link).await.status, 404);
    assert_eq!(one_click(&town, &link).await.status, 404);
}

#[tokio::test]
async fn a_text_from_a_former_number_answers_nothing_and_stands_in_the_inbox() {
    let town = Town::new().await;
    let (mut visit, _) = asked(&town, "sms").await;
    visit["attendees"][0]["phone"] = json!(OTHER);
    town.book("m-1", &visit).await;
    town.text_from(ANN, "1").await;
    assert_eq!(answers(&town).await, ["needs_action", "needs_action"]);
    assert!(town.post().is_empty(), "nobody is told anything");
    let inbox = town.get("/v1/inbound-messages").await.ok();
    assert_eq!(inbox["inbound_messages"][0]["text"], "1");
    // Nor does the number that was not asked.
    town.text_from(OTHER, "1").await;
    assert_eq!(answers(&town).await, ["needs_action", "needs_action"]);
}

#[tokio::test]
async fn a_number_that_moves_to_another_attendee_does_not_answer_for_the_first() {
    let town = Town::new().await;
    let (mut visit, _) = asked(&town, "sms").await;
    visit["attendees"][0]["phone"] = json!(OTHER);
    visit["attendees"][1]["phone"] = json!(ANN);
    town.book("m-1", &visit).await;
    town.text_from(ANN, "1").await;
    assert_eq!(answers(&town).await, ["needs_action", "needs_action"]);
    assert_eq!(town.timeline("m-1").await[0], "Bob Lee texted: 1");
    ask(&town, "again").await;
    town.text_from(ANN, "1").await;
    assert_eq!(answers(&town).await, ["needs_action", "accepted"]);
    town.post();
}

/// What was last done to the meeting, and about whom.
async fn last(town: &Town) -> (Value, Value) {
    let page = town.get("/v1/meetings/m-1/timeline").await.ok();
    let entry = &page["entries"][0];
    (entry["kind"].clone(), entry["attendee_id"].clone())
}

#[tokio::test]
async fn staff_revoke_the_links_of_one_attendee_or_of_all() {
    let town = Town::new().await;
    let (visit, post) = asked(&town, "email").await;
    let tokens = |post: &[Message]| {
        ["wrong@example.com", "bob@example.com"].map(|address| Town::token(to(post, address)))
    };
    let [ann, bob] = tokens(&post);
    let one = "/v1/meetings/m-1/attendees/ann/links/revoke";
    town.call(Method::POST, one, &json!({})).await.ok();
    assert_eq!(opens(&town, &ann).await, [404; 3]);
    assert_eq!(town.visit(&bob).await.status, 200);
    let revoked = json!("links_revoked");
    assert_eq!(last(&town).await, (revoked.clone(), json!("ann")));
    // Who is removed and comes back has no use of them either.
    let mut without = visit.clone();
    without["attendees"].as_array_mut().unwrap().remove(0);
    town.book("m-1", &without).await;
    town.book("m-1", &visit).await;
    assert_eq!(town.visit(&ann).await.status, 404);
    let [next, bobs] = tokens(&ask(&town, "again").await);
    assert_eq!(opens(&town, &next).await, [200; 3]);
    let all = "/v1/meetings/m-1/links/revoke";
    town.call(Method::POST, all, &json!({})).await.ok();
    for token in [&ann, &bob, &next, &bobs] {
        assert_eq!(town.visit(token).await.status, 404);
    }
    assert_eq!(last(&town).await, (revoked, Value::Null));
    for (missing, what) in [
        ("/v1/meetings/m-1/attendees/eve/links/revoke", "attendee"),
        ("/v1/meetings/m-2/links/revoke", "meeting"),
    ] {
        let reply = town.call(Method::POST, missing, &json!({})).await;
        assert_eq!(reply.problem().0, "not-found", "{what}");
    }
}

#[tokio::test]
async fn the_console_asks_before_it_revokes() {
    let town = Town::new().await;
    let (_, post) = asked(&town, "email").await;
    let ann = Town::token(to(&post, "wrong@example.com"));
    let page = town.page("/console/meetings/m-1").await.text;
    let path = "/console/meetings/m-1/links/revoke";
    let of_ann = format!("{path}?attendee=ann");
    for button in ["/links/revoke?attendee=ann\"", "/links/revoke\""] {
        assert!(page.contains(button), "{page}");
    }
    let asks = town.page(&of_ann).await.text;
    assert!(asks.contains("Revoke the links of Ann Lee?"), "{asks}");
    assert!(
        town.page(path)
            .await
            .text
            .contains("Revoke all links of this meeting?")
    );
    assert_eq!(town.visit(&ann).await.status, 200, "looking does nothing");
    let done = town.form(path, &[("attendee", "ann")]).await;
    let said = "the links sent to Ann Lee so far open nothing any more";
    let after = town.follow(&done).await.text;
    assert!(after.contains(said), "{after}");
    assert_eq!(town.visit(&ann).await.status, 404);
    let bob = Town::token(to(&post, "bob@example.com"));
    town.form(path, &[]).await;
    assert_eq!(town.visit(&bob).await.status, 404);
}

/// What the log has of Ann's answers.
async fn logged(town: &Town) -> Vec<(Value, bool)> {
    let rows = town.log("?type=confirmation_request").await;
    let row = rows.iter().find(|row| row["attendee"]["id"] == "ann");
    let answers = row.unwrap()["answers"].as_array().unwrap().clone();
    let each = answers
        .iter()
        .map(|each| (each["answer"].clone(), each["stale"] == true));
    each.collect()
}

#[tokio::test]
async fn two_equal_answers_at_once_are_one_and_both_read_as_taken() {
    let town = Town::new().await;
    let (_, post) = asked(&town, "email").await;
    let token = Town::token(to(&post, "wrong@example.com"));
    let twice = [(); 4].map(|()| town.answer(&token, 1, "accept"));
    for reply in futures::future::join_all(twice).await {
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(!reply.text.contains("answered since"), "{}", reply.text);
    }
    assert_eq!(logged(&town).await, [(json!("accept"), false)]);
    assert_eq!(town.news().len(), 1, "staff are told once");
}

#[tokio::test]
async fn an_equal_answer_over_another_channel_is_no_second_one() {
    let town = Town::new().await;
    let (_, post) = asked(&town, "both").await;
    town.text_from(ANN, "1").await;
    let [reply] = &town.post()[..] else {
        panic!("the text is answered");
    };
    let taken = reply.text.clone();
    assert_eq!(town.news().len(), 1);
    for address in ["wrong@example.com", ANN] {
        let token = Town::token(to(&post, address));
        assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    }
    town.text_from(ANN, "1").await;
    assert_eq!(town.the_message().text, taken, "it reads as taken");
    assert_eq!(logged(&town).await, [(json!("accept"), false)]);
    assert!(town.news().is_empty(), "staff are told once");
}

#[tokio::test]
async fn a_text_that_comes_again_after_an_older_one_is_still_one_answer() {
    let town = Town::new().await;
    asked(&town, "sms").await;
    let older = town.stack().sms_event(&text(ANN, "3"));
    town.advance(TimeDelta::minutes(1)).await;
    let accepted = town.stack().sms_event(&text(ANN, "1"));
    let again = town.stack().sms_event(&text(ANN, "1"));
    for event in [accepted.clone(), older.clone(), again, accepted, older] {
        town.stack()
            .invoke_function("inbound-sms", event)
            .await
            .unwrap();
        assert_eq!(answers(&town).await[0], "accepted");
    }
    let once = [(json!("accept"), false), (json!("decline"), true)];
    assert_eq!(logged(&town).await, once);
    assert_eq!(town.news().len(), 1, "staff are told once");
    assert_eq!(town.post().len(), 3, "each text is answered once");
}

#[tokio::test]
async fn a_text_that_was_late_does_not_undo_what_was_answered_since_over_a_link() {
    let town = Town::new().await;
    let (_, post) = asked(&town, "sms").await;
    let late = town.stack().sms_event(&text(ANN, "1"));
    town.advance(TimeDelta::minutes(1)).await;
    let token = Town::token(to(&post, ANN));
    assert_eq!(town.answer(&token, 1, "decline").await.status, 200);
    town.stack()
        .invoke_function("inbound-sms", late)
        .await
        .unwrap();
    assert_eq!(answers(&town).await[0], "declined");
    assert!(town.the_message().text.unwrap().contains("you declined"));
}
