//! Making a notification ready: its row, its content, its links and the
//! messages for the providers. Nothing is stored or sent here.

use chrono::{DateTime, TimeDelta, Utc};
use usher_cloud::{Email, Sms};
use usher_domain::{
    Failure,
    id::NotificationId,
    meeting::{Attendee, Meeting},
    notification::{
        Addressee, Channel, Content, Delivery, DeliveryStatus, Lease, Notification,
        NotificationType,
    },
    render::{self, Envelope, Links, Message, Scene},
    reply::Prompt,
    send::{ChannelPlan, Verdict, once_sent},
    template::NotificationConfig,
    token::{Grant, Token, TokenHash},
};

use crate::{App, World};

/// How long after a meeting's end its link tokens are kept. They open nothing
/// by then; but a meeting may be moved, and its old links must still lead to it.
pub(crate) const KEEP_TOKENS: TimeDelta = TimeDelta::days(400);

/// A notification, ready to be claimed and dispatched.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) notification: Notification,
    pub(crate) content: Content,
    pub(crate) grants: Vec<(TokenHash, Grant)>,
    pub(crate) tokens_expire_at: DateTime<Utc>,
    /// What the SMS asks, where it may be answered by a code.
    pub(crate) prompt: Option<Prompt>,
    pub(crate) email: Option<Email>,
    pub(crate) sms: Option<Sms>,
}

