//! What zones are called: every zone there is, in every language and in regions that have
//! letters of their own. `tests/parsers/test_zones.py` holds the list against Babel's.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use chrono::{DateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::dates::Dates;
use crate::language::{Language, Locale};

const LOCALES: [&str; 19] = [
    "en", "en-US", "en-GB", "en-IE", "en-AU", "en-NZ", "en-CA", "en-IN", "en-ZA", "de", "de-AT",
    "de-CH", "es", "es-US", "es-MX", "es-AR", "fr", "fr-CA", "fr-CH",
];

/// A day of January, and one of July.
const SEASONS: [&str; 2] = ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"];

fn seasons() -> [DateTime<Utc>; 2] {
    SEASONS.map(|at| at.parse().unwrap())
}

/// What a zone is called in January and in July.
fn names(locale: &Locale, zone: Tz) -> [String; 2] {
    seasons().map(|at| Dates { locale, zone }.zone(at))
}

/// Whether a name is an offset, like `GMT+5:30`.
fn is_offset(name: &str) -> bool {
    ["GMT", "UTC"]
        .iter()
        .find_map(|utc| name.strip_prefix(utc))
        .is_some_and(|offset| offset.chars().all(|c| "+-−:0123456789".contains(c)))
}

#[test]
fn letters_stand_only_where_cldr_has_them_for_the_region() {
    for language in Language::ALL.iter().map(|language| language.code()) {
        assert!(LOCALES.contains(&language), "{language} is not among them");
    }
    let mut list = String::new();
    for tag in LOCALES {
        let locale = Locale::parse(tag).unwrap();
        let mut zones = BTreeMap::<_, BTreeSet<&str>>::new();
        for zone in TZ_VARIANTS {
            let names = names(&locale, zone);
            if !names.iter().all(|name| is_offset(name)) {
                zones.entry(names).or_default().insert(zone.name());
            }
        }
        for ([winter, summer], zones) in zones {
            let zones: Vec<_> = zones.into_iter().collect();
            writeln!(list, "{tag} {winter} {summer}: {}", zones.join(" ")).unwrap();
        }
    }
    insta::assert_snapshot!(list);
}

#[test]
fn no_letters_mean_two_offsets_to_one_reader() {
    for tag in LOCALES {
        let locale = Locale::parse(tag).unwrap();
        let mut offsets = BTreeMap::new();
        for zone in TZ_VARIANTS {
            for (at, name) in seasons().into_iter().zip(names(&locale, zone)) {
                let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix();
                let known = *offsets.entry(name.clone()).or_insert(offset);
                assert_eq!(known, offset, "{name} in {tag}, of {zone}");
            }
        }
    }
}
