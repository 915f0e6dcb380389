//! Signing in at an OpenID Connect provider.

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Reply, Town, now};

use super::provider::{Person, Provider, person};

/// A sign-in that has begun: what the provider was asked, and what the browser keeps.
struct Begun {
    state: String,
    nonce: String,
    challenge: String,
    cookie: String,
}

async fn begin(town: &Town) -> Begun {
    let reply = town.open("/console/sign-in?next=%2Fconsole%2Finbox").await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let url = url::Url::parse(reply.header("location")).unwrap();
    let asked = |name: &str| {
        let found = url.query_pairs().find(|(given, _)| given == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {url}"))
            .1
            .into_owned()
    };
    assert_eq!(asked("response_type"), "code");
    assert_eq!(asked("code_challenge_method"), "S256");
    assert_eq!(asked("client_id"), "usher-console");
    assert!(asked("scope").split(' ').any(|scope| scope == "openid"));
    assert!(asked("redirect_uri").ends_with("/console/sign-in/callback"));
    Begun {
        state: asked("state"),
        nonce: asked("nonce"),
        challenge: asked("code_challenge"),
        cookie: reply.cookies().remove(0),
    }
}

async fn come_back(town: &Town, state: &str, cookie: &str) -> Reply {
    let path = format!("/console/sign-in/callback?code=c0de&state={state}");
    let headers = [("cookie", cookie)];
    town.request(&Caller::Anonymous, Method::GET, &path, &headers, "")
        .await
}

async fn open(town: &Town, path: &str, cookie: &str) -> Reply {
    town.request(
        &Caller::Anonymous,
        Method::GET,
        path,
        &[("cookie", cookie)],
        "",
    )
    .await
}

#[tokio::test]
async fn a_member_signs_in_works_and_signs_out() {
    let provider = Provider::start().await;
    let town = Town::signing_in_at(&provider.issuer).await;
    let begun = begin(&town).await;
    provider.names(person(&begun.nonce, json!(["member", "something else"])));
    let back = come_back(&town, &begun.state, &begun.cookie).await;
    assert_eq!(
        (back.status.as_u16(), back.header("location")),
        (303, "/console/inbox")
    );
    let form: Vec<(String, String)> =
        url::form_urlencoded::parse(provider.token_request().as_bytes())
            .into_owned()
            .collect();
    let verifier = &form
        .iter()
        .find(|(name, _)| name == "code_verifier")
        .unwrap()
        .1;
    assert!(verifier.len() >= 43 && verifier != &begun.challenge);

    let session = back.cookies().remove(0);
    assert!(session.starts_with("__Host-usher-session="), "{session}");
    let page = open(&town, "/console", &session).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("Kim Doe <small>member</small>"),
        "{}",
        page.text
    );

    let headers = [
        ("cookie", session.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    let out = town
        .form_of(&Caller::Anonymous, "/console/sign-out", &[], &headers)
        .await;
    assert_eq!(out.cookies(), ["__Host-usher-session="]);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn a_session_is_over_after_a_working_day() {
    let provider = Provider::start().await;
    let town = Town::signing_in_at(&provider.issuer).await;
    let begun = begin(&town).await;
    provider.names(person(&begun.nonce, json!("admin")));
    let session = come_back(&town, &begun.state, &begun.cookie)
        .await
        .cookies()
        .remove(0);
    town.advance_to(now() + chrono::TimeDelta::hours(10)).await;
    assert_eq!(open(&town, "/console", &session).await.status, 303);
}

#[rstest]
#[case::nonce(|person: &mut Person| person.nonce = "another".into())]
#[case::audience(|person: &mut Person| person.audience = "another".into())]
#[case::old(|person: &mut Person| person.issued_at -= chrono::TimeDelta::hours(1))]
#[tokio::test]
async fn a_token_that_is_not_for_this_sign_in_signs_nobody_in(#[case] spoil: fn(&mut Person)) {
    let provider = Provider::start().await;
    let town = Town::signing_in_at(&provider.issuer).await;
    let begun = begin(&town).await;
    let mut named = person(&begun.nonce, json!("admin"));
    spoil(&mut named);
    provider.names(named);
    let back = come_back(&town, &begun.state, &begun.cookie).await;
    assert_eq!(back.status, 409, "{}", back.text);
    assert!(back.cookies().is_empty());
}

#[tokio::test]
async fn an_answer_with_another_state_signs_nobody_in() {
    let provider = Provider::start().await;
    let town = Town::signing_in_at(&provider.issuer).await;
    let begun = begin(&town).await;
    // Everything else is right: only the state was not asked for here.
    provider.names(person(&begun.nonce, json!("admin")));
    let back = come_back(&town, "another", &begun.cookie).await;
    assert_eq!(back.status, 409, "{}", back.text);
    assert!(back.cookies().is_empty());
}

#[tokio::test]
async fn an_answer_to_another_browser_signs_nobody_in() {
    let provider = Provider::start().await;
    let town = Town::signing_in_at(&provider.issuer).await;
    let (mine, theirs) = (begin(&town).await, begin(&town).await);
    provider.names(person(&mine.nonce, json!("admin")));
    for (state, cookie) in [
        (&mine.state, &theirs.cookie),
        (&mine.state, &String::new()),
        (
            &mine.state,
            &mine
                .cookie
                .replace("__Host-usher-sign-in", "__Host-usher-session"),
        ),
    ] {
        let back = come_back(&town, state, cookie).await;
        assert_eq!(back.status, 409, "{}", back.text);
        assert!(back.cookies().is_empty());
    }
}

#[rstest]
#[case(json!([]))]
#[case(json!(["guests"]))]
#[case(Value::Null)]
#[tokio::test]
async fn who_has_no_role_is_told_so(#[case] roles: Value) {
    let provider = Provider::start().await;
    let town = Town::signing_in_at(&provider.issuer).await;
    let begun = begin(&town).await;
    provider.names(person(&begun.nonce, roles));
    let back = come_back(&town, &begun.state, &begun.cookie).await;
    assert_eq!(back.status, 403);
    assert!(back.text.contains("Ask an admin"), "{}", back.text);
}

#[rstest]
#[case("https%3A%2F%2Fevil.example")]
#[case("%2F%2Fevil.example")]
#[case("%2Fconsole.evil.example")]
#[tokio::test]
async fn signing_in_leads_to_the_console_and_nowhere_else(#[case] next: &str) {
    let provider = Provider::start().await;
    let town = Town::signing_in_at(&provider.issuer).await;
    let reply = town.open(&format!("/console/sign-in?next={next}")).await;
    let url = url::Url::parse(reply.header("location")).unwrap();
    let asked = |name: &str| {
        url.query_pairs()
            .find(|(given, _)| given == name)
            .unwrap()
            .1
            .into_owned()
    };
    provider.names(person(&asked("nonce"), json!("member")));
    let back = come_back(&town, &asked("state"), &reply.cookies()[0]).await;
    assert_eq!(back.header("location"), "/console");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_said() {
    let town = Town::signing_in_at("http://127.0.0.1:1").await;
    let reply = town.open("/console/sign-in").await;
    assert_eq!(reply.status, 503);
}
