//! Which question a text answers.

use chrono::{DateTime, Utc};

use super::{at, prompt};
use crate::{
    answer::Answer,
    meeting::Meeting,
    notification::{Addressee, Channel, Delivery, Lease, MessageKind, NotDelivered, Notification},
    reply::{Candidate, Conversation, Prompt, Reading, interpret, questions},
    sample,
    template::Buttons,
};

const CODES: [&str; 3] = ["1", "2", "3"];

fn row(prompt: &Prompt, result: Result<String, NotDelivered>) -> Notification {
    let Meeting {
        details, attendees, ..
    } = sample::meeting();
    let lease = Lease::new("owner".to_owned(), prompt.asked_at);
    let mut delivery = Delivery::dispatching(Channel::Sms, None, lease, prompt.asked_at);
    delivery.settle(result, prompt.asked_at);
    Notification {
        id: prompt.asked_by.clone(),
        version: 1,
        kind: MessageKind::ConfirmationRequest,
        config_id: crate::id::ConfigId::parse("ask").unwrap(),
        recipient: Addressee::of(&attendees[0]),
        staff: None,
        revision: prompt.revision,
        details,
        buttons: Buttons::default(),
        created_at: prompt.asked_at,
        deliveries: vec![delivery],
        answers: Vec::new(),
        dealt_with: None,
    }
}

fn sent() -> Result<String, NotDelivered> {
    Ok("id".to_owned())
}

fn doubtful() -> Result<String, NotDelivered> {
    Err(NotDelivered::Doubtful("no answer".to_owned()))
}

fn refused() -> Result<String, NotDelivered> {
    Err(NotDelivered::Refused("no".to_owned()))
}

/// The same question, asked again later of newer details.
fn newer(prompt: &Prompt, minutes: i64) -> Prompt {
    Prompt {
        revision: prompt.revision + 1,
        ..super::prompt(prompt.meeting().as_str(), minutes, CODES)
    }
}

fn asked(list: &[(&Prompt, Result<String, NotDelivered>)], received_at: DateTime<Utc>) -> Vec<u32> {
    let prompts: Vec<_> = list.iter().map(|(prompt, _)| (*prompt).clone()).collect();
    let rows: Vec<_> = list
        .iter()
        .map(|(prompt, result)| row(prompt, result.clone()))
        .collect();
    let questions = questions(&prompts, &rows, received_at);
    questions.iter().map(|prompt| prompt.revision).collect()
}

#[test]
fn only_what_was_certainly_seen_is_answered() {
    let old = prompt("m-1", 0, CODES);
    let new = newer(&old, 10);
    for (old_went, new_went, received, expected) in [
        (sent(), sent(), 20, vec![2]),
        (sent(), refused(), 20, vec![1]),
        (sent(), doubtful(), 20, vec![1]),
        (doubtful(), doubtful(), 20, vec![2]),
        (refused(), doubtful(), 20, vec![2]),
        (refused(), refused(), 20, vec![]),
        // Texted before the newer question was asked, and delivered late.
        (sent(), sent(), 5, vec![1]),
        (sent(), sent(), -1, vec![]),
    ] {
        let list = [(&old, old_went), (&new, new_went)];
        assert_eq!(asked(&list, at(received)), expected, "{list:?} {received}");
    }
}

fn candidate(prompt: Prompt, open: bool) -> Candidate {
    Candidate { prompt, open }
}

fn read(text: &str, candidates: &[Candidate]) -> Reading {
    interpret(text, candidates, &Conversation::default(), None, at(30))
}

#[test]
fn a_code_of_one_question_only_answers_that_one() {
    let (digits, letters) = (prompt("m-1", 0, CODES), prompt("m-2", 1, ["Y", "R", "N"]));
    let both = [
        candidate(letters.clone(), true),
        candidate(digits.clone(), true),
    ];
    assert_eq!(read("1", &both), Reading::Answer(digits, Answer::Accept));
    assert_eq!(read("n", &both), Reading::Answer(letters, Answer::Decline));
    assert_eq!(read("4", &both), Reading::Remark);
}

#[test]
fn several_are_asked_back_with_what_each_would_answer() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 1, ["3", "2", "1"]));
    let both = [candidate(a.clone(), true), candidate(b.clone(), true)];
    let between = vec![(a.clone(), Answer::Accept), (b.clone(), Answer::Decline)];
    assert_eq!(read("1", &both), Reading::AskBack(between));
    // What is closed does not stand in the way of what is open.
    let one_open = [candidate(a.clone(), false), candidate(b.clone(), true)];
    assert_eq!(read("1", &one_open), Reading::Answer(b, Answer::Decline));
    let none_open = [candidate(a.clone(), false)];
    assert_eq!(read("1", &none_open), Reading::Answer(a, Answer::Accept));
}

#[test]
fn a_known_message_decides() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 1, CODES));
    let both = [candidate(b.clone(), true), candidate(a.clone(), true)];
    let known = row(&a, sent());
    let reading = interpret("1", &both, &Conversation::default(), Some(&known), at(30));
    assert_eq!(reading, Reading::Answer(a, Answer::Accept));
    let other = row(&prompt("m-3", 2, CODES), sent());
    let reading = interpret("1", &both, &Conversation::default(), Some(&other), at(30));
    assert_eq!(reading, Reading::Remark, "not an answer to another meeting");
}
