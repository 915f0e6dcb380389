//! What was there before: what is kept of it, and what takes its place.

use super::*;

#[test]
fn an_archived_meeting_is_not_changed() {
    let mut existing = made(&draft(), None, None).unwrap();
    existing.archived = true;
    let Err(Failure::Refused { code, .. }) = made(&draft(), None, Some(&existing)) else {
        panic!("must be refused");
    };
    assert_eq!(code, "archived");
}

#[test]
fn what_was_there_before_is_kept_and_what_staff_edit_is_replaced() {
    let mut existing = made(&draft(), None, None).unwrap();
    existing.version = 7;
    existing.status = BookingStatus::Confirmed;
    let details = existing.details.clone();
    let revision = 1;
    sample::tell(&mut existing, details, revision, true);
    let response = crate::meeting::Response {
        answer: crate::values::answer::Answer::Accept,
        revision: 1,
        at: sample::now(),
        wish: None,
        channel: None,
        after: None,
    };
    existing.attendees[0].response = Some(response.clone());
    let row = crate::id::NotificationId::new(
        &existing.id,
        &existing.attendees[0].id,
        "key",
        sample::now(),
    );
    existing.attendees[0].last_notification = Some(row.clone());
    let mut draft = draft();
    draft.title = "Another".to_owned();
    draft.description = text("About it");
    draft.organizer = Some(OrganizerDraft {
        name: "Sam".to_owned(),
        email: text("sam@example.com"),
        phone: text("+1 202 555 0101"),
    });
    let meeting = made(&draft, None, Some(&existing)).unwrap();
    assert_eq!(&*meeting.title, "Another");
    assert_eq!(&*meeting.description, "About it");
    let organizer = meeting.organizer.as_ref().unwrap();
    assert_eq!(&*organizer.name, "Sam");
    assert!(organizer.email.is_some() && organizer.phone.is_some());
    assert_eq!(
        (meeting.version, meeting.status),
        (7, BookingStatus::Confirmed)
    );
    assert_eq!(meeting.attendees[0].response, Some(response));
    assert_eq!(meeting.attendees[0].last_notification, Some(row));
    assert_eq!(
        (meeting.revision, meeting.announced),
        (1, existing.announced.clone())
    );
    // Other details, another revision.
    draft.duration_minutes = Some(60);
    let moved = made(&draft, None, Some(&existing)).unwrap();
    assert_eq!(moved.revision, 2);
}

#[test]
fn a_new_lead_brings_their_answer_and_the_old_one_takes_theirs() {
    let bob = AttendeeDraft {
        name: "Bob Lee".to_owned(),
        email: text("bob@example.com"),
        ..AttendeeDraft::default()
    };
    let mut draft = draft();
    draft.attendees.push(bob);
    let mut existing = made(&draft, None, None).unwrap();
    let details = existing.details.clone();
    let revision = 1;
    sample::tell(&mut existing, details, revision, true);
    existing.status = BookingStatus::Confirmed;
    existing.attendees[0].response = Some(crate::meeting::Response {
        answer: crate::values::answer::Answer::Accept,
        revision: 1,
        at: sample::now(),
        wish: None,
        channel: None,
        after: None,
    });
    // The same lead: a message may have asked again since.
    existing.status = BookingStatus::Invited;
    let same = made(&draft, None, Some(&existing)).unwrap();
    assert_eq!(same.status, BookingStatus::Invited);
    existing.status = BookingStatus::Confirmed;
    draft.attendees.swap(0, 1);
    let other = made(&draft, None, Some(&existing)).unwrap();
    assert_eq!(other.status, BookingStatus::Invited, "Bob has not answered");
    draft.attendees.swap(0, 1);
    let back = made(&draft, None, Some(&other)).unwrap();
    assert_eq!(back.status, BookingStatus::Confirmed);
}

#[test]
fn another_template_brings_its_triggers_once_customers_were_told() {
    let trigger = |minutes_before| crate::template::ReminderTrigger {
        id: crate::id::TriggerId::parse("day").unwrap(),
        config_id: crate::id::ConfigId::parse("c").unwrap(),
        minutes_before,
        if_late: crate::template::IfLate::Skip,
    };
    let template = template(|body| body.reminder_triggers = vec![trigger(60)]);
    let mut draft = draft();
    let mut existing = made(&draft, None, None).unwrap();
    existing.reminders.triggers = vec![trigger(30)];
    draft.template_id = text("visit");
    let untold = made(&draft, Some(&template), Some(&existing)).unwrap();
    assert_eq!(untold.reminders.triggers, [trigger(30)]);
    let details = existing.details.clone();
    let revision = 1;
    sample::tell(&mut existing, details, revision, true);
    let after = made(&draft, Some(&template), Some(&existing)).unwrap();
    assert_eq!(after.reminders.triggers, [trigger(60)]);
    existing.template_id = Some(template.id.clone());
    let same = made(&draft, Some(&template), Some(&existing)).unwrap();
    assert_eq!(same.reminders.triggers, [trigger(30)], "the same template");
}
