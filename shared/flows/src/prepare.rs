//! Making a notification ready: its row, its content, its links and the
//! messages for the providers. Nothing is stored or sent here.

use chrono::{DateTime, TimeDelta, Utc};
use usher_cloud::{Email, Sms};
use usher_domain::{
    id::NotificationId,
    meeting::{Attendee, Meeting},
    notification::{
        Addressee, Channel, Content, Delivery, DeliveryStatus, FailedBy, Lease, Notification,
        NotificationType,
    },
    render::{self, EmailMessage, Envelope, Links, RenderContext, RenderedMessage},
    reply::Prompt,
    send::{ChannelPlan, ChannelVerdict, once_sent, plan_with_messages},
    template::NotificationConfig,
    token::{Grant, Token},
};

use crate::{
    App, MeetingContext,
    sending::{IssuedLink, OutboundMessage},
};

/// How long after a meeting's end its link tokens are kept. They open nothing
/// by then; but a meeting may be moved, and its old links must still lead to it.
pub(crate) const KEEP_TOKENS: TimeDelta = TimeDelta::days(400);

/// What all notifications of one send share.
pub(crate) struct SendContext<'a> {
    pub(crate) context: &'a MeetingContext,
    pub(crate) config: &'a NotificationConfig,
    /// The meeting as it will be.
    pub(crate) once_sent: Meeting,
    pub(crate) lease: Lease,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> SendContext<'a> {
    /// What the notifications of a planned send share.
    pub(crate) fn of(
        context: &'a MeetingContext,
        config: &'a NotificationConfig,
        lease: Lease,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            context,
            config,
            once_sent: once_sent(&context.meeting, config, now),
            lease,
            now,
        }
    }

    /// Makes a new notification to one attendee. A channel whose message cannot be made
    /// fails with the reason; the other goes out (C5).
    pub(crate) fn new_notification(
        &self,
        app: &App,
        id: NotificationId,
        attendee: &Attendee,
        channels: &[ChannelPlan],
    ) -> OutboundMessage {
        let made = self.make(app, attendee);
        let channels = plan_with_messages(channels, |channel| made.message.trouble(channel));
        let deliveries = channels.iter().map(|plan| self.delivery(plan)).collect();
        let notification = self.row(id, attendee, deliveries);
        self.prepared(app, notification, attendee, made, None)
    }

    /// A new row of the log.
    fn row(
        &self,
        id: NotificationId,
        attendee: &Attendee,
        deliveries: Vec<Delivery>,
    ) -> Notification {
        let meeting = &self.context.meeting;
        Notification {
            id,
            version: 0,
            kind: self.config.kind.into(),
            staff: None,
            config_id: self.config.id.clone(),
            recipient: Addressee::of(attendee),
            revision: meeting.revision,
            details: meeting.details.clone(),
            buttons: self.config.buttons(),
            created_at: self.now,
            deliveries,
            answers: Vec::new(),
            dealt_with: None,
        }
    }

    fn delivery(&self, plan: &ChannelPlan) -> Delivery {
        let (channel, now) = (plan.channel, self.now);
        match &plan.verdict {
            ChannelVerdict::Use { fallback } => {
                let fallback = fallback.as_ref().map(|why| why.reason().to_owned());
                Delivery::dispatching(channel, fallback, self.lease.clone(), now)
            }
            ChannelVerdict::Replaced(why) => {
                let reason = why.reason().to_owned();
                Delivery::not_tried(channel, DeliveryStatus::Skipped, reason, now)
            }
            ChannelVerdict::Fail(why) => Delivery::unusable(channel, why, now),
        }
    }

    /// Makes the dispatching deliveries of a notification ready once more: one whose
    /// message cannot be made fails with the reason. What other channels have sent
    /// `before` stays on record as it was.
    pub(crate) fn messages(
        &self,
        app: &App,
        mut notification: Notification,
        attendee: &Attendee,
        before: Option<Content>,
    ) -> OutboundMessage {
        let made = self.make(app, attendee);
        for delivery in &mut notification.deliveries {
            let dispatching = delivery.status == DeliveryStatus::Dispatching;
            if let Some(why) = made
                .message
                .trouble(delivery.channel)
                .filter(|_| dispatching)
            {
                delivery.fail(FailedBy::Text, why.reason().to_owned(), self.now);
            }
        }
        self.prepared(app, notification, attendee, made, before)
    }

    /// Makes the message to an attendee, with links that open for them.
    fn make(&self, app: &App, attendee: &Attendee) -> RenderedTwice {
        let email_token = Token::new(app.rng.bytes());
        let sms_token = Token::new(app.rng.bytes());
        let message = self.render(app, attendee, Some(&email_token), Some(&sms_token));
        RenderedTwice {
            message,
            redacted: self.render(app, attendee, None, None),
            email_token,
            sms_token,
        }
    }

    /// What the dispatching deliveries of a notification send, and what goes on record.
    fn prepared(
        &self,
        app: &App,
        notification: Notification,
        attendee: &Attendee,
        made: RenderedTwice,
        before: Option<Content>,
    ) -> OutboundMessage {
        let meeting = &self.context.meeting;
        let attempt = |channel| {
            let delivery = notification.delivery(channel);
            let dispatching =
                delivery.filter(|delivery| delivery.status == DeliveryStatus::Dispatching);
            dispatching.map(|delivery| delivery.attempt)
        };
        let grant = |channel, token: &Token| {
            let grant = Grant {
                meeting_id: meeting.id.clone(),
                attendee_id: attendee.id.clone(),
                notification_id: notification.id.clone(),
                channel,
                buttons: notification.buttons,
                ask_decline_reason: self.config.ask_decline_reason,
                choices: 0,
            };
            IssuedLink::of(token, grant)
        };
        let mut content = before.unwrap_or_default();
        let mut links = Vec::new();
        let (mut email, mut sms, mut prompt) = (None, None, None);
        if let Some((attempt, message)) =
            attempt(Channel::Email).zip(made.message.email.as_ref().ok())
        {
            let token = &made.email_token;
            let opened = Links::new(&app.config.public_url, token);
            links.push(grant(Channel::Email, token));
            email = self.email(message, &opened, &notification, attendee, attempt);
            if let Ok(kept) = made.redacted.email {
                content.subject = kept.subject;
                content.html = kept.html;
                content.text = kept.text;
            }
        }
        if let Some((_, message)) = attempt(Channel::Sms).zip(made.message.sms.as_ref().ok()) {
            let token = &made.sms_token;
            links.push(grant(Channel::Sms, token));
            prompt = self.prompt(&notification);
            sms = attendee.phone.clone().map(|to| Sms {
                to,
                text: message.text.clone(),
                settings: self.context.settings.sms.clone(),
            });
            content.sms = made.redacted.sms.map(|sms| sms.text).unwrap_or_default();
        }
        OutboundMessage {
            notification,
            content,
            links,
            links_expire_at: meeting.details.ends_at() + KEEP_TOKENS,
            prompt,
            email,
            sms,
        }
    }

    /// What the SMS of a notification asks.
    fn prompt(&self, notification: &Notification) -> Option<Prompt> {
        let codes = self.config.reply_codes.offered(notification.buttons);
        let theirs = notification.recipient.phone.clone()?;
        (!codes.is_empty()).then(|| Prompt {
            asked_by: notification.id.clone(),
            notification: notification.id.clone(),
            attendee: notification.recipient.id.clone(),
            theirs,
            ours: self.context.settings.sms.origination_number.clone(),
            revision: notification.revision,
            codes,
            asked_at: self.now,
        })
    }

    /// Renders for an attendee, with links that open for these tokens, or for nobody.
    pub(crate) fn render(
        &self,
        app: &App,
        attendee: &Attendee,
        email_token: Option<&Token>,
        sms_token: Option<&Token>,
    ) -> RenderedMessage {
        let redacted = Token::redacted();
        let links =
            |token: Option<&Token>| Links::new(&app.config.public_url, token.unwrap_or(&redacted));
        render::message(&RenderContext {
            meeting: &self.context.meeting,
            attendee,
            template: self.context.template.as_ref(),
            settings: &self.context.settings,
            config: self.config,
            status: self.once_sent.status,
            email_links: &links(email_token),
            sms_links: &links(sms_token),
        })
    }

    fn email(
        &self,
        message: &EmailMessage,
        links: &Links,
        notification: &Notification,
        attendee: &Attendee,
        attempt: u32,
    ) -> Option<Email> {
        let sender = &self.context.settings.sender;
        let (from, to) = (sender.email.clone()?, attendee.email.clone()?);
        let reply_to = sender
            .reply_to_organizer
            .then(|| render::reply_to(&self.context.meeting, &self.context.settings))
            .flatten();
        let reminds = self.config.kind == NotificationType::Reminder;
        let envelope = Envelope {
            from_name: sender.name.clone(),
            from: from.clone(),
            to_name: Some(attendee.name.clone()),
            to: to.clone(),
            reply_to,
            unsubscribe: reminds.then(|| links.unsubscribe()),
            message_id: format!("{}.{attempt}", notification.id.ulid().to_lowercase()),
            date: self.now,
        };
        let calendar = (!reminds).then(|| self.calendar(attendee, links));
        let mime = render::mime(message, calendar.as_deref(), &envelope);
        Some(Email {
            from,
            to,
            mime,
            notification: notification.id.clone(),
            attempt,
        })
    }

    /// What puts the meeting into the customer's calendar as it will be once this is
    /// sent, moves it there, or takes it out: the file that the links lead to.
    fn calendar(&self, attendee: &Attendee, links: &Links) -> String {
        let MeetingContext {
            template, settings, ..
        } = self.context;
        let meeting = &self.once_sent;
        let attendee = meeting.attendee(&attendee.id).unwrap_or(attendee);
        render::ics(meeting, attendee, template.as_ref(), settings, Some(links))
    }
}

/// A message with the tokens that open its links, and as it goes on record, where its
/// links open nothing.
struct RenderedTwice {
    message: RenderedMessage,
    redacted: RenderedMessage,
    email_token: Token,
    sms_token: Token,
}
