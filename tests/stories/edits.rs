//! A meeting's tag is that of its last edit: whoever saves over it meets the edits of others,
//! and not the answers of customers or what they were told.

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Reply, Town, meeting};

const PATH: &str = "/v1/meetings/m-1";

async fn tag(town: &Town) -> String {
    town.get(PATH).await.header("etag").to_owned()
}

/// Saves a meeting over the edit with this tag.
async fn save_over(town: &Town, tag: &str, meeting: &Value) -> Reply {
    let headers = [("content-type", "application/json"), ("if-match", tag)];
    town.request(
        &Caller::LocalAdmin,
        Method::PUT,
        PATH,
        &headers,
        meeting.to_string(),
    )
    .await
}

fn renamed(title: &str) -> Value {
    let mut meeting = meeting();
    meeting["title"] = json!(title);
    meeting
}

/// A town whose customer was asked, with their link.
async fn asked() -> (Town, String) {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    (town, token)
}

#[tokio::test]
async fn a_save_keeps_what_customers_answered_and_were_told_since_it_was_read() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    let read = tag(&town).await;
    town.send("m-1", "confirmation_request").await.ok();
    let token = Town::token(&town.the_message());
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    town.news();
    let saved = save_over(&town, &read, &renamed("Door")).await;
    let after = saved.ok();
    assert_eq!(
        (&after["title"], &after["status"]),
        (&json!("Door"), &json!("CONFIRMED"))
    );
    assert_eq!(after["attendees"][0]["answer"], "accepted");
    assert_eq!(after["attendees"][0]["knows"], "current");
    // The next one must read what this one has saved.
    assert_ne!(saved.header("etag"), read);
    assert_eq!(saved.header("etag"), tag(&town).await);
    let stale = save_over(&town, &read, &renamed("Roof")).await;
    assert_eq!(stale.problem(), ("stale-version".to_owned(), 412));
    assert_eq!(stale.header("etag"), saved.header("etag"));
    save_over(&town, saved.header("etag"), &renamed("Roof"))
        .await
        .ok();
    assert_eq!(town.meeting("m-1").await["title"], "Roof");
}

#[tokio::test]
async fn what_staff_do_besides_editing_leaves_the_tag_and_is_kept() {
    let (town, _) = asked().await;
    let read = tag(&town).await;
    let post = async |path: &str| {
        let path = format!("{PATH}/{path}");
        let reply = town.call(Method::POST, &path, &json!({})).await;
        reply.ok();
        assert_eq!(reply.header("etag"), read, "{path}");
    };
    let answer = json!({"attendee_id": "ann", "answer": "decline"});
    let path = format!("{PATH}/responses");
    let taken = town.call(Method::POST, &path, &answer).await;
    taken.ok();
    assert_eq!(taken.header("etag"), read);
    town.news();
    post("links/revoke").await;
    let cancel = json!({"type": "cancellation", "confirm": true});
    town.send_as("off", "m-1", &cancel).await.ok();
    town.the_message();
    post("archive").await;
    // What is put away is refused for that reason, whatever was read.
    assert_eq!(
        save_over(&town, &read, &renamed("Door")).await.refusal(),
        "archived"
    );
    post("unarchive").await;
    let saved = save_over(&town, &read, &renamed("Door")).await.ok();
    assert_eq!(saved["status"], "CANCELLED", "a save takes nothing back");
    assert_eq!(saved["attendees"][0]["knows"], "cancelled");
}

#[tokio::test]
async fn a_template_that_applies_is_an_edit() {
    let town = Town::new().await;
    let template = json!({"name": "Visit"});
    town.put("/v1/templates/t", &template).await.ok();
    let mut meeting = meeting();
    meeting["template_id"] = json!("t");
    town.book("m-1", &meeting).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    let read = tag(&town).await;
    let reminding = json!({
        "name": "Visit", "apply_to_upcoming": true,
        "configs": [{"id": "r", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "r", "minutes_before": 60}],
    });
    town.put("/v1/templates/t", &reminding).await.ok();
    assert_ne!(tag(&town).await, read);
    let stale = save_over(&town, &read, &meeting).await;
    assert_eq!(stale.problem(), ("stale-version".to_owned(), 412));
    town.call(Method::POST, &format!("{PATH}/archive"), &json!({}))
        .await
        .ok();
}

/// Of the tag that is current a cache may not conclude that nothing has changed.
#[tokio::test]
async fn a_read_is_answered_in_full_whatever_tag_it_names() {
    let (town, token) = asked().await;
    let read = tag(&town).await;
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    town.news();
    assert_eq!(tag(&town).await, read);
    let headers = [("if-none-match", read.as_str())];
    let again = town
        .request(
            &Caller::LocalAdmin,
            Method::GET,
            PATH,
            &headers,
            String::new(),
        )
        .await;
    assert_eq!(again.ok()["status"], "CONFIRMED");
    assert_eq!(again.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_save_that_an_answer_comes_between_is_made_on_top_of_it() {
    let mut held_up = 0;
    for call in 0.. {
        let (town, token) = asked().await;
        let read = tag(&town).await;
        let faults = town.stack().faults();
        let mut hold = faults.hold_after(call);
        let body = renamed("Door");
        let save = async {
            let saved = save_over(&town, &read, &body).await;
            faults.clear();
            saved
        };
        let answer = async {
            let came = hold.came().await;
            let answered = town.answer(&token, 1, "accept").await;
            drop(hold);
            (came, answered)
        };
        let (saved, (came, answered)) = tokio::join!(save, answer);
        assert_eq!(answered.status, 200);
        assert_eq!(saved.status, 200, "at call {call}: {}", saved.text);
        let after = town.meeting("m-1").await;
        assert_eq!(after["title"], "Door", "at call {call}");
        assert_eq!(
            after["attendees"][0]["answer"], "accepted",
            "at call {call}"
        );
        assert_eq!(after["status"], "CONFIRMED", "at call {call}");
        town.news();
        if !came {
            break;
        }
        held_up += 1;
    }
    assert!(held_up >= 3, "{held_up} calls");
}

#[rstest]
#[case::the_form(false)]
#[case::after_another_edit(true)]
#[tokio::test]
async fn the_form_of_the_console_meets_edits_and_not_answers(#[case] edited: bool) {
    let (town, token) = asked().await;
    let form = town.page("/console/meetings/m-1/edit").await;
    let form = form.form("/console/meetings/m-1/edit");
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    town.news();
    if edited {
        town.book("m-1", &renamed("Roof")).await;
    }
    let mine = form.with("title", "Door");
    let saved = town.press(&mine, ("_do", "save")).await;
    let after = town.meeting("m-1").await;
    assert_eq!(after["attendees"][0]["answer"], "accepted");
    if !edited {
        assert_eq!(saved.status, 303, "{}", saved.text);
        assert_eq!(after["title"], "Door");
        return;
    }
    assert_eq!(saved.status, 409, "{}", saved.text);
    assert_eq!(after["title"], "Roof");
    // Once the two are one it is saved over what was shown, whatever is answered meanwhile.
    assert_eq!(town.answer(&token, 1, "decline").await.status, 200);
    town.news();
    let merged = saved
        .form("/console/meetings/m-1/edit")
        .with("title", "Door");
    let saved = town.press(&merged, ("_do", "save")).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let after = town.meeting("m-1").await;
    assert_eq!(
        (&after["title"], &after["status"]),
        (&json!("Door"), &json!("DECLINED"))
    );
}
