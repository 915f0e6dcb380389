//! Bars: a day each, as high as it has messages to customers, stacked by what became of them.

use chrono::NaiveDate;
use serde::Serialize;
use usher_domain::{
    figures::{Figures, RollUp},
    kind::MessageKind,
    notification::DeliveryStatus,
};

/// How wide a day is, and how much of that its bar takes.
const DAY: usize = 10;
const BAR: usize = 8;
/// How high the drawing is.
const HEIGHT: u64 = 1_000;

/// What staff tell messages apart by, from the bottom of a bar to its top.
const OUTCOMES: [DeliveryStatus; 6] = [
    DeliveryStatus::Delivered,
    DeliveryStatus::Sent,
    DeliveryStatus::Complained,
    DeliveryStatus::Bounced,
    DeliveryStatus::Failed,
    DeliveryStatus::Unknown,
];

/// The outcome that a status is shown as; none of a channel that was not used.
fn outcome(status: DeliveryStatus) -> Option<DeliveryStatus> {
    match status {
        DeliveryStatus::Skipped => None,
        DeliveryStatus::Dispatching => Some(DeliveryStatus::Unknown),
        status => Some(status),
    }
}

/// A day's messages to customers by outcome, in the order of [`OUTCOMES`].
fn by_outcome(figures: &Figures) -> [u64; OUTCOMES.len()] {
    let mut counts = [0; OUTCOMES.len()];
    for (group, count) in &figures.messages {
        let shown = outcome(group.status).filter(|_| group.kind != MessageKind::AnswerNotice);
        let place = OUTCOMES.iter().position(|each| Some(*each) == shown);
        if let Some(place) = place {
            counts[place] += count;
        }
    }
    counts
}

/// A day as the table lists it.
#[derive(Debug, Serialize)]
pub(super) struct Day {
    label: String,
    /// Whether it has been counted.
    counted: bool,
    counts: [u64; OUTCOMES.len()],
    total: u64,
}

/// An outcome, for the key and the heads of the table.
#[derive(Debug, Serialize)]
struct Outcome {
    word: &'static str,
    label: &'static str,
    total: u64,
}

/// A part of a bar.
#[derive(Debug, Serialize)]
struct Part {
    x: usize,
    y: u64,
    height: u64,
    word: &'static str,
    /// What it stands for, in words.
    text: String,
}

/// The drawing and its numbers.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    width: usize,
    height: u64,
    bar: usize,
    /// How many messages the highest bar has.
    most: u64,
    total: u64,
    parts: Vec<Part>,
    /// Where days stand that have not been counted.
    uncounted: Vec<usize>,
    outcomes: Vec<Outcome>,
    /// Oldest first.
    days: Vec<Day>,
}

impl Day {
    pub(super) fn new(date: NaiveDate, counted: Option<&RollUp>) -> Self {
        let counts = counted.map_or([0; OUTCOMES.len()], |done| by_outcome(&done.figures));
        Self {
            label: date.format("%a %-d %b").to_string(),
            counted: counted.is_some(),
            total: counts.iter().sum(),
            counts,
        }
    }

    /// Its bar, the first part at the bottom.
    fn parts(&self, x: usize, most: u64) -> Vec<Part> {
        let mut below = 0;
        let mut parts = Vec::new();
        for (status, count) in OUTCOMES.iter().zip(self.counts) {
            let bottom = scaled(below, most);
            below += count;
            let top = scaled(below, most);
            if count > 0 {
                parts.push(Part {
                    x,
                    y: HEIGHT - top,
                    height: top - bottom,
                    word: status.as_str(),
                    text: format!("{}: {}, {count}", self.label, status.label()),
                });
            }
        }
        parts
    }
}

/// How high so many messages are where `most` are as high as the drawing.
fn scaled(count: u64, most: u64) -> u64 {
    count * HEIGHT / most.max(1)
}

impl Chart {
    pub(super) fn of(days: Vec<Day>) -> Self {
        let most = days.iter().map(|day| day.total).max().unwrap_or(0);
        let places = || {
            days.iter()
                .enumerate()
                .map(|(i, day)| (i * DAY + (DAY - BAR) / 2, day))
        };
        let parts = places().flat_map(|(x, day)| day.parts(x, most)).collect();
        let uncounted = places().filter(|(_, day)| !day.counted);
        let of_outcome = |(place, status): (usize, &DeliveryStatus)| Outcome {
            word: status.as_str(),
            label: status.label(),
            total: days.iter().map(|day| day.counts[place]).sum(),
        };
        Self {
            width: days.len() * DAY,
            height: HEIGHT,
            bar: BAR,
            most,
            total: days.iter().map(|day| day.total).sum(),
            parts,
            uncounted: uncounted.map(|(x, _)| x).collect(),
            outcomes: OUTCOMES.iter().enumerate().map(of_outcome).collect(),
            days,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use usher_domain::{channel::Channel, figures::MessageGroup};

    use super::*;

    fn day(date: &str, messages: &[(MessageKind, DeliveryStatus, u64)]) -> Day {
        let mut figures = Figures::default();
        for (kind, status, count) in messages {
            let group = MessageGroup {
                kind: *kind,
                channel: Channel::Email,
                status: *status,
            };
            figures.messages.insert(group, *count);
        }
        let done = RollUp {
            at: DateTime::UNIX_EPOCH,
            is_final: false,
            figures,
        };
        Day::new(date.parse().unwrap(), Some(&done))
    }

    #[test]
    fn a_bar_is_as_high_as_its_day_has_messages_to_customers_without_gaps() {
        let update = MessageKind::Update;
        let chart = Chart::of(vec![
            day(
                "2026-01-05",
                &[
                    (update, DeliveryStatus::Delivered, 3),
                    (update, DeliveryStatus::Failed, 1),
                    (update, DeliveryStatus::Skipped, 50),
                    (MessageKind::AnswerNotice, DeliveryStatus::Sent, 50),
                ],
            ),
            day(
                "2026-01-06",
                &[
                    (update, DeliveryStatus::Dispatching, 1),
                    (update, DeliveryStatus::Unknown, 1),
                ],
            ),
            Day::new("2026-01-07".parse().unwrap(), None),
        ]);
        assert_eq!((chart.most, chart.total), (4, 6));
        let parts = chart.parts.iter();
        let parts: Vec<_> = parts
            .map(|part| (part.x, part.y, part.height, part.word))
            .collect();
        assert_eq!(
            parts,
            [
                (1, 250, 750, "delivered"),
                (1, 0, 250, "failed"),
                (11, 500, 500, "unknown"),
            ]
        );
        assert_eq!(chart.parts[0].text, "Mon 5 Jan: Delivered, 3");
        assert_eq!(chart.uncounted, [21]);
    }

    #[test]
    fn no_messages_at_all_are_no_bar() {
        let chart = Chart::of(vec![day("2026-01-05", &[])]);
        assert!(chart.parts.is_empty());
        assert_eq!(chart.uncounted, [0_usize; 0]);
    }
}
