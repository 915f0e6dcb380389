//! Forms that are not ours, or hold what ours never holds; and the free text that
//! ours does hold.

use super::{asked_town, posted, untouched, watched};

fn form<'a>(token: &'a str, action: &'a str) -> [(&'a str, &'a str); 3] {
    [("token", token), ("revision", "1"), ("action", action)]
}

#[tokio::test]
async fn another_sites_form_is_refused() {
    let (town, token) = asked_town().await;
    let before = watched(&town).await;
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
    let (town, token) = asked_town().await;
    let before = watched(&town).await;
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
        let page = posted(&town, content_type, body).await;
        assert_eq!(page.status, 415, "{content_type}");
    }
    untouched(&town, &before, "what is no form").await;
}

#[tokio::test]
async fn a_reason_is_text_wherever_it_is_shown() {
    let (town, token) = asked_town().await;
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
    let row = town
        .get("/v1/notifications?type=confirmation_request")
        .await;
    assert_eq!(
        (
            row.header("content-type"),
            row.header("x-content-type-options")
        ),
        ("application/json", "nosniff")
    );
    assert_eq!(
        row.ok()["notifications"][0]["answers"][1]["reason"],
        reason.trim_end_matches('\u{202e}'),
        "staff read what was written, but for what would turn around their line"
    );
    assert!(town.timeline("m-1").await[0].contains("<script>alert(1)</script>"));
}
