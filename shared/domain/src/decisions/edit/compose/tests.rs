//! From what a caller wrote to a meeting, field by field.

mod existing;

use super::*;
use crate::{
    id::AttendeeId,
    meeting::{AttendeeDraft, MAX_ATTENDEES},
    sample,
};

fn crowd(name: &str) -> Result<Meeting, Failure> {
    let guest = |i| AttendeeDraft {
        name: name.to_owned(),
        email: Some(format!("guest{i}@example.com")),
        ..AttendeeDraft::default()
    };
    let draft = MeetingDraft {
        title: "Open day".to_owned(),
        starts_at: "2026-01-15T14:00:00".to_owned(),
        timezone: "UTC".to_owned(),
        attendees: (0..MAX_ATTENDEES).map(guest).collect(),
        ..MeetingDraft::default()
    };
    let (id, settings) = (MeetingId::parse("m").unwrap(), sample::settings());
    compose(id, &draft, None, &settings, None, sample::now())
}

#[test]
fn a_thousand_attendees_may_have_the_longest_names_there_are() {
    let longest = "x".repeat(120);
    assert!(Name::parse(&longest).is_ok() && Name::parse(&format!("{longest}x")).is_err());
    assert!(crowd(&longest).is_ok());
}

fn draft() -> MeetingDraft {
    MeetingDraft {
        title: "Visit".to_owned(),
        starts_at: "2026-01-15T14:00:00".to_owned(),
        timezone: "America/New_York".to_owned(),
        attendees: vec![ann()],
        ..MeetingDraft::default()
    }
}

fn ann() -> AttendeeDraft {
    AttendeeDraft {
        name: "Ann Lee".to_owned(),
        email: Some("Ann@Example.com".to_owned()),
        phone: Some("+1 202 555 0123".to_owned()),
        ..AttendeeDraft::default()
    }
}

fn made(
    draft: &MeetingDraft,
    template: Option<&Template>,
    existing: Option<&Meeting>,
) -> Result<Meeting, Failure> {
    let id = MeetingId::parse("m").unwrap();
    let settings = sample::settings();
    compose(id, draft, template, &settings, existing, sample::now())
}

