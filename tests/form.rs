//! A form of a page, read as a browser reads it and sent as it would send it.

use html5gum::{StartTag, Token, Tokenizer};

use crate::Reply;

/// What a form sends: names and values, in the order of the page (HTML, "constructing
/// the entry list").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentForm {
    /// Where it goes.
    pub action: String,
    /// What it says, without any button.
    pub fields: Vec<(String, String)>,
}

impl SentForm {
    /// The same with a field that somebody filled in: over the one of this name that
    /// is sent last, or besides the others when there is none.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let field = (name.to_owned(), value.to_owned());
        match self.fields.iter_mut().rev().find(|(own, _)| own == name) {
            Some(own) => *own = field,
            None => self.fields.push(field),
        }
        self
    }

    /// What it says under a name.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter().rev();
        let found = fields.find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The fields, as a story sends them.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

impl Reply {
    /// The page's form whose action begins so, as nobody has touched it.
    ///
    /// # Panics
    /// When there is none.
    pub fn form(&self, action: &str) -> SentForm {
        let mut forms = read(&self.text).into_iter();
        let form = forms.find(|form| form.action.starts_with(action));
        form.unwrap_or_else(|| panic!("no form of {action}: {}", self.text))
    }
}

/// A choice whose options are being read.
struct Choice {
    name: String,
    /// The value of the first option, and of the one that is selected.
    first: Option<String>,
    selected: Option<String>,
}

fn read(html: &str) -> Vec<SentForm> {
    let mut forms = Vec::new();
    let mut form: Option<SentForm> = None;
    let mut choice: Option<Choice> = None;
    let mut text: Option<(String, String)> = None;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => match (tag.name.as_slice(), &mut form) {
                (b"form", _) => {
                    let action = attribute(&tag, "action").unwrap_or_default();
                    let fields = Vec::new();
                    form = Some(SentForm { action, fields });
                }
                (b"input", Some(form)) => form.fields.extend(input(&tag)),
                (b"select", Some(_)) => {
                    choice = attribute(&tag, "name").map(|name| Choice {
                        name,
                        first: None,
                        selected: None,
                    });
                }
                (b"option", Some(_)) => {
                    if let Some(choice) = &mut choice {
                        let value = attribute(&tag, "value");
                        let value = value.expect("our options name their values");
                        if attribute(&tag, "selected").is_some() {
                            choice.selected = Some(value.clone());
                        }
                        choice.first.get_or_insert(value);
                    }
                }
                (b"textarea", Some(_)) => {
                    text = attribute(&tag, "name").map(|name| (name, String::new()));
                }
                _ => {}
            },
            Token::String(part) => {
                if let Some((_, text)) = &mut text {
                    text.push_str(&String::from_utf8_lossy(&part));
                }
            }
            Token::EndTag(tag) => match (tag.name.as_slice(), &mut form) {
                (b"form", _) => forms.extend(form.take()),
                (b"select", Some(form)) => {
                    let chosen = choice
                        .take()
                        .and_then(|choice| Some((choice.name, choice.selected.or(choice.first)?)));
                    form.fields.extend(chosen);
                }
                (b"textarea", Some(form)) => form.fields.extend(text.take()),
                _ => {}
            },
            _ => {}
        }
    }
    forms
}

fn input(tag: &StartTag<()>) -> Option<(String, String)> {
    let name = attribute(tag, "name")?;
    let value = attribute(tag, "value");
    match attribute(tag, "type").as_deref() {
        Some("submit" | "button" | "reset" | "image" | "file") => None,
        Some("checkbox" | "radio") => {
            let checked = attribute(tag, "checked").is_some();
            checked.then(|| (name, value.unwrap_or_else(|| "on".to_owned())))
        }
        _ => Some((name, value.unwrap_or_default())),
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value.as_slice()).into_owned())
}
