//! The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header):
//! the caller's name for one send, so that repeating it sends nothing again.

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{Problem, ProblemKind};

/// The key of a send: 1 to 255 visible ASCII characters, without the quotes
/// that the draft's structured form puts around it.
///
/// Answers 400 when the header is missing, repeated, or something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(value: &str) -> Option<Self> {
        let key = if value.starts_with('"') {
            unquote(value)?
        } else {
            value.to_owned()
        };
        let fits = (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        fits.then_some(Self(key))
    }
}

/// The content of a structured-field string (RFC 8941 §4.2.5): only a quote and
/// a backslash may be escaped.
fn unquote(value: &str) -> Option<String> {
    let mut rest = value.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut content = String::with_capacity(value.len());
    while let Some(character) = rest.next() {
        content.push(match character {
            '"' => return None,
            '\\' => rest
                .next()
                .filter(|escaped| matches!(escaped, '"' | '\\'))?,
            plain => plain,
        });
    }
    Some(content)
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let bad = |detail: &str| Problem::new(ProblemKind::BadRequest, detail);
        let mut values = parts.headers.get_all("idempotency-key").iter();
        match (values.next(), values.next()) {
            (None, _) => Err(bad(
                "Send an Idempotency-Key header: a new one, such as a UUID, for each new send, \
                 and the same one when you repeat a send whose outcome you did not see.",
            )),
            (Some(_), Some(_)) => Err(bad("Send one Idempotency-Key header, not several.")),
            (Some(value), None) => value
                .to_str()
                .ok()
                .and_then(Self::parse)
                .ok_or_else(|| bad("An Idempotency-Key is 1 to 255 visible ASCII characters.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::testing::extract;

    const TOO_LONG: &str = match str::from_utf8(&[b'k'; 256]) {
        Ok(text) => text,
        Err(_) => panic!("ASCII is UTF-8"),
    };

    #[rstest]
    #[case(
        "8e03978e-40d5-43dd-bc93-6894a57f9324",
        "8e03978e-40d5-43dd-bc93-6894a57f9324"
    )]
    #[case("\"abc\"", "abc")]
    #[case(r#""a\"\\b""#, r#"a"\b"#)]
    #[case(&"k".repeat(255), &"k".repeat(255))]
    #[tokio::test]
    async fn a_key_is_read_plain_or_quoted(#[case] header: &str, #[case] key: &str) {
        let read: IdempotencyKey = extract(&[("idempotency-key", header)]).await.unwrap();
        assert_eq!(read.as_str(), key);
    }

    #[rstest]
    #[case(&[])]
    #[case(&[("idempotency-key", "")])]
    #[case(&[("idempotency-key", "\"\"")])]
    #[case(&[("idempotency-key", "\"")])]
    #[case(&[("idempotency-key", "\"abc")])]
    #[case(&[("idempotency-key", r#""a"b""#)])]
    #[case(&[("idempotency-key", r#""a\b""#)])]
    #[case(&[("idempotency-key", "two words")])]
    #[case(&[("idempotency-key", "clé")])]
    #[case(&[("idempotency-key", TOO_LONG)])]
    #[case(&[("idempotency-key", "a"), ("idempotency-key", "a")])]
    #[tokio::test]
    async fn anything_else_is_refused_with_advice(#[case] headers: &[(&str, &str)]) {
        let problem = extract::<IdempotencyKey>(headers).await.unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::BadRequest);
    }
}
