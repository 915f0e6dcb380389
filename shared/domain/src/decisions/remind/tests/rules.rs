//! The plan, rule by rule: what is armed, what is off and why, and when the sweep looks.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;

use super::visit::{accepted, decide, rows, tell, template, template_with};
use crate::{
    contact::{PhoneNumber, Suppressions},
    id::TriggerId,
    meeting::{BookingStatus, Meeting, Response},
    records::reminders::{ReminderInstance, SettledReminder, Settlement, Skip},
    remind::{
        GRACE, ReminderDecision, ReminderState, State, WhyLeftOut, cut_short_entry, due, goes_on,
        overview, plan, skipped_entry, wake_at, wanted, with_schedules_in_doubt,
    },
    sample,
    send::Deliverability,
    template::{ChannelMode, Template},
    timeline::TimelineKind,
    values::{answer::Answer, kind::NotificationType},
};

const SECOND: TimeDelta = TimeDelta::seconds(1);

/// The sample meeting, which customers were told of ten days before.
fn told(triggers: &[(&str, u32, &str)]) -> (Meeting, Template) {
    let template = template(triggers);
    (super::visit::told(&template), template)
}

fn state(meeting: &Meeting, now: DateTime<Utc>) -> Option<Skip> {
    match plan(meeting, None, now)[0].state {
        State::Armed => None,
        State::Off(skip) => Some(skip),
        State::Settled(mark) => mark.outcome.skip(),
    }
}

#[rstest]
#[case(|_: &mut Meeting| {}, None)]
#[case(|meeting: &mut Meeting| meeting.archived = true, Some(Skip::Archived))]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::Cancelled, Some(Skip::Cancelled))]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::Declined, Some(Skip::Declined))]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::RescheduleRequested, Some(Skip::RescheduleRequested))]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::Draft, None)]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::Invited, None)]
#[case(|meeting: &mut Meeting| meeting.status = BookingStatus::Confirmed, None)]
#[case(|meeting: &mut Meeting| meeting.details.duration_minutes = 5, Some(Skip::UpdateDue))]
fn what_stands_against_a_reminder(#[case] change: fn(&mut Meeting), #[case] skip: Option<Skip>) {
    let (mut meeting, _) = told(&[("day", 1440, "skip")]);
    change(&mut meeting);
    assert_eq!(state(&meeting, sample::now()), skip);
    // An archived or a cancelled meeting does not go on; any other may come back.
    let ended = matches!(skip, Some(Skip::Archived | Skip::Cancelled));
    assert_eq!(goes_on(&meeting), !ended);
    let due_at = meeting.details.starts_at - TimeDelta::days(1);
    assert_eq!(due(&meeting, due_at).len(), usize::from(!ended));
    assert_eq!(due(&meeting, due_at - SECOND), []);
    assert_eq!(wanted(&meeting).len(), usize::from(skip.is_none()));
}

#[test]
fn nothing_is_planned_of_what_nobody_was_told_but_what_the_template_says() {
    let template = template(&[("day", 1440, "skip")]);
    let meeting = sample::meeting();
    assert!(plan(&meeting, None, sample::now()).is_empty());
    let planned = plan(&meeting, Some(&template), sample::now());
    assert_eq!(planned[0].state, State::Off(Skip::NotAnnounced));
    assert!(!goes_on(&meeting) && wanted(&meeting).is_empty());
    // Once they were told, the triggers are the meeting's own.
    let (meeting, _) = told(&[]);
    assert!(plan(&meeting, Some(&template), sample::now()).is_empty());
}

#[test]
fn a_reminder_is_missed_after_its_grace_and_off_once_the_meeting_starts() {
    let (meeting, _) = told(&[("day", 1440, "skip"), ("soon", 10, "skip")]);
    let start = meeting.details.starts_at;
    let due_at = start - TimeDelta::days(1);
    assert_eq!(state(&meeting, due_at + GRACE), None);
    assert_eq!(state(&meeting, due_at + GRACE + SECOND), Some(Skip::Missed));
    let soon = |now| plan(&meeting, None, now)[1].state;
    assert_eq!(soon(start - SECOND), State::Armed);
    assert_eq!(soon(start), State::Off(Skip::Started));
}

