//! The stack's clock: real time plus an offset, or frozen for tests. It moves on
//! request and never backwards: what has been sent cannot be unsent. Only the one who
//! fires what is due moves it (see `firing`): time never passes over a schedule.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::disk::Disk;

const FILE: &str = "clock.json";

/// A shared, movable clock in UTC.
#[derive(Debug, Clone)]
pub struct LocalClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    face: Mutex<Face>,
    disk: Disk,
}

#[derive(Debug)]
struct Face {
    state: State,
    /// Where it stands while it is held.
    held: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Ahead of real time by so many milliseconds.
    AheadMs(i64),
    /// Stands still until moved.
    Frozen(DateTime<Utc>),
}

/// Why the clock was not moved.
#[derive(Debug)]
pub enum MoveError {
    /// The instant asked for is before the present one.
    Backwards,
    /// The instant asked for is past the year 9999.
    TooFar,
    /// The new time, or what it brought about, could not be kept on disk.
    Disk(std::io::Error),
    /// The stack ended before the clock had arrived.
    Stopped,
}

impl std::fmt::Display for MoveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Backwards => write!(f, "the clock does not go backwards"),
            Self::TooFar => write!(f, "that is too far in the future"),
            Self::Disk(error) => write!(f, "the new time could not be kept: {error}"),
            Self::Stopped => write!(f, "the stack has ended"),
        }
    }
}

impl std::error::Error for MoveError {}

impl From<std::io::Error> for MoveError {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

impl LocalClock {
    /// Takes up where `disk` left off; frozen at `start_at` (or later, if an earlier
    /// run got further) when that is given.
    pub(crate) fn open(disk: Disk, start_at: Option<DateTime<Utc>>) -> std::io::Result<Self> {
        let kept = disk.read::<State>(FILE)?;
        let state = match (start_at, kept) {
            (Some(start), Some(State::Frozen(reached))) => State::Frozen(start.max(reached)),
            (Some(start), _) => State::Frozen(start),
            (None, Some(State::AheadMs(ahead))) => State::AheadMs(ahead),
            (None, _) => State::AheadMs(0),
        };
        Ok(Self(Arc::new(Inner {
            face: Mutex::new(Face { state, held: None }),
            disk,
        })))
    }

    /// Sets it to `instant`, which may lie behind: only before anything has happened.
    ///
    /// # Errors
    /// The time could not be kept on disk.
    pub(crate) fn begin_at(&self, instant: DateTime<Utc>) -> std::io::Result<()> {
        let mut face = self.lock();
        face.state = match face.state {
            State::Frozen(_) => State::Frozen(instant),
            State::AheadMs(_) => State::AheadMs((instant - real_time()).num_milliseconds()),
        };
        self.0.disk.write(FILE, &face.state)
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        let face = self.lock();
        face.held.unwrap_or_else(|| read(face.state))
    }

    /// Whether it stands still by itself.
    pub(crate) fn is_frozen(&self) -> bool {
        matches!(self.lock().state, State::Frozen(_))
    }

    /// Makes it stand, even if it runs, until the hold is dropped. Real time that has
    /// passed by then is made up for at once.
    pub(crate) fn hold(&self) -> Hold<'_> {
        let mut face = self.lock();
        face.held = Some(read(face.state));
        Hold(self)
    }

    fn lock(&self) -> MutexGuard<'_, Face> {
        self.0.face.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that stands, and is moved by its holder alone. There is one at a time.
#[derive(Debug)]
pub(crate) struct Hold<'a>(&'a LocalClock);

impl Hold<'_> {
    /// Moves the clock on to `to`.
    ///
    /// # Errors
    /// [`MoveError`]; the clock then stands as it did.
    pub(crate) fn move_to(&self, to: DateTime<Utc>) -> Result<(), MoveError> {
        let mut face = self.0.lock();
        check(face.held.unwrap_or_else(|| read(face.state)), to)?;
        let moved = match face.state {
            State::Frozen(_) => State::Frozen(to),
            // Rounded up: once let go, it must not fall behind where it stood.
            State::AheadMs(_) => State::AheadMs((to - real_time()).num_milliseconds() + 1),
        };
        self.0.0.disk.write(FILE, &moved)?;
        *face = Face {
            state: moved,
            held: Some(to),
        };
        Ok(())
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.lock().held = None;
    }
}

