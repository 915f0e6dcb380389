//! The page in every situation, as the customer gets it.

use axum::http::StatusCode;
use http_body_util::BodyExt;
use insta::assert_snapshot;
use rstest::rstest;
use usher_domain::{
    channel::Channel,
    id::{NotificationId, TemplateId},
    language::{Language, LanguageTag},
    meeting::Response,
    sample,
    template::{Buttons, Template, TemplateBody},
    token::Grant,
};
use usher_flows::MeetingContext;

use super::*;
use crate::site::pages;

/// A customer who was asked, ten days before the meeting.
fn asked() -> Visit {
    let mut meeting = sample::meeting();
    meeting.status = BookingStatus::Invited;
    let (details, revision) = (meeting.details.clone(), meeting.revision);
    sample::tell(&mut meeting, details, revision, true);
    let lead = meeting.attendees[0].id.clone();
    Visit {
        grant: Grant {
            meeting_id: meeting.id.clone(),
            notification_id: NotificationId::new(&meeting.id, &lead, "key", sample::now()),
            attendee_id: lead,
            channel: Channel::Email,
            buttons: Buttons {
                accept: true,
                decline: true,
                reschedule: true,
                view_details: true,
                add_to_calendar: true,
            },
            ask_decline_reason: true,
            sent_to: None,
            generation: 0,
            template_id: None,
        },
        context: MeetingContext {
            meeting,
            template: None,
            settings: sample::settings(),
        },
    }
}

fn answered(answer: Answer) -> Visit {
    let mut visit = asked();
    let meeting = &mut visit.context.meeting;
    meeting.status = answer.into();
    meeting.attendees[0].response = Some(Response {
        answer,
        revision: meeting.revision,
        at: sample::now(),
        channel: None,
        wish: None,
        after: None,
    });
    visit
}

/// Staff have moved the meeting by an hour and shown nobody yet.
fn moved(mut visit: Visit) -> Visit {
    let meeting = &mut visit.context.meeting;
    meeting.details.starts_at += chrono::TimeDelta::hours(1);
    meeting.revision += 1;
    visit
}

fn picks(answer: Answer) -> Draft {
    Draft {
        answer: Some(answer),
        revision: Some(1),
        ..Draft::default()
    }
}

fn view(visit: &Visit, situation: &Situation, draft: &Draft) -> View {
    let token = Token::new([7; 16]);
    let links = Links::new("https://meet.example.com", &token);
    page(visit, &token, &links, situation, draft, sample::now()).unwrap()
}

/// The page's title and its main part.
async fn html(view: &View) -> String {
    let response = pages().page(StatusCode::OK, "meeting.html", view);
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let html = String::from_utf8(bytes.to_vec()).unwrap();
    let start = html.find("<main").unwrap();
    format!("{}\n{}", view.tab, &html[start..])
}

fn notice(view: &View) -> String {
    view.notice
        .as_ref()
        .map(|notice| notice.lines.join(" "))
        .unwrap_or_default()
}

fn offered(view: &View) -> Vec<&str> {
    view.choices
        .offered
        .iter()
        .map(|choice| choice.action)
        .collect()
}

#[tokio::test]
async fn opened() {
    assert_snapshot!(html(&view(&asked(), &Situation::Opened, &Draft::default())).await);
}

#[tokio::test]
async fn opened_with_a_decline_preselected() {
    assert_snapshot!(html(&view(&asked(), &Situation::Opened, &picks(Answer::Decline))).await);
}

#[tokio::test]
async fn accepted() {
    let visit = answered(Answer::Accept);
    assert_snapshot!(
        html(&view(
            &visit,
            &Situation::Answered(Answer::Accept),
            &picks(Answer::Accept)
        ))
        .await
    );
}

#[tokio::test]
async fn moved_while_a_reschedule_was_typed() {
    let draft = Draft {
        preferred_times: "\nMon\n<b>Tue</b>".into(),
        reason: "{{7*7}}\"'".into(),
        ..picks(Answer::Reschedule)
    };
    assert_snapshot!(html(&view(&moved(asked()), &Situation::Moved, &draft)).await);
}

