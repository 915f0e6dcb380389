//! A message on both channels.

use super::{
    email::{EmailMessage, email_message},
    error::RenderError,
    sms::{SmsMessage, sms_message},
};
use crate::{
    render::RenderContext,
    values::{channel::Channel, unusable::Unusable},
};

/// A message, on each channel ready to be sent, or with why it cannot be.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderedMessage {
    /// What goes out by email.
    pub email: Result<EmailMessage, RenderError>,
    /// What goes out by SMS.
    pub sms: Result<SmsMessage, RenderError>,
}

impl RenderedMessage {
    /// Why a channel's message cannot be sent; `None` if it can.
    pub fn trouble(&self, channel: Channel) -> Option<Unusable> {
        match channel {
            Channel::Email => self.email.as_ref().err(),
            Channel::Sms => self.sms.as_ref().err(),
        }
        .map(Unusable::from)
    }
}

/// Renders a message for both channels.
pub fn message(render_context: &RenderContext<'_>) -> RenderedMessage {
    RenderedMessage {
        email: email_message(render_context),
        sms: sms_message(render_context),
    }
}
