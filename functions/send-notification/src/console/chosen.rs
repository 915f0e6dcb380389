//! What the form of a send says: above all, who gets it.

use usher_console::{Fields, own};

/// Who is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whom {
    /// The form does not ask: everybody.
    Nothing,
    /// Everybody, as a choice.
    All,
    /// Those who are ticked.
    These,
}

/// What the form says, sent or on its way from one preview to the next.
#[derive(Debug)]
pub(super) struct SendForm {
    /// Its own word.
    pub(super) key: String,
    /// Who is meant.
    pub(super) whom: Whom,
    /// The attendees that are ticked.
    pub(super) to: Vec<String>,
    /// Those that cannot be reached, and so have no box.
    without_box: Vec<String>,
    /// How many boxes there are.
    boxes: usize,
    /// Whether the calendars behind addresses that somebody has left are asked to take the
    /// meeting out.
    pub(super) former_addresses: bool,
    /// The sentence that was confirmed.
    pub(super) confirm: Option<String>,
    /// Whether the meeting is to be archived afterwards.
    pub(super) archive: bool,
    /// The place of the attendee whose message is shown.
    pub(super) shown: usize,
    /// Whether the page stands in a dialog.
    pub(super) in_dialog: bool,
}

impl SendForm {
    pub(super) fn of(fields: &Fields) -> Self {
        let number = |name| own(fields, name).and_then(|text| text.parse().ok());
        let all = |name: &str| {
            let named = fields.iter().filter(|(given, _)| given == name);
            named.map(|(_, value)| value.clone()).collect()
        };
        Self {
            key: own(fields, "key").unwrap_or_default().to_owned(),
            whom: match own(fields, "whom") {
                Some("these") => Whom::These,
                Some(_) => Whom::All,
                None => Whom::Nothing,
            },
            to: all("to"),
            without_box: all("not"),
            boxes: number("boxes").unwrap_or(0),
            // What the page does not show it does not decide.
            former_addresses: own(fields, "has_former").is_none()
                || own(fields, "former") == Some("true"),
            confirm: own(fields, "confirm").map(str::to_owned),
            archive: own(fields, "archive") == Some("true"),
            shown: number("attendee").unwrap_or(0),
            in_dialog: own(fields, "in") == Some("dialog"),
        }
    }

    /// Who gets it, by id; none when it is everybody. When every box is ticked, those
    /// without one are meant too: the log says that they could not be told.
    pub(super) fn attendees(&self) -> Option<Vec<String>> {
        if self.whom != Whom::These {
            return None;
        }
        let mut to = self.to.clone();
        if !to.is_empty() && to.len() == self.boxes {
            to.extend(self.without_box.iter().cloned());
        }
        Some(to)
    }

    /// Whether these are all whom the form lists.
    pub(super) fn names_all(&self, chosen: &[String]) -> bool {
        chosen.len() == self.boxes + self.without_box.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> SendForm {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        SendForm::of(&fields.iter().map(owned).collect())
    }

    #[test]
    fn whoever_has_no_box_goes_with_all_and_not_with_some() {
        let ticked = |to: &[&str]| {
            let mut fields = vec![("whom", "these"), ("boxes", "2"), ("not", "c")];
            fields.extend(to.iter().map(|id| ("to", *id)));
            form(&fields).attendees().unwrap()
        };
        assert_eq!(ticked(&["a", "b"]), ["a", "b", "c"]);
        assert_eq!(ticked(&["b"]), ["b"]);
        assert!(ticked(&[]).is_empty());
        assert_eq!(form(&[("key", "k")]).attendees(), None);
        assert_eq!(form(&[("whom", "all"), ("to", "a")]).attendees(), None);
    }
}