#[rstest]
// Customers are told this long after the reminder's moment, and the meeting starts so
// long after that moment.
#[case("skip", -1, None)]
#[case("skip", 0, Some(Skip::LateBooking))]
#[case("skip", 1, Some(Skip::LateBooking))]
#[case("send_now", 0, None)]
#[case("send_now", 1, None)]
#[case("send_now", 1439, None)]
#[case("send_now", 1440, Some(Skip::LateBooking))]
fn a_moment_that_had_passed_when_customers_were_told_is_late(
    #[case] if_late: &str,
    #[case] minutes: i64,
    #[case] skip: Option<Skip>,
) {
    let (mut meeting, _) = told(&[("day", 1440, if_late)]);
    let moment = meeting.details.starts_at - TimeDelta::days(1);
    let told_at = moment + TimeDelta::minutes(minutes);
    meeting.announced.as_mut().unwrap().since = told_at;
    let planned = &plan(&meeting, None, told_at.min(moment))[0];
    match skip {
        Some(skip) => assert_eq!(planned.state, State::Off(skip)),
        None => assert_eq!(planned.state, State::Armed),
    }
    // What is due when customers are told needs no schedule.
    assert_eq!(wanted(&meeting).len(), usize::from(minutes < 0));
    let late = if_late == "send_now" && minutes > 0;
    let due_at = if late { told_at } else { moment };
    assert_eq!(planned.instance.due_at, due_at);
}

#[test]
fn what_was_sent_for_this_very_start_is_not_late() {
    let (mut meeting, _) = told(&[("day", 1440, "send_now")]);
    let instance = wanted(&meeting).remove(0);
    let mark = SettledReminder {
        instance: instance.clone(),
        outcome: Settlement::Sent,
        starts_at: meeting.details.starts_at,
        at: instance.due_at,
    };
    meeting.settle_reminder(mark, true);
    let settled = plan(&meeting, None, instance.due_at)[0].state;
    assert!(matches!(settled, State::Settled(_)));
    // Another revision of the same start, told when the moment had passed.
    meeting.revision = 2;
    let announced = meeting.announced.as_mut().unwrap();
    (announced.revision, announced.since) = (2, instance.due_at + SECOND);
    assert_eq!(state(&meeting, instance.due_at), Some(Skip::AlreadySent));
    assert_eq!(due(&meeting, meeting.details.starts_at).len(), 1);
}

#[test]
fn the_sweep_looks_at_once_where_schedules_differ_and_later_where_they_do_not() {
    let (mut meeting, _) = told(&[("hour", 60, "skip"), ("day", 1440, "skip")]);
    assert_eq!(wake_at(&meeting), Some(DateTime::UNIX_EPOCH));
    // In whichever order they were armed.
    let [hour, day] = <[ReminderInstance; 2]>::try_from(wanted(&meeting)).unwrap();
    meeting.reminders.armed = vec![day.clone(), hour];
    let look = day.due_at + TimeDelta::minutes(2);
    assert_eq!(wake_at(&meeting), Some(look));
    meeting.reminders.armed.pop();
    assert_eq!(wake_at(&meeting), Some(DateTime::UNIX_EPOCH));
    meeting.archived = true;
    meeting.reminders.armed.clear();
    assert_eq!(wake_at(&meeting), None);
}

/// From the write that wants a schedule made or removed until what came of it is written.
#[test]
fn what_is_not_as_it_should_be_is_in_doubt_from_the_write_on() {
    let (mut meeting, _) = told(&[("hour", 60, "skip"), ("day", 1440, "skip")]);
    let [hour, day] = <[ReminderInstance; 2]>::try_from(wanted(&meeting)).unwrap();
    meeting.reminders.armed = vec![day.clone()];
    let written = with_schedules_in_doubt(&meeting);
    assert_eq!(
        (&written.armed, &written.unsure),
        (&vec![day.clone()], &vec![hour.clone()])
    );
    meeting.reminders = written;
    meeting.archived = true;
    meeting.reminders = with_schedules_in_doubt(&meeting);
    assert_eq!(meeting.reminders.armed, []);
    assert_eq!(meeting.reminders.unsure, [hour, day]);
    assert_eq!(wake_at(&meeting), Some(DateTime::UNIX_EPOCH));
    // Wanted again before it was noted that they are gone: that they are there is no more
    // certain for that.
    meeting.archived = false;
    meeting.reminders = with_schedules_in_doubt(&meeting);
    assert_eq!(meeting.reminders.armed, []);
    assert_eq!(wake_at(&meeting), Some(DateTime::UNIX_EPOCH));
    for instance in meeting.reminders.unsure.clone() {
        meeting.reminders.note_schedule(&instance, true);
    }
    assert_eq!(with_schedules_in_doubt(&meeting), meeting.reminders);
    assert_ne!(wake_at(&meeting), Some(DateTime::UNIX_EPOCH));
}

