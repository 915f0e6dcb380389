//! Many measurements of the same thing, and the one that stands for them.

use std::time::Duration;

/// What was measured, in the order in which it was.
#[derive(Debug, Clone, Default)]
pub struct Sample(Vec<Duration>);

impl Sample {
    /// Adds a measurement.
    pub fn add(&mut self, measured: Duration) {
        self.0.push(measured);
    }

    /// The median in microseconds: what a busy machine adds to some does not move it. 0
    /// if nothing was measured.
    pub fn median_us(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let middle = sorted.len() / 2;
        let at = |index: usize| sorted.get(index).map_or(0.0, microseconds);
        if sorted.len() % 2 == 1 {
            at(middle)
        } else {
            f64::midpoint(at(middle.saturating_sub(1)), at(middle))
        }
    }
}

fn microseconds(duration: &Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// `value` with so many digits behind the point, as a figure is read and compared.
pub fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn median(measured: &[u64]) -> f64 {
        let mut sample = Sample::default();
        for each in measured {
            sample.add(Duration::from_micros(*each));
        }
        sample.median_us()
    }

    #[test]
    fn the_median_is_the_middle_one_or_between_the_two() {
        assert!((median(&[900, 1, 2]) - 2.0).abs() < 1e-9);
        assert!((median(&[4, 1, 2, 900]) - 3.0).abs() < 1e-9);
        assert!(median(&[]).abs() < 1e-9);
    }

    #[test]
    fn a_figure_has_the_digits_it_is_read_with() {
        assert!((rounded(1.2345, 2) - 1.23).abs() < 1e-9);
    }
}
