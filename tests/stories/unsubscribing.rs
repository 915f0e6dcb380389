//! Customers who want no reminders by email (E5, RFC 8058).

use chrono::TimeDelta;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use usher_local::{Caller, Message};
use usher_tests::{Reply, Town, meeting};

/// Why an email is not sent.
const UNSUBSCRIBED: &str = "This address has unsubscribed from reminder emails.";

/// A meeting of Ann's, announced by email, that is reminded of twice.
async fn announced(town: &Town, change: impl FnOnce(&mut Value)) {
    let body = json!({
        "name": "Visit",
        "configs": [{"id": "soon", "type": "reminder"}],
        "reminder_triggers": [
            {"id": "day", "config_id": "soon", "minutes_before": 1440},
            {"id": "hour", "config_id": "soon", "minutes_before": 60},
        ],
    });
    town.put("/v1/templates/t", &body).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    change(&mut visit);
    town.book("m-1", &visit).await;
    town.send("m-1", "confirmation").await.ok();
    town.the_message();
}

pub(crate) fn by_email_only(visit: &mut Value) {
    visit["attendees"][0]
        .as_object_mut()
        .unwrap()
        .remove("phone");
}

/// The reminder of the day before.
async fn reminded(town: &Town) -> Message {
    town.advance_to("2026-01-14T19:00:00Z".parse().unwrap())
        .await;
    town.the_message()
}

/// The address in an email's List-Unsubscribe, without its host.
pub(crate) fn link(email: &Message) -> String {
    let raw = email.raw.as_ref().unwrap();
    let (_, rest) = raw.split_once("\r\nList-Unsubscribe: <").unwrap();
    let (url, _) = rest.split_once('>').unwrap();
    let at = url.find("/meeting/unsubscribe?token=").unwrap();
    url[at..].to_owned()
}

/// A mail provider's POST, after its user pressed the button.
pub(crate) async fn one_click(town: &Town, link: &str) -> Reply {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = "List-Unsubscribe=One-Click";
    town.request(&Caller::Anonymous, Method::POST, link, &form, body)
        .await
}

/// A press of the page's own button.
async fn press(town: &Town, link: &str, action: &str, headers: &[(&str, &str)]) -> Reply {
    let (path, token) = link.split_once("?token=").unwrap();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let headers = [&form, headers].concat();
    let body = format!("token={token}&action={action}");
    town.request(&Caller::Anonymous, Method::POST, path, &headers, body)
        .await
}

#[tokio::test]
async fn one_click_ends_reminders_and_nothing_else() {
    let town = Town::new().await;
    announced(&town, by_email_only).await;
    let link = link(&reminded(&town).await);
    assert_eq!(one_click(&town, &link).await.status, StatusCode::OK);
    assert_eq!(town.meeting("m-1").await["status"], "BOOKED");

    // The plan says so beforehand, and nothing goes out at its time.
    for hours in [23, 0] {
        let planned = &town.reminders("m-1").await[1];
        assert_eq!(planned["state"], "skipped", "{planned}");
        assert_eq!(planned["reason"], "unsubscribed");
        // Once it is settled, who got it stands in the log.
        if hours > 0 {
            let why = planned["attendees"][0]["reason"].as_str().unwrap();
            assert!(why.starts_with(UNSUBSCRIBED), "{why}");
        }
        town.advance(TimeDelta::hours(hours)).await;
        assert!(town.post().is_empty());
    }
    let timeline = town.timeline("m-1").await;
    assert!(
        timeline
            .iter()
            .any(|text| text.starts_with("Ann Lee unsubscribed from reminder emails")),
        "{timeline:?}"
    );

    let mut visit = meeting();
    by_email_only(&mut visit);
    visit["template_id"] = json!("t");
    visit["starts_at"] = json!("2026-01-16T10:30:00");
    town.book("m-1", &visit).await;
    town.send("m-1", "update").await.ok();
    assert!(town.the_message().subject.unwrap().starts_with("Changed: "));
    town.send_as(
        "cancel",
        "m-1",
        &json!({"type": "cancellation", "confirm": true}),
    )
    .await
    .ok();
    town.the_message();
}

#[tokio::test]
async fn looking_changes_nothing_and_the_page_can_do_both() {
    let town = Town::new().await;
    announced(&town, by_email_only).await;
    let link = link(&reminded(&town).await);
    for method in [Method::HEAD, Method::GET, Method::GET] {
        let page = town
            .request(&Caller::Anonymous, method.clone(), &link, &[], "")
            .await;
        assert_eq!(page.status, StatusCode::OK);
        if method == Method::GET {
            assert!(
                page.text.contains("a…@example.com") && !page.text.contains("ann@"),
                "{}",
                page.text
            );
            assert!(page.text.contains("value=\"stop\""), "{}", page.text);
        }
    }
    let stopped = press(&town, &link, "stop", &[("sec-fetch-site", "same-origin")]).await;
    assert!(
        stopped
            .text
            .contains("You will get no more reminder emails."),
        "{}",
        stopped.text
    );
    assert!(town.open(&link).await.text.contains("value=\"resume\""));
    let resumed = press(&town, &link, "resume", &[]).await;
    assert_eq!(resumed.status, StatusCode::OK);
    town.advance(TimeDelta::hours(23)).await;
    town.the_message();
}

