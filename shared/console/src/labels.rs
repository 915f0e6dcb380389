//! What a page calls its fields, read from the page itself.
//!
//! A problem names a field by its place in a document, `/attendees/0/email`; a person
//! knows it by the label that stands beside it. There is no second list of labels that
//! could differ from the form: the form's own HTML is the list, so a field that is
//! added to a form has its name in every list of mistakes and on every page that merges.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

use crate::{
    form::{Mistake, in_words},
    merge::Merge,
};

/// The fields of a page by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<String, Label>);

/// What a page calls one field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// The groups that it stands in, like "Attendee 2"; empty when it stands in none.
    pub group: String,
    /// Its own label.
    pub text: String,
    /// What its choices are called, by their values.
    pub choices: BTreeMap<String, String>,
}

impl Labels {
    /// The fields of an HTML page that have a label: inputs by theirs, groups by their
    /// legend, sections by their heading.
    pub fn of(html: &str) -> Self {
        let mut reader = Reader::default();
        for Ok(token) in Tokenizer::new(html) {
            match token {
                Token::StartTag(tag) => {
                    let attribute = |name: &str| {
                        let value = tag.attributes.get(name.as_bytes());
                        value.map(|value| String::from_utf8_lossy(value.as_slice()).into_owned())
                    };
                    reader.opened(&String::from_utf8_lossy(&tag.name), attribute);
                }
                Token::EndTag(tag) => reader.closed(&String::from_utf8_lossy(&tag.name)),
                Token::String(text) => reader.read(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
        Self(reader.finish())
    }

    /// The field that a place of the document is about, and what is left of the place
    /// behind it: the entry of a list that is one field.
    pub fn field<'a>(&self, place: &'a str) -> Option<(&'a str, &Label, &'a str)> {
        let mut id = place;
        loop {
            if let Some(label) = self.0.get(id) {
                return Some((id, label, place[id.len()..].trim_start_matches('.')));
            }
            id = id.rsplit_once('.')?.0;
        }
    }

    /// The mistakes with the page's own names, each leading to a field that there is.
    pub fn named(&self, mistakes: Vec<Mistake>) -> Vec<Mistake> {
        mistakes
            .into_iter()
            .map(|each| self.named_one(each))
            .collect()
    }

    fn named_one(&self, mistake: Mistake) -> Mistake {
        let Some((id, label, rest)) = self.field(&mistake.field) else {
            return Mistake {
                field: String::new(),
                ..mistake
            };
        };
        // What is left of the place says something to people if it is a number or a
        // country; a name of the document's does not.
        let first = rest.split('.').next().unwrap_or_default();
        let is_country = first.len() == 2 && first.bytes().all(|b| b.is_ascii_uppercase());
        let entry = match first.parse::<usize>() {
            Ok(index) => format!(", entry {}", index + 1),
            Err(_) if is_country => format!(", {first}"),
            Err(_) => String::new(),
        };
        Mistake {
            field: id.to_owned(),
            label: format!("{}{entry}", label.whole()),
            detail: in_words(&mistake.detail),
        }
    }

    /// The field of this name in a form: its place and what it holds.
    fn called(&self, name: &str) -> Option<&Label> {
        let place = name.split(':').next().unwrap_or_default();
        self.field(place).map(|(_, label, _)| label)
    }

    /// The labels of this page and, where it has none, those of another.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (id, label) in other.0 {
            self.0.entry(id).or_insert(label);
        }
        self
    }

    /// Gives what two people changed the names and values that staff know it by. What
    /// is no field for people is no news to them.
    pub fn name(&self, merge: &mut Merge) {
        merge
            .news
            .retain(|field| self.called(&field.name).is_some());
        let sides = merge.conflicts.iter_mut();
        let sides = sides.flat_map(|conflict| [&mut conflict.mine, &mut conflict.theirs]);
        for field in merge.news.iter_mut().chain(sides) {
            let Some(label) = self.called(&field.name) else {
                continue;
            };
            field.label = label.whole();
            if let Some(choice) = label.choices.get(&field.value) {
                field.shown.clone_from(choice);
            }
        }
    }
}

impl Label {
    /// The label with the groups that tell it apart from others of its name.
    fn whole(&self) -> String {
        match self.group.as_str() {
            "" => self.text.clone(),
            group => format!("{group}: {}", self.text),
        }
    }
}

/// Something of the page that has a name of its own.
#[derive(Default)]
struct Group {
    tag: String,
    id: Option<String>,
    name: String,
}

/// What text is being collected for.
enum Naming {
    Group,
    Label { of: Option<String> },
    Choice { of: String, value: Option<String> },
}

#[derive(Default)]
struct Reader {
    groups: Vec<Group>,
    /// The groups of each field.
    fields: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
    choices: BTreeMap<String, BTreeMap<String, String>>,
    select: Option<String>,
    naming: Option<(Naming, String)>,
}

impl Reader {
    fn opened(&mut self, tag: &str, attribute: impl Fn(&str) -> Option<String>) {
        match tag {
            "fieldset" | "details" | "section" => self.groups.push(Group {
                tag: tag.to_owned(),
                id: attribute("id"),
                name: String::new(),
            }),
            "legend" | "summary" | "h2" => self.begin(Naming::Group),
            "label" => self.begin(Naming::Label {
                of: attribute("for"),
            }),
            "input" | "select" | "textarea" => self.field(tag, attribute),
            "option" => {
                if let Some(of) = self.select.clone() {
                    let value = attribute("value");
                    self.begin(Naming::Choice { of, value });
                }
            }
            _ => {}
        }
    }

