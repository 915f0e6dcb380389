//! The look of the pages that people see: one layout, one stylesheet, no script.
//!
//! A function registers its own templates, which `{% extends "layout.html" %}`
//! and fill the blocks `language` (English if it is not), `title`, `brand`, `main` and
//! `footer`. Every value is
//! escaped as HTML. Templates are program text; what staff write as message
//! templates never comes here.

use std::sync::Arc;

use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{Html, IntoResponse, Response},
};
use minijinja::{
    AutoEscape, Environment, Error, UndefinedBehavior,
    value::{Serde, Value},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::security;

/// Where the layout expects [`stylesheet`] to be served.
pub const STYLESHEET_PATH: &str = "/meeting/style.css";

const STYLESHEET: &str = include_str!("style.css");
const LAYOUT: &str = include_str!("layout.html");

/// A name ending in `.html`, and the template's source.
type Source = (&'static str, &'static str);

/// A function's page templates, each compiled when it is first shown: a function that is
/// started for one page does not wait for all. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pages {
    environment: Arc<Environment<'static>>,
    sources: Arc<[Source]>,
}

impl Pages {
    /// The layout and these templates, each a name ending in `.html` and its
    /// source.
    pub fn new(templates: &[Source]) -> Self {
        Self::extended(templates, |_| {})
    }

    /// As [`new`](Self::new), with the filters and globals that `extend` gives them.
    pub fn extended(templates: &[Source], extend: impl FnOnce(&mut Environment<'static>)) -> Self {
        let sources: Arc<[Source]> = [&[("layout.html", LAYOUT)], templates].concat().into();
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        // A misspelt variable must fail a test, not leave a gap in a page.
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        let url = asset_url(STYLESHEET_PATH, STYLESHEET);
        environment.add_global("stylesheet", Value::from_safe_string(url));
        let known = sources.clone();
        environment.set_loader(move |wanted| {
            let mut sources = known.iter();
            let source = sources.find(|(name, _)| *name == wanted);
            Ok(source.map(|(_, source)| *source))
        });
        extend(&mut environment);
        Self {
            environment: Arc::new(environment),
            sources,
        }
    }

    /// Compiles every template, as a function's test does.
    ///
    /// # Errors
    /// A template that does not compile.
    pub fn compile(&self) -> Result<(), Error> {
        let mut names = self.sources.iter().map(|(name, _)| name);
        names.try_for_each(|name| self.environment.get_template(name).map(drop))
    }

    /// The template `name` with the values of `context`, as an answer.
    ///
    /// A template that cannot be rendered is a bug: it is logged, without any
    /// value, and a plain page says that something went wrong.
    pub fn page(&self, status: StatusCode, name: &str, context: impl Serialize) -> Response {
        self.page_of(status, name, Value::from(Serde(context)))
    }

    /// As [`page`](Self::page), of a value that is ready.
    pub fn page_of(&self, status: StatusCode, name: &str, context: Value) -> Response {
        match self.text_of(name, context) {
            Some(html) => (status, Html(html)).into_response(),
            None => security::trouble(),
        }
    }

    /// As [`page_of`](Self::page_of), as a text; none when it cannot be rendered.
    pub fn text_of(&self, name: &str, context: Value) -> Option<String> {
        let template = self.environment.get_template(name);
        let text = template.and_then(|template| template.render(context));
        text.inspect_err(|error| {
            let (kind, line) = (error.kind(), error.line());
            tracing::error!(template = name, %kind, line, "a page cannot be rendered");
        })
        .ok()
    }
}

/// The stylesheet of the layout. Its address changes with its content, so it
/// may be kept for a year.
pub async fn stylesheet() -> Response {
    asset("text/css; charset=utf-8", STYLESHEET)
}

/// A file that pages load from the address that [`asset_url`] gave.
pub fn asset(media_type: &'static str, content: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
    ];
    (headers, content).into_response()
}

