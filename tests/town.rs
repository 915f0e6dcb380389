//! The town: a stack, its staff and its customers.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, header};
use serde_json::{Value, json};
use usher_local::{Caller, DeadLetter, Effect, Fault, Message, Options, Service, Stack, Text};

use crate::{Reply, SentForm};

/// Ann Lee's telephone, as in the usual [`meeting`].
const ANN: &str = "+12025550123";
/// The number that our SMS come from.
const OURS: &str = "+12065550100";

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

/// Whether a message went to somebody of the business.
fn to_staff(message: &Message) -> bool {
    message.to.ends_with("@progrid.example.com")
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

    /// An admin makes a JSON request.
    pub async fn call(&self, method: Method, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        self.request(&Caller::LocalAdmin, method, path, &json, body.to_string())
            .await
    }

    /// An admin reads.
    pub async fn get(&self, path: &str) -> Reply {
        self.request(&Caller::LocalAdmin, Method::GET, path, &[], "")
            .await
    }

    /// An admin saves.
    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.call(Method::PUT, path, body).await
    }

    /// Staff book a meeting.
    ///
    /// # Panics
    /// When it is not accepted.
    pub async fn book(&self, id: &str, meeting: &Value) -> Value {
        self.put(&format!("/v1/meetings/{id}"), meeting).await.ok()
    }

    /// A manager writes a template with one config.
    ///
    /// # Panics
    /// When it is not accepted.
    pub async fn template(&self, id: &str, config: Value) {
        let body = json!({"name": "Visit", "configs": [config]});
        self.put(&format!("/v1/templates/{id}"), &body).await.ok();
    }

    /// Staff send, under a key of its own.
    pub async fn send(&self, meeting: &str, kind: &str) -> Reply {
        let key = format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        self.send_as(&key, meeting, &json!({"type": kind})).await
    }

    /// Staff send, under this key.
    pub async fn send_as(&self, key: &str, meeting: &str, body: &Value) -> Reply {
        let path = format!("/v1/meetings/{meeting}/notifications");
        self.keyed(key, &path, body).await
    }

    /// Staff retry what failed of a notification.
    pub async fn retry(&self, key: &str, notification: &str) -> Reply {
        self.keyed(
            key,
            &format!("/v1/notifications/{notification}/retry"),
            &json!({}),
        )
        .await
    }

    async fn keyed(&self, key: &str, path: &str, body: &Value) -> Reply {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        let body = body.to_string();
        self.request(&Caller::LocalAdmin, Method::POST, path, &headers, body)
            .await
    }

    /// The meeting as it is.
    pub async fn meeting(&self, id: &str) -> Value {
        self.get(&format!("/v1/meetings/{id}")).await.ok()
    }

    /// A meeting's reminder plan.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn reminders(&self, meeting: &str) -> Vec<Value> {
        let path = format!("/v1/meetings/{meeting}/reminders");
        let plan = self.get(&path).await.ok();
        plan["reminders"].as_array().unwrap().clone()
    }

    /// The log, newest first.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn log(&self, query: &str) -> Vec<Value> {
        let page = self.get(&format!("/v1/notifications{query}")).await.ok();
        page["notifications"].as_array().unwrap().clone()
    }

    /// The sentences of a meeting's timeline, newest first.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn timeline(&self, meeting: &str) -> Vec<String> {
        let page = self
            .get(&format!("/v1/meetings/{meeting}/timeline"))
            .await
            .ok();
        let entries = page["entries"].as_array().unwrap().clone();
        entries
            .iter()
            .map(|entry| entry["text"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Every message to customers that arrived and was not read yet, oldest first;
    /// they are read now.
    ///
    /// # Panics
    /// When the reading was poisoned.
    pub fn post(&self) -> Vec<Message> {
        self.unread(|message| !to_staff(message))
    }

    /// Every message to staff that arrived and was not read yet, oldest first. A
    /// story need not read them: there is one after each answer.
    ///
    /// # Panics
    /// When the reading was poisoned.
    pub fn news(&self) -> Vec<Message> {
        self.unread(to_staff)
    }

    fn unread(&self, wanted: impl Fn(&Message) -> bool) -> Vec<Message> {
        let mut read = self.read.lock().unwrap();
        let mut messages = self.stack.outbox();
        messages.retain(|message| wanted(message) && read.insert(message.id.clone()));
        messages
    }

    /// The one message that arrived and was not read yet.
    ///
    /// # Panics
    /// When it is not one.
    pub fn the_message(&self) -> Message {
        let mut post = self.post();
        assert_eq!(post.len(), 1, "one message is expected: {post:#?}");
        post.remove(0)
    }

    /// The token of the link in a message.
    ///
    /// # Panics
    /// When it has none.
    pub fn token(message: &Message) -> String {
        message
            .landing_link()
            .unwrap()
            .split_once("token=")
            .unwrap()
            .1
            .to_owned()
    }

    /// A customer opens a link, a path with its query.
    pub async fn open(&self, path: &str) -> Reply {
        self.request(&Caller::Anonymous, Method::GET, path, &[], "")
            .await
    }

    /// A customer opens the landing page.
    pub async fn visit(&self, token: &str) -> Reply {
        self.open(&format!("/meeting/landing?token={token}")).await
    }

    /// A customer presses a button on the page that showed this revision.
    pub async fn answer(&self, token: &str, revision: u64, action: &str) -> Reply {
        let revision = revision.to_string();
        self.submit(&[
            ("token", token),
            ("revision", &revision),
            ("action", action),
        ])
        .await
    }

    /// A customer submits a form, as a browser does from our own page.
    pub async fn submit(&self, fields: &[(&str, &str)]) -> Reply {
        self.submit_from(
            fields,
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        )
        .await
    }

    /// Somebody submits the form, with these headers.
    pub async fn submit_from(&self, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        self.request(
            &Caller::Anonymous,
            Method::POST,
            "/meeting/respond",
            &headers,
            form,
        )
        .await
    }

    /// A member of staff opens a page of the console.
    pub async fn page(&self, path: &str) -> Reply {
        self.request(&Caller::LocalAdmin, Method::GET, path, &[], "")
            .await
    }

    /// The browser opens the page that a form's answer leads to, with the cookies it sets.
    pub async fn follow(&self, answer: &Reply) -> Reply {
        let cookies = answer.cookies().join("; ");
        let headers = [("cookie", cookies.as_str())];
        let page = answer.header("location");
        self.request(&Caller::LocalAdmin, Method::GET, page, &headers, "")
            .await
    }

    /// A member of staff sends a form of the console, as a browser does.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.form_of(
            &Caller::LocalAdmin,
            path,
            fields,
            &[("sec-fetch-site", "same-origin")],
        )
        .await
    }

    /// A member of staff sends a form of a page, by the button of this name and value.
    pub async fn press(&self, form: &SentForm, button: (&str, &str)) -> Reply {
        let mut fields = form.pairs();
        fields.push(button);
        self.form(&form.action, &fields).await
    }

    /// Somebody sends a form to the console, with these headers.
    pub async fn form_of(
        &self,
        caller: &Caller,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        self.request(caller, Method::POST, path, &headers, form)
            .await
    }

    /// Ann texts us, in answer to nothing in particular.
    ///
    /// # Panics
    /// As [`text`](Self::text).
    pub async fn reply_sms(&self, body: &str) {
        self.text_from(ANN, body).await;
    }

    /// Somebody texts us, in answer to nothing in particular.
    ///
    /// # Panics
    /// As [`text`](Self::text).
    pub async fn text_from(&self, from: &str, body: &str) {
        let text = Text {
            from: from.to_owned(),
            to: OURS.to_owned(),
            body: body.to_owned(),
            previous_message_id: None,
        };
        self.text(&text).await;
    }

    /// Whoever got this SMS answers it, and the provider can tell that they do.
    ///
    /// # Panics
    /// As [`text`](Self::text).
    pub async fn reply_to(&self, message: &Message, body: &str) {
        let text = Text {
            from: message.to.clone(),
            to: message.from.clone().unwrap_or_else(|| OURS.to_owned()),
            body: body.to_owned(),
            previous_message_id: Some(message.id.clone()),
        };
        self.text(&text).await;
    }

    /// A text is delivered. One that the function fails at waits to be tried again, and
    /// a story may not end before it was.
    ///
    /// # Panics
    /// When it is not accepted, or is given up at once and the story did not
    /// [expect](Self::expect_dead_letters) it.
    pub async fn text(&self, text: &Text) {
        self.stack.text(text).await.unwrap();
        if !self.expects_dead.load(Ordering::Relaxed) {
            self.assert_no_news_of_the_dead();
        }
    }

    /// Time passes: what is due on the way happens at its own time, and at the end
    /// the sweep runs once.
    ///
    /// # Panics
    /// When it would go backwards, or when something is given up on the way that the
    /// story did not [expect](Self::expect_dead_letters).
    pub async fn advance(&self, by: TimeDelta) {
        self.stack.advance(by).await.unwrap();
        if !self.expects_dead.load(Ordering::Relaxed) {
            self.assert_no_news_of_the_dead();
        }
    }

    /// Time passes until then, as with [`advance`](Self::advance).
    ///
    /// # Panics
    /// As [`advance`](Self::advance).
    pub async fn advance_to(&self, then: DateTime<Utc>) {
        self.advance(then - self.stack.clock().now()).await;
    }

    /// Scheduler calls with this event, besides what it does by itself.
    ///
    /// # Errors
    /// What the function fails with.
    pub async fn wake(&self, event: &Value) -> Result<Value, String> {
        let woken = self.stack.invoke_function("reminder-fanout", event.clone());
        woken.await.map_err(|error| format!("{error:#}"))
    }

    /// Until they are next read, dead letters do not end the story.
    pub fn expect_dead_letters(&self) {
        self.expects_dead.store(true, Ordering::Relaxed);
    }

    /// Every invocation that was given up and was not read of yet, oldest first; they
    /// are read now.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.expects_dead.store(false, Ordering::Relaxed);
        let letters = self.stack.dead_letters();
        let known = self.known_dead.swap(letters.len(), Ordering::Relaxed);
        letters.into_iter().skip(known).collect()
    }

    #[track_caller]
    fn assert_no_news_of_the_dead(&self) {
        let letters = self.dead_letters();
        assert!(
            letters.is_empty(),
            "the story did not expect these dead letters: {letters:#?}"
        );
    }

    /// The next call of a service fails so, after `skip` calls that go well; or the
    /// next firing of a schedule, if the effect is one of those.
    ///
    /// # Panics
    /// When the service cannot fail so.
    pub fn break_call(&self, service: Service, effect: Effect, skip: u32) {
        let fault = Fault {
            service,
            effect,
            operation: None,
            to: None,
            skip,
            count: 1,
        };
        self.stack.faults().arm(fault).unwrap();
    }

    /// The next message to this address that SES or SNS is given fails so.
    ///
    /// # Panics
    /// When the service cannot fail so.
    pub fn break_message(&self, service: Service, effect: Effect, to: &str) {
        let fault = Fault {
            service,
            effect,
            operation: None,
            to: Some(to.to_owned()),
            skip: 0,
            count: 1,
        };
        self.stack.faults().arm(fault).unwrap();
    }

    /// The next time SES is asked whether a sender is verified, that fails so.
    ///
    /// # Panics
    /// When SES cannot fail so.
    pub fn break_verification(&self, effect: Effect) {
        let fault = Fault {
            service: Service::Ses,
            effect,
            operation: Some("GetEmailIdentity".to_owned()),
            to: None,
            skip: 0,
            count: 1,
        };
        self.stack.faults().arm(fault).unwrap();
    }

    /// The next times that SNS is asked for the account's opt-out list, it refuses.
    ///
    /// # Panics
    /// When SNS cannot refuse.
    pub fn refuse_opt_out_list(&self, times: u32) {
        let fault = Fault {
            service: Service::Sns,
            effect: Effect::Refuse,
            operation: Some("ListPhoneNumbersOptedOut".to_owned()),
            to: None,
            skip: 0,
            count: times,
        };
        self.stack.faults().arm(fault).unwrap();
    }

    /// How often an operation of a service was called.
    pub fn calls(&self, service: Service) -> BTreeMap<String, u64> {
        self.stack.calls(service)
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
