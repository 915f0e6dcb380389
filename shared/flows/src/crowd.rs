//! Whom a send writes to, one after the other: each message is made when its turn comes, so
//! that a crowd takes no more memory than a wave of it.

use chrono::{DateTime, Utc};
use usher_domain::{
    actor::Actor,
    id::NotificationId,
    lease::Lease,
    meeting::{Meeting, Statement},
    send::{Recipient, SendPlan},
};

use crate::{
    App, MeetingContext,
    prepare::{SendContext, SendContexts},
    sending::OutboundMessage,
};

/// Everybody a planned send writes to.
pub(crate) struct Crowd<'a> {
    contexts: SendContexts<'a>,
    members: Vec<Member>,
    /// Whether any of them is an attendee who is told that the meeting is off.
    pub(crate) calls_off: bool,
}

/// One of them, with the id of their row.
struct Member {
    id: NotificationId,
    recipient: Recipient,
}

/// One of them, with what their message is made in.
struct Turn<'a> {
    member: &'a Member,
    context: &'a SendContext<'a>,
}

impl<'a> Crowd<'a> {
    /// Of a plan; without those who have no id.
    pub(crate) fn of(
        context: &'a MeetingContext,
        plan: SendPlan,
        id: impl Fn(&Recipient) -> Option<NotificationId>,
        lease: &Lease,
        now: DateTime<Utc>,
    ) -> Self {
        let contexts = SendContexts::of(context, &plan, lease, now);
        let member = |recipient: Recipient| {
            let id = id(&recipient)?;
            Some(Member { id, recipient })
        };
        let members: Vec<_> = plan.recipients.into_iter().filter_map(member).collect();
        Self {
            calls_off: members
                .iter()
                .any(|each| is_called_off(&context.meeting, &each.recipient)),
            contexts,
            members,
        }
    }

    /// The ids of their rows.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &NotificationId> {
        self.members.iter().map(|member| &member.id)
    }

    /// What they are told.
    pub(crate) fn statements(&self) -> Vec<Statement> {
        self.contexts.statements()
    }

    /// Their messages.
    pub(crate) fn messages(
        &self,
        app: &App,
        actor: &Actor,
    ) -> impl ExactSizeIterator<Item = OutboundMessage> + Send {
        let mut turns = Vec::with_capacity(self.members.len());
        for member in &self.members {
            if let Some(context) = self.contexts.of_recipient(&member.recipient) {
                turns.push(Turn { member, context });
            }
        }
        turns.into_iter().map(move |Turn { member, context }| {
            let Recipient {
                attendee, channels, ..
            } = &member.recipient;
            context.new_notification(app, member.id.clone(), attendee, channels, actor)
        })
    }
}

/// Whether an attendee is told that the meeting is off: not who is no longer one.
fn is_called_off(meeting: &Meeting, recipient: &Recipient) -> bool {
    recipient.config.kind.calls_off() && meeting.attendee(&recipient.attendee.id).is_some()
}
