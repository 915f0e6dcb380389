//! Signing in at the organization's identity provider, and out again.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::Response,
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use usher_domain::Failure;
use usher_flows::sign_in::{self, Pending};
use usher_web::{
    ApiQuery, Identity,
    console::{PageError, Staff, forget, see_other, sign_out},
};

use super::Console;

/// What a browser keeps while its person is at the provider.
const PENDING: &str = "__Host-usher-sign-in";
/// How long they may take there.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);

/// Where to go once signed in.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
}

/// What the provider sends back.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    pending: Pending,
    next: String,
}

/// `GET /console/sign-in`
pub(crate) async fn begin(
    State(Console { app, desk }): State<Console>,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let (pending, url) = sign_in::begin(&app).await?;
    let kept = Kept {
        pending,
        next: own_page(asked.next),
    };
    let cookie = desk.key().seal(PENDING, &kept, app.clock.now(), PATIENCE);
    let mut response = see_other(&url);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// `GET /console/sign-in/callback`
pub(crate) async fn finish(
    State(Console { app, desk }): State<Console>,
    ApiQuery(answer): ApiQuery<Answer>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let kept: Option<Kept> = desk.key().open(PENDING, &headers, now);
    let Some(kept) = kept else {
        return Err(Failure::Refused {
            code: "not_signed_in",
            reason: "This sign-in took too long, or was begun in another browser. Begin again."
                .to_owned(),
        }
        .into());
    };
    let claims = sign_in::finish(&app, kept.pending, answer.code, &answer.state, now).await?;
    let identity = Identity::from_claims(&app.config.roles_claim, |name| claims.get(name))?;
    let mut response = see_other(&kept.next);
    let cookies = response.headers_mut();
    cookies.append(SET_COOKIE, desk.key().sign_in(&identity, now));
    cookies.append(SET_COOKIE, forget(PENDING));
    Ok(response)
}

/// `POST /console/sign-out`
pub(crate) async fn end(State(Console { desk, .. }): State<Console>, _: Staff) -> Response {
    let mut response = desk.open_page(StatusCode::OK, "signed_out.html", ());
    response.headers_mut().append(SET_COOKIE, sign_out());
    response
}

/// A page of the console, and nowhere else: `next` comes from a link anybody can make.
fn own_page(next: String) -> String {
    let own = next == "/console" || next.starts_with("/console/") || next.starts_with("/console?");
    if own { next } else { "/console".to_owned() }
}
