//! Which question a text answers. Never a guess: what could be the answer to
//! several is asked back, and what is none is left for people to read (S5).

use chrono::{DateTime, Utc};

use super::{Conversation, Prompt, Said, read};
use crate::{
    answer::Answer,
    id::NotificationId,
    notification::{Channel, DeliveryStatus, Notification},
};

/// A question that a customer may be answering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The question.
    pub prompt: Prompt,
    /// Whether its meeting takes answers now.
    pub open: bool,
}

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// No more SMS; by which word.
    OptOut(&'static str),
    /// SMS again.
    OptIn,
    /// An answer to one question.
    Answer(Prompt, Answer),
    /// An answer that several questions offer: which one is to be asked back.
    AskBack(Vec<(Prompt, Answer)>),
    /// For people to read.
    Remark,
}

/// The questions that a text of `received_at` may answer: one for each attendee of
/// each meeting, which is the last that reached them before.
///
/// `rows` are the messages that asked. One that certainly did not go out asked
/// nothing. Of one that is in doubt nobody knows whether its details were seen:
/// where an older one is certain, that one counts.
pub fn questions(
    prompts: &[Prompt],
    rows: &[Notification],
    received_at: DateTime<Utc>,
) -> Vec<Prompt> {
    let status = |prompt: &Prompt| {
        let row = rows.iter().find(|row| row.id == prompt.asked_by)?;
        Some(row.delivery(Channel::Sms)?.status)
    };
    let mut asked: Vec<_> = prompts
        .iter()
        .filter(|prompt| prompt.asked_at <= received_at)
        .filter_map(|prompt| Some((prompt, status(prompt)?)))
        .filter(|(_, status)| !matches!(status, DeliveryStatus::Failed | DeliveryStatus::Skipped))
        .collect();
    asked.sort_by_key(|(prompt, _)| {
        std::cmp::Reverse((
            prompt.asked_at,
            prompt.revision,
            prompt.asked_by.to_string(),
        ))
    });
    let mut questions: Vec<(&Prompt, bool)> = Vec::new();
    for (prompt, status) in asked {
        let certain = status.accepted();
        match questions
            .iter_mut()
            .find(|(known, _)| known.same_subject(prompt))
        {
            None => questions.push((prompt, certain)),
            Some(known) if !known.1 && certain => *known = (prompt, true),
            Some(_) => {}
        }
    }
    questions
        .into_iter()
        .map(|(prompt, _)| prompt.clone())
        .collect()
}

/// Reads a text. `known` is the earlier message that the provider says it answers,
/// where it is one of ours to this number.
pub fn interpret(
    text: &str,
    candidates: &[Candidate],
    conversation: &Conversation,
    known: Option<&Notification>,
    now: DateTime<Utc>,
) -> Reading {
    let word = match read(text) {
        Said::OptOut(word) => return Reading::OptOut(word),
        Said::OptIn => return Reading::OptIn,
        Said::Remark => return Reading::Remark,
        Said::Word(word) => word,
    };
    let meant: Vec<_> = candidates
        .iter()
        .filter(|candidate| known.is_none_or(|row| of(row, &candidate.prompt)))
        .filter_map(|candidate| Some((candidate, candidate.prompt.answer(word)?)))
        .collect();
    let open: Vec<_> = meant
        .iter()
        .filter(|(candidate, _)| candidate.open)
        .collect();
    match (open.as_slice(), meant.as_slice()) {
        ([(one, answer)], _) => Reading::Answer(one.prompt.clone(), *answer),
        ([], []) => match conversation.choice(word, now) {
            Some((prompt, answer)) => Reading::Answer(prompt.clone(), answer),
            None => Reading::Remark,
        },
        // Nothing is open: the one asked last gets to know why.
        ([], [(last, answer), ..]) => Reading::Answer(last.prompt.clone(), *answer),
        (several, _) => {
            let between = several.iter();
            Reading::AskBack(
                between
                    .map(|(each, answer)| (each.prompt.clone(), *answer))
                    .collect(),
            )
        }
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
