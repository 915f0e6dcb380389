//! The town: a stack, its staff and its customers.

mod console;
mod customers;
mod mail;
mod office;
mod trouble;

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, header};
use serde_json::{Value, json};
use usher_local::{Caller, Options, Stack};

use crate::Reply;

/// Ann Lee's telephone, as in the usual [`meeting`].
const ANN: &str = "+12025550123";

/// When stories begin: a Monday morning, ten days before the usual meeting.
pub fn now() -> DateTime<Utc> {
    "2026-01-05T15:00:00Z".parse().unwrap()
}

/// The usual meeting: Ann Lee, who can be reached both ways, on January 15 at
/// two in New York.
pub fn meeting() -> Value {
    json!({
        "title": "Window measuring",
        "starts_at": "2026-01-15T14:00:00",
        "timezone": "America/New_York",
        "duration_minutes": 45,
        "location": {"kind": "client_house", "address": "123 Main St, Springfield"},
        "description": "We measure all windows.",
        "organizer": {"name": "Sam Rivera", "email": "sam@progrid.example.com", "phone": "+12025550101"},
        "attendees": [
            {"id": "ann", "name": "Ann Lee", "email": "ann@example.com", "phone": ANN},
        ],
    })
}

/// A member of staff with these roles, as the gateway's authorizer tells of them.
pub fn claims(roles: &str) -> Caller {
    let claims = [("sub", "u-1"), ("name", "Kim"), ("roles", roles)];
    Caller::Claims(
        claims
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
    )
}

/// Usher on one machine, and what its people do.
pub struct Town {
    stack: Stack,
    read: Mutex<BTreeSet<String>>,
    keys: AtomicU64,
    /// How many dead letters, counted from the oldest, the story knows of.
    known_dead: AtomicUsize,
    /// Whether the story counts on dead letters.
    expects_dead: AtomicBool,
}

impl Town {
    /// An empty town, in memory, its clock standing at [`now`].
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn new() -> Self {
        Self::start(None, Options::default().issuer).await
    }

    /// A town whose staff sign in at this OpenID Connect provider.
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn signing_in_at(issuer: &str) -> Self {
        Self::start(None, issuer.to_owned()).await
    }

    /// A town that is kept in a folder.
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn kept_in(folder: PathBuf) -> Self {
        Self::start(Some(folder), Options::default().issuer).await
    }

    /// A town whose functions allow a provider so much time that little is left of an
    /// invocation: a request has time for one wave of a crowd, and the function that goes
    /// on with it for `wave_time`, or one wave at least.
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn in_a_hurry(wave_time: Duration) -> Self {
        Self::start_timed(Options {
            provider_timeout: Duration::from_secs(45) - wave_time,
            ..Options::default()
        })
        .await
    }

    /// A town that waits for a provider as long as another flow may take meanwhile, on a
    /// busy machine, too.
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn patient() -> Self {
        Self::start_timed(Options {
            provider_timeout: Duration::from_secs(15),
            ..Options::default()
        })
        .await
    }

    /// A town whose AWS account sends no SMS.
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn without_sms() -> Self {
        Self::start_with(Options {
            origination_number: None,
            ..Options::default()
        })
        .await
    }

    async fn start(data: Option<PathBuf>, issuer: String) -> Self {
        Self::start_with(Options {
            data,
            issuer,
            ..Options::default()
        })
        .await
    }

    async fn start_with(options: Options) -> Self {
        Self::start_timed(Options {
            // Long enough for a busy machine, short enough for a story that waits it out.
            provider_timeout: Duration::from_millis(1_500),
            ..options
        })
        .await
    }

    async fn start_timed(options: Options) -> Self {
        let options = Options {
            start_at: Some(now()),
            ..options
        };
        let mut stack = Stack::start(options.clone()).await;
        for _ in 0..1_000 {
            // The stack before lets its folder go once its tasks have been dropped.
            if stack.is_ok() || options.data.is_none() {
                break;
            }
            tokio::task::yield_now().await;
            stack = Stack::start(options.clone()).await;
        }
        let stack = stack.unwrap();
        Self {
            // Those of an earlier town in the folder are no news.
            known_dead: AtomicUsize::new(stack.dead_letters().len()),
            expects_dead: AtomicBool::new(false),
            stack,
            read: Mutex::default(),
            keys: AtomicU64::new(0),
        }
    }

    /// The stack itself, for what has no word of its own here.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// Somebody makes a request, with whatever headers and body.
    ///
    /// # Panics
    /// When the request cannot be built.
    pub async fn request(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        let host = self.stack.url().trim_start_matches("http://");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::new(
            self.stack
                .call(request.body(body.into()).unwrap(), caller)
                .await,
        )
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let unread = self.post();
        assert!(
            unread.is_empty(),
            "the story did not expect these messages: {unread:#?}"
        );
        let armed = self.stack.schedules();
        assert!(
            armed.is_empty(),
            "the story left schedules armed: {armed:#?}"
        );
        let pending = self.stack.pending_invocations();
        assert!(
            pending.is_empty(),
            "the story ended before these were tried again: {pending:#?}"
        );
        self.assert_no_news_of_the_dead();
    }
}
