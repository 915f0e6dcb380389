//! Staff at the console, in a browser: pages, forms and who may see them.

mod archived;
mod attention;
mod chosen;
mod defaults;
mod editor;
mod first_run;
mod forms;
mod lists;
mod log;
mod plan;
mod provider;
mod signing_in;
mod timeline;
mod work;
mod written;

use http::Method;
use rstest::rstest;
use serde_json::json;
use usher_local::{Caller, Service};
use usher_tests::{Town, as_many_as, claims, meeting};

/// The pages of a town with one meeting that was told of.
fn pages(notification: &str) -> Vec<String> {
    [
        "/console",
        "/console?view=day&date=2026-01-15",
        "/console?view=list",
        "/console?q=ann&view=list",
        "/console/meetings/m1",
        "/console/meetings/new",
        "/console/meetings/m1/edit",
        "/console/meetings/m1/send/confirmation",
        "/console/notifications",
        "/console/notifications?status=sent&type=confirmation&channel=email&recipient=ann@example.com",
        "/console/reach",
        "/console/inbox",
        "/console/settings",
        "/console/templates",
        "/console/templates/new",
        "/console/templates/t1",
        "/console/template-variables",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([format!("/console/notifications/{notification}")])
    .collect()
}

async fn told() -> (Town, String) {
    let town = Town::new().await;
    town.template("t1", json!({"id": "c", "type": "confirmation"}))
        .await;
    let mut booked = meeting();
    booked["template_id"] = json!("t1");
    town.book("m1", &booked).await;
    let sent = town.send("m1", "confirmation").await.ok();
    town.post();
    let id = sent["notifications"][0]["id"].as_str().unwrap().to_owned();
    (town, id)
}

#[tokio::test]
async fn every_page_is_a_few_reads_small_and_strict() {
    let (town, id) = told().await;
    for page in pages(&id) {
        let count = || town.calls(Service::Dynamodb).values().sum::<u64>();
        let before = count();
        let reply = town.page(&page).await;
        assert_eq!(reply.status, 200, "{page}: {}", reply.text);
        let queries = count() - before;
        // A list is read by an index, and then from the table; two pages show two of them. The
        // calendar reads two more for how many of its meetings' attendees cannot be reached.
        let calendar = page == "/console" || page.starts_with("/console?");
        let most = if calendar { 6 } else { 5 };
        assert!(queries <= most, "{page} took {queries} queries");
        assert!(reply.text.len() < 60_000, "{page} has {}", reply.text.len());
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("http"),
            "{policy}"
        );
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(
            !reply.text.contains(" style=\"") && !reply.text.contains("<script>"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_sign_in_and_sees_nothing() {
    let (town, id) = told().await;
    for page in pages(&id) {
        let reply = town.open(&page).await;
        assert_eq!(reply.status, 303, "{page}");
        assert!(
            reply
                .header("location")
                .starts_with("/console/sign-in?next=%2Fconsole")
        );
        assert!(!reply.text.contains("Ann"), "{page}");
    }
}

#[rstest]
#[case(&[])]
#[case(&[("sec-fetch-site", "cross-site")])]
#[case(&[("sec-fetch-site", "same-site")])]
#[case(&[("origin", "null")])]
#[case(&[("origin", "https://evil.example")])]
#[tokio::test]
async fn a_form_from_anywhere_else_changes_nothing(#[case] headers: &[(&str, &str)]) {
    let (town, _) = told().await;
    for path in [
        "/console/meetings/m1/archive",
        "/console/meetings/m1/send/cancellation",
    ] {
        let fields = [("key", "k"), ("confirm", "true")];
        let reply = town
            .form_of(&Caller::LocalAdmin, path, &fields, headers)
            .await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.text.contains("another site"), "{}", reply.text);
    }
    let meeting = town.meeting("m1").await;
    assert_eq!(
        (&meeting["archived"], &meeting["status"]),
        (&json!(false), &json!("BOOKED"))
    );
}

#[tokio::test]
async fn a_form_of_a_session_that_is_over_changes_nothing_and_says_so() {
    let (town, _) = told().await;
    let same = [("sec-fetch-site", "same-origin")];
    let reply = town
        .form_of(
            &Caller::Anonymous,
            "/console/meetings/m1/archive",
            &[],
            &same,
        )
        .await;
    assert_eq!(reply.status, 401);
    assert!(
        reply.text.contains("Your session is over"),
        "{}",
        reply.text
    );
    assert_eq!(town.meeting("m1").await["archived"], false);
}

#[tokio::test]
async fn settings_are_for_admins() {
    let town = Town::new().await;
    let member = claims("member");
    let page = town
        .request(&member, Method::GET, "/console/settings", &[], "")
        .await;
    assert!(page.text.contains("Only admins"));
    let fields = [
        ("_version", "0"),
        ("_base", "{}"),
        ("business_name", "Mine"),
    ];
    let same = [("sec-fetch-site", "same-origin")];
    let reply = town
        .form_of(&member, "/console/settings", &fields, &same)
        .await;
    assert_eq!(reply.status, 403);
    assert!(town.get("/v1/settings").await.ok()["business_name"].is_null());
}

#[tokio::test]
async fn templates_are_for_managers() {
    let town = Town::new().await;
    town.template("t1", json!({"id": "c", "type": "confirmation"}))
        .await;
    let same = [("sec-fetch-site", "same-origin")];
    let fields = [("_version", "1"), ("_base", "{}"), ("name", "Mine")];
    for path in ["/console/templates/t1", "/console/templates/t1/duplicate"] {
        let reply = town.form_of(&claims("member"), path, &fields, &same).await;
        assert_eq!(reply.status, 403, "{path}");
    }
    assert_eq!(
        town.get("/v1/templates").await.ok()["templates"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_a_page_that_says_so() {
    let (town, _) = told().await;
    let long = "x".repeat(300_000);
    let answer = "/console/meetings/m1/answer";
    let large = town
        .form("/console/meetings/new", &[("title", &long)])
        .await;
    let odd = town
        .form(answer, &[("attendee_id", "ann"), ("answer", "maybe")])
        .await;
    for (reply, status, says) in [
        (large, 413, "more than the console takes"),
        (odd, 400, "cannot be read"),
    ] {
        assert_eq!(reply.status.as_u16(), status);
        assert!(
            reply.text.contains("<h1>") && reply.text.contains(says),
            "{}",
            reply.text
        );
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_a_page_that_says_so() {
    let town = Town::new().await;
    let reply = town.page("/console/meetings/nobody").await;
    assert_eq!(reply.status, 404);
    assert!(
        reply.text.contains("There is no such meeting."),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn a_page_costs_the_same_however_much_there_is() {
    async fn costs(guests: usize) -> Vec<(f64, u64)> {
        let town = Town::new().await;
        let mut crowd = meeting();
        let guest = |i| json!({"id": format!("a{i:04}"), "name": format!("Guest {i:04}"), "email": format!("g{i:04}@example.com")});
        crowd["attendees"] = (0..guests).map(guest).collect();
        town.book("m1", &crowd).await;
        town.send("m1", "confirmation").await.ok();
        assert_eq!(town.post().len(), guests);
        let mut costs = Vec::new();
        for query in [
            "",
            "?status=sent",
            "?meeting=m1",
            "?status=failed",
            "?recipient=g0001@example.com",
        ] {
            town.stack().reset_capacity();
            let calls = || town.calls(Service::Dynamodb).values().sum::<u64>();
            let before = calls();
            let page = town.page(&format!("/console/notifications{query}")).await;
            assert_eq!(page.status, 200);
            assert!(page.text.len() < 60_000, "{}", page.text.len());
            costs.push((town.stack().capacity().read, calls() - before));
        }
        costs
    }
    let many = as_many_as("USHER_ROWS", 120, 300);
    assert_eq!(costs(60).await, costs(many).await);
}
