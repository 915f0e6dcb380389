//! What customers read: what has changed, when it is by their clocks, their own name, and
//! whom they answer.

use serde_json::{Value, json};
use usher_tests::{Town, meeting};

/// A template of a type that sends on both channels.
fn both(kind: &str) -> Value {
    json!({"id": "c", "type": kind, "channel_mode": "both"})
}

/// The email's subject and text, and the SMS, of what was sent last.
fn said(town: &Town) -> [String; 3] {
    let post = town.post();
    let email = post.iter().find(|message| message.subject.is_some());
    let sms = post.iter().find(|message| message.subject.is_none());
    let email = email.unwrap();
    [
        email.subject.clone().unwrap(),
        email.text.clone().unwrap(),
        sms.unwrap().text.clone().unwrap(),
    ]
}

/// What an update says after this change of the usual meeting.
async fn update(change: impl FnOnce(&mut Value)) -> [String; 3] {
    let town = Town::new().await;
    town.template("t", both("update")).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    visit["location"]["video_url"] = json!("https://video.example.com/1");
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
    change(&mut visit);
    town.book("m-1", &visit).await;
    town.send("m-1", "update").await.ok();
    said(&town)
}

#[tokio::test]
async fn an_update_of_the_video_link_alone_does_not_speak_of_another_time() {
    let [subject, email, sms] =
        update(|visit| visit["location"]["video_url"] = json!("https://video.example.com/2")).await;
    assert_eq!(subject, "Changed: Window measuring, Jan 15 at 2:00 PM");
    let news = "There is a new link for the video call.";
    assert!(email.contains(news) && sms.contains(news), "{email} {sms}");
    for text in [email, sms] {
        assert!(!text.contains("now on") && !text.contains("(was"), "{text}");
    }
}

#[tokio::test]
async fn an_update_of_the_year_alone_names_the_years() {
    let [subject, _, sms] = update(|visit| visit["starts_at"] = json!("2027-01-15T14:00:00")).await;
    assert_eq!(
        subject,
        "Changed: Window measuring, now Jan 15, 2027 at 2:00 PM"
    );
    assert!(
        sms.contains("It is now on Jan 15, 2027 at 2:00 PM (was Jan 15, 2026 at 2:00 PM)."),
        "{sms}"
    );
}

#[tokio::test]
async fn an_update_of_the_zone_alone_names_the_zones() {
    let [_, _, sms] = update(|visit| visit["timezone"] = json!("America/Chicago")).await;
    assert!(
        sms.contains("It is now on Jan 15 at 2:00 PM CST (was Jan 15 at 2:00 PM EST)."),
        "{sms}"
    );
}

/// What a confirmation says of a meeting.
async fn confirmed(change: impl FnOnce(&mut Value)) -> [String; 3] {
    let town = Town::new().await;
    town.template("t", both("confirmation")).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    change(&mut visit);
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    said(&town)
}

#[tokio::test]
async fn a_call_is_told_in_the_customers_zone_or_names_it() {
    let call = |visit: &mut Value| {
        visit["location"] = json!({"video_url": "https://video.example.com/1"});
        visit["timezone"] = json!("Europe/Berlin");
    };
    let [subject, _, sms] = confirmed(call).await;
    for text in [subject, sms] {
        assert!(text.contains("Jan 15 at 2:00 PM GMT+1"), "{text}");
    }
    let [subject, email, sms] = confirmed(|visit| {
        call(visit);
        visit["attendees"][0]["timezone"] = json!("America/New_York");
    })
    .await;
    assert_eq!(subject, "Confirmed: Window measuring, Jan 15 at 8:00 AM");
    assert!(sms.contains("on Jan 15 at 8:00 AM is"), "{sms}");
    assert!(email.contains("8:00 AM – 8:45 AM EST"), "{email}");
}

#[tokio::test]
async fn a_place_is_told_in_its_own_zone_which_is_named_to_who_lives_elsewhere() {
    let [subject, _, sms] = confirmed(|visit| {
        visit["attendees"][0]["timezone"] = json!("Asia/Tokyo");
    })
    .await;
    for text in [subject, sms] {
        assert!(text.contains("Jan 15 at 2:00 PM EST"), "{text}");
    }
    let [subject, _, sms] = confirmed(|_| ()).await;
    for text in [subject, sms] {
        assert!(text.contains("2:00 PM") && !text.contains("EST"), "{text}");
    }
}

#[tokio::test]
async fn no_letters_stand_for_a_zone_that_the_reader_may_take_for_another() {
    let [_, email, _] = confirmed(|visit| visit["timezone"] = json!("Asia/Shanghai")).await;
    assert!(
        email.contains("2:00 PM – 2:45 PM GMT+8") && !email.contains("CST"),
        "{email}"
    );
}

#[tokio::test]
async fn a_night_on_which_clocks_change_names_both_zones() {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["starts_at"] = json!("2027-11-07T00:30:00");
    visit["duration_minutes"] = json!(120);
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    let email = town.the_message();
    let text = email.text.as_ref().unwrap();
    assert!(
        text.contains("12:30 AM EDT – 1:30 AM EST (2 hours)"),
        "{text}"
    );
    let page = town.visit(&Town::token(&email)).await.text;
    assert!(page.contains("12:30 AM EDT to 1:30 AM EST"), "{page}");
}

#[tokio::test]
async fn a_mexican_text_has_one_full_stop() {
    let [_, _, sms] = confirmed(|visit| {
        visit["attendees"][0]["language"] = json!("es-MX");
        visit["title"] = json!("Medir la sala.");
    })
    .await;
    assert!(
        sms.contains("02:00 p.m., esta confirmada: Medir la sala.\n"),
        "{sms}"
    );
}

#[tokio::test]
async fn a_greeting_uses_the_whole_name_as_one_says_it() {
    for (name, greeting) in [
        ("Lee, Ann", "Hello Ann Lee,"),
        ("Dr. Ann Lee", "Hello Dr. Ann Lee,"),
        ("Ann & Bob Lee", "Hello Ann & Bob Lee,"),
        ("Lee Wei", "Hello Lee Wei,"),
        ("Cher", "Hello Cher,"),
    ] {
        let [_, email, _] = confirmed(|visit| visit["attendees"][0]["name"] = json!(name)).await;
        assert!(email.contains(greeting), "{email}");
    }
}

#[tokio::test]
async fn answers_go_to_the_business_where_the_organizer_has_no_address() {
    let town = Town::new().await;
    let mut settings = town.get("/v1/settings").await.ok();
    settings["reply_to_organizer"] = json!(true);
    settings["business_name"] = json!("Progrid");
    settings["business_email"] = json!("office@progrid.example.com");
    town.put("/v1/settings", &settings).await.ok();
    let mut visit = meeting();
    for (id, organizer, expected) in [
        (
            "m-1",
            visit["organizer"].clone(),
            "<sam@progrid.example.com>",
        ),
        (
            "m-2",
            json!({"name": "Sam Rivera"}),
            "<office@progrid.example.com>",
        ),
        ("m-3", Value::Null, "<office@progrid.example.com>"),
    ] {
        visit["organizer"] = organizer;
        town.book(id, &visit).await;
        town.send(id, "confirmation").await.ok();
        let raw = town.the_message().raw.unwrap();
        let line = raw.lines().find(|line| line.starts_with("Reply-To: "));
        assert!(line.is_some_and(|line| line.contains(expected)), "{line:?}");
    }
}
