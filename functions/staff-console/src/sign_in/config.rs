//! The part of the environment that only the function that signs staff in reads.

use secrecy::SecretString;
use usher_flows::ConfigError;

/// An OpenID Connect provider, and what it knows the console by.
#[derive(Debug, Clone)]
pub struct SignInConfig {
    /// `OIDC_ISSUER`: its issuer URL, as in its tokens' `iss`.
    pub issuer: String,
    /// `OIDC_CLIENT_ID`: the console's client id there.
    pub client_id: String,
    /// `OIDC_CLIENT_SECRET`: its secret; none for a public client, which PKCE protects.
    pub client_secret: Option<SecretString>,
}

impl SignInConfig {
    /// Reads the variables through `get` (production passes `std::env::var`); none when
    /// this deployment has no provider.
    ///
    /// # Errors
    /// One of the two that belong together is missing.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let get = |name: &str| get(name).filter(|value| !value.trim().is_empty());
        match (get("OIDC_ISSUER"), get("OIDC_CLIENT_ID")) {
            (Some(issuer), Some(client_id)) => Ok(Some(Self {
                issuer,
                client_id,
                client_secret: get("OIDC_CLIENT_SECRET").map(SecretString::from),
            })),
            (None, None) => Ok(None),
            _ => {
                let problem = "OIDC_ISSUER and OIDC_CLIENT_ID belong together";
                Err(ConfigError(vec![problem.to_owned()]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Option<SignInConfig>, ConfigError> {
        SignInConfig::read(|name| {
            let found = given.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_deployment_without_a_provider_signs_nobody_in() {
        assert!(read(&[]).unwrap().is_none());
        assert!(
            read(&[("OIDC_ISSUER", " "), ("OIDC_CLIENT_ID", "")])
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn an_issuer_and_a_client_id_belong_together() {
        for one in ["OIDC_ISSUER", "OIDC_CLIENT_ID"] {
            let error = read(&[(one, "https://id.example")]).unwrap_err();
            assert!(error.to_string().contains("belong together"), "{error}");
        }
    }

    #[test]
    fn a_public_client_has_no_secret() {
        let both = [
            ("OIDC_ISSUER", "https://id.example"),
            ("OIDC_CLIENT_ID", "usher"),
        ];
        let public = read(&both).unwrap().unwrap();
        assert!(public.client_secret.is_none());
        let secret = ("OIDC_CLIENT_SECRET", "a secret");
        let confidential = read(&[both[0], both[1], secret]).unwrap().unwrap();
        assert_eq!(
            confidential.client_secret.unwrap().expose_secret(),
            "a secret"
        );
    }
}
