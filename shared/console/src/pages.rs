//! What the console's pages are made with: their layout, who they are for, and what
//! they say of their fields and of what was just done.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{
        HeaderValue, StatusCode,
        header::{LOCATION, SET_COOKIE},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use minijinja::{
    Environment, context,
    value::{Serde, Value},
};
use serde::Serialize;
use usher_domain::actor::Actor;
use usher_web::{Identity, Pages, Problem, Role, asset_url, trouble};

use crate::{choices, labels::Labels, said, said::Said, session::SessionKey, times};

/// The pages that every function of the console can extend, include or fall back on.
const TEMPLATES: [(&str, &str); 7] = [
    ("console.html", include_str!("console.html")),
    ("problem.html", include_str!("problem.html")),
    ("email.html", include_str!("email.html")),
    ("merge.html", include_str!("merge.html")),
    ("errors.html", include_str!("errors.html")),
    ("test_message.html", include_str!("test_message.html")),
    ("unreadable.html", include_str!("unreadable.html")),
];

/// Where the console's stylesheet is served.
pub const CONSOLE_STYLESHEET_PATH: &str = "/console/assets/console.css";
/// Where the console's script is served.
pub const CONSOLE_SCRIPT_PATH: &str = "/console/assets/console.js";

pub(crate) const CONSOLE_STYLESHEET: &str = include_str!("console.css");
pub(crate) const CONSOLE_SCRIPT: &str = include_str!("console.js");

/// What the console's pages are made with. Cheap to clone.
#[derive(Clone)]
pub struct ConsolePages(Arc<Inner>);

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
    pub(crate) said: Option<Said>,
}

impl Staff {
    /// Who acts, as it is written on what they change.
    pub fn actor(&self) -> Actor {
        self.identity.actor()
    }

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
            tracing::error!("a page of the console stands outside of its middleware");
            trouble()
        })
    }
}

/// Why there is no page; the middleware shows it as one.
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

/// A function's page templates, each a name ending in `.html` and its source, together
/// with those that all of the console's functions share.
pub fn with_shared(templates: &[(&'static str, &'static str)]) -> Pages {
    let all = [&TEMPLATES, templates].concat();
    Pages::extended(&all, |environment: &mut Environment<'static>| {
        times::add_to(environment);
        choices::add_to(environment);
    })
}

impl ConsolePages {
    /// The pages that [`with_shared`] made, for sessions that `key` seals.
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

    /// The present instant.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.0.now)()
    }

    /// Scheme and host of our own pages.
    pub(crate) fn public_url(&self) -> &str {
        &self.0.public_url
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
        let note = said::keep(&self.0.key, path, said, self.now());
        let mut response = see_other(path);
        response.headers_mut().append(SET_COOKIE, note);
        response
    }

    pub(crate) fn render(
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

/// Sends the browser on with a GET (RFC 9110 §15.4.4): a reload repeats nothing.
///
/// `to` is an address of ours, percent-encoded; anything else leads to the calendar.
pub fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/console"));
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}
