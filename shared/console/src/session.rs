//! A signed-in person's session: a cookie that only our functions can read or make.
//!
//! There is no session store. What a request may do stands in the cookie, sealed
//! with a key that both functions of the console share, and holds for
//! [`SESSION_HOURS`]; a role that was taken away is gone with the next sign-in.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use axum_extra::extract::cookie::{Cookie, Key, PrivateCookieJar, SameSite};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use usher_web::Identity;

/// How long a session holds: a working day.
pub const SESSION_HOURS: i64 = 10;

/// The prefix makes browsers refuse the cookie from any other host, from a subdomain,
/// or over plain HTTP (RFC 6265bis §4.1.3.2).
const SESSION: &str = "__Host-usher-session";

/// What cookies of the console are sealed with.
#[derive(Clone)]
pub struct SessionKey(Key);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey")
    }
}

impl From<SessionKey> for Key {
    fn from(key: SessionKey) -> Self {
        key.0
    }
}

/// What a cookie holds, and until when.
#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    value: T,
    expires_at: DateTime<Utc>,
}

impl SessionKey {
    /// The key that follows from a secret of at least 32 characters; none from a
    /// shorter one, which could be guessed.
    pub fn derive(secret: &str) -> Option<Self> {
        (secret.len() >= 32).then(|| Self(Key::derive_from(secret.as_bytes())))
    }

    /// A `Set-Cookie` that keeps `value` under `name` for `lifetime`, out of reach of
    /// scripts and of other sites' forms.
    ///
    /// # Panics
    /// Never: a sealed cookie is base64.
    pub fn seal<T: Serialize>(
        &self,
        name: &'static str,
        value: &T,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> HeaderValue {
        let sealed = Sealed {
            value,
            expires_at: now + lifetime,
        };
        let text = serde_json::to_string(&sealed).unwrap_or_default();
        let mut cookie = Cookie::new(name, text);
        cookie.set_http_only(true);
        cookie.set_secure(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_path("/");
        let jar = PrivateCookieJar::<Key>::from_headers(&HeaderMap::new(), self.0.clone());
        set_cookie(jar.add(cookie))
    }

    /// What the request's cookie `name` holds, when we sealed it and its time is not over.
    pub fn open<T: DeserializeOwned>(
        &self,
        name: &str,
        headers: &HeaderMap,
        now: DateTime<Utc>,
    ) -> Option<T> {
        let jar = PrivateCookieJar::<Key>::from_headers(headers, self.0.clone());
        let sealed: Sealed<T> = serde_json::from_str(jar.get(name)?.value()).ok()?;
        (now < sealed.expires_at).then_some(sealed.value)
    }

    /// A `Set-Cookie` that signs this person in.
    pub fn sign_in(&self, identity: &Identity, now: DateTime<Utc>) -> HeaderValue {
        self.seal(SESSION, identity, now, TimeDelta::hours(SESSION_HOURS))
    }

    /// Who is signed in.
    pub fn signed_in(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Identity> {
        self.open(SESSION, headers, now)
    }
}

/// A `Set-Cookie` that signs out.
pub fn sign_out() -> HeaderValue {
    forget(SESSION)
}

/// A `Set-Cookie` that makes the browser forget the cookie `name`.
///
/// # Panics
/// Never: the name is constant and of plain letters.
pub fn forget(name: &'static str) -> HeaderValue {
    let text = format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    HeaderValue::from_str(&text).expect("a cookie's name is plain letters")
}

fn set_cookie(jar: PrivateCookieJar<Key>) -> HeaderValue {
    use axum::response::IntoResponse;
    let response = jar.into_response();
    let header = response.headers().get(SET_COOKIE).cloned();
    header.expect("the jar holds the cookie that was just added")
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;
    use rstest::rstest;

    use super::*;
    use usher_web::Role;

    const SECRET: &str = "a secret of more than thirty-two characters";

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-24T{hour:02}:00:00Z").parse().unwrap()
    }

    fn ada() -> Identity {
        Identity {
            subject: "u1".into(),
            name: "Ada Lovelace".into(),
            role: Role::Manager,
            program: None,
        }
    }

    /// What a browser sends back.
    fn returned(set_cookie: &HeaderValue) -> HeaderMap {
        let cookie = set_cookie.to_str().unwrap().split(';').next().unwrap();
        HeaderMap::from_iter([(COOKIE, cookie.parse().unwrap())])
    }

    #[rstest]
    #[case(8, true)]
    #[case(17, true)]
    #[case(18, false)]
    fn a_session_holds_for_a_working_day(#[case] hour: u32, #[case] holds: bool) {
        let key = SessionKey::derive(SECRET).unwrap();
        let headers = returned(&key.sign_in(&ada(), at(8)));
        assert_eq!(
            key.signed_in(&headers, at(hour)),
            holds.then(ada),
            "at {hour}"
        );
    }

    #[test]
    fn the_cookie_is_out_of_reach_and_cannot_be_read() {
        let cookie = SessionKey::derive(SECRET).unwrap().sign_in(&ada(), at(8));
        let cookie = cookie.to_str().unwrap();
        for part in ["__Host-", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        // As many letters as chance does not bring into a ciphertext.
        assert!(!cookie.contains("Lovelace") && !cookie.contains("Domain"));
    }

    #[test]
    fn only_our_own_cookies_count() {
        let key = SessionKey::derive(SECRET).unwrap();
        let other = SessionKey::derive("another secret of thirty-two characters!").unwrap();
        let forged = returned(&other.sign_in(&ada(), at(8)));
        assert_eq!(key.signed_in(&forged, at(8)), None);
        // Sealed by us for another purpose, and sent under the session's name.
        let moved = key.seal("__Host-other", &ada(), at(8), TimeDelta::hours(1));
        let moved = moved.to_str().unwrap().replace("__Host-other", SESSION);
        let moved = returned(&moved.parse().unwrap());
        assert_eq!(key.signed_in(&moved, at(8)), None);
        assert_eq!(key.signed_in(&HeaderMap::new(), at(8)), None);
    }

    #[test]
    fn a_secret_that_can_be_guessed_makes_no_key() {
        assert!(SessionKey::derive("short").is_none());
    }

    #[test]
    fn signing_out_empties_the_same_cookie() {
        let text = sign_out();
        assert!(text.to_str().unwrap().starts_with("__Host-usher-session=;"));
    }
}
