//! What the functions' log says: one line for each thing that went wrong, with ids and
//! nothing that is somebody's.

use std::{
    cell::{Cell, RefCell},
    io,
    sync::{Arc, Mutex, Once},
};

use chrono::TimeDelta;
use serde_json::{Value, json};
use tracing::Level;
use tracing_subscriber::{
    Layer as _,
    filter::dynamic_filter_fn,
    fmt::{MakeWriter, format::FmtSpan},
    layer::SubscriberExt as _,
};
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

/// What was logged on this thread, which a story's whole town runs on.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

thread_local! {
    /// What this thread's lines go to.
    static HEARING: RefCell<Lines> = RefCell::default();
    /// Up to which level they go there; none where nobody listens.
    static HEARD_UP_TO: Cell<Option<Level>> = const { Cell::new(None) };
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    /// Starts to listen to warnings and errors of this thread.
    fn listen(&self) {
        self.hear(Level::WARN);
    }

    /// Starts to listen to everything on this thread, and to spans as they end.
    fn hear_everything(&self) {
        self.hear(Level::TRACE);
    }

    /// Whether a line or a span interests anybody is asked once for the whole process. So
    /// the process has one listener, which hears the threads that want it.
    fn hear(&self, up_to: Level) {
        static HEARD: Once = Once::new();
        HEARD.call_once(|| {
            let lines = tracing_subscriber::fmt::layer()
                .json()
                .with_span_events(FmtSpan::CLOSE)
                .with_writer(|| HEARING.with_borrow(Lines::clone))
                .with_filter(dynamic_filter_fn(|about, _| {
                    HEARD_UP_TO
                        .get()
                        .is_some_and(|level| *about.level() <= level)
                }));
            let subscriber = tracing_subscriber::registry().with(lines);
            tracing::subscriber::set_global_default(subscriber).unwrap();
        });
        HEARING.set(self.clone());
        HEARD_UP_TO.set(Some(up_to));
    }

    /// The lines of our own crates.
    fn ours(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let ours = |line: &Value| {
            let target = line["target"].as_str().unwrap();
            target.starts_with("usher") && !target.starts_with("usher_local")
        };
        lines.filter(ours).collect()
    }

    /// The lines of this message.
    fn of(&self, message: &str) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .filter(|line| line["fields"]["message"] == message)
            .collect()
    }
}

#[tokio::test]
async fn each_delivery_that_did_not_go_out_is_a_warning_with_its_ids() {
    let lines = Lines::default();
    lines.listen();
    let town = Town::new().await;
    town.template(
        "t",
        json!({"id": "c", "type": "confirmation", "channel_mode": "both"}),
    )
    .await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    town.book("m-1", &visit).await;
    town.break_call(Service::Ses, Effect::Refuse, 0);
    town.break_call(Service::Sns, Effect::DropAnswer, 0);
    let sent = town.send("m-1", "confirmation").await.ok();
    town.the_message();
    let id = &sent["notifications"][0]["id"];
    let said = lines.of("a delivery did not go out");
    assert_eq!(said.len(), 2, "{said:#?}");
    for (channel, outcome) in [("email", "refused"), ("sms", "in_doubt")] {
        let of_channel = |line: &&Value| line["fields"]["channel"] == channel;
        let line = said.iter().find(of_channel).unwrap();
        assert_eq!(line["level"], "WARN");
        assert_eq!(&line["fields"]["notification"], id);
        assert_eq!(line["fields"]["outcome"], outcome);
    }
    let refused = said
        .iter()
        .find(|line| line["fields"]["channel"] == "email");
    assert!(
        refused.unwrap()["fields"]["code"].is_string(),
        "{refused:?}"
    );

    // One that has no address to go to is another.
    visit["attendees"][0] = json!({"id": "bob", "name": "Bob", "email": "bob@example.com"});
    town.book("m-2", &visit).await;
    town.send("m-2", "confirmation").await.ok();
    town.the_message();
    let said = lines.of("a delivery did not go out");
    assert_eq!(said.last().unwrap()["fields"]["outcome"], "not_tried");
    let all = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for private in ["ann@", "bob@", "5550123", "Ann", "Bob"] {
        assert!(!all.contains(private), "{private}: {all}");
    }
    town.advance(TimeDelta::minutes(5)).await;
}

