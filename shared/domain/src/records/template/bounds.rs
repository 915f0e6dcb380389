//! How much of each a template may have.

use std::ops::RangeInclusive;

/// The most configs or triggers one template may have.
pub const MAX_PARTS: usize = 50;
/// The minutes that a meeting may take.
pub const DURATION: RangeInclusive<u32> = 1..=1_440;
/// The minutes that may be blocked before or after it.
pub const BUFFER: RangeInclusive<u32> = 0..=1_440;
/// How many minutes before the start answers may be closed.
pub const ANSWER_CUTOFF: RangeInclusive<u32> = 0..=43_200;
/// How many minutes before the start a reminder may go.
pub const MINUTES_BEFORE: RangeInclusive<u32> = 1..=525_600;
/// The most letters and digits of a reply code.
pub const MAX_REPLY_CODE: usize = 10;
