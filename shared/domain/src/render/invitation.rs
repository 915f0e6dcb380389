//! The meeting as a calendar file (RFC 5545, RFC 5546).
//!
//! One identity per meeting and attendee: the UID never changes and SEQUENCE
//! never falls, so that calendars move and remove what they have instead of
//! adding to it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use icalendar::{
    Calendar, CalendarDateTime, Component as _, Event, EventLike as _, EventStatus, Property,
};

use super::{Links, MessageFields, calendar::entry_title, fields, words::Words};
use crate::{
    contact::EmailAddress,
    id::digest,
    local_time::rfc3339,
    meeting::{Attendee, BookingStatus, CalendarOwner, Meeting},
    settings::Settings,
    template::Template,
    text::Name,
    values::{answer::Answer, kind::NotificationType},
};

/// What a file asks its reader's calendar to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    /// Show it.
    Publish,
    /// Take it in, and keep it up to date.
    Request,
    /// Take it away.
    Cancel,
}

impl Method {
    fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// The calendar file of `meeting` for `attendee`, with links that their token opens.
///
/// It is a REQUEST, which calendars take in and move with every later one of its UID,
/// or a CANCEL when the meeting is called off. Who has no address cannot be an ATTENDEE,
/// and gets a PUBLISH, which names none (RFC 5546 §3.2.1). The same meeting makes the
/// same bytes, whenever it is asked for.
///
/// It tells of the details that the attendee was told last: a change that they are not told
/// of may be taken back without a word, and would stay in their calendar.
pub fn ics(
    meeting: &Meeting,
    attendee: &Attendee,
    template: Option<&Template>,
    settings: &Settings,
    links: Option<&Links>,
) -> String {
    let sequence = meeting.calendar_sequence(attendee);
    let meeting = &*as_told(meeting, attendee);
    let fields = fields(meeting, attendee, template, settings, meeting.status);
    let owner = meeting.owner_known_to(attendee).cloned();
    let owner = owner.or_else(|| calendar_owner(meeting, settings));
    let invited = owner.as_ref().and(attendee.email.as_ref());
    let cancelled = meeting.status == BookingStatus::Cancelled;
    let method = match invited {
        Some(_) if cancelled => Method::Cancel,
        Some(_) => Method::Request,
        None => Method::Publish,
    };
    let mut event = event(meeting, attendee, &fields, links);
    event.sequence(sequence);
    // Who is removed from what takes place gets no STATUS (RFC 5546 §3.2.5).
    if meeting.attendee(&attendee.id).is_some() {
        event.status(if cancelled {
            EventStatus::Cancelled
        } else {
            EventStatus::Confirmed
        });
    }
    if let Some(owner) = owner {
        let name = owner.name.as_deref().unwrap_or_default();
        event.append_property(party("ORGANIZER", name, &owner.email));
    }
    if let Some(invited) = invited {
        event.append_multi_property(invitee(meeting, attendee, invited));
    }
    file(method, event)
}

fn file(method: Method, event: Event) -> String {
    let file = Calendar::empty()
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Usher//Meeting notifications//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", method.as_str()))
        .push(event)
        .to_string();
    folded(&file)
}

/// The file that takes a meeting out of the calendar behind an address which an attendee
/// has left, where that `statement` has put it; `attendee` has that address alone. It says
/// no more than what it takes out: `entry` is what it is called now. The meeting takes
/// place, so that it gets no STATUS (RFC 5546 §3.2.5).
pub(super) fn removal_file(
    meeting: &Meeting,
    attendee: &Attendee,
    statement: u64,
    settings: &Settings,
    entry: &str,
) -> String {
    let said = meeting.statement(statement);
    let mut event = Event::new();
    event
        .uid(&uid(meeting, attendee))
        .timestamp(said.map_or(meeting.created_at, |said| said.at))
        .sequence(meeting.removal_sequence(statement))
        .summary(entry);
    if let Some(said) = said {
        event
            .starts(CalendarDateTime::Utc(said.details.starts_at))
            .ends(CalendarDateTime::Utc(said.details.ends_at()));
    }
    let owner = meeting.owner_named_in(statement).cloned();
    if let Some(owner) = owner.or_else(|| calendar_owner(meeting, settings)) {
        let name = owner.name.as_deref().unwrap_or_default();
        event.append_property(party("ORGANIZER", name, &owner.email));
    }
    if let Some(email) = &attendee.email {
        event.append_multi_property(party("ATTENDEE", "", email));
    }
    file(Method::Cancel, event)
}

/// The meeting as an attendee was told of it last; as it is where they were not. What is
/// off for them is named as they knew it.
fn as_told<'a>(meeting: &'a Meeting, attendee: &Attendee) -> Cow<'a, Meeting> {
    let off = NotificationType::Cancellation;
    if meeting.status == BookingStatus::Cancelled {
        return meeting.as_named_to(attendee, off);
    }
    match meeting.certain_of(attendee) {
        Some(told) if told.kind.calls_off() => Cow::Owned(Meeting {
            status: BookingStatus::Cancelled,
            cancelled_at: Some(told.at),
            ..meeting.as_named_to(attendee, off).into_owned()
        }),
        Some(told) if told.details != meeting.details => Cow::Owned(Meeting {
            details: told.details.clone(),
            revision: told.revision,
            ..meeting.clone()
        }),
        _ => Cow::Borrowed(meeting),
    }
}