/// The address of a file that changes with what is in it.
pub fn asset_url(path: &str, content: &str) -> String {
    let digest = Sha256::digest(content);
    format!(
        "{path}?v={:02x}{:02x}{:02x}{:02x}",
        digest[0], digest[1], digest[2], digest[3]
    )
}

#[cfg(test)]
mod tests {
    use minijinja::context;
    use rstest::rstest;

    use super::*;
    use crate::testing::text;

    fn pages() -> Pages {
        let page = r#"{% extends "layout.html" %}{% block title %}Meeting{% endblock %}
            {% block main %}<p>{{ name }}</p>{% if note %}{{ note }}{% endif %}{% endblock %}"#;
        Pages::new(&[("page.html", page)])
    }

    #[tokio::test]
    async fn a_page_stands_in_the_layout_and_its_values_are_inert() {
        let name = "<script>alert(1)</script>{{7*7}}";
        let response = pages().page(StatusCode::NOT_FOUND, "page.html", context! { name });
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        let html = text(response).await;
        assert!(
            html.contains("<title>Meeting</title>")
                && html.contains(&asset_url(STYLESHEET_PATH, STYLESHEET))
        );
        assert!(
            html.contains("&lt;script&gt;") && html.contains("{{7*7}}"),
            "{html}"
        );
        assert!(!html.contains("<script"), "{html}");
    }

    #[rstest]
    #[case("page.html")]
    #[case("nothing.html")]
    #[tokio::test]
    async fn a_page_that_cannot_be_rendered_is_a_plain_500(#[case] name: &str) {
        let response = pages().page(StatusCode::OK, name, context! {});
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(text(response).await.contains("Something went wrong"));
    }

    #[test]
    fn a_template_that_does_not_compile_is_found() {
        pages().compile().unwrap();
        let good = ("good.html", "{{ name }}");
        assert!(
            Pages::new(&[good, ("page.html", "{% if %}")])
                .compile()
                .is_err()
        );
    }

    #[rstest]
    #[case(LAYOUT)]
    #[case(include_str!("trouble.html"))]
    fn the_fixed_pages_keep_to_their_own_policy(#[case] html: &str) {
        for banned in ["<script", "<style", "style=", "http:", "https:", "data:"] {
            assert!(!html.contains(banned), "{banned}");
        }
    }

    #[test]
    fn the_stylesheet_loads_nothing() {
        assert!(!STYLESHEET.contains("url(") && !STYLESHEET.contains("@import"));
    }
    /// The relative luminance of `#rrggbb` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(scheme: &str, ink: &str, ground: &str) -> f64 {
        let shade = |name: &str| {
            let (_, rest) = scheme.split_once(&format!("--{name}: ")).unwrap();
            luminance(&rest[..7])
        };
        let (ink, ground) = (shade(ink), shade(ground));
        (ink.max(ground) + 0.05) / (ink.min(ground) + 0.05)
    }

    #[rstest]
    fn text_meets_wcag_aa_in_both_schemes(
        #[values(0, 1)] scheme: usize,
        #[values(
            ("ink", "ground"), ("ink", "surface"), ("ink", "accent-wash"),
            ("quiet", "ground"), ("quiet", "surface"), ("quiet", "accent-wash"),
            ("accent", "surface"), ("accent", "ground"), ("accent", "accent-wash"),
            ("accent-ink", "accent"), ("accent-ink", "accent-deep"),
            ("accent-deep", "surface"), ("accent-deep", "accent-wash"),
            ("ok", "ok-wash"), ("warn", "warn-wash"), ("error", "error-wash"),
        )]
        pair: (&str, &str),
    ) {
        let scheme = STYLESHEET.split(":root {").nth(scheme + 1).unwrap();
        let ratio = contrast(scheme, pair.0, pair.1);
        assert!(ratio >= 4.5, "{pair:?}: {ratio:.2}");
        let field = contrast(scheme, "field-line", "surface");
        assert!(field >= 3.0, "a field's edge: {field:.2}");
    }
}
