//! What stands before every page of the console: who is asking, where the request
//! came from, and what is answered when it cannot be done.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequestParts, Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE},
        request::Parts,
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use minijinja::{
    context,
    value::{Serde, Value},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use tower_http::catch_panic::CatchPanicLayer;

use super::{Said, SessionKey, back::Back, frame::Styles, labels::Labels, said};
use crate::{
    BODY_LIMIT, Identity, Pages, Problem, ProblemKind, Role,
    page::asset_url,
    security::{self, Source},
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
/// Where the console's stylesheet is served.
pub const CONSOLE_STYLESHEET_PATH: &str = "/console/assets/console.css";
/// Where the console's script is served.
pub const CONSOLE_SCRIPT_PATH: &str = "/console/assets/console.js";

pub(crate) const CONSOLE_STYLESHEET: &str = include_str!("console.css");
pub(crate) const CONSOLE_SCRIPT: &str = include_str!("console.js");

/// What the console's pages are made with. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    pages: Pages,
    key: SessionKey,
    public_url: String,
    now: Box<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

/// Somebody who is signed in, as the extractor of every page.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Who it is.
    pub identity: Identity,
    /// What the form has done that led to this page, to be said there.
    said: Option<Said>,
}

impl Staff {
    /// # Errors
    /// The page that says which role this takes.
    pub fn require(&self, role: Role) -> Result<(), PageError> {
        Ok(self.identity.require(role)?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let staff = parts.extensions.get::<Self>().cloned();
        staff.ok_or_else(|| {
            tracing::error!("a page of the console stands before its gate");
            security::trouble()
        })
    }
}

/// Why there is no page; the gate shows it as one.
#[derive(Debug)]
pub struct PageError(Problem);

impl<T: Into<Problem>> From<T> for PageError {
    fn from(problem: T) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.0.kind().status().into_response();
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

impl Desk {
    /// A desk with these pages.
    pub fn new(
        pages: Pages,
        key: SessionKey,
        public_url: String,
        now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            pages,
            key,
            public_url,
            now: Box::new(now),
        }))
    }

    /// The key of sessions.
    pub fn key(&self) -> &SessionKey {
        &self.0.key
    }

    /// The page `name`, in the console's layout, for whom it is made.
    pub fn page(&self, name: &str, staff: &Staff, content: impl Serialize) -> Response {
        self.render(StatusCode::OK, name, Some(staff), content)
    }

    /// As [`page`](Self::page), with another status.
    pub fn page_with(
        &self,
        status: StatusCode,
        name: &str,
        staff: &Staff,
        content: impl Serialize,
    ) -> Response {
        self.render(status, name, Some(staff), content)
    }

    /// A page for somebody who is not signed in.
    pub fn open_page(&self, status: StatusCode, name: &str, content: impl Serialize) -> Response {
        self.render(status, name, None, content)
    }

    /// Leads the browser to the page at `path`, as [`see_other`] does, where it is said
    /// once what was done.
    pub fn done(&self, path: &str, said: Said) -> Response {
        let note = said::keep(&self.0.key, path, said, (self.0.now)());
        let mut response = see_other(path);
        response.headers_mut().append(SET_COOKIE, note);
        response
    }

    fn render(
        &self,
        status: StatusCode,
        name: &str,
        staff: Option<&Staff>,
        content: impl Serialize,
    ) -> Response {
        let page = Value::from(Serde(&content));
        let page = self.with_named_errors(name, staff, page, &content);
        let context = context(staff, page);
        self.0.pages.page_of(status, name, context)
    }

    /// What the page `name` with this content calls its fields.
    pub fn labels(&self, name: &str, staff: &Staff, content: impl Serialize) -> Labels {
        self.labels_of(name, Some(staff), Value::from(Serde(content)))
    }

    fn labels_of(&self, name: &str, staff: Option<&Staff>, page: Value) -> Labels {
        let html = self.0.pages.text_of(name, context(staff, page));
        html.as_deref().map(Labels::of).unwrap_or_default()
    }

    /// The page's content in which each of its errors has the name that the page's own
    /// form has for its field, and leads there. A preview stands beside its form and
    /// has no fields.
    fn with_named_errors(
        &self,
        name: &str,
        staff: Option<&Staff>,
        page: Value,
        content: &impl Serialize,
    ) -> Value {
        let has = |name| page.get_attr(name).is_ok_and(|value| value.is_true());
        if !has("errors") || has("in_dialog") {
            return page;
        }
        let errors = serde_json::to_value(content).unwrap_or_default()["errors"].take();
        let errors = serde_json::from_value(errors).unwrap_or_default();
        let errors = self.labels_of(name, staff, page.clone()).named(errors);
        context! { errors => Serde(errors), ..page }
    }
}

