//! The addresses that nothing is sent to because of what came back from them, and staff who
//! lift that (G6).

use usher_cloud::{Changes, Readable};
use usher_domain::{
    Failure, actor::Actor, contact::EmailAddress, dealt_with::DealtWith,
    suppression::AddressSuppression,
};

use crate::App;

/// All of them, in alphabetical order.
///
/// # Errors
/// [`Failure::Unavailable`] when they cannot be read.
pub async fn list(app: &App) -> Result<Readable<AddressSuppression>, Failure> {
    Ok(app.store.address_suppressions().await?)
}

/// Has an address be written to again: it is taken off the account's own list first, which
/// would keep SES from trying. Again is no error, and changes nothing here.
///
/// # Errors
/// [`Failure::NotFound`] when nothing ever kept it; [`Failure::Unavailable`] when SES or the
/// store did not do its part.
pub async fn lift(
    app: &App,
    address: &str,
    dealt: &DealtWith,
    actor: &Actor,
) -> Result<AddressSuppression, Failure> {
    let unknown = Failure::NotFound {
        what: "suppression",
    };
    let Ok(address) = &EmailAddress::parse(address) else {
        return Err(unknown);
    };
    let known = || async {
        let known = app.store.suppression(address).await?;
        known.ok_or_else(|| unknown.clone())
    };
    known().await?;
    app.mail.lift_suppression(address).await?;
    app.transact(|| async {
        let known = known().await?;
        if !known.holds() {
            return Ok(known);
        }
        let lifted = AddressSuppression {
            lifted: Some(dealt.clone()),
            ..known.clone()
        };
        let changes = Changes::by(actor).suppression(&lifted, Some(&known));
        app.commit(changes).await?;
        Ok(lifted)
    })
    .await
}
