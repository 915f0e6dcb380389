//! Words of a later release: they are unknown, and no more than that.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;

use super::{LISTS, PAGES, alter, asked, listed};

#[tokio::test]
async fn words_of_a_later_release_are_read_as_unknown_and_written_back() {
    let (town, tokens) = asked(&["m-1"]).await;
    let later = || AttributeValue::S("of_a_later_release".to_owned());
    let changed = alter(&town, |_, sk, item| {
        let kind = sk.split_once('#').map_or(sk, |(kind, _)| kind);
        match kind {
            "MEETING" => item.insert("status".to_owned(), later()),
            "T" => item.insert("kind".to_owned(), later()),
            "of-m-1" => item.insert("meeting_type".to_owned(), later()),
            "N" => {
                let Some(AttributeValue::L(deliveries)) = item.get_mut("deliveries") else {
                    return false;
                };
                let AttributeValue::M(first) = &mut deliveries[0] else {
                    return false;
                };
                first.insert("status".to_owned(), later())
            }
            _ => return false,
        };
        true
    });
    assert!(changed.await >= 4);
    for (path, name) in LISTS {
        assert_eq!(listed(&town, path, name).await, (1, 0), "{path}");
    }
    for path in PAGES.into_iter().chain(["/console/meetings/m-1"]) {
        assert_eq!(town.page(path).await.status, 200, "{path}");
    }
    // What the rest of the row says stands for the word: the customer was asked.
    assert_eq!(town.meeting("m-1").await["status"], "INVITED");
    let row = &town.log("").await[0];
    assert_eq!(row["deliveries"][0]["status"], "unknown", "in doubt");
    // A page that is only opened, and an answer that moves the meeting on.
    assert_eq!(town.visit(&tokens[0]).await.status, 200);
    assert_eq!(town.answer(&tokens[0], 1, "accept").await.status, 200);
    assert_eq!(town.meeting("m-1").await["status"], "CONFIRMED");
    let kept = alter(&town, |_, sk, item| {
        sk.starts_with("N#")
            && matches!(&item["deliveries"], AttributeValue::L(all)
                if matches!(&all[0], AttributeValue::M(first) if first["status"] == later()))
    });
    assert_eq!(
        kept.await,
        1,
        "the answer did not take the delivery's word away"
    );
    town.advance(TimeDelta::days(11)).await;
    town.post();
}

#[tokio::test]
async fn what_staff_save_takes_nothing_away_that_a_later_release_has_stored() {
    let (town, _) = asked(&["m-1"]).await;
    let later = || AttributeValue::S("later".to_owned());
    let planted = alter(&town, |pk, _, item| {
        item.insert("of_a_later_release".to_owned(), later());
        matches!(pk, "TEMPLATE" | "SETTINGS") || pk.starts_with("MEETING")
    });
    assert!(planted.await >= 3);
    for path in ["/v1/templates/of-m-1", "/v1/settings", "/v1/meetings/m-1"] {
        let mut body = town.get(path).await.ok();
        match path {
            "/v1/settings" => body["business_name"] = "ProGrid & Sons".into(),
            "/v1/meetings/m-1" => body["description"] = "We bring a ladder.".into(),
            _ => body["sequence"] = 7.into(),
        }
        town.put(path, &body).await.ok();
    }
    let kept = alter(&town, |pk, sk, item| {
        let saved = matches!(pk, "TEMPLATE" | "SETTINGS") || sk == "MEETING";
        saved && item.get("of_a_later_release") == Some(&later())
    });
    assert_eq!(kept.await, 3, "the template, the settings and the meeting");
    town.advance(TimeDelta::days(11)).await;
    town.post();
}