#[tokio::test]
async fn too_much_was_typed() {
    let draft = Draft {
        reason: "no ".repeat(400),
        ..picks(Answer::Decline)
    };
    let problems = draft.submission(&Token::new([7; 16])).unwrap_err();
    let html = html(&view(&asked(), &Situation::Unclear(problems), &draft)).await;
    assert!(
        html.contains(&draft.reason),
        "what was typed is still there"
    );
    assert_snapshot!(html.replace(&draft.reason, "[the reason]"));
}

#[tokio::test]
async fn cancelled() {
    let mut visit = asked();
    visit.context.meeting.status = BookingStatus::Cancelled;
    assert_snapshot!(html(&view(&visit, &Situation::Opened, &picks(Answer::Accept))).await);
}

fn with_cutoff(mut visit: Visit, minutes: u32) -> Visit {
    let mut body = TemplateBody::built_in("Visit".to_owned().try_into().unwrap());
    body.answer_cutoff_minutes = minutes;
    visit.context.template = Some(
        Template::new(
            TemplateId::parse("t").unwrap(),
            1,
            body,
            &usher_domain::settings::Settings::default(),
        )
        .unwrap(),
    );
    visit
}

const DAY: u32 = 24 * 60;

#[rstest]
#[case::asked(asked(), "You have not answered yet.")]
#[case::accepted(answered(Answer::Accept), "You accepted this meeting.")]
#[case::declined(answered(Answer::Decline), "You declined this meeting.")]
#[case::reschedule(
    answered(Answer::Reschedule),
    "You asked for another time. We will get back to you."
)]
#[case::moved(
    moved(asked()),
    "This meeting has changed since our last message. What you see below is how it is now."
)]
#[case::moved_after_an_answer(
    moved(answered(Answer::Accept)),
    "You accepted before this meeting changed. Please answer again for what you see below."
)]
#[case::cut_off(with_cutoff(answered(Answer::Accept), 11 * DAY), "Answers to this meeting are closed, because it starts soon. You accepted this meeting.")]
fn the_notice_says_how_things_stand(#[case] visit: Visit, #[case] expected: &str) {
    assert_eq!(
        notice(&view(&visit, &Situation::Opened, &Draft::default())),
        expected
    );
}

#[test]
fn who_was_not_asked_is_not_asked_to_answer() {
    let mut visit = asked();
    visit.grant.buttons = Buttons {
        view_details: true,
        ..Buttons::default()
    };
    let view = view(&visit, &Situation::Opened, &Draft::default());
    assert!(view.notice.is_none() && offered(&view).is_empty());
}

#[test]
fn the_picked_answer_comes_first_and_an_answer_that_stands_is_not_offered_again() {
    let draft = picks(Answer::Reschedule);
    assert_eq!(
        offered(&view(&asked(), &Situation::Opened, &draft)),
        ["reschedule", "accept", "decline"]
    );
    let accepted = answered(Answer::Accept);
    let again = view(&accepted, &Situation::Opened, &picks(Answer::Accept));
    assert_eq!(offered(&again), ["decline", "reschedule"]);
    assert!(again.choices.offered.iter().all(|choice| !choice.picked));
}

#[test]
fn answers_close_at_the_start_or_at_the_cutoff() {
    let until = |visit: &Visit| {
        view(visit, &Situation::Opened, &Draft::default())
            .choices
            .until
    };
    assert_eq!(
        until(&asked()),
        "You can change your answer until the meeting starts."
    );
    assert_eq!(
        until(&with_cutoff(asked(), DAY)),
        "You can change your answer until Wednesday, January 14, 2026 at 2:00 PM EST."
    );
    let closed = view(
        &with_cutoff(asked(), 11 * DAY),
        &Situation::TooLate,
        &picks(Answer::Accept),
    );
    assert!(offered(&closed).is_empty());
    assert!(notice(&closed).ends_with("because it starts soon."));
}

#[test]
fn a_meeting_that_is_not_coming_is_not_for_the_calendar() {
    let in_calendar = |visit: &Visit| {
        view(visit, &Situation::Opened, &Draft::default())
            .calendar
            .is_some()
    };
    assert!(in_calendar(&asked()) && in_calendar(&answered(Answer::Accept)));
    assert!(!in_calendar(&answered(Answer::Decline)));
    let mut cancelled = asked();
    cancelled.context.meeting.status = BookingStatus::Cancelled;
    assert!(!in_calendar(&cancelled));
}

