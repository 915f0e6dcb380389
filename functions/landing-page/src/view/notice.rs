//! The notice at the top of the page: how things stand, in a sentence or two.

use serde::Serialize;
use usher_domain::{answer::Answer, render::MessageFields, respond::Closed};

use super::{PageContext, Refused, Situation};
use crate::form::Problems;

/// How things stand.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Notice {
    tone: Tone,
    /// The sentence that matters most, then the rest.
    pub(super) lines: Vec<String>,
}

/// What the notice's colour supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Tone {
    Plain,
    Ok,
    Warn,
    Error,
}

impl PageContext<'_> {
    /// How things stand; `None` when there is nothing to say that the details do not.
    pub(super) fn notice(&self, situation: &Situation, fields: &MessageFields) -> Option<Notice> {
        let words = &self.words.notices;
        let when = self.when(fields);
        let (tone, mut lines) = match situation {
            Situation::Opened => return self.how_it_stands(),
            Situation::Answered(answer) => {
                let thanks = (words.thanks)(*answer, &fields.title, &when);
                (Tone::Ok, Vec::from(thanks))
            }
            Situation::Moved => {
                let changes = self.changes();
                (Tone::Warn, Vec::from((words.moved)(&when, &changes)))
            }
            Situation::TooLate => (Tone::Error, vec![words.too_late.to_owned()]),
            Situation::Unclear(problems) => (Tone::Error, self.unclear(problems)),
            Situation::Refused(why) => {
                let why = match why {
                    Refused::Overtaken => words.overtaken,
                    Refused::NotOffered => words.not_offered,
                    Refused::TooOften => words.too_many_answers,
                };
                let lines = [words.not_taken, why].map(str::to_owned);
                (Tone::Error, Vec::from(lines))
            }
        };
        if let (Err(closed), true) = (self.open, tone == Tone::Error) {
            lines.push((words.closed)(closed).to_owned());
        }
        Some(Notice { tone, lines })
    }

    fn how_it_stands(&self) -> Option<Notice> {
        let words = &self.words.notices;
        let answer = self.current_answer();
        let stands = answer.map(words.stands);
        let (tone, lines) = match self.open {
            Err(Closed::Cancelled) => (Tone::Error, vec![(words.closed)(Closed::Cancelled)]),
            Err(Closed::PerhapsCancelled) => {
                (Tone::Warn, vec![(words.closed)(Closed::PerhapsCancelled)])
            }
            Err(closed) => {
                let lines = [(words.closed)(closed)].into_iter().chain(stands);
                (Tone::Warn, lines.collect())
            }
            Ok(_) => match (answer, stands) {
                (Some(Answer::Accept), Some(sentence)) => (Tone::Ok, vec![sentence]),
                (_, Some(sentence)) => (Tone::Plain, vec![sentence]),
                (_, None) => self.unanswered()?,
            },
        };
        let lines = lines.into_iter().map(str::to_owned).collect();
        Some(Notice { tone, lines })
    }

    fn unanswered(&self) -> Option<(Tone, Vec<&'static str>)> {
        let words = &self.words.notices;
        let asked = self.visit.grant.buttons.ask();
        if let Some(earlier) = &self.attendee.response {
            let first = (words.answered_before)(earlier.answer);
            let again = asked.then_some(words.answer_again);
            return Some((Tone::Warn, [first].into_iter().chain(again).collect()));
        }
        if self.moved() {
            return Some((Tone::Warn, Vec::from(words.changed_since)));
        }
        asked.then(|| (Tone::Plain, vec![words.not_answered]))
    }

    fn unclear(&self, problems: &Problems) -> Vec<String> {
        let words = &self.words.notices;
        let mut lines = vec![words.not_sent.to_owned()];
        if problems.form {
            lines.push(words.press_a_button.to_owned());
        }
        lines.extend(problems.preferred_times.as_ref().map(words.bad_times));
        lines.extend(problems.reason.as_ref().map(words.bad_reason));
        lines
    }
}
