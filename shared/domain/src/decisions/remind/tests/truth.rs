//! Each reason once: what speaks against a reminder when its moment has come.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;

use crate::{
    id::{MeetingId, TriggerId},
    meeting::{BookingStatus, Meeting},
    records::reminders::{ReminderInstance, SettledReminder, Settlement, Skip},
    remind::{GRACE, ReminderDecision, decide_reminder, due, wake_at, wanted},
    sample,
    template::{IfLate, ReminderTrigger},
};

const DAY: TimeDelta = TimeDelta::days(1);

fn trigger(if_late: IfLate) -> ReminderTrigger {
    sample::trigger("day", "soon", 1_440, if_late)
}

/// The sample meeting, announced ten days before, with a reminder a day before.
fn announced() -> Meeting {
    let mut meeting = sample::meeting();
    let (details, revision) = (meeting.details.clone(), meeting.revision);
    sample::tell(&mut meeting, details, revision, true);
    meeting.status = BookingStatus::Booked;
    meeting.take_triggers(&[trigger(IfLate::Skip)]);
    meeting
}

fn instance(meeting: &Meeting) -> ReminderInstance {
    ReminderInstance {
        trigger_id: TriggerId::parse("day").unwrap(),
        revision: meeting.revision,
        due_at: meeting.details.starts_at - DAY,
    }
}

fn verdict(meeting: &Meeting, instance: &ReminderInstance, now: DateTime<Utc>) -> ReminderDecision {
    decide_reminder(
        meeting,
        None,
        sample::deliverability(&sample::settings()),
        instance,
        now,
    )
}

fn moved(meeting: &mut Meeting) {
    let mut details = meeting.details.clone();
    details.starts_at += TimeDelta::hours(30);
    meeting.change_details(details);
}

fn settled(meeting: &mut Meeting) {
    let mark = SettledReminder {
        instance: instance(meeting),
        outcome: Settlement::Sent,
        starts_at: meeting.details.starts_at,
        at: instance(meeting).due_at,
    };
    meeting.settle_reminder(mark, true);
}

#[test]
fn what_is_true_is_sent_from_its_moment_on_until_its_grace_is_over() {
    let meeting = announced();
    let instance = instance(&meeting);
    let at = |late| verdict(&meeting, &instance, instance.due_at + late);
    assert_eq!(at(TimeDelta::seconds(-1)), ReminderDecision::Nothing);
    assert!(matches!(at(TimeDelta::zero()), ReminderDecision::Send(_)));
    assert!(matches!(at(GRACE), ReminderDecision::Send(_)));
    let late = at(GRACE + TimeDelta::seconds(1));
    assert_eq!(late, ReminderDecision::Skip(Skip::Missed));
    assert_eq!(at(DAY), ReminderDecision::Skip(Skip::Started));
}

/// A crowd may take longer than the grace: who is left gets theirs for as long as others do,
/// unless the meeting starts.
#[test]
fn who_is_left_of_a_reminder_is_reminded_while_it_gets_through_to_others() {
    let mut meeting = announced();
    let instance = instance(&meeting);
    let skip = |meeting: &Meeting, at| match verdict(meeting, &instance, at) {
        ReminderDecision::Send(_) => None,
        ReminderDecision::Skip(skip) => Some(skip),
        other => panic!("{other:?}"),
    };
    meeting.begin_reminder(&instance, instance.due_at);
    let mut at = instance.due_at;
    for _ in 0..3 {
        let late = at + GRACE + TimeDelta::seconds(1);
        assert_eq!(
            skip(&meeting, late),
            Some(Skip::Missed),
            "nobody else got it"
        );
        at += GRACE;
        assert_eq!(skip(&meeting, at), None);
        meeting.begin_reminder(&instance, at);
        meeting.reminders.reach(&instance, at);
    }
    let start = meeting.details.starts_at;
    meeting
        .reminders
        .reach(&instance, start - TimeDelta::seconds(1));
    assert_eq!(skip(&meeting, start), Some(Skip::Started));
}

#[test]
fn a_reminder_that_got_through_before_its_moment_is_in_time_as_any_other() {
    let mut meeting = announced();
    let instance = instance(&meeting);
    meeting.begin_reminder(&instance, instance.due_at - DAY);
    meeting.reminders.reach(&instance, instance.due_at - DAY);
    let in_time = verdict(&meeting, &instance, instance.due_at + GRACE);
    assert!(matches!(in_time, ReminderDecision::Send(_)));
}

