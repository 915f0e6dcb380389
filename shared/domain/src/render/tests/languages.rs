//! What customers of each language read.

use super::*;
use crate::{
    language::LanguageTag,
    respond::Closed,
    template::{AutoReplies, Code, Translation},
    text::Title,
    values::answer::Answer,
};

/// The sample meeting when `kind` goes out, with an attendee of this language.
fn meeting_in(language: &str, kind: NotificationType) -> (Meeting, BookingStatus) {
    let (mut meeting, status) = meeting_for(kind);
    meeting.attendees[0].language = LanguageTag::parse(language).ok();
    (meeting, status)
}

fn built_in_for(language: &str, kind: NotificationType) -> Both {
    let (meeting, status) = meeting_in(language, kind);
    let mut config = NotificationConfig::built_in(kind);
    config.reply_codes.enabled = true;
    render(&meeting, &sample::settings(), &config, status).unwrap()
}

/// All languages but English, whose messages stand in `messages`.
fn others() -> impl Iterator<Item = &'static str> {
    let others = Language::ALL
        .iter()
        .filter(|&&one| one != Language::English);
    others.map(|language| language.code())
}

#[test]
fn built_in_messages_look_like_this() {
    for language in others() {
        for &kind in NotificationType::ALL {
            message_looks_like_this(language, kind);
        }
    }
}

fn message_looks_like_this(language: &str, kind: NotificationType) {
    let message = built_in_for(language, kind);
    insta::assert_snapshot!(format!("{language}.{kind}.html"), message.html);
    let Segments { count, encoding } = message.segments;
    insta::assert_snapshot!(
        format!("{language}.{kind}.text"),
        format!(
            "Subject: {}\n\n{}\nSMS ({count} parts, {encoding:?}):\n{}",
            message.subject, message.text, message.sms
        )
    );
}

/// Every automatic reply, in a language.
fn replies(language: &str) -> Vec<String> {
    let (meeting, _) = meeting_in(language, NotificationType::ConfirmationRequest);
    let config = NotificationConfig::built_in(NotificationType::ConfirmationRequest);
    let settings = sample::settings();
    let ann = &meeting.attendees[0];
    let codes = [Code {
        word: "1".to_owned(),
        answer: Answer::Accept,
    }];
    let choosable = |word: &str| Choosable {
        word: word.to_owned(),
        answer: Answer::Accept,
        fields: fields(&meeting, ann, None, &settings, BookingStatus::Booked),
        name: Some("Ann Lee".to_owned()),
    };
    let reader = ann.locale(&settings);
    let options = [choosable("1A"), choosable("1B")];
    let mut texts: Vec<String> = [
        AutoReply::Taken(Answer::Accept),
        AutoReply::Taken(Answer::Reschedule),
        AutoReply::Taken(Answer::Decline),
        AutoReply::Moved(&codes),
        AutoReply::Moved(&[]),
        AutoReply::NotUnderstood(&codes),
        AutoReply::Overtaken(Answer::Accept),
        AutoReply::Overtaken(Answer::Reschedule),
        AutoReply::Overtaken(Answer::Decline),
        AutoReply::Closed(Closed::Cancelled),
        AutoReply::Closed(Closed::Started),
        AutoReply::Closed(Closed::Archived),
        AutoReply::Closed(Closed::CutOff),
    ]
    .map(|reply| {
        let say = |render_context: &RenderContext<'_>| auto_reply(render_context, reply);
        with_scene(&meeting, &settings, &config, meeting.status, say)
    })
    .into();
    texts.push(ask_back(&reader, &options, &settings.sms).unwrap());
    texts.push(too_many(&reader, &settings.sms));
    texts
}

#[test]
fn automatic_replies_read_like_this() {
    for language in others() {
        insta::assert_snapshot!(
            format!("{language}.auto_replies"),
            replies(language).join("\n")
        );
    }
}

#[test]
fn no_built_in_sms_needs_more_than_the_alphabet() {
    for language in Language::ALL.iter().map(|language| language.code()) {
        let messages = NotificationType::ALL
            .iter()
            .map(|&kind| built_in_for(language, kind).sms)
            .collect::<Vec<_>>();
        for sms in replies(language).iter().chain(&messages) {
            let Segments { count, encoding } = segments(sms);
            assert_eq!(encoding, Encoding::Gsm7, "{language}: {sms}");
            assert!(count <= 2, "{language}, {count} parts: {sms}");
        }
    }
}

