//! How little each operation is to cost. The bench shows these bars beside what it measures
//! and fails on none: what must not grow is held by [`crate::figures`].

use crate::measure::Measured;

/// The bars of one operation, by the attendee. What has none is not looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bar {
    /// The operation's name.
    pub operation: &'static str,
    /// DynamoDB requests.
    pub requests: Option<f64>,
    /// Read units.
    pub read_units: Option<f64>,
    /// Write units.
    pub write_units: Option<f64>,
    /// CPU time against the floor's.
    pub cpu_ratio: Option<f64>,
}

/// The bars of the operations that have any.
pub const BARS: [Bar; 10] = [
    Bar {
        requests: Some(4.0),
        write_units: Some(12.0),
        cpu_ratio: Some(2.3),
        ..bar("reminder_email")
    },
    Bar {
        requests: Some(0.3),
        write_units: Some(6.0),
        cpu_ratio: Some(1.3),
        ..bar("reminder_crowd_100")
    },
    Bar {
        requests: Some(4.0),
        write_units: Some(18.0),
        cpu_ratio: Some(2.3),
        ..bar("confirmation_email")
    },
    Bar {
        write_units: Some(26.0),
        ..bar("confirmation_both")
    },
    Bar {
        requests: Some(2.0),
        ..bar("landing_get")
    },
    Bar {
        requests: Some(4.0),
        ..bar("landing_post")
    },
    Bar {
        requests: Some(6.0),
        write_units: Some(30.0),
        ..bar("sms_reply")
    },
    Bar {
        write_units: Some(14.0),
        ..bar("answer_of_1000")
    },
    Bar {
        read_units: Some(3.0),
        ..bar("landing_get_of_300")
    },
    Bar {
        requests: Some(2.0),
        read_units: Some(1.5),
        ..bar("quiet_sweep")
    },
];

/// From `exec` to the first event asked for, CPU time against the floor's.
pub const START: f64 = 1.4;
/// From `exec` to the first answer, the same of the landing page.
pub const FIRST_ANSWER: f64 = 1.5;
/// The largest function as it is uploaded, in millions of bytes.
pub const ZIP_MB: f64 = 5.0;
/// The most memory of a reminder to 1,000, in millions of bytes.
pub const REMINDER_1000_MB: f64 = 28.0;
/// The most memory of a confirmation to 1,000 on both channels.
pub const CONFIRMATION_1000_MB: f64 = 32.0;
/// Units at 100,000 meetings against 1,000.
pub const GROWTH_UNITS: f64 = 1.0;
/// The same of the time to an answer.
pub const GROWTH_LATENCY: f64 = 1.1;
/// US dollars for a thousand reminders.
pub const COST_REMINDER: f64 = 0.010;
/// US dollars for a thousand confirmations.
pub const COST_CONFIRMATION: f64 = 0.014;
/// US dollars for a thousand views of the landing page.
pub const COST_LANDING: f64 = 0.002;
/// US dollars for a thousand answers by SMS.
pub const COST_SMS_REPLY: f64 = 0.022;

const fn bar(operation: &'static str) -> Bar {
    Bar {
        operation,
        requests: None,
        read_units: None,
        write_units: None,
        cpu_ratio: None,
    }
}

impl Bar {
    /// The bars in words: `requests ≤ 4, writes ≤ 12`.
    pub fn in_words(&self) -> String {
        let bars = [
            ("requests", self.requests),
            ("reads", self.read_units),
            ("writes", self.write_units),
            ("ratio", self.cpu_ratio),
        ];
        let said = bars
            .iter()
            .filter_map(|(name, bar)| Some(format!("{name} ≤ {}", (*bar)?)));
        said.collect::<Vec<_>>().join(", ")
    }

    /// What is above its bar, in words; nothing if all are met.
    pub fn missed(&self, measured: &Measured) -> String {
        let figures = [
            ("requests", self.requests, measured.requests),
            ("reads", self.read_units, measured.read_units),
            ("writes", self.write_units, measured.write_units),
            ("ratio", self.cpu_ratio, measured.cpu_ratio),
        ];
        let missed = figures
            .iter()
            .filter(|(_, bar, figure)| bar.is_some_and(|bar| *figure > bar));
        missed
            .map(|(name, ..)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{counts::Counts, operation::OPERATIONS};

    #[test]
    fn every_operation_has_its_bars() {
        for (operation, bar) in OPERATIONS.iter().zip(BARS) {
            assert_eq!(operation.name, bar.operation);
        }
    }

    #[test]
    fn what_is_above_its_bar_is_named() {
        let bar = Bar {
            requests: Some(4.0),
            cpu_ratio: Some(2.3),
            ..bar("reminder_email")
        };
        let measured = Measured {
            requests: 4.0,
            read_units: 5.0,
            write_units: 29.0,
            cpu_ratio: 2.4,
            cpu_us: 1.0,
            floor_us: 1.0,
            wall_us: 1.0,
            attendees: 1,
            events: 1,
            counts: Counts::default(),
        };
        assert_eq!(bar.in_words(), "requests ≤ 4, ratio ≤ 2.3");
        assert_eq!(bar.missed(&measured), "ratio");
    }
}
