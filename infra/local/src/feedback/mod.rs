//! What SES and SNS report of messages they accepted: SES through the topic of its
//! configuration set, SNS by receipts in CloudWatch Logs. Both come to the functions that the
//! template names for them.
//!
//! Which topic a configuration set's events go to is looked up nowhere else in the local
//! stack; so its logical id stands here.

mod payload;
mod reporter;

use std::io;
use std::sync::Arc;

use anyhow::ensure;
use serde::Deserialize;
use serde_json::Value;

use crate::clock::LocalClock;
use crate::firing::{Call, Firing, Source};
use crate::outbox::{Channel, Message, Outbox};
use crate::ses::Suppressed;
use crate::template::Template;
use payload::{email_event, receipt_event};
pub(crate) use reporter::Reporter;

/// Logical id of the topic in the template.
const TOPIC: &str = "EmailEventsTopic";

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackEvent {
    /// SES has taken it.
    Send,
    /// It arrived: in the mailbox, or at the phone.
    Delivery,
    /// The phone carrier has taken an SMS.
    CarrierDelivery,
    /// It is refused for good; of an SMS, that it was not taken.
    Bounce,
    /// It was not tried: the account's list has the address.
    SuppressedBounce,
    /// A note comes back that nobody is there.
    OutOfOffice,
    /// Its receiver calls it spam.
    Complaint,
    /// SES finds a virus in it.
    Reject,
    /// Its text does not come together.
    RenderingFailure,
    /// The receiver's side does not take it yet.
    DeliveryDelay,
    /// Its receiver unsubscribes at SES.
    Subscription,
}

/// Why nothing was reported.
#[derive(Debug)]
pub enum NoSuchMessage {
    /// No message has this id.
    Unknown,
    /// The message's provider reports nothing of the kind.
    NotOfItsProvider,
    /// What waits could not be kept on disk.
    Disk(io::Error),
}

impl std::fmt::Display for NoSuchMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => f.write_str("no message in the outbox has this id"),
            Self::NotOfItsProvider => {
                f.write_str("the message's provider reports nothing of the kind")
            }
            Self::Disk(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NoSuchMessage {}

/// The stand-in.
#[derive(Debug)]
pub(crate) struct Feedback {
    /// Names of the functions that SES's events go to.
    of_email: Vec<String>,
    /// Names of the functions that receipts go to.
    of_sms: Vec<String>,
    outbox: Arc<Outbox>,
    suppressed: Arc<Suppressed>,
    clock: LocalClock,
    firing: Arc<Firing>,
}

impl Feedback {
    /// # Errors
    /// The template names no function for one of the two: nobody would hear of it.
    pub(crate) fn open(
        template: &Template,
        outbox: Arc<Outbox>,
        suppressed: Arc<Suppressed>,
        clock: LocalClock,
        firing: Arc<Firing>,
    ) -> anyhow::Result<Self> {
        let of_email = template.subscribers(TOPIC);
        let of_sms = template.receivers_of_receipts();
        ensure!(
            !of_email.is_empty() && !of_sms.is_empty(),
            "no function is told of emails by the topic {TOPIC}, or none of SMS by a log group"
        );
        Ok(Self {
            of_email,
            of_sms,
            outbox,
            suppressed,
            clock,
            firing,
        })
    }

    /// Reports this of the message with this id, and waits until each function that hears of
    /// it has been run once.
    ///
    /// # Errors
    /// [`NoSuchMessage`]. That a function fails is none.
    pub(crate) async fn report(
        &self,
        message_id: &str,
        event: FeedbackEvent,
    ) -> Result<(), NoSuchMessage> {
        let message = self.outbox.find(message_id);
        let message = message.ok_or(NoSuchMessage::Unknown)?;
        let (functions, source) = match message.channel {
            Channel::Email => (&self.of_email, Source::Topic(TOPIC.to_owned())),
            Channel::Sms => (&self.of_sms, Source::Logs(payload::LOG_GROUP.to_owned())),
        };
        let input = self.event_of(&message, event)?;
        let is_email = message.channel == Channel::Email;
        if is_email && matches!(event, FeedbackEvent::Bounce | FeedbackEvent::Complaint) {
            self.suppressed.add(&message.to, self.clock.now());
        }
        let call = |function: &String| Call {
            source: source.clone(),
            function: function.clone(),
            input: input.clone(),
        };
        let calls = functions.iter().map(call).collect();
        self.firing
            .deliver(calls)
            .await
            .map_err(NoSuchMessage::Disk)
    }

    /// The event that a function would be given.
    ///
    /// # Errors
    /// [`NoSuchMessage`].
    pub(crate) fn event(
        &self,
        message_id: &str,
        event: FeedbackEvent,
    ) -> Result<Value, NoSuchMessage> {
        let message = self.outbox.find(message_id);
        self.event_of(&message.ok_or(NoSuchMessage::Unknown)?, event)
    }

    fn event_of(&self, message: &Message, event: FeedbackEvent) -> Result<Value, NoSuchMessage> {
        let now = self.clock.now();
        let made = match message.channel {
            Channel::Email => email_event(TOPIC, message, event, now),
            Channel::Sms => receipt_event(message, event, now),
        };
        made.ok_or(NoSuchMessage::NotOfItsProvider)
    }
}
