//! When reminders are due, across changes of clocks, and what names them.

use chrono::{NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use rstest::rstest;

use super::visit::{decide, instance, only, tell, template};
use crate::{
    id::MeetingId,
    local_time::rfc3339,
    records::reminders::{ReminderInstance, Skip},
    remind::{ReminderDecision, due, wanted},
    render::{Links, RenderContext, message},
    sample,
    token::Token,
    values::kind::NotificationType,
};

/// Each case: a morning after clocks were changed in the night, and the instant
/// a day of elapsed time before.
#[rstest]
#[case::clocks_went_forward(Tz::America__New_York, "2026-03-08T09:00:00", "2026-03-07T13:00:00Z")]
#[case::clocks_went_back(Tz::Europe__Berlin, "2026-10-25T09:00:00", "2026-10-24T08:00:00Z")]
#[case::clocks_stayed(Tz::Asia__Kolkata, "2026-03-08T09:00:00", "2026-03-07T03:30:00Z")]
fn a_day_before_is_24_hours_before_whatever_clocks_do(
    #[case] zone: Tz,
    #[case] local: &str,
    #[case] due_at: &str,
) {
    let template = template(&[("day", 1_440, "skip")]);
    let mut meeting = sample::meeting();
    let local: NaiveDateTime = local.parse().unwrap();
    meeting.details.timezone = zone;
    meeting.details.starts_at = zone.from_local_datetime(&local).unwrap().to_utc();
    let kind = NotificationType::Confirmation;
    tell(&mut meeting, &template, kind, sample::now());
    let instance = only(&meeting);
    assert_eq!(rfc3339(instance.due_at), due_at);
    let before = meeting.details.starts_at - instance.due_at;
    assert_eq!(before, TimeDelta::hours(24));

    let ReminderDecision::Send(plan) = decide(&meeting, &template, &instance, instance.due_at)
    else {
        panic!("it is sent");
    };
    let links = Links::new("https://meet.example.com", &Token::new([1; 16]));
    let message = message(&RenderContext {
        meeting: &meeting,
        attendee: &plan.send.recipients[0].attendee,
        template: Some(&template),
        settings: &sample::settings(),
        config: &plan.send.config,
        status: meeting.status,
        email_links: &links,
        sms_links: &links,
    });
    let email = message.email.unwrap();
    for said in [email.text, email.html, message.sms.unwrap().text] {
        assert!(said.contains("9:00 AM"), "{said}");
    }
}

#[test]
fn the_moment_of_telling_itself_is_late() {
    let template = template(&[("day", 1_440, "skip")]);
    let mut meeting = sample::meeting();
    let moment = meeting.details.starts_at - TimeDelta::days(1);
    let kind = NotificationType::Confirmation;
    tell(&mut meeting, &template, kind, moment);
    assert_eq!(wanted(&meeting), []);
    let verdict = decide(&meeting, &template, &due(&meeting, moment)[0], moment);
    assert_eq!(verdict, ReminderDecision::Skip(Skip::LateBooking));
}

#[test]
fn a_late_reminder_is_sent_at_once_and_the_next_one_at_its_moment() {
    let template = template(&[("day", 1_440, "send_now"), ("hour", 60, "send_now")]);
    let mut meeting = sample::meeting();
    let start = meeting.details.starts_at;
    let now = start - TimeDelta::hours(3);
    let kind = NotificationType::Confirmation;
    tell(&mut meeting, &template, kind, now);
    let late = instance(&meeting, "day", now);
    assert_eq!(due(&meeting, now), std::slice::from_ref(&late));
    let hour = instance(&meeting, "hour", start - TimeDelta::hours(1));
    assert_eq!(wanted(&meeting), [hour]);
    let verdict = |minutes| {
        decide(
            &meeting,
            &template,
            &late,
            now + TimeDelta::minutes(minutes),
        )
    };
    assert!(matches!(verdict(30), ReminderDecision::Send(_)));
    assert_eq!(verdict(31), ReminderDecision::Skip(Skip::Missed));
}

#[test]
fn names_and_keys_stay_what_they_are() {
    // Schedules and claims outlive a deployment.
    let meeting = MeetingId::parse("m").unwrap();
    let day = instance(&sample::meeting(), "day", sample::now());
    let name = "r-f6725a01a93edb2be69c7183230d0bec25b9b6e0";
    assert_eq!(day.schedule_name(&meeting), name);
    assert_eq!(day.key(&meeting), "reminder m day 1");
    // One at another time is the same reminder: it goes to nobody twice (R1).
    let later = ReminderInstance {
        due_at: day.due_at + TimeDelta::hours(1),
        ..day.clone()
    };
    assert_eq!(later.key(&meeting), day.key(&meeting));
}
