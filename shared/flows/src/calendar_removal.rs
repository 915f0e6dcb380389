//! The message to an address that an attendee has left: it takes the meeting out of the
//! calendar behind it, and says nothing else (N7).

use chrono::{DateTime, Utc};
use usher_cloud::Email;
use usher_domain::{
    actor::Actor,
    id::{ConfigId, NotificationId},
    kind::MessageKind,
    lease::Lease,
    notification::{Content, Delivery, Notification},
    render::{self, CalendarRemoval, Envelope},
    send::{CalendarRecipient, ChannelVerdict},
};

use crate::{MeetingContext, sending::OutboundMessage};

/// What such a message is made of.
pub(crate) struct RemovalMessage<'a> {
    pub(crate) context: &'a MeetingContext,
    pub(crate) recipient: &'a CalendarRecipient,
    /// The highest statement of those that it comes after.
    pub(crate) after: u64,
    pub(crate) id: &'a NotificationId,
    pub(crate) lease: &'a Lease,
    pub(crate) now: DateTime<Utc>,
}

impl RemovalMessage<'_> {
    /// What a former address reads.
    pub(crate) fn render(context: &MeetingContext, to: &CalendarRecipient) -> CalendarRemoval {
        let (meeting, settings) = (&context.meeting, &context.settings);
        render::calendar_removal(meeting, &to.attendee, to.statement, settings)
    }

    /// The message with its row.
    pub(crate) fn outbound(&self, actor: &Actor) -> OutboundMessage {
        let row = Notification {
            actor: Some(actor.clone()),
            deliveries: vec![self.delivery()],
            ..Notification::about(
                &self.context.meeting,
                &self.recipient.attendee,
                self.id.clone(),
                MessageKind::CalendarRemoval,
                ConfigId::of_calendar_removals(),
                self.now,
            )
        };
        if !self.recipient.channel.used() {
            return OutboundMessage::of(row, Content::default());
        }
        let message = Self::render(self.context, self.recipient);
        let email = self.email(&message);
        let content = Content {
            subject: message.subject,
            html: message.html,
            text: message.text,
            sms: String::new(),
        };
        OutboundMessage {
            email,
            ..OutboundMessage::of(row, content)
        }
    }

    fn delivery(&self) -> Delivery {
        let channel = self.recipient.channel.channel;
        match &self.recipient.channel.verdict {
            ChannelVerdict::Use { .. } => Delivery {
                statement: Some(self.after),
                ..Delivery::dispatching(channel, None, self.lease.clone(), self.now)
            },
            ChannelVerdict::Fail(why) | ChannelVerdict::Replaced(why) => {
                Delivery::unusable(channel, why, self.now)
            }
        }
    }

    fn email(&self, message: &CalendarRemoval) -> Option<Email> {
        let sender = &self.context.settings.sender;
        let (from, to) = (sender.email.clone()?, self.recipient.email.clone());
        let envelope = Envelope {
            from_name: sender.name.clone(),
            from: from.clone(),
            // Whoever reads it may be a stranger.
            to_name: None,
            to: to.clone(),
            reply_to: None,
            unsubscribe: None,
            message_id: format!("{}.1", self.id.ulid().to_lowercase()),
            date: self.now,
        };
        Some(Email {
            from,
            to,
            mime: render::mime(message, Some(&message.calendar), &envelope),
            notification: self.id.clone(),
            attempt: 1,
        })
    }
}
