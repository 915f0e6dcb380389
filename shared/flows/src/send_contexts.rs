//! What the notifications of one send are made in, config by config.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use usher_domain::{
    lease::Lease,
    meeting::Statement,
    send::{Recipient, SendPlan},
};

use crate::{MeetingContext, prepare::SendContext};

/// What the notifications of one send share, config by config: an update brings each
/// attendee up to date with the message that is true for them.
pub(crate) struct SendContexts<'a>(Vec<SendContext<'a>>);

impl<'a> SendContexts<'a> {
    /// Of a planned send, whose recipients share their configs.
    pub(crate) fn of(
        context: &'a MeetingContext,
        plan: &SendPlan,
        lease: &Lease,
        now: DateTime<Utc>,
    ) -> Self {
        let mut contexts: Vec<SendContext<'a>> = Vec::new();
        for recipient in &plan.recipients {
            let config = &recipient.config;
            if !contexts
                .iter()
                .any(|each| Arc::ptr_eq(&each.config, config))
            {
                let number = context.meeting.next_statement() + contexts.len() as u64;
                let (config, lease) = (config.clone(), lease.clone());
                contexts.push(SendContext::of(context, config, number, lease, now));
            }
        }
        Self(contexts)
    }

    /// What the notification to a recipient is made in.
    pub(crate) fn of_recipient(&self, recipient: &Recipient) -> Option<&SendContext<'a>> {
        let mut each = self.0.iter();
        each.find(|each| Arc::ptr_eq(&each.config, &recipient.config))
    }

    /// What is told by all of them.
    pub(crate) fn statements(&self) -> Vec<Statement> {
        self.0.iter().map(|each| each.statement.clone()).collect()
    }
}
