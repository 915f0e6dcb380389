//! Regions by their two-letter codes (ISO 3166-1 alpha-2).

use std::fmt;

use rlibphonenumber::PHONE_NUMBER_UTIL;
use serde::{Deserialize, Serialize};

/// Not the code of a region with a numbering plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a two-letter country code like US")]
pub struct RegionError;

/// A region with a numbering plan, by its ISO 3166-1 alpha-2 code, like `US`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(pub(super) rlibphonenumber::Region);

impl Region {
    /// The United States, the default.
    pub const US: Self = Self(rlibphonenumber::Region::US);

    /// Reads a two-letter code in either case; `UK` is read as `GB`.
    ///
    /// # Errors
    /// [`RegionError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, RegionError> {
        let code = match text.trim().to_ascii_uppercase() {
            // Reserved in ISO 3166 for those who write it out of habit.
            code if code == "UK" => "GB".to_owned(),
            code => code,
        };
        let region = Self::try_from(code)?;
        match PHONE_NUMBER_UTIL.get_country_code_for_region(region.0) {
            Some(_) => Ok(region),
            None => Err(RegionError),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_region_str())
    }
}
impl TryFrom<String> for Region {
    type Error = RegionError;
    /// From storage, by its form alone: no numbering plan is loaded.
    fn try_from(code: String) -> Result<Self, RegionError> {
        match rlibphonenumber::Region::from_code(&code) {
            Ok(rlibphonenumber::Region::World) | Err(_) => Err(RegionError),
            Ok(region) => Ok(Self(region)),
        }
    }
}
impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_two_letters_of_a_country_with_a_numbering_plan() {
        for (text, code) in [("US", "US"), (" de ", "DE"), ("uk", "GB"), ("XK", "XK")] {
            assert_eq!(Region::parse(text).unwrap().to_string(), code);
        }
        for text in ["", "ZZ", "AQ", "001", "USA", "Germany", "1", "ÄÖ"] {
            assert_eq!(Region::parse(text), Err(RegionError), "{text:?}");
        }
    }
}
