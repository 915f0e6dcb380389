//! What is asked of a list: its filters, its range and the cursor that goes on in
//! it. What cannot be read is refused, never guessed.

use usher_tests::{Town, meeting};

use super::bad_request;

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
            "/v1/reach",
            "/v1/notifications",
            "/v1/meetings/m-1/timeline",
            "/v1/templates",
            "/v1/inbound-messages",
        ] {
            let reply = town.get(&format!("{path}?{query}")).await;
            bad_request(&reply, &format!("{path}?{query}"));
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
        bad_request(&town.get(query).await, query);
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
            bad_request(&refused, &query);
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
        bad_request(&town.get(&path).await, &path);
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
