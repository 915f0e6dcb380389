//! The account's suppression list: SES puts addresses on it that bounce for good or
//! complain, and takes them off when it is asked to.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

/// The list, until the stack ends: each address with when it was put there.
#[derive(Debug, Default)]
pub(crate) struct Suppressed {
    addresses: Mutex<BTreeMap<String, DateTime<Utc>>>,
}

impl Suppressed {
    /// SES has seen an address bounce for good, or complain.
    pub(crate) fn add(&self, address: &str, now: DateTime<Utc>) {
        self.lock().insert(address.to_lowercase(), now);
    }

    /// Takes an address off. Returns whether it was on it.
    pub(super) fn remove(&self, address: &str) -> bool {
        self.lock().remove(&address.to_lowercase()).is_some()
    }

    /// Whether SES would not try an address.
    pub(crate) fn contains(&self, address: &str) -> bool {
        self.lock().contains_key(&address.to_lowercase())
    }

    /// The addresses that were put there at or after that; all where none is named.
    pub(super) fn since(&self, since: Option<DateTime<Utc>>) -> Vec<(String, DateTime<Utc>)> {
        let listed = self.lock();
        let listed = listed.iter().filter(|(_, at)| Some(**at) >= since);
        listed.map(|(address, at)| (address.clone(), *at)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, DateTime<Utc>>> {
        self.addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
