//! Which question a text answers. Never a guess: what could be the answer to
//! several is asked back, and what is none, or may answer what cannot be read, is left
//! for people to read (S5).

use chrono::{DateTime, Utc};

use super::{Conversation, Prompt, Said, read};
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

impl<'a> Questions<'a> {
    /// Of a text that may answer nothing.
    pub const NONE: Questions<'static> = Questions {
        candidates: &[],
        lost: false,
        known: None,
    };

    /// Those that a word is an answer to, each with that: where it is known which message was
    /// answered, those of its attendee alone.
    fn answered_by(self, word: &str) -> Vec<(&'a Candidate, Answer)> {
        let is_meant = |prompt: &Prompt| self.known.is_none_or(|row| of(row, prompt));
        let meant = self.candidates.iter();
        let meant = meant.filter(|candidate| is_meant(&candidate.prompt));
        meant
            .filter_map(|candidate| Some((candidate, candidate.prompt.answer(word)?)))
            .collect()
    }
}

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// No more SMS; by which word.
    OptOut(&'static str),
    /// SMS again.
    OptIn,
    /// An answer to one question.
    Answer(Box<Prompt>, Answer),
    /// An answer that several questions offer: which one is to be asked back.
    AskBack(Vec<(Prompt, Answer)>),
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

/// Reads a text.
pub fn interpret(
    text: &str,
    questions: Questions<'_>,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> Reading {
    let word = match read(text) {
        Said::OptOut(word) => return Reading::OptOut(word),
        Said::OptIn => return Reading::OptIn,
        Said::Remark => return Reading::Remark,
        Said::Word(word) => word,
    };
    let meant = questions.answered_by(word);
    let is_open = |(candidate, _): &(&Candidate, Answer)| candidate.state != QuestionState::Closed;
    let open: Vec<_> = meant.iter().copied().filter(is_open).collect();
    let unreadable =
        |(candidate, _): &(&Candidate, Answer)| candidate.state == QuestionState::Unreadable;
    if meant.is_empty()
        && let Some((prompt, answer)) = conversation.choice(word, now)
    {
        return Reading::Answer(Box::new(prompt.clone()), answer);
    }
    if questions.lost || open.iter().any(unreadable) {
        return Reading::Unclear;
    }
    let answer = |(to, answer): &(&Candidate, Answer)| (to.prompt.clone(), *answer);
    match (open.as_slice(), meant.as_slice()) {
        ([], []) => Reading::Remark,
        // Where nothing is open, the one asked last gets to know why.
        ([one], _) | ([], [one, ..]) => {
            let (prompt, answer) = answer(one);
            Reading::Answer(Box::new(prompt), answer)
        }
        (several, _) => Reading::AskBack(several.iter().map(answer).collect()),
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
