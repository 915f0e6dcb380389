//! Which question a text answers.

use chrono::{DateTime, Utc};

use super::{at, prompt};
use crate::{
    meeting::Meeting,
    notification::{Addressee, Delivery, NotDelivered, Notification},
    records::sms::{Conversation, Prompt},
    reply::{Candidate, QuestionState, Questions, Reading, interpret, questions},
    sample,
    template::Buttons,
    unread::Unread,
    values::{answer::Answer, channel::Channel, kind::MessageKind, lease::Lease},
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
        actor: None,
        deliveries: vec![delivery],
        answers: Vec::new(),
        removal: false,
        dealt_with: None,
        after: 1,
        has_entries: false,
        links: Vec::new(),
        wakes_for_others: false,
        failover: None,
        unread: Unread::default(),
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
    let questions = questions(&prompts, &rows, &[], received_at);
    questions
        .iter()
        .map(|(prompt, _)| prompt.revision)
        .collect()
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

#[test]
fn a_message_that_cannot_be_read_counts_as_asked() {
    let old = prompt("m-1", 0, CODES);
    let new = newer(&old, 10);
    let prompts = [old.clone(), new.clone()];
    let asked = |prompts: &[Prompt], rows: &[Notification], lost: &Prompt| {
        questions(prompts, rows, std::slice::from_ref(&lost.asked_by), at(20))
            .into_iter()
            .map(|(prompt, readable)| (prompt.revision, readable))
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&prompts, &[row(&old, sent())], &new), [(2, false)]);
    assert_eq!(asked(&prompts, &[row(&new, sent())], &old), [(2, true)]);
    assert_eq!(
        asked(&prompts, &[row(&new, doubtful())], &old),
        [(1, false)]
    );
    assert_eq!(asked(&prompts, &[row(&new, refused())], &old), [(1, false)]);
    assert_eq!(asked(&prompts[..1], &[], &new), [], "there is no such row");
}

fn candidate(prompt: Prompt, open: bool) -> Candidate {
    let state = if open {
        QuestionState::Open
    } else {
        QuestionState::Closed
    };
    Candidate { prompt, state }
}

fn unreadable(prompt: &Prompt) -> Candidate {
    Candidate {
        prompt: prompt.clone(),
        state: QuestionState::Unreadable,
    }
}

fn read(text: &str, candidates: &[Candidate]) -> Reading {
    let questions = Questions {
        candidates,
        ..Questions::NONE
    };
    interpret(text, questions, &Conversation::default(), at(30))
}

#[test]
fn a_code_of_one_question_only_answers_that_one() {
    let (digits, letters) = (prompt("m-1", 0, CODES), prompt("m-2", 1, ["Y", "R", "N"]));
    let both = [
        candidate(letters.clone(), true),
        candidate(digits.clone(), true),
    ];
    assert_eq!(
        read("1", &both),
        Reading::Answer(Box::new(digits), Answer::Accept)
    );
    assert_eq!(
        read("n", &both),
        Reading::Answer(Box::new(letters), Answer::Decline)
    );
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
    assert_eq!(
        read("1", &one_open),
        Reading::Answer(Box::new(b), Answer::Decline)
    );
    let none_open = [candidate(a.clone(), false)];
    assert_eq!(
        read("1", &none_open),
        Reading::Answer(Box::new(a), Answer::Accept)
    );
}

#[test]
fn a_known_message_decides() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 1, CODES));
    let both = [candidate(b.clone(), true), candidate(a.clone(), true)];
    let known = row(&a, sent());
    let read = |known: &Notification, lost| {
        let questions = Questions {
            candidates: &both,
            lost,
            known: Some(known),
        };
        interpret("1", questions, &Conversation::default(), at(30))
    };
    let reading = read(&known, false);
    assert_eq!(reading, Reading::Answer(Box::new(a), Answer::Accept));
    let other = row(&prompt("m-3", 2, CODES), sent());
    let reading = read(&other, false);
    assert_eq!(reading, Reading::Remark, "not an answer to another meeting");
    assert_eq!(read(&other, true), Reading::Unclear, "its question is lost");
}

#[test]
fn what_may_answer_a_question_that_cannot_be_read_answers_no_other() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 1, CODES));
    let c = prompt("m-3", 2, ["Y", "R", "N"]);
    for others in [
        vec![],
        vec![candidate(b.clone(), true)],
        vec![candidate(b.clone(), false)],
        vec![candidate(b.clone(), true), candidate(c.clone(), true)],
    ] {
        let mut all = others.clone();
        all.push(unreadable(&a));
        assert_eq!(read("1", &all), Reading::Unclear, "{others:?}");
        let questions = Questions {
            candidates: &others,
            lost: true,
            known: None,
        };
        let conversation = Conversation::default();
        let reading = interpret("1", questions, &conversation, at(30));
        assert_eq!(reading, Reading::Unclear, "{others:?}");
        let reading = interpret("STOP", questions, &conversation, at(30));
        assert_eq!(reading, Reading::OptOut("STOP"), "{others:?}");
    }
    // A code of its own says which one is meant; so does a letter that was given out.
    let all = [candidate(c.clone(), true), unreadable(&a)];
    assert_eq!(
        read("y", &all),
        Reading::Answer(Box::new(c.clone()), Answer::Accept)
    );
    let mut conversation = Conversation::default();
    let letters = conversation.give_letters(&[a.clone(), c.clone()], at(20));
    assert_eq!(letters, Some(vec!['A', 'B']));
    let questions = Questions {
        candidates: &all,
        lost: true,
        known: None,
    };
    let reading = interpret("YB", questions, &conversation, at(30));
    assert_eq!(reading, Reading::Answer(Box::new(c), Answer::Accept));
}

