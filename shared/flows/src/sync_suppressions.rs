//! The AWS account has a suppression list of its own, on which SES puts addresses that bounced
//! for good or complained, whoever wrote to them: it takes an email to one and does not try it.
//! So they are held back here, visibly, before the first email to them is lost.
//!
//! What was put on the list lately is asked for once an hour, all of it with the first sweep of
//! a day (UTC), which finds what was missed. Of a list of more than 20,000 the rest is found as
//! before, by the first email that SES does not try. Who comes off it at SES alone is not found
//! that way: staff lift an address here, which takes it off both. It costs one request to SES,
//! and the addresses that are held back already, about a read unit for 40; each that is new, a
//! read and three write units.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use usher_cloud::Changes;
use usher_domain::{
    Failure,
    actor::Actor,
    suppression::{AddressSuppression, SuppressionCause},
    unread::Unread,
};

use crate::{App, sync_opt_outs::Hour, transact::unless_conflict};

/// How far back what was put on the list lately is: an hour, and another one where a sweep was
/// late.
const LATELY: TimeDelta = TimeDelta::hours(2);
/// The most addresses that are asked for at once, which are twenty requests.
const LISTED: usize = 20_000;
/// The most that are taken over at once; the rest with the next time that all is asked for.
const TAKEN_OVER: usize = 500;

/// Takes over who is on the account's list, where there is email.
///
/// # Errors
/// [`Failure::Unavailable`] when the store did not do its part.
pub(crate) async fn follow_list(
    app: &App,
    hour: &Hour,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    if hour.settings.sender.email.is_none() {
        return Ok(());
    }
    let is_same_day = |last: DateTime<Utc>| last.date_naive() == now.date_naive();
    let lately = hour.last.is_some_and(is_same_day).then(|| now - LATELY);
    let listed = match app.mail.suppressed_since(lately, LISTED).await {
        Ok(listed) => listed,
        Err(code) => {
            tracing::warn!(code, "SES does not tell whom it does not write to");
            return Ok(());
        }
    };
    if listed.is_empty() {
        return Ok(());
    }
    let held = app.store.address_suppressions().await?.rows;
    let held: HashSet<_> = held.iter().map(|each| each.address.key()).collect();
    let new = listed
        .into_iter()
        .filter(|(address, _)| !held.contains(&address.key()));
    for (address, at) in new.take(TAKEN_OVER) {
        let news = AddressSuppression {
            address,
            cause: SuppressionCause::AccountList,
            at,
            detail: None,
            notification: None,
            by: None,
            lifted: None,
            unread: Unread::default(),
        };
        if Instant::now() > until {
            break;
        }
        take_over(app, &news).await?;
    }
    Ok(())
}

async fn take_over(app: &App, news: &AddressSuppression) -> Result<(), Failure> {
    let known = app.store.suppression(&news.address).await?;
    if !news.is_news_to(known.as_ref()) {
        return Ok(());
    }
    let changes = Changes::by(&Actor::System).suppression(news, known.as_ref());
    // Whoever was quicker knew more.
    unless_conflict(app.commit_repeatable(changes).await)?;
    Ok(())
}
