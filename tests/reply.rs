//! What came back from a request.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

/// What came back from a request.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The body, as text.
    pub text: String,
    headers: http::HeaderMap,
}

impl Reply {
    pub(crate) fn new(response: Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Self {
            status: parts.status,
            text,
            headers: parts.headers,
        }
    }

    /// A header; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Every cookie that the answer sets, as the browser sends it back.
    pub fn cookies(&self) -> Vec<String> {
        let set = self.headers.get_all("set-cookie").iter();
        set.filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .map(str::to_owned)
            .collect()
    }

    /// The value of a form's hidden field.
    ///
    /// # Panics
    /// When the page has none of this name.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self
            .text
            .split_once(&start)
            .unwrap_or_else(|| panic!("no {name}: {}", self.text));
        let value = rest.split('"').next().unwrap_or_default();
        value
            .replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&#x2f;", "/")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {} {}", self.status, self.text))
    }

    /// The body as JSON, of a request that went well.
    ///
    /// # Panics
    /// When it did not.
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }

    /// The kind of problem and its status: `("stale-version", 412)`.
    ///
    /// # Panics
    /// When it is no problem document.
    pub fn problem(&self) -> (String, u16) {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text
        );
        let document = self.json();
        let status = self.status.as_u16();
        assert_eq!(
            document["status"], status,
            "the document names its own status"
        );
        assert!(
            !document["detail"].as_str().unwrap().is_empty(),
            "a person is told what to do"
        );
        let kind = document["type"].as_str().unwrap();
        (kind.rsplit(':').next().unwrap().to_owned(), status)
    }

    /// The pointers to the fields that were not accepted.
    ///
    /// # Panics
    /// When the problem is another one.
    pub fn invalid_fields(&self) -> Vec<String> {
        assert_eq!(self.problem(), ("invalid".to_owned(), 422), "{}", self.text);
        self.fields_named()
    }

    /// The pointers to the places that a problem names.
    ///
    /// # Panics
    /// When it names none.
    pub fn fields_named(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| error["pointer"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The word that says to programs why it was refused.
    ///
    /// # Panics
    /// When it was not.
    pub fn refusal(&self) -> String {
        assert_eq!(self.problem(), ("refused".to_owned(), 409), "{}", self.text);
        self.json()["reason"].as_str().unwrap().to_owned()
    }
}
