//! How long something took, in a few steps that can be added up.

use chrono::TimeDelta;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How long something took, at most.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Lag {
    /// A minute: as long as one invocation may take.
    Minute,
    /// Five minutes: until the next sweep.
    FiveMinutes,
    /// A quarter of an hour.
    QuarterHour,
    /// An hour.
    Hour,
    /// Six hours.
    SixHours,
    /// Longer than that.
    Longer,
}

impl Lag {
    /// All of them, the shortest first.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The step that a time falls into. What came early took no time.
    pub fn of(took: TimeDelta) -> Self {
        let mut steps = Self::ALL.iter().copied();
        let fits = |step: &Self| step.at_most().is_none_or(|at_most| took <= at_most);
        steps.find(fits).unwrap_or(Self::Longer)
    }

    /// The longest that falls into it; none of what has no end.
    pub fn at_most(self) -> Option<TimeDelta> {
        match self {
            Self::Minute => Some(TimeDelta::minutes(1)),
            Self::FiveMinutes => Some(TimeDelta::minutes(5)),
            Self::QuarterHour => Some(TimeDelta::minutes(15)),
            Self::Hour => Some(TimeDelta::hours(1)),
            Self::SixHours => Some(TimeDelta::hours(6)),
            Self::Longer => None,
        }
    }

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Minute => "Within a minute",
            Self::FiveMinutes => "Within 5 minutes",
            Self::QuarterHour => "Within 15 minutes",
            Self::Hour => "Within an hour",
            Self::SixHours => "Within 6 hours",
            Self::Longer => "Later than that",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::early(-5, Lag::Minute)]
    #[case::at_once(0, Lag::Minute)]
    #[case::at_the_edge(60, Lag::Minute)]
    #[case::behind_the_edge(61, Lag::FiveMinutes)]
    #[case::of_the_last_edge(6 * 3_600, Lag::SixHours)]
    #[case::behind_them_all(6 * 3_600 + 1, Lag::Longer)]
    fn a_time_falls_into_the_first_step_that_is_as_long(#[case] seconds: i64, #[case] lag: Lag) {
        assert_eq!(Lag::of(TimeDelta::seconds(seconds)), lag);
    }

    #[test]
    fn steps_get_longer_and_the_last_has_no_end() {
        let ends: Vec<_> = Lag::ALL.iter().map(|lag| lag.at_most()).collect();
        let (last, others) = ends.split_last().unwrap();
        assert_eq!(*last, None);
        assert!(others.is_sorted() && others.iter().all(Option::is_some));
    }
}
