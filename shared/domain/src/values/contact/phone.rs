//! Phone numbers in E.164 (ITU-T), read with Google's numbering-plan data.
//!
//! What people type is read with the plan of its country; what is in E.164 already is
//! taken by its form alone, so that nothing but typing loads the plans.
//!
//! `tests/parsers` holds this reading against Google's own library, whose data must be
//! of the same version.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, PoisonError},
};

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat, PhoneNumberType,
    ValidationError,
};
use serde::{Deserialize, Serialize};

use super::{Region, phone_error::PhoneError, phone_text::PhoneText};

/// A number in E.164, like `+12025550123`: one that its country's numbering plan has
/// room for, and not premium-rate.
///
/// How many digits the plan gives its numbers is what counts, not the list of ranges
/// in use: that list is always older than the newest range, and a customer with a new
/// number must not be turned away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as people type it. To one with `+`, or with the international
    /// prefix of `region`, no region is applied; any other is taken to be of `region`.
    ///
    /// # Errors
    /// [`PhoneError`] saying which rule it breaks.
    pub fn parse(text: &str, region: Region) -> Result<Self, PhoneError> {
        let text = PhoneText::read(text)?;
        if has_decimals(&text, region) {
            return Err(PhoneError::Spreadsheet);
        }
        let number = PHONE_NUMBER_UTIL.parse(text.as_str(), Some(region.0));
        let planned = number.map_err(unreadable).and_then(|number| {
            in_plan(&number)?;
            Ok(number)
        });
        let number = match planned {
            Ok(number) if text.is_international() || is_in_use(&number) => number,
            // What is nobody's number here, but somebody's with a +, was meant so.
            _ if !text.is_international() && is_in_use_with_plus(&text) => {
                return Err(PhoneError::MissingPlus);
            }
            planned => planned?,
        };
        if text.is_international() && is_another_number(&text, &number) {
            return Err(PhoneError::Ambiguous);
        }
        if PHONE_NUMBER_UTIL.get_number_type(&number) == PhoneNumberType::PremiumRate {
            return Err(PhoneError::Premium);
        }
        let e164 = in_e164(&number);
        // What will be another number when it is read again is nobody's: `+61 002000`.
        let again = PHONE_NUMBER_UTIL.parse(e164.as_str(), None);
        if again.is_ok_and(|again| in_e164(&again) == e164) {
            Self::from_e164(&e164).map_err(|_| PhoneError::Malformed)
        } else {
            Err(PhoneError::Ambiguous)
        }
    }

    /// Takes a number that is in E.164, by its form alone: no numbering plan is loaded.
    ///
    /// # Errors
    /// [`PhoneError::NotE164`] for anything else.
    pub fn from_e164(text: &str) -> Result<Self, PhoneError> {
        let digits = text.strip_prefix('+').ok_or(PhoneError::NotE164)?;
        let well_formed = (5..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            // No country code begins with 0.
            && !digits.starts_with('0');
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(PhoneError::NotE164)
        }
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region it belongs to; `None` for numbers of no country. Loads the plans.
    pub fn region(&self) -> Option<Region> {
        let number = PHONE_NUMBER_UTIL.parse(&self.0, None).ok()?;
        let region = PHONE_NUMBER_UTIL.get_region_for_number(&number);
        region
            .filter(|region| *region != rlibphonenumber::Region::World)
            .map(Region)
    }

    /// The regions it may belong to: its own, or where its range is newer than the plans we
    /// know, all that share its country code. Loads the plans.
    pub fn regions(&self) -> Vec<Region> {
        if let Some(region) = self.region() {
            return vec![region];
        }
        let Ok(number) = PHONE_NUMBER_UTIL.parse(&self.0, None) else {
            return Vec::new();
        };
        let code = number.country_code;
        let sharing = PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(code);
        let sharing = sharing.into_iter().flatten();
        sharing
            .filter(|region| *region != rlibphonenumber::Region::World)
            .map(Region)
            .collect()
    }

    /// The number in groups, like `+1-202-555-0123`. Loads the plans, and goes through
    /// them for a number that was not asked for lately: the business's and the organizer's
    /// stand in every message.
    pub fn in_groups(&self) -> String {
        let known = || GROUPED.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = known().take(self);
        let grouped = lately.unwrap_or_else(|| self.grouped());
        known().put(self, &grouped);
        grouped
    }

    fn grouped(&self) -> String {
        let Ok(number) = PHONE_NUMBER_UTIL.parse(&self.0, None) else {
            return self.0.clone();
        };
        let uri = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::RFC3966);
        uri.trim_start_matches("tel:").to_owned()
    }
}

