//! What the token of a link opens: the row of its email says so, or an item of its own.

use chrono::{DateTime, Utc};
use usher_cloud::Freshness;
use usher_domain::{
    Failure,
    notification::Notification,
    token::{Grant, Token},
};

use crate::{App, prepare::KEEP_TOKENS};

/// A link that somebody follows.
pub(crate) struct OpenedLink {
    /// What it lets its holder do.
    pub(crate) grant: Grant,
    /// The email that carried it, as it is stored; none of a text message, and of an email of
    /// which no more than its links can be read.
    pub(crate) email: Option<Notification>,
}

/// The link of a token; none that nobody knows, or that is forgotten by `now`. One query.
///
/// # Errors
/// [`Failure::Unavailable`] when it cannot be looked up.
pub(crate) async fn open_link(
    app: &App,
    token: &Token,
    freshness: Freshness,
    now: DateTime<Utc>,
) -> Result<Option<OpenedLink>, Failure> {
    let Some(id) = token.message() else {
        let grant = app.store.grant(&token.hash(), freshness, now).await?;
        return Ok(grant.map(|grant| OpenedLink { grant, email: None }));
    };
    let Some((message, email)) = app.store.linked_message(&id, freshness).await? else {
        return Ok(None);
    };
    let is_kept = message.ends_at() + KEEP_TOKENS > now;
    let link = message.link(token).filter(|_| is_kept);
    let grant = link.map(|link| message.grant(link));
    Ok(grant.map(|grant| OpenedLink { grant, email }))
}
