//! The meeting in the customer's own calendar (E6).

use mail_parser::{MessageParser, MessagePart, MimeHeaders as _};
use serde_json::json;
use usher_local::Message;
use usher_tests::{Town, meeting};

/// The calendar file of an email: that among its alternatives, which is the attached one.
pub(crate) fn carried(email: &Message) -> String {
    let mail = MessageParser::default()
        .parse(email.raw.as_ref().unwrap().as_bytes())
        .unwrap()
        .into_owned();
    let part = |subtype: &str| {
        let is_it = |part: &&MessagePart<'_>| {
            let kind = part.content_type();
            kind.is_some_and(|kind| kind.subtype() == Some(subtype))
        };
        let part = mail.parts.iter().find(is_it).unwrap();
        String::from_utf8(part.contents().to_vec()).unwrap()
    };
    let file = part("calendar");
    assert_eq!(file, part("ics"), "the attachment");
    file
}

/// What the link in a file downloads.
async fn downloaded(town: &Town, file: &str) -> String {
    let link = value(file, "URL:");
    let (_, token) = link.split_once("token=").unwrap();
    town.open(&format!("/meeting/calendar.ics?token={token}"))
        .await
        .text
}

/// The value of a property.
pub(crate) fn value(file: &str, property: &str) -> String {
    let unfolded = file.replace("\r\n ", "");
    let mut lines = unfolded.lines();
    let line = lines.find_map(|line| line.strip_prefix(property));
    line.unwrap_or_default().to_owned()
}

pub(crate) fn sequence(file: &str) -> u32 {
    value(file, "SEQUENCE:").parse().unwrap()
}

async fn send(town: &Town, kind: &str) -> Message {
    let body = json!({"type": kind, "confirm": true});
    town.send_as(kind, "m-1", &body).await.ok();
    town.the_message()
}

#[tokio::test]
async fn every_announcement_carries_the_file_that_its_link_downloads() {
    let town = Town::new().await;
    let mut visit = meeting();
    town.book("m-1", &visit).await;
    let mut files = Vec::new();
    for kind in [
        "confirmation",
        "confirmation_request",
        "update",
        "cancellation",
    ] {
        if kind == "update" {
            visit["starts_at"] = json!("2026-01-16T10:30:00");
            town.book("m-1", &visit).await;
        }
        let email = send(&town, kind).await;
        let file = carried(&email);
        assert_eq!(file, downloaded(&town, &file).await, "{kind}");
        files.push(file);
    }
    let all = |property| {
        files
            .iter()
            .map(|file| value(file, property))
            .collect::<Vec<_>>()
    };
    assert_eq!(all("METHOD:"), ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]);
    assert!(all("UID:").windows(2).all(|pair| pair[0] == pair[1]));
    let sequences: Vec<_> = files.iter().map(|file| sequence(file)).collect();
    assert_eq!(sequences, [0, 0, 2, 3]);
    let asks = |file: &String| value(file, "ATTENDEE;").contains("RSVP=TRUE");
    assert_eq!(
        files.iter().map(asks).collect::<Vec<_>>(),
        [false, true, false, false]
    );
    assert_eq!(value(&files[2], "DTSTART:"), "20260116T153000Z");
    assert_eq!(value(&files[3], "STATUS:"), "CANCELLED");
}

#[tokio::test]
async fn an_answer_is_in_the_file_and_makes_it_the_later_one() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    let email = send(&town, "confirmation_request").await;
    let before = carried(&email);
    town.advance(chrono::TimeDelta::minutes(5)).await;
    assert_eq!(
        downloaded(&town, &before).await,
        before,
        "whenever it is opened"
    );
    town.answer(&Town::token(&email), 1, "accept").await;
    let after = downloaded(&town, &before).await;
    assert!(value(&before, "ATTENDEE;").contains("PARTSTAT=NEEDS-ACTION"));
    assert!(value(&after, "ATTENDEE;").contains("PARTSTAT=ACCEPTED"));
    assert_eq!(sequence(&before), sequence(&after));
    assert!(value(&before, "DTSTAMP:") < value(&after, "DTSTAMP:"));
}

