//! Any text in any field.

use chrono::DateTime;
use icalendar::{Component as _, EventLike as _};
use mail_parser::MessageParser;
use proptest::prelude::*;

use super::{
    answer_notices::{given, notice},
    *,
};
use crate::{
    notification::AnswerGiven,
    text::{Address, Description, Reason, Title},
    values::answer::{Answer, AnswerChannel},
};

prop_compose! {
    /// The sample with any text in every field that people type.
    pub(super) fn any_meeting()(
        title in any::<String>(), name in any::<String>(), address in any::<String>(),
        description in prop_oneof![any::<String>(), "[<>\"'&{}%a \n\u{202e}]{0,400}"],
        organizer in any::<String>(), start in 946_684_800_i64..4_102_444_800, minutes in 1_u32..=1440,
    ) -> Meeting {
        let mut meeting = sample::meeting();
        meeting.title = Title::parse(&title).unwrap_or(meeting.title);
        meeting.attendees[0].name = Name::parse(&name).unwrap_or(meeting.attendees[0].name.clone());
        meeting.details.location.address = Address::parse(&address).ok();
        meeting.description = Description::parse(&description).unwrap_or_default();
        if let Some(owner) = &mut meeting.organizer {
            owner.name = Name::parse(&organizer).unwrap_or(owner.name.clone());
        }
        meeting.details.starts_at = DateTime::from_timestamp(start, 0).unwrap();
        meeting.details.duration_minutes = minutes;
        meeting
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_anywhere_makes_an_inert_message(meeting in any_meeting(), kind in prop::sample::select(NotificationType::ALL)) {
        let (_, status) = meeting_for(kind);
        let message = render(&meeting, &sample::settings(), &NotificationConfig::built_in(kind), status).unwrap();
        prop_assert!(!message.html.to_lowercase().contains("<script"));
        prop_assert_eq!(message.html.matches("<td").count(), message.html.matches("</td>").count());
        prop_assert!(!message.subject.chars().any(char::is_control) && !message.subject.is_empty());
        prop_assert!(message.sms.ends_with("/meeting/landing?token=AgICAgICAgICAgICAgICAg"));
        prop_assert!(message.sms.len() <= 1_600);
        let bytes = mime(&message, None, &envelope());
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        prop_assert_eq!(parsed.subject(), Some(message.subject.as_str()));
    }

    #[test]
    fn any_text_anywhere_makes_an_inert_notice(meeting in any_meeting(), reason in any::<String>(), times in "[<>\"'&{}%a \n\u{202e}]{0,400}") {
        let given = AnswerGiven {
            reason: Reason::parse(&reason).ok(),
            preferred_times: Reason::parse(&times).ok(),
            ..given(Answer::Reschedule, AnswerChannel::EmailLink)
        };
        let notice = notice(&meeting, 0, &given);
        prop_assert!(!notice.html.to_lowercase().contains("<script"));
        prop_assert_eq!(notice.html.matches("<td").count(), notice.html.matches("</td>").count());
        prop_assert!(!notice.html.contains("<pre>"), "the page renders");
        prop_assert!(!notice.subject.chars().any(char::is_control) && !notice.subject.is_empty());
        let bytes = mime(&notice, None, &envelope());
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        prop_assert_eq!(parsed.subject(), Some(notice.subject.as_str()));
    }

    #[test]
    fn any_text_anywhere_makes_a_calendar_file_that_reads_back(meeting in any_meeting()) {
        let ics = calendar(&meeting);
        prop_assert!(ics.split("\r\n").all(|line| line.len() <= 75), "{}", ics);
        let (_, event) = parsed(&ics);
        let fields = fields(&meeting, &meeting.attendees[0], None, &sample::settings(), meeting.status);
        prop_assert_eq!(event.get_summary(), Some(fields.title.as_str()));
        prop_assert_eq!(event.get_location(), Some(fields.location.as_str()));
    }

    #[test]
    fn any_template_is_answered_without_a_panic(text in any::<String>(), soup in "(\\{\\{|\\}\\}|\\{%|%\\}|if|endif|else| |meeting|\\.|title|\\||upper|\\(|\\)|'|<p>|</p>|<a href=|\"|&|not|==|1){0,40}") {
        for part in [Part::Subject, Part::EmailBody, Part::Sms] {
            let _ = check(part, &text);
            let _ = check(part, &soup);
        }
    }
}
