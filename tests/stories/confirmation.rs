//! The main job: a customer is told, answers, and staff see it.

use serde_json::{Value, json};
use usher_tests::{Town, meeting};

#[tokio::test]
async fn a_customer_is_asked_both_ways_accepts_and_staff_see_it() {
    let town = Town::new().await;
    town.template(
        "visit",
        json!({"id": "rsvp", "type": "confirmation_request", "channel_mode": "both"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("visit");
    let booked = town.book("m-1", &visit).await;
    assert_eq!(
        (&booked["status"], &booked["notification_state"]),
        (&json!("DRAFT"), &json!("none"))
    );
    assert!(town.post().is_empty(), "saving sends nothing (N6)");

    let preview = town
        .call(
            http::Method::POST,
            "/v1/meetings/m-1/preview",
            &json!({"type": "confirmation_request"}),
        )
        .await
        .ok();
    assert_eq!(preview["allowed"], true);
    let recipient = &preview["recipients"][0];
    let channels: Vec<_> = recipient["channels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["channel"].clone())
        .collect();
    assert_eq!(channels, [json!("email"), json!("sms")]);
    assert!(town.post().is_empty(), "a preview sends nothing");

    let sent = town.send("m-1", "confirmation_request").await.ok();
    let deliveries = &sent["notifications"][0]["deliveries"];
    assert_eq!(
        (&deliveries[0]["status"], &deliveries[1]["status"]),
        (&json!("sent"), &json!("sent"))
    );

    let post = town.post();
    assert_eq!(post.len(), 2, "one email and one SMS");
    let email = post.iter().find(|message| message.html.is_some()).unwrap();
    let sms = post.iter().find(|message| message.html.is_none()).unwrap();
    assert_eq!(
        (email.to.as_str(), sms.to.as_str()),
        ("ann@example.com", "+12025550123")
    );
    assert_eq!(
        email.subject.as_deref(),
        recipient["subject"].as_str(),
        "the preview told the truth"
    );
    for button in [
        "Accept",
        "Decline",
        "Reschedule",
        "View details",
        "Add to calendar",
    ] {
        assert!(
            email.html.as_deref().unwrap().contains(button),
            "the email has {button}"
        );
        assert!(
            email.text.as_deref().unwrap().contains(button),
            "and so has its text part"
        );
    }
    let text = sms.text.as_deref().unwrap();
    assert!(
        text.ends_with(sms.landing_link().unwrap()),
        "an SMS ends in its link (S1): {text}"
    );
    assert!(text.contains("Jan 15 at 2:00 PM"), "{text}");

    let before = town.meeting("m-1").await;
    assert_eq!(
        (&before["status"], &before["notification_state"]),
        (&json!("INVITED"), &json!("confirmed"))
    );
    let token = Town::token(email);
    for action in [
        "",
        "&action=accept",
        "&action=decline",
        "&action=reschedule",
    ] {
        let page = town
            .open(&format!("/meeting/landing?token={token}{action}"))
            .await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Window measuring"));
    }
    assert_eq!(
        town.meeting("m-1").await,
        before,
        "looking changes nothing (L2)"
    );

    let thanks = town.answer(&token, 1, "accept").await;
    assert_eq!(thanks.status, 200, "{}", thanks.text);
    let after = town.meeting("m-1").await;
    assert_eq!(
        (&after["status"], &after["attendees"][0]["answer"]),
        (&json!("CONFIRMED"), &json!("accepted"))
    );

    let row = &town.log("?meeting=m-1").await[0];
    assert_eq!(row["status"], "sent");
    assert_eq!(row["answers"][0]["answer"], "accept");
    assert_eq!(row["answers"][0]["channel"], "email_link");
    assert_eq!(row["answers"][0]["at"], "2026-01-05T15:00:00Z");
    let timeline = town.timeline("m-1").await;
    assert!(
        timeline[0].contains("Ann Lee accepted over the link in the email"),
        "{timeline:?}"
    );
    assert!(
        timeline[1].contains("RSVP request sent to Ann Lee by email and SMS"),
        "{timeline:?}"
    );
    assert_eq!(timeline.last().unwrap(), "Meeting created");
}

#[tokio::test]
async fn a_plain_confirmation_books_and_offers_no_answer() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation").await.ok();
    let email = town.the_message();
    let html = email.html.as_deref().unwrap();
    assert!(
        html.contains("View details") && !html.contains("action=accept"),
        "{html}"
    );
    assert_eq!(town.meeting("m-1").await["status"], "BOOKED");
    let page = town.visit(&Town::token(&email)).await;
    assert!(
        !page.text.contains("value=\"accept\""),
        "what was not offered is not shown (L4)"
    );
}

#[tokio::test]
async fn the_same_type_again_wants_a_second_word() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.post().len(), 1);
    let again = town.send("m-1", "confirmation").await;
    assert_eq!(again.problem(), ("needs-confirmation".to_owned(), 428));
    assert!(again.json()["would"].as_str().unwrap().contains("again"));
    assert!(town.post().is_empty());
    let body = json!({"type": "confirmation", "confirm": true});
    town.send_as("meant", "m-1", &body).await.ok();
    assert_eq!(town.post().len(), 1);
}

#[tokio::test]
async fn several_attendees_each_get_their_own_link_and_the_lead_decides() {
    let town = Town::new().await;
    let mut group = meeting();
    group["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "email": "ann@example.com"},
        {"id": "bob", "name": "Bob Lee", "email": "bob@example.com"},
        {"id": "cy", "name": "Cy Lee", "phone": "+12025550125"},
    ]);
    town.book("m-1", &group).await;
    let sent = town.send("m-1", "confirmation_request").await.ok();
    assert_eq!(sent["notifications"].as_array().unwrap().len(), 3);
    let post = town.post();
    let token = |to: &str| Town::token(post.iter().find(|message| message.to == to).unwrap());
    assert_eq!(post.len(), 3);

    town.answer(&token("bob@example.com"), 1, "decline").await;
    let now = town.meeting("m-1").await;
    assert_eq!(
        now["status"], "INVITED",
        "the others' answers are theirs alone (L3)"
    );
    assert_eq!(answers(&now), ["needs_action", "declined", "needs_action"]);

    town.answer(&token("+12025550125"), 1, "accept").await;
    town.answer(&token("ann@example.com"), 1, "reschedule")
        .await;
    let now = town.meeting("m-1").await;
    assert_eq!(now["status"], "RESCHEDULE_REQUESTED");
    assert_eq!(answers(&now), ["needs_action", "declined", "accepted"]);
    assert_eq!(now["attendees"][0]["reschedule_requested"], true);
}

