//! From what a caller wrote to the attendees of a meeting.

use std::collections::BTreeSet;

use crate::{
    contact::{EmailAddress, PhoneNumber, Region},
    error::FieldErrors,
    id::AttendeeId,
    language::LanguageTag,
    meeting::{Attendee, AttendeeDraft, MAX_ATTENDEES, Meeting},
    text::Name,
    values::{channel::Preference, local_time::zone},
};

/// About how many bytes the attendees take in the table, with all that may be
/// noted of them later.
pub(super) fn weight(attendees: &[Attendee]) -> usize {
    let texts = |attendee: &Attendee| {
        let email = attendee
            .email
            .as_ref()
            .map_or(0, |email| email.shown().len());
        attendee.id.as_str().len() + attendee.name.len() + email
    };
    attendees.iter().map(|attendee| texts(attendee) + 260).sum()
}

pub(super) fn attendees(
    draft: &[AttendeeDraft],
    region: Region,
    existing: Option<&Meeting>,
    errors: &mut FieldErrors,
) -> Vec<Attendee> {
    if draft.is_empty() || draft.len() > MAX_ATTENDEES {
        errors.add(
            "/attendees",
            format!("must be 1 to {MAX_ATTENDEES}, are {}", draft.len()),
        );
        return Vec::new();
    }
    let mut ids = BTreeSet::new();
    let mut attendees = Vec::with_capacity(draft.len());
    for (i, draft) in draft.iter().enumerate() {
        let Some(mut attendee) = attendee(i, draft, region, errors) else {
            continue;
        };
        if !ids.insert(attendee.id.clone()) {
            errors.add(
                format!("/attendees/{i}/id"),
                "is the id of another attendee too; give attendees who share a contact ids of their own",
            );
        }
        if let Some(before) = existing.and_then(|meeting| meeting.attendee(&attendee.id)) {
            attendee.response = before.response.clone();
            attendee.last_notification = before.last_notification.clone();
        }
        attendees.push(attendee);
    }
    attendees
}

fn attendee(
    i: usize,
    draft: &AttendeeDraft,
    region: Region,
    errors: &mut FieldErrors,
) -> Option<Attendee> {
    let at = |field: &str| format!("/attendees/{i}/{field}");
    let parse_phone = |text: &str| PhoneNumber::parse(text, region);
    let name = errors.keep(at("name"), Name::parse(&draft.name));
    let email = errors.optional(at("email"), draft.email.as_deref(), EmailAddress::parse);
    let phone = errors.optional(at("phone"), draft.phone.as_deref(), parse_phone);
    let timezone = errors.optional(at("timezone"), draft.timezone.as_deref(), zone);
    let language = errors.optional(
        at("language"),
        draft.language.as_deref(),
        LanguageTag::parse,
    );
    let preference = errors.optional(
        at("preferred_confirmation_method"),
        draft.preference.as_deref(),
        Preference::parse,
    );
    let id = match draft.id.as_deref() {
        Some(id) => errors.keep(at("id"), AttendeeId::parse(id)),
        None => {
            let contact = email.as_ref().map(EmailAddress::key);
            let contact = contact.or_else(|| phone.as_ref().map(ToString::to_string));
            Some(AttendeeId::derived(
                &contact.unwrap_or_else(|| draft.name.trim().to_owned()),
            ))
        }
    };
    Some(Attendee {
        id: id?,
        name: name?,
        email,
        phone,
        preference,
        language,
        timezone,
        response: None,
        last_notification: None,
    })
}
