//! Which question a text answers. Never a guess: what could be the answer to
//! several is asked back, and what is none, or may answer what cannot be read, is left
//! for people to read (S5).

use chrono::{DateTime, Utc};

use super::{Conversation, Prompt, Said, nearly::nearly, read, revocation::revokes_consent};
use crate::{
    id::NotificationId,
    notification::{DeliveryStatus, Notification},
    values::{answer::Answer, channel::Channel},
};

/// A question that a customer may be answering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The question.
    pub prompt: Prompt,
    /// Whether its meeting takes answers now.
    pub state: QuestionState,
}

/// Whether a question can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionState {
    /// Its meeting takes answers.
    Open,
    /// Its meeting takes none.
    Closed,
    /// Its message or its meeting cannot be read. It may well be open, so nothing that
    /// could answer it is taken for an answer to another question.
    Unreadable,
}

/// Everything that a text may answer.
#[derive(Debug, Clone, Copy)]
pub struct Questions<'a> {
    /// The questions whose codes are known, the one asked last first.
    pub candidates: &'a [Candidate],
    /// Whether there is one of which not even the codes can be read.
    pub lost: bool,
    /// The message that the provider says it answers, where it is one of ours to this
    /// number.
    pub known: Option<&'a Notification>,
}

impl Candidate {
    fn is_unreadable(&self) -> bool {
        self.state == QuestionState::Unreadable
    }
}

impl Questions<'_> {
    /// Of a text that may answer nothing.
    pub const NONE: Questions<'static> = Questions {
        candidates: &[],
        lost: false,
        known: None,
    };

    /// Those that a text may answer: of the meeting whose message it answers, where that is
    /// known.
    fn possible(&self) -> impl Iterator<Item = &Candidate> {
        let candidates = self.candidates.iter();
        candidates.filter(|candidate| self.known.is_none_or(|row| of(row, &candidate.prompt)))
    }
}

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// No more SMS; by which word.
    OptOut(&'static str),
    /// SMS again.
    OptIn,
    /// No more SMS, in the sender's own words.
    Revocation,
    /// An answer to one question.
    Answer(Box<Prompt>, Answer),
    /// An answer that several questions offer: which one is to be asked back.
    AskBack(Vec<(Prompt, Answer)>),
    /// Nearly an answer to these open questions: it is taken for none (S9).
    Nearly(Vec<(Prompt, Answer)>),
    /// It may answer a question that cannot be read: for people to read and to decide.
    Unclear,
    /// For people to read.
    Remark,
}

/// The questions that a text of `received_at` may answer: one for each attendee of
/// each meeting, which is the last that reached them before; and of each whether the
/// message that asked it can be read.
///
/// `rows` are the messages that asked; `unreadable` those of which nobody can say whether
/// they did. One that certainly did not go out asked nothing. Of one that is in doubt
/// nobody knows whether its details were seen: where an older one is certain, that one
/// counts. One that cannot be read counts as asked.
pub fn questions(
    prompts: &[Prompt],
    rows: &[Notification],
    unreadable: &[NotificationId],
    received_at: DateTime<Utc>,
) -> Vec<(Prompt, bool)> {
    let status = |prompt: &Prompt| {
        if unreadable.contains(&prompt.asked_by) {
            return Some(None);
        }
        let row = rows.iter().find(|row| row.id == prompt.asked_by)?;
        Some(Some(row.delivery(Channel::Sms)?.status))
    };
    let failed = |status| matches!(status, DeliveryStatus::Failed | DeliveryStatus::Skipped);
    let asked = prompts
        .iter()
        .filter(|prompt| prompt.asked_at <= received_at)
        .filter_map(|prompt| Some((prompt, status(prompt)?)))
        .filter(|(_, status)| !status.is_some_and(failed))
        .collect();
    one_a_subject(asked)
        .into_iter()
        .map(|(prompt, status)| (prompt.clone(), status.is_some()))
        .collect()
}

/// A prompt with the status of the SMS that asked it; none where that cannot be read.
type Asked<'a> = (&'a Prompt, Option<DeliveryStatus>);

