//! `/meeting/unsubscribe`: an address ends reminders by email, or has them again.
//!
//! A GET changes nothing. A POST comes from the page's own form, or from a mail
//! provider whose user pressed its button (RFC 8058 §3.2): that one has the token in the
//! address, says `List-Unsubscribe=One-Click`, and brings neither cookies nor origin.

use axum::{
    body::Bytes,
    extract::{
        Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{HeaderMap, header::CONTENT_TYPE},
    response::Response,
};
use usher_flows::unsubscribe;
use usher_web::same_origin;

use crate::{
    form::Pairs,
    site::{Site, Unusable},
    view::SubscriptionView,
};

/// Shows whether the address gets reminders.
pub(crate) async fn show(
    State(site): State<Site>,
    query: Result<Query<Pairs>, QueryRejection>,
) -> Response {
    let Some(token) = query.ok().and_then(|Query(pairs)| pairs.token()) else {
        return site.no_such_link().await;
    };
    let found = unsubscribe::subscription(&site.app, &token, site.app.clock.now()).await;
    match found {
        Ok(Some(subscription)) => site.subscription(SubscriptionView::new(&subscription, &token)),
        Ok(None) => site.no_such_link().await,
        Err(failure) => site.trouble(&failure, None),
    }
}

/// Ends reminders, or has them again.
pub(crate) async fn choose(
    State(site): State<Site>,
    query: Result<Query<Pairs>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else {
        return site.unusable(Unusable::TooLarge);
    };
    if !same_origin(&headers, &site.app.config.public_url) {
        return site.unusable(Unusable::CrossOrigin);
    }
    let query = query.map(|Query(pairs)| pairs).unwrap_or_default();
    let form = form(&headers, &body).unwrap_or_default();
    let wanted = if one_click(&form, &headers, &body) {
        Some((query.token(), true))
    } else {
        match form.once("action") {
            Some("stop") => Some((form.token(), true)),
            Some("resume") => Some((form.token(), false)),
            _ => None,
        }
    };
    let (token, stop) = match wanted {
        Some((Some(token), stop)) => (token, stop),
        Some((None, _)) => return site.no_such_link().await,
        None => return site.unusable(Unusable::NotAForm),
    };
    match unsubscribe::choose(&site.app, &token, stop, site.app.clock.now()).await {
        Ok(Some(subscription)) => site.subscription(SubscriptionView::new(&subscription, &token)),
        Ok(None) => site.no_such_link().await,
        Err(failure) => site.trouble(&failure, None),
    }
}

fn form(headers: &HeaderMap, body: &Bytes) -> Option<Pairs> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let urlencoded = kind.starts_with("application/x-www-form-urlencoded");
    let text = std::str::from_utf8(body).ok().filter(|_| urlencoded)?;
    let uri = format!("/?{text}").parse().ok()?;
    let Query(pairs) = Query::try_from_uri(&uri).ok()?;
    Some(pairs)
}

/// Whether a mail provider asks, with the one field that RFC 8058 §3.1 gives it. In
/// `multipart/form-data` the field's name and value stand as they are.
fn one_click(form: &Pairs, headers: &HeaderMap, body: &Bytes) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let text = String::from_utf8_lossy(body);
        return text.contains("name=\"List-Unsubscribe\"") && text.contains("One-Click");
    }
    form.once("List-Unsubscribe") == Some("One-Click")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asks(kind: &'static str, body: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let body = Bytes::from_static(body.as_bytes());
        let form = form(&headers, &body).unwrap_or_default();
        one_click(&form, &headers, &body)
    }

    #[test]
    fn a_mail_provider_asks_in_either_form() {
        let form = "application/x-www-form-urlencoded";
        let parts = "multipart/form-data; boundary=b";
        assert!(asks(form, "List-Unsubscribe=One-Click"));
        assert!(asks(
            parts,
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
        ));
        for body in ["", "List-Unsubscribe=", "action=stop", "%ff=%00"] {
            assert!(!asks(form, body) && !asks(parts, body), "{body}");
        }
        assert!(!asks("text/plain", "List-Unsubscribe=One-Click"));
    }
}
