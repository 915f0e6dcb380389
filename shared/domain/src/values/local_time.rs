//! From what a person wrote ("9:00 in New York") to an instant.
//!
//! A local time that daylight saving skips or repeats is never guessed: both
//! candidates are offered instead.

use chrono::{
    DateTime, Datelike as _, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone as _, Utc,
};
use chrono_tz::Tz;

/// Why a start time cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Neither RFC 3339 nor a local date and time.
    #[error("is not a time like 2026-01-15T14:00:00 or 2026-01-15T14:00:00-05:00")]
    Malformed,
    /// Outside of the years Usher plans in.
    #[error("must lie between the years 2000 and 2099")]
    OutOfRange,
    /// Clocks jump over it.
    #[error("does not exist in {zone}: clocks skip it. Did you mean {} or {}?", .candidates[0], .candidates[1])]
    Skipped {
        /// The zone it was meant in.
        zone: Tz,
        /// RFC 3339, by the offset in force before and after the change.
        candidates: [String; 2],
    },
    /// Clocks show it twice.
    #[error("happens twice in {zone}: clocks are set back over it. Did you mean {} or {}?", .candidates[0], .candidates[1])]
    Repeated {
        /// The zone it was meant in.
        zone: Tz,
        /// RFC 3339, the earlier and the later.
        candidates: [String; 2],
    },
}

/// Reads a start time: RFC 3339, or without an offset as local time in `zone`.
/// Fractions of a second are dropped.
///
/// # Errors
/// [`TimeError`]; for a skipped or repeated local time with both candidates.
pub fn instant(text: &str, zone: Tz) -> Result<DateTime<Utc>, TimeError> {
    let text = text.trim();
    let instant = match DateTime::parse_from_rfc3339(text) {
        Ok(instant) => instant.to_utc(),
        Err(_) => local_instant(parse_local(text)?, zone)?,
    };
    let (Some(first), Some(end)) = (
        DateTime::from_timestamp(946_684_800, 0),
        DateTime::from_timestamp(4_102_444_800, 0),
    ) else {
        return Err(TimeError::OutOfRange);
    };
    if instant < first || instant >= end {
        return Err(TimeError::OutOfRange);
    }
    DateTime::from_timestamp(instant.timestamp(), 0).ok_or(TimeError::OutOfRange)
}

/// The beginning or the end of a range that a person asks for: RFC 3339, or a
/// date, which stands for the whole of that day in `zone`: its first instant at
/// the beginning of a range, the first instant behind it at the end.
///
/// # Errors
/// [`TimeError::Malformed`] for anything else, [`TimeError::OutOfRange`] for a
/// date outside of the years Usher plans in.
pub fn bound(text: &str, zone: Tz, end: bool) -> Result<DateTime<Utc>, TimeError> {
    // A plus that was not escaped in a query arrives as a blank.
    if let Ok(instant) = DateTime::parse_from_rfc3339(&text.replace(' ', "+")) {
        let instant = instant.to_utc();
        return shiftable(instant.date_naive())
            .then_some(instant)
            .ok_or(TimeError::OutOfRange);
    }
    let day: NaiveDate = text.parse().map_err(|_| TimeError::Malformed)?;
    let day = if end { day.succ_opt() } else { Some(day) };
    let day = day.ok_or(TimeError::OutOfRange)?;
    start_of_day(day, zone).ok_or(TimeError::OutOfRange)
}

/// The first instant of a day in `zone`: where clocks skip midnight, the first time there is.
/// None outside of the years Usher plans in.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    (0..=3)
        .filter(|_| shiftable(day))
        .filter_map(|hour| day.and_hms_opt(hour, 0, 0))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|instant| instant.to_utc())
}

/// An instant as the API writes it: RFC 3339 in UTC, whole seconds, with `Z`.
pub fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// An instant as staff read it in `zone`, which is named beside it where that is not
/// clear. An hour that clocks show twice has its offset behind it.
pub fn for_staff(instant: DateTime<Utc>, zone: Tz) -> String {
    let local = instant.with_timezone(&zone);
    let twice = matches!(
        zone.from_local_datetime(&local.naive_local()),
        LocalResult::Ambiguous(..)
    );
    let format = if twice {
        "%a %-d %b %Y, %H:%M (UTC%:z)"
    } else {
        "%a %-d %b %Y, %H:%M"
    };
    local.format(format).to_string()
}

fn parse_local(text: &str) -> Result<NaiveDateTime, TimeError> {
    let local = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .ok_or(TimeError::Malformed)?;
    if shiftable(local.date()) {
        Ok(local)
    } else {
        Err(TimeError::OutOfRange)
    }
}

/// Whether a date may be shifted by an offset: near the ends of what a date can
/// be, that panics.
fn shiftable(day: NaiveDate) -> bool {
    (1_999..=2_100).contains(&day.year())
}

