//! Meetings that cannot be, and people who cannot be reached.

use rstest::rstest;
use serde_json::{Value, json};
use usher_tests::{Town, meeting};

use super::{refused_at, with};

#[tokio::test]
async fn a_meeting_that_cannot_be_is_refused_where_it_is_wrong() {
    let town = Town::new().await;
    let long = "a".repeat(288) + "@example.com";
    for (at, value, said) in [
        ("/title", json!(""), "empty"),
        ("/title", json!("a\r\nBcc: x"), "line breaks"),
        ("/title", json!(null), "null"),
        ("/title", json!("x".repeat(201)), "200"),
        ("/description", json!("x".repeat(10_001)), "10000"),
        (
            "/starts_at",
            json!("2026-03-08T02:30:00"),
            "2026-03-08T03:30:00-04:00 or 2026-03-08T01:30:00-05:00",
        ),
        (
            "/starts_at",
            json!("2026-11-01T01:30:00"),
            "2026-11-01T01:30:00-04:00 or 2026-11-01T01:30:00-05:00",
        ),
        ("/starts_at", json!("9999-12-31T23:59:59Z"), "2099"),
        ("/starts_at", json!("9999-12-31T23:59:59"), "2099"),
        ("/starts_at", json!("+262142-12-31T23:59:59"), "2099"),
        ("/starts_at", json!("-262143-01-01T00:00:00"), "2099"),
        ("/starts_at", json!("tomorrow"), "not a time"),
        ("/starts_at", json!("2026-02-30T10:00:00"), "not a time"),
        ("/timezone", json!("Mars/Olympus"), "zone"),
        ("/timezone", json!(""), "zone"),
        ("/duration_minutes", json!(0), "1440"),
        ("/duration_minutes", json!(-45), "1440"),
        ("/duration_minutes", json!(i64::MAX), "1440"),
        ("/duration_minutes", json!(1e30), "floating point"),
        (
            "/attendees/0/email",
            json!("a@b\r\nBcc:x"),
            "one email address",
        ),
        (
            "/attendees/0/email",
            json!("ann@example.com\r\nBcc: eve@example.com"),
            "one email address",
        ),
        (
            "/attendees/0/email",
            json!("ann@example.com, eve@example.com"),
            "one email address",
        ),
        (
            "/attendees/0/email",
            json!("Ann <ann@example.com>"),
            "one email address",
        ),
        ("/attendees/0/email", json!(long), "254"),
        (
            "/organizer/email",
            json!("a@b.example\r\nBcc:x@b.example"),
            "one email address",
        ),
        ("/attendees/0/phone", json!("call me"), "country code"),
        ("/attendees/0/phone", json!("12"), "country code"),
        ("/attendees/0/phone", json!("030 901820"), "country code"),
        ("/attendees/0/phone", json!("+1 900 555 0123"), "premium"),
        ("/attendees/0/name", json!("Ann\r\nBcc: x"), "line breaks"),
        ("/attendees/0/name", json!(" "), "empty"),
        ("/attendees/0/timezone", json!("Mars/Olympus"), "zone"),
        ("/attendees/0/language", json!("<b>"), "language"),
        (
            "/attendees/0/preferred_confirmation_method",
            json!("pigeon"),
            "email, sms or both",
        ),
        ("/attendees/0/id", json!("../x"), "64"),
        ("/template_id", json!("none"), "no template"),
        ("/template_id", json!("../x"), "64"),
        ("/id", json!("m-2"), "URL"),
        ("/location/video_url", json!("javascript:alert(1)"), "https"),
        ("/location/video_url", json!("http://v.example"), "https"),
        (
            "/location/video_url",
            json!("https://a:b@v.example"),
            "https",
        ),
        ("/location/kind", json!("moon"), "moon"),
        (
            "/location/address",
            json!("1 Main St\nEND:VEVENT"),
            "line breaks",
        ),
        ("/colour", json!("red"), "colour"),
        ("/attendees/0/colour", json!("red"), "colour"),
        ("/attendees", json!([]), "1000"),
    ] {
        let reply = town
            .put("/v1/meetings/m-1", &with(meeting(), at, value.clone()))
            .await;
        let input = format!("{at} {value}");
        let detail = refused_at(&reply, at, &input);
        assert!(detail.contains(said), "{input}: {detail}");
    }
    let mut several = with(meeting(), "/title", json!(""));
    several["followers"] = json!(["a@example.com", "b@example.com\nBcc: c@example.com"]);
    several["attendees"][0]["email"] = json!("none");
    let reply = town.put("/v1/meetings/m-1", &several).await;
    assert_eq!(
        reply.invalid_fields(),
        ["/title", "/followers/1", "/attendees/0/email"],
        "all at once"
    );
    assert_eq!(
        town.get("/v1/meetings/m-1").await.status,
        404,
        "nothing of it was stored"
    );
}

