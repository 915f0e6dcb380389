//! Every string by which a meeting is shown to a customer or to staff: one home
//! for the messages and the landing page, so that both say the same.
//!
//! Strings are free of control characters (but line breaks in the description)
//! and of the characters that turn the direction of writing around; they are
//! not escaped for anything. What is absent is the empty string.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    clean::{clean, joined},
    dates::Dates,
    links::address_with,
    reader::Reader,
    words::{Places, Words},
    zone::{ShownZone, Venue},
};
use crate::{
    contact::{EmailAddress, PhoneNumber},
    language::Locale,
    meeting::{Attendee, BookingStatus, Details, Location, Meeting},
    settings::{Business, Settings},
    template::Template,
    values::location::LocationKind,
};

/// A meeting as one reader sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MessageFields {
    /// What these strings are written for.
    #[serde(skip)]
    pub locale: Locale,
    /// The title, with the status filled in where it asks for it (N10).
    pub title: String,
    /// Like `Thursday, January 15, 2026`.
    pub date: String,
    /// Like `Jan 15`.
    pub short_date: String,
    /// The start, like `2:00 PM`.
    pub time: String,
    /// The end, like `2:45 PM`; with its date when it is another, and its zone when
    /// clocks change in between.
    pub end_time: String,
    /// The start as it stands in a sentence, like `Jan 15 at 2:00 PM`, with the zone
    /// where the reader could take it for another.
    pub moment: String,
    /// The zone of the start as people say it, like `EST` or `GMT+3`.
    pub timezone: String,
    /// The same where a time is not to be told without it (G9); else empty.
    pub named_timezone: String,
    /// The zone's IANA name, like `America/New_York`.
    pub zone: String,
    /// What a range of time is written of.
    #[serde(skip)]
    pub(super) end: End,
    /// Like `Jan 15, 2026`.
    #[serde(skip)]
    pub(super) short_date_with_year: String,
    /// Like `45 minutes` or `1 hour 30 minutes`.
    pub duration: String,
    /// The address, or what kind of place it is.
    pub location: String,
    /// A map of the address, `https:`.
    pub map_url: String,
    /// The video call, `https:`.
    pub video_url: String,
    /// What it is about; may have line breaks.
    pub description: String,
    /// The booking status in words.
    pub status: String,
    /// The staff member who owns it.
    pub organizer: ContactFields,
    /// The business.
    pub business: ContactFields,
}

/// The end of a meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct End {
    /// Like `2:45 PM`.
    time: String,
    /// Like `EDT`, when it is not the zone of the start: clocks change in between.
    timezone: String,
    /// Like `Jan 16`, when it is not the day of the start.
    day: String,
}

/// Whom a customer can turn to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactFields {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their number, like `+1-202-555-0100`: readable, and fit for `tel:` (RFC 3966).
    pub phone: String,
}

/// The strings of `meeting` for `attendee`, in their language, where Usher writes
/// it, else in the business's; and in the zone that the module `zone` says.
///
/// `status` is the one to show: when sending, the one that the send leads to.
pub fn fields(
    meeting: &Meeting,
    attendee: &Attendee,
    template: Option<&Template>,
    settings: &Settings,
    status: BookingStatus,
) -> MessageFields {
    let locale = attendee.locale(settings);
    facts_for(
        Reader::Attendee(attendee, &locale),
        meeting,
        template,
        settings,
        status,
    )
}

/// The strings of `meeting` for a reader.
pub(super) fn facts_for(
    reader: Reader<'_>,
    meeting: &Meeting,
    template: Option<&Template>,
    settings: &Settings,
    status: BookingStatus,
) -> MessageFields {
    let format = template.and_then(|template| template.body().title_format.as_deref());
    let organizer = meeting.organizer.as_ref();
    let status = (Words::of(reader.locale().language()).status)(status);
    MessageFields {
        title: clean(&meeting.shown_title(format, status)),
        description: clean(&meeting.description),
        status: status.to_owned(),
        organizer: ContactFields::of(
            organizer.map(|organizer| &*organizer.name),
            organizer.and_then(|organizer| organizer.email.as_ref()),
            organizer.and_then(|organizer| organizer.phone.as_ref()),
        ),
        business: ContactFields::of_business(&settings.business),
        ..when_and_where(&meeting.details, reader, template, settings)
    }
}

