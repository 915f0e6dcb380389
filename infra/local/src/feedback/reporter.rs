//! Reports what becomes of each message by itself, as the real providers do: SES of ordinary
//! addresses that it arrived, and of those of its mailbox simulator what they are for; SNS
//! that the carrier has it.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::{Feedback, FeedbackEvent};
use crate::outbox::{Channel, Message};
use crate::task::Task;

/// How long after a message was accepted something is reported of it: no mailbox and no
/// carrier answers before the sender has heard that it was accepted.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// The task; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Reporter(#[expect(dead_code, reason = "it runs for as long as it is held")] Task);

impl Reporter {
    /// Starts the task.
    pub(crate) fn start(feedback: Arc<Feedback>) -> Self {
        let mut accepted = feedback.outbox.listen();
        Self(Task::spawn(async move {
            let mut reports = JoinSet::new();
            while let Some(message) = accepted.recv().await {
                reports.spawn(report(feedback.clone(), message));
                while reports.try_join_next().is_some() {}
            }
        }))
    }
}

async fn report(feedback: Arc<Feedback>, message: Message) {
    tokio::time::sleep(AFTERWARDS).await;
    let is_listed = feedback.suppressed.contains(&message.to);
    for event in events(&message, is_listed) {
        // What cannot be kept on disk is lost, as it may be in the cloud.
        let _ = feedback.report(&message.id, *event).await;
    }
}

/// What becomes of a message (SES guide, "Using the mailbox simulator"); of an address that
/// is on the account's list, that it was not tried.
fn events(message: &Message, is_listed: bool) -> &'static [FeedbackEvent] {
    use FeedbackEvent::{
        Bounce, CarrierDelivery, Complaint, Delivery, OutOfOffice, Send, SuppressedBounce,
    };
    if message.channel == Channel::Sms {
        return &[CarrierDelivery];
    }
    if is_listed {
        return &[Send, SuppressedBounce];
    }
    let local = message.to.strip_suffix("@simulator.amazonses.com");
    // A label may follow: `bounce+order-7@…`.
    match local.map(|local| local.split('+').next().unwrap_or(local)) {
        Some("bounce") => &[Send, Bounce],
        Some("ooto") => &[Send, Delivery, OutOfOffice],
        Some("complaint") => &[Send, Delivery, Complaint],
        Some("suppressionlist") => &[Send, SuppressedBounce],
        _ => &[Send, Delivery],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulators_addresses_do_what_they_are_for() {
        let of = |channel, to: &str| {
            let message = Message {
                id: "1".into(),
                channel,
                to: to.into(),
                from: None,
                subject: None,
                text: None,
                html: None,
                raw: None,
                at: chrono::DateTime::UNIX_EPOCH,
                attributes: std::collections::BTreeMap::default(),
            };
            events(&message, to == "listed@example.com").last().copied()
        };
        let simulator =
            |local: &str| of(Channel::Email, &format!("{local}@simulator.amazonses.com"));
        assert_eq!(simulator("bounce"), Some(FeedbackEvent::Bounce));
        assert_eq!(simulator("bounce+7"), Some(FeedbackEvent::Bounce));
        assert_eq!(simulator("ooto"), Some(FeedbackEvent::OutOfOffice));
        assert_eq!(simulator("complaint"), Some(FeedbackEvent::Complaint));
        let suppressed = Some(FeedbackEvent::SuppressedBounce);
        assert_eq!(simulator("suppressionlist"), suppressed);
        assert_eq!(simulator("success"), Some(FeedbackEvent::Delivery));
        let ordinary = of(Channel::Email, "bounce@example.com");
        assert_eq!(ordinary, Some(FeedbackEvent::Delivery));
        let listed = of(Channel::Email, "listed@example.com");
        assert_eq!(listed, Some(FeedbackEvent::SuppressedBounce));
        let sms = of(Channel::Sms, "+12025550123");
        assert_eq!(sms, Some(FeedbackEvent::CarrierDelivery));
    }
}
