//! Automatic replies, word for word: customers read them at a glance.

use super::*;
use crate::{
    language::Locale, respond::Closed, template::Code, text::Title, values::answer::Answer,
};

fn reply(meeting: &Meeting, config: &NotificationConfig, reply: AutoReply<'_>) -> String {
    let say = |render_context: &RenderContext<'_>| auto_reply(render_context, reply);
    with_scene(meeting, &sample::settings(), config, meeting.status, say)
}

fn asking() -> NotificationConfig {
    NotificationConfig::built_in(NotificationType::ConfirmationRequest)
}

fn all(codes: &[Code]) -> Vec<AutoReply<'_>> {
    vec![
        AutoReply::Taken(Answer::Accept),
        AutoReply::Taken(Answer::Reschedule),
        AutoReply::Taken(Answer::Decline),
        AutoReply::Moved(codes),
        AutoReply::Moved(&[]),
        AutoReply::NotUnderstood(codes),
        AutoReply::Overtaken(Answer::Decline),
        AutoReply::Closed(Closed::Cancelled),
        AutoReply::Closed(Closed::Started),
        AutoReply::Closed(Closed::Archived),
        AutoReply::Closed(Closed::CutOff),
    ]
}

#[test]
fn each_names_what_was_done_and_the_meeting() {
    let codes = [Code {
        word: "1".to_owned(),
        answer: Answer::Accept,
    }];
    let meeting = sample::meeting();
    let texts = all(&codes).into_iter();
    let texts: Vec<_> = texts.map(|each| reply(&meeting, &asking(), each)).collect();
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn the_longest_names_still_fit_and_stay_one_line() {
    let mut meeting = sample::meeting();
    meeting.title = Title::parse(&"Fenster ".repeat(25)).unwrap();
    for each in all(&[]) {
        let text = reply(&meeting, &asking(), each);
        assert!(segments(&text).count <= 2 && !text.contains('\n'), "{text}");
    }
    meeting.details.location.address = None;
    let text = reply(&meeting, &asking(), AutoReply::Taken(Answer::Accept));
    assert!(text.starts_with("Confirmed: \"Fenster"), "{text}");
}

#[test]
fn the_configs_own_text_goes_where_it_fits() {
    let mut config = asking();
    let accept = |text: &str| Some(text.to_owned());
    config.reply_codes.auto_replies.accept = accept("Bis bald, {{ attendee.first_name }}!");
    let taken = AutoReply::Taken(Answer::Accept);
    assert_eq!(reply(&sample::meeting(), &config, taken), "Bis bald, Ann!");
    // Saved when the settings allowed more parts.
    config.reply_codes.auto_replies.accept = accept(&"lang ".repeat(300));
    let text = reply(&sample::meeting(), &config, taken);
    assert!(
        text.starts_with("Confirmed! We'll see you at 123 Main St"),
        "{text}"
    );
}

#[test]
fn a_question_back_that_does_not_fit_is_not_asked() {
    let meeting = sample::meeting();
    let fields = fields(
        &meeting,
        &meeting.attendees[0],
        None,
        &sample::settings(),
        meeting.status,
    );
    let choosable = |word: &str| Choosable {
        word: word.to_owned(),
        answer: Answer::Accept,
        fields: fields.clone(),
        name: Some("Ann Lee".to_owned()),
    };
    let two = ask_back(
        &Locale::default(),
        &[choosable("1A"), choosable("1B")],
        &Settings::default().sms,
    );
    assert_eq!(
        two.as_deref(),
        Some(
            "Which one? Reply 1A to confirm \"Window measuring\" for Ann Lee on Jan 15 at 2:00 PM, or 1B to confirm \"Window measuring\" for Ann Lee on Jan 15 at 2:00 PM."
        )
    );
    let many: Vec<_> = (0..26).map(|_| choosable("1A")).collect();
    assert_eq!(
        ask_back(&Locale::default(), &many, &Settings::default().sms),
        None
    );
}
