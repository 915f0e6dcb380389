//! Which marks a meeting keeps of its reminders, rule by rule.

use chrono::TimeDelta;
use rstest::rstest;
use strum::VariantArray as _;

use super::*;
use crate::{sample, template::IfLate, values::kind::NotificationType};

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}

fn mark(trigger: &str, revision: u32, outcome: Settlement) -> SettledReminder {
    SettledReminder {
        instance: ReminderInstance {
            trigger_id: TriggerId::parse(trigger).unwrap(),
            revision,
            due_at: at(i64::from(revision)),
        },
        outcome,
        starts_at: at(60),
        at: at(0),
    }
}

const MISSED: Settlement = Settlement::Skipped(Skip::Missed);

fn trigger(id: &str, minutes_before: u32) -> ReminderTrigger {
    ReminderTrigger {
        id: TriggerId::parse(id).unwrap(),
        config_id: NotificationType::Reminder.config_id(),
        minutes_before,
        if_late: IfLate::Skip,
    }
}

/// Of the marks at these revisions, those that are left once the reminder of revision 5,
/// which is current, is settled; customers were told of revision 4.
fn left(old: &[(u32, Settlement)], outcome: Settlement) -> Vec<u32> {
    let marks = old
        .iter()
        .map(|(revision, outcome)| mark("day", *revision, *outcome));
    let mut reminders = Reminders {
        marks: marks.collect(),
        ..Reminders::default()
    };
    reminders.settle(mark("day", 5, outcome), 5, Some(4));
    let revisions = reminders.marks.iter().map(|mark| mark.instance.revision);
    revisions.collect()
}

#[test]
fn marks_of_revisions_that_may_come_back_are_kept_and_so_is_the_last_time_it_was_sent() {
    use Settlement::Sent;
    assert_eq!(left(&[(5, Sent)], MISSED), [5], "one mark of a revision");
    assert_eq!(left(&[(4, MISSED)], Sent), [4, 5], "what was told");
    assert_eq!(left(&[(3, MISSED)], Sent), [5], "a revision that is gone");
    assert_eq!(
        left(&[(3, Sent)], MISSED),
        [3, 5],
        "the last time it was sent"
    );
    assert_eq!(left(&[(3, Sent)], Sent), [5], "it was sent again since");
}

#[test]
fn the_current_revision_may_come_back_while_an_older_one_is_settled() {
    let mut reminders = Reminders {
        marks: vec![mark("day", 5, MISSED)],
        ..Reminders::default()
    };
    reminders.settle(mark("day", 4, MISSED), 5, None);
    assert_eq!(reminders.marks.len(), 2);
}

#[test]
fn another_triggers_marks_are_left_alone() {
    let other = mark("hour", 1, MISSED);
    let mut reminders = Reminders {
        marks: vec![other.clone()],
        ..Reminders::default()
    };
    let settled = mark("day", 5, MISSED);
    reminders.settle(settled.clone(), 5, None);
    assert_eq!(reminders.marks, [other, settled]);
}

#[test]
fn the_oldest_mark_makes_room_for_one_too_many() {
    let old = (0..MAX_MARKS).map(|i| mark(&format!("t{i}"), 1, MISSED));
    let mut reminders = Reminders {
        marks: old.collect(),
        ..Reminders::default()
    };
    reminders.marks.pop();
    reminders.settle(mark("day", 1, MISSED), 1, None);
    assert_eq!(reminders.marks.len(), MAX_MARKS);
    assert_eq!(reminders.marks[0].instance.trigger_id.as_str(), "t0");
    reminders.settle(mark("hour", 1, MISSED), 1, None);
    assert_eq!(reminders.marks.len(), MAX_MARKS);
    assert_eq!(reminders.marks[0].instance.trigger_id.as_str(), "t1");
}

