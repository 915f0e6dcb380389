//! Lists at the console: whatever is listed can be acted on, and a list that is cut
//! says so.

use serde_json::json;
use usher_tests::{Town, meeting};

#[tokio::test]
async fn the_oldest_of_many_texts_is_dealt_with_too() {
    let town = Town::new().await;
    for i in 0..105 {
        town.text_from(&format!("+1202555{:04}", 1000 + i), &format!("Text {i}"))
            .await;
    }
    let mut page = town.page("/console/inbox").await;
    while let Some((_, next)) = page.text.split_once("/console/inbox?cursor=") {
        let next = next.split('"').next().unwrap().to_owned();
        page = town.page(&format!("/console/inbox?cursor={next}")).await;
    }
    let (_, oldest) = page.text.rsplit_once("name=\"id\" value=\"").unwrap();
    let id = oldest.split('"').next().unwrap();
    let reply = town.form("/console/inbox", &[("id", id)]).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let first = town.get("/v1/inbound-messages?limit=100").await.ok();
    let next = first["next_cursor"].as_str().unwrap();
    let rest = format!("/v1/inbound-messages?cursor={next}");
    let rest = town.get(&rest).await.ok();
    let texts = rest["inbound_messages"].as_array().unwrap();
    let handled: Vec<_> = texts.iter().map(|text| text["handled"] == true).collect();
    assert_eq!(handled, [false, false, false, false, true]);
}

#[tokio::test]
async fn a_text_that_is_none_is_a_page_that_says_so() {
    let town = Town::new().await;
    let long = "2026-01-05T15:00:00Z~".to_owned() + &"x".repeat(2_000);
    for id in ["", "nonsense", "2026-01-05T15:00:00Z~nobody", "~", &long] {
        let reply = town.form("/console/inbox", &[("id", id)]).await;
        assert_eq!(reply.status, 404, "{id}: {}", reply.text);
        assert!(reply.text.contains("There is no such text."));
    }
}

#[tokio::test]
async fn the_export_names_meetings_and_is_marked_as_utf_8() {
    let town = Town::new().await;
    let mut booked = meeting();
    booked["title"] = json!("Fenêtre; =1+1");
    booked["attendees"][0]["name"] = json!("＝1+1");
    town.book("m1", &booked).await;
    town.send("m1", "confirmation").await.ok();
    town.post();
    let csv = town.page("/console/notifications.csv").await.text;
    let rest = csv
        .strip_prefix('\u{feff}')
        .unwrap_or_else(|| panic!("no mark: {csv}"));
    assert!(rest.starts_with("created_at,type,"), "{rest}");
    assert!(
        rest.contains(",m1,Fenêtre;' =1+1,") && rest.contains(",'＝1+1,"),
        "{rest}"
    );
    assert!(rest.contains(",'+12025550123,"), "{rest}");
}

/// The meetings that the calendar page lists, and how many more it says there are.
fn shown(page: &str) -> (usize, usize) {
    let more = page.split(" more<span").map(|before| {
        let number = before.rsplit(['>', ' ']).next().unwrap_or_default();
        number.parse::<usize>().unwrap_or(0)
    });
    let links = page.matches("<a class=\"slot ").count();
    (links, more.sum())
}

#[tokio::test]
async fn three_hundred_meetings_in_a_week_are_all_accounted_for() {
    let town = Town::new().await;
    for i in 0..300 {
        let mut each = meeting();
        let (day, minute) = (5 + i % 5, i / 5);
        each["title"] = json!("A title that takes some room in the list of a full day, as many do");
        each["starts_at"] = json!(format!(
            "2026-01-{day:02}T{:02}:{:02}",
            8 + minute / 60,
            minute % 60
        ));
        town.book(&format!("m{i}"), &each).await;
    }
    let before: u64 = town.calls(usher_local::Service::Dynamodb).values().sum();
    let week = town.page("/console?view=week&date=2026-01-05").await.text;
    let after: u64 = town.calls(usher_local::Service::Dynamodb).values().sum();
    // Settings, what needs attention, and where the meetings stand; all of them, a hundred a
    // request; and whether the soonest can be reached.
    assert!(after - before <= 3 + 3 + 1, "{} queries", after - before);
    assert!(week.len() < 60_000, "{} bytes", week.len());
    let (listed, more) = shown(&week);
    assert_eq!((listed, more), (60, 240));
    assert_eq!(
        week.matches("No meetings").count(),
        2,
        "Saturday and Sunday"
    );
    assert!(
        week.contains("href=\"/console?view=day&amp;date=2026-01-09\">48 more"),
        "{week}"
    );

    // The day itself goes on until all of it was shown.
    let mut day = town.page("/console?view=day&date=2026-01-09").await.text;
    let first = shown(&day).0;
    assert!(first == 60 || day.contains("there are more"), "{first}");
    let list = town.page("/console?view=list&date=2026-01-05").await.text;
    assert!(
        list.contains("These are the first 60; <a href=\"#further\">there are more</a>"),
        "{list}"
    );
    let found = town
        .page("/console?view=list&date=2026-01-05&q=ann")
        .await
        .text;
    assert!(
        found.contains("60 so far found") && found.len() < 60_000,
        "{}",
        found.len()
    );
    let mut all = 0;
    day = found;
    loop {
        all += shown(&day).0;
        let Some((_, next)) = day.rsplit_once("<a class=\"button\" href=\"/console?view=list")
        else {
            break;
        };
        if !next.contains("cursor=") {
            break;
        }
        let query = next.split('"').next().unwrap().replace("&amp;", "&");
        day = town.page(&format!("/console?view=list{query}")).await.text;
    }
    assert_eq!(all, 300, "every match is found once");
}

