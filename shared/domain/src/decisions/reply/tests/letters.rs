//! Letters: one meaning each, for as long as they are kept.

use super::{at, prompt};
use crate::{
    id::AttendeeId,
    records::sms::{Conversation, MAX_REPLIES},
    records::sms::{Hearing, MAX_TEXTS, Prompt},
    values::answer::Answer,
};

const CODES: [&str; 3] = ["1", "2", "3"];

#[test]
fn a_letter_keeps_its_meaning_and_other_details_get_another() {
    let (a, b) = (prompt("m-1", 0, CODES), prompt("m-2", 1, CODES));
    let mut talk = Conversation::default();
    assert_eq!(
        talk.give_letters(&[a.clone(), b.clone()], at(2)),
        Some(vec!['A', 'B'])
    );
    let mut moved = b.clone();
    moved.revision = 2;
    let again = talk.give_letters(&[moved.clone(), a.clone()], at(3));
    assert_eq!(again, Some(vec!['C', 'A']));
    assert_eq!(talk.choice("1b", at(4)), Some((&b, Answer::Accept)));
    assert_eq!(talk.choice("3C", at(4)), Some((&moved, Answer::Decline)));
    for word in ["B", "1", "1D", "4A", "1AA", "A1", ""] {
        assert_eq!(talk.choice(word, at(4)), None, "{word}");
    }
    let after_a_month = at(31 * 24 * 60);
    assert_eq!(talk.choice("1A", after_a_month), None);
}

#[test]
fn a_question_is_asked_again_once_and_the_last_twenty_are_remembered() {
    let mut talk = Conversation::default();
    let prompts: Vec<_> = (0..21).map(|i| prompt("m-1", i, CODES)).collect();
    assert!(!talk.was_asked_again(&prompts[0]));
    talk.ask_again(&prompts[..2]);
    talk.ask_again(&prompts[..2]);
    assert!(talk.was_asked_again(&prompts[0]) && talk.asked_again.len() == 2);
    talk.ask_again(&prompts);
    assert_eq!(talk.asked_again.len(), 20);
    assert!(!talk.was_asked_again(&prompts[0]) && talk.was_asked_again(&prompts[20]));
}

#[test]
fn a_letter_that_would_spell_a_code_is_passed_over() {
    let mut talk = Conversation::default();
    let prompts = [prompt("m-1", 0, CODES), prompt("m-2", 0, ["1", "1A", "2b"])];
    assert_eq!(talk.give_letters(&prompts, at(0)), Some(vec!['C', 'D']));
}

#[test]
fn letters_run_out_before_one_is_given_twice() {
    let mut talk = Conversation::default();
    let prompts: Vec<_> = (0..27)
        .map(|i| prompt(&format!("m-{i}"), 0, CODES))
        .collect();
    assert!(talk.clone().give_letters(&prompts, at(0)).is_none());
    let letters = talk.give_letters(&prompts[..26], at(0)).unwrap();
    assert_eq!(letters, ('A'..='Z').collect::<Vec<_>>());
}

#[test]
fn a_number_is_answered_so_often_an_hour_and_no_more() {
    let mut talk = Conversation::default();
    for minute in (0..).take(MAX_REPLIES) {
        assert!(talk.may_reply(at(minute)));
        talk.replied(at(minute));
    }
    assert!(!talk.may_reply(at(59)));
    assert!(talk.may_reply(at(60)), "the first is an hour ago");
}

#[test]
fn a_number_is_heard_so_often_a_day() {
    let mut talk = Conversation::default();
    for _ in 1..MAX_TEXTS {
        assert_eq!(talk.hear(at(0)), Hearing::Full);
    }
    assert_eq!(talk.hear(at(1)), Hearing::Last);
    assert_eq!(talk.hear(at(2)), Hearing::OptOutsOnly);
    let day = 24 * 60;
    assert_eq!(talk.hear(at(day - 1)), Hearing::OptOutsOnly);
    assert_eq!(talk.texts.since, at(0));
    assert_eq!(talk.hear(at(day)), Hearing::Full, "a day after the first");
    assert_eq!((talk.texts.since, talk.texts.count), (at(day), 1));
}

#[test]
fn only_replies_of_the_last_hour_are_kept() {
    let mut talk = Conversation::default();
    talk.replied(at(0));
    talk.replied(at(30));
    talk.replied(at(60));
    assert_eq!(talk.replied_at, [at(30), at(60)]);
}

#[test]
fn a_letter_is_kept_for_a_month_from_the_last_time_it_was_given_out() {
    let month = 30 * 24 * 60;
    let mut talk = Conversation::default();
    let prompts = [prompt("m-1", 0, CODES)];
    assert_eq!(talk.give_letters(&prompts, at(0)), Some(vec!['A']));
    assert_eq!(talk.give_letters(&prompts, at(5)), Some(vec!['A']));
    assert_eq!(talk.choices.len(), 1);
    assert!(talk.choice("1A", at(month + 4)).is_some());
    assert_eq!(talk.choice("1A", at(month + 5)), None);
    // Another question may have it once it is forgotten, and not before.
    let other = [prompt("m-2", 0, CODES)];
    let given = |at| talk.clone().give_letters(&other, at);
    assert_eq!(given(at(month + 4)), Some(vec!['B']));
    assert_eq!(given(at(month + 5)), Some(vec!['A']));
}

#[test]
fn a_letter_stands_for_one_attendee_one_revision_and_the_same_codes() {
    let first = prompt("m-1", 0, CODES);
    let given = |other: Prompt| {
        let mut talk = Conversation::default();
        talk.give_letters(std::slice::from_ref(&first), at(0));
        talk.give_letters(&[other], at(1))
    };
    assert_eq!(given(first.clone()), Some(vec!['A']));
    let mut other = first.clone();
    other.revision += 1;
    assert_eq!(given(other), Some(vec!['B']));
    let mut other = first.clone();
    other.attendee = AttendeeId::parse("bob").unwrap();
    assert_eq!(given(other), Some(vec!['B']));
    let mut other = first.clone();
    other.codes.pop();
    assert_eq!(given(other), Some(vec!['B']));
    let other = prompt("m-2", 0, CODES);
    assert_eq!(given(other), Some(vec!['B']));
}
