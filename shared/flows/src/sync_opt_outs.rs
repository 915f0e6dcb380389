//! The AWS account has an opt-out list of its own, on which it puts whoever texts
//! STOP where it answers such words itself. We follow it both ways: SNS would take
//! an SMS to such a number and not deliver it.
//!
//! An account that sends no SMS may not be allowed to read it, and needs not. Where SNS
//! refuses it, that is noted for staff and asked again an hour later: it is no failure
//! of the sweep, which has other things to do.

use chrono::{DateTime, TimeDelta, Utc};
use usher_cloud::{AccountList, Changes};
use usher_domain::{
    Failure,
    actor::Actor,
    contact::PhoneNumber,
    opt_out::{OptOut, OptOutSource},
    settings::Settings,
};

use crate::{App, transact::unless_conflict};

/// How often the list is asked for, whatever comes of it.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// An hour has passed since the account's list was asked for: time for what is done once an
/// hour. Who tells that reads an item for it anyway.
#[derive(Debug)]
pub(crate) struct Hour {
    /// The settings.
    pub(crate) settings: Settings,
    /// When the list was asked for before; none where it never was.
    pub(crate) last: Option<DateTime<Utc>>,
}

/// The hour that has passed, if one has.
///
/// # Errors
/// [`Failure::Unavailable`] when the store does not tell.
pub(crate) async fn hour_passed(app: &App, now: DateTime<Utc>) -> Result<Option<Hour>, Failure> {
    let last = app.store.account_list().await?;
    if last.as_ref().is_some_and(|last| last.at + EVERY > now) {
        return Ok(None);
    }
    Ok(Some(Hour {
        settings: app.settings().await?,
        last: last.map(|last| last.at),
    }))
}

/// Follows the account's list, where there is SMS, and notes that it was asked for.
///
/// # Errors
/// [`Failure::Unavailable`] when the store did not do its part.
pub(crate) async fn follow_account(
    app: &App,
    hour: &Hour,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let refused = if hour.settings.sms.has_sender() {
        match app.sms.opted_out().await {
            Ok(listed) => {
                follow(app, &listed, now).await?;
                None
            }
            Err(code) => {
                tracing::warn!(code, "SNS does not tell who opted out");
                Some(code)
            }
        }
    } else {
        None
    };
    let asked = AccountList { at: now, refused };
    commit(app, Changes::by(&Actor::System).asked_account(&asked)).await
}

/// Takes over who is on the list, and forgets who has come off it.
async fn follow(app: &App, listed: &[PhoneNumber], now: DateTime<Utc>) -> Result<(), Failure> {
    let known = app.store.opt_outs().await?;
    let new = listed
        .iter()
        .filter(|number| known.iter().all(|known| known.number != **number));
    for number in new {
        let opt_out = OptOut::by_account(number, now);
        commit(app, Changes::by(&Actor::System).opt_out(&opt_out)).await?;
    }
    // Who opted out by texting us opts in by texting us.
    let gone = known
        .iter()
        .filter(|known| known.source == OptOutSource::Account && !listed.contains(&known.number));
    for opt_out in gone {
        commit(app, Changes::by(&Actor::System).opt_in(&opt_out.number)).await?;
    }
    Ok(())
}

async fn commit(app: &App, changes: Changes) -> Result<(), Failure> {
    // Whoever was quicker heard it from the number's owner.
    unless_conflict(app.commit(changes).await)?;
    Ok(())
}
