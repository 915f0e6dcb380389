//! The numbers that have opted out of the account's SMS, as the provider keeps them. The
//! carrier, or AWS itself, adds a number when its owner texts STOP; what SNS is then
//! asked to send there is accepted and not delivered.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::disk::Disk;

const FILE: &str = "opt-outs.json";
/// How many numbers a page has (Amazon SNS, `ListPhoneNumbersOptedOut`).
const PAGE: usize = 100;
/// A number can be opted in only once in this time (Amazon SNS, `OptInPhoneNumber`).
const BETWEEN_OPT_INS: TimeDelta = TimeDelta::days(30);

/// Why a number was not opted in.
#[derive(Debug)]
pub(crate) enum NotOptedIn {
    /// It was opted in less than 30 days ago.
    TooSoon,
    /// It could not be kept on disk.
    Disk(io::Error),
}

impl From<io::Error> for NotOptedIn {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// The account's list.
#[derive(Debug)]
pub(crate) struct OptOuts {
    list: Mutex<List>,
    disk: Disk,
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct List {
    numbers: BTreeSet<String>,
    /// When a number was opted in last by the account, not by its owner.
    opted_in: BTreeMap<String, DateTime<Utc>>,
}

impl OptOuts {
    pub(crate) fn open(disk: Disk) -> io::Result<Self> {
        Ok(Self {
            list: Mutex::new(disk.read(FILE)?.unwrap_or_default()),
            disk,
        })
    }

    /// The number's owner does not want to be written to any more.
    pub(crate) fn add(&self, number: &str) -> io::Result<()> {
        self.change(|list| {
            list.numbers.insert(number.to_owned());
            Ok(())
        })
    }

    /// The number's owner wants to be written to again, which they may at any time.
    pub(crate) fn remove(&self, number: &str) -> io::Result<()> {
        self.change(|list| {
            list.numbers.remove(number);
            Ok(())
        })
    }

    /// The account opts the number in. One that is not on the list counts as opted in
    /// all the same.
    pub(crate) fn opt_in(&self, number: &str, now: DateTime<Utc>) -> Result<(), NotOptedIn> {
        self.change(|list| {
            let before = list.opted_in.insert(number.to_owned(), now);
            if before.is_some_and(|before| now - before < BETWEEN_OPT_INS) {
                return Err(NotOptedIn::TooSoon);
            }
            list.numbers.remove(number);
            Ok(())
        })
    }

    pub(crate) fn contains(&self, number: &str) -> bool {
        self.lock().numbers.contains(number)
    }

    /// All numbers, in order.
    pub(crate) fn all(&self) -> Vec<String> {
        self.lock().numbers.iter().cloned().collect()
    }

    /// The page behind `after`, which is the last number of the page before, and
    /// whether there are more.
    pub(crate) fn page(&self, after: Option<&str>) -> (Vec<String>, bool) {
        let list = self.lock();
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut numbers = list.numbers.range::<str, _>((start, Bound::Unbounded));
        let page = numbers.by_ref().take(PAGE).cloned().collect();
        (page, numbers.next().is_some())
    }

    /// Makes a change and keeps it; on an error nothing has changed.
    fn change<E: From<io::Error>>(
        &self,
        change: impl FnOnce(&mut List) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut list = self.lock();
        let mut changed = list.clone();
        change(&mut changed)?;
        self.disk.write(FILE, &changed)?;
        *list = changed;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
