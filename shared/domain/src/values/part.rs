//! The parts of a message that staff write texts for.

use std::fmt;

/// Where a template text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The email's subject.
    Subject,
    /// The email's body, HTML.
    EmailBody,
    /// The SMS.
    Sms,
}

impl Part {
    /// The longest source text, in bytes. With it a text is parsed in
    /// milliseconds whatever it says.
    pub const fn max_source(self) -> usize {
        match self {
            Self::Subject => 1_000,
            Self::EmailBody => 50_000,
            Self::Sms => 4_000,
        }
    }

    /// The longest rendered text, in bytes; rendering stops there.
    pub(crate) const fn max_rendered(self) -> usize {
        match self {
            Self::Subject => 2_000,
            Self::EmailBody => 150_000,
            Self::Sms => 8_000,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subject => "subject",
            Self::EmailBody => "email body",
            Self::Sms => "SMS",
        })
    }
}
