//! Who is reminded (R5), and who is not and why.

use rstest::rstest;

use super::visit::{decide, only, prolong, tell, template, template_with, told};
use crate::{
    meeting::{Meeting, Response},
    records::reminders::Skip,
    remind::{ReminderDecision, overview},
    sample,
    send::ChannelPlan,
    template::{ChannelMode, Template},
    values::{answer::Answer, kind::NotificationType},
};

const DAY: &[(&str, u32, &str)] = &[("day", 1_440, "skip")];

/// Who is reminded, and who is left out.
fn reached(template: &Template, meeting: &Meeting) -> (Vec<String>, Vec<(String, Skip)>) {
    let instance = only(meeting);
    let ReminderDecision::Send(plan) = decide(meeting, template, &instance, instance.due_at) else {
        panic!("it is sent");
    };
    let recipients = plan.send.recipients.iter();
    let left_out = plan.left_out.iter();
    (
        recipients.map(|to| to.attendee.id.to_string()).collect(),
        left_out
            .map(|left| (left.attendee.id.to_string(), left.why))
            .collect(),
    )
}

fn bob_said(meeting: &mut Meeting, answer: Option<Answer>) {
    let (revision, at) = (meeting.revision, sample::now());
    meeting.attendees[1].response = answer.map(|answer| Response {
        channel: None,
        answer,
        revision,
        at,
        wish: None,
        after: None,
    });
}

#[rstest]
#[case::nobody_answered(None, false, vec!["ann", "bob"], None)]
#[case::only_the_lead_is_reminded(None, true, vec!["ann"], None)]
#[case::bob_comes(Some(Answer::Accept), false, vec!["ann", "bob"], None)]
#[case::bob_does_not_come(Some(Answer::Decline), false, vec!["ann"], Some(Skip::Declined))]
#[case::bob_asks_for_another_time(
    Some(Answer::Reschedule), false, vec!["ann"], Some(Skip::RescheduleRequested)
)]
fn reminders_go_to_the_lead_or_to_all_who_come(
    #[case] bob: Option<Answer>,
    #[case] lead_only: bool,
    #[case] expected: Vec<&str>,
    #[case] why: Option<Skip>,
) {
    let template = template_with(DAY, |body| body.lead_only_reminders = lead_only);
    let mut meeting = told(&template);
    bob_said(&mut meeting, bob);
    let (recipients, left_out) = reached(&template, &meeting);
    assert_eq!(recipients, expected);
    let why: Vec<_> = why.map(|why| ("bob".to_owned(), why)).into_iter().collect();
    assert_eq!(left_out, why);
}

#[test]
fn an_answer_for_other_details_keeps_nobody_from_being_reminded() {
    let template = template(DAY);
    let mut meeting = told(&template);
    bob_said(&mut meeting, Some(Answer::Decline));
    prolong(&mut meeting);
    let update = NotificationType::Update;
    tell(&mut meeting, &template, update, sample::now());
    let (recipients, _) = reached(&template, &meeting);
    assert_eq!(recipients, ["ann", "bob"]);
}

#[test]
fn an_attendee_who_cannot_be_reached_is_shown_with_the_reason() {
    let template = template_with(DAY, |body| body.configs[0].channel_mode = ChannelMode::Sms);
    let mut meeting = told(&template);
    // Ann was told by email.
    meeting.attendees[0].phone = None;
    let instance = only(&meeting);
    let ReminderDecision::Send(plan) = decide(&meeting, &template, &instance, instance.due_at)
    else {
        panic!("it is tried");
    };
    assert!(
        !plan.send.recipients[0]
            .channels
            .iter()
            .any(ChannelPlan::used)
    );
    let settings = sample::settings();
    let plan = overview(
        &meeting,
        Some(&template),
        sample::deliverability(&settings),
        sample::now(),
    );
    let ann = &plan[0].attendees[0];
    assert!(ann.channels.is_empty() && ann.reason.is_some(), "{ann:?}");
}
