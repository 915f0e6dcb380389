//! What strangers, scanners and mistaken forms send to the public pages: one and
//! the same page for every link that opens nothing, and no change but by a form
//! of our own.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Reply, Town, meeting};

/// Books a meeting, asks Ann by email, and takes the token from her email.
async fn asked(town: &Town, id: &str, visit: &Value) -> String {
    town.book(id, visit).await;
    town.send(id, "confirmation_request").await.ok();
    Town::token(&town.the_message())
}

/// Everything that an answer moves.
async fn standing(town: &Town) -> (Value, Vec<Value>, Vec<String>) {
    (
        town.meeting("m-1").await,
        town.log("").await,
        town.timeline("m-1").await,
    )
}

/// Asserts that nothing was written since `before`: not in what staff see, and
/// not in the store.
async fn untouched(town: &Town, before: &(Value, Vec<Value>, Vec<String>), by: &str) {
    let written = town.stack().capacity().write;
    assert!(written == 0.0, "{by} wrote {written} units");
    assert_eq!(&standing(town).await, before, "{by}");
    assert!(town.post().is_empty(), "{by}");
    town.stack().reset_capacity();
}

fn form<'a>(token: &'a str, action: &'a str) -> [(&'a str, &'a str); 3] {
    [("token", token), ("revision", "1"), ("action", action)]
}

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
    town.advance(TimeDelta::days(2));

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
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        let body = format!("{query}&revision=1&action=accept");
        pages.insert(seen(
            &town
                .request(
                    &Caller::Anonymous,
                    Method::POST,
                    "/meeting/respond",
                    &headers,
                    body,
                )
                .await,
        ));
    }
    assert_eq!(pages.len(), 1, "one page for all: {pages:#?}");
    let (status, _, html) = pages.pop_first().unwrap();
    assert_eq!(status, 404);
    assert!(
        html.contains("does not open a meeting") && html.contains("2025550100"),
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
    let town = Town::new().await;
    let token = asked(&town, "m-1", &meeting()).await;
    let before = standing(&town).await;
    town.stack().reset_capacity();
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
            ("content-type", "application/x-www-form-urlencoded"),
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

#[tokio::test]
async fn another_sites_form_is_refused() {
    let town = Town::new().await;
    let token = asked(&town, "m-1", &meeting()).await;
    let before = standing(&town).await;
    town.stack().reset_capacity();
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[
            ("origin", town.stack().url()),
            ("sec-fetch-site", "cross-site"),
        ],
        &[("sec-fetch-site", "same-site")],
        &[
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "cross-site"),
        ],
        &[
            ("origin", town.stack().url()),
            ("origin", "https://evil.example"),
        ],
    ] {
        let page = town.submit_from(&form(&token, "accept"), headers).await;
        assert_eq!(page.status, 403, "{headers:?}");
        assert!(
            page.text.contains("was not sent") && !page.text.contains(&token),
            "{}",
            page.text
        );
        untouched(&town, &before, &format!("{headers:?}")).await;
    }
    for headers in [
        &[("origin", town.stack().url())][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "none")],
        &[],
    ] {
        let page = town.submit_from(&form(&token, "accept"), headers).await;
        assert_eq!(
            page.status, 200,
            "{headers:?} may come from our page: {}",
            page.text
        );
    }
}

#[tokio::test]
async fn a_form_that_is_not_ours_asks_again_and_changes_nothing() {
    let town = Town::new().await;
    let token = asked(&town, "m-1", &meeting()).await;
    let before = standing(&town).await;
    town.stack().reset_capacity();
    let ours = ("token", token.as_str());
    let (fifty, one) = ("x".repeat(50 * 1024), ("revision", "1"));
    for (what, fields) in [
        ("an unknown action", vec![ours, one, ("action", "maybe")]),
        ("no action", vec![ours, one]),
        ("another case", vec![ours, one, ("action", "ACCEPT")]),
        (
            "two actions",
            vec![ours, one, ("action", "accept"), ("action", "decline")],
        ),
        ("no revision", vec![ours, ("action", "accept")]),
        (
            "an empty revision",
            vec![ours, ("revision", ""), ("action", "accept")],
        ),
        (
            "a revision below zero",
            vec![ours, ("revision", "-1"), ("action", "accept")],
        ),
        (
            "a revision of words",
            vec![ours, ("revision", "one"), ("action", "accept")],
        ),
        (
            "a revision beyond counting",
            vec![ours, ("revision", "99999999999"), ("action", "accept")],
        ),
        (
            "two revisions",
            vec![ours, one, ("revision", "2"), ("action", "accept")],
        ),
        (
            "a reason of 50 KB",
            vec![ours, one, ("action", "reschedule"), ("reason", &fifty)],
        ),
        (
            "times of 50 KB",
            vec![
                ours,
                one,
                ("action", "reschedule"),
                ("preferred_times", &fifty),
            ],
        ),
    ] {
        let page = town.submit(&fields).await;
        assert_eq!(page.status, 422, "{what}");
        assert!(
            page.text.contains("has not been sent yet") && page.text.contains("Window measuring"),
            "{what}: {}",
            page.text
        );
        assert_eq!(
            page.text.contains(&fifty),
            what.contains("50 KB"),
            "what was typed is kept: {what}"
        );
        untouched(&town, &before, what).await;
    }
    let too_much = town
        .submit(&[
            ours,
            one,
            ("action", "decline"),
            ("reason", &"x".repeat(300_000)),
        ])
        .await;
    assert_eq!(too_much.status, 413);
    for content_type in [
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
    ] {
        let body = format!("token={token}&revision=1&action=accept");
        let headers = [
            ("content-type", content_type),
            ("sec-fetch-site", "same-origin"),
        ];
        let page = town
            .request(
                &Caller::Anonymous,
                Method::POST,
                "/meeting/respond",
                &headers,
                body,
            )
            .await;
        assert_eq!(page.status, 415, "{content_type}");
    }
    untouched(&town, &before, "what is no form").await;
}

