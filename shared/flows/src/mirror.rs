//! The AWS account has an opt-out list of its own, on which it puts whoever texts
//! STOP where it answers such words itself. We follow it both ways: SNS would take
//! an SMS to such a number and not deliver it.

use chrono::{DateTime, TimeDelta, Utc};
use usher_cloud::{Changes, StoreError};
use usher_domain::{
    Failure,
    contact::{OptOut, OptOutSource},
};

use crate::App;

/// How often the list is read.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// Follows the account's list, if it was not read lately.
///
/// # Errors
/// [`Failure::Unavailable`] when it cannot be read or noted.
pub(crate) async fn follow_account(app: &App, now: DateTime<Utc>) -> Result<(), Failure> {
    let last = app.store.mirrored_at().await?;
    if last.is_some_and(|last| last + EVERY > now) {
        return Ok(());
    }
    let listed = app.sms.opted_out().await?;
    let known = app.store.opt_outs().await?;
    let new = listed
        .iter()
        .filter(|number| known.iter().all(|known| known.number != **number));
    for number in new {
        let opt_out = OptOut {
            number: number.clone(),
            at: now,
            source: OptOutSource::Account,
        };
        commit(app, Changes::new().opt_out(&opt_out)).await?;
    }
    // Who opted out by texting us opts in by texting us.
    let gone = known
        .iter()
        .filter(|known| known.source == OptOutSource::Account && !listed.contains(&known.number));
    for opt_out in gone {
        commit(app, Changes::new().opt_in(&opt_out.number)).await?;
    }
    commit(app, Changes::new().mirrored(now)).await
}

async fn commit(app: &App, changes: Changes) -> Result<(), Failure> {
    match app.store.commit(changes, &app.chance.word()).await {
        // Whoever was quicker heard it from the number's owner.
        Ok(()) | Err(StoreError::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
