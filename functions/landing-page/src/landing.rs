//! `GET /meeting/landing` and `GET /m/…`: the meeting, and what can be answered. Changes
//! nothing.

use axum::{
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::StatusCode,
    response::Response,
};
use usher_domain::{answer::Answer, token::Token};
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
    open(&site, query.token(), &query).await
}

/// The same behind the short link of an SMS.
pub(crate) async fn show_short(
    State(site): State<Site>,
    token: Result<Path<String>, PathRejection>,
    query: Result<Query<Pairs>, QueryRejection>,
) -> Response {
    let query = query.map(|Query(pairs)| pairs).unwrap_or_default();
    let token = token.ok().and_then(|Path(token)| Token::parse(&token));
    open(&site, token, &query).await
}

async fn open(site: &Site, token: Option<Token>, query: &Pairs) -> Response {
    let Some(token) = token else {
        return site.no_such_link().await;
    };
    let now = site.app.clock.now();
    match visit(&site.app, token.reveal(), now).await {
        Ok(Some(visit)) => {
            let answer = query
                .once("action")
                .and_then(|text| text.parse::<Answer>().ok());
            let answer = answer.filter(|answer| visit.grant.buttons.offer(*answer));
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
