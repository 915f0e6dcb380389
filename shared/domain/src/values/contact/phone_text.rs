//! A phone number as people write it: its digits and the signs between them, and
//! nothing else. What stands beside a number is never taken for a part of it.

use super::phone_error::PhoneError;
use crate::text::is_invisible;

/// More than this is no phone number, with whatever between its digits.
const MAX_CHARS: usize = 64;

/// Signs that people put between digits, as Google's library knows them, without `/`.
const BETWEEN: &str = "-‐‑‒–—―−ー－ \u{a0}\u{2009}\u{202f}\u{3000}\t().[]（）［］．~⁓∼～";

/// The words before an extension.
const EXTENSION: [&str; 8] = ["x", "ext", "extn", "ex", "extension", "int", "dw", "poste"];

/// A text that holds one number, and nothing but its digits and what stands between.
pub(super) struct PhoneText {
    text: String,
    digits: String,
}

/// What stands before a decimal point.
pub(super) struct WholePart<'a> {
    pub(super) text: &'a str,
    /// Whether it is too long to be a country code with an area code, and what stands
    /// behind the point too short to be the rest of a number.
    pub(super) is_long: bool,
}

impl PhoneText {
    /// Reads a text.
    ///
    /// # Errors
    /// [`PhoneError`] naming what it holds besides.
    pub(super) fn read(text: &str) -> Result<Self, PhoneError> {
        let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        // A spreadsheet's mark of a text, and a link's scheme.
        let text = text.trim().trim_start_matches('\'');
        let text = match text.get(..4) {
            Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
            _ => text,
        };
        let digits = digits(text);
        if digits.is_empty() || text.chars().count() > MAX_CHARS {
            return Err(PhoneError::Malformed);
        }
        if is_from_spreadsheet(text) {
            return Err(PhoneError::Spreadsheet);
        }
        check_signs(text)?;
        check_slash(text)?;
        let text = text.trim().to_owned();
        Ok(Self { text, digits })
    }

    /// The text, without what nobody sees.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before a decimal point, if it has one: a point that is the only one, or
    /// behind which there are only zeros.
    pub(super) fn whole_part(&self) -> Option<WholePart<'_>> {
        let (before, behind) = self.text.rsplit_once(['.', '．'])?;
        let behind = digits(behind);
        let zeros = !behind.is_empty() && behind.chars().all(|c| c == '0');
        let point = zeros || !before.contains(['.', '．']);
        let few = (1..=3).contains(&behind.len());
        point.then_some(WholePart {
            text: before,
            is_long: digits(before).len() >= 7 && (zeros || few),
        })
    }

    /// Its digits alone, as 0 to 9.
    pub(super) fn digits(&self) -> &str {
        &self.digits
    }

    /// Whether it begins with `+`.
    pub(super) fn is_international(&self) -> bool {
        self.text.contains(['+', '＋'])
    }
}

/// The digits of any script that phones are written in, as 0 to 9: ASCII, full width,
/// Arabic and Persian.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '０'..='９' => '０',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return None,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

fn digits(text: &str) -> String {
    text.chars().filter_map(digit).collect()
}

/// `2025550123.0`, `2025550123,000`, `2.025550123E+09`. The whole part of a number with
/// decimals is longer than an area code with its country code, and has no other signs.
fn is_from_spreadsheet(text: &str) -> bool {
    let whole = text.trim_start_matches('+');
    let Some((before, behind)) = whole.split_once(['.', ',', 'e', 'E']) else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let exponent = |text: &str| {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or(("", text));
        (mantissa.is_empty() || is_number(mantissa)) && is_number(exponent.trim_start_matches('+'))
    };
    let has_exponent = whole.contains(['e', 'E']);
    is_number(before)
        && if has_exponent {
            exponent(behind)
        } else {
            let zeros = !behind.is_empty() && behind.bytes().all(|b| b == b'0');
            let few = matches!(behind, "0" | "00");
            zeros && (before.len() >= 7 || (few && before.len() >= 5))
        }
}

/// Refuses every sign that does not belong into a number.
fn check_signs(text: &str) -> Result<(), PhoneError> {
    for (at, c) in text.char_indices() {
        let (before, behind) = (&text[..at], &text[at..]);
        match c {
            c if digit(c).is_some() || BETWEEN.contains(c) || c == '/' => {}
            '+' | '＋' if digits(before).is_empty() && !before.contains(['+', '＋']) => {}
            '+' | '＋' | ',' | ';' | '|' | '&' | '\n' | '\r' if digits(behind).len() >= 5 => {
                return Err(PhoneError::Several);
            }
            '#' | ';' | ',' if !digits(behind).is_empty() => return Err(PhoneError::Extension),
            c if c.is_alphabetic() => return Err(wording(before, behind)),
            _ => return Err(PhoneError::Malformed),
        }
    }
    Ok(())
}

/// What the letters are that begin `behind` a number.
fn wording(before: &str, behind: &str) -> PhoneError {
    let word: String = behind.chars().take_while(|c| c.is_alphabetic()).collect();
    let is_extension = EXTENSION.contains(&word.to_lowercase().as_str());
    if is_extension && digits(before).len() >= 5 && !digits(behind).is_empty() {
        PhoneError::Extension
    } else {
        PhoneError::Words
    }
}

/// A slash may stand behind an area code (`0170/1234567`); behind a number it begins
/// another one, or the end of another one (`202-555-0123/0124`).
fn check_slash(text: &str) -> Result<(), PhoneError> {
    let Some((before, behind)) = text.split_once('/') else {
        return Ok(());
    };
    // Area codes have five digits at most, a 0 before them, a country code before that.
    let longest = if before.contains(['+', '＋']) { 9 } else { 6 };
    let follows_area_code = (1..=longest).contains(&digits(before).len());
    if follows_area_code && digits(behind).len() >= 4 && !behind.contains('/') {
        Ok(())
    } else {
        Err(PhoneError::Several)
    }
}
