//! Writes of what concerns texts, and the numbers and addresses that want none.

use chrono::{DateTime, Utc};
use usher_domain::{
    contact::{EmailAddress, PhoneNumber, Unsubscription},
    opt_out::OptOut,
    sms::{Conversation, Inbound, Prompt},
    suppression::AddressSuppression,
};

use super::{
    AccountList, Changes, WriteConflict,
    changes::attention_index,
    item::{
        Key, OPT_OUTS, SUPPRESSIONS, kept_attention_position, number, string, suppression_position,
    },
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

    /// Notes that a number wants no SMS, whatever was known of it: its owner's word, or the
    /// account's.
    #[must_use]
    pub fn opt_out(self, opt_out: &OptOut) -> Self {
        self.put_opt_out(opt_out)
    }

    /// Has SMS to a number held until staff decide, where nothing keeps them from it yet.
    #[must_use]
    pub fn hold(self, opt_out: &OptOut) -> Self {
        let lifted = [(":lifted", number(LIFTED))];
        self.put_opt_out(opt_out)
            .when("attribute_not_exists(PK) OR holds = :lifted", &lifted)
    }

    /// Notes what staff say of a number, over what was `known` of it.
    #[must_use]
    pub fn settle_opt_out(self, opt_out: &OptOut, known: Option<&OptOut>) -> Self {
        let changes = self.put_opt_out(opt_out);
        match known {
            None => changes.when(NOT_THERE, &[]),
            // One that cannot be read may not say how it stands.
            Some(known) => changes.when(
                "attribute_exists(PK) AND (attribute_not_exists(holds) OR holds = :known)",
                &[(":known", number(standing(known)))],
            ),
        }
    }

    /// Those that hold are listed, and what waits for staff needs attention until they decide.
    fn put_opt_out(self, opt_out: &OptOut) -> Self {
        let key = Key::opt_out(&opt_out.number);
        self.put(WriteConflict::Busy, &key, opt_out, |item| {
            let id = opt_out.number.as_str();
            item.insert("holds".to_owned(), number(standing(opt_out)));
            if opt_out.holds() {
                item.insert("GSI1PK".to_owned(), string(OPT_OUTS));
                item.insert("GSI1SK".to_owned(), string(id));
            }
            if opt_out.is_held() {
                attention_index(item, Some(opt_out.at), id);
                let position = kept_attention_position(opt_out.at, id);
                item.insert("GSI4SK".to_owned(), string(position));
            }
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

/// How an opt-out stands that was lifted.
const LIFTED: u64 = 0;

/// How an opt-out stands, by which a write over it sees whether it still does.
fn standing(opt_out: &OptOut) -> u64 {
    match opt_out {
        lifted if !lifted.holds() => LIFTED,
        held if held.is_held() => 2,
        _ => 1,
    }
}
