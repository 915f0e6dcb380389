//! In which zone a reader is told of a time, and whether it must be named (G9).
//!
//! One goes to a place by the clocks of that place, whoever one is. A call is taken
//! wherever one happens to be, so it is told in the reader's own zone; where that is not
//! known, in the one it was agreed in. A zone goes without its name only where nobody
//! could take it for another: at a place, unless the reader is known to live by other
//! clocks, and in the zone that is known to be the reader's.

use chrono::{Offset as _, TimeZone as _};
use chrono_tz::Tz;

use super::reader::Reader;
use crate::{
    meeting::Details,
    settings::Settings,
    template::{MeetingType, Template},
    values::location::LocationKind,
};

/// What a meeting is at, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Venue<'a> {
    /// An address.
    Address(&'a str),
    /// Somebody's place, without an address.
    Place(LocationKind),
    /// A place that nobody has named.
    Unnamed,
    /// A video call, on this platform.
    Video(Option<&'a str>),
    /// A telephone call.
    Phone,
    /// Not decided yet.
    Undecided,
}

impl<'a> Venue<'a> {
    /// What details and template say of it. What the meeting itself says comes first.
    pub(super) fn of(details: &'a Details, template: Option<&'a Template>) -> Self {
        let body = template.map(Template::body);
        let kind = body.map(|body| body.meeting_type).unwrap_or_default();
        let place = &details.location;
        match (&place.address, place.kind, kind) {
            (Some(address), ..) => Self::Address(address),
            (None, ..) if place.video_url.is_some() || kind == MeetingType::Video => {
                Self::Video(body.and_then(|body| body.video_platform.as_deref()))
            }
            (None, _, MeetingType::Phone) => Self::Phone,
            (None, Some(whose), _) if whose != LocationKind::Other => Self::Place(whose),
            (None, _, MeetingType::ToBeDecided) => Self::Undecided,
            (None, ..) => Self::Unnamed,
        }
    }

    /// Whether one goes there.
    fn in_person(self) -> bool {
        match self {
            Self::Address(_) | Self::Place(_) | Self::Unnamed => true,
            Self::Video(_) | Self::Phone | Self::Undecided => false,
        }
    }
}

/// The zone that a reader is told times in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShownZone {
    /// The zone.
    pub(super) zone: Tz,
    /// Whether a time is not to be told without it.
    pub(super) named: bool,
}

impl ShownZone {
    /// The zone of a meeting with these details for a reader.
    ///
    /// Staff read the meeting's, which is named where it is not the business's.
    pub(super) fn of(
        reader: Reader<'_>,
        details: &Details,
        venue: Venue<'_>,
        settings: &Settings,
    ) -> Self {
        let there = details.timezone;
        let (zone, readers) = match reader {
            Reader::Attendee(attendee, _) if venue.in_person() => {
                (there, Some(attendee.timezone.unwrap_or(there)))
            }
            Reader::Attendee(attendee, _) => {
                (attendee.timezone.unwrap_or(there), attendee.timezone)
            }
            Reader::Staff => (there, Some(settings.timezone)),
        };
        Self {
            zone,
            named: readers.is_none_or(|own| !same_clocks(own, zone, details)),
        }
    }
}

/// Whether clocks of both zones show the same from the start of a meeting to its end.
fn same_clocks(one: Tz, other: Tz, details: &Details) -> bool {
    [details.starts_at, details.ends_at()]
        .into_iter()
        .all(|at| {
            let offset = |zone: Tz| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
            offset(one) == offset(other)
        })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rstest::rstest;

    use super::*;
    use crate::{
        language::Locale,
        meeting::{Location, Meeting},
        sample,
        template::TemplateBody,
        text::Name,
    };

    const NEW_YORK: Tz = Tz::America__New_York;

    fn shown(meeting: &Meeting, template: Option<&Template>, own: Option<Tz>) -> (Tz, bool) {
        let mut attendee = meeting.attendees[0].clone();
        attendee.timezone = own;
        let locale = Locale::default();
        let reader = Reader::Attendee(&attendee, &locale);
        let venue = Venue::of(&meeting.details, template);
        let shown = ShownZone::of(reader, &meeting.details, venue, &sample::settings());
        (shown.zone, shown.named)
    }

    fn template(kind: MeetingType) -> Template {
        let mut body = TemplateBody::built_in(Name::parse("T").unwrap());
        body.meeting_type = kind;
        Template::from_store("t".to_owned().try_into().unwrap(), 1, body)
    }

    fn at(location: Location) -> Meeting {
        let mut meeting = sample::meeting();
        meeting.details.location = location;
        meeting
    }

    #[rstest]
    #[case::nothing_known(None, NEW_YORK, false)]
    #[case::their_own(Some(NEW_YORK), NEW_YORK, false)]
    #[case::the_same_clocks(Some(Tz::America__Toronto), NEW_YORK, false)]
    #[case::other_clocks(Some(Tz::Asia__Tokyo), NEW_YORK, true)]
    fn a_place_is_told_in_its_own_zone(
        #[case] own: Option<Tz>,
        #[case] zone: Tz,
        #[case] named: bool,
    ) {
        let home = Location {
            kind: Some(LocationKind::ClientHouse),
            ..Location::default()
        };
        for meeting in [sample::meeting(), at(home), at(Location::default())] {
            assert_eq!(shown(&meeting, None, own), (zone, named));
        }
    }

    #[rstest]
    #[case::nothing_known(None, NEW_YORK, true)]
    #[case::their_own(Some(NEW_YORK), NEW_YORK, false)]
    #[case::other_clocks(Some(Tz::Asia__Tokyo), Tz::Asia__Tokyo, false)]
    fn a_call_is_told_in_the_readers_zone(
        #[case] own: Option<Tz>,
        #[case] zone: Tz,
        #[case] named: bool,
        #[values(MeetingType::Phone, MeetingType::Video, MeetingType::ToBeDecided)]
        kind: MeetingType,
    ) {
        let template = template(kind);
        let nowhere = at(Location::default());
        assert_eq!(shown(&nowhere, Some(&template), own), (zone, named));
        let video = at(Location {
            address: None,
            ..sample::meeting().details.location
        });
        assert_eq!(shown(&video, None, own), (zone, named));
        // Who has to go somewhere goes by the clocks there.
        assert_eq!(shown(&sample::meeting(), Some(&template), own).0, NEW_YORK);
    }

    #[test]
    fn clocks_that_part_before_the_end_are_other_clocks() {
        let mut meeting = sample::meeting();
        // New York sets its clocks on 8 March, an hour before Chicago; Bogotá never does.
        meeting.details.starts_at = "2026-03-08T06:30:00Z".parse().unwrap();
        meeting.details.duration_minutes = 60;
        assert!(shown(&meeting, None, Some(Tz::America__Bogota)).1);
        meeting.details.starts_at -= TimeDelta::hours(2);
        assert!(!shown(&meeting, None, Some(Tz::America__Bogota)).1);
    }

    #[test]
    fn staff_read_the_meetings_zone_and_its_name_where_it_is_not_the_businesss() {
        let mut meeting = sample::meeting();
        let shown = |meeting: &Meeting| {
            let venue = Venue::of(&meeting.details, None);
            ShownZone::of(Reader::Staff, &meeting.details, venue, &sample::settings())
        };
        assert!(!shown(&meeting).named);
        meeting.details.timezone = Tz::Europe__Berlin;
        let berlin = ShownZone {
            zone: Tz::Europe__Berlin,
            named: true,
        };
        assert_eq!(shown(&meeting), berlin);
    }
}
