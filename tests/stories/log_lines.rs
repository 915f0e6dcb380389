//! What the functions' log says: one line for each thing that went wrong, with ids and
//! nothing that is somebody's.

use std::{
    io,
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;
use usher_local::{Effect, Service};
use usher_tests::{Town, meeting};

/// What was logged on this thread, which a story's whole town runs on.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

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
    /// Starts to listen, until the guard is dropped.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::WARN)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
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
    let _listening = lines.listen();
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
