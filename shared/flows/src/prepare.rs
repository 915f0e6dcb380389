//! Making a notification ready: its row, its content, its links and the
//! messages for the providers. Nothing is stored or sent here.

mod made;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use usher_cloud::{Email, Sms};
use usher_domain::{
    actor::Actor,
    channel::Channel,
    id::NotificationId,
    lease::Lease,
    meeting::{Attendee, Meeting, Statement},
    notification::{Content, Delivery, DeliveryStatus, FailedBy, Notification, SentLink},
    render::{self, EmailMessage, Envelope, Links, RenderContext, RenderedMessage},
    send::{
        ChannelPlan, ChannelVerdict, Deliverability, once_sent, plan_channels, plan_with_messages,
        statement,
    },
    sms::Prompt,
    template::NotificationConfig,
    token::{AddressHash, Grant, Token},
};

use crate::{
    App, MeetingContext,
    sending::{IssuedLink, OutboundMessage},
};
use made::{LinkTokens, Made, attempt};

/// How long after a meeting's end its links are known. They open nothing
/// by then; but a meeting may be moved, and its old links must still lead to it.
pub(crate) const KEEP_TOKENS: TimeDelta = TimeDelta::days(400);

/// What all notifications of one send share that are made from the same config.
pub(crate) struct SendContext<'a> {
    pub(crate) context: &'a MeetingContext,
    pub(crate) config: Arc<NotificationConfig>,
    /// What they tell.
    pub(crate) statement: Statement,
    /// The meeting as it will be.
    pub(crate) once_sent: Meeting,
    pub(crate) lease: Lease,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> SendContext<'a> {
    /// What the notifications share that are made from a config and make the statement of
    /// this number.
    pub(crate) fn of(
        context: &'a MeetingContext,
        config: impl Into<Arc<NotificationConfig>>,
        number: u64,
        lease: Lease,
        now: DateTime<Utc>,
    ) -> Self {
        let config = config.into();
        let statement = statement(&context.meeting, &config, number, now);
        Self {
            once_sent: owned(
                context,
                once_sent(&context.meeting, &config, statement.clone(), now),
                std::slice::from_ref(&statement),
            ),
            context,
            config,
            statement,
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
        actor: &Actor,
    ) -> OutboundMessage {
        let made = self.make(app, &id, attendee);
        let channels = plan_with_messages(channels, |channel| made.message.trouble(channel));
        let deliveries = channels.iter().map(|plan| self.delivery(plan)).collect();
        let notification = self.row(id, attendee, deliveries, actor);
        self.prepared(app, notification, attendee, &made, None)
    }

    /// A notification that is not sent to anyone any more, for this reason.
    pub(crate) fn refused(
        &self,
        id: NotificationId,
        attendee: &Attendee,
        deliverability: Deliverability<'_>,
        reason: &str,
        actor: &Actor,
    ) -> OutboundMessage {
        let channels = plan_channels(&self.config, attendee, deliverability);
        let delivery = |plan: &ChannelPlan| match plan.verdict {
            ChannelVerdict::Use { .. } => {
                let (failed, reason) = (DeliveryStatus::Failed, reason.to_owned());
                Delivery::not_tried(plan.channel, failed, reason, self.now)
            }
            ChannelVerdict::Replaced(_) | ChannelVerdict::Fail(_) => self.delivery(plan),
        };
        let deliveries = channels.iter().map(delivery).collect();
        OutboundMessage::of(
            self.row(id, attendee, deliveries, actor),
            Content::default(),
        )
    }

    /// A new row of the log.
    fn row(
        &self,
        id: NotificationId,
        attendee: &Attendee,
        deliveries: Vec<Delivery>,
        actor: &Actor,
    ) -> Notification {
        let meeting = &self.context.meeting;
        let (kind, config) = (self.config.kind.into(), self.config.id.clone());
        Notification {
            buttons: self.config.buttons(),
            actor: Some(actor.clone()),
            deliveries,
            ..Notification::about(meeting, attendee, id, kind, config, self.now)
        }
    }

    fn delivery(&self, plan: &ChannelPlan) -> Delivery {
        let (channel, now) = (plan.channel, self.now);
        match &plan.verdict {
            ChannelVerdict::Use { fallback } => {
                let fallback = fallback.as_ref().map(|why| why.reason().to_owned());
                Delivery {
                    statement: Some(self.statement.number),
                    ..Delivery::dispatching(channel, fallback, self.lease.clone(), now)
                }
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
        let made = self.make(app, &notification.id, attendee);
        for delivery in &mut notification.deliveries {
            let dispatching = delivery.status == DeliveryStatus::Dispatching;
            if let Some(why) = made
                .message
                .trouble(delivery.channel)
                .filter(|_| dispatching)
            {
                delivery.fail(FailedBy::Text, why.reason().to_owned(), self.now);
            } else if dispatching {
                delivery.statement = Some(self.statement.number);
            }
        }
        self.prepared(app, notification, attendee, &made, before)
    }

    /// Renders the message of this id to an attendee, with links that open for them.
    fn make(&self, app: &App, id: &NotificationId, attendee: &Attendee) -> Made {
        let tokens = LinkTokens {
            email: Token::naming(id, app.rng.bytes()),
            sms: Token::new(app.rng.bytes()),
        };
        Made {
            message: self.render(app, attendee, &tokens),
            tokens,
        }
    }

    /// What the dispatching deliveries of a notification send, and what goes on record.
    fn prepared(
        &self,
        app: &App,
        notification: Notification,
        attendee: &Attendee,
        made: &Made,
        before: Option<Content>,
    ) -> OutboundMessage {
        let content = made.on_record(&notification, before.unwrap_or_default());
        let mut outbound = OutboundMessage::of(notification, content);
        for channel in Channel::ALL {
            match channel {
                Channel::Email => self.add_email(app, &mut outbound, attendee, made),
                Channel::Sms => self.add_sms(&mut outbound, attendee, made),
            }
        }
        outbound
    }

    fn add_email(&self, app: &App, to: &mut OutboundMessage, attendee: &Attendee, made: &Made) {
        let attempt = attempt(&to.notification, Channel::Email);
        let Some((attempt, message)) = attempt.zip(made.message.email.as_ref().ok()) else {
            return;
        };
        let token = &made.tokens.email;
        let links = Links::new(&app.config.public_url, token);
        to.email = self.email(message, &links, &to.notification, attendee, attempt);
        to.notification.links.push(SentLink {
            token: token.hash(),
            ask_decline_reason: self.config.ask_decline_reason,
            generation: self.context.meeting.links.current,
            template_id: self.context.meeting.template_id.clone(),
            choices: 0,
        });
    }

    fn add_sms(&self, to: &mut OutboundMessage, attendee: &Attendee, made: &Made) {
        let attempt = attempt(&to.notification, Channel::Sms);
        let Some((_, message)) = attempt.zip(made.message.sms.as_ref().ok()) else {
            return;
        };
        let token = &made.tokens.sms;
        to.sms = attendee.phone.clone().map(|to| Sms {
            to,
            text: message.text.clone(),
            settings: self.context.settings.sms.clone(),
        });
        to.prompt = self.prompt(&to.notification);
        to.link = Some(self.issued(token, &to.notification, attendee));
    }

    /// What the token of this notification's SMS opens, which goes to where the attendee is
    /// reached now.
    fn issued(
        &self,
        token: &Token,
        notification: &Notification,
        attendee: &Attendee,
    ) -> IssuedLink {
        let grant = Grant {
            meeting_id: self.context.meeting.id.clone(),
            attendee_id: notification.recipient.id.clone(),
            notification_id: notification.id.clone(),
            channel: Channel::Sms,
            buttons: notification.buttons,
            ask_decline_reason: self.config.ask_decline_reason,
            sent_to: AddressHash::of(attendee, Channel::Sms),
            generation: self.context.meeting.links.current,
            template_id: self.context.meeting.template_id.clone(),
        };
        let forgotten_at = self.context.meeting.details.ends_at() + KEEP_TOKENS;
        IssuedLink::of(token, grant, forgotten_at)
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
            template_id: self.context.meeting.template_id.clone(),
        })
    }

    /// Renders for an attendee, with links that open nothing.
    pub(crate) fn render_preview(&self, app: &App, attendee: &Attendee) -> RenderedMessage {
        let tokens = LinkTokens {
            email: Token::redacted(),
            sms: Token::redacted(),
        };
        self.render(app, attendee, &tokens)
    }

    fn render(&self, app: &App, attendee: &Attendee, tokens: &LinkTokens) -> RenderedMessage {
        let public_url = &app.config.public_url;
        let meeting = &self.context.meeting;
        render::message(&RenderContext {
            meeting: &meeting.as_named_to(attendee, self.config.kind),
            attendee,
            template: self.context.template.as_ref(),
            settings: &self.context.settings,
            config: &self.config,
            status: self.once_sent.status,
            email_links: &Links::new(public_url, &tokens.email),
            sms_links: &Links::new(public_url, &tokens.sms),
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
        let rules = self.config.kind.rules();
        let envelope = Envelope {
            from_name: sender.name.clone(),
            from: from.clone(),
            to_name: Some(attendee.name.clone()),
            to: to.clone(),
            reply_to,
            unsubscribe: rules.unsubscribable.then(|| links.unsubscribe()),
            message_id: format!("{}.{attempt}", notification.id.ulid().to_lowercase()),
            date: self.now,
        };
        let calendar = rules.calendar.then(|| self.calendar(attendee, links));
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
        let (meeting, context) = (&self.once_sent, self.context);
        let after = meeting.attendee(&attendee.id);
        // What is off is named as its reader knew it before.
        let after = after.filter(|_| !self.config.kind.calls_off());
        let (attendee, template) = (after.unwrap_or(attendee), context.template.as_ref());
        render::ics(meeting, attendee, template, &context.settings, Some(links))
    }
}

/// A meeting whose calendar files name its owner as things stand, from the first of these
/// statements on that announces it in files.
pub(crate) fn owned(context: &MeetingContext, meeting: Meeting, says: &[Statement]) -> Meeting {
    let announces = |said: &&Statement| said.kind.announces() && said.kind.rules().calendar;
    let first = says.iter().filter(announces).map(|said| said.number).min();
    let owner = render::calendar_owner(&context.meeting, &context.settings);
    match owner.zip(first) {
        Some((owner, number)) => meeting.owned_by(owner, number),
        None => meeting,
    }
}