fn local_instant(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, TimeError> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) => Ok(instant.to_utc()),
        LocalResult::Ambiguous(earlier, later) => Err(TimeError::Repeated {
            zone,
            candidates: [earlier.to_rfc3339(), later.to_rfc3339()],
        }),
        LocalResult::None => {
            let by_offset_at = |shift: Duration| {
                let near = zone.from_utc_datetime(&(local + shift));
                let offset = near.naive_local() - near.naive_utc();
                zone.from_utc_datetime(&(local - offset)).to_rfc3339()
            };
            // A day either way clears any change of offset there has been.
            let (before, after) = (Duration::days(-1), Duration::days(1));
            Err(TimeError::Skipped {
                zone,
                candidates: [by_offset_at(before), by_offset_at(after)],
            })
        }
    }
}

/// Reads an IANA zone name.
///
/// # Errors
/// A sentence saying what is expected.
pub fn zone(text: &str) -> Result<Tz, &'static str> {
    let name = text.trim().replace(' ', "_");
    let found = name.parse().ok().or_else(|| {
        // No two names differ by case alone (IANA tz, theory.html).
        let same = |zone: &&Tz| zone.name().eq_ignore_ascii_case(&name);
        chrono_tz::TZ_VARIANTS.iter().find(same).copied()
    });
    found.ok_or("is not an IANA time zone like America/New_York")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW_YORK: Tz = Tz::America__New_York;

    #[test]
    fn an_offset_wins_over_the_zone() {
        let utc = |text: &str, zone| instant(text, zone).unwrap().to_rfc3339();
        assert_eq!(
            utc("2026-01-15T14:00:00", NEW_YORK),
            "2026-01-15T19:00:00+00:00"
        );
        assert_eq!(
            utc("2026-07-15T14:00", NEW_YORK),
            "2026-07-15T18:00:00+00:00"
        );
        assert_eq!(
            utc("2026-01-15T14:00:00.5+01:00", NEW_YORK),
            "2026-01-15T13:00:00+00:00"
        );
        assert_eq!(
            utc("2026-01-15T14:00:00Z", Tz::Europe__Berlin),
            "2026-01-15T14:00:00+00:00"
        );
    }

    #[test]
    fn a_skipped_time_is_refused_with_both_candidates() {
        let Err(TimeError::Skipped { candidates, .. }) = instant("2026-03-08T02:30:00", NEW_YORK)
        else {
            panic!("a gap must be refused");
        };
        assert_eq!(
            candidates,
            ["2026-03-08T03:30:00-04:00", "2026-03-08T01:30:00-05:00"]
        );
    }

    #[test]
    fn a_repeated_time_is_refused_with_both_candidates() {
        let Err(TimeError::Repeated { candidates, .. }) = instant("2026-11-01T01:30:00", NEW_YORK)
        else {
            panic!("an overlap must be refused");
        };
        assert_eq!(
            candidates,
            ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"]
        );
        assert!(instant("2026-11-01T01:30:00-05:00", NEW_YORK).is_ok());
    }

    #[test]
    fn a_date_stands_for_its_whole_day() {
        let bound = |text: &str, zone, end| bound(text, zone, end).map(rfc3339);
        for (text, zone, begins, ends) in [
            (
                "2026-01-15",
                NEW_YORK,
                "2026-01-15T05:00:00Z",
                "2026-01-16T05:00:00Z",
            ),
            (
                "2026-03-08",
                NEW_YORK,
                "2026-03-08T05:00:00Z",
                "2026-03-09T04:00:00Z",
            ),
            // Clocks in Santiago skip midnight.
            (
                "2026-09-06",
                Tz::America__Santiago,
                "2026-09-06T04:00:00Z",
                "2026-09-07T03:00:00Z",
            ),
            (
                "2026-01-15T09:00:00 01:00",
                NEW_YORK,
                "2026-01-15T08:00:00Z",
                "2026-01-15T08:00:00Z",
            ),
            (
                "2026-01-15T09:00:00Z",
                NEW_YORK,
                "2026-01-15T09:00:00Z",
                "2026-01-15T09:00:00Z",
            ),
        ] {
            assert_eq!(bound(text, zone, false).as_deref(), Ok(begins));
            assert_eq!(bound(text, zone, true).as_deref(), Ok(ends));
        }
        for text in ["yesterday", "9999-12-31", "+262142-12-31"] {
            assert!(bound(text, NEW_YORK, true).is_err(), "{text}");
        }
    }

    #[test]
    fn nonsense_and_far_years_are_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-13-01T00:00:00",
            "2026-02-30T10:00",
            "14:00",
        ] {
            assert_eq!(instant(text, NEW_YORK), Err(TimeError::Malformed), "{text}");
        }
        for text in [
            "9999-01-01T00:00:00Z",
            "1969-01-01T00:00:00Z",
            "2100-01-01T00:00:00Z",
            "2100-01-01T00:00:00",
            "+262142-12-31T23:59:59",
            "-262143-01-01T00:00:00",
            "9999-12-31T23:59:59",
        ] {
            assert_eq!(
                instant(text, NEW_YORK),
                Err(TimeError::OutOfRange),
                "{text}"
            );
        }
    }
}
