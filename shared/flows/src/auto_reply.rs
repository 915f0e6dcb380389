//! Making an automatic reply ready: a row of the log like any other message, which
//! is claimed with what it replies to and sent once.

use chrono::{DateTime, Utc};
use usher_cloud::{KnownNumber, Sms};
use usher_domain::{
    actor::Actor,
    channel::Channel,
    contact::{PhoneNumber, Suppressions},
    id::NotificationId,
    kind::MessageKind,
    lease::Lease,
    meeting::Attendee,
    notification::{Content, Delivery, DeliveryStatus, Notification},
    opt_out::OptOut,
    render::{self, AutoReply, Links, RenderContext},
    segments::segments,
    settings::SmsSettings,
    sms::{Inbound, Prompt},
    template::{Buttons, NotificationConfig},
    token::{AddressHash, Grant, Token},
};

use crate::{
    App, MeetingContext,
    prepare::KEEP_TOKENS,
    sending::{IssuedLink, OutboundMessage},
};

/// Why a text gets no automatic reply, for the timeline; `None` if it gets one.
pub(crate) fn withheld(
    context: &MeetingContext,
    contact: &KnownNumber,
    from: &PhoneNumber,
    now: DateTime<Utc>,
) -> Option<String> {
    let (held, opted_out): (Vec<_>, Vec<_>) = contact.opt_out.iter().partition(|out| out.is_held());
    let numbers = |those: Vec<&OptOut>| those.into_iter().map(|out| out.number.clone()).collect();
    let suppressions = Suppressions {
        opted_out: numbers(opted_out),
        held: numbers(held),
        ..Suppressions::default()
    };
    if let Err(why) = context.deliverability(&suppressions).may_text(from) {
        return Some(why.reason().to_owned());
    }
    let spent = !contact.conversation.may_reply(now);
    spent.then(|| "This number was sent three within the hour already.".to_owned())
}

/// An automatic reply in the making.
pub(crate) struct Replying<'a> {
    pub(crate) app: &'a App,
    /// The meeting that it is about.
    pub(crate) context: &'a MeetingContext,
    /// Whom it goes to.
    pub(crate) attendee: &'a Attendee,
    /// The notification whose answers it is about.
    pub(crate) answered: &'a Notification,
    /// The text that it replies to.
    pub(crate) inbound: &'a Inbound,
    /// Who texted.
    pub(crate) from: &'a PhoneNumber,
    /// The number of ours that they texted.
    pub(crate) to: &'a PhoneNumber,
    pub(crate) now: DateTime<Utc>,
}

impl Replying<'_> {
    /// Says what was done, or how things stand.
    pub(crate) fn say(&self, reply: AutoReply<'_>, config: &NotificationConfig) -> OutboundMessage {
        let token = Token::new(self.app.rng.bytes());
        let links = Links::new(&self.app.config.public_url, &token);
        let text = render::auto_reply(
            &RenderContext {
                meeting: &self.context.meeting,
                attendee: self.attendee,
                template: self.context.template.as_ref(),
                settings: &self.context.settings,
                config,
                status: self.context.meeting.status,
                email_links: &links,
                sms_links: &links,
            },
            reply,
        );
        let mut prepared = self.prepared(&token.redact_in(&text), &text, self.answered.buttons);
        if prepared.sms.is_some() && text.contains(token.reveal()) {
            let grant = Grant {
                meeting_id: self.context.meeting.id.clone(),
                attendee_id: self.attendee.id.clone(),
                notification_id: self.answered.id.clone(),
                channel: Channel::Sms,
                buttons: self.answered.buttons,
                ask_decline_reason: config.ask_decline_reason,
                sent_to: AddressHash::of(self.attendee, Channel::Sms),
                generation: self.context.meeting.links.current,
                template_id: self.context.meeting.template_id.clone(),
            };
            let forgotten_at = self.context.meeting.details.ends_at() + KEEP_TOKENS;
            prepared.link = Some(IssuedLink::of(&token, grant, forgotten_at));
        }
        prepared
    }

    /// Asks again, for the meeting as it is now, with the codes of before.
    pub(crate) fn ask_again(
        &self,
        prompt: &Prompt,
        config: &NotificationConfig,
    ) -> OutboundMessage {
        let mut prepared = self.say(AutoReply::Moved(&prompt.codes), config);
        prepared.prompt = prepared.sms.is_some().then(|| Prompt {
            asked_by: prepared.notification.id.clone(),
            ours: Some(self.to.clone()),
            revision: self.context.meeting.revision,
            asked_at: self.now,
            ..prompt.clone()
        });
        prepared
    }

    /// Says this, which is about no one meeting.
    pub(crate) fn say_plainly(&self, text: &str) -> OutboundMessage {
        self.prepared(text, text, Buttons::default())
    }

    fn prepared(&self, kept: &str, sent: &str, buttons: Buttons) -> OutboundMessage {
        let (meeting, attendee, now) = (&self.context.meeting, self.attendee, self.now);
        let cause = format!("auto-reply {}", self.inbound.id);
        let lease = Lease::new(self.app.rng.random_id(), now);
        let sms = &self.context.settings.sms;
        let sendable = render::not_too_dear(Some(self.from), segments(sent), sms);
        let delivery = match &sendable {
            Ok(()) => Delivery::dispatching(Channel::Sms, None, lease, now),
            Err(why) => {
                Delivery::not_tried(Channel::Sms, DeliveryStatus::Failed, why.to_string(), now)
            }
        };
        let id = NotificationId::new(&meeting.id, &attendee.id, &cause, now);
        let config = self.answered.config_id.clone();
        let mut row =
            Notification::about(meeting, attendee, id, MessageKind::AutoReply, config, now);
        row.recipient.phone = Some(self.from.clone());
        row.buttons = buttons;
        row.actor = Some(Actor::System);
        row.deliveries = vec![delivery];
        let content = Content {
            sms: kept.to_owned(),
            ..Content::default()
        };
        OutboundMessage {
            sms: sendable.is_ok().then(|| self.sms(sent)),
            ..OutboundMessage::of(row, content)
        }
    }

    /// The SMS: from the number they texted, which is where they will text again.
    fn sms(&self, text: &str) -> Sms {
        Sms {
            to: self.from.clone(),
            text: text.to_owned(),
            settings: SmsSettings {
                origination_number: Some(self.to.clone()),
                sender_id: None,
                ..self.context.settings.sms.clone()
            },
        }
    }
}
