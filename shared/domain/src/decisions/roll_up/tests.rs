use rstest::rstest;

use super::*;
use crate::{
    figures::{Figures, RollUpInProgress},
    unread::Unread,
};

const ZONE: Tz = chrono_tz::America::New_York;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A day in New York that was rolled up then, with so many rows.
fn rolled_up(date: &str, done: &str, rows: u64) -> DailyFigures {
    let mut day = DailyFigures::new(date.parse().unwrap(), ZONE);
    let figures = Figures {
        rows,
        ..Figures::default()
    };
    day.finish(RollUpInProgress {
        at: at(done),
        position: None,
        figures,
    });
    day
}

/// The dates that are due of these days, and of those that are not known.
fn dates(known: Vec<DailyFigures>, first: &str, now: &str) -> Vec<String> {
    let due = due(known, at(first), at(now), ZONE);
    due.iter().map(|day| day.date.to_string()).collect()
}

#[test]
fn every_day_since_the_first_message_is_due_once_the_newest_first() {
    let first = "2026-01-03T20:00:00Z";
    assert_eq!(
        dates(Vec::new(), first, "2026-01-05T15:00:00Z"),
        ["2026-01-05", "2026-01-04", "2026-01-03"]
    );
    // Of a log that is older, no more days than may still change.
    let many = dates(Vec::new(), "2020-01-01T00:00:00Z", "2026-01-20T15:00:00Z");
    assert_eq!(many.len(), 17);
    assert_eq!(many.last().unwrap(), "2026-01-04");
}

/// January 5 ends at five o'clock of the next day in UTC.
#[rstest]
#[case::as_it_ended("2026-01-05T23:00:00Z", "2026-01-06T05:00:00Z", true)]
#[case::soon_again("2026-01-06T05:00:00Z", "2026-01-06T23:00:00Z", false)]
#[case::a_day_later("2026-01-06T05:00:00Z", "2026-01-07T05:00:00Z", true)]
#[case::two_days_later("2026-01-07T05:00:00Z", "2026-01-08T06:00:00Z", false)]
#[case::three_days_later("2026-01-07T06:00:00Z", "2026-01-09T05:00:00Z", true)]
#[case::before_a_week("2026-01-09T05:00:00Z", "2026-01-13T04:59:59Z", false)]
#[case::a_week_later("2026-01-09T05:00:00Z", "2026-01-13T05:00:00Z", true)]
#[case::two_weeks_later("2026-01-13T05:00:00Z", "2026-01-20T05:00:00Z", true)]
#[case::for_good("2026-01-20T05:00:00Z", "2026-01-21T05:00:00Z", false)]
fn a_day_that_has_ended_is_due_at_growing_intervals(
    #[case] done: &str,
    #[case] now: &str,
    #[case] is_due: bool,
) {
    let due = dates(vec![rolled_up("2026-01-05", done, 1)], now, now);
    assert_eq!(due.contains(&"2026-01-05".to_owned()), is_due, "{due:?}");
}

#[test]
fn only_the_last_roll_up_is_final() {
    let is_final = |done| rolled_up("2026-01-05", done, 1).complete.unwrap().is_final;
    assert!(!is_final("2026-01-20T04:59:59Z"));
    assert!(is_final("2026-01-20T05:00:00Z"));
}

#[rstest]
#[case::of_few(1, "2026-01-05T15:59:59Z", false)]
#[case::of_few(1, "2026-01-05T16:00:00Z", true)]
#[case::of_many(10_001, "2026-01-05T16:00:00Z", false)]
#[case::of_many(10_001, "2026-01-05T17:00:00Z", true)]
fn a_day_that_goes_on_is_due_once_an_hour_or_more_seldom_the_more_rows_it_has(
    #[case] rows: u64,
    #[case] now: &str,
    #[case] is_due: bool,
) {
    let day = rolled_up("2026-01-05", "2026-01-05T15:00:00Z", rows);
    assert_eq!(!dates(vec![day], now, now).is_empty(), is_due);
}

#[test]
fn what_was_begun_goes_on_before_anything_else() {
    let mut begun = rolled_up("2026-01-04", "2026-01-05T05:00:00Z", 1);
    begun.in_progress = Some(begun.clone().take_up(at("2026-01-05T05:00:00Z")));
    let due = dates(vec![begun], "2026-01-03T20:00:00Z", "2026-01-05T15:00:00Z");
    assert_eq!(due, ["2026-01-04", "2026-01-05", "2026-01-03"]);
}

#[test]
fn a_business_that_moves_to_another_zone_is_counted_anew_where_that_is_not_final() {
    let now = at("2026-01-21T15:00:00Z");
    let mut open = rolled_up("2026-01-19", "2026-01-21T14:00:00Z", 1);
    open.version = 7;
    open.unread = Unread::new("of another release");
    let closed = rolled_up("2026-01-05", "2026-01-20T05:00:00Z", 1);
    let known = vec![open, closed.clone()];
    let due = due(
        known,
        at("2026-01-19T12:00:00Z"),
        now,
        chrono_tz::Europe::Berlin,
    );
    let moved = due.iter().find(|day| day.date.to_string() == "2026-01-19");
    let moved = moved.unwrap();
    assert_eq!(
        (moved.timezone, moved.version),
        (chrono_tz::Europe::Berlin, 7)
    );
    assert_eq!(moved.unread.stored(), Some(&"of another release"));
    assert_eq!(moved.complete, None);
    assert!(due.iter().all(|day| day.date != closed.date));
}

/// The clocks of New York go forward on March 8 and back on November 1.
#[rstest]
#[case::of_23_hours("2026-03-08", 23)]
#[case::of_24_hours("2026-03-09", 24)]
#[case::of_25_hours("2026-11-01", 25)]
fn a_day_is_as_long_as_its_clocks_say(#[case] date: &str, #[case] hours: i64) {
    let day = DailyFigures::new(date.parse().unwrap(), ZONE);
    let took = day.ends_at().unwrap() - day.starts_at().unwrap();
    assert_eq!(took, TimeDelta::hours(hours));
}
