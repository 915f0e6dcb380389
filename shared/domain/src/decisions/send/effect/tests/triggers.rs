//! Which reminders a send plans, and which it opens again.

use super::*;
use crate::{
    id::{TemplateId, TriggerId},
    records::reminders::{ReminderInstance, SettledReminder, Settlement, Skip},
    template::{IfLate, ReminderTrigger, TemplateBody},
    text::Name,
};

fn template(minutes_before: u32) -> Template {
    let body = TemplateBody {
        reminder_triggers: vec![trigger(minutes_before)],
        ..TemplateBody::built_in(Name::parse("Visit").unwrap())
    };
    Template::from_store(TemplateId::parse("visit").unwrap(), 1, body)
}

fn trigger(minutes_before: u32) -> ReminderTrigger {
    ReminderTrigger {
        id: TriggerId::parse("day").unwrap(),
        config_id: NotificationType::Reminder.config_id(),
        minutes_before,
        if_late: IfLate::Skip,
    }
}

#[test]
fn the_first_announcement_takes_the_templates_triggers_and_a_later_one_does_not() {
    let (first, later) = (template(60), template(30));
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, Some(&first), &rows, 5);
    assert_eq!(meeting.reminders.triggers, [trigger(60)]);
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, Some(&later), &rows, 6);
    assert_eq!(meeting.reminders.triggers, [trigger(60)]);
    meeting.status = BookingStatus::Cancelled;
    let rows = sent(&meeting, NotificationType::Confirmation);
    record(&mut meeting, Some(&later), &rows, 7);
    assert_eq!(meeting.reminders.triggers, [trigger(30)]);
}

#[test]
fn a_cancellation_takes_no_triggers_and_opens_no_reminder() {
    let mut meeting = sample::meeting();
    let rows = sent(&meeting, NotificationType::Cancellation);
    meeting.reminders.triggers = vec![trigger(60)];
    record(&mut meeting, Some(&template(30)), &rows, 5);
    assert_eq!(meeting.reminders.triggers, [trigger(60)]);
}

#[test]
fn what_was_skipped_only_because_nobody_had_been_told_is_open_again() {
    let mut meeting = confirmed(5);
    let mark = |skip, revision| SettledReminder {
        instance: ReminderInstance {
            trigger_id: trigger(60).id,
            revision,
            due_at: at(0),
        },
        outcome: Settlement::Skipped(skip),
        starts_at: at(60),
        at: at(0),
    };
    meeting.reminders.marks = vec![
        mark(Skip::UpdateDue, 1),
        mark(Skip::NotAnnounced, 1),
        mark(Skip::Missed, 1),
        mark(Skip::UpdateDue, 2),
    ];
    let after = recorded(&meeting, NotificationType::Confirmation);
    assert_eq!(
        after.reminders.marks,
        [mark(Skip::Missed, 1), mark(Skip::UpdateDue, 2)]
    );
}
