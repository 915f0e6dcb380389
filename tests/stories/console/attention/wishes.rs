//! A wish for another time is listed with whoever wished, until it is dealt with.

use http::Method;
use serde_json::json;
use usher_tests::{Town, meeting};

use super::dismiss;

#[tokio::test]
async fn an_update_and_a_wish_are_dealt_with_until_something_new_happens() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    town.send("m1", "confirmation_request").await.ok();
    town.post();
    let wish = json!({"attendee_id": "ann", "answer": "reschedule"});
    let answers = "/v1/meetings/m1/responses";
    town.call(Method::POST, answers, &wish).await.ok();
    let listed = async || town.page("/console").await.text.contains("Needs attention");
    assert!(listed().await);
    let now = dismiss(&town, "meetings/m1", "Friday it is").await;
    assert_eq!(now["dealt_with"]["note"], "Friday it is");
    let read = town.meeting("m1").await;
    let saved = town.book("m1", &read).await;
    assert_eq!(
        saved["dealt_with"], now["dealt_with"],
        "read and written back"
    );
    assert!(!listed().await);
    let page = town.page("/console/meetings/m1").await;
    assert!(
        page.text
            .contains("has dealt with the wish for another time")
    );
    town.advance(chrono::TimeDelta::minutes(5)).await;
    let accepts = json!({"attendee_id": "ann", "answer": "accept"});
    town.call(Method::POST, answers, &accepts).await.ok();
    assert!(!listed().await);
    town.advance(chrono::TimeDelta::minutes(5)).await;
    town.call(Method::POST, answers, &wish).await.ok();
    assert!(listed().await, "she asks again");
    dismiss(&town, "meetings/m1", "").await;
    let mut moved = meeting();
    moved["starts_at"] = json!("2026-01-16T10:00:00");
    town.book("m1", &moved).await;
    assert!(listed().await, "an update is due");
    let done = town
        .form("/console/meetings/m1/dismiss", &[("from", "calendar")])
        .await;
    assert_eq!(done.header("location"), "/console");
    assert!(!listed().await);
    moved["starts_at"] = json!("2026-01-17T10:00:00");
    town.book("m1", &moved).await;
    assert!(listed().await, "it moved again");
    town.news();
}

#[tokio::test]
async fn a_wish_of_an_attendee_who_does_not_lead_is_shown() {
    let town = Town::new().await;
    let mut visit = meeting();
    let bob = json!({"id": "bob", "name": "Bob Lee", "email": "bob@example.com"});
    visit["attendees"].as_array_mut().unwrap().push(bob);
    town.book("m1", &visit).await;
    town.send("m1", "confirmation_request").await.ok();
    let post = town.post();
    let to_bob = post.iter().find(|message| message.to == "bob@example.com");
    let token = Town::token(to_bob.unwrap());
    assert!(!town.page("/console").await.text.contains("Needs attention"));
    assert_eq!(town.answer(&token, 1, "reschedule").await.status, 200);
    assert_eq!(town.meeting("m1").await["status"], "INVITED", "Ann leads");
    let page = town.page("/console").await.text;
    let (_, list) = page.split_once("Needs attention").unwrap();
    let item = list.split_once("</li>").unwrap().0;
    assert!(
        item.contains("Wants another time") && item.contains("Bob Lee"),
        "{item}"
    );
    dismiss(&town, "meetings/m1", "I phoned him").await;
    assert!(!town.page("/console").await.text.contains("Needs attention"));
}

/// What the calendar lists of the first thing that needs attention.
async fn first_concern(town: &Town) -> String {
    let page = town.page("/console").await.text;
    let (_, list) = page.split_once("Needs attention").unwrap();
    list.split_once("</li>").unwrap().0.to_owned()
}

#[tokio::test]
async fn a_list_says_who_of_a_crowd_wants_another_time_and_how_many_more() {
    let town = Town::new().await;
    let mut visit = meeting();
    for name in ["Bob", "Carol", "Dan"] {
        let email = format!("{}@example.com", name.to_lowercase());
        let guest =
            json!({"id": name.to_lowercase(), "name": format!("{name} Lee"), "email": email});
        visit["attendees"].as_array_mut().unwrap().push(guest);
    }
    town.book("m1", &visit).await;
    town.send("m1", "confirmation_request").await.ok();
    let post = town.post();
    let waiting = async || {
        let listed = town.get("/v1/meetings").await.ok();
        listed["meetings"][0]["waiting_for_another_time"].clone()
    };
    for (at, name) in ["bob", "carol"].into_iter().enumerate() {
        assert_eq!(waiting().await, at);
        let to = format!("{name}@example.com");
        let message = post.iter().find(|message| message.to == to).unwrap();
        let answered = town.answer(&Town::token(message), 1, "reschedule").await;
        assert_eq!(answered.status, 200);
        town.news();
    }
    assert_eq!(waiting().await, 2);
    let item = first_concern(&town).await;
    assert!(
        item.contains("Wants another time") && item.contains("Carol Lee and 1 more"),
        "{item}"
    );
    // An update that is due comes first: it concerns all of them, and the wish two.
    let eve = json!({"id": "eve", "name": "Eve Lee", "email": "eve@example.com"});
    visit["attendees"].as_array_mut().unwrap().push(eve);
    town.book("m1", &visit).await;
    let item = first_concern(&town).await;
    assert!(
        item.contains("Update due") && item.contains("Ann Lee and 4 more"),
        "{item}"
    );
    assert!(
        item.contains("Carol Lee and 1 more want another time"),
        "{item}"
    );
    // One of them finds the time good after all.
    let to_carol = post
        .iter()
        .find(|message| message.to == "carol@example.com");
    let token = Town::token(to_carol.unwrap());
    assert_eq!(town.answer(&token, 1, "accept").await.status, 200);
    town.news();
    assert_eq!(waiting().await, 1);
    let item = first_concern(&town).await;
    assert!(item.contains("Bob Lee wants another time"), "{item}");
}

#[tokio::test]
async fn a_wish_stands_beside_whoever_wished_and_on_the_list_of_what_to_do() {
    let town = Town::new().await;
    town.book("m1", &meeting()).await;
    town.send("m1", "confirmation_request").await.ok();
    let token = Town::token(&town.post()[0]);
    let fields = [
        ("token", token.as_str()),
        ("revision", "1"),
        ("action", "reschedule"),
        ("reason", "I am at work"),
        ("preferred_times", "Friday after four"),
    ];
    town.submit(&fields).await;
    for (page, part) in [
        ("/console/meetings/m1", "<h2 id=\"attendees\">"),
        ("/console", "Wants another time"),
    ] {
        let page = town.page(page).await;
        let (_, rest) = page.text.split_once(part).unwrap();
        let item = rest.split_once("</li>").unwrap().0;
        assert!(
            item.contains("Friday after four") && item.contains("I am at work"),
            "{item}"
        );
    }
    let accepts = json!({"attendee_id": "ann", "answer": "accept"});
    town.call(Method::POST, "/v1/meetings/m1/responses", &accepts)
        .await
        .ok();
    let page = town.page("/console/meetings/m1").await;
    let (_, card) = page.text.split_once("<h2 id=\"attendees\">").unwrap();
    assert!(
        !card.split_once("</li>").unwrap().0.contains("Friday"),
        "the wish is over"
    );
    town.news();
}
