//! The account's suppression list: SES puts addresses on it that bounce for good or
//! complain, and takes them off when it is asked to.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The list, until the stack ends.
#[derive(Debug, Default)]
pub(crate) struct Suppressed {
    addresses: Mutex<BTreeSet<String>>,
}

impl Suppressed {
    /// SES has seen an address bounce for good, or complain.
    pub(crate) fn add(&self, address: &str) {
        self.lock().insert(address.to_lowercase());
    }

    /// Takes an address off. Returns whether it was on it.
    pub(super) fn remove(&self, address: &str) -> bool {
        self.lock().remove(&address.to_lowercase())
    }

    /// Whether SES would not try an address.
    pub(crate) fn contains(&self, address: &str) -> bool {
        self.lock().contains(&address.to_lowercase())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
