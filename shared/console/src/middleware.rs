//! The layers around every page of the console: who is asking, where the request
//! came from, and what is answered when it cannot be done.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, SET_COOKIE},
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use minijinja::{context, value::Serde};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower_http::catch_panic::CatchPanicLayer;

use usher_web::{BODY_LIMIT, Problem, ProblemKind, Source, logged, source};

use crate::{
    back::Back,
    frame::Styles,
    pages::{ConsolePages, PageError, Staff, see_other},
    said,
};

/// Everything a page of the console may load, all of it from here. `styles` are the
/// hashes of what an email in a frame says of its own looks.
fn policy(styles: &Styles) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self'; \
         connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'self'; \
         base-uri 'none'"
    )
}

/// The address of the page that signs in.
pub const SIGN_IN_PATH: &str = "/console/sign-in";

/// Wraps the console's pages that only staff may see. Call it last: routes added to
/// the result are not covered.
pub fn console(router: Router, pages: &ConsolePages) -> Router {
    guarded(
        router.layer(from_fn_with_state(pages.clone(), let_staff_in)),
        pages,
    )
}

/// Wraps the console's pages that need nobody signed in: signing in and out, and what
/// pages load.
pub fn console_entrance(router: Router, pages: &ConsolePages) -> Router {
    guarded(router, pages)
}

fn guarded(router: Router, pages: &ConsolePages) -> Router {
    let router = router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| {
            PageError::from(Problem::internal()).into_response()
        }))
        .layer(from_fn_with_state(pages.clone(), finish));
    logged(router)
}

/// Lets pass who is signed in, and of what changes things only our own forms.
async fn let_staff_in(
    State(pages): State<ConsolePages>,
    mut request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // Unlike a customer's form it carries no secret but the cookie, so whatever does not
    // say where it came from is refused.
    if !reads && source(request.headers(), pages.public_url()) != Source::Ours {
        return from_elsewhere().into_response();
    }
    let identity = pages.key().signed_in(request.headers(), pages.now());
    let Some(identity) = identity else {
        return match reads {
            true => sign_in(&request),
            false => session_over().into_response(),
        };
    };
    let path = request.uri().path();
    let opens = *request.method() == Method::GET;
    let said = opens.then(|| said::kept(pages.key(), path, request.headers(), pages.now()));
    let mut staff = Staff {
        identity,
        said: said.flatten(),
    };
    request.extensions_mut().insert(staff.clone());
    let mut response = next.run(request).await;
    if staff.said.is_some() && response.status() == StatusCode::OK {
        response.headers_mut().append(SET_COOKIE, said::spoken());
    }
    staff.said = None;
    response.extensions_mut().insert(staff);
    response
}

fn from_elsewhere() -> PageError {
    let detail = "This form was sent from another site's page. Open the page in the console and try again there.";
    Problem::new(ProblemKind::CrossOrigin, detail).into()
}

fn session_over() -> PageError {
    let detail = "Your session is over, and nothing was changed. Sign in again in another tab, then come back to this page and send the form once more.";
    Problem::new(ProblemKind::Unauthenticated, detail).into()
}

/// Leads to where one signs in, and from there back to what was asked for.
fn sign_in(request: &Request) -> Response {
    let next = request.uri().path_and_query();
    let next = next.map_or("", |path| path.as_str());
    see_other(&format!(
        "{SIGN_IN_PATH}?next={}",
        utf8_percent_encode(next, NON_ALPHANUMERIC)
    ))
}

/// Turns what could not be done into a page, and gives every page its headers.
async fn finish(State(pages): State<ConsolePages>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Arc<Problem>>();
    if let Some(problem) = problem.or_else(|| unreadable(&response).map(Arc::new)) {
        let staff = response.extensions_mut().remove::<Staff>();
        response = problem_page(&pages, &path, &problem, staff.as_ref());
    }
    let styles = response.extensions_mut().remove::<Styles>();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy(&styles.unwrap_or_default())) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    // Forms must tell their origin, which `no-referrer` would blot out (Fetch §3.2).
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

fn problem_page(
    pages: &ConsolePages,
    path: &str,
    problem: &Problem,
    staff: Option<&Staff>,
) -> Response {
    let signed_out = problem.kind() == ProblemKind::Unauthenticated;
    let content = context! {
        title => problem.kind().title(),
        detail => problem.spoken(),
        sign_in => signed_out.then_some(SIGN_IN_PATH),
        back => Serde(Back::from(path, problem.kind())),
    };
    pages.render(problem.kind().status(), "problem.html", staff, content)
}

/// What a form is told that the framework refused in a plain line: too long, or with
/// fields that are none of ours.
fn unreadable(response: &Response) -> Option<Problem> {
    let plain = response.headers().get(CONTENT_TYPE);
    let plain = plain.is_some_and(|media| media.as_bytes().starts_with(b"text/plain"));
    let (kind, detail) = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => (
            ProblemKind::TooLarge,
            "This form holds more than the console takes. Nothing was changed; the API takes larger meetings.",
        ),
        status if status.is_client_error() => (
            ProblemKind::BadRequest,
            "This form cannot be read, and nothing was changed. Open its page and try again.",
        ),
        _ => return None,
    };
    plain.then(|| Problem::new(kind, detail))
}
