//! Dates and times as a reader's language and region write them (Unicode CLDR).

use chrono::{DateTime, Datelike as _, Offset as _, Timelike as _, Utc};
use chrono_tz::Tz;
use icu_calendar::{Date, Gregorian};
use icu_datetime::{
    DateTimeFormatterPreferences, FixedCalendarDateTimeFormatter, NoCalendarFormatter,
    fieldsets::{E, M, MD, T, YMD, YMDE, zone::SpecificShort},
    input::{Time, TimeZone, UtcOffset},
};
use icu_time::zone::ZoneNameTimestamp;

use crate::language::Locale;

/// A day in these fields; `None` where the data lacks it. A macro, because each set of
/// fields is a type with data of its own.
macro_rules! written {
    ($dates:expr, $at:expr, $fields:expr) => {
        FixedCalendarDateTimeFormatter::try_new($dates.preferences(), $fields)
            .ok()
            .zip($dates.day($at))
            .map(|(format, day)| format.format(&day).to_string())
    };
}

/// Writes instants for one reader.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates<'a> {
    /// How they read.
    pub(super) locale: &'a Locale,
    /// Where they are.
    pub(super) zone: Tz,
}

impl Dates<'_> {
    /// Like `Thursday, January 15, 2026`.
    pub(super) fn date(self, at: DateTime<Utc>) -> String {
        self.or_iso(written!(self, at, YMDE::long()), at, "%Y-%m-%d")
    }

    /// Like `Jan 15`.
    pub(super) fn short_date(self, at: DateTime<Utc>) -> String {
        self.or_iso(written!(self, at, MD::medium()), at, "%Y-%m-%d")
    }

    /// Like `Jan 15, 2026`.
    pub(super) fn short_date_with_year(self, at: DateTime<Utc>) -> String {
        self.or_iso(written!(self, at, YMD::medium()), at, "%Y-%m-%d")
    }

    /// Like `Jan`.
    pub(super) fn month(self, at: DateTime<Utc>) -> String {
        self.or_iso(written!(self, at, M::medium()), at, "%m")
    }

    /// Like `Thu`.
    pub(super) fn weekday(self, at: DateTime<Utc>) -> String {
        self.or_iso(written!(self, at, E::short()), at, "%u")
    }

    /// Like `15`.
    pub(super) fn day_of_month(self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).day().to_string()
    }

    /// Like `2:00 PM`, to the minute.
    pub(super) fn time(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        let hour = u8::try_from(local.hour()).ok();
        let minute = u8::try_from(local.minute()).ok();
        let written = hour.zip(minute).and_then(|(hour, minute)| {
            let time = Time::try_new(hour, minute, 0, 0).ok()?;
            let format = NoCalendarFormatter::try_new(self.preferences(), T::hm());
            Some(format.ok()?.format(&time).to_string())
        });
        self.or_iso(written, at, "%H:%M")
    }

    /// The zone as the reader's language and region say it: in the letters that they
    /// commonly use for it, like `EST` or `MEZ`, else by its offset, like `GMT+3`.
    ///
    /// Only CLDR tells which letters those are. The zone's own, which its database has,
    /// mean several zones: `CST` is Chicago's, Shanghai's and Havana's.
    pub(super) fn zone(self, at: DateTime<Utc>) -> String {
        // UTC goes by that name everywhere, and by several in the database.
        let zone = |name| TimeZone::from_iana_id(name);
        if zone(self.zone.name()) == zone(Tz::UTC.name()) {
            return "UTC".to_owned();
        }
        match self.spoken_zone(at) {
            Some(spoken) if !spoken.is_empty() => spoken,
            _ => format!("GMT{}", at.with_timezone(&self.zone).format("%:z")),
        }
    }

    fn spoken_zone(self, at: DateTime<Utc>) -> Option<String> {
        let offset = at.with_timezone(&self.zone).offset().fix();
        let offset = UtcOffset::try_from_seconds(offset.local_minus_utc()).ok();
        let zone = TimeZone::from_iana_id(self.zone.name())
            .with_offset(offset)
            .with_zone_name_timestamp(ZoneNameTimestamp::from_epoch_seconds(at.timestamp()));
        let format = NoCalendarFormatter::try_new(self.preferences(), SpecificShort);
        Some(format.ok()?.format(&zone).to_string())
    }

    fn day(self, at: DateTime<Utc>) -> Option<Date<Gregorian>> {
        let local = at.with_timezone(&self.zone);
        let month = u8::try_from(local.month()).ok()?;
        let day = u8::try_from(local.day()).ok()?;
        Date::try_new_gregorian(local.year(), month, day).ok()
    }

    fn preferences(self) -> DateTimeFormatterPreferences {
        self.locale.id().into()
    }

    /// What was written, with its narrow spaces made plain: few fonts of mail
    /// programs have them, and no SMS. What could not be written, as ISO 8601 has it.
    fn or_iso(self, written: Option<String>, at: DateTime<Utc>, iso: &str) -> String {
        match written {
            Some(written) => written.replace(['\u{202f}', '\u{a0}'], " "),
            None => at.with_timezone(&self.zone).format(iso).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(tag: &str, zone: Tz, at: &str) -> String {
        let locale = &Locale::parse(tag).unwrap();
        let at = at.parse().unwrap();
        let dates = Dates { locale, zone };
        format!(
            "{}; {}; {} {}; {} {}",
            dates.date(at),
            dates.short_date(at),
            dates.time(at),
            dates.zone(at),
            dates.weekday(at),
            dates.month(at)
        )
    }

    #[test]
    fn each_language_and_region_writes_them_its_own_way() {
        let at = "2026-08-15T12:05:00Z";
        for (tag, expected) in [
            (
                "en",
                "Saturday, August 15, 2026; Aug 15; 2:05 PM GMT+2; Sat Aug",
            ),
            (
                "en-GB",
                "Saturday, 15 August 2026; 15 Aug; 14:05 CEST; Sat Aug",
            ),
            (
                "de",
                "Samstag, 15. August 2026; 15. Aug.; 14:05 MESZ; Sa Aug",
            ),
            (
                "es",
                "sábado, 15 de agosto de 2026; 15 ago; 14:05 CEST; sáb ago",
            ),
            (
                "es-US",
                "sábado, 15 de agosto de 2026; 15 ago; 2:05 p.m. GMT+2; sáb ago",
            ),
            ("fr", "samedi 15 août 2026; 15 août; 14:05 UTC+2; sam. août"),
            (
                "fr-CA",
                "samedi 15 août 2026; 15 août; 14 h 05 UTC+2; sam. août",
            ),
        ] {
            assert_eq!(written(tag, Tz::Europe__Berlin, at), expected, "{tag}");
        }
    }

    #[test]
    fn a_zone_has_the_letters_that_the_reader_knows_or_an_offset() {
        let at = "2026-06-01T12:00:00Z".parse().unwrap();
        for (tag, zone, expected) in [
            ("en", Tz::America__New_York, "EDT"),
            ("de", Tz::America__New_York, "GMT-4"),
            ("en", Tz::Asia__Shanghai, "GMT+8"),
            ("en", Tz::America__Havana, "GMT-4"),
            ("en", Tz::Asia__Kolkata, "GMT+5:30"),
            ("en-IN", Tz::Asia__Kolkata, "IST"),
            ("en", Tz::Australia__Sydney, "GMT+10"),
            ("en-AU", Tz::Australia__Sydney, "AEST"),
            ("en", Tz::Europe__London, "GMT+1"),
            ("fr-CA", Tz::America__New_York, "HAE"),
            ("de", Tz::Europe__Vienna, "MESZ"),
            ("en-GB", Tz::Europe__London, "BST"),
            ("en", Tz::America__Sao_Paulo, "GMT-3"),
            ("fr", Tz::America__Sao_Paulo, "UTC-3"),
            ("en", Tz::Asia__Kathmandu, "GMT+5:45"),
            ("fr", Tz::UTC, "UTC"),
        ] {
            let locale = &Locale::parse(tag).unwrap();
            assert_eq!(Dates { locale, zone }.zone(at), expected, "{tag} {zone}");
        }
    }

    #[test]
    fn no_instant_is_beyond_words() {
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let locale = &Locale::parse("fr").unwrap();
            let dates = Dates {
                locale,
                zone: Tz::UTC,
            };
            assert!(!dates.date(at).is_empty() && !dates.zone(at).is_empty());
        }
    }
}
