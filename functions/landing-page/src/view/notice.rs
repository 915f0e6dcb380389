//! The notice at the top of the page: how things stand, in a sentence or two.

use serde::Serialize;
use usher_domain::{
    answer::{Answer, Closed},
    render::Facts,
};

use super::{Scene, Situation, when};
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

impl Scene<'_> {
    /// How things stand; `None` when there is nothing to say that the details do not.
    pub(super) fn notice(&self, situation: &Situation, facts: &Facts) -> Option<Notice> {
        let (tone, mut lines) = match situation {
            Situation::Opened => return self.how_it_stands(),
            Situation::Answered(answer) => (Tone::Ok, thanks(*answer, facts)),
            Situation::Moved => (
                Tone::Warn,
                vec![
                    "This meeting has changed, so your answer does not count.".to_owned(),
                    format!("It is now on {}. Please answer again.", when(facts)),
                ],
            ),
            Situation::TooLate => (
                Tone::Error,
                vec!["Your answer came too late and does not count.".to_owned()],
            ),
            Situation::Unclear(problems) => (Tone::Error, unclear(problems)),
            Situation::Refused(reason) => (
                Tone::Error,
                vec!["Your answer was not taken.".to_owned(), reason.clone()],
            ),
        };
        if let (Err(closed), true) = (self.open, tone == Tone::Error) {
            lines.push(closed.reason().to_owned());
        }
        Some(Notice { tone, lines })
    }

    fn how_it_stands(&self) -> Option<Notice> {
        let answer = self.current_answer();
        let answered = answer.map(answered);
        let (tone, lines) = match self.open {
            Err(Closed::Cancelled) => (Tone::Error, vec![Closed::Cancelled.reason().to_owned()]),
            Err(closed) => (
                Tone::Warn,
                [closed.reason().to_owned()]
                    .into_iter()
                    .chain(answered)
                    .collect(),
            ),
            Ok(_) => match (answer, answered) {
                (Some(Answer::Accept), Some(sentence)) => (Tone::Ok, vec![sentence]),
                (_, Some(sentence)) => (Tone::Plain, vec![sentence]),
                (_, None) => self.unanswered()?,
            },
        };
        Some(Notice { tone, lines })
    }

    fn unanswered(&self) -> Option<(Tone, Vec<String>)> {
        let asked = self.visit.grant.buttons.ask();
        let please = |text: &str| asked.then(|| text.to_owned());
        if let Some(earlier) = &self.attendee.response {
            let first = format!(
                "You {} before this meeting changed.",
                earlier.answer.past_tense()
            );
            let again = please("Please answer again for what you see below.");
            return Some((Tone::Warn, [first].into_iter().chain(again).collect()));
        }
        if self.moved() {
            let first = "This meeting has changed since our last message.".to_owned();
            let now = "What you see below is how it is now.".to_owned();
            return Some((Tone::Warn, vec![first, now]));
        }
        please("You have not answered yet.").map(|line| (Tone::Plain, vec![line]))
    }
}

fn answered(answer: Answer) -> String {
    match answer {
        Answer::Accept | Answer::Decline => format!("You {} this meeting.", answer.past_tense()),
        Answer::Reschedule => format!("You {}. We will get back to you.", answer.past_tense()),
    }
}

fn thanks(answer: Answer, facts: &Facts) -> Vec<String> {
    let (title, when) = (&facts.title, when(facts));
    match answer {
        Answer::Accept => vec![
            "Thank you. See you then!".to_owned(),
            format!("You accepted “{title}” on {when}."),
        ],
        Answer::Decline => vec![
            "Thank you for telling us.".to_owned(),
            format!("You declined “{title}” on {when}."),
        ],
        Answer::Reschedule => vec![
            "Thank you. We will get back to you.".to_owned(),
            format!("You asked for another time for “{title}”, which is planned for {when}."),
        ],
    }
}

fn unclear(problems: &Problems) -> Vec<String> {
    let mut lines = vec!["Your answer has not been sent yet.".to_owned()];
    if problems.form {
        lines.push("Please press one of the buttons on this page.".to_owned());
    }
    if let Some(error) = &problems.preferred_times {
        lines.push(format!("The text about times {error}."));
    }
    if let Some(error) = &problems.reason {
        lines.push(format!("The text you wrote {error}."));
    }
    lines
}
