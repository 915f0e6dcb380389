//! Who makes a request.

use std::collections::BTreeMap;

/// Claims of a token, by name, as API Gateway writes them.
pub(super) type Claims = BTreeMap<String, String>;

/// Who makes a request, in the eyes of the authorizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The administrator of this machine, as for every request from the network.
    LocalAdmin,
    /// Somebody with these claims, written as API Gateway writes them: every value a
    /// string, a list as `[member manager]`.
    Claims(Claims),
    /// Somebody without a token.
    Anonymous,
}

impl Caller {
    pub(super) fn claims(&self) -> Option<Claims> {
        match self {
            Self::LocalAdmin => Some(
                [
                    ("sub", "local-admin"),
                    ("name", "Local admin"),
                    ("email", "admin@localhost"),
                    ("roles", "[admin]"),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ),
            Self::Claims(claims) => Some(claims.clone()),
            Self::Anonymous => None,
        }
    }
}
