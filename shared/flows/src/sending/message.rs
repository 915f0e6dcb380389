//! A message on its way out, as the protocol takes it.

use chrono::{DateTime, Utc};
use usher_cloud::{Email, Sms, hold_content};
use usher_domain::{
    notification::{Content, Notification},
    sms::Prompt,
    timeline::TimelineEntry,
    token::{Grant, Token, TokenHash},
};

/// How many messages go into one transaction: each makes up to five of its hundred parts (row,
/// content where it is long, the SMS's token, prompt, an entry where it is sent again), and the
/// meeting that is written with them some twenty more. A send to a crowd goes out in waves of
/// as many.
pub(crate) const PER_TRANSACTION: usize = 12;

/// How many rows are put on record in one transaction: each makes up to two of its parts, itself
/// and an entry where it was sent before. As many as the largest wave has, a reminder's.
pub(crate) const RECORDED_TOGETHER: usize = 2 * PER_TRANSACTION;

/// A message, ready to be claimed and sent.
#[derive(Debug)]
pub(crate) struct OutboundMessage {
    /// Its row in the log.
    pub(crate) notification: Notification,
    /// What it says, for the log, where its row cannot hold it.
    pub(crate) long_content: Option<Content>,
    /// The link in its SMS; those of its email are on the row.
    pub(crate) link: Option<IssuedLink>,
    /// What the SMS asks, where it may be answered by a code.
    pub(crate) prompt: Option<Prompt>,
    /// What its row has told in the timeline so far, where it is sent again.
    pub(crate) told_so_far: Option<TimelineEntry>,
    /// What goes out by email.
    pub(crate) email: Option<Email>,
    /// What goes out by SMS.
    pub(crate) sms: Option<Sms>,
}

impl OutboundMessage {
    /// A message that says this, with no way out yet.
    pub(crate) fn of(mut notification: Notification, content: Content) -> Self {
        let held = hold_content(&mut notification, &content);
        Self {
            notification,
            long_content: (!held).then_some(content),
            link: None,
            prompt: None,
            told_so_far: None,
            email: None,
            sms: None,
        }
    }

    /// How many parts of a transaction claim it.
    pub(super) fn parts(&self) -> usize {
        let besides = [
            self.long_content.is_some(),
            self.link.is_some(),
            self.prompt.is_some(),
            self.told_so_far.is_some(),
        ];
        1 + besides.into_iter().filter(|is_there| *is_there).count()
    }
}

/// The token of a text message's link and what it lets its holder do.
#[derive(Debug)]
pub(crate) struct IssuedLink {
    /// The token's hash.
    pub(crate) token: TokenHash,
    /// What it opens.
    pub(crate) grant: Grant,
    /// When it may be forgotten.
    pub(crate) forgotten_at: DateTime<Utc>,
}

impl IssuedLink {
    /// The link of a token.
    pub(crate) fn of(token: &Token, grant: Grant, forgotten_at: DateTime<Utc>) -> Self {
        Self {
            token: token.hash(),
            grant,
            forgotten_at,
        }
    }
}