    /// A field belongs to the groups and the label that it stands in.
    fn field(&mut self, tag: &str, attribute: impl Fn(&str) -> Option<String>) {
        let Some(id) = attribute("id") else { return };
        if let Some((Naming::Label { of }, _)) = &mut self.naming {
            of.get_or_insert_with(|| id.clone());
        }
        if tag == "select" {
            self.select = Some(id.clone());
        }
        if attribute("type").as_deref() == Some("checkbox") {
            let words = [("true", "Yes"), ("false", "No")];
            let words = words.map(|(value, word)| (value.to_owned(), word.to_owned()));
            self.choices.insert(id.clone(), words.into());
        }
        let named = |group: &&Group| group.tag != "section" && !group.name.is_empty();
        let groups = self.groups.iter().filter(named);
        let groups: Vec<_> = groups.map(|group| group.name.as_str()).collect();
        self.fields.insert(id, groups.join(", "));
    }

    fn begin(&mut self, naming: Naming) {
        self.naming = Some((naming, String::new()));
    }

    fn read(&mut self, text: &str) {
        if let Some((_, name)) = &mut self.naming {
            name.push_str(text);
        }
    }

    fn closed(&mut self, tag: &str) {
        match tag {
            "legend" | "summary" | "h2" | "label" | "option" => self.named(),
            "select" => self.select = None,
            "fieldset" | "details" | "section" => {
                let Some(group) = self.groups.pop() else {
                    return;
                };
                if let Some(id) = group.id.filter(|_| !group.name.is_empty()) {
                    self.fields.insert(id.clone(), String::new());
                    self.labels.insert(id, group.name);
                }
            }
            _ => {}
        }
    }

    fn named(&mut self) {
        let Some((naming, text)) = self.naming.take() else {
            return;
        };
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match naming {
            Naming::Group => {
                if let Some(group) = self.groups.last_mut().filter(|it| it.name.is_empty()) {
                    group.name = name;
                }
            }
            Naming::Label { of } => self.labels.extend(of.map(|id| (id, name))),
            Naming::Choice { of, value } => {
                let value = value.unwrap_or_else(|| name.clone());
                self.choices.entry(of).or_default().insert(value, name);
            }
        }
    }

    fn finish(mut self) -> BTreeMap<String, Label> {
        let labelled = std::mem::take(&mut self.labels).into_iter();
        labelled
            .filter_map(|(id, text)| {
                let label = Label {
                    group: self.fields.remove(&id)?,
                    text,
                    choices: self.choices.remove(&id).unwrap_or_default(),
                };
                Some((id, label))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::label;

    const FORM: &str = r##"<section class="panel" id="attendees"><h2>Attendees</h2>
        <fieldset id="attendees.0"><legend>Lead attendee</legend>
        <label for="attendees.0.email">Email</label><input id="attendees.0.email">
        </fieldset></section>
        <label for="followers">Followers &amp; co</label><input id="followers" value="a">
        <label><input type="checkbox" id="active"> Active</label>
        <label for="kind">Whose place</label><select id="kind"><option value="">Not said</option><option value="client_house" selected>Client’s house</option></select>
        <label for="nowhere">A label without a field</label>"##;

    fn mistake(field: &str, detail: &str) -> Mistake {
        Mistake {
            field: field.to_owned(),
            label: label(field),
            detail: detail.to_owned(),
        }
    }

    #[test]
    fn a_mistake_has_the_forms_own_name_and_leads_to_a_field_that_there_is() {
        let labels = Labels::of(FORM);
        for (place, field, name) in [
            (
                "attendees.0.email",
                "attendees.0.email",
                "Lead attendee: Email",
            ),
            ("attendees.0.id", "attendees.0", "Lead attendee"),
            ("attendees.7.name", "attendees", "Attendees, entry 8"),
            ("followers.1", "followers", "Followers & co, entry 2"),
            ("active", "active", "Active"),
            ("nowhere", "", "Nowhere"),
        ] {
            let named = labels.named_one(mistake(place, "is wrong"));
            assert_eq!(
                (named.field.as_str(), named.label.as_str()),
                (field, name),
                "{place}"
            );
        }
    }

    #[test]
    fn what_a_parser_says_is_said_in_words() {
        let labels = Labels::of(FORM);
        for (said, words) in [
            (
                "must be a whole number, is a text",
                "must be a whole number",
            ),
            (
                "must be a number, without quotes, is a text",
                "must be a number",
            ),
            (
                "must be one of \"a\", \"b\", is \"x\"",
                "is none of the choices",
            ),
            ("is not a telephone number", "is not a telephone number"),
        ] {
            assert_eq!(labels.named_one(mistake("kind", said)).detail, words);
        }
    }

    #[test]
    fn a_merge_names_fields_and_values_as_the_form_does() {
        let was = serde_json::json!({"kind": "office", "active": true, "id": "1"});
        let mine = serde_json::json!({"kind": "client_house", "active": true, "id": "1"});
        let theirs = serde_json::json!({"kind": "", "active": false, "id": "2"});
        let mut merge = crate::merge(&was, &mine, &theirs);
        Labels::of(FORM).name(&mut merge);
        let [conflict] = merge.conflicts.as_slice() else {
            panic!("{merge:?}")
        };
        assert_eq!(
            (
                conflict.mine.label.as_str(),
                conflict.mine.shown.as_str(),
                conflict.theirs.shown.as_str()
            ),
            ("Whose place", "Client’s house", "Not said")
        );
        let [news] = merge.news.as_slice() else {
            panic!("{merge:?}")
        };
        assert_eq!((news.label.as_str(), news.shown.as_str()), ("Active", "No"));
    }
}