#[tokio::test]
async fn a_crowd_is_counted_before_it_is_booked() {
    let town = Town::new().await;
    let crowd = |count: usize| json!(vec![json!({"name": "A"}); count]);
    let reply = town
        .put(
            "/v1/meetings/m-1",
            &with(meeting(), "/attendees", crowd(10_000)),
        )
        .await;
    assert!(refused_at(&reply, "/attendees", "10,000 attendees").contains("are 10000"));
    let twice = json!([{"id": "a", "name": "Ann"}, {"id": "a", "name": "Bob"}]);
    let reply = town
        .put("/v1/meetings/m-1", &with(meeting(), "/attendees", twice))
        .await;
    refused_at(&reply, "/attendees/1/id", "an id twice");
    let reply = town
        .put("/v1/meetings/m-1", &with(meeting(), "/attendees", crowd(2)))
        .await;
    refused_at(&reply, "/attendees/1/id", "a contact twice, without ids");
    let followers = json!(vec!["a@example.com"; 25]);
    let reply = town
        .put(
            "/v1/meetings/m-1",
            &with(meeting(), "/followers", followers),
        )
        .await;
    refused_at(&reply, "/followers", "25 followers");
    assert_eq!(town.get("/v1/meetings/m-1").await.status, 404);
}

#[tokio::test]
async fn a_number_without_a_country_is_of_the_settings_region() {
    let town = Town::new().await;
    let local = with(meeting(), "/attendees/0/phone", json!("030 901820"));
    refused_at(
        &town.put("/v1/meetings/m-1", &local).await,
        "/attendees/0/phone",
        "no number of the US",
    );
    town.put("/v1/settings", &json!({"default_region": "DE"}))
        .await
        .ok();
    assert_eq!(
        town.book("m-1", &local).await["attendees"][0]["phone"],
        "+4930901820"
    );
}

#[rstest]
#[case::no_phone(json!({}), json!({"phone": null}), "has no")]
#[case::not_allowed(json!({"allowed_countries": ["DE"]}), json!({}), "country")]
#[tokio::test]
async fn who_cannot_be_sent_to_is_seen_with_the_reason(
    #[case] settings: Value,
    #[case] ann: Value,
    #[case] said: &str,
) {
    let town = Town::new().await;
    town.put("/v1/settings", &settings).await.ok();
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation", "channel_mode": "sms"}),
    )
    .await;
    let mut visit = with(meeting(), "/template_id", json!("t"));
    for (field, value) in ann.as_object().unwrap() {
        visit["attendees"][0][field] = value.clone();
    }
    town.book("m-1", &visit).await;
    let sent = town.send("m-1", "confirmation").await.ok();
    let delivery = &sent["notifications"][0]["deliveries"][0];
    assert_eq!(delivery["status"], "failed");
    assert!(
        delivery["reason"].as_str().unwrap().contains(said),
        "{delivery}"
    );
    assert!(town.post().is_empty());
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["notification_state"]),
        (&json!("DRAFT"), &json!("none")),
        "N11"
    );
}
