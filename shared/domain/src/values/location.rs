//! Whose place a meeting is at.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// Whose place a meeting is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum LocationKind {
    /// The business's office.
    Office,
    /// The client's house.
    ClientHouse,
    /// The jobsite.
    Jobsite,
    /// Elsewhere, or nowhere in particular.
    Other,
}

impl LocationKind {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Office => "Office",
            Self::ClientHouse => "Client’s house",
            Self::Jobsite => "Jobsite",
            Self::Other => "Other",
        }
    }
}
