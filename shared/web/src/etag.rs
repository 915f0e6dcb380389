//! A version number as an entity-tag (RFC 9110 §8.8.3).

use std::fmt;

use axum::{
    http::{HeaderName, header::ETAG},
    response::{IntoResponseParts, ResponseParts},
};
use serde::{Serialize, Serializer};
use usher_domain::meeting::Meeting;

/// The entity-tag of a stored version, as a response header: `"<n>"`.
///
/// It is for `If-Match` alone. Every read is answered in full and must not be stored, so
/// that nothing is ever taken for unchanged by it (RFC 9110 §8.8.1): a meeting's tag stays
/// while customers answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ETag(
    /// The version of the record.
    pub u64,
);

impl ETag {
    /// The tag of a meeting's last edit: what a save would replace. Answers and messages do
    /// not move it, for a save keeps what came of them.
    pub fn of(meeting: &Meeting) -> Self {
        Self(meeting.edits)
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

impl Serialize for ETag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl IntoResponseParts for ETag {
    type Error = <[(HeaderName, String); 1] as IntoResponseParts>::Error;

    fn into_response_parts(self, response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        [(ETAG, self.to_string())].into_response_parts(response)
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    #[test]
    fn a_version_is_shown_as_a_strong_tag() {
        assert_eq!((ETag(12), "").into_response().headers()[ETAG], "\"12\"");
    }
}
