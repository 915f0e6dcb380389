//! Emails inside a page of the console: in a sandboxed frame, with their own looks and
//! nothing else.
//!
//! An email brings its styles along, and a frame made from text (`srcdoc`) is held to
//! its page's Content-Security-Policy. `'unsafe-inline'` would allow anybody's styles;
//! so the page's policy lists the hash of each of these instead (CSP Level 3,
//! `'unsafe-hashes'`).

use std::{collections::BTreeSet, fmt};

use axum::response::Response;
use base64::{Engine, engine::general_purpose::STANDARD};
use html5gum::{Token, Tokenizer};
use sha2::{Digest, Sha256};

/// The hashes of the styles that a page may hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Styles(BTreeSet<String>);

impl Styles {
    /// The styles of an HTML document: its `style` attributes and elements.
    pub fn of(html: &str) -> Self {
        let mut styles = BTreeSet::new();
        let mut element = None::<Vec<u8>>;
        for Ok(token) in Tokenizer::new(html) {
            match token {
                Token::StartTag(tag) => {
                    if let Some(style) = tag.attributes.get(b"style".as_slice()) {
                        styles.insert(hash(style.as_slice()));
                    }
                    if tag.name.as_slice() == b"style" {
                        element = Some(Vec::new());
                    }
                }
                Token::String(text) => {
                    if let Some(element) = &mut element {
                        element.extend_from_slice(&text);
                    }
                }
                Token::EndTag(tag) if tag.name.as_slice() == b"style" => {
                    styles.extend(element.take().as_deref().map(hash));
                }
                _ => {}
            }
        }
        Self(styles)
    }

    /// Lets the page that is answered with hold them.
    pub fn allow_in(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Display for Styles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.is_empty() {
            f.write_str(" 'unsafe-hashes'")?;
        }
        self.0
            .iter()
            .try_for_each(|hash| write!(f, " 'sha256-{hash}'"))
    }
}

/// An email as it may stand in a frame: its pictures are not fetched, because that
/// would tell their host who is looking; their descriptions stand in for them.
pub fn framed(html: &str) -> String {
    html.replace("<img src=", "<img data-src=")
        .replace(" src=\"http", " data-src=\"http")
}

fn hash(style: impl AsRef<[u8]>) -> String {
    STANDARD.encode(Sha256::digest(style))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_is_allowed_by_its_hash_and_none_besides() {
        let html =
            "<style>p{color:red}</style><p style=\"margin:0 &quot;a&quot;\">x</p><b style=''>y</b>";
        let styles = Styles::of(html).to_string();
        assert!(styles.starts_with(" 'unsafe-hashes' 'sha256-"), "{styles}");
        for style in ["p{color:red}", "margin:0 \"a\"", ""] {
            assert!(
                styles.contains(&format!("'sha256-{}'", hash(style))),
                "{style}"
            );
        }
        assert_eq!(styles.matches("sha256").count(), 3);
        assert_eq!(Styles::of("<p>plain</p>").to_string(), "");
    }

    #[test]
    fn pictures_in_a_frame_are_not_fetched() {
        let html = "<img src=\"https://logo.example/a.png\" alt=\"Logo\"><img alt=\"x\" src=\"https://b.example\">";
        let html = framed(html);
        assert!(!html.contains(" src="), "{html}");
        assert!(html.contains("Logo"));
    }
}