#[rstest]
#[case::the_same_moment(trigger("day", 60), true)]
#[case::another_moment(trigger("day", 30), false)]
#[case::another_trigger(trigger("hour", 60), false)]
fn what_was_skipped_of_a_trigger_stays_so_at_the_same_moment_only(
    #[case] taken: ReminderTrigger,
    #[case] stays: bool,
) {
    let sent = mark("gone", 1, Settlement::Sent);
    let mut reminders = Reminders {
        triggers: vec![trigger("day", 60)],
        marks: vec![sent.clone(), mark("day", 1, MISSED)],
        ..Reminders::default()
    };
    let others = reminders.take_triggers(std::slice::from_ref(&taken));
    assert_eq!(others, !stays);
    assert_eq!(reminders.triggers, [taken]);
    assert_eq!(reminders.marks.len(), 1 + usize::from(stays));
    assert_eq!(reminders.marks[0], sent, "what went out went out");
}

#[test]
fn a_mark_is_of_one_trigger_at_one_revision() {
    let day = TriggerId::parse("day").unwrap();
    let reminders = Reminders {
        marks: vec![mark("hour", 1, MISSED), mark("day", 2, MISSED)],
        ..Reminders::default()
    };
    assert_eq!(reminders.mark(&day, 2), Some(&reminders.marks[1]));
    assert_eq!(reminders.mark(&day, 1), None);
}

#[test]
fn a_trigger_was_sent_for_a_start_if_it_went_out_for_that_very_one() {
    let day = TriggerId::parse("day").unwrap();
    let sent_for = |mark: SettledReminder, starts_at| {
        let reminders = Reminders {
            marks: vec![mark],
            ..Reminders::default()
        };
        reminders.sent_for(&day, starts_at)
    };
    assert!(sent_for(mark("day", 1, Settlement::Sent), at(60)));
    assert!(!sent_for(mark("day", 1, Settlement::Sent), at(61)));
    assert!(!sent_for(mark("day", 1, MISSED), at(60)));
    assert!(!sent_for(mark("hour", 1, Settlement::Sent), at(60)));
}

#[test]
fn an_announcement_opens_what_waited_for_it_and_nothing_else() {
    let waits = [Skip::NotAnnounced, Skip::UpdateDue].map(Settlement::Skipped);
    let marks = |revision: u32| {
        let all = waits.into_iter().chain([MISSED, Settlement::Sent]);
        all.map(move |outcome| mark("day", revision, outcome))
    };
    let mut reminders = Reminders {
        marks: marks(1).chain(marks(2)).collect(),
        ..Reminders::default()
    };
    reminders.announced(2);
    let left: Vec<_> = marks(1).chain(marks(2).skip(2)).collect();
    assert_eq!(reminders.marks, left);
}

#[test]
fn each_reason_is_a_word_and_a_sentence_of_its_own() {
    let mut words: Vec<_> = Skip::VARIANTS.iter().map(|skip| skip.code()).collect();
    let mut sentences: Vec<_> = Skip::VARIANTS.iter().map(|skip| skip.reason()).collect();
    assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
    let all = words.len();
    words.sort_unstable();
    words.dedup();
    sentences.sort_unstable();
    sentences.dedup();
    assert_eq!((words.len(), sentences.len()), (all, all));
    assert_eq!(Skip::LateBooking.code(), "late_booking");
    assert_eq!(Settlement::Sent.skip(), None);
    assert_eq!(MISSED.skip(), Some(Skip::Missed));
}

fn instance(revision: u32) -> ReminderInstance {
    mark("day", revision, MISSED).instance
}

#[test]
fn misses_are_kept_once_each_and_those_that_were_dealt_with_make_room() {
    let mut reminders = Reminders::default();
    for skip in Skip::VARIANTS {
        reminders.miss(&instance(1), *skip);
        reminders.miss(&instance(1), *skip);
    }
    assert_eq!(reminders.missed.len(), 1, "one instance");
    let misses = Skip::VARIANTS.iter().filter(|skip| skip.is_a_miss());
    assert_eq!(
        misses.collect::<Vec<_>>(),
        [&Skip::Started, &Skip::Missed],
        "nobody wished so"
    );
    for revision in 2..=50 {
        reminders.miss(&instance(revision), Skip::Missed);
    }
    reminders.missed[7].dealt_with = true;
    reminders.miss(&instance(51), Skip::Missed);
    assert_eq!(reminders.missed.len(), 50);
    assert_eq!(reminders.open_misses().count(), 50);
    reminders.miss(&instance(52), Skip::Missed);
    assert_eq!(reminders.missed[0].instance, instance(2), "the oldest");
}

