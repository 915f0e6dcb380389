//! What would be sent, before it is.

use serde::{Deserialize, Serialize};
use usher_domain::{render, send::Whom};
use utoipa::ToSchema;

use crate::{
    Word,
    send::{UsedChannel, usual_former_addresses},
    word,
};

/// What to preview.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// What would be sent.
    #[serde(rename = "type")]
    pub kind: word::NotificationType,
    /// To whom, by attendee id; to all when left out.
    #[serde(default)]
    pub attendees: Option<Vec<String>>,
    /// Whether the calendars behind email addresses that they have left are asked to take
    /// the meeting out.
    #[serde(default = "usual_former_addresses")]
    pub former_addresses: bool,
}

impl PreviewRequest {
    /// Who is meant.
    pub fn whom(&self) -> Whom<'_> {
        Whom {
            attendees: self.attendees.as_deref(),
            former_addresses: self.former_addresses,
        }
    }
}

/// What would be sent; changes nothing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Preview {
    /// Whether it may be sent now.
    pub allowed: bool,
    /// Why not.
    pub refusal: Option<String>,
    /// What must be confirmed first, in a sentence; then `confirm: true` sends it.
    pub confirm: Option<String>,
    /// To whom, and what.
    pub recipients: Vec<PreviewRecipient>,
}

/// One attendee of a preview.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewRecipient {
    /// Names the attendee within the meeting.
    pub attendee_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number, in E.164.
    pub phone: Option<String>,
    /// What they get: an update brings each up to date with the message that is true for
    /// them. A `calendar_removal` is to an email address that they have left.
    #[serde(rename = "type")]
    pub kind: word::MessageKind,
    /// What they know, which says why they get it.
    pub why: String,
    /// The channels that are used, each with why.
    pub channels: Vec<UsedChannel>,
    /// Whether `html`, `text` and `sms` are left out here, and are empty, because one
    /// answer cannot hold those of so many: name the attendee in `attendees` to see them.
    pub content_left_out: bool,
    /// What they would get.
    #[serde(flatten)]
    pub message: MessagePreview,
}

/// What one attendee would get. Links open nothing in a preview; what is not sent is
/// empty.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MessagePreview {
    /// The email's subject.
    pub subject: String,
    /// The email's HTML part.
    pub html: String,
    /// The email's plain text part.
    pub text: String,
    /// The SMS.
    pub sms: String,
    /// The language of the email; null when it cannot be made.
    pub email_language: Option<word::Language>,
    /// The language of the SMS; null when it cannot be made.
    pub sms_language: Option<word::Language>,
    /// How many parts the SMS is billed as.
    pub segments: usize,
    /// What the SMS costs, in US dollars; null where the settings name no price for the
    /// number's country.
    pub sms_price_usd: Option<f64>,
    /// The channels whose message cannot be sent, each with why: what would say it is
    /// empty above. The other channel goes out.
    pub problems: Vec<ChannelProblem>,
    /// What staff should know before they send.
    pub warnings: Vec<String>,
}

/// Why a channel's message cannot be sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelProblem {
    /// The channel.
    pub channel: word::Channel,
    /// A stable word for programs, like `sms_too_long`.
    pub code: String,
    /// A sentence for staff.
    pub reason: String,
}

impl From<render::Preview> for Preview {
    fn from(preview: render::Preview) -> Self {
        let recipients = preview.recipients.into_iter();
        Self {
            allowed: preview.allowed,
            refusal: preview.refusal,
            confirm: preview.confirm,
            recipients: recipients.map(PreviewRecipient::from).collect(),
        }
    }
}

impl From<render::PreviewRecipient> for PreviewRecipient {
    fn from(recipient: render::PreviewRecipient) -> Self {
        let attendee = recipient.attendee;
        Self {
            attendee_id: attendee.id.to_string(),
            name: attendee.name.to_string(),
            email: attendee.email.as_ref().map(ToString::to_string),
            phone: attendee.phone.as_ref().map(ToString::to_string),
            kind: recipient.kind.into(),
            why: recipient.why,
            channels: recipient
                .channels
                .into_iter()
                .map(UsedChannel::from)
                .collect(),
            content_left_out: recipient.content_left_out,
            message: recipient.message.into(),
        }
    }
}

impl From<render::MessagePreview> for MessagePreview {
    fn from(message: render::MessagePreview) -> Self {
        Self {
            subject: message.subject,
            html: message.html,
            text: message.text,
            sms: message.sms,
            email_language: message.email_language.map(Word),
            sms_language: message.sms_language.map(Word),
            segments: message.segments,
            sms_price_usd: message.sms_price_usd,
            problems: message
                .problems
                .into_iter()
                .map(ChannelProblem::from)
                .collect(),
            warnings: message.warnings,
        }
    }
}

impl From<render::ChannelProblem> for ChannelProblem {
    fn from(problem: render::ChannelProblem) -> Self {
        Self {
            channel: problem.channel.into(),
            code: problem.code,
            reason: problem.reason,
        }
    }
}