/// Whom files name as the owner that announce a meeting now: its organizer; where they
/// have no address, the business or else its sender, so that calendars know whose entry it
/// is and let later messages change it.
pub fn calendar_owner(meeting: &Meeting, settings: &Settings) -> Option<CalendarOwner> {
    let (business, sender) = (&settings.business, &settings.sender);
    let owner = |name: Option<&Name>, email: Option<&EmailAddress>| {
        Some(CalendarOwner {
            name: name.cloned(),
            email: email.cloned()?,
        })
    };
    let organizer = meeting.organizer.as_ref();
    let organizer = organizer.and_then(|each| owner(Some(&each.name), each.email.as_ref()));
    organizer
        .or_else(|| owner(business.name.as_ref(), business.email.as_ref()))
        .or_else(|| owner(sender.name.as_ref(), sender.email.as_ref()))
}

/// The media type of a calendar file, whose `method` must be the METHOD inside
/// (RFC 5545 §8.1).
pub fn calendar_type(file: &str) -> String {
    match method_of(file) {
        Some(method) => format!("text/calendar; charset=utf-8; method={method}"),
        None => "text/calendar; charset=utf-8".to_owned(),
    }
}

/// What a calendar file asks its reader's calendar to do.
pub(super) fn method_of(file: &str) -> Option<&str> {
    file.lines().find_map(|line| line.strip_prefix("METHOD:"))
}

/// Folds once more what is longer than 75 octets (RFC 5545 §3.1): the crate
/// leaves out of account the space that begins the last line of a property.
fn folded(file: &str) -> String {
    let mut folded = String::with_capacity(file.len());
    for mut line in file.lines() {
        while line.len() > 75 {
            let (head, tail) = line.split_at(line.floor_char_boundary(74));
            folded.push_str(head);
            folded.push_str("\r\n ");
            line = tail;
        }
        folded.push_str(line);
        folded.push_str("\r\n");
    }
    folded
}

fn event(
    meeting: &Meeting,
    attendee: &Attendee,
    fields: &MessageFields,
    links: Option<&Links>,
) -> Event {
    let mut event = Event::new();
    event
        .uid(&uid(meeting, attendee))
        .timestamp(stamp(meeting, attendee))
        .starts(CalendarDateTime::Utc(meeting.details.starts_at))
        .ends(CalendarDateTime::Utc(meeting.details.ends_at()))
        .add_property("TRANSP", "OPAQUE")
        .summary(&entry_title(meeting, attendee, &fields.title));
    if !fields.location.is_empty() {
        event.location(&fields.location);
    }
    let landing = links.map(Links::landing);
    let description = description(fields, landing.as_deref());
    if !description.is_empty() {
        event.description(&description);
    }
    if let Some(landing) = landing {
        event.url(&landing);
    }
    event
}

/// DTSTAMP: when what the file says came to be. Of two files of one SEQUENCE calendars
/// keep the later one (RFC 5546 §2.1.5), so an answer moves it; a download does not, or
/// an old link would win over a newer email.
fn stamp(meeting: &Meeting, attendee: &Attendee) -> DateTime<Utc> {
    let announced = meeting.announced.as_ref().map(|announced| announced.at);
    let answered = attendee.response.as_ref().map(|response| response.at);
    let called_off = meeting
        .cancelled_at
        .filter(|_| meeting.status == BookingStatus::Cancelled);
    [announced, answered, called_off]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or(meeting.created_at)
}

/// Stable for a meeting and an attendee; the time of creation keeps two
/// deployments apart that both call a meeting `1`.
fn uid(meeting: &Meeting, attendee: &Attendee) -> String {
    let created = rfc3339(meeting.created_at);
    let digest = digest(&["ics", meeting.id.as_str(), attendee.id.as_str(), &created]);
    format!("{}@usher", hex::encode(&digest[..16]))
}

fn description(fields: &MessageFields, landing: Option<&str>) -> String {
    let labels = &Words::of(fields.locale.language()).labels;
    let labelled = |label: &str, value: &str| {
        if value.is_empty() {
            String::new()
        } else {
            format!("{label}{} {value}", labels.colon)
        }
    };
    let organizer = &fields.organizer;
    let contact = [&organizer.name, &organizer.phone, &organizer.email];
    let contact: Vec<&str> = contact
        .into_iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    [
        fields.description.clone(),
        labelled(labels.video, &fields.video_url),
        labelled(labels.organizer, &contact.join(", ")),
        labelled(labels.details, landing.unwrap_or_default()),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}

fn party(property: &str, name: &str, email: &EmailAddress) -> Property {
    let mut party = Property::new(property, format!("mailto:{}", email.ascii()));
    // A parameter cannot hold a double quote in any form (RFC 5545 §3.2).
    let name = super::clean::clean(name).replace('"', "'");
    if !name.is_empty() {
        party.add_parameter("CN", &name);
    }
    party
}

/// Who is invited, with the answer that stands. Who was only told has not answered
/// either, whatever the business takes for granted: it is for them to say that they
/// come, and nothing asks them to (`RSVP=FALSE`).
fn invitee(meeting: &Meeting, attendee: &Attendee, email: &EmailAddress) -> Property {
    let wanted = meeting.was_asked(attendee) && meeting.status != BookingStatus::Cancelled;
    let answer = meeting
        .standing_answer(attendee)
        .map(|response| response.answer);
    let mut invitee = party("ATTENDEE", &attendee.name, email);
    invitee
        .add_parameter("ROLE", "REQ-PARTICIPANT")
        .add_parameter(
            "PARTSTAT",
            match answer {
                Some(Answer::Accept) => "ACCEPTED",
                Some(Answer::Decline) => "DECLINED",
                // Whoever asks for another time has said neither yes nor no.
                Some(Answer::Reschedule) | None => "NEEDS-ACTION",
            },
        )
        .add_parameter("RSVP", if wanted { "TRUE" } else { "FALSE" });
    invitee
}
