//! Who is who after a save, held against the rule as it is written (P5).

use std::collections::BTreeSet;

use proptest::prelude::*;
use rstest::rstest;

use crate::{
    contact::Region,
    decisions::edit::attendees::{Paired, attendees},
    error::FieldErrors,
    id::NotificationId,
    meeting::{Attendee, AttendeeDraft, Meeting, Response},
    sample,
    values::{answer::Answer, contact::EmailAddress},
};

/// A draft from words for id, name, email and phone; `-` leaves out.
fn draft(words: &str) -> AttendeeDraft {
    let mut words = words.split(' ').map(|word| (word != "-").then_some(word));
    let mut next = || words.next().flatten();
    AttendeeDraft {
        id: next().map(str::to_owned),
        name: next().unwrap_or("Nobody").to_owned(),
        email: next().map(|word| format!("{word}@example.com")),
        phone: next().map(|word| format!("+1 202 555 012{word}")),
        ..AttendeeDraft::default()
    }
}

fn saved(drafts: &[AttendeeDraft], existing: &[Attendee]) -> Result<Paired, FieldErrors> {
    let mut errors = FieldErrors::default();
    let us = Region::parse("US").unwrap();
    let meeting = Meeting {
        attendees: existing.to_vec(),
        ..sample::meeting()
    };
    let paired = attendees(drafts, us, Some(&meeting), &mut errors);
    if errors.is_empty() {
        Ok(paired)
    } else {
        Err(errors)
    }
}

/// These attendees, each with an answer and a message that tell them apart.
fn there(words: &[&str]) -> Vec<Attendee> {
    let drafts: Vec<_> = words.iter().map(|words| draft(words)).collect();
    let mut attendees = saved(&drafts, &[]).unwrap().attendees;
    for (place, attendee) in attendees.iter_mut().enumerate() {
        mark(attendee, place);
    }
    attendees
}

fn mark(attendee: &mut Attendee, place: usize) {
    attendee.response = Some(Response {
        answer: Answer::Accept,
        revision: u32::try_from(place).unwrap(),
        at: sample::now(),
        wish: None,
        channel: None,
        after: None,
    });
    let key = place.to_string();
    let id = NotificationId::new(&sample::meeting().id, &attendee.id, &key, sample::now());
    attendee.last_notification = Some(id);
}

/// Which one of those that were there an attendee was.
fn was(attendee: &Attendee) -> Option<usize> {
    let place = attendee.response.as_ref()?.revision;
    usize::try_from(place).ok()
}

#[rstest]
#[case::by_id("ann Eve e 9", Some(0))]
#[case::by_email("- Eve ANN 9", Some(0))]
#[case::by_email_under_another_id("new Eve bob 9", Some(1))]
#[case::by_phone("- Eve e 2", Some(1))]
#[case::by_name("- Bob e 9", Some(1))]
#[case::the_id_comes_first("ann Bob bob 2", Some(0))]
#[case::then_the_email("- Bob ann 2", Some(0))]
#[case::then_the_phone("- Bob e 1", Some(0))]
#[case::by_nothing("- Eve e 9", None)]
#[case::a_name_that_is_there_twice("- Cat e 9", None)]
fn an_attendee_is_known_again(#[case] written: &str, #[case] is: Option<usize>) {
    let existing = there(&["ann Ann ann 1", "bob Bob bob 2", "c Cat - -", "d Cat - -"]);
    let Paired { attendees, left } = saved(&[draft(written)], &existing).unwrap();
    assert_eq!(was(&attendees[0]), is);
    let last = is.and_then(|place| existing[place].last_notification.clone());
    assert_eq!(attendees[0].last_notification, last);
    assert_eq!(left.len(), existing.len() - usize::from(is.is_some()));
    if let Some(place) = is {
        assert!(!left.contains(&existing[place]));
        let given = draft(written).id;
        let id = given.unwrap_or_else(|| existing[place].id.to_string());
        assert_eq!(attendees[0].id.as_str(), id);
    }
}

