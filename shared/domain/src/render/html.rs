//! What an email body may be made of: a short list of tags and attributes,
//! properly nested, so that it can neither run anything, nor load anything but
//! images, nor reach out of its place in the layout. And how it reads as plain
//! text.

use std::fmt;

use html5gum::{Error, HtmlString, StartTag, Token, Tokenizer};
use url::Url;

/// The deepest nesting.
const MAX_DEPTH: usize = 50;

/// Why a body is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// A piece of markup to look for, like `<script`.
    pub(super) at: String,
    reason: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

fn flaw<T>(at: impl Into<String>, reason: impl Into<String>) -> Result<T, Flaw> {
    Err(Flaw {
        at: at.into(),
        reason: reason.into(),
    })
}

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
                Token::EndTag(tag) => {
                    let name = text(&tag.name);
                    match open.pop() {
                        Some(expected) if expected == name => {}
                        Some(expected) => {
                            let reason =
                                format!("</{name}> stands where </{expected}> is expected");
                            return flaw(format!("</{name}"), reason);
                        }
                        None => {
                            return flaw(format!("</{name}"), format!("</{name}> closes nothing"));
                        }
                    }
                }
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

fn text(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
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

fn start(
    tag: &StartTag<()>,
    open: &mut Vec<String>,
    address: &impl Fn(&str, &str) -> Result<(), String>,
) -> Result<(), Flaw> {
    let name = text(&tag.name);
    let at = format!("<{name}");
    let parent = open.last().map(String::as_str);
    let in_place = match name.as_str() {
        "p" | "br" | "strong" | "b" | "em" | "i" | "u" | "ul" | "ol" | "h1" | "h2" | "h3"
        | "h4" | "span" | "div" | "table" | "hr" | "blockquote" | "img" => true,
        // A row or a cell outside of its own table would end the layout's cell.
        "tbody" => parent == Some("table"),
        "tr" => matches!(parent, Some("table" | "tbody")),
        "td" | "th" => parent == Some("tr"),
        "li" => matches!(parent, Some("ul" | "ol")),
        "a" => !open.iter().any(|name| name == "a"),
        _ => return flaw(at, format!("the tag <{name}> cannot be used")),
    };
    if !in_place {
        return flaw(
            at,
            format!(
                "<{name}> cannot stand {}",
                parent.map_or("outside of its parent".to_owned(), |p| format!(
                    "within <{p}>"
                ))
            ),
        );
    }
    for (attribute, value) in &tag.attributes {
        check_attribute(&name, &text(attribute), &text(value), address)?;
    }
    if !matches!(name.as_str(), "br" | "hr" | "img") {
        open.push(name);
    }
    if open.len() > MAX_DEPTH {
        return flaw(at, format!("tags are nested more than {MAX_DEPTH} deep"));
    }
    Ok(())
}

fn check_attribute(
    tag: &str,
    attribute: &str,
    value: &str,
    address: &impl Fn(&str, &str) -> Result<(), String>,
) -> Result<(), Flaw> {
    match (tag, attribute) {
        ("a", "href") | ("img", "src") => {
            address(tag, value).or_else(|reason| flaw(format!("<{tag}"), reason))
        }
        ("img", "alt") => Ok(()),
        ("img", "width" | "height") if is_size(value) => Ok(()),
        _ => {
            let reason = format!(
                "the attribute {attribute} of <{tag}> cannot be used or has no usable value"
            );
            flaw(format!("<{tag}"), reason)
        }
    }
}

fn schemes(tag: &str) -> &'static [&'static str] {
    match tag {
        "img" => &["https"],
        _ => &["https", "mailto", "tel"],
    }
}

/// Whether a tag may lead to an address, or load it.
pub(crate) fn allowed(tag: &str, value: &str) -> Result<(), String> {
    // A link whose variable is empty leads nowhere and harms nobody.
    let leads = |url: Url| schemes(tag).contains(&url.scheme());
    if value.is_empty() || Url::parse(value).is_ok_and(leads) {
        return Ok(());
    }
    Err(not_an_address(tag))
}

/// What an address must be.
pub(crate) fn not_an_address(tag: &str) -> String {
    let attribute = if tag == "img" { "src" } else { "href" };
    let allowed: Vec<String> = schemes(tag)
        .iter()
        .map(|scheme| format!("{scheme}:"))
        .collect();
    format!(
        "the {attribute} of <{tag}> is not an absolute address with {}",
        allowed.join(", ")
    )
}

fn is_size(value: &str) -> bool {
    let digits = value.strip_suffix('%').unwrap_or(value);
    (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Plain text in the making.
#[derive(Default)]
struct Plain {
    written: String,
    /// Line breaks to write before the next word.
    breaks: usize,
    /// Whether a space goes before the next word.
    space: bool,
    /// The number of the next item of each open list; `None` in lists without.
    lists: Vec<Option<u32>>,
    /// Where the text of the open link begins, and its address.
    link: Option<(usize, String)>,
}

impl Plain {
    fn start(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| text(value));
        match text(&tag.name).as_str() {
            "br" => self.breaks = (self.breaks + 1).min(2),
            "tr" => self.break_line(1),
            "hr" => {
                self.break_line(2);
                self.word("---");
                self.break_line(2);
            }
            name @ ("ul" | "ol") => {
                self.break_line(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push((name == "ol").then_some(1));
            }
            "li" => {
                self.break_line(1);
                self.bullet();
            }
            "td" | "th" => self.space = true,
            "img" => self.say(&attribute(b"alt").unwrap_or_default()),
            "a" => {
                self.link = attribute(b"href").map(|href| (self.written.len(), href));
            }
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "table" | "blockquote" => self.break_line(2),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "table" | "blockquote" => self.break_line(2),
            "ul" | "ol" => {
                self.lists.pop();
                self.break_line(if self.lists.is_empty() { 2 } else { 1 });
            }
            "a" => {
                let Some((from, href)) = self.link.take() else {
                    return;
                };
                let said = self.written.get(from..).unwrap_or_default();
                if href.starts_with("https:") && !said.contains(&href) {
                    self.space = true;
                    self.word(&format!("({href})"));
                }
            }
            _ => {}
        }
    }

    fn bullet(&mut self) {
        let bullet = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}.", *number - 1)
            }
            _ => "-".to_owned(),
        };
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        self.word(&format!("{indent}{bullet}"));
        self.space = true;
    }

    /// Adds text with its white space collapsed, as HTML shows it.
    fn say(&mut self, text: &str) {
        self.space |= text.starts_with(char::is_whitespace);
        for word in text.split_whitespace() {
            self.word(word);
            self.space = true;
        }
        self.space = text.ends_with(char::is_whitespace) || (self.space && text.trim().is_empty());
    }

    fn word(&mut self, word: &str) {
        let at_start = self.written.is_empty();
        if self.breaks > 0 && !at_start {
            self.written.push_str(&"\n".repeat(self.breaks));
        } else if self.space && !at_start {
            self.written.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        self.written.push_str(word);
    }

    fn break_line(&mut self, count: usize) {
        self.breaks = self.breaks.max(count);
        self.space = false;
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