/// Whether a clock can go from one instant to the other.
///
/// # Errors
/// Backwards, or beyond the years that dates are written with.
pub(crate) fn check(from: DateTime<Utc>, to: DateTime<Utc>) -> Result<(), MoveError> {
    if to < from {
        Err(MoveError::Backwards)
    } else if to.year() > 9999 {
        Err(MoveError::TooFar)
    } else {
        Ok(())
    }
}

fn read(state: State) -> DateTime<Utc> {
    match state {
        State::Frozen(now) => now,
        State::AheadMs(ahead) => real_time() + TimeDelta::milliseconds(ahead),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is where the local stack's time comes from"
)]
fn real_time() -> DateTime<Utc> {
    Utc::now()
}

/// Parses an ISO 8601 duration of weeks, days, hours, minutes and whole seconds
/// (`PT23H`, `P1DT30M`). Years and months are refused: they have no fixed length.
pub(crate) fn parse_duration(text: &str) -> Option<TimeDelta> {
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (text.strip_prefix('P')?, ""),
    };
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let seconds = sum_units(date, &[('W', 604_800), ('D', 86_400)])?
        .checked_add(sum_units(time, &[('H', 3_600), ('M', 60), ('S', 1)])?)?;
    TimeDelta::try_seconds(seconds)
}

/// Sums `<number><unit>` pairs whose units come in the order given, each at most once.
fn sum_units(mut text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut total = 0_i64;
    for (unit, seconds) in units {
        if let Some((number, rest)) = text.split_once(*unit) {
            if !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(*seconds)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frozen() -> LocalClock {
        let start = "2026-01-15T14:00:00Z".parse().unwrap();
        LocalClock::open(Disk::none(), Some(start)).unwrap()
    }

    fn running() -> LocalClock {
        LocalClock::open(Disk::none(), None).unwrap()
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = frozen();
        let before = clock.now();
        assert_eq!(clock.now(), before);
        let later = before + TimeDelta::hours(23);
        clock.hold().move_to(later).unwrap();
        assert_eq!(clock.now(), later);
        assert!(clock.is_frozen() && !running().is_frozen());
    }

    #[test]
    fn no_clock_goes_backwards_or_past_the_years_of_four_digits() {
        for clock in [frozen(), running()] {
            let hold = clock.hold();
            let now = clock.now();
            assert!(matches!(
                hold.move_to(now - TimeDelta::seconds(1)),
                Err(MoveError::Backwards)
            ));
            for far in [now + TimeDelta::days(8_000 * 366), DateTime::<Utc>::MAX_UTC] {
                assert!(matches!(hold.move_to(far), Err(MoveError::TooFar)));
            }
            assert_eq!(clock.now(), now);
        }
    }

    #[test]
    fn a_running_clock_stands_while_it_is_held_and_runs_on_from_there() {
        let clock = running();
        let hold = clock.hold();
        let target = clock.now() + TimeDelta::days(3);
        hold.move_to(target).unwrap();
        assert_eq!(clock.now(), target);
        drop(hold);
        assert!(clock.now() >= target);
        assert!(clock.now() - target < TimeDelta::seconds(5));
    }

    #[test]
    fn iso_durations_are_read_strictly() {
        for (text, seconds) in [
            ("PT23H", 82_800),
            ("P1DT30M", 88_200),
            ("P2W", 1_209_600),
            ("PT1H2M3S", 3_723),
            ("PT0S", 0),
        ] {
            assert_eq!(
                parse_duration(text),
                Some(TimeDelta::seconds(seconds)),
                "{text}"
            );
        }
        for text in [
            "",
            "P",
            "PT",
            "P1Y",
            "P1M",
            "PT1M1H",
            "PT-1H",
            "PT1.5H",
            "1H",
            "PTH",
            "P1DT",
            "PT1Hx",
            "PT99999999999999999999H",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
