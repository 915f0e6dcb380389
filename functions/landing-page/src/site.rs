//! What every handler answers with: the meeting's page, and the pages that
//! show no meeting.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::Response,
};
use serde::Serialize;
use usher_domain::{Failure, language::Language, render::Links, token::Token};
use usher_flows::App;
use usher_web::Pages;

use crate::{
    form::Draft,
    view::{ContactChoices, SubscriptionView, View},
    words::{Labels, NoticeWords as Said, Words},
};

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) app: App,
    pages: Pages,
    /// The business as it was last seen: how it is reached is what a customer needs
    /// most when nothing can be loaded.
    business: Arc<Mutex<Business>>,
}

/// What pages without a meeting know of the business.
#[derive(Debug, Clone, Default)]
struct Business {
    reach: ContactChoices,
    language: Language,
}

/// Why a request cannot be used, whatever it says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unusable {
    /// It came from another site's page.
    CrossOrigin,
    /// It is larger than any form of ours.
    TooLarge,
    /// It is no form.
    NotAForm,
}

/// A page that shows no meeting.
#[derive(Serialize)]
struct NoticeText<'a> {
    labels: Labels,
    heading: &'a str,
    text: &'a str,
    business: &'a ContactChoices,
    retry: Option<Retry<'a>>,
}

/// The answer that could not be stored, ready to be sent once more.
#[derive(Serialize)]
struct Retry<'a> {
    token: &'a str,
    revision: u32,
    action: &'static str,
    reason: &'a str,
    preferred_times: &'a str,
}

pub(crate) fn pages() -> Pages {
    let templates = [
        ("meeting.html", include_str!("templates/meeting.html")),
        ("answers.html", include_str!("templates/answers.html")),
        ("calendar.html", include_str!("templates/calendar.html")),
        ("message.html", include_str!("templates/message.html")),
        (
            "unsubscribe.html",
            include_str!("templates/unsubscribe.html"),
        ),
    ];
    Pages::new(&templates)
}

impl Site {
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            pages: pages(),
            business: Arc::default(),
        }
    }

    /// The links that `token` opens.
    pub(crate) fn links(&self, token: &Token) -> Links {
        Links::new(&self.app.config.public_url, token)
    }

    /// The meeting's page; without a view, what a link gets that opens nothing.
    pub(crate) async fn meeting(&self, status: StatusCode, view: Option<View>) -> Response {
        let Some(view) = view else {
            return self.no_such_link().await;
        };
        self.business().reach = view.business().clone();
        self.pages.page(status, "meeting.html", view)
    }

    /// The page that ends reminders.
    pub(crate) fn subscription(&self, view: SubscriptionView) -> Response {
        self.pages.page(StatusCode::OK, "unsubscribe.html", view)
    }

    /// What every link gets that opens nothing. It is the same for all of them:
    /// it must not tell whether there ever was such a token.
    pub(crate) async fn no_such_link(&self) -> Response {
        match self.app.settings().await {
            Ok(settings) => {
                *self.business() = Business {
                    reach: ContactChoices::business(&settings.business),
                    language: settings.locale.language(),
                };
                let said = self.words().messages.no_such_link;
                self.message(StatusCode::NOT_FOUND, said, None)
            }
            Err(failure) => self.trouble(&failure, None),
        }
    }

    /// What a request gets that cannot be used.
    pub(crate) fn unusable(&self, why: Unusable) -> Response {
        let said = &self.words().messages;
        let (status, said) = match why {
            Unusable::CrossOrigin => (StatusCode::FORBIDDEN, said.cross_origin),
            Unusable::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, said.too_large),
            Unusable::NotAForm => (StatusCode::UNSUPPORTED_MEDIA_TYPE, said.not_a_form),
        };
        self.message(status, said, None)
    }

    /// What is shown when the work cannot be done right now. An answer that was
    /// being given is kept in the page, ready to be sent again.
    pub(crate) fn trouble(&self, failure: &Failure, unsent: Option<(&Token, &Draft)>) -> Response {
        let retry = unsent.and_then(|(token, draft)| {
            Some(Retry {
                token: token.reveal(),
                revision: draft.revision?,
                action: draft.answer?.as_str(),
                reason: &draft.reason,
                preferred_times: &draft.preferred_times,
            })
        });
        let messages = &self.words().messages;
        let [heading, mut text] = messages.trouble;
        if retry.is_some() {
            text = messages.trouble_unsent;
        }
        let said = [heading, text];
        if *failure == Failure::Unavailable {
            let mut response = self.message(StatusCode::SERVICE_UNAVAILABLE, said, retry);
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("30"));
            return response;
        }
        self.message(StatusCode::INTERNAL_SERVER_ERROR, said, retry)
    }

    fn message(&self, status: StatusCode, said: Said, retry: Option<Retry<'_>>) -> Response {
        let business = self.business().clone();
        let [heading, text] = said;
        let context = NoticeText {
            labels: Words::of(business.language).labels,
            heading,
            text,
            business: &business.reach,
            retry,
        };
        self.pages.page(status, "message.html", context)
    }

    fn words(&self) -> &'static Words {
        Words::of(self.business().language)
    }

    fn business(&self) -> MutexGuard<'_, Business> {
        self.business.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use usher_domain::sample;

    use super::*;

    #[test]
    fn every_page_compiles() {
        pages().compile().unwrap();
    }

    async fn html(business: &ContactChoices, retry: Option<Retry<'_>>) -> String {
        let context = NoticeText {
            labels: Words::of(Language::English).labels,
            heading: "A heading",
            text: "A text.",
            business,
            retry,
        };
        let response = pages().page(StatusCode::OK, "message.html", context);
        assert_eq!(response.status(), StatusCode::OK);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        html[html.find("<header").unwrap()..].to_owned()
    }

    #[tokio::test]
    async fn a_message_without_a_known_business_points_to_what_the_customer_has() {
        insta::assert_snapshot!(html(&ContactChoices::default(), None).await);
    }

    #[tokio::test]
    async fn an_answer_that_could_not_be_stored_can_be_sent_again() {
        let retry = Retry {
            token: "BwcHBwcHBwcHBwcHBwcHBw",
            revision: 1,
            action: "decline",
            reason: "\"><script>{{7*7}}",
            preferred_times: "",
        };
        let business = ContactChoices::business(&sample::settings().business);
        insta::assert_snapshot!(html(&business, Some(retry)).await);
    }
}
