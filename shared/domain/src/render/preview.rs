//! What staff see of a message before it is sent.

use super::{CalendarRemoval, RenderedMessage};
use crate::{
    language::Language,
    meeting::Attendee,
    send::UsedChannel,
    settings::SmsSettings,
    values::{channel::Channel, kind::MessageKind},
};

/// What would be sent; changes nothing.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub struct PreviewRecipient {
    /// The attendee.
    pub attendee: Attendee,
    /// What they get.
    pub kind: MessageKind,
    /// Why, in words: what they know.
    pub why: String,
    /// The channels that are used, each with why.
    pub channels: Vec<UsedChannel>,
    /// Whether `html`, `text` and `sms` are left out here, and are empty, because one
    /// answer cannot hold those of so many: name the attendee in `attendees` to see them.
    pub content_left_out: bool,
    /// What they would get.
    pub message: MessagePreview,
}

/// The most that the texts of one preview take, in bytes: a function's answer is at most
/// 6 MB, in which every quotation mark of an email's HTML counts as four characters.
const CONTENT_BYTES: usize = 1_000_000;

impl PreviewRecipient {
    /// Leaves the texts out of those that come when `left` bytes are used up; the first
    /// always has its own.
    pub fn fit(recipients: &mut [Self]) {
        let mut left = CONTENT_BYTES;
        for (index, recipient) in recipients.iter_mut().enumerate() {
            let message = &recipient.message;
            let size = message.html.len() + message.text.len() + message.sms.len();
            left = left.saturating_sub(size);
            if left == 0 && index > 0 {
                recipient.leave_content_out();
            }
        }
    }

    /// Leaves its texts out.
    pub fn leave_content_out(&mut self) {
        self.content_left_out = true;
        let message = &mut self.message;
        for text in [&mut message.html, &mut message.text, &mut message.sms] {
            text.clear();
        }
    }
}

/// What one attendee would get. Links open nothing in a preview; what is not sent is
/// empty.
#[derive(Debug, Clone)]
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
    pub email_language: Option<Language>,
    /// The language of the SMS; null when it cannot be made.
    pub sms_language: Option<Language>,
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
#[derive(Debug, Clone)]
pub struct ChannelProblem {
    /// The channel.
    pub channel: Channel,
    /// A stable word for programs, like `sms_too_long`.
    pub code: String,
    /// A sentence for staff.
    pub reason: String,
}

impl MessagePreview {
    /// The preview of what a calendar reads that is asked to take the meeting out.
    pub fn of_calendar_removal(message: CalendarRemoval, warnings: Vec<String>) -> Self {
        Self {
            subject: message.subject,
            html: message.html,
            text: message.text,
            email_language: Some(message.language),
            sms: String::new(),
            sms_language: None,
            segments: 0,
            sms_price_usd: None,
            problems: Vec::new(),
            warnings,
        }
    }

    /// The preview of a message to an attendee; `warnings` come first.
    pub fn new(
        message: RenderedMessage,
        attendee: &Attendee,
        sms: &SmsSettings,
        warnings: Vec<String>,
    ) -> Self {
        let problem = |channel| {
            let why = message.trouble(channel)?;
            Some(ChannelProblem {
                channel,
                code: why.code().to_owned(),
                reason: why.reason().to_owned(),
            })
        };
        let both = [Channel::Email, Channel::Sms];
        let problems = both.into_iter().filter_map(problem).collect();
        let email = message.email.ok();
        let text = message.sms.ok();
        let number = attendee.phone.as_ref().zip(text.as_ref());
        Self {
            sms_price_usd: number.and_then(|(number, text)| sms.price_usd(number, text.segments)),
            email_language: email.as_ref().map(|email| email.language),
            sms_language: text.as_ref().map(|text| text.language),
            subject: email
                .as_ref()
                .map(|email| email.subject.clone())
                .unwrap_or_default(),
            html: email
                .as_ref()
                .map(|email| email.html.clone())
                .unwrap_or_default(),
            text: email.map(|email| email.text).unwrap_or_default(),
            segments: text.as_ref().map_or(0, |text| text.segments.count),
            sms: text.map(|text| text.text).unwrap_or_default(),
            problems,
            warnings,
        }
    }
}

impl MessagePreview {
    /// What goes by these channels of it: whatever nobody gets is not shown (N9).
    #[must_use]
    pub fn only(mut self, channels: &[Channel]) -> Self {
        if !channels.contains(&Channel::Email) {
            self.subject.clear();
            self.html.clear();
            self.text.clear();
        }
        if !channels.contains(&Channel::Sms) {
            self.sms.clear();
            self.segments = 0;
            self.sms_price_usd = None;
        }
        self
    }
}
