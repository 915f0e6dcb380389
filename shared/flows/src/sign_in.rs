//! A member of staff signs in to the console, at the organization's identity provider.

use chrono::{DateTime, Utc};
use usher_cloud::{IdentityProvider, SignInError};
use usher_domain::Failure;

pub use usher_cloud::{Claims, Pending};

use crate::App;

/// Begins: what the browser must keep, and where it is to go.
///
/// # Errors
/// [`Failure::Unavailable`] when the provider does not answer.
pub async fn begin(app: &App) -> Result<(Pending, String), Failure> {
    let pending = Pending {
        state: app.random_id(),
        nonce: app.random_id(),
        // RFC 7636 §4.1: 43 to 128 characters.
        verifier: format!("{}{}", app.random_id(), app.random_id()),
    };
    let url = provider(app)?.begin(&pending).await.map_err(failure)?;
    Ok((pending, url))
}

/// Ends: what the provider says of whoever came back with `code` and `state`.
///
/// # Errors
/// [`Failure::Refused`] when that proves nothing; [`Failure::Unavailable`] when the
/// provider does not answer.
pub async fn finish(
    app: &App,
    pending: Pending,
    code: String,
    state: &str,
    now: DateTime<Utc>,
) -> Result<Claims, Failure> {
    if state != pending.state {
        return Err(not_proven());
    }
    provider(app)?
        .finish(pending, code, now)
        .await
        .map_err(failure)
}

fn provider(app: &App) -> Result<IdentityProvider, Failure> {
    let Some(config) = app.config.sign_in.clone() else {
        tracing::error!("OIDC_ISSUER and OIDC_CLIENT_ID are not set");
        return Err(Failure::Internal);
    };
    let redirect = format!("{}/console/sign-in/callback", app.config.public_url);
    Ok(IdentityProvider::new(config, redirect))
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