/// Where a draft that is like this is refused.
fn wrong(change: impl FnOnce(&mut MeetingDraft)) -> Vec<String> {
    let mut draft = draft();
    change(&mut draft);
    match made(&draft, None, None) {
        Err(Failure::Invalid(errors)) => errors.into_iter().map(|error| error.pointer).collect(),
        _ => Vec::new(),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_new_meeting_is_a_draft_that_nobody_was_told_of() {
    let meeting = made(&draft(), None, None).unwrap();
    assert_eq!(meeting.id.as_str(), "m");
    assert_eq!(
        (meeting.version, meeting.revision, meeting.highest_revision),
        (0, 1, 1)
    );
    assert_eq!(
        (meeting.status, meeting.archived),
        (BookingStatus::Draft, false)
    );
    assert_eq!((&meeting.announced, meeting.cancelled_at), (&None, None));
    assert_eq!(meeting.created_at, sample::now());
    let details = &meeting.details;
    assert_eq!(details.starts_at.to_rfc3339(), "2026-01-15T19:00:00+00:00");
    assert_eq!(
        (details.timezone, details.duration_minutes),
        (Tz::America__New_York, 30)
    );
    assert_eq!(details.location, Location::default());
    let ann = &meeting.attendees[0];
    assert_eq!(ann.email.as_ref().unwrap().key(), "ann@example.com");
    assert_eq!(ann.phone.as_ref().unwrap().to_string(), "+12025550123");
    assert_eq!((ann.preference, ann.timezone), (None, None));
    assert!(meeting.statements.is_empty() && meeting.sending.is_none());
}

#[test]
fn every_field_that_cannot_be_accepted_is_pointed_at() {
    type Change = fn(&mut MeetingDraft);
    let fields: [(Change, &str); 18] = [
        (|draft| draft.id = text("other"), "/id"),
        (|draft| draft.title = String::new(), "/title"),
        (|draft| draft.template_id = text("gone"), "/template_id"),
        (|draft| draft.template_id = text("no id"), "/template_id"),
        (|draft| draft.timezone = "Mars".to_owned(), "/timezone"),
        (|draft| draft.starts_at = "soon".to_owned(), "/starts_at"),
        (
            |draft| draft.duration_minutes = Some(0),
            "/duration_minutes",
        ),
        (
            |draft| draft.duration_minutes = Some(-5),
            "/duration_minutes",
        ),
        (
            |draft| draft.location.address = text(&"x".repeat(9_999)),
            "/location/address",
        ),
        (
            |draft| draft.location.video_url = text("ftp://x"),
            "/location/video_url",
        ),
        (
            |draft| draft.description = text(&"x".repeat(99_999)),
            "/description",
        ),
        (
            |draft| draft.followers = vec!["nobody".to_owned()],
            "/followers/0",
        ),
        (|draft| draft.attendees.clear(), "/attendees"),
        (
            |draft| draft.attendees[0].name = String::new(),
            "/attendees/0/name",
        ),
        (
            |draft| draft.attendees[0].email = text("a@b"),
            "/attendees/0/email",
        ),
        (
            |draft| draft.attendees[0].timezone = text("Mars"),
            "/attendees/0/timezone",
        ),
        (
            |draft| draft.attendees[0].language = text("??"),
            "/attendees/0/language",
        ),
        (
            |draft| draft.attendees[0].preference = text("pigeon"),
            "/attendees/0/preferred_confirmation_method",
        ),
    ];
    for (change, pointer) in fields {
        assert_eq!(wrong(change), [pointer]);
    }
    assert_eq!(
        wrong(|draft| draft.attendees[0].phone = text("1")),
        ["/attendees/0/phone"]
    );
    assert_eq!(
        wrong(|draft| draft.attendees[0].id = text("no id")),
        ["/attendees/0/id"]
    );
    let organizer = wrong(|draft| {
        draft.organizer = Some(OrganizerDraft {
            name: String::new(),
            email: text("a@b"),
            phone: text("1"),
        });
    });
    assert_eq!(
        organizer,
        ["/organizer/name", "/organizer/email", "/organizer/phone"]
    );
    assert_eq!(wrong(|draft| draft.id = text("m")), [""; 0]);
}

#[test]
fn a_meeting_takes_a_minute_to_a_day() {
    for (minutes, ok) in [(1, true), (1_440, true), (1_441, false)] {
        let errors = wrong(|draft| draft.duration_minutes = Some(minutes));
        assert_eq!(errors.is_empty(), ok, "{minutes}");
    }
    let mut draft = draft();
    draft.duration_minutes = Some(90);
    assert_eq!(
        made(&draft, None, None).unwrap().details.duration_minutes,
        90
    );
}

fn template(change: impl FnOnce(&mut crate::template::TemplateBody)) -> Template {
    let mut body = crate::template::TemplateBody::built_in(Name::parse("Visit").unwrap());
    body.duration_minutes = 75;
    body.location_kind = Some(crate::values::location::LocationKind::Jobsite);
    change(&mut body);
    Template::from_store(TemplateId::parse("visit").unwrap(), 1, body)
}

#[test]
fn what_a_meeting_leaves_out_is_as_its_template_says() {
    let template = template(|_| {});
    let mut draft = draft();
    draft.template_id = text("visit");
    let meeting = made(&draft, Some(&template), None).unwrap();
    assert_eq!(meeting.template_id.as_ref(), Some(&template.id));
    assert_eq!(meeting.details.duration_minutes, 75);
    assert_eq!(meeting.details.location.kind, template.body().location_kind);
    draft.duration_minutes = Some(20);
    draft.location.kind = Some(crate::values::location::LocationKind::Office);
    let meeting = made(&draft, Some(&template), None).unwrap();
    assert_eq!(meeting.details.duration_minutes, 20);
    assert_eq!(
        meeting.details.location.kind,
        Some(crate::values::location::LocationKind::Office)
    );
}

#[test]
fn a_template_may_require_an_address() {
    let template = template(|body| body.require_address = true);
    let mut draft = draft();
    draft.template_id = text("visit");
    let Err(Failure::Invalid(errors)) = made(&draft, Some(&template), None) else {
        panic!("must be refused");
    };
    assert_eq!(errors[0].pointer, "/location/address");
    draft.location.address = text("123 Main St");
    assert!(made(&draft, Some(&template), None).is_ok());
}

#[test]
fn an_entry_of_followers_may_hold_several_and_all_of_them_are_counted() {
    let followers = |entries: &[&str]| {
        let mut draft = draft();
        draft.followers = entries.iter().map(ToString::to_string).collect();
        let meeting = made(&draft, None, None).map_err(|failure| match failure {
            Failure::Invalid(errors) => errors[0].pointer.clone(),
            _ => String::new(),
        });
        meeting.map(|meeting| {
            meeting
                .followers
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        })
    };
    let three = followers(&["a@example.com; b@example.com", "c@example.com,"]);
    assert_eq!(
        three.unwrap(),
        ["a@example.com", "b@example.com", "c@example.com"]
    );
    assert_eq!(
        followers(&["a@example.com", " "]),
        Err("/followers/1".to_owned())
    );
    let most = vec!["a@example.com"; MAX_FOLLOWERS];
    assert!(followers(&most).is_ok());
    let most = most.join(";");
    assert_eq!(
        followers(&[&most, "b@example.com"]),
        Err("/followers".to_owned())
    );
}

#[test]
fn attendees_are_one_to_a_thousand_and_known_by_ids_of_their_own() {
    assert_eq!(
        wrong(|draft| draft.attendees = vec![ann(); MAX_ATTENDEES + 1]),
        ["/attendees"]
    );
    assert_eq!(
        wrong(|draft| draft.attendees = vec![ann(), ann()]),
        ["/attendees/1/id"]
    );
    let ids = |attendee: AttendeeDraft| {
        let mut draft = draft();
        draft.attendees = vec![attendee];
        made(&draft, None, None).unwrap().attendees[0].id.clone()
    };
    let by_email = ids(ann());
    assert_eq!(by_email, AttendeeId::derived("ann@example.com"));
    let by_phone = ids(AttendeeDraft {
        email: None,
        ..ann()
    });
    assert_eq!(by_phone, AttendeeId::derived("+12025550123"));
    let by_name = AttendeeDraft {
        name: " Ann Lee ".to_owned(),
        ..AttendeeDraft::default()
    };
    assert_eq!(ids(by_name), AttendeeId::derived("Ann Lee"));
    let given = AttendeeDraft {
        id: text("a-1"),
        ..ann()
    };
    assert_eq!(ids(given).as_str(), "a-1");
}
