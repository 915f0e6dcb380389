//! From what a caller wrote to a meeting: every field parsed, every default
//! filled in, everything that was there before kept.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::attendees::{Paired, attendees};
use crate::values::local_time::zone;
use crate::{
    Failure,
    contact::{EmailAddress, PhoneNumber, Region},
    error::FieldErrors,
    id::{MeetingId, TemplateId},
    local_time,
    meeting::{
        BookingStatus, Details, LinkGenerations, Location, LocationDraft, Meeting, MeetingDraft,
        Organizer, OrganizerDraft,
    },
    reminders::Reminders,
    settings::Settings,
    template::{DURATION, Template, TemplateBody},
    text::{Address, Description, Name, Title},
    unread::Unread,
    web::HttpsUrl,
};

/// The most followers a meeting may have: each is told of an answer, and is so in
/// the transaction that takes it.
pub const MAX_FOLLOWERS: usize = 24;

/// Makes the meeting that `draft` describes: a new draft, or `existing` with
/// its editable fields replaced and its history kept.
///
/// `template` is the one that `draft.template_id` names, `None` when it names
/// none or there is none such.
///
/// # Errors
/// [`Failure::Invalid`] with every field that cannot be accepted;
/// [`Failure::Refused`] when the existing meeting is archived.
pub fn compose(
    id: MeetingId,
    draft: &MeetingDraft,
    template: Option<&Template>,
    settings: &Settings,
    existing: Option<&Meeting>,
    now: DateTime<Utc>,
) -> Result<Meeting, Failure> {
    if existing.is_some_and(|meeting| meeting.archived) {
        return Err(Failure::Refused {
            code: "archived",
            reason: "The meeting is archived. Take it back from the archive to change it."
                .to_owned(),
        });
    }
    let mut errors = FieldErrors::default();
    if draft
        .id
        .as_deref()
        .is_some_and(|given| given != id.as_str())
    {
        errors.add("/id", "is not the id in the URL");
    }
    let region = settings.sms.default_region;
    let read = ParsedDraft::read(draft, template, region, existing, &mut errors);
    let parsed = errors.finish(read)?;
    let new = || new_meeting(id, parsed.title.clone(), parsed.details.clone(), now);
    let mut meeting = existing.cloned().unwrap_or_else(new);
    parsed.apply_to(&mut meeting, template);
    if existing != Some(&meeting) {
        meeting.edits += 1;
    }
    Ok(meeting)
}

/// What a caller wrote of a meeting, every field parsed.
struct ParsedDraft {
    title: Title,
    template_id: Option<TemplateId>,
    details: Details,
    description: Description,
    organizer: Option<Organizer>,
    followers: Vec<EmailAddress>,
    attendees: Paired,
}

impl ParsedDraft {
    fn read(
        draft: &MeetingDraft,
        template: Option<&Template>,
        region: Region,
        existing: Option<&Meeting>,
        errors: &mut FieldErrors,
    ) -> Option<Self> {
        let title = errors.keep("/title", Title::parse(&draft.title));
        let template_id = template_id(draft, template, errors);
        let details = details(draft, template, errors);
        let description = draft.description.as_deref().unwrap_or_default();
        let description = errors.keep("/description", Description::parse(description));
        let organizer = draft.organizer.as_ref();
        let organizer = organizer.and_then(|written| self::organizer(written, region, errors));
        let followers = followers(&draft.followers, errors);
        let attendees = attendees(&draft.attendees, region, existing, errors);
        Some(Self {
            title: title?,
            template_id,
            details: details?,
            description: description?,
            organizer,
            followers,
            attendees,
        })
    }

    /// Has a meeting say this, and what else it says follow from it.
    fn apply_to(self, meeting: &mut Meeting, template: Option<&Template>) {
        meeting.title = self.title;
        if meeting.announced.is_some() && meeting.template_id != self.template_id {
            meeting.take_triggers(template.map_or(&[], |t| &t.body().reminder_triggers));
        }
        meeting.template_id = self.template_id;
        meeting.description = self.description;
        meeting.organizer = self.organizer;
        meeting.followers = self.followers;
        let lead_before = meeting.lead().map(|lead| lead.id.clone());
        meeting.attendees = self.attendees.attendees;
        // Whoever does not know that they are no longer expected is kept until they do.
        meeting.removed = self.attendees.left;
        meeting.forget_what_nobody_was_told();
        meeting.change_details(self.details);
        if lead_before.as_ref() != meeting.lead().map(|lead| &lead.id) {
            meeting.follow_new_lead();
        }
        meeting.forget_answers_of_other_details();
        meeting.note_shared_addresses();
    }
}

