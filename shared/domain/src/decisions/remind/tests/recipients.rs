//! Who is reminded (R5), and who is not and why.

use rstest::rstest;

use super::visit::{decide, only, prolong, tell, template, template_with, told};
use crate::{
    meeting::{Meeting, Response},
    records::reminders::Skip,
    remind::{LeftOut, ReminderDecision, WhyLeftOut, left_out_entry, overview},
    sample,
    send::ChannelPlan,
    template::{ChannelMode, Template},
    values::{answer::Answer, kind::NotificationType},
};

const DAY: &[(&str, u32, &str)] = &[("day", 1_440, "skip")];

/// Who is reminded, and who is left out.
fn reached(template: &Template, meeting: &Meeting) -> (Vec<String>, Vec<(String, WhyLeftOut)>) {
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
#[case::bob_does_not_come(Some(Answer::Decline), false, vec!["ann"], Some(WhyLeftOut::Declined))]
#[case::bob_asks_for_another_time(
    Some(Answer::Reschedule), false, vec!["ann"], Some(WhyLeftOut::RescheduleRequested)
)]
fn reminders_go_to_the_lead_or_to_all_who_come(
    #[case] bob: Option<Answer>,
    #[case] lead_only: bool,
    #[case] expected: Vec<&str>,
    #[case] why: Option<WhyLeftOut>,
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

#[test]
fn the_timeline_says_of_everyone_left_out_why() {
    let meeting = told(&template(DAY));
    let instance = only(&meeting);
    let left = |whys: &[WhyLeftOut]| {
        let attendee = &meeting.attendees[0];
        let left = whys.iter().map(|why| LeftOut {
            attendee: attendee.clone(),
            why: *why,
        });
        let left: Vec<_> = left.collect();
        left_out_entry(&instance, &left, sample::now()).map(|entry| entry.text)
    };
    let ann = meeting.attendees[0].name.to_string();
    let say = |rest: &str| Some(format!("Reminder day was not sent to {rest}"));
    use WhyLeftOut::{Cancelled, Declined, Outdated, RescheduleRequested, ToldInDoubt, Untold};
    assert_eq!(left(&[]), None);
    for (why, which) in [
        (Untold, "who had not been told of the meeting"),
        (Outdated, "who had been told other details"),
        (ToldInDoubt, "who may have been told otherwise"),
        (Cancelled, "who had been told that it is cancelled"),
        (Declined, "who declined"),
        (RescheduleRequested, "who asked for another time"),
    ] {
        assert_eq!(left(&[why]), say(&format!("{ann}, {which}")));
    }
    let mixed = format!("{ann}, {ann}, who had been told other details; to {ann}, who declined");
    assert_eq!(left(&[Declined, Outdated, Outdated]), say(&mixed));
    let five = [ann.as_str(); 5].join(", ");
    assert_eq!(left(&[Declined; 5]), say(&format!("{five}, who declined")));
    let more = format!("{five} and 1 other, who declined");
    assert_eq!(left(&[Declined; 6]), say(&more));
    let more = format!("{five} and 2 others, who declined");
    assert_eq!(left(&[Declined; 7]), say(&more));
}

#[test]
fn a_reminder_for_nobody_has_a_reason_that_holds_for_all() {
    let template = template(DAY);
    let mut meeting = told(&template);
    bob_said(&mut meeting, Some(Answer::Decline));
    meeting.attendees[0].told.clear();
    let instance = only(&meeting);
    let ReminderDecision::Skip(skip) = decide(&meeting, &template, &instance, instance.due_at)
    else {
        panic!("there is nobody to send it to");
    };
    // One was never told, and the other one does not come.
    assert_eq!(skip, Skip::NobodyLeft);
    assert!(skip.reason().contains("does not know"), "{}", skip.reason());
}
