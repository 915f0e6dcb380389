//! What customers do: they open links, press buttons and send texts.

use std::sync::atomic::Ordering;

use http::Method;
use usher_local::{Caller, Message, Text};

use super::{ANN, Town};
use crate::Reply;

/// The number that our SMS come from.
const OURS: &str = "+12065550100";

impl Town {
    /// A customer opens a link, a path with its query.
    pub async fn open(&self, path: &str) -> Reply {
        self.request(&Caller::Anonymous, Method::GET, path, &[], "")
            .await
    }

    /// A customer opens the landing page.
    pub async fn visit(&self, token: &str) -> Reply {
        self.open(&format!("/meeting/landing?token={token}")).await
    }

    /// A customer presses a button on the page that showed this revision.
    pub async fn answer(&self, token: &str, revision: u64, action: &str) -> Reply {
        let revision = revision.to_string();
        self.submit(&[
            ("token", token),
            ("revision", &revision),
            ("action", action),
        ])
        .await
    }

    /// A customer submits a form, as a browser does from our own page.
    pub async fn submit(&self, fields: &[(&str, &str)]) -> Reply {
        self.submit_from(
            fields,
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        )
        .await
    }

    /// Somebody submits the form, with these headers.
    pub async fn submit_from(&self, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        self.request(
            &Caller::Anonymous,
            Method::POST,
            "/meeting/respond",
            &headers,
            form,
        )
        .await
    }

    /// Ann texts us, in answer to nothing in particular.
    ///
    /// # Panics
    /// As [`text`](Self::text).
    pub async fn reply_sms(&self, body: &str) {
        self.text_from(ANN, body).await;
    }

    /// Somebody texts us, in answer to nothing in particular.
    ///
    /// # Panics
    /// As [`text`](Self::text).
    pub async fn text_from(&self, from: &str, body: &str) {
        let text = Text {
            from: from.to_owned(),
            to: OURS.to_owned(),
            body: body.to_owned(),
            previous_message_id: None,
        };
        self.text(&text).await;
    }

    /// Whoever got this SMS answers it, and the provider can tell that they do.
    ///
    /// # Panics
    /// As [`text`](Self::text).
    pub async fn reply_to(&self, message: &Message, body: &str) {
        let text = Text {
            from: message.to.clone(),
            to: message.from.clone().unwrap_or_else(|| OURS.to_owned()),
            body: body.to_owned(),
            previous_message_id: Some(message.id.clone()),
        };
        self.text(&text).await;
    }

    /// A text is delivered. One that the function fails at waits to be tried again, and
    /// a story may not end before it was.
    ///
    /// # Panics
    /// When it is not accepted, or is given up at once and the story did not
    /// [expect](Self::expect_dead_letters) it.
    pub async fn text(&self, text: &Text) {
        self.stack.text(text).await.unwrap();
        if !self.expects_dead.load(Ordering::Relaxed) {
            self.assert_no_news_of_the_dead();
        }
    }
}
