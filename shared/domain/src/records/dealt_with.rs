//! That somebody has dealt with what needed attention (G10).

use chrono::{DateTime, Utc};

use crate::{
    Failure, FieldErrors,
    text::{Name, Reason},
    timeline::{TimelineEntry, TimelineKind},
};

/// That somebody has dealt with what needed attention (G10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealtWith {
    /// Their name, as colleagues know them.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What they did, in their own words.
    pub note: Option<Reason>,
}

impl DealtWith {
    /// `by`, as the identity provider has them, deals with something and may say how.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when the note is too long or has control characters.
    pub fn new(by: &str, note: Option<&str>, at: DateTime<Utc>) -> Result<Self, Failure> {
        let mut errors = FieldErrors::default();
        let note = errors.optional("/note", note, Reason::parse);
        let shortened: String = by.chars().filter(|c| !c.is_control()).take(120).collect();
        let by = Name::parse(&shortened).map_or_else(|_| "somebody".to_owned(), String::from);
        errors.finish(Some(Self { by, at, note }))
    }

    /// The timeline's sentence: what was dealt with, by whom and how.
    pub fn entry(&self, what: &str) -> TimelineEntry {
        let note = self.note.as_ref().map(|note| format!(": {note}"));
        let text = format!("{} dealt with {what}{}", self.by, note.unwrap_or_default());
        TimelineEntry::of_meeting(self.at, TimelineKind::DealtWith, text)
    }
}

/// What somebody has dealt with of a meeting: the change that customers did not know of,
/// and the wish for another time. A later change, cancellation or wish needs attention anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingDealtWith {
    /// The revision that customers had not been told of.
    pub revision: u32,
    /// The number of the statement that had called it off; none while it was not off.
    pub cancelled_statement: Option<u64>,
    /// When another time was asked for.
    pub wish_at: Option<DateTime<Utc>>,
    /// By whom, when and how.
    pub dealt: DealtWith,
}

/// What Ada has dealt with.
#[cfg(test)]
pub(crate) fn ada() -> DealtWith {
    DealtWith::new("Ada", Some(" I phoned her "), crate::sample::now()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_note_is_bounded_and_a_name_always_fits() {
        let long = "x".repeat(1_001);
        assert!(DealtWith::new("Ada", Some(&long), sample::now()).is_err());
        let by = |name: &str| DealtWith::new(name, None, sample::now()).unwrap().by;
        assert_eq!(by(&"y".repeat(500)).len(), 120);
        assert_eq!(
            (by("A\r\nB"), by(" ")),
            ("AB".to_owned(), "somebody".to_owned())
        );
        let entry = ada().entry("the update that is due");
        assert_eq!(
            entry.text,
            "Ada dealt with the update that is due: I phoned her"
        );
    }
}
