//! What the staff's API answers to what it must not accept: for each input its
//! status, its kind of problem and the place that is wrong. Nothing of it is
//! stored, and the API goes on answering.

mod templates;

use std::collections::BTreeMap;

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Reply, Town, claims, meeting};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The document with the member at `pointer` put in or replaced.
fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    document
}

/// Asserts that a document was refused for the field at `pointer` alone, and
/// hands out the sentence that says why.
fn refused_at(reply: &Reply, pointer: &str, input: &str) -> String {
    assert_eq!(reply.status, 422, "{input}: {}", reply.text);
    assert_eq!(reply.invalid_fields(), [pointer], "{input}: {}", reply.text);
    let detail = reply.json()["errors"][0]["detail"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        detail.len() > 10,
        "{input}: a sentence is expected: {detail}"
    );
    detail
}

async fn put_as(town: &Town, caller: &Caller, path: &str, body: &Value) -> Reply {
    town.request(caller, Method::PUT, path, &[JSON], body.to_string())
        .await
}

#[tokio::test]
async fn without_verified_claims_nobody_gets_in() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    let unsigned = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4Iiwicm9sZXMiOiJhZG1pbiJ9.";
    let forged = [
        JSON,
        ("authorization", unsigned),
        ("x-amzn-request-context", r#"{"authorizer":{}}"#),
    ];
    for (method, path) in [
        (Method::GET, "/v1/templates"),
        (Method::GET, "/v1/templates/t"),
        (Method::PUT, "/v1/templates/t"),
        (Method::GET, "/v1/meetings"),
        (Method::GET, "/v1/meetings/m-1"),
        (Method::PUT, "/v1/meetings/m-1"),
        (Method::POST, "/v1/meetings/m-1/archive"),
        (Method::POST, "/v1/meetings/m-1/preview"),
        (Method::POST, "/v1/meetings/m-1/notifications"),
        (Method::POST, "/v1/meetings/m-1/responses"),
        (Method::GET, "/v1/meetings/m-1/timeline"),
        (Method::GET, "/v1/notifications"),
        (Method::GET, "/v1/notifications/x"),
        (Method::POST, "/v1/notifications/x/retry"),
        (Method::POST, "/v1/notifications/x/resolve"),
        (Method::GET, "/v1/settings"),
        (Method::PUT, "/v1/settings"),
    ] {
        for headers in [&[][..], &forged[..]] {
            let reply = town
                .request(&Caller::Anonymous, method.clone(), path, headers, "{}")
                .await;
            assert_eq!(reply.status, 401, "{method} {path}");
        }
        let nobody = Caller::Claims(BTreeMap::new());
        let reply = town
            .request(&nobody, method.clone(), path, &forged, "{}")
            .await;
        assert_eq!(
            reply.problem(),
            ("unauthenticated".to_owned(), 401),
            "{method} {path}"
        );
        for roles in ["", "[]", "owner", "administrator"] {
            let reply = town
                .request(&claims(roles), method.clone(), path, &forged, "{}")
                .await;
            assert_eq!(
                reply.problem(),
                ("forbidden".to_owned(), 403),
                "{method} {path} as {roles:?}"
            );
        }
    }
    assert_eq!(town.meeting("m-1").await["archived"], false);
}

