//! What can be answered: one form per answer, each a single press away.

use serde::Serialize;
use usher_domain::{answer::Answer, meeting::Details};

use super::{PageContext, Situation};
use crate::{form::Draft, words::Words};

/// What can be answered.
#[derive(Debug, Default, Serialize)]
pub(super) struct Choices {
    heading: &'static str,
    /// Until when answers can be changed.
    pub(super) until: String,
    /// The answers on offer; the one that was picked comes first.
    pub(super) offered: Vec<Choice>,
}

/// One answer to give, a form of its own.
#[derive(Debug, Serialize)]
pub(super) struct Choice {
    pub(super) action: &'static str,
    label: &'static str,
    question: &'static str,
    /// What opens the fields.
    invitation: &'static str,
    /// Whether it is the one that the link preselects or the customer chose.
    pub(super) picked: bool,
    /// What is left to do, when it was picked.
    confirm: &'static str,
    /// Whether the keyboard starts on its button.
    focus: bool,
    fields: Vec<Field>,
}

/// A text that may come with an answer.
#[derive(Debug, Serialize)]
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    error: Option<String>,
}

impl PageContext<'_> {
    pub(super) fn choices(&self, situation: &Situation, draft: &Draft) -> Choices {
        let Ok(closes) = self.open else {
            return Choices::default();
        };
        let current = self.current_answer();
        // Giving the same answer again is of use only to say more.
        let useful = |answer: &Answer| {
            self.visit.grant.buttons.offer(*answer)
                && (current != Some(*answer) || !self.fields(*answer).is_empty())
        };
        let picked = match situation {
            Situation::Answered(_) => None,
            // A link back to the answer that stands asks for nothing new.
            Situation::Opened if current.is_some() && draft.answer == current => None,
            _ => draft.answer.filter(useful),
        };
        let others = Answer::ALL
            .iter()
            .copied()
            .filter(useful)
            .filter(|answer| Some(*answer) != picked);
        let offered = picked.into_iter().chain(others);
        let words = &self.words.choices;
        Choices {
            heading: if current.is_some() {
                words.heading_again
            } else {
                words.heading
            },
            until: if closes == self.meeting.details.starts_at {
                words.until_the_start.to_owned()
            } else {
                let details = Details {
                    starts_at: closes,
                    ..self.meeting.details.clone()
                };
                (words.until)(&self.when(&self.message_fields_of(&details)))
            },
            offered: offered
                .map(|answer| self.choice(answer, picked == Some(answer), situation, draft))
                .collect(),
        }
    }

    fn choice(&self, answer: Answer, picked: bool, situation: &Situation, draft: &Draft) -> Choice {
        let words = &self.words.choices;
        let said = (words.answer)(answer);
        let mut fields = self.fields(answer);
        if picked {
            fields
                .iter_mut()
                .for_each(|field| field.fill(self.words, situation, draft));
        }
        Choice {
            action: answer.as_str(),
            label: said.label,
            question: said.question,
            invitation: said.invitation,
            picked,
            confirm: match situation {
                Situation::Opened if self.current_answer().is_some() => words.confirm_change,
                Situation::Opened => words.confirm,
                _ => words.send,
            },
            // After a refusal the page is to be read first.
            focus: picked && matches!(situation, Situation::Opened),
            fields,
        }
    }

    fn fields(&self, answer: Answer) -> Vec<Field> {
        let field = |name, label, hint| Field {
            name,
            label,
            hint,
            value: String::new(),
            error: None,
        };
        let words = &self.words.choices;
        match answer {
            Answer::Accept => Vec::new(),
            Answer::Decline if self.visit.grant.ask_decline_reason => {
                vec![field("reason", words.reason, "")]
            }
            Answer::Decline => Vec::new(),
            Answer::Reschedule => vec![
                field("preferred_times", words.times, words.times_hint),
                field("reason", words.comment, ""),
            ],
        }
    }
}

impl Field {
    /// Puts back what was typed, and what is wrong with it.
    fn fill(&mut self, words: &Words, situation: &Situation, draft: &Draft) {
        let problems = match situation {
            Situation::Unclear(problems) => Some(problems),
            _ => None,
        };
        let error = words.notices.bad_text;
        if self.name == "preferred_times" {
            self.value.clone_from(&draft.preferred_times);
            self.error = problems.and_then(|p| p.preferred_times.as_ref()).map(error);
        } else {
            self.value.clone_from(&draft.reason);
            self.error = problems.and_then(|p| p.reason.as_ref()).map(error);
        }
    }
}
