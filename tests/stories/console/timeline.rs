//! What a change leaves in the timeline: the thing that changed, in words.

use serde_json::{Value, json};
use usher_tests::{Town, meeting};

/// The timeline's newest entry after the usual meeting was changed.
async fn after(change: impl FnOnce(&mut Value)) -> String {
    let town = Town::new().await;
    town.template("t1", json!({"id": "c", "type": "confirmation"}))
        .await;
    town.book("m1", &meeting()).await;
    let mut changed = meeting();
    change(&mut changed);
    town.book("m1", &changed).await;
    town.timeline("m1").await.remove(0)
}

#[tokio::test]
async fn a_move_says_from_when_to_when_and_in_which_zone() {
    assert_eq!(
        after(|m| m["starts_at"] = json!("2026-01-16T10:30")).await,
        "Moved from Thu 15 Jan 2026, 14:00 to Fri 16 Jan 2026, 10:30 (America/New_York)"
    );
    assert_eq!(
        after(|m| m["timezone"] = json!("Europe/Berlin")).await,
        "Moved from Thu 15 Jan 2026, 14:00 (America/New_York) to Thu 15 Jan 2026, 14:00 (Europe/Berlin)"
    );
    let same = after(|m| {
        m["timezone"] = json!("Europe/Berlin");
        m["starts_at"] = json!("2026-01-15T20:00");
    });
    assert_eq!(
        same.await,
        "Time zone changed from America/New_York to Europe/Berlin, for the same moment: it was Thu 15 Jan 2026, 14:00 and is Thu 15 Jan 2026, 20:00 there"
    );
}

#[tokio::test]
async fn another_place_says_which_and_not_when() {
    assert_eq!(
        after(|m| m["location"] = json!({"kind": "office", "address": "9 Elm St"})).await,
        "Address changed from “123 Main St, Springfield” to “9 Elm St”. Whose place it is changed from the client’s house to the office"
    );
    assert_eq!(
        after(|m| m["location"]["video_url"] = json!("https://video.example/1")).await,
        "Video call added: https://video.example/1"
    );
}

#[tokio::test]
async fn another_address_or_number_of_a_customer_leaves_a_trace() {
    assert_eq!(
        after(|m| m["attendees"][0]["email"] = json!("ann.lee@example.com")).await,
        "Ann Lee’s email changed from ann@example.com to ann.lee@example.com"
    );
    assert_eq!(
        after(|m| m["attendees"][0]["phone"] = json!(null)).await,
        "Ann Lee’s phone removed: it was +12025550123"
    );
    assert_eq!(
        after(|m| m["attendees"] = json!([{"id": "bo", "name": "Bo", "email": "bo@example.com"}]))
            .await,
        "Ann Lee (ann@example.com) was removed from the attendees. Bo (bo@example.com) was added to the attendees. Bo is the lead attendee now"
    );
}

#[tokio::test]
async fn title_duration_template_organizer_and_description_say_what_they_are_now() {
    let text = after(|m| {
        m["title"] = json!("Door measuring");
        m["duration_minutes"] = json!(60);
        m["template_id"] = json!("t1");
        m["organizer"] = json!({"name": "Kim Fox"});
        m["description"] = json!(null);
        m["followers"] = json!(["boss@progrid.example.com"]);
    })
    .await;
    for said in [
        "Duration changed from 45 to 60 minutes",
        "Title changed from “Window measuring” to “Door measuring”",
        "Description removed",
        "Template changed to “Visit”",
        "Organizer changed from Sam Rivera to Kim Fox",
        "Organizer’s email removed: it was sam@progrid.example.com",
        "boss@progrid.example.com follows now",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[tokio::test]
async fn no_entry_of_a_timeline_shows_a_time_as_programs_write_it() {
    let text = after(|m| {
        m["starts_at"] = json!("2026-11-01T01:30:00-05:00");
        m["duration_minutes"] = json!(50);
    })
    .await;
    assert!(
        !text.contains("T01") && text.contains("Sun 1 Nov 2026, 01:30 (UTC-05:00)"),
        "{text}"
    );
}
