//! A message on its way out, as the protocol takes it.

use chrono::{DateTime, Utc};
use usher_cloud::{Email, Sms, hold_content};
use usher_domain::{
    notification::{Content, Notification},
    sms::Prompt,
    timeline::TimelineEntry,
    token::{Grant, Token, TokenHash},
};

/// How many messages go into one transaction: each makes up to six of its hundred parts (row,
/// content where it is long, two tokens, prompt, an entry where it is sent again), and the
/// meeting that is written with them some twenty more. A send to a crowd goes out in waves of
/// as many.
pub(crate) const PER_TRANSACTION: usize = 12;

/// A message, ready to be claimed and sent.
#[derive(Debug)]
pub(crate) struct OutboundMessage {
    /// Its row in the log.
    pub(crate) notification: Notification,
    /// What it says, for the log, where its row cannot hold it.
    pub(crate) long_content: Option<Content>,
    /// The links in it that open something.
    pub(crate) links: Vec<IssuedLink>,
    /// When those may be forgotten.
    pub(crate) links_expire_at: DateTime<Utc>,
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
            links_expire_at: notification.created_at,
            notification,
            long_content: (!held).then_some(content),
            links: Vec::new(),
            prompt: None,
            told_so_far: None,
            email: None,
            sms: None,
        }
    }
}

/// A link token and what it lets its holder do.
#[derive(Debug)]
pub(crate) struct IssuedLink {
    /// The token's hash.
    pub(crate) token: TokenHash,
    /// What it opens.
    pub(crate) grant: Grant,
}

impl IssuedLink {
    /// The link of a token.
    pub(crate) fn of(token: &Token, grant: Grant) -> Self {
        Self {
            token: token.hash(),
            grant,
        }
    }
}
