//! Signing in at the organization's identity provider, and out again.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::Response,
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use usher_console::{ConsolePages, PageError, Staff, forget, see_other, sign_out};
use usher_domain::Failure;
use usher_flows::App;
use usher_web::{ApiQuery, Identity};

use super::Console;
use crate::sign_in::{self, Begun, IdentityProvider, PendingSignIn};

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

/// What the pages before a sign-in are given.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub(crate) app: App,
    pub(crate) pages: ConsolePages,
    /// Who signs staff in; none when the deployment names nobody.
    pub(crate) provider: Option<Arc<IdentityProvider>>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    pending: PendingSignIn,
    next: String,
}

/// `GET /console/sign-in`
pub(crate) async fn begin(
    State(Entrance {
        app,
        pages,
        provider,
    }): State<Entrance>,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response, PageError> {
    let Begun { pending, url } = sign_in::begin(&app, provider.as_deref()).await?;
    let kept = Kept {
        pending,
        next: own_page(asked.next),
    };
    let cookie = pages.key().seal(PENDING, &kept, app.clock.now(), PATIENCE);
    let mut response = see_other(&url);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// `GET /console/sign-in/callback`
pub(crate) async fn finish(
    State(Entrance {
        app,
        pages,
        provider,
    }): State<Entrance>,
    ApiQuery(answer): ApiQuery<Answer>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let now = app.clock.now();
    let kept: Option<Kept> = pages.key().open(PENDING, &headers, now);
    let Some(kept) = kept else {
        return Err(Failure::Refused {
            code: "not_signed_in",
            reason: "This sign-in took too long, or was begun in another browser. Begin again."
                .to_owned(),
        }
        .into());
    };
    let provider = provider.as_deref();
    let claims = sign_in::finish(provider, kept.pending, answer.code, &answer.state, now).await?;
    let identity = Identity::from_claims(&app.config.roles_claim, |name| claims.get(name))?;
    // Only people sign in here, whatever their tokens leave unsaid.
    let identity = identity.of_person();
    let mut response = see_other(&kept.next);
    let cookies = response.headers_mut();
    cookies.append(SET_COOKIE, pages.key().sign_in(&identity, now));
    cookies.append(SET_COOKIE, forget(PENDING));
    Ok(response)
}

/// `POST /console/sign-out`
pub(crate) async fn end(State(Console { pages, .. }): State<Console>, _: Staff) -> Response {
    let mut response = pages.open_page(StatusCode::OK, "signed_out.html", ());
    response.headers_mut().append(SET_COOKIE, sign_out());
    response
}

/// A page of the console, and nowhere else: `next` comes from a link anybody can make.
fn own_page(next: String) -> String {
    let own = next == "/console" || next.starts_with("/console/") || next.starts_with("/console?");
    if own { next } else { "/console".to_owned() }
}
