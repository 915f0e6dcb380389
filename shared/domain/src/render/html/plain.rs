//! How a body reads as plain text.

use html5gum::StartTag;

use super::tags::text;

/// Plain text in the making.
#[derive(Default)]
pub(super) struct Plain {
    pub(super) written: String,
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
    /// What a start tag means for the text.
    pub(super) fn start(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| text(value));
        match text(&tag.name).as_str() {
            "br" => self.breaks = (self.breaks + 1).min(2),
            "tr" => self.break_line(1),
            "hr" => self.rule(),
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

    /// What an end tag means for the text.
    pub(super) fn end(&mut self, name: &str) {
        match name {
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "table" | "blockquote" => self.break_line(2),
            "ul" | "ol" => {
                self.lists.pop();
                self.break_line(if self.lists.is_empty() { 2 } else { 1 });
            }
            "a" => self.end_link(),
            _ => {}
        }
    }

    /// The address goes behind the words of a link, unless they are the address.
    fn end_link(&mut self) {
        let Some((from, href)) = self.link.take() else {
            return;
        };
        let said = self.written.get(from..).unwrap_or_default();
        if href.starts_with("https:") && !said.contains(&href) {
            self.space = true;
            self.word(&format!("({href})"));
        }
    }

    fn rule(&mut self) {
        self.break_line(2);
        self.word("---");
        self.break_line(2);
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
    pub(super) fn say(&mut self, text: &str) {
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
