//! What keeps messages from numbers and addresses, read along with what decides about them;
//! and the addresses that nothing is sent to, because of what came back from them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::DateTime;
use usher_domain::{
    contact::{EmailAddress, PhoneNumber, Suppressions},
    id::TemplateId,
    opt_out::OptOutSource,
    suppression::{AddressSuppression, SuppressionCause},
    template::Template,
    unread::Unread,
};

use super::{
    Readable, Store, StoreError,
    batch::BATCH,
    codec::from_item,
    contacts::of_contact,
    item::{Item, Key, NO_REMINDERS, SUPPRESSION, SUPPRESSIONS, TEMPLATES},
    range::{sort_key, text},
    readable::{passed_over, read_all},
    records,
};

/// The most suppressions that are read at once.
const AT_ONCE: usize = 500;

impl Store {
    /// What keeps messages from these numbers and addresses.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn suppressions_of(
        &self,
        numbers: &BTreeSet<PhoneNumber>,
        addresses: &BTreeSet<EmailAddress>,
    ) -> Result<Suppressions, StoreError> {
        let none = self.template_and_suppressions(None, numbers, addresses);
        Ok(none.await?.1)
    }

    /// A template, and what keeps messages from these numbers and addresses, in one query
    /// for up to 33 of each.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn template_and_suppressions(
        &self,
        template: Option<&TemplateId>,
        numbers: &BTreeSet<PhoneNumber>,
        addresses: &BTreeSet<EmailAddress>,
    ) -> Result<(Option<Template>, Suppressions), StoreError> {
        // A batch must not name a key twice, and spellings of one address share theirs.
        let addresses: BTreeMap<_, _> = addresses.iter().map(|each| (each.key(), each)).collect();
        let of_address =
            |address: &&EmailAddress| [Key::no_reminders(address), Key::suppression(address)];
        let keys = template.map(Key::template).into_iter();
        let keys = keys.chain(numbers.iter().map(Key::opt_out));
        let keys = keys.chain(addresses.values().flat_map(of_address));
        let keys: Vec<_> = keys.collect();
        let mut found = None;
        let (mut opted_out, mut held) = (Vec::new(), Vec::new());
        let (mut unsubscribed, mut suppressed) = (Vec::new(), Vec::new());
        for keys in keys.chunks(BATCH) {
            let keys = keys.iter().map(Key::attributes);
            for item in self.all_of(keys.collect()).await? {
                // Of the others, that they are there says it; whose they are stands in their
                // keys.
                match sort_key(&item) {
                    _ if text(&item, "PK") == TEMPLATES => found = Some(records::template(item)?),
                    NO_REMINDERS => unsubscribed.extend(of_contact(&item, EmailAddress::parse)),
                    SUPPRESSION if is_lifted(&item) => {}
                    SUPPRESSION => suppressed.extend(of_contact(&item, EmailAddress::parse)),
                    _ if is_lifted(&item) => {}
                    _ => {
                        let number = of_contact(&item, |number| number.to_owned().try_into());
                        let numbers = if is_held(&item) {
                            &mut held
                        } else {
                            &mut opted_out
                        };
                        numbers.extend(number);
                    }
                }
            }
        }
        let suppressions = Suppressions {
            opted_out: opted_out.into_iter().collect(),
            held: held.into_iter().collect(),
            unsubscribed: unsubscribed.into_iter().collect(),
            suppressed: suppressed.into_iter().collect(),
            sender_unverified: false,
        };
        Ok((found, suppressions))
    }

    /// What is known of an address that emails came back from. Where that cannot be read,
    /// that they did: nothing is sent to it either way, until somebody lifts it.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not tell.
    pub async fn suppression(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<AddressSuppression>, StoreError> {
        let item = self.item(&Key::suppression(address)).await?;
        Ok(item.map(|item| from_item(item).unwrap_or_else(|error| unreadable(&error, address))))
    }

    /// Every address that nothing is sent to, in alphabetical order.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn address_suppressions(&self) -> Result<Readable<AddressSuppression>, StoreError> {
        let items = self.list_all("GSI1", SUPPRESSIONS, "!", AT_ONCE).await?;
        Ok(read_all(items, from_item))
    }
}

/// What a suppression that cannot be read says all the same, by being there.
fn unreadable(error: &StoreError, address: &EmailAddress) -> AddressSuppression {
    passed_over(error);
    AddressSuppression {
        address: address.clone(),
        cause: SuppressionCause::HardBounce,
        at: DateTime::UNIX_EPOCH,
        detail: None,
        notification: None,
        by: None,
        lifted: None,
        unread: Unread::default(),
    }
}

/// Whether an opt-out waits for staff. One that does not say is one for good.
fn is_held(item: &Item) -> bool {
    text(item, "source") == <&str>::from(OptOutSource::OwnWords)
}

/// Whether somebody has lifted a suppression or an opt-out. One that does not say holds.
fn is_lifted(item: &Item) -> bool {
    item.get("holds") == Some(&AttributeValue::N("0".to_owned()))
}
