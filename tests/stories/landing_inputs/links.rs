//! Links that open nothing, and looking: what opens a link without a person who
//! meant to answer.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use http::Method;
use serde_json::json;
use usher_local::Caller;
use usher_tests::{Reply, Town, meeting};

use super::{asked, asked_town, posted, standing, untouched, watched};

const FORM: &str = "application/x-www-form-urlencoded";

/// What a visitor sees of an answer.
fn seen(reply: &Reply) -> (u16, String, String) {
    (
        reply.status.as_u16(),
        reply.header("content-type").to_owned(),
        reply.text.clone(),
    )
}

#[tokio::test]
async fn every_link_that_opens_nothing_gets_the_same_page() {
    let town = Town::new().await;
    town.put("/v1/settings", &json!({"business_phone": "+12025550100"}))
        .await
        .ok();
    let mut two = meeting();
    two["attendees"] = json!([
        {"id": "ann", "name": "Ann Lee", "phone": "+12025550123"},
        {"id": "bob", "name": "Bob Lee", "email": "bob@example.com"},
    ]);
    town.book("m-1", &two).await;
    town.send("m-1", "confirmation_request").await.ok();
    let post = town.post();
    let token = |to: &str| Town::token(post.iter().find(|message| message.to == to).unwrap());
    let (good, removed) = (token("+12025550123"), token("bob@example.com"));
    two["attendees"].as_array_mut().unwrap().pop();
    town.book("m-1", &two).await;
    let mut soon = meeting();
    soon["starts_at"] = json!("2026-01-06T09:00:00");
    let over = asked(&town, "soon", &soon).await;
    assert_eq!(town.visit(&over).await.status, 200);
    town.advance(TimeDelta::days(2)).await;

    let cut = &good[..good.len() - 1];
    let mut other = good.clone();
    other.replace_range(..1, if good.starts_with('A') { "B" } else { "A" });
    let queries = [
        String::new(),
        "token".to_owned(),
        "token=".to_owned(),
        format!("token={cut}"),
        format!("token={good}x"),
        format!("token={other}"),
        format!("token={good}&token={good}"),
        format!("token={good}&token={other}"),
        format!("token={}", "A".repeat(10_000)),
        format!("token={removed}"),
        format!("token={over}"),
        format!("token=%00{}", &good[1..]),
        "token=%FF%FE".to_owned(),
        "token=%zz".to_owned(),
        "token=AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        format!("token={good}%20"),
        format!("Token={good}"),
        "token='%20OR%201=1--".to_owned(),
        "token=..%2F..%2Fx".to_owned(),
    ];
    let mut pages = BTreeSet::new();
    for query in &queries {
        for path in ["landing", "calendar.ics", "respond"] {
            pages.insert(seen(&town.open(&format!("/meeting/{path}?{query}")).await));
        }
        pages.insert(seen(
            &town
                .open(&format!("/meeting/landing?{query}&action=accept"))
                .await,
        ));
        let body = format!("{query}&revision=1&action=accept");
        pages.insert(seen(&posted(&town, FORM, body).await));
    }
    assert_eq!(pages.len(), 1, "one page for all: {pages:#?}");
    let (status, _, html) = pages.pop_first().unwrap();
    assert_eq!(status, 404);
    assert!(
        html.contains("does not open a meeting") && html.contains("+1-202-555-0100"),
        "{html}"
    );
    assert!(
        !html.contains("Window measuring") && !html.contains("Lee"),
        "{html}"
    );
    let huge = town
        .open(&format!("/meeting/landing?token={}", "A".repeat(20_000)))
        .await;
    assert_eq!(huge.status, 431, "by the gateway");
    assert_eq!(
        town.visit(&good).await.status,
        200,
        "a good link still opens"
    );
}

#[tokio::test]
async fn looking_changes_nothing_however_it_is_done() {
    let (town, token) = asked_town().await;
    let before = watched(&town).await;
    for headers in [
        &[][..],
        &[
            ("purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("x-moz", "prefetch"),
        ],
        &[
            ("user-agent", "Mozilla/5.0 (compatible; SafeLinks)"),
            ("sec-fetch-site", "cross-site"),
        ],
        &[
            ("x-http-method-override", "POST"),
            ("x-method-override", "POST"),
            ("content-type", FORM),
        ],
    ] {
        for method in [Method::GET, Method::HEAD] {
            for action in [
                "",
                "&action=accept",
                "&action=decline",
                "&action=reschedule",
                "&action=x",
                "&action=accept&action=decline",
            ] {
                let query = format!("token={token}{action}&revision=1&reason=x&_method=POST");
                for (path, status) in [("landing", 200), ("calendar.ics", 200), ("respond", 404)] {
                    if (path, &method) == ("respond", &Method::HEAD) {
                        continue; // The gateway has no such route.
                    }
                    let path = format!("/meeting/{path}?{query}");
                    let body = format!("token={token}&revision=1&action=accept");
                    let reply = town
                        .request(&Caller::Anonymous, method.clone(), &path, headers, body)
                        .await;
                    assert_eq!(reply.status, status, "{method} {path}");
                    assert_eq!(
                        reply.text.is_empty(),
                        method == Method::HEAD,
                        "{method} {path}"
                    );
                }
            }
        }
        untouched(&town, &before, &format!("looking with {headers:?}")).await;
    }
    town.answer(&token, 1, "accept").await;
    assert!(
        town.stack().capacity().write > 0.0 && standing(&town).await != before,
        "an answer is seen by this check"
    );
}