fn new_meeting(id: MeetingId, title: Title, details: Details, now: DateTime<Utc>) -> Meeting {
    Meeting {
        id,
        version: 0,
        edits: 0,
        title,
        details,
        revision: 1,
        highest_revision: 1,
        template_id: None,
        description: Description::default(),
        organizer: None,
        followers: Vec::new(),
        attendees: Vec::new(),
        status: BookingStatus::Draft,
        archived: false,
        announced: None,
        statements: Vec::new(),
        highest_statement: 0,
        owners: Vec::new(),
        sequences: Vec::new(),
        removed: Vec::new(),
        cancelled_at: None,
        cancelled_revision: None,
        cancelled_statement: None,
        calling_off: false,
        saving_attendees: false,
        sending: None,
        reminders: Reminders::default(),
        links: LinkGenerations::default(),
        dealt_with: None,
        others: None,
        created_at: now,
        unread: Unread::default(),
    }
}

fn template_id(
    draft: &MeetingDraft,
    template: Option<&Template>,
    errors: &mut FieldErrors,
) -> Option<TemplateId> {
    let id = errors.optional(
        "/template_id",
        draft.template_id.as_deref(),
        TemplateId::parse,
    )?;
    if template.is_none() {
        errors.add("/template_id", "there is no template of this id");
    }
    Some(id)
}

fn details(
    draft: &MeetingDraft,
    template: Option<&Template>,
    errors: &mut FieldErrors,
) -> Option<Details> {
    let template = template.map(Template::body);
    let timezone = errors.keep("/timezone", zone(&draft.timezone));
    let starts_at = errors.keep(
        "/starts_at",
        local_time::instant(&draft.starts_at, timezone.unwrap_or(Tz::UTC)),
    );
    let default = template.map_or(30, |template| template.duration_minutes);
    let duration = errors.keep(
        "/duration_minutes",
        duration(draft.duration_minutes, default),
    );
    let location = location(&draft.location, template, errors);
    Some(Details {
        starts_at: starts_at?,
        timezone: timezone?,
        duration_minutes: duration?,
        location,
    })
}

fn location(
    draft: &LocationDraft,
    template: Option<&TemplateBody>,
    errors: &mut FieldErrors,
) -> Location {
    let default = template.and_then(|template| template.location_kind);
    let address = draft.address.as_deref();
    let address = errors.optional("/location/address", address, Address::parse);
    let video_url = draft.video_url.as_deref();
    let video_url = errors.optional("/location/video_url", video_url, HttpsUrl::parse);
    if template.is_some_and(|template| template.require_address) && address.is_none() {
        errors.add("/location/address", "is required by the meeting's template");
    }
    Location {
        kind: draft.kind.or(default),
        address,
        video_url,
    }
}

fn duration(given: Option<i64>, default: u32) -> Result<u32, String> {
    match given.map(u32::try_from) {
        None => Ok(default),
        Some(Ok(minutes)) if DURATION.contains(&minutes) => Ok(minutes),
        Some(_) => Err(format!(
            "must be {} to {} minutes",
            DURATION.start(),
            DURATION.end()
        )),
    }
}

fn organizer(
    draft: &OrganizerDraft,
    region: Region,
    errors: &mut FieldErrors,
) -> Option<Organizer> {
    let parse_phone = |text: &str| PhoneNumber::parse(text, region);
    let name = errors.keep("/organizer/name", Name::parse(&draft.name));
    let email = errors.optional(
        "/organizer/email",
        draft.email.as_deref(),
        EmailAddress::parse,
    );
    let phone = errors.optional("/organizer/phone", draft.phone.as_deref(), parse_phone);
    Some(Organizer {
        name: name?,
        email,
        phone,
    })
}

fn followers(draft: &[String], errors: &mut FieldErrors) -> Vec<EmailAddress> {
    let several = |(i, text): (usize, &'_ String)| {
        let each = text.split([';', ',', '\n']).map(str::trim);
        let each: Vec<_> = each
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect();
        // What is empty is no address, and is refused as such.
        let each = if each.is_empty() {
            vec![String::new()]
        } else {
            each
        };
        each.into_iter()
            .map(move |text| (i, text))
            .collect::<Vec<_>>()
    };
    let each: Vec<_> = draft.iter().enumerate().flat_map(several).collect();
    if each.len() > MAX_FOLLOWERS {
        errors.add(
            "/followers",
            format!("at most {MAX_FOLLOWERS} are possible"),
        );
        return Vec::new();
    }
    let each = each.into_iter();
    each.filter_map(|(i, text)| errors.keep(format!("/followers/{i}"), EmailAddress::parse(&text)))
        .collect()
}

#[cfg(test)]
mod tests;