#[test]
fn what_was_written_replaces_what_was_there() {
    let existing = there(&["ann Ann ann 1"]);
    let written = AttendeeDraft {
        preference: Some("sms".to_owned()),
        language: Some("de".to_owned()),
        timezone: Some("Europe/Berlin".to_owned()),
        ..draft("- Anna ann -")
    };
    let ann = saved(&[written], &existing).unwrap().attendees.remove(0);
    assert_eq!((&*ann.name, ann.phone), ("Anna", None));
    assert!(ann.preference.is_some() && ann.language.is_some() && ann.timezone.is_some());
    let bare = saved(&[draft("- Ann ann 1")], &existing).unwrap();
    assert_eq!(bare.attendees, existing);
}

#[test]
fn of_those_who_share_an_address_the_one_of_the_same_name_is_meant() {
    let existing = there(&["a Ann home 1", "b Bob home 1"]);
    for (written, is) in [("- Bob home -", 1), ("- Bob - 1", 1), ("- Eve home -", 0)] {
        let paired = saved(&[draft(written)], &existing).unwrap();
        assert_eq!(was(&paired.attendees[0]), Some(is), "{written}");
    }
    let both = saved(&[draft("- Bob home -"), draft("- Ann home -")], &existing).unwrap();
    let ids: Vec<_> = both.attendees.iter().map(|each| each.id.as_str()).collect();
    assert_eq!(ids, ["b", "a"]);
}

#[test]
fn who_takes_over_an_address_is_not_who_had_it() {
    let mut existing = there(&["- Ann old 1"]);
    let corrected = [draft("- Ann new 1")];
    existing = saved(&corrected, &existing).unwrap().attendees;
    let two = [draft("- Ann new 1"), draft("- Bob old 2")];
    let Paired { attendees, left } = saved(&two, &existing).unwrap();
    assert_eq!((was(&attendees[0]), was(&attendees[1])), (Some(0), None));
    assert_ne!(attendees[0].id, attendees[1].id);
    assert!(left.is_empty());
    // Nor does he get the id of somebody who leaves in the same save.
    let one = [draft("- Bob old 2")];
    let Paired { attendees, left } = saved(&one, &existing).unwrap();
    assert_eq!((was(&attendees[0]), left.len()), (None, 1));
    assert_ne!(attendees[0].id, left[0].id);
}

#[test]
fn who_comes_back_has_no_use_of_links_that_were_revoked() {
    let mut meeting = sample::meeting();
    meeting.links.current = 3;
    let drafts = [draft("ann Ann ann -"), draft("eve Eve eve -")];
    let us = Region::parse("US").unwrap();
    let Paired { attendees, .. } =
        attendees(&drafts, us, Some(&meeting), &mut FieldErrors::default());
    let oldest = attendees.iter().map(|each| each.oldest_link);
    assert!(oldest.eq([0, 3]));
}

#[rstest]
#[case::one_id(&["x Ann - -", "x Bob - -"], &["x Eve eve 9"])]
#[case::one_new_contact(&["- Ann home -", "- Bob home -"], &["x Eve eve 9"])]
#[case::one_is_there(&["- Ann ann 1", "- Ann ann 1"], &["- Ann ann 1"])]
fn two_who_cannot_be_told_apart_are_refused(#[case] written: &[&str], #[case] existing: &[&str]) {
    let drafts: Vec<_> = written.iter().map(|words| draft(words)).collect();
    for existing in [Vec::new(), there(existing)] {
        let refused = saved(&drafts, &existing).unwrap_err().into_failure();
        let crate::Failure::Invalid(errors) = refused else {
            panic!("must point at a field");
        };
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/attendees/1/id"]);
    }
}

