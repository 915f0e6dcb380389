//! Writes of what concerns texts, and the numbers and addresses that want none.

use chrono::{DateTime, Utc};
use usher_domain::{
    contact::{EmailAddress, OptOut, PhoneNumber, Unsubscription},
    sms::{Conversation, Inbound, Prompt},
    suppression::AddressSuppression,
};

use super::{
    AccountList, Changes, WriteConflict,
    changes::attention_index,
    item::{Key, OPT_OUTS, SUPPRESSIONS, number, string, suppression_position},
    rows::{SeenInbound, TestMessage},
    transaction::{AtVersion, NOT_THERE},
};

impl Changes {
    /// Writes a question that a number may answer, until `expires_at`.
    #[must_use]
    pub fn prompt(self, prompt: &Prompt, expires_at: DateTime<Utc>) -> Self {
        self.put(WriteConflict::Busy, &Key::prompt(prompt), prompt, |item| {
            item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
        })
    }

    /// Has an SMS be known as a test message by what its provider calls it, until `expires_at`.
    #[must_use]
    pub fn test_message(
        self,
        provider_id: &str,
        sent_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Self {
        let key = Key::test_message(provider_id);
        self.put(
            WriteConflict::Busy,
            &key,
            &TestMessage { sent_at },
            |item| {
                item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
            },
        )
    }

    /// Takes a text that nobody has taken, or whose taking has expired by `now`.
    #[must_use]
    pub fn new_inbound(
        self,
        inbound: &Inbound,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        let seen = SeenInbound {
            received_at: inbound.received_at,
        };
        self.put(
            WriteConflict::Inbound,
            &Key::inbound(&inbound.id),
            &seen,
            |item| {
                item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
            },
        )
        .only_if_free(now)
    }

    /// Keeps a text that belongs to no meeting.
    #[must_use]
    pub fn unmatched(self, inbound: &Inbound) -> Self {
        let until = inbound.needs_attention_until();
        self.put(
            WriteConflict::Busy,
            &Key::unmatched(inbound),
            inbound,
            |item| {
                attention_index(item, until, &inbound.id);
            },
        )
    }

    /// Writes what is remembered of a number over the version it was read at, and
    /// moves the version.
    #[must_use]
    pub fn conversation(
        self,
        with: &PhoneNumber,
        conversation: &Conversation,
        expires_at: DateTime<Utc>,
    ) -> Self {
        let stored = Conversation {
            version: conversation.version + 1,
            ..conversation.clone()
        };
        let key = Key::conversation(with);
        self.put(WriteConflict::Conversation, &key, &stored, |item| {
            item.insert("expires_at".to_owned(), number(expires_at.timestamp()));
        })
        .only_if(AtVersion(conversation.version))
    }

    /// Notes that a number wants no SMS.
    #[must_use]
    pub fn opt_out(self, opt_out: &OptOut) -> Self {
        let key = Key::opt_out(&opt_out.number);
        self.put(WriteConflict::Busy, &key, opt_out, |item| {
            item.insert("GSI1PK".to_owned(), string(OPT_OUTS));
            item.insert("GSI1SK".to_owned(), string(opt_out.number.as_str()));
        })
    }

    /// Forgets that a number wants no SMS.
    #[must_use]
    pub fn opt_in(self, number: &PhoneNumber) -> Self {
        self.delete(&Key::opt_out(number), None)
    }

    /// Notes that an address wants no reminders, which nobody has noted yet.
    #[must_use]
    pub fn unsubscribe(self, unsubscription: &Unsubscription) -> Self {
        let key = Key::no_reminders(&unsubscription.address);
        self.put(WriteConflict::Busy, &key, unsubscription, |_| {})
            .when("attribute_not_exists(PK)", &[])
    }

    /// Forgets that an address wants no reminders, if that is still noted.
    #[must_use]
    pub fn resubscribe(self, address: &EmailAddress) -> Self {
        self.delete(&Key::no_reminders(address), Some("attribute_exists(PK)"))
    }

    /// Notes that nothing is to be sent to an address, or that somebody has lifted that;
    /// over what was `known` of it. Those that hold are listed.
    #[must_use]
    pub fn suppression(
        self,
        suppression: &AddressSuppression,
        known: Option<&AddressSuppression>,
    ) -> Self {
        let key = Key::suppression(&suppression.address);
        let held = |suppression: &AddressSuppression| u64::from(suppression.holds());
        let changes = self.put(WriteConflict::Busy, &key, suppression, |item| {
            item.insert("holds".to_owned(), number(held(suppression)));
            if suppression.holds() {
                item.insert("GSI1PK".to_owned(), string(SUPPRESSIONS));
                item.insert(
                    "GSI1SK".to_owned(),
                    string(suppression_position(&suppression.address)),
                );
            }
        });
        match known {
            None => changes.when(NOT_THERE, &[]),
            // One that cannot be read may not say whether it holds.
            Some(known) => changes.when(
                "attribute_exists(PK) AND (attribute_not_exists(holds) OR holds = :held)",
                &[(":held", number(held(known)))],
            ),
        }
    }

    /// Notes when the account's opt-out list was asked for, and what came of it.
    #[must_use]
    pub fn asked_account(self, asked: &AccountList) -> Self {
        self.put(WriteConflict::Busy, &Key::account_list(), asked, |_| {})
    }
}
