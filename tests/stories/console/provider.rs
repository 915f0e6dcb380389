//! An OpenID Connect provider on loopback, at the wire: discovery, keys, tokens.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, EmptyExtraTokenFields, IdToken, IdTokenClaims,
    IdTokenFields, IssuerUrl, JsonWebKeyId, Nonce, PrivateSigningKey, StandardClaims,
    StandardTokenResponse, SubjectIdentifier,
    core::{
        CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey, CoreTokenType,
    },
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use usher_tests::now;

const KEY: &str = include_str!("identity_provider.pem");

/// Whom the provider names, and how.
#[derive(Debug, Clone)]
pub struct Person {
    pub audience: String,
    pub nonce: String,
    pub issued_at: DateTime<Utc>,
    pub claims: Value,
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Claims(serde_json::Map<String, Value>);

impl AdditionalClaims for Claims {}

/// A provider that is running.
pub struct Provider {
    pub issuer: String,
    person: Arc<Mutex<Option<Person>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self {
            issuer: issuer.clone(),
            person: Arc::default(),
            asked: Arc::default(),
        };
        let (person, asked) = (provider.person.clone(), provider.asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                let mut buffer = [0; 4096];
                while !complete(&request) {
                    let read = stream.read(&mut buffer).await.unwrap_or(0);
                    if read == 0 {
                        break;
                    }
                    request.extend_from_slice(&buffer[..read]);
                }
                let request = String::from_utf8_lossy(&request).into_owned();
                let body = answer(&request, &issuer, person.lock().unwrap().clone());
                asked.lock().unwrap().push(request);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        provider
    }

    /// Whoever comes next is this person.
    pub fn names(&self, person: Person) {
        *self.person.lock().unwrap() = Some(person);
    }

    /// The body of the last request for a token.
    pub fn token_request(&self) -> String {
        let asked = self.asked.lock().unwrap();
        let request = asked
            .iter()
            .rev()
            .find(|request| request.starts_with("POST /token"));
        request
            .unwrap()
            .split("\r\n\r\n")
            .nth(1)
            .unwrap()
            .to_owned()
    }
}

/// Whether a request is there with its whole body.
fn complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.trim().parse().unwrap())
}

fn answer(request: &str, issuer: &str, person: Option<Person>) -> String {
    if request.starts_with("GET /.well-known/openid-configuration") {
        return json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })
        .to_string();
    }
    let key = CoreRsaPrivateSigningKey::from_pem(KEY, Some(JsonWebKeyId::new("k".into()))).unwrap();
    if request.starts_with("GET /keys") {
        let keys = CoreJsonWebKeySet::new(vec![key.as_verification_key()]);
        return serde_json::to_string(&keys).unwrap();
    }
    let Some(person) = person else {
        return json!({"error": "invalid_grant"}).to_string();
    };
    let Value::Object(claims) = person.claims else {
        panic!("claims are an object");
    };
    let claims = IdTokenClaims::<Claims, CoreGenderClaim>::new(
        IssuerUrl::new(issuer.to_owned()).unwrap(),
        vec![Audience::new(person.audience)],
        person.issued_at + TimeDelta::minutes(5),
        person.issued_at,
        StandardClaims::new(SubjectIdentifier::new("u-7".into())),
        Claims(claims),
    )
    .set_nonce(Some(Nonce::new(person.nonce)));
    let access = AccessToken::new("access".into());
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    let token = IdToken::<
        Claims,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >::new(claims, &key, algorithm, Some(&access), None)
    .unwrap();
    let fields = IdTokenFields::new(Some(token), EmptyExtraTokenFields {});
    let response = StandardTokenResponse::new(access, CoreTokenType::Bearer, fields);
    serde_json::to_string(&response).unwrap()
}

/// Somebody with these roles, as the console asked for them.
pub fn person(nonce: &str, roles: Value) -> Person {
    Person {
        audience: "usher-console".into(),
        nonce: nonce.into(),
        issued_at: now(),
        claims: json!({"name": "Kim Doe", "roles": roles}),
    }
}
