//! Whom a send writes to, one after the other: each message is made when its turn comes, so
//! that a crowd takes no more memory than a wave of it.

use chrono::{DateTime, Utc};
use usher_domain::{
    actor::Actor,
    id::{MeetingId, NotificationId},
    lease::Lease,
    meeting::{Attendee, FormerAddress, Meeting, Statement},
    send::{CalendarRecipient, Recipient, SendPlan},
};

use crate::{
    App, MeetingContext, calendar_removal::RemovalMessage, prepare::SendContext,
    send_contexts::SendContexts, sending::OutboundMessage,
};

/// Everybody a planned send writes to.
pub(crate) struct Crowd<'a> {
    context: &'a MeetingContext,
    contexts: SendContexts<'a>,
    members: Vec<Member>,
    /// Whether any of them is an attendee who is told that the meeting is off.
    pub(crate) calls_off: bool,
    lease: Lease,
    now: DateTime<Utc>,
}

/// One of them, with the id of their row.
struct Member {
    id: NotificationId,
    message: Message,
}

/// What one of them gets.
enum Message {
    /// A notification.
    Notification(Recipient),
    /// The neutral message to an address that an attendee has left.
    CalendarRemoval(CalendarRecipient),
}

/// The key that the ids of a send's rows are made of, and when it was used first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowIds<'a> {
    pub(crate) meeting: &'a MeetingId,
    pub(crate) key: &'a str,
    pub(crate) created_at: DateTime<Utc>,
}

impl RowIds<'_> {
    /// The id of the row of an attendee's own message.
    pub(crate) fn of(&self, attendee: &Attendee) -> NotificationId {
        NotificationId::new(self.meeting, &attendee.id, self.key, self.created_at)
    }

    /// The id of the row of a message to an address that an attendee has left.
    pub(crate) fn of_former(&self, attendee: &Attendee, left: FormerAddress<'_>) -> NotificationId {
        let cause = left.cause(self.key);
        NotificationId::new(self.meeting, &attendee.id, &cause, self.created_at)
    }
}

impl<'a> Crowd<'a> {
    /// Of a plan; without those whose row is not `wanted`.
    pub(crate) fn of(
        context: &'a MeetingContext,
        plan: SendPlan,
        ids: RowIds<'_>,
        wanted: impl Fn(&NotificationId) -> bool,
        lease: &Lease,
        now: DateTime<Utc>,
    ) -> Self {
        let contexts = SendContexts::of(context, &plan, lease, now);
        let calls_off = |each: &Recipient| {
            wanted(&ids.of(&each.attendee)) && is_called_off(&context.meeting, each)
        };
        let calls_off = plan.recipients.iter().any(calls_off);
        let notifications = plan.recipients.into_iter().map(|each| Member {
            id: ids.of(&each.attendee),
            message: Message::Notification(each),
        });
        let removals = plan.removals.into_iter().map(|each| Member {
            id: ids.of_former(&each.attendee, each.former_address()),
            message: Message::CalendarRemoval(each),
        });
        let members = notifications.chain(removals);
        Self {
            members: members.filter(|member| wanted(&member.id)).collect(),
            context,
            contexts,
            calls_off,
            lease: lease.clone(),
            now,
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
            turns.extend(self.turn(member));
        }
        turns.into_iter().map(move |turn| turn.message(app, actor))
    }

    fn turn<'s>(&'s self, member: &'s Member) -> Option<Turn<'s>> {
        let id = &member.id;
        Some(match &member.message {
            Message::Notification(recipient) => Turn::Notification {
                context: self.contexts.of_recipient(recipient)?,
                recipient,
                id,
            },
            Message::CalendarRemoval(recipient) => Turn::CalendarRemoval(RemovalMessage {
                context: self.context,
                recipient,
                after: self.context.meeting.highest_statement,
                id,
                lease: &self.lease,
                now: self.now,
            }),
        })
    }
}

/// One of them, with what their message is made in.
enum Turn<'a> {
    Notification {
        context: &'a SendContext<'a>,
        recipient: &'a Recipient,
        id: &'a NotificationId,
    },
    CalendarRemoval(RemovalMessage<'a>),
}

impl Turn<'_> {
    fn message(self, app: &App, actor: &Actor) -> OutboundMessage {
        match self {
            Self::Notification {
                context,
                recipient,
                id,
            } => {
                let Recipient {
                    attendee, channels, ..
                } = recipient;
                context.new_notification(app, id.clone(), attendee, channels, actor)
            }
            Self::CalendarRemoval(removal) => removal.outbound(actor),
        }
    }
}

/// Whether an attendee is told that the meeting is off: not who is no longer one.
fn is_called_off(meeting: &Meeting, recipient: &Recipient) -> bool {
    recipient.config.kind.calls_off() && meeting.attendee(&recipient.attendee.id).is_some()
}