#[test]
fn an_instance_of_other_details_or_another_moment_is_none_of_the_plan() {
    let (mut meeting, template) = told(&[("day", 1440, "skip")]);
    let planned = wanted(&meeting).remove(0);
    let decided = |meeting: &Meeting, instance: &ReminderInstance| {
        decide(meeting, &template, instance, planned.due_at)
    };
    let stranger = ReminderInstance {
        trigger_id: TriggerId::parse("gone").unwrap(),
        ..planned.clone()
    };
    let orphan = ReminderDecision::Orphan;
    assert_eq!(decided(&meeting, &stranger), orphan(Skip::TriggerGone));
    let older = ReminderInstance {
        revision: 0,
        ..planned.clone()
    };
    assert_eq!(decided(&meeting, &older), orphan(Skip::OlderRevision));
    let earlier = ReminderInstance {
        due_at: planned.due_at - SECOND,
        ..planned.clone()
    };
    assert_eq!(decided(&meeting, &earlier), orphan(Skip::Superseded));
    meeting.archived = true;
    assert_eq!(decided(&meeting, &older), orphan(Skip::Archived));
    meeting.archived = false;
    meeting.announced = None;
    meeting.status = BookingStatus::Draft;
    assert_eq!(
        decide(&sample::meeting(), &template, &planned, planned.due_at),
        orphan(Skip::NotAnnounced)
    );
}

fn opted_out(meeting: &Meeting, places: &[usize]) -> Suppressions {
    let numbers = places
        .iter()
        .filter_map(|place| meeting.attendees[*place].phone.clone());
    Suppressions {
        opted_out: numbers.collect::<Vec<PhoneNumber>>().into_iter().collect(),
        ..Suppressions::default()
    }
}

/// The sample meeting, of which all customers were told by email.
fn told_by_email(template: &Template) -> Meeting {
    let mut meeting = sample::meeting();
    meeting.attendees[1].preference = None;
    let kind = NotificationType::Confirmation;
    tell(&mut meeting, template, kind, sample::now());
    meeting
}

/// What comes of a reminder by SMS, with these numbers opted out.
fn by_sms(places: &[usize], change: impl Fn(&mut Meeting)) -> ReminderDecision {
    let template = template_with(&[("day", 1440, "skip")], |body| {
        body.configs[0].channel_mode = ChannelMode::Sms;
    });
    let mut meeting = told_by_email(&template);
    change(&mut meeting);
    let settings = sample::settings();
    let suppressions = opted_out(&meeting, places);
    let deliverability = Deliverability {
        settings: &settings,
        suppressions: &suppressions,
    };
    let planned = wanted(&meeting).remove(0);
    let now = planned.due_at;
    crate::remind::decide_reminder(&meeting, Some(&template), deliverability, &planned, now)
}

#[test]
fn a_reminder_waits_for_nobody_who_is_held_but_says_that_somebody_must_decide() {
    let template = template_with(&[("day", 1440, "skip")], |body| {
        body.configs[0].channel_mode = ChannelMode::Sms;
    });
    let meeting = told_by_email(&template);
    let settings = sample::settings();
    let suppressions = Suppressions {
        held: meeting.attendees[1].phone.iter().cloned().collect(),
        ..opted_out(&meeting, &[0])
    };
    let deliverability = Deliverability {
        settings: &settings,
        suppressions: &suppressions,
    };
    let planned = wanted(&meeting).remove(0);
    let now = planned.due_at;
    assert_eq!(
        crate::remind::decide_reminder(&meeting, Some(&template), deliverability, &planned, now),
        ReminderDecision::Skip(Skip::Held)
    );
}

#[test]
fn a_reminder_that_everyone_has_opted_out_of_is_not_sent() {
    assert_eq!(
        by_sms(&[0, 1], |_| {}),
        ReminderDecision::Skip(Skip::OptedOut)
    );
    let ReminderDecision::Send(plan) = by_sms(&[0], |_| {}) else {
        panic!("Bob gets it");
    };
    assert_eq!(plan.send.recipients.len(), 2);
    assert_eq!(plan.send.kind, NotificationType::Reminder);
    assert_eq!(plan.send.confirm, None);
    // Who cannot be reached for another reason gets a row that says so.
    let unreachable = |meeting: &mut Meeting| meeting.attendees[1].phone = None;
    assert!(matches!(
        by_sms(&[0], unreachable),
        ReminderDecision::Send(_)
    ));
}