/// What all notifications of one send share.
pub(crate) struct Making<'a> {
    pub(crate) world: &'a World,
    pub(crate) config: &'a NotificationConfig,
    /// The meeting as it will be.
    pub(crate) once_sent: Meeting,
    pub(crate) lease: Lease,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> Making<'a> {
    /// What the notifications of a planned send share.
    pub(crate) fn of(
        world: &'a World,
        config: &'a NotificationConfig,
        lease: Lease,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            world,
            config,
            once_sent: once_sent(&world.meeting, config, now),
            lease,
            now,
        }
    }

    /// Makes a new notification to one attendee.
    pub(crate) fn new_notification(
        &self,
        app: &App,
        id: NotificationId,
        attendee: &Attendee,
        channels: &[ChannelPlan],
    ) -> Result<Prepared, Failure> {
        let deliveries = channels.iter().map(|plan| self.delivery(plan)).collect();
        let notification = self.row(id, attendee, deliveries);
        self.messages(app, notification, attendee, None)
    }

    /// A notification that cannot be made: on record as failed, with the reason,
    /// where staff will see it.
    pub(crate) fn failed_notification(
        &self,
        id: NotificationId,
        attendee: &Attendee,
        channels: &[ChannelPlan],
        reason: &str,
    ) -> Prepared {
        let failed = |plan: &ChannelPlan| {
            let (status, reason) = (DeliveryStatus::Failed, reason.to_owned());
            Delivery::not_tried(plan.channel, status, reason, self.now)
        };
        Prepared {
            notification: self.row(id, attendee, channels.iter().map(failed).collect()),
            content: Content::default(),
            grants: Vec::new(),
            tokens_expire_at: self.now,
            prompt: None,
            email: None,
            sms: None,
        }
    }

    /// A new row of the log.
    fn row(
        &self,
        id: NotificationId,
        attendee: &Attendee,
        deliveries: Vec<Delivery>,
    ) -> Notification {
        let meeting = &self.world.meeting;
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
        }
    }

    fn delivery(&self, plan: &ChannelPlan) -> Delivery {
        let (channel, now) = (plan.channel, self.now);
        let not_tried =
            |status, why: &str| Delivery::not_tried(channel, status, why.to_owned(), now);
        match plan.verdict {
            Verdict::Use { fallback } => {
                let fallback = fallback.map(|why| why.reason().to_owned());
                Delivery::dispatching(channel, fallback, self.lease.clone(), now)
            }
            Verdict::Replaced(why) => not_tried(DeliveryStatus::Skipped, why.reason()),
            Verdict::Fail(why) => not_tried(DeliveryStatus::Failed, why.reason()),
        }
    }

    /// Renders what the dispatching deliveries of a notification send; what
    /// other channels have sent `before` stays on record as it was.
    pub(crate) fn messages(
        &self,
        app: &App,
        notification: Notification,
        attendee: &Attendee,
        before: Option<Content>,
    ) -> Result<Prepared, Failure> {
        let meeting = &self.world.meeting;
        let mut grants = Vec::new();
        let mut token_for = |channel| {
            let token = Token::new(app.chance.bytes());
            let grant = Grant {
                meeting_id: meeting.id.clone(),
                attendee_id: attendee.id.clone(),
                notification_id: notification.id.clone(),
                channel,
                buttons: notification.buttons,
                ask_decline_reason: self.config.ask_decline_reason,
            };
            grants.push((token.hash(), grant));
            token
        };
        let dispatching = |channel| {
            let delivery = notification.delivery(channel);
            delivery.filter(|delivery| delivery.status == DeliveryStatus::Dispatching)
        };
        let email_token = dispatching(Channel::Email).map(|_| token_for(Channel::Email));
        let sms_token = dispatching(Channel::Sms).map(|_| token_for(Channel::Sms));
        let (emailed, texted) = (email_token.is_some(), sms_token.is_some());
        let message = self.render(
            app,
            attendee,
            texted,
            email_token.as_ref(),
            sms_token.as_ref(),
        )?;
        let blotted = self.render(app, attendee, texted, None, None)?;

        let email = dispatching(Channel::Email)
            .zip(email_token.as_ref())
            .and_then(|(delivery, token)| {
                let links = Links::new(&app.config.public_url, token);
                self.email(&message, &links, &notification, attendee, delivery.attempt)
            });
        let prompt = dispatching(Channel::Sms).and_then(|_| self.prompt(&notification));
        let sms = dispatching(Channel::Sms).and_then(|_| {
            Some(Sms {
                to: attendee.phone.clone()?,
                text: message.sms.clone(),
                settings: self.world.settings.sms.clone(),
            })
        });
        Ok(Prepared {
            notification,
            content: content(blotted, emailed, texted, before),
            grants,
            tokens_expire_at: meeting.details.ends_at() + KEEP_TOKENS,
            prompt,
            email,
            sms,
        })
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
            ours: self.world.settings.sms.origination_number.clone(),
            revision: notification.revision,
            codes,
            asked_at: self.now,
        })
    }

    /// Renders for an attendee, who is `texted` or not, with links that open for
    /// these tokens, or for nobody.
    pub(crate) fn render(
        &self,
        app: &App,
        attendee: &Attendee,
        texted: bool,
        email_token: Option<&Token>,
        sms_token: Option<&Token>,
    ) -> Result<Message, Failure> {
        let blotted = Token::blotted();
        let links =
            |token: Option<&Token>| Links::new(&app.config.public_url, token.unwrap_or(&blotted));
        let scene = Scene {
            meeting: &self.world.meeting,
            attendee,
            template: self.world.template.as_ref(),
            settings: &self.world.settings,
            config: self.config,
            status: self.once_sent.status,
            email_links: &links(email_token),
            sms_links: &links(sms_token),
            texted,
        };
        render::message(&scene).map_err(|error| Failure::Refused {
            code: "cannot_be_rendered",
            reason: format!("The message to {} cannot be made: {error}", attendee.name),
        })
    }

    fn email(
        &self,
        message: &Message,
        links: &Links,
        notification: &Notification,
        attendee: &Attendee,
        attempt: u32,
    ) -> Option<Email> {
        let sender = &self.world.settings.sender;
        let (from, to) = (sender.email.clone()?, attendee.email.clone()?);
        let reply_to = sender
            .reply_to_organizer
            .then(|| render::reply_to(&self.world.meeting, &self.world.settings))
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
        let World {
            template, settings, ..
        } = self.world;
        let meeting = &self.once_sent;
        let attendee = meeting.attendee(&attendee.id).unwrap_or(attendee);
        render::ics(meeting, attendee, template.as_ref(), settings, Some(links))
    }
}

/// What goes on record: the parts that are sent now, over those sent before.
fn content(message: Message, emailed: bool, texted: bool, before: Option<Content>) -> Content {
    let mut content = before.unwrap_or_default();
    if emailed {
        content.subject = message.subject;
        content.html = message.html;
        content.text = message.text;
    }
    if texted {
        content.sms = message.sms;
    }
    content
}