#[tokio::test]
async fn a_list_of_what_needs_attention_says_that_there_is_more() {
    let town = Town::new().await;
    for i in 0..27 {
        town.text_from(&format!("+1202555{:04}", 1000 + i), "Who is this?")
            .await;
    }
    let page = town.page("/console").await.text;
    assert!(
        page.contains("25+") && page.contains("There are more"),
        "{page}"
    );
}

#[tokio::test]
async fn a_later_part_of_a_list_says_nothing_of_the_whole() {
    let town = Town::new().await;
    for i in 0..61 {
        let mut each = meeting();
        each["starts_at"] = json!(format!("2026-01-15T{:02}:{:02}:00", 8 + i / 60, i % 60));
        town.book(&format!("m{i}"), &each).await;
    }
    let next = |page: &str| {
        let (_, rest) = page
            .rsplit_once("<a class=\"button\" href=\"/console?view=")
            .unwrap();
        format!(
            "/console?view={}",
            rest.split('"').next().unwrap().replace("&amp;", "&")
        )
    };
    for (query, says) in [
        ("view=list&date=2026-01-05", "These 1 come behind"),
        ("view=list&date=2026-01-05&q=ann", "1 on this page, behind"),
    ] {
        let first = town.page(&format!("/console?{query}")).await.text;
        let second = town.page(&next(&first)).await.text;
        assert!(second.contains(says), "{says}: {second}");
        assert!(!second.contains("are the first") && !second.contains("found from"));
    }
    // The end of the log, once nothing is behind it any more.
    town.send("m1", "confirmation").await.ok();
    town.post();
    let rows = town.get("/v1/notifications?limit=1").await.ok();
    assert_eq!(rows["next_cursor"], serde_json::Value::Null);
}

#[tokio::test]
async fn what_must_not_be_lost_of_an_outcome_is_said_first_and_the_rest_is_counted_once() {
    let town = Town::new().await;
    let mut party = meeting();
    let guest = |i: usize| json!({"id": format!("g{i}"), "name": format!("Guest {i}"), "email": format!("g{i}@example.com")});
    party["attendees"] = (0..40).map(guest).collect();
    town.book("m1", &party).await;
    town.send("m1", "confirmation").await.ok();
    town.post();
    let path = "/console/meetings/m1/send/cancellation";
    let page = town.page(path).await;
    let form = page
        .form(path)
        .with("confirm", &page.hidden("confirm"))
        .with("archive", "true");
    let done = town.form(path, &form.pairs()).await;
    let said = town.follow(&done).await;
    town.post();
    let (_, lines) = said.text.split_once("said\"").unwrap();
    let (lines, _) = lines.split_once("</div>").unwrap();
    assert!(lines.contains("The meeting is archived."), "{lines}");
    let told = lines.matches(", by email.").count();
    assert!(
        told > 3 && lines.contains(&format!("And {} more; the log has all", 40 - told)),
        "{lines}"
    );
}

#[tokio::test]
async fn a_text_that_cannot_be_sent_is_said_on_the_meetings_page_as_in_the_dialog() {
    let town = Town::new().await;
    let both = json!({"id": "c", "type": "confirmation", "channel_mode": "both"});
    town.template("t", both).await;
    let dear = json!({"sms_max_price_usd": 0.01, "sms_prices_usd": {"US": 0.02},
        "sender_email": "office@progrid.example.com"});
    town.put("/v1/settings", &dear).await.ok();
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m1", &visit).await;
    let preview = json!({"type": "confirmation"});
    let preview = town
        .call(http::Method::POST, "/v1/meetings/m1/preview", &preview)
        .await
        .ok();
    let why = preview["recipients"][0]["problems"][0]["reason"]
        .as_str()
        .unwrap();
    let dialog = town.page("/console/meetings/m1/send/confirmation").await;
    let page = town.page("/console/meetings/m1").await;
    assert!(
        dialog.text.contains(why) && page.text.contains(why),
        "{why}: {}",
        page.text
    );
}