/// How many numbers are remembered with their groups: those of a business and its
/// organizers, and of the customers who are written to at once.
const REMEMBERED: usize = 32;

/// The numbers that were asked for last, each with its groups; the latest is the last.
struct Grouped(VecDeque<(PhoneNumber, String)>);

static GROUPED: Mutex<Grouped> = Mutex::new(Grouped(VecDeque::new()));

impl Grouped {
    fn take(&mut self, number: &PhoneNumber) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == number)?;
        self.0.remove(at).map(|(_, groups)| groups)
    }

    /// Remembers a number that was taken, or is new.
    fn put(&mut self, number: &PhoneNumber, groups: &str) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((number.clone(), groups.to_owned()));
    }
}

fn in_e164(number: &rlibphonenumber::PhoneNumber) -> String {
    PHONE_NUMBER_UTIL
        .format(number, PhoneNumberFormat::E164)
        .into_owned()
}

fn unreadable(error: ParseError) -> PhoneError {
    match error {
        ParseError::InvalidCountryCode => PhoneError::CallingCode,
        ParseError::NotANumber(_)
        | ParseError::TooShortAfterIdd
        | ParseError::TooShortNsn
        | ParseError::TooLongNsn => PhoneError::Malformed,
    }
}

/// Whether a number has as many digits as its country's plan wants.
fn in_plan(number: &rlibphonenumber::PhoneNumber) -> Result<(), PhoneError> {
    let code = number.country_code;
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(number) {
        // North America: ten digits, the first of them 2 to 9 (NANPA, "NPA codes").
        Ok(NumberLengthType::IsPossible) if code == 1 && number.national_number < 2_000_000_000 => {
            Err(PhoneError::AreaCode)
        }
        Ok(NumberLengthType::IsPossible) => Ok(()),
        Ok(NumberLengthType::IsPossibleLocalOnly) => Err(PhoneError::LocalOnly),
        Err(ValidationError::TooShort) => Err(PhoneError::TooShort(code)),
        Err(ValidationError::TooLong) => Err(PhoneError::TooLong(code)),
        Err(ValidationError::InvalidLength) => Err(PhoneError::Length(code)),
        Err(ValidationError::InvalidCountryCode) => Err(PhoneError::CallingCode),
    }
}

/// Whether what stands before a point is a number by itself, so that what stands behind it
/// is no part of one.
fn has_decimals(text: &PhoneText, region: Region) -> bool {
    text.whole_part().is_some_and(|whole| {
        let number = PHONE_NUMBER_UTIL.parse(whole.text, Some(region.0));
        let complete = |number: &_| is_in_use(number) || (whole.is_long && in_plan(number).is_ok());
        number.is_ok_and(|number| complete(&number))
    })
}

/// Whether a number is of a range that its country has given out.
fn is_in_use(number: &rlibphonenumber::PhoneNumber) -> bool {
    PHONE_NUMBER_UTIL.is_valid_number(number)
}

/// Whether the digits alone, or behind the prefix that many countries dial before a
/// country code, are somebody's number with a `+`.
fn is_in_use_with_plus(text: &PhoneText) -> bool {
    let digits = text.digits();
    let unprefixed = ["00", "011"].map(|prefix| digits.strip_prefix(prefix));
    let candidates = unprefixed.into_iter().flatten().chain([digits]);
    candidates.into_iter().any(|digits| {
        let number = PHONE_NUMBER_UTIL.parse(format!("+{digits}").as_str(), None);
        number.is_ok_and(|number| is_in_use(&number))
    })
}

/// Whether a text that has a `+` was read as other digits, although they are a number
/// as they stand. Left out may be only what nobody dials from abroad: `+44 (0)20 …`.
fn is_another_number(text: &PhoneText, number: &rlibphonenumber::PhoneNumber) -> bool {
    let code = number.country_code.to_string();
    let Some(national) = text.digits().strip_prefix(code.as_str()) else {
        return true;
    };
    let zeros = national.len() - national.trim_start_matches('0').len();
    let as_it_stands = rlibphonenumber::PhoneNumber {
        country_code: number.country_code,
        national_number: national.parse().unwrap_or(0),
        italian_leading_zero: (zeros > 0).then_some(true),
        number_of_leading_zeros: i32::try_from(zeros).ok().filter(|zeros| *zeros > 1),
        ..Default::default()
    };
    in_e164(number) != in_e164(&as_it_stands) && is_in_use(&as_it_stands)
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl TryFrom<String> for PhoneNumber {
    type Error = PhoneError;
    /// From storage, where every number is in E.164 already.
    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::from_e164(&text)
    }
}
impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests;