#[test]
fn nobody_is_left_where_everyone_answered_for_themselves() {
    let decline = |meeting: &mut Meeting| {
        meeting.attendees[1].response = Some(Response {
            channel: None,
            answer: Answer::Decline,
            revision: meeting.revision,
            at: sample::now(),
            wish: None,
            after: None,
        });
    };
    let ReminderDecision::Send(plan) = by_sms(&[], decline) else {
        panic!("Ann gets it");
    };
    let out: Vec<_> = plan
        .left_out
        .iter()
        .map(|left| (left.attendee.id.as_str(), left.why))
        .collect();
    assert_eq!(out, [("bob", WhyLeftOut::Declined)]);
}

#[test]
fn staff_see_how_each_reminder_stands() {
    let (mut meeting, template) = told(&[("day", 1440, "skip"), ("hour", 60, "skip")]);
    let settings = sample::settings();
    let look = |meeting: &Meeting, now| {
        overview(
            meeting,
            Some(&template),
            sample::deliverability(&settings),
            now,
        )
    };
    let [day, _] = <[_; 2]>::try_from(look(&meeting, sample::now())).unwrap();
    assert_eq!(
        (day.state, day.reason, day.settled_at),
        (ReminderState::Armed, None, None)
    );
    assert_eq!(day.attendees.len(), 2);
    assert!(day.attendees.iter().all(|each| each.reason.is_none()));
    let instance = wanted(&meeting).remove(0);
    for (outcome, state, reason) in [
        (Settlement::Sent, ReminderState::Sent, None),
        (
            Settlement::Skipped(Skip::Missed),
            ReminderState::Skipped,
            Some("missed"),
        ),
        (
            Settlement::Skipped(Skip::Unreachable),
            ReminderState::Skipped,
            Some("unreachable"),
        ),
    ] {
        let mark = SettledReminder {
            instance: instance.clone(),
            outcome,
            starts_at: meeting.details.starts_at,
            at: instance.due_at,
        };
        meeting.settle_reminder(mark, true);
        let day = look(&meeting, sample::now()).remove(0);
        assert_eq!((day.state, day.reason), (state, reason));
        assert_eq!(day.settled_at, Some(instance.due_at));
        assert_eq!(day.explanation, outcome.skip().map(Skip::reason));
        assert!(day.attendees.is_empty(), "the log has them");
    }
    let template = template_with(&[("day", 1440, "skip")], |body| {
        body.configs[0].channel_mode = ChannelMode::Sms;
    });
    let mut meeting = told_by_email(&template);
    for attendee in &mut meeting.attendees {
        attendee.phone = None;
    }
    let deliverability = sample::deliverability(&settings);
    let day = overview(&meeting, Some(&template), deliverability, sample::now()).remove(0);
    assert_eq!(day.reason, Some("unreachable"));
    let open = "Nobody it is meant for can be reached as things stand.";
    assert_eq!(day.explanation, Some(open));
    let why = "The attendee has no phone number.";
    assert_eq!(day.attendees[0].reason.as_deref(), Some(why));
}

#[test]
fn the_timeline_says_what_was_not_sent_and_why() {
    let (meeting, template) = told(&[("day", 1440, "skip")]);
    let instance = wanted(&meeting).remove(0);
    let at = sample::now();
    let entry = skipped_entry(&instance, Skip::Missed, at);
    assert_eq!(
        entry.text,
        format!("Reminder day was not sent: {}", Skip::Missed.reason())
    );
    assert_eq!((entry.at, entry.kind), (at, TimelineKind::ReminderSkipped));
    for (without, whom) in [(1, "1 attendee"), (2, "2 attendees")] {
        let entry = cut_short_entry(&instance, without, Skip::Missed, at);
        let text = format!(
            "Reminder day was not sent to {whom}: {}",
            Skip::Missed.reason()
        );
        assert_eq!(entry.text, text);
    }
    assert_eq!(
        rows(
            &mut meeting.clone(),
            &template,
            NotificationType::Confirmation,
            accepted,
            at
        )
        .len(),
        2
    );
}
