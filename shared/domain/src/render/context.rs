//! Everything a message is made from.

use super::Links;
use crate::{
    meeting::{Attendee, BookingStatus, Meeting},
    settings::Settings,
    template::{NotificationConfig, Template},
};

/// Everything a message is made from.
#[derive(Debug, Clone, Copy)]
pub struct RenderContext<'a> {
    /// The meeting it tells of.
    pub meeting: &'a Meeting,
    /// Who it goes to.
    pub attendee: &'a Attendee,
    /// The meeting's template.
    pub template: Option<&'a Template>,
    /// The business's settings.
    pub settings: &'a Settings,
    /// How this type looks.
    pub config: &'a NotificationConfig,
    /// The booking status as it will be once this is sent.
    pub status: BookingStatus,
    /// The links of the email.
    pub email_links: &'a Links,
    /// The links of the SMS.
    pub sms_links: &'a Links,
}
