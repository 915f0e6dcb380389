//! The OpenID Connect provider that signs staff in: authorization code with PKCE
//! (OpenID Connect Core 1.0 §3.1, RFC 7636).

use secrecy::ExposeSecret as _;
use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{client::legacy::Client as HttpClient, rt::TokioExecutor};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SignInConfig;

/// How long one call to the provider may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read of it.
const LONGEST: usize = 512 * 1024;

/// What an ID token says of whoever signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims(HashMap<String, Value>);

impl AdditionalClaims for Claims {}

impl Claims {
    /// A claim as the gateway's authorizer would write it: a list as `[a b]`.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Array(rows) => {
                let rows: Vec<_> = rows.iter().filter_map(Value::as_str).collect();
                Some(format!("[{}]", rows.join(" ")))
            }
            _ => None,
        }
    }
}

/// What must come back from the provider, kept by the browser meanwhile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PendingSignIn {
    /// Ties the answer to this browser.
    pub(crate) state: String,
    /// Ties the ID token to this sign-in.
    pub(crate) nonce: String,
    /// Proves that whoever brings the code asked for it.
    pub(crate) verifier: String,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// The provider cannot be reached, or does not speak OpenID Connect.
    #[error("the identity provider does not answer as it should: {0}")]
    Provider(String),
    /// What came back is no proof.
    #[error("the identity provider's answer is no proof: {0}")]
    Proof(String),
}

type StaffClient = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<
        IdTokenFields<
            Claims,
            EmptyExtraTokenFields,
            CoreGenderClaim,
            CoreJweContentEncryptionAlgorithm,
            CoreJwsSigningAlgorithm,
        >,
        CoreTokenType,
    >,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider. It is asked what it is at each sign-in, so that new keys count at once.
#[derive(Debug, Clone)]
pub(crate) struct IdentityProvider {
    config: SignInConfig,
    redirect: String,
}

impl IdentityProvider {
    /// The provider of `config`, which sends people back to `redirect`.
    pub(crate) fn new(config: SignInConfig, redirect: String) -> Self {
        Self { config, redirect }
    }

    /// Where to send the browser to have `pending` answered.
    ///
    /// # Errors
    /// [`SignInError::Provider`].
    pub(crate) async fn begin(&self, pending: &PendingSignIn) -> Result<String, SignInError> {
        let (state, nonce) = (pending.state.clone(), pending.nonce.clone());
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let client = self.client().await?;
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.to_string())
    }

    /// What the provider says of whoever brought `code`: its ID token, verified.
    ///
    /// # Errors
    /// [`SignInError`].
    pub(crate) async fn finish(
        &self,
        pending: PendingSignIn,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Claims, SignInError> {
        let proof = |what: &dyn std::error::Error| SignInError::Proof(what.to_string());
        let client = self.client().await?;
        let token = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| SignInError::Provider(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier))
            .request_async(&call)
            .await
            .map_err(|error| proof(&error))?;
        let id_token = token.id_token();
        let id_token = id_token.ok_or_else(|| SignInError::Proof("no ID token".to_owned()))?;
        let verifier = client.id_token_verifier().set_time_fn(move || now);
        let claims = id_token
            .claims(&verifier, &Nonce::new(pending.nonce))
            .map_err(|error| proof(&error))?;
        let said = serde_json::to_value(claims).ok();
        let said = said.and_then(|said| serde_json::from_value(said).ok());
        said.ok_or_else(|| SignInError::Proof("claims that are no object".to_owned()))
    }

    async fn client(&self) -> Result<StaffClient, SignInError> {
        let provider = |what: &dyn std::error::Error| SignInError::Provider(what.to_string());
        let SignInConfig {
            issuer,
            client_id,
            client_secret,
        } = &self.config;
        let issuer = IssuerUrl::new(issuer.clone()).map_err(|error| provider(&error))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &call)
            .await
            .map_err(|error| provider(&error))?;
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|error| provider(&error))?;
        let secret = client_secret
            .as_ref()
            .map(|secret| secret.expose_secret().to_owned());
        let client = StaffClient::from_provider_metadata(
            metadata,
            ClientId::new(client_id.clone()),
            secret.map(ClientSecret::new),
        );
        Ok(client.set_redirect_uri(redirect))
    }
}

/// One request to the provider. The client is made for it: reading the machine's root
/// certificates is slow, and one process signs hardly anybody in.
async fn call(request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, CallError> {
    let tls = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(CallError::of)?;
    let connector = tls.https_or_http().enable_http1().build();
    let client = HttpClient::builder(TokioExecutor::new()).build(connector);
    let request = request.map(|body| Full::new(bytes::Bytes::from(body)));
    let answer = async {
        let (parts, body) = client
            .request(request)
            .await
            .map_err(CallError::of)?
            .into_parts();
        let body = Limited::new(body, LONGEST)
            .collect()
            .await
            .map_err(CallError::of)?;
        Ok(http::Response::from_parts(parts, body.to_bytes().to_vec()))
    };
    let answer = tokio::time::timeout(PATIENCE, answer).await;
    answer.map_err(CallError::of)?
}

/// Why a request to the provider failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct CallError(String);

impl CallError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}