#[test]
fn a_link_of_someone_no_longer_invited_has_no_page() {
    let mut visit = asked();
    visit.context.meeting.attendees.remove(0);
    let token = Token::new([7; 16]);
    let links = Links::new("https://meet.example.com", &token);
    assert!(
        page(
            &visit,
            &token,
            &links,
            &Situation::Opened,
            &Draft::default(),
            sample::now()
        )
        .is_none()
    );
}

/// Everything the page can say of a meeting, a line a sentence, to a reader of a
/// language.
async fn everything_said(language: &str) -> Vec<String> {
    let late = |mut visit: Visit| {
        visit.context.meeting.details.starts_at = sample::now();
        visit
    };
    let mut cancelled = asked();
    cancelled.context.meeting.status = BookingStatus::Cancelled;
    let mut archived = asked();
    archived.context.meeting.archived = true;
    let long = Draft {
        reason: "x".repeat(1_001),
        preferred_times: "x".repeat(1_001),
        ..picks(Answer::Reschedule)
    };
    let unclear = || long.submission(&Token::new([7; 16])).unwrap_err();
    let mut pages = vec![
        (cancelled, Situation::TooLate),
        (archived, Situation::Opened),
        (late(asked()), Situation::TooLate),
        (with_cutoff(asked(), 11 * DAY), Situation::TooLate),
        (with_cutoff(asked(), DAY), Situation::Opened),
        (moved(asked()), Situation::Opened),
        (moved(asked()), Situation::Moved),
        (asked(), Situation::Unclear(unclear())),
        (
            asked(),
            Situation::Unclear(Problems {
                form: true,
                ..unclear()
            }),
        ),
        (asked(), Situation::Refused(Refused::Overtaken)),
        (asked(), Situation::Refused(Refused::NotOffered)),
        (asked(), Situation::Refused(Refused::TooOften)),
    ];
    for &answer in Answer::ALL {
        pages.push((asked(), Situation::Answered(answer)));
        pages.push((answered(answer), Situation::Opened));
        pages.push((moved(answered(answer)), Situation::Opened));
    }
    let mut said = Vec::new();
    for (mut visit, situation) in pages {
        visit.context.meeting.attendees[0].language = LanguageTag::parse(language).ok();
        for draft in [&long, &picks(Answer::Decline), &picks(Answer::Accept)] {
            let html = html(&view(&visit, &situation, draft)).await;
            let html = html.replace(&"x".repeat(1_001), "");
            let texts = html
                .split(['<', '\n'])
                .filter_map(|tag| tag.split('>').next_back());
            said.extend(texts.map(|text| text.trim().to_owned()));
        }
    }
    said.retain(|text| text.contains(char::is_alphabetic));
    said.sort();
    said.dedup();
    said
}

#[tokio::test]
async fn each_language_says_this() {
    for language in Language::ALL.iter().map(|language| language.code()) {
        let said = everything_said(language).await;
        assert_snapshot!(format!("said.{language}"), said.join("\n"));
    }
}

/// What people typed, names, and words that are the same in both languages.
const SHARED: [&str; 15] = [
    "Window measuring",
    "We measure all windows.",
    "Please make sure they can be reached.",
    "Sam Rivera",
    "123 Main St, Springfield",
    "sam@progrid.example.com",
    "office@progrid.example.com",
    "Progrid Windows",
    "Google",
    "Outlook",
    "New York)",
    "45 minutes",
    "Video",
    "Contact",
    "Date",
];

#[tokio::test]
async fn no_english_is_left_in_another_language() {
    let english = everything_said("en").await;
    for language in Language::ALL
        .iter()
        .filter(|&&one| one != Language::English)
    {
        let left: Vec<_> = everything_said(language.code())
            .await
            .into_iter()
            .filter(|text| english.contains(text))
            .filter(|text| !SHARED.iter().any(|shared| text.contains(shared)))
            .collect();
        assert_eq!(left, [""; 0], "{}", language.code());
    }
}