#[test]
fn a_question_was_asked_from_the_moment_it_went_out() {
    let question = prompt("m-1", 10, CODES);
    let list = [(&question, sent())];
    assert_eq!(asked(&list, at(9)), [0; 0]);
    assert_eq!(asked(&list, at(10)), [1]);
}

#[test]
fn the_question_asked_last_comes_first_and_each_subject_once() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 5, CODES));
    let prompts = [a.clone(), b.clone(), newer(&a, 10)];
    let rows: Vec<_> = prompts.iter().map(|prompt| row(prompt, sent())).collect();
    let found = questions(&prompts, &rows, &[], at(20));
    let found: Vec<_> = found
        .iter()
        .map(|(prompt, readable)| (prompt.meeting().as_str(), prompt.revision, *readable))
        .collect();
    assert_eq!(found, [("m-1", 2, true), ("m-2", 1, true)]);
}

#[test]
fn a_message_whose_sms_was_not_used_asked_nothing() {
    let question = prompt("m-1", 0, CODES);
    let mut skipped = row(&question, sent());
    skipped.deliveries[0].status = crate::notification::DeliveryStatus::Skipped;
    let found =
        |row: Notification| questions(std::slice::from_ref(&question), &[row], &[], at(20)).len();
    assert_eq!(found(skipped.clone()), 0);
    skipped.deliveries[0].channel = crate::values::channel::Channel::Email;
    skipped.deliveries[0].status = crate::notification::DeliveryStatus::Sent;
    assert_eq!(found(skipped), 0, "it went by email");
}

#[test]
fn the_prompt_of_a_known_message_is_found_by_its_id() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 5, CODES));
    let prompts = [a.clone(), b.clone()];
    assert_eq!(crate::reply::asked_by(&prompts, &b.asked_by), Some(b));
    let other = prompt("m-3", 0, CODES);
    assert_eq!(crate::reply::asked_by(&prompts, &other.asked_by), None);
}

#[test]
fn of_a_known_message_only_the_same_attendees_question_is_meant() {
    let ann = prompt("m-1", 0, CODES);
    let mut known = row(&ann, sent());
    known.recipient.id = crate::id::AttendeeId::parse("bob").unwrap();
    let candidates = [candidate(ann, true)];
    let questions = Questions {
        candidates: &candidates,
        lost: false,
        known: Some(&known),
    };
    let reading = interpret("1", questions, &Conversation::default(), at(30));
    assert_eq!(reading, Reading::Remark);
}

#[test]
fn of_several_closed_questions_the_one_asked_last_says_why() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 1, CODES));
    let closed = [candidate(b.clone(), false), candidate(a, false)];
    assert_eq!(
        read("3", &closed),
        Reading::Answer(Box::new(b), Answer::Decline)
    );
    assert_eq!(read("start", &closed), Reading::OptIn);
    assert_eq!(read("1 please", &closed), Reading::Remark);
}

#[test]
fn what_is_nearly_an_answer_is_asked_again_of_every_open_question() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 1, CODES));
    let closed = prompt("m-3", 2, CODES);
    let asked = [
        candidate(b.clone(), true),
        candidate(a.clone(), true),
        candidate(closed, false),
    ];
    let both = vec![(b.clone(), Answer::Decline), (a, Answer::Decline)];
    assert_eq!(read("3!", &asked), Reading::Nearly(both));
    for text in [
        "<3",
        "13",
        "1 and 4",
        "at 1",
        "Ok thanks",
        "No problem",
        "👍",
        "",
    ] {
        assert_eq!(read(text, &asked), Reading::Remark, "{text}");
    }
    let long = "1 please please please please please please please please";
    assert_eq!(read(long, &asked), Reading::Remark);
    let unreadable = Candidate {
        prompt: b,
        state: QuestionState::Unreadable,
    };
    assert_eq!(read("1 please", &[unreadable]), Reading::Unclear);
}

#[test]
fn a_wish_comes_before_what_cannot_be_read_and_after_what_is_a_code() {
    let lost = Questions {
        lost: true,
        ..Questions::NONE
    };
    let read_lost = |text| interpret(text, lost, &Conversation::default(), at(30));
    assert_eq!(read_lost("unsubcribe"), Reading::Revocation);
    assert_eq!(read_lost("take me off your list"), Reading::Revocation);
    assert_eq!(read_lost("1"), Reading::Unclear);
    assert_eq!(read_lost("STOPP"), Reading::OptOut("STOPP"));
    let asked = [candidate(prompt("m-1", 0, ["unsubcribe", "2", "3"]), true)];
    assert!(matches!(
        read("unsubcribe", &asked),
        Reading::Answer(_, Answer::Accept)
    ));
}
