//! A message as it was rendered, and what of it goes on record.

use usher_domain::{
    channel::Channel,
    notification::{Content, DeliveryStatus, Notification},
    render::RenderedMessage,
    token::Token,
};

/// The attempt that a delivery is at, where it is being sent.
pub(super) fn attempt(notification: &Notification, channel: Channel) -> Option<u32> {
    let delivery = notification.delivery(channel)?;
    (delivery.status == DeliveryStatus::Dispatching).then_some(delivery.attempt)
}

/// The tokens that open the links of one message.
pub(super) struct LinkTokens {
    pub(super) email: Token,
    pub(super) sms: Token,
}

/// A message with the tokens that open its links.
pub(super) struct Made {
    pub(super) message: RenderedMessage,
    pub(super) tokens: LinkTokens,
}

impl Made {
    /// What goes on record of a notification that sends it, its tokens redacted. What other
    /// channels have sent `before` stays as it was.
    pub(super) fn on_record(&self, notification: &Notification, before: Content) -> Content {
        let mut content = before;
        let sends = |channel| attempt(notification, channel).is_some();
        if let Ok(email) = &self.message.email
            && sends(Channel::Email)
        {
            let token = &self.tokens.email;
            content.subject = token.redact_in(&email.subject);
            content.html = token.redact_in(&email.html);
            content.text = token.redact_in(&email.text);
        }
        if let Ok(sms) = &self.message.sms
            && sends(Channel::Sms)
        {
            content.sms = self.tokens.sms.redact_in(&sms.text);
        }
        content
    }
}
