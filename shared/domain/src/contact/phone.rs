//! Phone numbers in E.164 (ITU-T), read with Google's numbering-plan data.

use std::{fmt, str::FromStr as _};

use phonenumber::{Type, country, metadata::DATABASE};
use serde::{Deserialize, Serialize};

/// Why a text is not a phone number that can be texted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Not a number of any numbering plan, or of another region without `+`.
    #[error("is not a phone number; write it with its country code, like +1 202 555 0123")]
    Malformed,
    /// A number whose owner bills whoever contacts it.
    #[error("is a premium-rate number, which is never texted")]
    Premium,
    /// Not an ISO 3166-1 alpha-2 code of a region with a numbering plan.
    #[error("is not a two-letter country code like US")]
    Region,
}

/// A region with a numbering plan, by its ISO 3166-1 alpha-2 code, like `US`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(country::Id);

impl Region {
    /// The United States, the default.
    pub const US: Self = Self(country::Id::US);

    /// Reads a two-letter code in either case.
    ///
    /// # Errors
    /// [`PhoneError::Region`] for anything else.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        country::Id::from_str(&text.trim().to_ascii_uppercase())
            .map(Self)
            .map_err(|_| PhoneError::Region)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_ref())
    }
}
impl TryFrom<String> for Region {
    type Error = PhoneError;
    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::parse(&text)
    }
}
impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.to_string()
    }
}

/// A number in E.164, like `+12025550123`: it fits its country's numbering plan
/// and is not premium-rate.
///
/// The plan's general form is what counts, not the list of ranges in use: that
/// list is always older than the newest range, and a customer with a new number
/// must not be turned away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number; one without `+` and country code is taken to be of
    /// `region`.
    ///
    /// # Errors
    /// [`PhoneError`] saying which rule it breaks.
    pub fn parse(text: &str, region: Region) -> Result<Self, PhoneError> {
        let number =
            phonenumber::parse(Some(region.0), text.trim()).map_err(|_| PhoneError::Malformed)?;
        let national = number.national().to_string();
        let in_plan = DATABASE
            .by_code(&number.code().value())
            .is_some_and(|plans| {
                plans
                    .iter()
                    .any(|p| p.descriptors().general().is_match(&national))
            });
        if !in_plan || number.extension().is_some() {
            return Err(PhoneError::Malformed);
        }
        if number.number_type(&DATABASE) == Type::PremiumRate {
            return Err(PhoneError::Premium);
        }
        Ok(Self(
            number.format().mode(phonenumber::Mode::E164).to_string(),
        ))
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region it belongs to; `None` for numbers of no country.
    pub fn region(&self) -> Option<Region> {
        let number = phonenumber::parse(None, &self.0).ok()?;
        number.country().id().map(Region)
    }
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
        let digits = text.strip_prefix('+').ok_or(PhoneError::Malformed)?;
        let well_formed =
            (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if well_formed {
            Ok(Self(text))
        } else {
            Err(PhoneError::Malformed)
        }
    }
}
impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_e164_with_the_default_region() {
        let de = Region::parse("de").unwrap();
        for (text, region, e164) in [
            ("(202) 555-0123", Region::US, "+12025550123"),
            ("+1 202 555 0123", de, "+12025550123"),
            ("0151 23456789", de, "+4915123456789"),
            ("+44 7911 123456", Region::US, "+447911123456"),
            ("+15551234567", Region::US, "+15551234567"),
        ] {
            assert_eq!(
                PhoneNumber::parse(text, region).unwrap().as_str(),
                e164,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "abc",
            "12",
            "+1 202 555",
            "+999 123456789",
            "+1 202 555 0123 ext. 5",
            "++12025550123x",
        ] {
            assert_eq!(
                PhoneNumber::parse(text, Region::US),
                Err(PhoneError::Malformed),
                "{text:?}"
            );
        }
        assert_eq!(
            PhoneNumber::parse("+1 900 555 0123", Region::US),
            Err(PhoneError::Premium)
        );
    }

    #[test]
    fn a_number_knows_its_region() {
        let number = PhoneNumber::parse("+447400123456", Region::US).unwrap();
        assert_eq!(number.region(), Region::parse("GB").ok());
        assert!(Region::parse("ZZ").is_err());
    }
}
