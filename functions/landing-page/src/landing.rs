//! `GET /meeting/landing`: the meeting, and what can be answered. Changes
//! nothing.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
};
use usher_domain::answer::Answer;
use usher_flows::respond::visit;

use crate::{
    form::{Draft, Pairs},
    site::Site,
    view::{Situation, page},
};

/// Shows the meeting; `action` preselects an answer, and is ignored when it is
/// none or was not offered.
pub(crate) async fn show(
    State(site): State<Site>,
    query: Result<Query<Pairs>, QueryRejection>,
) -> Response {
    let query = query.map(|Query(pairs)| pairs).unwrap_or_default();
    let Some(token) = query.token() else {
        return site.no_such_link().await;
    };
    let now = site.app.clock.now();
    match visit(&site.app, token.reveal(), now).await {
        Ok(Some(visit)) => {
            let answer = query.once("action").and_then(Answer::parse);
            let answer = answer.filter(|answer| answer.offered_by(visit.grant.buttons));
            let draft = Draft {
                answer,
                ..Draft::default()
            };
            let links = site.links(&token);
            let view = page(&visit, &token, &links, &Situation::Opened, &draft, now);
            site.meeting(StatusCode::OK, view).await
        }
        Ok(None) => site.no_such_link().await,
        Err(failure) => site.trouble(&failure, None),
    }
}
