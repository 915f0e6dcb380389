//! Links that put a meeting into a web calendar.

use chrono::SecondsFormat;

use super::{MessageFields, links::address_with};
use crate::{
    contact::EmailAddress,
    meeting::{Attendee, Meeting},
};

/// The most of a description that goes into a link, in characters: browsers and
/// calendars cut longer addresses.
const MAX_DESCRIPTION: usize = 500;

/// `https:` addresses that open a calendar with the meeting filled in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CalendarLinks {
    /// Google Calendar.
    pub google: String,
    /// Outlook on the web.
    pub outlook: String,
}

/// What a calendar calls an attendee's entry: the title, and the attendee's name where the
/// meeting has somebody else of the same mailbox or telephone. Their entries are two, each
/// with its own UID and answer, and stand side by side in one calendar.
pub(super) fn entry_title(meeting: &Meeting, attendee: &Attendee, title: &str) -> String {
    let address = attendee.email.as_ref().map(EmailAddress::key);
    let shares = |other: &Attendee| {
        let same_mailbox =
            address.is_some() && other.email.as_ref().map(EmailAddress::key) == address;
        same_mailbox || (attendee.phone.is_some() && other.phone == attendee.phone)
    };
    let mut others = meeting.everybody().filter(|other| other.id != attendee.id);
    if attendee.shares_address || others.any(shares) {
        format!("{title} ({})", attendee.name)
    } else {
        title.to_owned()
    }
}

/// The calendar links of a meeting for an attendee; `fields` are its strings.
pub fn calendar_links(
    meeting: &Meeting,
    attendee: &Attendee,
    fields: &MessageFields,
) -> CalendarLinks {
    let title = &entry_title(meeting, attendee, &fields.title);
    let (start, end) = (meeting.details.starts_at, meeting.details.ends_at());
    let compact = "%Y%m%dT%H%M%SZ";
    let dates = format!("{}/{}", start.format(compact), end.format(compact));
    let details: String = fields.description.chars().take(MAX_DESCRIPTION).collect();
    let google = [
        ("action", "TEMPLATE"),
        ("text", title),
        ("dates", &dates),
        ("details", &details),
        ("location", &fields.location),
    ];
    let iso = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let outlook = [
        ("path", "/calendar/action/compose"),
        ("rru", "addevent"),
        ("subject", title),
        ("startdt", &iso(start)),
        ("enddt", &iso(end)),
        ("body", &details),
        ("location", &fields.location),
    ];
    CalendarLinks {
        google: address_with("https://calendar.google.com/calendar/render", &google),
        outlook: address_with(
            "https://outlook.live.com/calendar/0/deeplink/compose",
            &outlook,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{meeting::BookingStatus, render::fields, sample};

    #[test]
    fn an_entry_says_whose_it_is_where_somebody_shares_the_mailbox_or_the_telephone() {
        let mut meeting = sample::meeting();
        let title =
            |meeting: &Meeting, at: usize| entry_title(meeting, &meeting.attendees[at], "T");
        assert_eq!(title(&meeting, 0), "T");
        for attendee in &mut meeting.attendees {
            (attendee.email, attendee.phone) = (None, None);
        }
        assert_eq!(title(&meeting, 0), "T", "no address is no shared one");
        let names: Vec<_> = meeting
            .attendees
            .iter()
            .map(|each| each.name.clone())
            .collect();
        meeting.attendees[0].email = EmailAddress::parse("Lee@example.com").ok();
        meeting.attendees[1].email = EmailAddress::parse("lee@Example.com").ok();
        assert_eq!(title(&meeting, 1), format!("T ({})", names[1]));
        meeting.attendees[1].email = None;
        assert_eq!(title(&meeting, 1), "T");
        let phone = crate::contact::PhoneNumber::from_e164("+12025550123").ok();
        for attendee in &mut meeting.attendees {
            attendee.phone.clone_from(&phone);
        }
        assert_eq!(title(&meeting, 0), format!("T ({})", names[0]));
    }

    #[test]
    fn values_stay_values() {
        let mut meeting = sample::meeting();
        meeting.title = "Fish & chips = 100% + #1".to_owned().try_into().unwrap();
        let fields = fields(
            &meeting,
            &meeting.attendees[0],
            None,
            &sample::settings(),
            BookingStatus::Booked,
        );
        let links = calendar_links(&meeting, &meeting.attendees[0], &fields);
        let google: Vec<(String, String)> = url::Url::parse(&links.google)
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect();
        assert_eq!(
            google[1],
            ("text".to_owned(), "Fish & chips = 100% + #1".to_owned())
        );
        assert_eq!(google[2].1, "20260115T190000Z/20260115T194500Z");
        let outlook: Vec<(String, String)> = url::Url::parse(&links.outlook)
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect();
        assert_eq!(outlook[2].1, "Fish & chips = 100% + #1");
        assert_eq!(outlook[3].1, "2026-01-15T19:00:00Z");
    }
}