#[tokio::test]
async fn one_send_can_be_followed_through_its_lines() {
    let town = Town::new().await;
    let template = json!({"id": "c", "type": "confirmation", "channel_mode": "both"});
    town.template("t", template).await;
    let mut visit = meeting();
    visit["template_id"] = json!("t");
    for id in ["m-1", "m-2"] {
        town.book(id, &visit).await;
    }
    let lines = Lines::default();
    lines.hear_everything();
    let sent = town.send("m-1", "confirmation").await.ok();
    town.send("m-2", "confirmation").await.ok();
    HEARD_UP_TO.set(None);
    town.post();
    let lines = lines.ours();
    let request = |line: &Value| -> Option<Value> {
        let spans = line["spans"].as_array().cloned().unwrap_or_default();
        let all = spans.into_iter().chain([line["span"].clone()]);
        all.into_iter().find(|span| span["name"] == "request")
    };
    // Whoever knows the meeting finds the request, and by its id all of its lines.
    let of_meeting = |line: &&Value| request(line).is_some_and(|span| span["meeting"] == "m-1");
    let first = request(lines.iter().find(of_meeting).unwrap()).unwrap();
    assert_eq!(first["route"], "/v1/meetings/{id}/notifications");
    let id = &first["request_id"];
    assert!(id.is_string(), "{first}");
    let of_request = |line: &&Value| request(line).is_some_and(|span| &span["request_id"] == id);
    let followed: Vec<_> = lines.iter().filter(of_request).collect();
    assert!(
        followed.len() < lines.len(),
        "the other request has lines of its own"
    );
    let names: Vec<_> = followed
        .iter()
        .filter_map(|line| line["span"]["name"].as_str())
        .collect();
    let place = |name: &str| names.iter().position(|each| *each == name);
    let claim = place("dynamodb.transact").expect("the claim");
    let email = place("ses.send_email").expect("the email");
    let record = names.iter().rposition(|name| *name == "dynamodb.transact");
    assert!(claim < email && email < record.unwrap(), "{names:?}");
    assert!(place("sns.publish").is_some(), "{names:?}");
    let row = &sent["notifications"][0]["id"];
    for channel in ["email", "sms"] {
        let of_delivery = |line: &&&Value| {
            line["span"]["name"] == "delivery"
                && &line["span"]["notification"] == row
                && line["span"]["channel"] == channel
        };
        assert_eq!(followed.iter().filter(of_delivery).count(), 1, "{channel}");
    }
    let end = followed.last().unwrap();
    assert_eq!(
        (&end["span"]["name"], &end["span"]["meeting"]),
        (&json!("request"), &json!("m-1"))
    );
    let all = serde_json::to_string(&lines).unwrap();
    for private in ["ann@", "5550123", "Ann", "Main St", "Window"] {
        assert!(!all.contains(private), "{private}");
    }
    town.advance(TimeDelta::days(11)).await;
    town.post();
}

/// The alarm counts these lines.
#[tokio::test]
async fn a_doubt_that_nothing_has_settled_is_an_error_after_a_quarter_of_an_hour() {
    const OLD: &str = "a delivery has been in doubt for long";
    let lines = Lines::default();
    lines.listen();
    let town = Town::new().await;
    town.book("m-1", &meeting()).await;
    town.break_call(Service::Ses, Effect::DropAnswer, 0);
    let sent = town.send("m-1", "confirmation").await.ok();
    town.the_message();
    town.advance(TimeDelta::minutes(14)).await;
    assert!(lines.of(OLD).is_empty());
    town.advance(TimeDelta::minutes(6)).await;
    let said = lines.of(OLD);
    assert_eq!(said[0]["level"], "ERROR");
    let row = &sent["notifications"][0]["id"];
    assert_eq!(&said[0]["span"]["notification"], row);
    let before = said.len();
    // Whoever settles it has done with it.
    let resolve = format!("/v1/notifications/{}/resolve", row.as_str().unwrap());
    let sent = json!({"outcome": "sent"});
    town.call(http::Method::POST, &resolve, &sent).await.ok();
    town.advance(TimeDelta::minutes(20)).await;
    assert_eq!(lines.of(OLD).len(), before);
}
