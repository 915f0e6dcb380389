//! Who gets in, and how far their role goes.

use std::collections::BTreeMap;

use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use usher_local::Caller;
use usher_tests::{Reply, Town, claims, meeting};

use super::JSON;

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
        (Method::POST, "/v1/meetings/m-1/links/revoke"),
        (Method::POST, "/v1/meetings/m-1/attendees/ann/links/revoke"),
        (Method::POST, "/v1/meetings/m-1/preview"),
        (Method::POST, "/v1/meetings/m-1/notifications"),
        (Method::POST, "/v1/meetings/m-1/responses"),
        (Method::GET, "/v1/meetings/m-1/timeline"),
        (Method::GET, "/v1/reach"),
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