fn answers(meeting: &Value) -> Vec<String> {
    let attendees = meeting["attendees"].as_array().unwrap();
    attendees
        .iter()
        .map(|a| a["answer"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn only_the_attendees_named_are_written_to() {
    let town = Town::new().await;
    let mut group = meeting();
    group["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "email": "ann@example.com"},
        {"id": "bob", "name": "Bob Lee", "email": "bob@example.com"},
    ]);
    town.book("m-1", &group).await;
    let body = json!({"type": "confirmation", "attendees": ["bob"]});
    town.send_as("k", "m-1", &body).await.ok();
    assert_eq!(town.the_message().to, "bob@example.com");
}

#[tokio::test]
async fn a_hundred_attendees_are_all_written_to_once() {
    let town = Town::new().await;
    let mut crowd = meeting();
    crowd["attendees"] = (0..100)
        .map(|i| json!({"id": format!("a{i}"), "name": format!("Guest {i}"), "email": format!("guest{i}@example.com")}))
        .collect();
    town.book("m-1", &crowd).await;
    let sent = town.send("m-1", "confirmation").await.ok();
    assert!(
        sent["notifications"]
            .as_array()
            .unwrap()
            .iter()
            .all(|n| n["status"] == "sent")
    );
    let mut to: Vec<_> = town.post().into_iter().map(|message| message.to).collect();
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 100);
    assert_eq!(town.log("?meeting=m-1&limit=100").await.len(), 100);
}

#[tokio::test]
async fn a_template_may_confirm_new_meetings_by_itself_once() {
    let town = Town::new().await;
    let body = json!({"name": "Quick", "manual_confirmation_only": false});
    town.put("/v1/templates/quick", &body).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("quick");
    let booked = town.book("m-1", &visit).await;
    assert_eq!(booked["status"], "BOOKED");
    assert_eq!(town.post().len(), 1);
    town.book("m-1", &visit).await;
    visit["title"] = json!("Another title");
    town.book("m-1", &visit).await;
    assert!(town.post().is_empty(), "only the first save sends (N6)");

    visit["starts_at"] = json!("2026-01-02T10:00:00");
    town.book("late", &visit).await;
    let timeline = town.timeline("late").await;
    assert!(
        timeline.iter().any(|entry| entry.contains("was not sent")),
        "{timeline:?}"
    );
}

#[tokio::test]
async fn a_title_shows_the_status_it_will_have() {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["title"] = json!("Measuring [{status}]");
    town.book("m-1", &visit).await;
    assert_eq!(
        town.meeting("m-1").await["shown_title"],
        "Measuring [Draft]"
    );
    town.send("m-1", "confirmation_request").await.ok();
    let email = town.the_message();
    assert!(email.html.unwrap().contains("Measuring [Invited]"));
    assert_eq!(
        town.meeting("m-1").await["shown_title"],
        "Measuring [Invited]"
    );
}

#[tokio::test]
async fn times_are_right_on_either_side_of_a_change_of_clocks() {
    for (starts_at, utc, said) in [
        ("2026-03-07T09:00:00", "2026-03-07T14:00:00Z", "EST"),
        ("2026-03-08T09:00:00", "2026-03-08T13:00:00Z", "EDT"),
        ("2026-10-31T09:00:00", "2026-10-31T13:00:00Z", "EDT"),
        ("2026-11-01T09:00:00", "2026-11-01T14:00:00Z", "EST"),
    ] {
        let town = Town::new().await;
        let mut visit = meeting();
        visit["starts_at"] = json!(starts_at);
        town.book("m-1", &visit).await;
        let sent = town.send("m-1", "confirmation").await.ok();
        assert_eq!(sent["notifications"][0]["meeting_starts_at"], utc);
        let email = town.the_message();
        let text = email.text.clone().unwrap();
        assert!(text.contains("9:00 AM") && text.contains(said), "{text}");
        let ics = town
            .open(&format!(
                "/meeting/calendar.ics?token={}",
                Town::token(&email)
            ))
            .await;
        let start = format!("DTSTART:{}", utc.replace(['-', ':'], ""));
        assert!(ics.text.contains(&start), "{}", ics.text);
    }
}

/// A send takes a while, in which a meeting may begin.
#[tokio::test]
async fn nothing_is_handed_over_once_the_meeting_has_begun() {
    let mut met = 0;
    for call in 0..4 {
        let town = Town::new().await;
        town.book("m-1", &meeting()).await;
        let begins = "2026-01-15T19:00:00Z".parse().unwrap();
        let begin = async {
            let sent = town.post().len();
            town.advance_to(begins).await;
            sent
        };
        let send = town.send("m-1", "confirmation");
        if town.held_up(call, send, begin).await != Some(0) {
            continue;
        }
        met += 1;
        assert!(town.post().is_empty(), "at call {call}");
        for row in town.log("").await {
            let delivery = &row["deliveries"][0];
            assert_eq!(delivery["status"], "failed");
            assert_eq!(delivery["meaning"], "It was not sent: its time was over.");
            assert_eq!(delivery["charged"], "no");
        }
    }
    assert!(met > 0, "no call of the send comes before the provider's");
}
