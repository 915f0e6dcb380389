//! A member of staff signs in to the console, at the organization's identity provider.
//!
//! OpenID Connect is known here alone: no other function links it.

mod config;
mod provider;

use chrono::{DateTime, Utc};
use usher_domain::Failure;
use usher_flows::App;

pub use config::SignInConfig;
use provider::SignInError;
pub(crate) use provider::{Claims, IdentityProvider, PendingSignIn};

/// A sign-in that waits for its person to come back from the provider.
pub(crate) struct Begun {
    /// What the browser must keep meanwhile.
    pub(crate) pending: PendingSignIn,
    /// Where the browser is to go.
    pub(crate) url: String,
}

/// Begins a sign-in.
///
/// # Errors
/// [`Failure::Unavailable`] when the provider does not answer.
pub(crate) async fn begin(
    app: &App,
    provider: Option<&IdentityProvider>,
) -> Result<Begun, Failure> {
    let pending = PendingSignIn {
        state: app.random_id(),
        nonce: app.random_id(),
        // RFC 7636 §4.1: 43 to 128 characters.
        verifier: format!("{}{}", app.random_id(), app.random_id()),
    };
    let url = known(provider)?.begin(&pending).await.map_err(failure)?;
    Ok(Begun { pending, url })
}

/// Ends it: what the provider says of the person who came back with `code` and `state`.
///
/// # Errors
/// [`Failure::Refused`] when that proves nothing; [`Failure::Unavailable`] when the
/// provider does not answer.
pub(crate) async fn finish(
    provider: Option<&IdentityProvider>,
    pending: PendingSignIn,
    code: String,
    state: &str,
    now: DateTime<Utc>,
) -> Result<Claims, Failure> {
    if state != pending.state {
        return Err(not_proven());
    }
    let claims = known(provider)?.finish(pending, code, now).await;
    claims.map_err(failure)
}

fn known(provider: Option<&IdentityProvider>) -> Result<&IdentityProvider, Failure> {
    provider.ok_or_else(|| {
        tracing::error!("OIDC_ISSUER and OIDC_CLIENT_ID are not set");
        Failure::Internal
    })
}

fn not_proven() -> Failure {
    Failure::Refused {
        code: "not_signed_in",
        reason: "The identity provider did not confirm who you are. Sign in once more.".to_owned(),
    }
}

fn failure(error: SignInError) -> Failure {
    // Neither holds anything of a person: they name what is wrong with an answer.
    tracing::warn!(%error, "nobody was signed in");
    match error {
        SignInError::Provider(_) => Failure::Unavailable,
        SignInError::Proof(_) => not_proven(),
    }
}
