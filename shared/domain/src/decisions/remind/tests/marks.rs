//! What has been settled stays so, as the meeting moves on.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;

use super::visit::{decide, instance, postpone, prolong, remind, settle, tell, template, told};
use crate::{
    meeting::Meeting,
    records::reminders::{Settlement, Skip},
    remind::{ReminderDecision, ReminderState, due, overview, wanted},
    sample,
    template::Template,
    values::kind::NotificationType,
};

/// How the first reminder stands, in the plan that staff see.
fn stands(meeting: &Meeting, template: &Template, now: DateTime<Utc>) -> (ReminderState, String) {
    let view = overview(
        meeting,
        Some(template),
        sample::deliverability(&sample::settings()),
        now,
    )
    .remove(0);
    let explained = view.explanation.is_some();
    assert_eq!(explained, view.state == ReminderState::Skipped);
    (view.state, view.reason.unwrap_or_default().to_owned())
}

#[rstest]
fn a_change_of_another_field_does_not_send_it_again(#[values("skip", "send_now")] if_late: &str) {
    let template = template(&[("day", 1_440, if_late)]);
    let mut meeting = told(&template);
    let sent = remind(&mut meeting, &template);
    let now = sent.due_at + TimeDelta::minutes(10);
    for _ in 0..2 {
        prolong(&mut meeting);
        tell(&mut meeting, &template, NotificationType::Update, now);
        assert_eq!(wanted(&meeting), []);
        let late = due(&meeting, now).remove(0);
        let verdict = decide(&meeting, &template, &late, now);
        assert_eq!(verdict, ReminderDecision::Skip(Skip::AlreadySent));
        settle(&mut meeting, &late, Settlement::Skipped(Skip::AlreadySent));
        let expected = (ReminderState::Skipped, "already_sent".to_owned());
        assert_eq!(stands(&meeting, &template, now), expected);
    }
}

#[test]
fn a_move_of_the_start_sends_it_again_for_the_new_time() {
    let template = template(&[("day", 1_440, "skip")]);
    let mut meeting = told(&template);
    let sent = remind(&mut meeting, &template);
    postpone(&mut meeting, 2 * 1_440);
    let now = sent.due_at + TimeDelta::minutes(10);
    tell(&mut meeting, &template, NotificationType::Update, now);
    let again = remind(&mut meeting, &template);
    assert_eq!(again.due_at - sent.due_at, TimeDelta::days(2));
    assert_eq!(again.revision, sent.revision + 1);
}

#[test]
fn going_back_to_what_was_announced_keeps_its_marks() {
    let template = template(&[("day", 1_440, "skip"), ("hour", 60, "skip")]);
    let mut meeting = told(&template);
    let [day, hour] = &wanted(&meeting)[..] else {
        panic!("two are to come");
    };
    settle(&mut meeting, day, Settlement::Sent);
    let before = meeting.details.clone();
    postpone(&mut meeting, 45);
    let late = due(&meeting, day.due_at + TimeDelta::hours(1)).remove(0);
    settle(&mut meeting, &late, Settlement::Skipped(Skip::UpdateDue));

    meeting.change_details(before);
    assert_eq!(meeting.revision, day.revision);
    let verdict = decide(&meeting, &template, day, day.due_at);
    assert_eq!(verdict, ReminderDecision::Nothing);
    assert_eq!(wanted(&meeting), std::slice::from_ref(hour));
    let sent = (ReminderState::Sent, String::new());
    assert_eq!(stands(&meeting, &template, day.due_at), sent);
}

#[test]
fn what_was_skipped_while_an_update_was_due_is_open_again_once_it_was_told() {
    let template = template(&[("day", 1_440, "send_now")]);
    let mut meeting = told(&template);
    prolong(&mut meeting);
    let moment = meeting.details.starts_at - TimeDelta::days(1);
    let late = instance(&meeting, "day", moment);
    let verdict = decide(&meeting, &template, &late, moment);
    assert_eq!(verdict, ReminderDecision::Skip(Skip::UpdateDue));
    settle(&mut meeting, &late, Settlement::Skipped(Skip::UpdateDue));
    assert_eq!(due(&meeting, moment), []);
    let now = moment + TimeDelta::hours(2);
    tell(&mut meeting, &template, NotificationType::Update, now);
    let verdict = decide(&meeting, &template, &due(&meeting, now)[0], now);
    assert!(matches!(verdict, ReminderDecision::Send(_)), "{verdict:?}");
}

#[test]
fn however_often_a_meeting_moves_its_marks_stay_few() {
    let template = template(&[("day", 1_440, "skip")]);
    let mut meeting = told(&template);
    for round in 0..20 {
        let sent = remind(&mut meeting, &template);
        postpone(&mut meeting, 1_440);
        let late = instance(&meeting, "day", sent.due_at + TimeDelta::days(1));
        settle(&mut meeting, &late, Settlement::Skipped(Skip::UpdateDue));
        postpone(&mut meeting, 1_440);
        let now = late.due_at + TimeDelta::minutes(1);
        tell(&mut meeting, &template, NotificationType::Update, now);
        assert!(meeting.reminders.marks.len() <= 5, "round {round}");
    }
}
