use chrono_tz::Tz;

use super::*;
use crate::{language::Language, sample};

fn at(start: &str, zone: Tz, minutes: u32) -> MessageFields {
    let mut meeting = sample::meeting();
    meeting.details.starts_at = start.parse().unwrap();
    meeting.details.timezone = zone;
    meeting.details.duration_minutes = minutes;
    fields(
        &meeting,
        &meeting.attendees[0],
        None,
        &sample::settings(),
        BookingStatus::Booked,
    )
}

#[test]
fn times_are_right_on_either_side_of_a_clock_change() {
    for (start, zone, expected) in [
        (
            "2026-03-07T19:00:00Z",
            Tz::America__New_York,
            "Saturday, March 7, 2026 2:00 PM – 2:45 PM EST (45 minutes)",
        ),
        (
            "2026-03-08T18:00:00Z",
            Tz::America__New_York,
            "Sunday, March 8, 2026 2:00 PM – 2:45 PM EDT (45 minutes)",
        ),
        // Starts before clocks go from 2 to 3, ends after.
        (
            "2026-03-08T06:30:00Z",
            Tz::America__New_York,
            "Sunday, March 8, 2026 1:30 AM EST – 3:15 AM EDT (45 minutes)",
        ),
        // The repeated hour: the same wall time, told apart by the zone.
        (
            "2026-11-01T05:30:00Z",
            Tz::America__New_York,
            "Sunday, November 1, 2026 1:30 AM EDT – 1:15 AM EST (45 minutes)",
        ),
        (
            "2026-11-01T06:30:00Z",
            Tz::America__New_York,
            "Sunday, November 1, 2026 1:30 AM – 2:15 AM EST (45 minutes)",
        ),
        (
            "2026-03-28T12:00:00Z",
            Tz::Europe__Berlin,
            "Saturday, March 28, 2026 1:00 PM – 1:45 PM GMT+1 (45 minutes)",
        ),
        (
            "2026-03-29T12:00:00Z",
            Tz::Europe__Berlin,
            "Sunday, March 29, 2026 2:00 PM – 2:45 PM GMT+2 (45 minutes)",
        ),
        (
            "2026-06-01T12:00:00Z",
            Tz::America__Sao_Paulo,
            "Monday, June 1, 2026 9:00 AM – 9:45 AM GMT-3 (45 minutes)",
        ),
        (
            "2026-06-01T12:00:00Z",
            Tz::Asia__Kathmandu,
            "Monday, June 1, 2026 5:45 PM – 6:30 PM GMT+5:45 (45 minutes)",
        ),
        (
            "2026-06-01T12:00:00Z",
            Tz::UTC,
            "Monday, June 1, 2026 12:00 PM – 12:45 PM UTC (45 minutes)",
        ),
    ] {
        let f = at(start, zone, 45);
        assert_eq!(format!("{} {}", f.date, f.hours_and_duration()), expected);
    }
}

#[test]
fn a_range_names_the_day_and_the_zone_of_its_end_where_they_are_others() {
    let ranges = |start, zone, minutes| {
        let fields = at(start, zone, minutes);
        let own = format!("{} to {}", fields.time, fields.end_time);
        [own, fields.hours(" to "), fields.hours_and_duration()]
    };
    assert_eq!(
        ranges("2027-11-07T04:30:00Z", Tz::America__New_York, 120),
        [
            "12:30 AM to 1:30 AM EST",
            "12:30 AM EDT to 1:30 AM EST",
            "12:30 AM EDT – 1:30 AM EST (2 hours)",
        ]
    );
    assert_eq!(
        ranges("2026-01-16T04:00:00Z", Tz::America__New_York, 120),
        [
            "11:00 PM to 1:00 AM (Jan 16)",
            "11:00 PM to 1:00 AM EST (Jan 16)",
            "11:00 PM – 1:00 AM EST (Jan 16, 2 hours)",
        ]
    );
    assert_eq!(
        ranges("2027-11-07T03:30:00Z", Tz::America__New_York, 1440)[2],
        "11:30 PM EDT – 10:30 PM EST (Nov 7, 24 hours)"
    );
}

#[test]
fn a_call_is_told_in_the_attendees_own_zone() {
    let mut meeting = sample::meeting();
    meeting.attendees[0].timezone = Some(Tz::Asia__Tokyo);
    let told = |meeting: &Meeting| {
        let ann = &meeting.attendees[0];
        let status = BookingStatus::Booked;
        let fields = fields(meeting, ann, None, &sample::settings(), status);
        [fields.date, fields.moment, fields.timezone, fields.zone]
    };
    assert_eq!(
        told(&meeting),
        [
            "Thursday, January 15, 2026",
            "Jan 15 at 2:00 PM EST",
            "EST",
            "America/New_York"
        ]
    );
    meeting.details.location.address = None;
    assert_eq!(
        told(&meeting),
        [
            "Friday, January 16, 2026",
            "Jan 16 at 4:00 AM",
            "GMT+9",
            "Asia/Tokyo"
        ]
    );
    meeting.attendees[0].timezone = None;
    assert_eq!(told(&meeting)[1], "Jan 15 at 2:00 PM EST");
}

#[test]
fn durations_read_as_people_say_them() {
    for (minutes, text) in [
        (1, "1 minute"),
        (45, "45 minutes"),
        (60, "1 hour"),
        (90, "1 hour 30 minutes"),
        (121, "2 hours 1 minute"),
        (1440, "24 hours"),
    ] {
        let words = Words::of(Language::English);
        assert_eq!(spoken_duration(minutes, words), text);
    }
    assert_eq!(
        at("2026-06-01T23:00:00Z", Tz::UTC, 120).end_time,
        "1:00 AM (Jun 2)"
    );
}

#[test]
fn only_an_address_has_a_map() {
    let fields = at("2026-06-01T12:00:00Z", Tz::UTC, 30);
    assert_eq!(
        fields.map_url,
        "https://www.google.com/maps/search/?api=1&query=123%20Main%20St%2C%20Springfield"
    );
    let mut meeting = sample::meeting();
    meeting.details.location.address = None;
    let fields = super::fields(
        &meeting,
        &meeting.attendees[0],
        None,
        &sample::settings(),
        BookingStatus::Booked,
    );
    assert_eq!(
        (fields.location.as_str(), fields.map_url.as_str()),
        ("Video call", "")
    );
    meeting.details.location.video_url = None;
    let fields = super::fields(
        &meeting,
        &meeting.attendees[0],
        None,
        &sample::settings(),
        BookingStatus::Booked,
    );
    assert_eq!(fields.location, "Your home");
}