/// The strings that tell of the details alone; the rest is empty.
pub(super) fn when_and_where(
    details: &Details,
    reader: Reader<'_>,
    template: Option<&Template>,
    settings: &Settings,
) -> MessageFields {
    let venue = Venue::of(details, template);
    let shown = ShownZone::of(reader, details, venue, settings);
    let dates = reader.dates(shown.zone);
    let words = Words::of(reader.locale().language());
    let start = details.starts_at;
    let end = End::of(details, dates);
    // The kind is the venue's.
    let Location {
        kind: _,
        address,
        video_url,
    } = &details.location;
    let mut fields = MessageFields {
        locale: reader.locale().clone(),
        date: dates.date(start),
        short_date: dates.short_date(start),
        short_date_with_year: dates.short_date_with_year(start),
        time: dates.time(start),
        end_time: end.written(&end.timezone, ""),
        end,
        timezone: dates.zone(start),
        zone: dates.zone.name().to_owned(),
        duration: spoken_duration(details.duration_minutes, words),
        location: location(venue, reader, &words.places),
        map_url: address.as_deref().map(map_url).unwrap_or_default(),
        video_url: video_url
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        ..MessageFields::default()
    };
    // The end says its zone where it is another one (`end_time`): so does the start.
    if shown.named || !fields.end.timezone.is_empty() {
        fields.named_timezone.clone_from(&fields.timezone);
    }
    fields.moment = fields.moment_on(&fields.short_date);
    fields
}

impl MessageFields {
    /// The start in a sentence, with its day written like this.
    pub(super) fn moment_on(&self, day: &str) -> String {
        let moment = (Words::of(self.locale.language()).moment)(day, &self.time);
        joined(&[&moment, &self.named_timezone], " ")
    }

    /// From start to end, like `2:00 PM – 2:45 PM EST`. Both zones are named where clocks
    /// change in between, and the day of the end where it is another.
    pub fn hours(&self, between: &str) -> String {
        let (start, end) = self.ends();
        format!("{start}{between}{}", end.written(end_zone(self), ""))
    }

    /// The same with the duration, like `2:00 PM – 2:45 PM EST (45 minutes)`.
    pub(super) fn hours_and_duration(&self) -> String {
        let (start, end) = self.ends();
        format!("{start} – {}", end.written(end_zone(self), &self.duration))
    }

    /// The start, with its zone where the end has another.
    fn ends(&self) -> (String, &End) {
        let zone = match self.end.timezone.is_empty() {
            true => "",
            false => &self.timezone,
        };
        (joined(&[&self.time, zone], " "), &self.end)
    }
}

fn end_zone(fields: &MessageFields) -> &str {
    match fields.end.timezone.as_str() {
        "" => &fields.timezone,
        other => other,
    }
}

impl End {
    fn of(details: &Details, dates: Dates<'_>) -> Self {
        let (start, end) = (details.starts_at, details.ends_at());
        let day = |at: DateTime<Utc>| at.with_timezone(&dates.zone).date_naive();
        let if_other = |other: bool, text: String| if other { text } else { String::new() };
        let zone = dates.zone(end);
        Self {
            time: dates.time(end),
            day: if_other(day(start) != day(end), dates.short_date(end)),
            timezone: if_other(zone != dates.zone(start), zone),
        }
    }

    /// With a zone, and with a day and what else there is to say behind it.
    fn written(&self, zone: &str, remark: &str) -> String {
        let time = joined(&[&self.time, zone], " ");
        match joined(&[&self.day, remark], ", ") {
            remarks if remarks.is_empty() => time,
            remarks => format!("{time} ({remarks})"),
        }
    }
}

impl ContactFields {
    /// How customers reach the business, as far as its settings say.
    pub fn of_business(business: &Business) -> Self {
        Self::of(
            business.name.as_deref(),
            business.email.as_ref(),
            business.phone.as_ref(),
        )
    }

    pub(super) fn of(
        name: Option<&str>,
        email: Option<&EmailAddress>,
        phone: Option<&PhoneNumber>,
    ) -> Self {
        Self {
            name: name.map(clean).unwrap_or_default(),
            email: email.map(ToString::to_string).unwrap_or_default(),
            phone: phone.map(PhoneNumber::in_groups).unwrap_or_default(),
        }
    }
}

fn spoken_duration(minutes: u32, words: &Words) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => (words.minutes)(minutes),
        (hours, 0) => (words.hours)(hours),
        (hours, minutes) => format!("{} {}", (words.hours)(hours), (words.minutes)(minutes)),
    }
}

/// The address; without one what the place is, as far as that is known.
fn location(venue: Venue<'_>, reader: Reader<'_>, words: &Places) -> String {
    match venue {
        Venue::Address(address) => return clean(address),
        Venue::Video(None) => words.video_call,
        Venue::Video(Some(platform)) => {
            return format!("{} ({})", words.video_call, clean(platform));
        }
        Venue::Phone => words.phone_call,
        Venue::Place(LocationKind::Office) => words.our_office,
        Venue::Place(LocationKind::ClientHouse) => match reader {
            Reader::Attendee(..) => words.your_home,
            Reader::Staff => "The customer's home",
        },
        Venue::Place(LocationKind::Jobsite) => words.jobsite,
        Venue::Place(LocationKind::Other) | Venue::Unnamed | Venue::Undecided => "",
    }
    .to_owned()
}

/// A search for the address. Source: Google Maps URLs, "Search".
fn map_url(address: &str) -> String {
    address_with(
        "https://www.google.com/maps/search/",
        &[("api", "1"), ("query", &clean(address))],
    )
}

#[cfg(test)]
mod tests;