#[rstest]
#[case("member", 403, 403)]
#[case("manager", 201, 403)]
#[case("[admin]", 201, 200)]
#[tokio::test]
async fn a_role_goes_as_far_as_it_goes(
    #[case] roles: &str,
    #[case] template: u16,
    #[case] settings: u16,
) {
    let town = Town::new().await;
    let caller = claims(roles);
    let reply = put_as(&town, &caller, "/v1/templates/t", &json!({"name": "Visit"})).await;
    assert_eq!(reply.status, template);
    let reply = put_as(
        &town,
        &caller,
        "/v1/settings",
        &json!({"business_name": "Mine"}),
    )
    .await;
    assert_eq!(reply.status, settings);
    if settings == 403 {
        assert_eq!(reply.problem().0, "forbidden");
        assert_eq!(
            town.get("/v1/settings").await.ok()["business_name"],
            Value::Null
        );
    }
    assert_eq!(
        town.get("/v1/templates/t").await.status == 200,
        template == 201
    );
    let reply = put_as(&town, &caller, "/v1/meetings/m-1", &meeting()).await;
    assert_eq!(reply.status, 201, "every role books");
    let read = town
        .request(&caller, Method::GET, "/v1/settings", &[], "")
        .await;
    assert_eq!(read.status, 200, "every role reads");
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let town = Town::new().await;
    let whole = meeting().to_string();
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"title\": {}{}}}",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    for path in ["/v1/meetings/m-1", "/v1/templates/t", "/v1/settings"] {
        for (what, body) in [
            ("empty", Vec::new()),
            ("cut", whole.as_bytes()[..whole.len() / 2].to_vec()),
            ("trailing", format!("{whole}{whole}").into_bytes()),
            ("nested arrays", deep("[", "]").into_bytes()),
            ("nested objects", deep("{\"a\":", "").into_bytes()),
            (
                "a duplicate key",
                br#"{"title": "a", "title": "b"}"#.to_vec(),
            ),
            (
                "a duplicate key, escaped",
                br#"{"title": "a", "t\u0069tle": "b"}"#.to_vec(),
            ),
            (
                "a duplicate key below",
                br#"{"location": {"address": "a", "address": "b"}}"#.to_vec(),
            ),
            ("NUL", b"{\"title\": \"a\0b\"}".to_vec()),
            ("NUL, escaped", br#"{"title": "a\u0000b"}"#.to_vec()),
            (
                "a bare control character",
                b"{\"title\": \"a\x01b\"}".to_vec(),
            ),
            ("bad UTF-8", b"{\"title\": \"\xff\xfe\"}".to_vec()),
            ("half a surrogate pair", br#"{"title": "\ud83d"}"#.to_vec()),
        ] {
            let reply = town
                .request(&Caller::LocalAdmin, Method::PUT, path, &[JSON], body)
                .await;
            assert_eq!(
                reply.problem(),
                ("malformed-json".to_owned(), 400),
                "{what} to {path}"
            );
        }
    }
    assert_eq!(town.get("/v1/meetings/m-1").await.status, 404);
}

#[tokio::test]
async fn a_body_that_is_too_large_or_not_declared_as_json_is_not_read() {
    let town = Town::new().await;
    let large = with(meeting(), "/description", json!("x".repeat(256 * 1024)));
    assert_eq!(
        town.put("/v1/meetings/m-1", &large).await.problem(),
        ("too-large".to_owned(), 413)
    );
    let larger = with(
        meeting(),
        "/description",
        json!("x".repeat(10 * 1024 * 1024)),
    );
    assert_eq!(
        town.put("/v1/meetings/m-1", &larger).await.status,
        413,
        "by the gateway"
    );
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/json",
        "",
    ] {
        let headers = [("content-type", content_type)];
        let body = meeting().to_string();
        let reply = town
            .request(
                &Caller::LocalAdmin,
                Method::PUT,
                "/v1/meetings/m-1",
                &headers,
                body,
            )
            .await;
        assert_eq!(
            reply.problem(),
            ("unsupported-media-type".to_owned(), 415),
            "{content_type}"
        );
    }
    assert_eq!(town.get("/v1/meetings/m-1").await.status, 404);
}

#[tokio::test]
async fn an_id_never_leaves_its_place() {
    let town = Town::new().await;
    let long = "a".repeat(65);
    for id in [
        "..%2F..%2Fsettings",
        "..%2fx",
        ".%2e.%2Fx",
        "a%2Fb",
        "a%5Cb",
        "a%00b",
        "a%0Ab",
        "a%0D%0Ab",
        "%FF",
        "%C0%AE",
        "a%23b",
        "a%7Eb",
        "%20",
        "-a",
        "%E2%80%AEa",
        long.as_str(),
    ] {
        for (method, path) in [
            (Method::GET, format!("/v1/meetings/{id}")),
            (Method::PUT, format!("/v1/meetings/{id}")),
            (Method::GET, format!("/v1/templates/{id}")),
            (Method::PUT, format!("/v1/templates/{id}")),
            (Method::GET, format!("/v1/meetings/{id}/timeline")),
            (Method::POST, format!("/v1/meetings/{id}/archive")),
            (Method::GET, format!("/v1/notifications/{id}")),
        ] {
            let reply = town.call(method.clone(), &path, &meeting()).await;
            assert_eq!(
                reply.problem(),
                ("bad-request".to_owned(), 400),
                "{method} {path}"
            );
        }
    }
    for path in [
        "/v1/meetings/../settings",
        "/v1/meetings/",
        "/v1/meetings/a/b/c",
        "/v1//settings",
        "/v1/nothing",
        "/v1/meetings/%2e%2e",
        "/v1/meetings/%2E",
    ] {
        assert_eq!(town.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_never_guessed() {
    let town = Town::new().await;
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=many",
        "limit=",
        "limit=1&limit=2",
        "page=2",
        "cursor=!",
        "cursor=AAAA",
        "cursor=%00",
        "cursor=..%2F..%2Fx",
        "cursor=",
        "limit=%zz",
        "limit=%FF",
    ] {
        for path in [
            "/v1/meetings",
            "/v1/notifications",
            "/v1/meetings/m-1/timeline",
        ] {
            let reply = town.get(&format!("{path}?{query}")).await;
            assert_eq!(
                reply.problem(),
                ("bad-request".to_owned(), 400),
                "{path}?{query}"
            );
        }
    }
    let cursor = "A".repeat(2_000);
    for query in [
        "/v1/meetings?from=yesterday",
        "/v1/meetings?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
        "/v1/meetings?from=2026-01-01T00:00:00Z&to=2028-01-01T00:00:00Z",
        "/v1/meetings?to=9999-01-01T00:00:00Z",
        "/v1/meetings?from=%2B262142-12-31T00:00:00Z",
        "/v1/meetings?from=-262143-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
        "/v1/notifications?status=maybe",
        "/v1/notifications?type=letter",
        "/v1/notifications?channel=fax",
        "/v1/notifications?meeting=..%2Fx",
        "/v1/notifications?recipient=nobody",
        "/v1/notifications?recipient=a%0Ab",
        "/v1/notifications?from=soon",
        &format!("/v1/notifications?cursor={cursor}"),
    ] {
        assert_eq!(
            town.get(query).await.problem(),
            ("bad-request".to_owned(), 400),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_range_that_cannot_be_is_empty_or_refused() {
    let town = Town::new().await;
    let backwards = "?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z";
    for filter in [
        "",
        "&meeting=m-1",
        "&status=sent",
        "&recipient=ann@example.com",
    ] {
        assert!(town.log(&format!("{backwards}{filter}")).await.is_empty());
    }
    for bound in [
        "%2B20000-01-01T00:00:00Z",
        "%2B262142-12-31T00:00:00Z",
        "-262143-01-01T00:00:00Z",
        "9999-12-31",
        "soon",
    ] {
        for query in [
            format!("/v1/notifications?from={bound}"),
            format!("/v1/notifications?to={bound}"),
            format!("/v1/meetings?from={bound}"),
            format!("/v1/meetings?to={bound}"),
        ] {
            let refused = town.get(&query).await;
            assert_eq!(
                refused.problem(),
                ("bad-request".to_owned(), 400),
                "{query}"
            );
        }
    }
}

#[tokio::test]
async fn a_cursor_goes_on_in_its_own_list_only() {
    let town = Town::new().await;
    for id in ["m-1", "m-2", "m-3"] {
        town.book(id, &meeting()).await;
        town.send(id, "confirmation").await.ok();
    }
    assert_eq!(town.post().len(), 3);
    let next = async |path: &str| {
        town.get(path).await.ok()["next_cursor"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let meetings = next("/v1/meetings?limit=1").await;
    let log = next("/v1/notifications?limit=1").await;
    let timeline = next("/v1/meetings/m-1/timeline?limit=1").await;
    for path in [
        format!("/v1/meetings?limit=1&from=2026-01-06T00:00:00Z&cursor={meetings}"),
        format!("/v1/meetings?limit=1&cursor={log}"),
        format!("/v1/notifications?limit=1&cursor={meetings}"),
        format!("/v1/notifications?limit=1&status=sent&cursor={log}"),
        format!("/v1/notifications?cursor={timeline}"),
        format!("/v1/meetings/m-2/timeline?limit=1&cursor={timeline}"),
        format!("/v1/meetings?limit=1&cursor={meetings}="),
    ] {
        assert_eq!(
            town.get(&path).await.problem(),
            ("bad-request".to_owned(), 400),
            "{path}"
        );
    }
    // A cursor's first six bytes are its list; whoever forges the rest finds
    // another place in the list they may read anyway, or none.
    for place in ["IQ", "TUVFVElORw", "fn5-"] {
        for (path, cursor) in [
            ("meetings", &meetings),
            ("notifications", &log),
            ("meetings/m-1/timeline", &timeline),
        ] {
            let page = town
                .get(&format!(
                    "/v1/{path}?limit=1&cursor={}{place}",
                    &cursor[..8]
                ))
                .await
                .ok();
            assert!(
                page["next_cursor"].is_string() || page["next_cursor"].is_null(),
                "{path}"
            );
        }
    }
    let second = town
        .get(&format!("/v1/meetings?limit=1&cursor={meetings}"))
        .await
        .ok();
    assert_eq!(second["meetings"][0]["id"], "m-2");
}

#[tokio::test]
async fn a_key_names_one_command() {
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.book("m-2", &meeting()).await;
    let (path, body) = (
        "/v1/meetings/m-1/notifications",
        json!({"type": "confirmation"}),
    );
    let long = "k".repeat(256);
    for key in [
        None,
        Some(""),
        Some("two words"),
        Some("\"open"),
        Some(long.as_str()),
    ] {
        let headers: Vec<_> = [JSON]
            .into_iter()
            .chain(key.map(|key| ("idempotency-key", key)))
            .collect();
        let reply = town
            .request(
                &Caller::LocalAdmin,
                Method::POST,
                path,
                &headers,
                body.to_string(),
            )
            .await;
        assert_eq!(reply.problem(), ("bad-request".to_owned(), 400), "{key:?}");
    }
    let first = town.send_as("k", "m-1", &body).await.ok();
    assert_eq!(town.post().len(), 1);
    assert_eq!(
        town.send_as("k", "m-1", &body).await.ok(),
        first,
        "the first outcome again"
    );
    let id = first["notifications"][0]["id"].as_str().unwrap();
    let reused = ("key-reused".to_owned(), 422);
    for other in [
        json!({"type": "confirmation_request"}),
        json!({"type": "confirmation", "attendees": ["ann"]}),
    ] {
        assert_eq!(
            town.send_as("k", "m-1", &other).await.problem(),
            reused,
            "{other}"
        );
    }
    assert_eq!(
        town.send_as("k", "m-2", &body).await.problem(),
        reused,
        "another meeting"
    );
    assert_eq!(
        town.retry("k", id).await.problem(),
        reused,
        "another command"
    );
    let replies =
        futures::future::join_all([1, 2, 3].map(|_| town.send_as("at-once", "m-2", &body))).await;
    for reply in &replies {
        assert!(
            matches!(reply.status.as_u16(), 200 | 409),
            "the outcome, or in progress: {}",
            reply.text
        );
    }
    assert_eq!(town.post().len(), 1, "one key, one message");
}

#[tokio::test]
async fn a_change_meant_for_another_version_is_refused() {
    let town = Town::new().await;
    for (path, body) in [
        ("/v1/meetings/m-1", meeting()),
        ("/v1/templates/t", json!({"name": "Visit"})),
    ] {
        let save = async |condition: (&str, &str), body: &Value| {
            town.request(
                &Caller::LocalAdmin,
                Method::PUT,
                path,
                &[JSON, condition],
                body.to_string(),
            )
            .await
        };
        let stale = ("stale-version".to_owned(), 412);
        assert_eq!(
            save(("if-match", "\"1\""), &body).await.problem(),
            stale,
            "there is none yet"
        );
        let created = save(("if-none-match", "*"), &body).await;
        assert_eq!(
            (created.status.as_u16(), created.header("etag")),
            (201, "\"1\"")
        );
        let exists = save(("if-none-match", "*"), &body).await;
        assert_eq!(
            (exists.problem(), exists.header("etag")),
            (stale.clone(), "\"1\"")
        );
        for tag in ["\"2\"", "W/\"1\"", "\"01\"", "\"x\""] {
            assert_eq!(
                save(("if-match", tag), &body).await.problem(),
                stale,
                "{tag}"
            );
        }
        for condition in [
            ("if-match", "1"),
            ("if-match", "\"1"),
            ("if-match", ""),
            ("if-none-match", "\"1\""),
        ] {
            let reply = save(condition, &body).await;
            assert_eq!(
                reply.problem(),
                ("bad-request".to_owned(), 400),
                "{condition:?}"
            );
        }
        let field = if path.contains("meetings") {
            "title"
        } else {
            "name"
        };
        let bodies =
            ["One", "Other"].map(|text| with(body.clone(), &format!("/{field}"), json!(text)));
        let [one, other] =
            futures::future::join_all(bodies.iter().map(|body| save(("if-match", "\"1\""), body)))
                .await
                .try_into()
                .unwrap();
        let (won, lost) = if one.status == 200 {
            (one, other)
        } else {
            (other, one)
        };
        assert_eq!(
            (won.ok()[field].clone(), won.header("etag")),
            (town.get(path).await.ok()[field].clone(), "\"2\"")
        );
        assert_eq!(lost.problem(), stale, "one of two wins");
    }
}

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
            "pigeon",
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
    let followers = json!(vec!["a@example.com"; 51]);
    let reply = town
        .put(
            "/v1/meetings/m-1",
            &with(meeting(), "/followers", followers),
        )
        .await;
    refused_at(&reply, "/followers", "51 followers");
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

#[tokio::test]
async fn what_the_state_of_a_meeting_forbids_is_refused_and_sends_nothing() {
    let town = Town::new().await;
    let cancel = json!({"type": "cancellation", "confirm": true});
    town.book("archived", &meeting()).await;
    town.call(Method::POST, "/v1/meetings/archived/archive", &json!({}))
        .await
        .ok();
    for kind in ["confirmation", "confirmation_request", "update"] {
        assert_eq!(town.send("archived", kind).await.refusal(), "archived");
    }
    assert_eq!(
        town.send_as("c", "archived", &cancel).await.refusal(),
        "archived"
    );
    town.book("m-1", &meeting()).await;
    assert_eq!(town.send("m-1", "update").await.refusal(), "not_announced");
    assert_eq!(
        town.send("m-1", "reminder").await.refusal(),
        "sent_by_itself"
    );
    for attendees in [json!(["zoe"]), json!(["../x"])] {
        let body = json!({"type": "confirmation", "attendees": attendees});
        refused_at(
            &town.send_as("z", "m-1", &body).await,
            "/attendees/0",
            "a stranger",
        );
    }
    let nobody = json!({"type": "confirmation", "attendees": []});
    refused_at(
        &town.send_as("n", "m-1", &nobody).await,
        "/attendees",
        "nobody",
    );
    assert!(town.post().is_empty());
    town.send("m-1", "confirmation").await.ok();
    assert_eq!(town.send("m-1", "update").await.refusal(), "in_sync");
    town.send_as("cancel", "m-1", &cancel).await.ok();
    assert_eq!(
        town.send_as("cancel-again", "m-1", &cancel).await.refusal(),
        "cancelled"
    );
    assert_eq!(
        town.post().len(),
        2,
        "the confirmation and one cancellation"
    );
    assert_eq!(
        town.send("none", "confirmation").await.problem(),
        ("not-found".to_owned(), 404)
    );
}

#[rstest]
#[case::no_phone(json!({}), json!({"phone": null}), "has no")]
#[case::not_allowed(json!({"allowed_countries": ["DE"]}), json!({}), "country")]
#[case::unverified_sender(json!({"sender_email": "office@progrid.invalid"}), json!({"phone": null, "preferred_confirmation_method": "email"}), "verified")]
#[tokio::test]
async fn who_cannot_be_sent_to_is_seen_with_the_reason(
    #[case] settings: Value,
    #[case] ann: Value,
    #[case] said: &str,
) {
    let town = Town::new().await;
    town.put("/v1/settings", &settings).await.ok();
    let mode = if said == "verified" { "email" } else { "sms" };
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation", "channel_mode": mode}),
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

#[tokio::test]
async fn settings_that_would_fail_later_are_refused() {
    let town = Town::new().await;
    for (field, value) in [
        ("sender_name", json!("Progrid\r\nBcc: x@example.com")),
        ("sender_email", json!("a@b.example\r\nBcc:x@b.example")),
        ("sender_image_url", json!("javascript:alert(1)")),
        ("logo_url", json!("http://example.com/logo.png")),
        (
            "button_color",
            json!("red;background:url(https://evil.example)"),
        ),
        ("calendar_color", json!("#12")),
        ("sms_sender_id", json!("A!")),
        ("sms_max_segments", json!(0)),
        ("sms_max_price_usd", json!(-1)),
        ("default_region", json!("ZZ")),
        ("timezone", json!("Mars/Olympus")),
        ("business_phone", json!("+1 900 555 0123")),
        ("colour", json!("red")),
    ] {
        let reply = town.put("/v1/settings", &json!({field: value})).await;
        refused_at(&reply, &format!("/{field}"), field);
    }
    let reply = town
        .put("/v1/settings", &json!({"allowed_countries": ["US", "ZZ"]}))
        .await;
    refused_at(&reply, "/allowed_countries/1", "a country that is none");
}
