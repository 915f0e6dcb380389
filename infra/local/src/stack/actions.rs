//! What can be done to a stack, as customers, providers and time do it.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};

use super::Stack;
use crate::clock::MoveError;
use crate::feedback::{FeedbackEvent, NoSuchMessage, Reporter};
use crate::firing::Distance;
use crate::gateway::Caller;
use crate::topic::{InboundIds, Text};

impl Stack {
    /// Sends a request through the gateway without a socket, as `caller`.
    pub async fn call(&self, request: Request<Bytes>, caller: &Caller) -> Response<Bytes> {
        self.callers.gateway.call(request, caller).await
    }

    /// Hands a function an API Gateway event, as it stands in `events/`, and gives
    /// back what the function answers.
    ///
    /// # Errors
    /// An event of no route, or one that its function cannot read.
    pub async fn invoke(&self, event: serde_json::Value) -> anyhow::Result<serde_json::Value> {
        self.callers.gateway.invoke(event).await
    }

    /// Hands the function of this name an event that does not come through the
    /// gateway, and gives back what the function answers. It fails or succeeds once:
    /// there are no retries, and no dead letter.
    ///
    /// # Errors
    /// There is no such function, or it failed.
    pub async fn invoke_function(
        &self,
        name: &str,
        event: serde_json::Value,
    ) -> anyhow::Result<serde_json::Value> {
        self.callers.firing.invoke(name, event).await
    }

    /// A customer texts us: the text is delivered as SNS delivers it, and the function
    /// has been run on it once when this returns. What fails is tried again after one
    /// and two minutes of the clock, and is a dead letter after that.
    ///
    /// # Errors
    /// What waits could not be kept on disk. That the function failed is none.
    pub async fn text(&self, text: &Text) -> std::io::Result<InboundIds> {
        self.callers.topic.publish(text).await
    }

    /// The event of a text, under ids of its own, which is not delivered: for
    /// [`Self::invoke_function`], as often as a test wants it.
    pub fn sms_event(&self, text: &Text) -> serde_json::Value {
        self.callers.topic.event(text)
    }

    /// A provider reports this of a message that it accepted, as SNS or CloudWatch Logs hands
    /// it over; the function has been run on it once when this returns, as for
    /// [`Self::text`].
    ///
    /// # Errors
    /// There is no such message, or its provider reports nothing of the kind.
    pub async fn report(
        &self,
        message_id: &str,
        event: FeedbackEvent,
    ) -> Result<(), NoSuchMessage> {
        self.callers.feedback.report(message_id, event).await
    }

    /// From now on SES and SNS report by themselves what becomes of each message.
    pub(crate) fn report_all(&mut self) {
        self.reporter = Some(Reporter::start(self.callers.feedback.clone()));
    }

    /// The event of such a report, which is not delivered.
    ///
    /// # Errors
    /// As [`Self::report`].
    pub fn report_event(
        &self,
        message_id: &str,
        event: FeedbackEvent,
    ) -> Result<serde_json::Value, NoSuchMessage> {
        self.callers.feedback.event(message_id, event)
    }

    /// A domain that SES could send from is verified no longer, until the stack ends: its
    /// DNS records were taken down.
    pub fn take_back_identity(&self, domain: &str) {
        self.stand_ins.identities.take_back(domain);
    }

    /// SES puts an address on the account's suppression list, because of an email that another
    /// sender of the account sent there.
    pub fn suppress_at_account(&self, address: &str) {
        let now = self.clock().now();
        self.stand_ins.suppressed.add(address, now);
    }

    /// The carrier puts a number on the account's list of those that have opted out: SNS
    /// accepts what is sent there and does not deliver it.
    ///
    /// # Errors
    /// The list could not be kept on disk.
    pub fn opt_out_at_account(&self, number: &str) -> std::io::Result<()> {
        self.stand_ins.opt_outs.add(number)
    }

    /// The carrier takes a number off the account's list. Unlike `OptInPhoneNumber` it may
    /// do so at any time.
    ///
    /// # Errors
    /// The list could not be kept on disk.
    pub fn opt_in_at_account(&self, number: &str) -> std::io::Result<()> {
        self.stand_ins.opt_outs.remove(number)
    }

    /// Moves the clock on by `by`. Each schedule that is due on the way fires at its
    /// own time, in order of time and then of name, while the clock stands there; so
    /// does each retry of what failed; then, at the end, the sweep runs once.
    ///
    /// # Errors
    /// [`MoveError`]. Before anything has happened if the distance is impossible.
    pub async fn advance(&self, by: TimeDelta) -> Result<DateTime<Utc>, MoveError> {
        self.callers.moves.ask(Distance::By(by)).await
    }

    /// Moves the clock on to `instant`, as [`Self::advance`] does.
    ///
    /// # Errors
    /// [`MoveError`]. Before anything has happened if the instant is impossible.
    pub async fn advance_to(&self, instant: DateTime<Utc>) -> Result<DateTime<Utc>, MoveError> {
        self.callers.moves.ask(Distance::To(instant)).await
    }
}