/// Of each subject the latest that is certain, else the latest; the latest subject first.
fn one_a_subject(mut asked: Vec<Asked<'_>>) -> Vec<Asked<'_>> {
    asked.sort_by_key(|(prompt, _)| {
        let id = prompt.asked_by.to_string();
        std::cmp::Reverse((prompt.asked_at, prompt.revision, id))
    });
    let certain = |status: Option<DeliveryStatus>| status.is_none_or(DeliveryStatus::accepted);
    let mut questions: Vec<Asked<'_>> = Vec::new();
    for (prompt, status) in asked {
        let mut known = questions.iter_mut();
        match known.find(|(known, _)| known.same_subject(prompt)) {
            None => questions.push((prompt, status)),
            Some(known) if !certain(known.1) && certain(status) => *known = (prompt, status),
            Some(_) => {}
        }
    }
    questions
}

/// Reads a text. What opts out comes first, and in the sender's own words right after what is
/// an answer: no revocation is a code, and nothing else comes before somebody's wish to be left
/// alone (S10).
pub fn interpret(
    text: &str,
    questions: Questions<'_>,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> Reading {
    let word = match read(text) {
        Said::OptOut(word) => return Reading::OptOut(word),
        Said::OptIn => return Reading::OptIn,
        Said::Remark => None,
        Said::Word(word) => Some(word),
    };
    let answered = word.and_then(|word| answered(word, questions, conversation, now));
    if let Some(reading) = answered {
        reading
    } else if revokes_consent(text) {
        Reading::Revocation
    } else if word.is_some() && questions.lost {
        Reading::Unclear
    } else {
        nearly_answered(text, questions)
    }
}

/// What one word answers, if it is a code of a question or a choice that was offered.
fn answered(
    word: &str,
    questions: Questions<'_>,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> Option<Reading> {
    let meant: Vec<_> = questions
        .possible()
        .filter_map(|candidate| Some((candidate, candidate.prompt.answer(word)?)))
        .collect();
    let open: Vec<_> = meant
        .iter()
        .filter(|(candidate, _)| candidate.state != QuestionState::Closed)
        .collect();
    if meant.is_empty() {
        let (prompt, answer) = conversation.choice(word, now)?;
        return Some(Reading::Answer(Box::new(prompt.clone()), answer));
    }
    if questions.lost || open.iter().any(|(candidate, _)| candidate.is_unreadable()) {
        return Some(Reading::Unclear);
    }
    Some(match (open.as_slice(), meant.as_slice()) {
        ([], []) => return None,
        // Nothing is open: the one asked last gets to know why.
        ([], [(one, answer), ..]) | ([(one, answer)], _) => {
            Reading::Answer(Box::new(one.prompt.clone()), *answer)
        }
        (several, _) => {
            let between = several.iter();
            Reading::AskBack(
                between
                    .map(|(each, answer)| (each.prompt.clone(), *answer))
                    .collect(),
            )
        }
    })
}

/// What a text nearly answers, of the questions that are open.
fn nearly_answered(text: &str, questions: Questions<'_>) -> Reading {
    let open = questions
        .possible()
        .filter(|candidate| candidate.state != QuestionState::Closed);
    let near: Vec<_> = open
        .filter_map(|candidate| Some((candidate, nearly(text, &candidate.prompt)?)))
        .collect();
    if near.iter().any(|(candidate, _)| candidate.is_unreadable()) {
        Reading::Unclear
    } else if near.is_empty() {
        Reading::Remark
    } else {
        let near = near.into_iter();
        Reading::Nearly(
            near.map(|(each, answer)| (each.prompt.clone(), answer))
                .collect(),
        )
    }
}

fn of(row: &Notification, prompt: &Prompt) -> bool {
    row.meeting_id() == prompt.meeting() && row.recipient.id == prompt.attendee
}

/// The prompt that a known message itself asked comes before what was asked later:
/// its revision is the one that was answered.
pub fn asked_by(prompts: &[Prompt], message: &NotificationId) -> Option<Prompt> {
    prompts
        .iter()
        .find(|prompt| &prompt.asked_by == message)
        .cloned()
}
