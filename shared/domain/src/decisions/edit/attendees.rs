//! From what a caller wrote to the attendees of a meeting.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::pairing::{Identity, pair};
use crate::{
    contact::{EmailAddress, PhoneNumber, Region},
    error::FieldErrors,
    id::AttendeeId,
    language::LanguageTag,
    meeting::{Attendee, AttendeeDraft, MAX_ATTENDEES, Meeting},
    text::Name,
    values::{channel::Preference, local_time::zone},
};

/// The attendees of a meeting after a save (P5).
#[derive(Debug, Default)]
pub(super) struct Paired {
    /// Those that were written, in their order, each with what is kept of them.
    pub(super) attendees: Vec<Attendee>,
    /// Those that were there and are no more, or were removed before and are not back.
    pub(super) left: Vec<Attendee>,
}

/// Reads the attendees that were written, and finds each among those that are there.
pub(super) fn attendees(
    draft: &[AttendeeDraft],
    region: Region,
    existing: Option<&Meeting>,
    errors: &mut FieldErrors,
) -> Paired {
    if draft.is_empty() || draft.len() > MAX_ATTENDEES {
        errors.add(
            "/attendees",
            format!("must be 1 to {MAX_ATTENDEES}, are {}", draft.len()),
        );
        return Paired::default();
    }
    // Who was removed and does not know it may come back.
    let there: Vec<_> = existing
        .iter()
        .flat_map(|meeting| meeting.everybody())
        .cloned()
        .collect();
    let there = &there[..];
    let newest_link = existing.map_or(0, |meeting| meeting.links.current);
    let written: Vec<_> = draft
        .iter()
        .enumerate()
        .filter_map(|(i, draft)| WrittenAttendee::read(i, draft, region, errors))
        .collect();
    let identities: Vec<_> = written.iter().map(WrittenAttendee::identity).collect();
    let pairs = pair(&identities, there);
    let before: Vec<_> = pairs.iter().map(|at| Some(&there[(*at)?])).collect();
    let left: Vec<_> = there
        .iter()
        .enumerate()
        .filter(|(place, _)| !pairs.contains(&Some(*place)))
        .map(|(_, attendee)| attendee.clone())
        .collect();
    let ids = ids(&written, &before, &left, errors);
    let attendees = written.into_iter().zip(ids).zip(before);
    Paired {
        attendees: attendees
            .map(|((written, id), before)| written.attendee(id, before, newest_link))
            .collect(),
        left,
    }
}

/// The id of each: the one that was given, else the one they had, else one that is
/// derived from their contact. One that two of them would have is refused.
fn ids(
    written: &[WrittenAttendee],
    before: &[Option<&Attendee>],
    left: &[Attendee],
    errors: &mut FieldErrors,
) -> Vec<AttendeeId> {
    let mut refuse = |place: usize| {
        errors.add(
            format!("/attendees/{place}/id"),
            "is the id of another attendee too; give attendees who share a contact ids of their own",
        );
    };
    let mut owners = Owners::of(left);
    let known: Vec<_> = written
        .iter()
        .zip(before)
        .map(|(each, before)| {
            let kept = before.map(|before| before.id.clone());
            each.id.clone().or(kept)
        })
        .collect();
    for (each, id) in written.iter().zip(&known) {
        let Some(id) = id else { continue };
        if !owners.give(id.clone(), each.contact()) {
            refuse(each.place);
        }
    }
    let derive = |(each, known): (&WrittenAttendee, Option<AttendeeId>)| {
        known.unwrap_or_else(|| {
            let id = owners.derive(&each.contact());
            if !owners.give(id.clone(), each.contact()) {
                refuse(each.place);
            }
            id
        })
    };
    written.iter().zip(known).map(derive).collect()
}

/// Each id with the contact of its owner; of one who has left there is none.
struct Owners(BTreeMap<AttendeeId, Option<String>>);

impl Owners {
    fn of(left: &[Attendee]) -> Self {
        Self(left.iter().map(|each| (each.id.clone(), None)).collect())
    }

    /// Gives somebody an id. Returns whether it was nobody's before.
    fn give(&mut self, id: AttendeeId, contact: String) -> bool {
        self.0.insert(id, Some(contact)).is_none()
    }

    /// The id that is derived from a contact: the first that is nobody's, for somebody may
    /// have it who had this contact before; or another one's of the same contact.
    fn derive(&self, contact: &str) -> AttendeeId {
        let mut id = AttendeeId::derived(contact);
        let mut next = 2;
        while let Some(owner) = self.0.get(&id)
            && owner.as_deref() != Some(contact)
        {
            id = AttendeeId::derived(&format!("{contact} {next}"));
            next += 1;
        }
        id
    }
}

/// An attendee as they were written, every field parsed.
struct WrittenAttendee {
    /// Where among the others.
    place: usize,
    id: Option<AttendeeId>,
    name: Name,
    email: Option<EmailAddress>,
    phone: Option<PhoneNumber>,
    preference: Option<Preference>,
    language: Option<LanguageTag>,
    timezone: Option<Tz>,
}

impl WrittenAttendee {
    fn read(
        place: usize,
        draft: &AttendeeDraft,
        region: Region,
        errors: &mut FieldErrors,
    ) -> Option<Self> {
        let at = |field: &str| format!("/attendees/{place}/{field}");
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
            Some(id) => Some(errors.keep(at("id"), AttendeeId::parse(id))?),
            None => None,
        };
        Some(Self {
            place,
            id,
            name: name?,
            email,
            phone,
            preference,
            language,
            timezone,
        })
    }

    fn identity(&self) -> Identity<'_> {
        Identity {
            id: self.id.as_ref(),
            name: &self.name,
            email: self.email.as_ref(),
            phone: self.phone.as_ref(),
        }
    }

    /// What an id is derived from.
    fn contact(&self) -> String {
        let email = self.email.as_ref().map(EmailAddress::key);
        let contact = email.or_else(|| self.phone.as_ref().map(ToString::to_string));
        contact.unwrap_or_else(|| self.name.to_string())
    }

    /// The attendee: what was written, and besides what was there before. So whatever
    /// else an attendee has is kept without being named here.
    fn attendee(self, id: AttendeeId, before: Option<&Attendee>, newest_link: u32) -> Attendee {
        let newcomer = || Attendee::newcomer(id.clone(), self.name.clone(), newest_link);
        let before = before.cloned().unwrap_or_else(newcomer);
        Attendee {
            id,
            name: self.name,
            email: self.email,
            phone: self.phone,
            preference: self.preference,
            language: self.language,
            timezone: self.timezone,
            ..before
        }
    }
}