#[tokio::test]
async fn ten_presses_at_once_are_one() {
    let town = Town::new().await;
    announced(&town, by_email_only).await;
    let link = link(&reminded(&town).await);
    let mut presses = Vec::new();
    for _ in 0..10 {
        presses.push(one_click(&town, &link));
    }
    for reply in futures::future::join_all(presses).await {
        assert_eq!(reply.status, StatusCode::OK);
    }
    let timeline = town.timeline("m-1").await;
    let told = timeline.iter().filter(|text| text.contains("unsubscribed"));
    assert_eq!(told.count(), 1, "{timeline:?}");
    town.advance(TimeDelta::hours(23)).await;
}

#[tokio::test]
async fn a_link_works_long_after_the_meeting_and_for_the_next_one() {
    let town = Town::new().await;
    announced(&town, by_email_only).await;
    let link = link(&reminded(&town).await);
    town.advance(TimeDelta::days(40)).await;
    town.the_message(); // The hour's reminder.
    assert_eq!(one_click(&town, &link).await.status, StatusCode::OK);

    let mut visit = meeting();
    by_email_only(&mut visit);
    visit["template_id"] = json!("t");
    visit["starts_at"] = json!("2026-03-10T14:00:00");
    visit["attendees"][0]["email"] = json!("ANN@example.com");
    town.book("m-2", &visit).await;
    town.send("m-2", "confirmation").await.ok();
    town.the_message();
    town.advance(TimeDelta::days(20)).await;
    assert!(
        town.post().is_empty(),
        "the same mailbox, spelled otherwise"
    );
}

#[tokio::test]
async fn who_can_be_texted_is_reminded_by_sms_with_the_reason() {
    let town = Town::new().await;
    announced(&town, |_| ()).await;
    let link = link(&reminded(&town).await);
    one_click(&town, &link).await;
    town.advance(TimeDelta::hours(23)).await;
    let sms = town.the_message();
    assert_eq!(sms.to, "+12025550123");
    let row = &town.log("?type=reminder").await[0];
    assert_eq!(row["deliveries"][0]["status"], "skipped");
    assert_eq!(row["deliveries"][0]["reason"], UNSUBSCRIBED);
}

#[tokio::test]
async fn another_sites_page_and_other_links_end_nothing() {
    let town = Town::new().await;
    announced(&town, by_email_only).await;
    let link = link(&reminded(&town).await);
    let crossed = press(&town, &link, "stop", &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(crossed.status, StatusCode::FORBIDDEN);
    assert_eq!(
        press(&town, &link, "maybe", &[]).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let unknown = "/meeting/unsubscribe?token=BwcHBwcHBwcHBwcHBwcHBw";
    for none in [
        unknown,
        "/meeting/unsubscribe",
        "/meeting/unsubscribe?token=x",
    ] {
        assert_eq!(town.open(none).await.status, StatusCode::NOT_FOUND);
        assert_eq!(one_click(&town, none).await.status, StatusCode::NOT_FOUND);
    }
    let twice = format!("{link}&{}", link.split_once('?').unwrap().1);
    assert_eq!(one_click(&town, &twice).await.status, StatusCode::NOT_FOUND);
    town.advance(TimeDelta::hours(23)).await;
    town.the_message();
}

#[tokio::test]
async fn a_link_of_an_sms_ends_nothing() {
    let town = Town::new().await;
    announced(&town, |visit| {
        visit["attendees"][0]
            .as_object_mut()
            .unwrap()
            .remove("email");
    })
    .await;
    let sms = reminded(&town).await;
    let link = format!("/meeting/unsubscribe?token={}", Town::token(&sms));
    assert_eq!(one_click(&town, &link).await.status, StatusCode::NOT_FOUND);
    town.advance(TimeDelta::hours(23)).await;
    town.the_message();
}

#[tokio::test]
async fn a_link_that_is_pressed_for_ever_fills_no_timeline() {
    let town = Town::new().await;
    announced(&town, by_email_only).await;
    let link = link(&reminded(&town).await);
    let same = [("sec-fetch-site", "same-origin")];
    for i in 0..61 {
        let action = if i % 2 == 0 { "stop" } else { "resume" };
        assert_eq!(press(&town, &link, action, &same).await.status, 200);
    }
    let timeline = town.timeline("m-1").await;
    let listed = timeline
        .iter()
        .filter(|text| text.contains("reminder emails"));
    assert_eq!(listed.count(), 6, "{timeline:?}");
    let last = timeline
        .iter()
        .filter(|text| text.ends_with("and not listed"));
    assert_eq!(last.count(), 1, "{timeline:?}");
    // Each was done: the last was to stop.
    town.advance_to("2026-01-15T18:30:00Z".parse().unwrap())
        .await;
    assert!(town.post().is_empty());
}
