//! The tags, attributes and addresses that a body may have.

use html5gum::{HtmlString, StartTag};
use url::Url;

use super::flaw::{Flaw, flaw};

/// The deepest nesting.
const MAX_DEPTH: usize = 50;

/// As text: bodies are UTF-8.
pub(super) fn text(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Checks a tag where it stands: what is open around it, and its attributes.
pub(super) fn start(
    tag: &StartTag<()>,
    open: &mut Vec<String>,
    address: &impl Fn(&str, &str) -> Result<(), String>,
) -> Result<(), Flaw> {
    let name = text(&tag.name);
    check_place(&name, open)?;
    for (attribute, value) in &tag.attributes {
        check_attribute(&name, &text(attribute), &text(value), address)?;
    }
    if !matches!(name.as_str(), "br" | "hr" | "img") {
        open.push(name);
    }
    if open.len() > MAX_DEPTH {
        let at = format!("<{}", text(&tag.name));
        return flaw(at, format!("tags are nested more than {MAX_DEPTH} deep"));
    }
    Ok(())
}

fn check_place(name: &str, open: &[String]) -> Result<(), Flaw> {
    let at = format!("<{name}");
    let parent = open.last().map(String::as_str);
    let in_place = match name {
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
    if in_place {
        return Ok(());
    }
    let place = match parent {
        Some(parent) => format!("within <{parent}>"),
        None => "outside of its parent".to_owned(),
    };
    flaw(at, format!("<{name}> cannot stand {place}"))
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