/// The rule, read aloud: each step asks everybody who has nobody yet.
fn by_the_rule(drafts: &[AttendeeDraft], existing: &[Attendee]) -> Vec<Option<usize>> {
    let email = |draft: &AttendeeDraft, each: &Attendee| {
        let theirs = each.email.as_ref().map(EmailAddress::key);
        draft.email.is_some() && draft.email.as_ref().map(|text| text.to_lowercase()) == theirs
    };
    let phone = |draft: &AttendeeDraft, each: &Attendee| {
        let theirs = each.phone.as_ref().map(ToString::to_string);
        draft.phone.is_some() && draft.phone.as_ref().map(|text| text.replace(' ', "")) == theirs
    };
    let name = |draft: &AttendeeDraft, each: &Attendee| draft.name == *each.name;
    let given =
        |draft: &AttendeeDraft, each: &Attendee| draft.id.as_deref() == Some(each.id.as_str());
    let mut found: Vec<Option<usize>> = vec![None; drafts.len()];
    for step in 0..6 {
        let start = found.clone();
        for (place, draft) in drafts.iter().enumerate() {
            if found[place].is_some() {
                continue;
            }
            let same = |at: &usize| {
                let each = &existing[*at];
                match step {
                    0 => given(draft, each),
                    1 => email(draft, each) && name(draft, each),
                    2 => email(draft, each),
                    3 => phone(draft, each) && name(draft, each),
                    4 => phone(draft, each),
                    _ => name(draft, each),
                }
            };
            let mut free = (0..existing.len())
                .filter(|at| !found.contains(&Some(*at)))
                .filter(same);
            let first = free.next();
            let namesakes = (0..drafts.len())
                .filter(|other| start[*other].is_none() && drafts[*other].name == draft.name);
            if step < 5 || (free.next().is_none() && namesakes.count() == 1) {
                found[place] = first;
            }
        }
    }
    found
}

/// A crowd in which ids, names and contacts are few, so that many share them.
fn crowd(ids: &'static [&'static str]) -> impl Strategy<Value = Vec<AttendeeDraft>> {
    let id = prop::sample::select(ids);
    let name = prop::sample::select(&["Ann", "Bob", "Cat"][..]);
    let email = prop::sample::select(&["-", "-", "ann", "BOB", "home"][..]);
    let phone = prop::sample::select(&["-", "-", "1", "2"][..]);
    let one = (id, name, email, phone);
    let one =
        one.prop_map(|(id, name, email, phone)| draft(&format!("{id} {name} {email} {phone}")));
    prop::collection::vec(one, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn everybody_is_found_by_the_rule_and_nobody_is_forgotten(
        before in crowd(&["a", "b", "c", "d", "e", "f"]),
        after in crowd(&["-", "-", "-", "a", "b", "g"]),
    ) {
        let mut ids = BTreeSet::new();
        let mut before = before;
        before.retain(|each| ids.insert(each.id.clone()));
        let mut existing = saved(&before, &[]).unwrap().attendees;
        for (place, attendee) in existing.iter_mut().enumerate() {
            mark(attendee, place);
        }
        let Ok(Paired { attendees, left }) = saved(&after, &existing) else {
            return Ok(());
        };
        let found: Vec<_> = attendees.iter().map(was).collect();
        prop_assert_eq!(&found, &by_the_rule(&after, &existing));
        let ids: BTreeSet<_> = attendees.iter().chain(&left).map(|each| &each.id).collect();
        prop_assert_eq!(ids.len(), attendees.len() + left.len());
        for (place, attendee) in existing.iter().enumerate() {
            let taken = found.iter().filter(|is| **is == Some(place)).count();
            let gone = left.iter().filter(|each| *each == attendee).count();
            prop_assert_eq!(taken + gone, 1);
        }
        for (draft, attendee) in after.iter().zip(&attendees) {
            let kept = was(attendee).map(|place| existing[place].id.to_string());
            let id = draft.id.clone().or(kept);
            prop_assert!(id.is_none_or(|id| id == attendee.id.as_str()));
            prop_assert_eq!(&draft.name, &*attendee.name);
        }
    }
}