#[test]
fn a_language_has_words_of_its_own() {
    for &kind in NotificationType::ALL {
        let texts: Vec<_> = Language::ALL
            .iter()
            .map(|language| built_in_for(language.code(), kind))
            .collect();
        for (i, one) in texts.iter().enumerate() {
            for other in &texts[i + 1..] {
                assert_ne!(one.subject, other.subject);
                assert_ne!(one.text, other.text);
                assert_ne!(one.sms, other.sms);
            }
        }
    }
}

fn translated() -> NotificationConfig {
    let text = |text: &str| Some(text.to_owned());
    let mut config = NotificationConfig::built_in(NotificationType::ConfirmationRequest);
    config.subject = text("Own: {{ meeting.short_date }}");
    config.email_body = text("<p>Own, {{ meeting.duration }}.</p>");
    config.sms_text = text("Own SMS, {{ meeting.time }}.");
    config.reply_codes.auto_replies.accept = text("Own thanks, {{ meeting.status }}.");
    config.translations = [(
        Language::German,
        Translation {
            subject: text("Eigen: {{ meeting.short_date }}"),
            email_body: text("<p>Eigen, {{ meeting.duration }}.</p>"),
            sms_text: None,
            auto_replies: AutoReplies {
                accept: text("Danke, {{ meeting.status }}."),
                ..AutoReplies::default()
            },
        },
    )]
    .into();
    config
}

fn of_config(language: &str, config: &NotificationConfig) -> Both {
    let (meeting, status) = meeting_in(language, config.kind);
    render(&meeting, &sample::settings(), config, status).unwrap()
}

#[test]
fn a_channel_speaks_one_language_its_texts_are_all_there_in() {
    let config = translated();
    // The translation has the email, but not the SMS.
    let german = of_config("de-AT", &config);
    assert_eq!(german.subject, "Eigen: 15. Jän.");
    for words in [
        "Eigen, 45 Minuten.",
        "Zusagen: https://",
        "Wann: Donnerstag",
    ] {
        assert!(german.text.contains(words), "{words}: {}", german.text);
    }
    assert!(german.html.contains("<html lang=\"de-AT\">"));
    assert!(
        german
            .sms
            .starts_with("Own SMS, 2:00 PM.\nDetails & respond: ")
    );

    // There are own texts, none of them Spanish: all of it is in the business's language.
    let spanish = of_config("es", &config);
    assert_eq!(spanish, of_config("en", &config));
    assert_eq!(spanish.subject, "Own: Jan 15");

    // One own text of two makes the email the business's; the SMS is built in.
    let mut half = config.clone();
    (half.email_body, half.sms_text) = (None, None);
    let french = of_config("fr", &half);
    assert!(french.text.contains("We have set aside"), "{}", french.text);
    assert!(
        french.sms.contains("Cela vous convient-il ?"),
        "{}",
        french.sms
    );
}

#[test]
fn the_businesss_language_is_that_of_its_own_texts() {
    let mut settings = sample::settings();
    settings.locale = Language::Spanish.into();
    let (meeting, status) = meeting_in("en", NotificationType::ConfirmationRequest);
    let message = render(&meeting, &settings, &translated(), status).unwrap();
    assert_eq!(message.subject, "Own: 15 ene");
    assert!(message.text.contains("Cuándo: jueves"), "{}", message.text);
}

#[test]
fn an_automatic_reply_of_the_config_is_translated_too() {
    let (mut meeting, _) = meeting_in("de", NotificationType::ConfirmationRequest);
    meeting.status = BookingStatus::Confirmed;
    let (config, settings) = (translated(), sample::settings());
    let reply = |meeting: &Meeting| {
        let say = |render_context: &RenderContext<'_>| {
            auto_reply(render_context, AutoReply::Taken(Answer::Accept))
        };
        with_scene(meeting, &settings, &config, meeting.status, say)
    };
    assert_eq!(reply(&meeting), "Danke, Bestätigt.");
    meeting.attendees[0].language = None;
    assert_eq!(reply(&meeting), "Own thanks, Confirmed.");
}

#[test]
fn a_title_shows_its_status_in_the_readers_language() {
    let (mut meeting, status) = meeting_in("fr", NotificationType::Confirmation);
    meeting.title = Title::parse("Mesure ({status})").unwrap();
    let config = NotificationConfig::built_in(NotificationType::Confirmation);
    let message = render(&meeting, &sample::settings(), &config, status).unwrap();
    assert!(
        message.subject.starts_with("Confirmé : Mesure (Réservé), "),
        "{}",
        message.subject
    );
}
