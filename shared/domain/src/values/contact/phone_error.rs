//! Why a text is not a phone number that can be texted.

/// Why a text is not a phone number that can be texted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// No number at all, or signs that no phone number has.
    #[error("is not a phone number; write it with its country code, like +1 202 555 0123")]
    Malformed,
    /// A note before or behind the number, or letters for digits.
    #[error("has words beside the number; write the number alone, in digits")]
    Words,
    /// What only a switchboard understands.
    #[error("has an extension, which no SMS reaches; write the number without it")]
    Extension,
    /// Two numbers in one field.
    #[error("holds more than one number; write one")]
    Several,
    /// What a spreadsheet makes of a number: `2025550123.0` or `2.02E+09`.
    #[error("was rewritten by a spreadsheet; format the column as text and write all digits")]
    Spreadsheet,
    /// Digits that are a number only with a `+` before them.
    #[error("has a country code without its +; write it like +44 20 7946 0958")]
    MissingPlus,
    /// A `+` with a code behind it that nobody has.
    #[error("begins with a country code that no country has")]
    CallingCode,
    /// Shorter than every number of its country.
    #[error("has too few digits for a number of country code +{0}")]
    TooShort(i32),
    /// A number that can be called only from its own area.
    #[error("lacks its area code")]
    LocalOnly,
    /// Longer than every number of its country.
    #[error("has too many digits for a number of country code +{0}")]
    TooLong(i32),
    /// Between the lengths that the numbers of its country have.
    #[error("has not as many digits as a number of country code +{0} has")]
    Length(i32),
    /// NANP: area codes begin with 2 to 9.
    #[error("has an area code that begins with 0 or 1, as none does in North America")]
    AreaCode,
    /// A number whose owner bills whoever contacts it.
    #[error("is a premium-rate number, which is never texted")]
    Premium,
    /// The numbering plan would make another number of one that is right as it stands.
    #[error("can be read as two numbers; write it with + and its country code, and no prefix")]
    Ambiguous,
    /// What must be in E.164 is not.
    #[error("is not in E.164: + and 5 to 15 digits, like +12025550123")]
    NotE164,
}
