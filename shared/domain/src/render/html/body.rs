//! A body that was checked.

use html5gum::{Error, Token, Tokenizer};

use super::{
    flaw::{Flaw, flaw},
    plain::Plain,
    tags::{allowed, start, text},
};

/// A body that keeps the rules.
#[derive(Debug)]
pub(crate) struct Body {
    tokens: Vec<Token>,
}

impl Body {
    /// Checks a rendered body, whose reader's own page is at `landing`.
    pub(crate) fn check(html: &str, landing: &str) -> Result<Self, Flaw> {
        Self::check_with(html, |tag, value| {
            let ours = tag == "a" && !landing.is_empty() && value.starts_with(landing);
            if ours { Ok(()) } else { allowed(tag, value) }
        })
    }

    /// Checks a body whose addresses, by tag and value, are held against `address`.
    pub(crate) fn check_with(
        html: &str,
        address: impl Fn(&str, &str) -> Result<(), String>,
    ) -> Result<Self, Flaw> {
        let mut open: Vec<String> = Vec::new();
        let mut tokens = Vec::new();
        for Ok(token) in Tokenizer::new(html) {
            match &token {
                Token::StartTag(tag) => start(tag, &mut open, &address)?,
                Token::EndTag(tag) => end(&text(&tag.name), open.pop())?,
                Token::Comment(_) => return flaw("<!--", "HTML comments cannot be used"),
                Token::Doctype(_) => return flaw("<!", "a document type cannot be used"),
                Token::Error(error) => tolerate(**error)?,
                Token::String(_) => {}
            }
            tokens.push(token);
        }
        match open.pop() {
            Some(name) => flaw(format!("<{name}"), format!("<{name}> is never closed")),
            None => Ok(Self { tokens }),
        }
    }

    /// The body as plain text: paragraphs apart, lists with dashes, links with
    /// their address behind them.
    pub(crate) fn text(&self) -> String {
        let mut plain = Plain::default();
        for token in &self.tokens {
            match token {
                Token::StartTag(tag) => plain.start(tag),
                Token::EndTag(tag) => plain.end(&text(&tag.name)),
                Token::String(string) => plain.say(&text(string)),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        plain.written
    }
}

/// A stray `&` is what people write and every reader understands; any other
/// error means that readers may see different tags than we do.
fn tolerate(error: Error) -> Result<(), Flaw> {
    match error {
        Error::UnknownNamedCharacterReference | Error::MissingSemicolonAfterCharacterReference => {
            Ok(())
        }
        error => flaw(
            "<",
            format!("the HTML is malformed ({error}); a plain < is written &lt;"),
        ),
    }
}

/// Checks that an end tag closes what was opened last.
fn end(name: &str, expected: Option<String>) -> Result<(), Flaw> {
    let at = format!("</{name}");
    match expected {
        Some(expected) if expected == name => Ok(()),
        Some(expected) => flaw(
            at,
            format!("</{name}> stands where </{expected}> is expected"),
        ),
        None => flaw(at, format!("</{name}> closes nothing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_load_or_break_out_is_refused() {
        for html in [
            "<script>alert(1)</script>",
            "<p onclick=\"x()\">a</p>",
            "<p style=\"color:red\">a</p>",
            "<p class=\"x\">a</p>",
            "<a href=\"javascript:alert(1)\">a</a>",
            "<a href=\" JaVaScript:x\">a</a>",
            "<a href=\"java&#10;script:x\">a</a>",
            "<a href=\"data:text/html,x\">a</a>",
            "<a href=\"/relative\">a</a>",
            "<a href=\"//host/x\">a</a>",
            "<a href=\"http://example.com\">a</a>",
            "<img src=\"http://example.com/x.png\">",
            "<img src=\"data:image/png;base64,x\">",
            "<img src=\"https://example.com/x.png\" onerror=\"x\">",
            "<img width=\"1e9\">",
            "<iframe></iframe>",
            "<form></form>",
            "<style>p{}</style>",
            "<svg></svg>",
            "<base href=\"https://example.com\">",
            "<meta>",
            "<link>",
            "<input>",
            "<p>never closed",
            "</td></tr></table>",
            "<tr><td>a</td></tr>",
            "<td>a</td>",
            "<li>a</li>",
            "<b><p></b></p>",
            "<!-- hides the rest",
            "<!-- x -->",
            "<!doctype html>",
            "<a href=\"https://x.example",
            "<p",
            "<a href=\"https://x.example\"><b><a href=\"https://y.example\"></a></b></a>",
            "a < b <",
            "<?php ?>",
            "<![CDATA[x]]>",
            "<plaintext>",
            "<textarea>",
            "<title>x</title>",
            "<p/>",
            "<p a=1 a=2></p>",
            &"<div>".repeat(60),
        ] {
            assert!(Body::check(html, "").is_err(), "{html}");
        }
    }

    #[test]
    fn what_letters_are_made_of_is_allowed() {
        for html in [
            "",
            "plain & simple",
            "<p>a<br>b<br/>c</p><hr>",
            "<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>",
            "<table><tr><td>a</td></tr></table>",
            "<a href=\"https://example.com/?a=1&amp;b=2\">a</a>",
            "<a href=\"mailto:a@example.com\">a</a>",
            "<a href=\"tel:+1-202-555-0100\">a</a>",
            "<img src=\"https://example.com/x.png\" alt=\"x\" width=\"100%\">",
            "<ul><li>a<ol><li>b</li></ol></li></ul>",
            "<h1>a</h1><blockquote><em>b</em></blockquote>",
            "a &nbsp; b &foo; c",
        ] {
            assert!(
                Body::check(html, "").is_ok(),
                "{html}: {:?}",
                Body::check(html, "")
            );
        }
    }

    #[test]
    fn a_body_reads_well_as_plain_text() {
        let html = "<h2>Hello  Ann,</h2>\n<p>see <a href=\"https://example.com/a\">our\n guide</a>, \
            or call <a href=\"tel:+12\">us</a>.</p><ul><li>one</li><li>two <b>bold</b>ly<ol><li>x</li><li>y</li></ol></li></ul>\
            <p>a<br>b &amp; c</p><hr><table><tr><td>k</td><td>v</td></tr><tr><td>l</td><td>w</td></tr></table>\
            <p><a href=\"https://example.com\">https://example.com</a></p>";
        assert_eq!(
            Body::check(html, "").unwrap().text(),
            "Hello Ann,\n\nsee our guide (https://example.com/a), or call us.\n\n\
            - one\n- two boldly\n  1. x\n  2. y\n\na\nb & c\n\n---\n\nk v\nl w\n\nhttps://example.com"
        );
    }
}
