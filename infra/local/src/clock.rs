//! The stack's clock: real time plus an offset, or frozen for tests. It moves on
//! request and never backwards: what has been sent cannot be unsent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::disk::Disk;

const FILE: &str = "clock.json";

/// A shared, movable clock in UTC.
#[derive(Debug, Clone)]
pub struct LocalClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    disk: Disk,
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
    /// The instant asked for is beyond what can be represented.
    TooFar,
    /// The new time could not be kept on disk.
    Disk(std::io::Error),
}

impl std::fmt::Display for MoveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Backwards => write!(f, "the clock does not go backwards"),
            Self::TooFar => write!(f, "that is too far in the future"),
            Self::Disk(error) => write!(f, "the new time could not be kept: {error}"),
        }
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
            state: Mutex::new(state),
            disk,
        })))
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        read(*self.lock())
    }

    /// Moves on by `by`.
    ///
    /// # Errors
    /// [`MoveError`]; the clock then stands as it did.
    pub fn advance(&self, by: TimeDelta) -> Result<DateTime<Utc>, MoveError> {
        let mut state = self.lock();
        if by < TimeDelta::zero() {
            return Err(MoveError::Backwards);
        }
        let moved = match *state {
            State::Frozen(now) => {
                State::Frozen(now.checked_add_signed(by).ok_or(MoveError::TooFar)?)
            }
            State::AheadMs(ahead) => State::AheadMs(
                ahead
                    .checked_add(by.num_milliseconds())
                    .filter(|ahead| {
                        real_time()
                            .checked_add_signed(TimeDelta::milliseconds(*ahead))
                            .is_some()
                    })
                    .ok_or(MoveError::TooFar)?,
            ),
        };
        self.0.disk.write(FILE, &moved).map_err(MoveError::Disk)?;
        *state = moved;
        Ok(read(moved))
    }

    /// Moves on to `to`.
    ///
    /// # Errors
    /// [`MoveError`]; the clock then stands as it did.
    pub fn advance_to(&self, to: DateTime<Utc>) -> Result<DateTime<Utc>, MoveError> {
        self.advance(to - self.now())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = frozen();
        let before = clock.now();
        assert_eq!(clock.now(), before);
        clock.advance(TimeDelta::hours(23)).unwrap();
        assert_eq!(clock.now(), before + TimeDelta::hours(23));
    }

    #[test]
    fn no_clock_goes_backwards_or_past_the_end_of_time() {
        for clock in [frozen(), LocalClock::open(Disk::none(), None).unwrap()] {
            assert!(matches!(
                clock.advance(TimeDelta::seconds(-1)),
                Err(MoveError::Backwards)
            ));
            assert!(matches!(
                clock.advance(TimeDelta::MAX),
                Err(MoveError::TooFar)
            ));
            let past = clock.now() - TimeDelta::days(1);
            assert!(matches!(clock.advance_to(past), Err(MoveError::Backwards)));
        }
    }

    #[test]
    fn a_running_clock_keeps_running_after_it_was_moved() {
        let clock = LocalClock::open(Disk::none(), None).unwrap();
        let target = clock.now() + TimeDelta::days(3);
        clock.advance_to(target).unwrap();
        assert!(clock.now() - target < TimeDelta::seconds(5));
        assert!(clock.now() >= target - TimeDelta::milliseconds(5));
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