#[test]
fn a_schedule_is_there_in_doubt_or_gone() {
    let mut reminders = Reminders::default();
    let there = |reminders: &Reminders| {
        let lists = [&reminders.armed, &reminders.unsure];
        lists.map(|list| list.iter().filter(|each| **each == instance(1)).count())
    };
    for _ in 0..2 {
        reminders.note_schedule(&instance(1), true);
        assert_eq!(there(&reminders), [1, 0]);
    }
    for _ in 0..2 {
        reminders.doubt_schedule(&instance(1));
        assert_eq!(there(&reminders), [0, 1]);
    }
    reminders.note_schedule(&instance(1), false);
    assert_eq!(there(&reminders), [0, 0]);
}

#[test]
fn a_reminder_is_begun_once_and_until_it_is_sent() {
    let sent = mark("day", 5, Settlement::Sent);
    let begin = |reminders: &mut Reminders, revision, minutes| {
        let mark = mark("day", revision, Settlement::Sent);
        reminders.begin(&mark.instance, 5, Some(4), at(minutes))
    };
    let mut reminders = Reminders::default();
    assert_eq!(reminders.begun_at(&sent.instance), None);
    assert_eq!(begin(&mut reminders, 5, 0), at(0));
    assert_eq!(
        begin(&mut reminders, 5, 7),
        at(0),
        "whoever goes on with it"
    );
    let hour = mark("hour", 5, Settlement::Sent).instance;
    assert_eq!(reminders.begun_at(&hour), None, "another trigger's");
    reminders.settle(mark("day", 5, MISSED), 5, Some(4));
    let begun = reminders.begun_at(&sent.instance);
    assert_eq!(begun, Some(at(0)), "it may come back");
    reminders.settle(sent.clone(), 5, Some(4));
    assert_eq!(reminders.begun_at(&sent.instance), None);
}

#[test]
fn whom_a_reminder_reached_last_is_known_once_it_is_begun_and_of_it_alone() {
    let [day, hour] = ["day", "hour"].map(|trigger| mark(trigger, 5, Settlement::Sent).instance);
    let mut reminders = Reminders::default();
    reminders.reach(&day, at(0));
    assert_eq!(reminders.reached_at(&day), None);
    for instance in [&day, &hour] {
        reminders.begin(instance, 5, Some(4), at(1));
    }
    assert_eq!(reminders.reached_at(&day), None);
    reminders.reach(&day, at(2));
    assert_eq!(reminders.reached_at(&day), Some(at(2)));
    assert_eq!(reminders.reached_at(&hour), None);
}

#[test]
fn what_was_begun_is_forgotten_with_its_revision() {
    let mut reminders = Reminders::default();
    for revision in [3, 4, 5] {
        let instance = mark("day", revision, Settlement::Sent).instance;
        reminders.begin(&instance, revision, Some(revision), at(0));
    }
    let hour = mark("hour", 6, Settlement::Sent).instance;
    reminders.begin(&hour, 6, Some(4), at(1));
    let begun = reminders.begun.iter().map(|begun| begun.revision);
    assert_eq!(begun.collect::<Vec<_>>(), [6], "none of them may come back");
    let mut reminders = Reminders::default();
    reminders.begin(
        &mark("day", 4, Settlement::Sent).instance,
        4,
        Some(4),
        at(0),
    );
    reminders.begin(&hour, 6, Some(4), at(1));
    let begun = reminders.begun.iter().map(|begun| begun.revision);
    assert_eq!(begun.collect::<Vec<_>>(), [4, 6], "customers know that one");
}
