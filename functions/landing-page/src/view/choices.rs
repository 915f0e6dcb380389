//! What can be answered: one form per answer, each a single press away.

use serde::Serialize;
use usher_domain::{answer::Answer, meeting::Details, text::TextError};

use super::{Scene, Situation, when};
use crate::form::Draft;

/// What can be answered.
#[derive(Debug, Default, Serialize)]
pub(super) struct Choices {
    heading: &'static str,
    /// When answers close, as in "until …".
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

impl Scene<'_> {
    pub(super) fn choices(&self, situation: &Situation, draft: &Draft) -> Choices {
        let Ok(closes) = self.open else {
            return Choices::default();
        };
        let current = self.current_answer();
        // Giving the same answer again is of use only to say more.
        let useful = |answer: &Answer| {
            answer.offered_by(self.visit.grant.buttons)
                && (current != Some(*answer) || !self.fields(*answer).is_empty())
        };
        let picked = match situation {
            Situation::Answered(_) => None,
            _ => draft.answer.filter(useful),
        };
        let others = Answer::ALL
            .into_iter()
            .filter(useful)
            .filter(|answer| Some(*answer) != picked);
        let offered = picked.into_iter().chain(others);
        Choices {
            heading: if current.is_some() {
                "Change your answer"
            } else {
                "Your answer"
            },
            until: if closes == self.meeting.details.starts_at {
                "the meeting starts".to_owned()
            } else {
                let details = Details {
                    starts_at: closes,
                    ..self.meeting.details.clone()
                };
                when(&self.facts_of(&details))
            },
            offered: offered
                .map(|answer| self.choice(answer, picked == Some(answer), situation, draft))
                .collect(),
        }
    }

    fn choice(&self, answer: Answer, picked: bool, situation: &Situation, draft: &Draft) -> Choice {
        let (label, question, invitation) = match answer {
            Answer::Accept => ("Accept", "Accept this meeting?", ""),
            Answer::Decline => ("Decline", "Decline this meeting?", "Decline with a reason"),
            Answer::Reschedule => ("Reschedule", "Ask for another time?", "Suggest other times"),
        };
        let mut fields = self.fields(answer);
        if picked {
            fields
                .iter_mut()
                .for_each(|field| field.fill(situation, draft));
        }
        Choice {
            action: answer.as_str(),
            label,
            question,
            invitation,
            picked,
            confirm: match situation {
                Situation::Opened => "Press the button to confirm: nothing has been sent yet.",
                _ => "Press the button to send your answer.",
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
        match answer {
            Answer::Accept => Vec::new(),
            Answer::Decline if self.visit.grant.ask_decline_reason => {
                vec![field("reason", "Your reason (optional)", "")]
            }
            Answer::Decline => Vec::new(),
            Answer::Reschedule => vec![
                field(
                    "preferred_times",
                    "Times that suit you (optional)",
                    "For example: Tuesday afternoon, or any day after 5 PM.",
                ),
                field("reason", "Comment (optional)", ""),
            ],
        }
    }
}

impl Field {
    /// Puts back what was typed, and what is wrong with it.
    fn fill(&mut self, situation: &Situation, draft: &Draft) {
        let problems = match situation {
            Situation::Unclear(problems) => Some(problems),
            _ => None,
        };
        let error = |error: &TextError| format!("This text {error}.");
        if self.name == "preferred_times" {
            self.value.clone_from(&draft.preferred_times);
            self.error = problems.and_then(|p| p.preferred_times.as_ref()).map(error);
        } else {
            self.value.clone_from(&draft.reason);
            self.error = problems.and_then(|p| p.reason.as_ref()).map(error);
        }
    }
}