#[tokio::test]
async fn a_reason_is_text_wherever_it_is_shown() {
    let town = Town::new().await;
    let token = asked(&town, "m-1", &meeting()).await;
    let reason = "</textarea><script>alert(1)</script>{{7*7}}\" onfocus=\"x\u{202e}";
    let with_reason = |revision| {
        [
            ("token", token.as_str()),
            ("revision", revision),
            ("action", "reschedule"),
            ("reason", reason),
        ]
    };
    for (revision, status) in [("none", 422), ("7", 409), ("1", 200)] {
        let page = town.submit(&with_reason(revision)).await;
        assert_eq!(page.status, status);
        assert!(
            !page.text.contains("<script") && !page.text.contains("\" onfocus=\""),
            "{}",
            page.text
        );
        assert_eq!(
            page.text.contains("&lt;script&gt;"),
            status != 200,
            "what was typed is still there: {}",
            page.text
        );
        assert!(
            page.header("content-security-policy")
                .starts_with("default-src 'none'")
        );
    }
    assert!(!town.visit(&token).await.text.contains("<script"));
    let row = town.get("/v1/notifications").await;
    assert_eq!(
        (
            row.header("content-type"),
            row.header("x-content-type-options")
        ),
        ("application/json", "nosniff")
    );
    assert_eq!(
        row.ok()["notifications"][0]["answers"][1]["reason"],
        reason,
        "staff read what was written"
    );
    assert!(town.timeline("m-1").await[0].contains("<script>alert(1)</script>"));
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_kept_and_changes_nothing() {
    let town = Town::new().await;
    let token = asked(&town, "m-1", &meeting()).await;
    town.answer(&token, 1, "accept").await;
    town.advance(TimeDelta::days(10) + TimeDelta::hours(4) + TimeDelta::minutes(10));
    let page = town.answer(&token, 1, "decline").await;
    assert_eq!(page.status, 409, "it has started: {}", page.text);
    assert!(
        page.text.contains("already started") && !page.text.contains("<button"),
        "{}",
        page.text
    );
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["attendees"][0]["answer"]),
        (&json!("CONFIRMED"), &json!("accepted"))
    );
    assert_eq!(town.log("").await[0]["answers"][1]["stale"], true);
    town.advance(TimeDelta::hours(1));
    assert_eq!(
        town.answer(&token, 1, "decline").await.status,
        404,
        "over, the link opens nothing"
    );
}

#[tokio::test]
async fn a_cancellation_wins_over_an_answer() {
    let town = Town::new().await;
    let token = asked(&town, "m-1", &meeting()).await;
    town.send_as(
        "c",
        "m-1",
        &json!({"type": "cancellation", "confirm": true}),
    )
    .await
    .ok();
    town.the_message();
    for action in ["accept", "decline", "reschedule"] {
        let page = town.answer(&token, 1, action).await;
        assert_eq!(page.status, 409, "{}", page.text);
        assert!(
            page.text.contains("cancelled") && !page.text.contains("<button"),
            "{}",
            page.text
        );
    }
    let now = town.meeting("m-1").await;
    assert_eq!(
        (&now["status"], &now["attendees"][0]["answer"]),
        (&json!("CANCELLED"), &json!("needs_action"))
    );
}

#[tokio::test]
async fn what_was_not_offered_cannot_be_answered() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.send("m-1", "confirmation").await.ok();
    let token = Town::token(&town.the_message());
    let before = standing(&town).await;
    town.stack().reset_capacity();
    for action in ["accept", "decline", "reschedule"] {
        let page = town.answer(&token, 1, action).await;
        assert_eq!(page.status, 409, "{}", page.text);
        assert!(
            page.text.contains("did not ask for this answer") && !page.text.contains("<button"),
            "{}",
            page.text
        );
        let page = town
            .open(&format!("/meeting/landing?token={token}&action={action}"))
            .await;
        assert!(
            page.status == 200 && !page.text.contains("<button"),
            "{}",
            page.text
        );
    }
    untouched(&town, &before, "an answer nobody asked for (L4)").await;
}
