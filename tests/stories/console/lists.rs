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
