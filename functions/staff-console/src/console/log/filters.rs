//! The log's filters, as the page's form has them.

use axum::{extract::Query, http::Uri};
use serde::Serialize;
use url::form_urlencoded;
use usher_api::query::Filters;
use usher_domain::Failure;

/// A field of the form's query: name and value.
pub(super) type Field = (String, String);

/// The filters as the page's form has them.
#[derive(Debug, Default, Serialize)]
pub(super) struct Given {
    status: String,
    #[serde(rename = "type")]
    kind: String,
    channel: String,
    from: String,
    to: String,
    meeting: String,
    recipient: String,
}

impl Given {
    pub(super) fn of(fields: &[Field]) -> Self {
        let value = |name: &str| {
            let found = fields.iter().find(|(given, _)| given == name);
            found.map_or(String::new(), |(_, value)| value.clone())
        };
        Self {
            status: value("status"),
            kind: value("type"),
            channel: value("channel"),
            from: value("from"),
            to: value("to"),
            meeting: value("meeting"),
            recipient: value("recipient"),
        }
    }
}

/// The fields of a query that were filled in.
pub(super) fn filled(query: Option<&str>) -> Vec<Field> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| (name.into_owned(), value.trim().to_owned()))
        .collect()
}

/// The query of these fields, without where it goes on.
pub(super) fn encode(fields: &[Field]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields.iter().filter(|(name, _)| name != "cursor"))
        .finish()
}

/// What the fields ask for.
pub(super) fn filters(fields: &[Field]) -> Result<Filters, Failure> {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let unreadable = || Failure::BadRequest {
        detail: "One of the filters cannot be read.".to_owned(),
    };
    let uri: Uri = format!("/?{query}").parse().map_err(|_| unreadable())?;
    let filters = Query::<Filters>::try_from_uri(&uri);
    Ok(filters.map_err(|_| unreadable())?.0)
}