/// What the layout and the page are given.
fn context(staff: Option<&Staff>, page: Value) -> Value {
    let said = staff.and_then(|staff| staff.said.as_ref());
    let said = said.map_or(Value::UNDEFINED, |said| Value::from(Serde(said)));
    let staff = staff.map(|Staff { identity, .. }| {
        context! {
            name => identity.name.as_str(),
            role => identity.role.name(),
            manages => identity.role >= Role::Manager,
            administers => identity.role >= Role::Admin,
        }
    });
    let url = |path, content| Value::from_safe_string(asset_url(path, content));
    let console_stylesheet = url(CONSOLE_STYLESHEET_PATH, CONSOLE_STYLESHEET);
    let console_script = url(CONSOLE_SCRIPT_PATH, CONSOLE_SCRIPT);
    context! { staff, said, console_stylesheet, console_script, page }
}

/// Wraps the console's pages that only staff may see. Call it last: routes added to
/// the result are not covered.
pub fn console(router: Router, desk: &Desk) -> Router {
    guarded(
        router.layer(from_fn_with_state(desk.clone(), let_staff_in)),
        desk,
    )
}

/// Wraps the console's pages that need nobody signed in: signing in and out, and what
/// pages load.
pub fn console_entrance(router: Router, desk: &Desk) -> Router {
    guarded(router, desk)
}

fn guarded(router: Router, desk: &Desk) -> Router {
    let router = router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| {
            PageError::from(Problem::internal()).into_response()
        }))
        .layer(from_fn_with_state(desk.clone(), finish));
    security::logged(router)
}

/// Lets pass who is signed in, and of what changes things only our own forms.
async fn let_staff_in(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // Unlike a customer's form it carries no secret but the cookie, so whatever does not
    // say where it came from is refused.
    if !reads && security::source(request.headers(), &desk.0.public_url) != Source::Ours {
        let detail = "This form was sent from another site's page. Open the page in the console and try again there.";
        return PageError::from(Problem::new(ProblemKind::CrossOrigin, detail)).into_response();
    }
    let identity = desk.0.key.signed_in(request.headers(), (desk.0.now)());
    let Some(identity) = identity else {
        if reads {
            let next = request
                .uri()
                .path_and_query()
                .map_or("", |path| path.as_str());
            return see_other(&format!(
                "{SIGN_IN_PATH}?next={}",
                utf8_percent_encode(next, NON_ALPHANUMERIC)
            ));
        }
        let detail = "Your session is over, and nothing was changed. Sign in again in another tab, then come back to this page and send the form once more.";
        return PageError::from(Problem::new(ProblemKind::Unauthenticated, detail)).into_response();
    };
    let path = request.uri().path();
    let opens = *request.method() == Method::GET;
    let said = opens.then(|| said::kept(&desk.0.key, path, request.headers(), (desk.0.now)()));
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

/// Turns what could not be done into a page, and gives every page its headers.
async fn finish(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Arc<Problem>>();
    if let Some(problem) = problem.or_else(|| unreadable(&response).map(Arc::new)) {
        let staff = response.extensions_mut().remove::<Staff>();
        let signed_out = problem.kind() == ProblemKind::Unauthenticated;
        response = desk.render(
            problem.kind().status(),
            "problem.html",
            staff.as_ref(),
            context! {
                title => problem.kind().title(),
                detail => problem.spoken(),
                sign_in => signed_out.then_some(SIGN_IN_PATH),
                back => Serde(Back::from(&path, problem.kind())),
            },
        );
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

/// Sends the browser on with a GET (RFC 9110 §15.4.4): a reload repeats nothing.
///
/// `to` is an address of ours, percent-encoded; anything else leads to the calendar.
pub fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/console"));
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}