/// What happened to the meeting, and what then comes of its schedule.
#[rstest]
#[case(|meeting: &mut Meeting| meeting.announced = None, ReminderDecision::Orphan(Skip::TriggerGone))]
#[case(|meeting: &mut Meeting| meeting.archived = true, ReminderDecision::Orphan(Skip::Archived))]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::Cancelled, ReminderDecision::Orphan(Skip::Cancelled))]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::Declined, ReminderDecision::Skip(Skip::Declined))]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::RescheduleRequested, ReminderDecision::Skip(Skip::RescheduleRequested))]
#[case(moved, ReminderDecision::Orphan(Skip::OlderRevision))]
#[case(|meeting: &mut Meeting| { meeting.take_triggers(&[]); }, ReminderDecision::Orphan(Skip::TriggerGone))]
#[case(|meeting: &mut Meeting| meeting.reminders.triggers[0].minutes_before = 60, ReminderDecision::Orphan(Skip::Superseded))]
#[case(settled, ReminderDecision::Nothing)]
fn what_is_not_true_is_not_sent(
    #[case] change: fn(&mut Meeting),
    #[case] expected: ReminderDecision,
) {
    let mut meeting = announced();
    let instance = instance(&meeting);
    change(&mut meeting);
    assert_eq!(verdict(&meeting, &instance, instance.due_at), expected);
    assert!(!wanted(&meeting).contains(&instance));
}

#[test]
fn everyone_who_declined_for_themselves_is_left_out() {
    let mut meeting = announced();
    let bob = &mut meeting.attendees[1];
    bob.response = Some(crate::meeting::Response {
        channel: None,
        answer: crate::values::answer::Answer::Decline,
        revision: 1,
        at: sample::now(),
        wish: None,
        after: None,
    });
    let instance = instance(&meeting);
    let ReminderDecision::Send(plan) = verdict(&meeting, &instance, instance.due_at) else {
        panic!("it is sent to the others");
    };
    assert_eq!(plan.send.recipients.len(), 1);
    assert_eq!(plan.left_out[0].attendee.id.as_str(), "bob");
}

/// R4: told twelve hours before the start.
#[rstest]
#[case(IfLate::Skip)]
#[case(IfLate::SendNow)]
fn a_late_booking_is_skipped_or_sent_at_once(#[case] if_late: IfLate) {
    let mut meeting = announced();
    let told = meeting.details.starts_at - DAY / 2;
    meeting.announced.as_mut().unwrap().since = told;
    meeting.take_triggers(&[trigger(if_late)]);
    let due = due(&meeting, told);
    assert_eq!(due.len(), 1, "to be sent or settled now");
    assert!(wanted(&meeting).is_empty(), "no schedule can come for it");
    match verdict(&meeting, &due[0], told) {
        ReminderDecision::Send(_) => assert_eq!((if_late, due[0].due_at), (IfLate::SendNow, told)),
        other => assert_eq!(
            (if_late, other),
            (IfLate::Skip, ReminderDecision::Skip(Skip::LateBooking))
        ),
    }
}

#[test]
fn the_sweep_looks_when_schedules_differ_or_a_reminder_is_overdue() {
    let mut meeting = announced();
    assert_eq!(
        wake_at(&meeting),
        Some(DateTime::UNIX_EPOCH),
        "none is made yet"
    );
    meeting.reminders.armed = wanted(&meeting);
    let due_at = instance(&meeting).due_at;
    let overdue = wake_at(&meeting).unwrap();
    assert!(overdue > due_at && overdue < due_at + TimeDelta::minutes(5));
    settled(&mut meeting);
    assert_eq!(wake_at(&meeting), None, "nothing is to come");
    meeting.reminders.armed.push(instance(&meeting));
    assert_eq!(
        wake_at(&meeting),
        Some(DateTime::UNIX_EPOCH),
        "one too many"
    );
}

#[test]
fn a_schedules_name_is_scheduler_safe_and_says_which_reminder_it_is_for() {
    let id = |text: &str| MeetingId::parse(text).unwrap();
    let instance = instance(&announced());
    let name = instance.schedule_name(&id("m-1"));
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    assert!(name.len() <= 64 && name.chars().all(safe), "{name}");
    assert_eq!(name, instance.clone().schedule_name(&id("m-1")));
    let others = [
        ReminderInstance {
            trigger_id: TriggerId::parse("hour").unwrap(),
            ..instance.clone()
        },
        ReminderInstance {
            revision: 2,
            ..instance.clone()
        },
        ReminderInstance {
            due_at: instance.due_at + TimeDelta::seconds(1),
            ..instance.clone()
        },
    ];
    assert!(
        others
            .iter()
            .all(|other| other.schedule_name(&id("m-1")) != name)
    );
    assert_ne!(instance.schedule_name(&id("m-2")), name);
}

#[test]
fn what_would_have_gone_to_nobody_was_not_missed() {
    let mut meeting = announced();
    let late = instance(&meeting).due_at + GRACE + TimeDelta::minutes(1);
    let skip = |meeting: &Meeting| match verdict(meeting, &instance(meeting), late) {
        ReminderDecision::Skip(skip) => skip,
        other => panic!("{other:?}"),
    };
    assert_eq!(skip(&meeting), Skip::Missed);
    // The lead attendee was never told, and the others do not come.
    meeting.attendees[0].told.clear();
    for attendee in &mut meeting.attendees[1..] {
        attendee.response = Some(crate::meeting::Response {
            answer: crate::values::answer::Answer::Decline,
            revision: meeting.revision,
            at: sample::now(),
            wish: None,
            channel: None,
            after: None,
        });
    }
    assert_eq!(skip(&meeting), Skip::NobodyLeft);
}
