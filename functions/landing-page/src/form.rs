//! What a browser sends: parameters by name, and an answer as it was typed.
//!
//! Nothing is corrected or guessed: what cannot be read is told to the
//! customer, with everything they typed still in its place.

use serde::Deserialize;
use usher_domain::{
    answer::Answer,
    text::{Reason, TextError},
    token::Token,
};
use usher_flows::respond::Submission;

/// The parameters of a query or a form, in the order they came.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// The value of a parameter that is given exactly once.
    pub(crate) fn once(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(given, _)| given == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The link's token.
    pub(crate) fn token(&self) -> Option<Token> {
        self.once("token").and_then(Token::parse)
    }

    /// A text as it was typed, but for the control characters no page can show.
    fn text(&self, name: &str) -> String {
        let shows = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        self.once(name)
            .unwrap_or_default()
            .chars()
            .filter(shows)
            .collect()
    }
}

/// An answer as it stands in the form, before it is judged.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The button that was pressed, or that the link preselects.
    pub answer: Option<Answer>,
    /// The revision the form was made for.
    pub revision: Option<u32>,
    /// The reason or comment.
    pub reason: String,
    /// The times that would suit.
    pub preferred_times: String,
}

/// Why a draft cannot be submitted as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    /// The answer or the revision cannot be read: the form is not one of ours.
    pub form: bool,
    /// What is wrong with the reason.
    pub reason: Option<TextError>,
    /// What is wrong with the preferred times.
    pub preferred_times: Option<TextError>,
}

impl Draft {
    /// Reads a form.
    pub(crate) fn read(pairs: &Pairs) -> Self {
        Self {
            answer: pairs
                .once("action")
                .and_then(|text| text.parse::<Answer>().ok()),
            revision: pairs.once("revision").and_then(|text| text.parse().ok()),
            reason: pairs.text("reason"),
            preferred_times: pairs.text("preferred_times"),
        }
    }

    /// What to submit, over the link with `token`.
    ///
    /// # Errors
    /// Everything that cannot be submitted as it is.
    pub(crate) fn submission(&self, token: &Token) -> Result<Submission, Problems> {
        let parse = |text: &str| match text.trim() {
            "" => (None, None),
            text => match Reason::parse(text) {
                Ok(reason) => (Some(reason), None),
                Err(error) => (None, Some(error)),
            },
        };
        let (reason, reason_problem) = parse(&self.reason);
        let (preferred_times, times_problem) = parse(&self.preferred_times);
        match (self.answer, self.revision) {
            (Some(answer), Some(revision))
                if reason_problem.is_none() && times_problem.is_none() =>
            {
                let token = token.reveal().to_owned();
                Ok(Submission {
                    token,
                    answer,
                    revision,
                    reason,
                    preferred_times,
                })
            }
            (answer, revision) => Err(Problems {
                form: answer.is_none() || revision.is_none(),
                reason: reason_problem,
                preferred_times: times_problem,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;

    use super::*;

    fn pairs(given: &[(&str, &str)]) -> Pairs {
        Pairs(
            given
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
        )
    }

    #[test]
    fn any_query_string_can_be_read() {
        for (query, action) in [
            ("/?token=x&action=accept&utm=y", Some("accept")),
            ("/?action=a%20b%zz", Some("a b%zz")),
            ("/?action&&=&%FF=%FF", Some("")),
            ("/?&", None),
            ("/", None),
        ] {
            let Query(pairs) = Query::<Pairs>::try_from_uri(&query.parse().unwrap()).unwrap();
            assert_eq!(pairs.once("action"), action, "{query}");
        }
    }

    fn token() -> Token {
        Token::new([7; 16])
    }

    #[test]
    fn a_parameter_given_twice_is_none() {
        let token = token();
        let one = ("token", token.reveal());
        assert_eq!(
            pairs(&[one, ("action", "accept")]).token(),
            Some(token.clone())
        );
        assert_eq!(pairs(&[one, one]).token(), None);
        assert_eq!(pairs(&[("token", "short")]).token(), None);
        assert_eq!(pairs(&[]).token(), None);
    }

    #[test]
    fn a_whole_form_is_a_submission() {
        let form = [
            ("action", "reschedule"),
            ("revision", "3"),
            ("reason", " \r\n"),
            ("preferred_times", "Mon\r\nTue"),
        ];
        let submission = Draft::read(&pairs(&form)).submission(&token()).unwrap();
        assert_eq!(
            (submission.answer, submission.revision),
            (Answer::Reschedule, 3)
        );
        assert_eq!(submission.reason, None);
        assert_eq!(submission.preferred_times.as_deref(), Some("Mon\nTue"));
    }

    #[test]
    fn what_cannot_be_read_is_told_all_at_once_and_kept() {
        let long = "x".repeat(50_000);
        let form = [
            ("action", "maybe"),
            ("revision", "3"),
            ("reason", &long),
            ("preferred_times", "a\0b"),
        ];
        let draft = Draft::read(&pairs(&form));
        let problems = draft.submission(&token()).unwrap_err();
        assert_eq!(
            problems.reason,
            Some(TextError::TooLong {
                max: 1_000,
                actual: 50_000
            })
        );
        assert!(problems.form && problems.preferred_times.is_none());
        assert_eq!((draft.reason, draft.preferred_times.as_str()), (long, "ab"));
    }

    #[test]
    fn a_form_without_a_readable_revision_is_not_submitted() {
        for revision in [
            &[][..],
            &[("revision", "")],
            &[("revision", "-1")],
            &[("revision", "1"), ("revision", "1")],
        ] {
            let form = [&[("action", "accept")], revision].concat();
            let problems = Draft::read(&pairs(&form)).submission(&token()).unwrap_err();
            assert_eq!(
                problems,
                Problems {
                    form: true,
                    ..Problems::default()
                }
            );
        }
    }
}
