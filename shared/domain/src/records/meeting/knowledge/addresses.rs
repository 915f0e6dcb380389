//! What reached each of an attendee's addresses, those they have left among them.

use super::super::{
    Attendee,
    told::{Certainty, ContactPoint, Statement, Told},
};
use crate::{notification::Delivery, values::channel::Channel};

impl Certainty {
    pub(in super::super) fn of(delivery: &Delivery) -> Self {
        if delivery.got_through() {
            Self::Certain
        } else if delivery.status.in_doubt() {
            Self::Doubtful
        } else {
            Self::Unsaid
        }
    }
}

impl Attendee {
    /// Where they can be told something as things stand.
    pub fn addresses(&self) -> impl Iterator<Item = ContactPoint> {
        let email = self.email.clone().map(ContactPoint::Email);
        let phone = self.phone.clone().map(ContactPoint::Phone);
        email.into_iter().chain(phone)
    }

    /// Whether an address is theirs.
    pub fn is_reached_at(&self, address: &ContactPoint) -> bool {
        self.addresses().any(|each| each.is_same(address))
    }

    /// Whether anything reached them, or may have, at whatever address.
    pub fn may_know_of_it(&self) -> bool {
        let mut told = self.told.iter();
        told.any(|told| !told.certain.is_empty() || !told.doubtful.is_empty())
    }

    /// What is known of the addresses that are theirs.
    pub(super) fn told_now(&self) -> impl Iterator<Item = &Told> {
        let theirs = |told: &&Told| self.is_reached_at(&told.address);
        self.told.iter().filter(theirs)
    }

    /// Whether they were told at an address that they have replaced, and nothing yet at
    /// the one that took its place.
    pub(in super::super) fn has_moved(&self) -> bool {
        let mut left = self
            .told
            .iter()
            .filter(|told| !told.certain.is_empty() && !self.is_reached_at(&told.address));
        left.any(|told| self.is_silent_on(told.address.channel()))
    }

    /// Whether they have an address of a channel at which nothing certainly reached them.
    fn is_silent_on(&self, channel: Channel) -> bool {
        let mut theirs = self.addresses().filter(|each| each.channel() == channel);
        theirs.any(|address| {
            let mut told = self
                .told
                .iter()
                .filter(|told| told.address.is_same(&address));
            told.all(|told| told.certain.is_empty())
        })
    }

    /// The number of the last that certainly reached them at an address that is theirs.
    pub(super) fn last_certain(&self) -> Option<u64> {
        let certain = self.told_now().filter_map(|told| told.certain.last());
        certain.max().copied()
    }

    /// Whether it still matters what reached one of the addresses: of one that they have
    /// left it does while they were not told in its place, or may have been told since.
    pub(super) fn keeps(&self, told: &Told) -> bool {
        let theirs = self.is_reached_at(&told.address);
        let last = self.last_certain();
        let untold = last.is_none() || self.is_silent_on(told.address.channel());
        theirs || untold || told.doubtful.last() > last.as_ref()
    }

    /// Forgets what reached addresses that they have left: once they were told at one of
    /// theirs since, on whichever channel, it is dealt with (N7).
    fn forget_left_addresses(&mut self, since: u64) {
        self.forget_told(|attendee, told| {
            attendee.is_reached_at(&told.address) || told.last() >= Some(since)
        });
    }

    /// Forgets what reached addresses where it does not matter any more. What is known of
    /// the calendars behind them stays.
    pub(super) fn forget_told(&mut self, matters: impl Fn(&Self, &Told) -> bool) {
        let matters: Vec<_> = self.told.iter().map(|told| matters(self, told)).collect();
        for (told, matters) in self.told.iter_mut().zip(matters) {
            if !matters {
                told.certain.clear();
                told.doubtful.clear();
            }
        }
        self.told.retain(|told| {
            let is_empty = told.certain.is_empty() && told.doubtful.is_empty();
            !is_empty || told.left_calendar.is_some()
        });
    }

    pub(super) fn hear(
        &mut self,
        address: ContactPoint,
        number: u64,
        certainty: Certainty,
        statements: &[Statement],
    ) {
        let theirs = self.is_reached_at(&address);
        let place = self
            .told
            .iter()
            .position(|told| told.address.is_same(&address));
        let place = place.unwrap_or_else(|| {
            self.told.push(Told {
                address,
                certain: Vec::new(),
                doubtful: Vec::new(),
                left_calendar: None,
            });
            self.told.len() - 1
        });
        let told = &mut self.told[place];
        let news = !told.certain.contains(&number);
        told.hear(number, certainty, statements);
        if certainty == Certainty::Certain && theirs && news {
            self.forget_left_addresses(number);
        }
    }
}