#[tokio::test]
async fn a_reminder_leaves_the_calendar_alone_and_can_be_ended_with_one_click() {
    let town = Town::new().await;
    let body = json!({
        "name": "Visit",
        "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [{"id": "day", "config_id": "soon", "minutes_before": 1440}],
    });
    town.put("/v1/templates/t", &body).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    let told = send(&town, "confirmation").await.raw.unwrap();
    assert!(!told.contains("List-Unsubscribe"), "{told}");
    town.advance(chrono::TimeDelta::hours(220)).await;
    let reminder = town.the_message().raw.unwrap();
    assert!(!reminder.contains("text/calendar"), "{reminder}");
    assert!(reminder.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
}

#[tokio::test]
async fn who_has_no_address_downloads_a_file_that_names_nobody() {
    let town = Town::new().await;
    let mut visit = meeting();
    visit["attendees"][0]
        .as_object_mut()
        .unwrap()
        .remove("email");
    town.book("m-1", &visit).await;
    let sms = send(&town, "confirmation").await;
    let path = format!("/meeting/calendar.ics?token={}", Town::token(&sms));
    let file = town.open(&path).await.text;
    assert_eq!(value(&file, "METHOD:"), "PUBLISH");
    assert_eq!(value(&file, "ATTENDEE"), "");
}

#[tokio::test]
async fn a_change_that_is_taken_back_untold_leaves_no_trace_in_calendars() {
    let town = Town::new().await;
    let visit = meeting();
    town.book("m-1", &visit).await;
    let email = send(&town, "confirmation").await;
    let told = carried(&email);
    let mut moved = visit.clone();
    moved["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &moved).await;
    assert_eq!(downloaded(&town, &told).await, told, "what they were told");
    let page = town.visit(&Town::token(&email)).await.text;
    assert!(
        page.contains("10:30 AM") && !page.contains("calendar.google.com"),
        "{page}"
    );
    town.book("m-1", &visit).await;
    assert_eq!(downloaded(&town, &told).await, told);
    let page = town.visit(&Town::token(&email)).await.text;
    assert!(page.contains("calendar.google.com"), "{page}");
}

fn organizer(file: &str) -> String {
    let line = value(file, "ORGANIZER");
    line.rsplit("mailto:").next().unwrap_or_default().to_owned()
}

/// A calendar takes a CANCEL only from the organizer it knows (RFC 5546 §3.2.5).
#[tokio::test]
async fn the_announced_organizer_stands_in_calendar_files_until_announced_anew() {
    let town = Town::new().await;
    let mut visit = meeting();
    let ben = json!({"id": "ben", "name": "Ben", "email": "ben@example.com"});
    town.book("m-1", &visit).await;
    let told = carried(&send(&town, "confirmation").await);
    let (sam, kim) = ("sam@progrid.example.com", "kim@progrid.example.com");
    assert_eq!(organizer(&told), sam);
    visit["organizer"] = json!({"name": "Kim", "email": kim});
    visit["attendees"].as_array_mut().unwrap().push(ben);
    town.book("m-1", &visit).await;
    let file = downloaded(&town, &told).await;
    assert_eq!(organizer(&file), sam, "what her calendar knows");
    // Ben is told by Kim, and Ann is called off by Sam.
    let to_ben = json!({"type": "confirmation", "attendees": ["ben"]});
    town.send_as("to-ben", "m-1", &to_ben).await.ok();
    let bens = carried(&town.the_message());
    assert_eq!(organizer(&bens), kim);
    let off = json!({"type": "cancellation", "confirm": true});
    town.send_as("off", "m-1", &off).await.ok();
    for email in town.post() {
        let file = carried(&email);
        let known = if email.to == "ben@example.com" {
            kim
        } else {
            sam
        };
        assert_eq!(value(&file, "METHOD:"), "CANCEL");
        assert_eq!(organizer(&file), known, "{}", email.to);
    }
}

#[tokio::test]
async fn an_update_brings_the_new_organizer_to_calendars() {
    let town = Town::new().await;
    let mut visit = meeting();
    town.book("m-1", &visit).await;
    let told = carried(&send(&town, "confirmation").await);
    visit["organizer"] = json!({"name": "Kim", "email": "kim@progrid.example.com"});
    visit["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &visit).await;
    let file = downloaded(&town, &told).await;
    assert_eq!(
        organizer(&file),
        organizer(&told),
        "they were told of neither"
    );
    assert_eq!(value(&file, "DTSTART:"), value(&told, "DTSTART:"));
    let moved = carried(&send(&town, "update").await);
    assert_eq!(organizer(&moved), "kim@progrid.example.com");
    assert_eq!(downloaded(&town, &moved).await, moved);
    visit["organizer"] = json!({"name": "Lou", "email": "lou@progrid.example.com"});
    town.book("m-1", &visit).await;
    let off = carried(&send(&town, "cancellation").await);
    assert_eq!(organizer(&off), "kim@progrid.example.com");
    assert_eq!(downloaded(&town, &off).await, off);
}

/// Two entries stand side by side in one calendar: each says whose it is.
#[tokio::test]
async fn entries_of_two_attendees_of_one_mailbox_say_whose_they_are() {
    let town = Town::new().await;
    let mut visit = meeting();
    let ben = json!({"id": "ben", "name": "Ben Lee", "email": "Ann@Example.com"});
    visit["attendees"].as_array_mut().unwrap().push(ben);
    town.book("m-1", &visit).await;
    let body = json!({"type": "confirmation"});
    town.send_as("both", "m-1", &body).await.ok();
    let files: Vec<_> = town.post().iter().map(carried).collect();
    let all = |property| files.iter().map(move |file| value(file, property));
    let mut titles: Vec<_> = all("SUMMARY:").collect();
    titles.sort();
    assert_eq!(
        titles,
        ["Window measuring (Ann Lee)", "Window measuring (Ben Lee)"]
    );
    assert_ne!(all("UID:").next(), all("UID:").next_back());
    for file in &files {
        assert_eq!(downloaded(&town, file).await, *file);
        let link = value(file, "URL:")
            .split_once("token=")
            .unwrap()
            .1
            .to_owned();
        let page = town.visit(&link).await.text;
        let mut lines = page.lines();
        let google = lines.find(|line| line.contains("calendar.google.com"));
        assert!(google.unwrap_or_default().contains("Lee%29"), "{google:?}");
    }
    // Once each has a mailbox of their own the title is enough, and the entry the same.
    visit["attendees"][1]["email"] = json!("ben@example.com");
    town.book("m-1", &visit).await;
    let ann = files
        .iter()
        .find(|file| value(file, "SUMMARY:").contains("Ann"))
        .unwrap();
    let later = downloaded(&town, ann).await;
    assert_eq!(value(&later, "SUMMARY:"), "Window measuring");
    assert_eq!(value(&later, "UID:"), value(ann, "UID:"));
}

#[tokio::test]
async fn whoever_is_told_off_and_announced_to_again_gets_a_newer_file_each_time() {
    let town = Town::new().await;
    let alone = meeting();
    let mut both = alone.clone();
    let bob = json!({"id": "bob", "name": "Bob Fox", "email": "bob@example.com"});
    both["attendees"].as_array_mut().unwrap().push(bob);
    town.book("m-1", &both).await;
    town.send("m-1", "confirmation").await.ok();
    let post = town.post();
    let of_bob = |post: &[Message]| {
        let mut theirs = post.iter().filter(|each| each.to == "bob@example.com");
        carried(theirs.next().unwrap())
    };
    let mut files = vec![of_bob(&post)];
    for round in ["gone", "back", "gone-again", "back-again"] {
        let gone = round.starts_with("gone");
        town.book("m-1", if gone { &alone } else { &both }).await;
        let body = json!({"type": "update", "confirm": true});
        town.send_as(round, "m-1", &body).await.ok();
        files.push(of_bob(&town.post()));
    }
    let methods: Vec<_> = files.iter().map(|file| value(file, "METHOD:")).collect();
    assert_eq!(
        methods,
        ["REQUEST", "CANCEL", "REQUEST", "CANCEL", "REQUEST"]
    );
    let sequences: Vec<_> = files.iter().map(|file| sequence(file)).collect();
    assert!(sequences.is_sorted_by(|a, b| a < b), "{sequences:?}");
    let last = files.last().unwrap();
    assert_eq!(*last, downloaded(&town, last).await);
}

#[tokio::test]
async fn what_is_off_is_named_as_its_reader_knew_it_for_good() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    let announced = carried(&send(&town, "confirmation").await);
    let off = carried(&send(&town, "cancellation").await);
    let mut later = meeting();
    later["starts_at"] = json!("2026-01-16T10:30:00");
    later["organizer"] = json!({"name": "Kim Fox", "email": "kim@example.com"});
    town.book("m-1", &later).await;
    let again = downloaded(&town, &off).await;
    for property in ["DTSTART:", "ORGANIZER;", "UID:"] {
        assert_eq!(value(&again, property), value(&announced, property));
    }
    assert_eq!(value(&again, "METHOD:"), "CANCEL");
    assert_eq!(sequence(&again), sequence(&off));
}
