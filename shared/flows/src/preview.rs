//! Staff look at what would be sent, to whom, how and why. Changes nothing.

use chrono::{DateTime, Utc};
use serde::Serialize;
use usher_domain::{
    Failure,
    contact::Suppressions,
    id::MeetingId,
    language::Language,
    meeting::Attendee,
    notification::{Channel, Lease, NotificationType},
    render::{self, RenderedMessage},
    send::{Recipient, UsedChannel, decide_send, explain, plan_with_messages},
    settings::SmsSettings,
};
use utoipa::ToSchema;

use crate::{App, MeetingContext, prepare::SendContext};

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
    /// The channels that are used, each with why.
    pub channels: Vec<UsedChannel>,
    /// Whether `html`, `text` and `sms` are left out here, and are empty, because one
    /// answer cannot hold those of so many: name the attendee in `attendees` to see them.
    pub content_left_out: bool,
    /// What they would get.
    #[serde(flatten)]
    pub message: MessagePreview,
}

/// The most that the texts of one preview take, in bytes: a function's answer is at most
/// 6 MB, in which every quotation mark of an email's HTML counts as four characters.
const CONTENT_BYTES: usize = 1_000_000;

impl PreviewRecipient {
    /// Leaves the texts out of those that come when `left` bytes are used up; the first
    /// always has its own.
    fn fit(recipients: &mut [Self]) {
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

    fn leave_content_out(&mut self) {
        self.content_left_out = true;
        let message = &mut self.message;
        for text in [&mut message.html, &mut message.text, &mut message.sms] {
            text.clear();
        }
    }
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
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelProblem {
    /// The channel.
    pub channel: Channel,
    /// A stable word for programs, like `sms_too_long`.
    pub code: String,
    /// A sentence for staff.
    pub reason: String,
}

impl MessagePreview {
    /// The preview of a message to an attendee; `warnings` come first.
    pub(crate) fn new(
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
    fn only(mut self, channels: &[Channel]) -> Self {
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

/// Shows what a send would do.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting, [`Failure::Invalid`] for
/// `attendees` who are none of it.
pub async fn preview(
    app: &App,
    meeting: &MeetingId,
    kind: NotificationType,
    attendees: Option<&[String]>,
    now: DateTime<Utc>,
) -> Result<Preview, Failure> {
    let (context, suppressions) = app.context_and_suppressions(meeting, now).await?;
    let mut preview = preview_in(app, &context, &suppressions, kind, attendees, now)?;
    PreviewRecipient::fit(&mut preview.recipients);
    Ok(preview)
}

/// What staff see before they send: all attendees, the texts of one of them, and what
/// they must confirm of the choice that they have made.
#[derive(Debug)]
pub struct SendDialog {
    /// The meeting with its template and the settings.
    pub context: MeetingContext,
    /// What would be sent to everybody; `confirm` is that of those who are chosen.
    pub preview: Preview,
}

/// The dialog of a send to those `chosen`, or to all; it shows the texts of the attendee
/// in the place `shown`.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting.
pub async fn dialog(
    app: &App,
    meeting: &MeetingId,
    kind: NotificationType,
    chosen: Option<&[String]>,
    shown: usize,
    now: DateTime<Utc>,
) -> Result<SendDialog, Failure> {
    let (context, suppressions) = app.context_and_suppressions(meeting, now).await?;
    let mut preview = preview_in(app, &context, &suppressions, kind, None, now)?;
    for (place, recipient) in preview.recipients.iter_mut().enumerate() {
        if place != shown {
            recipient.leave_content_out();
        }
    }
    if preview.allowed && chosen.is_some() {
        let (template, deliverability) = (
            context.template.as_ref(),
            context.deliverability(&suppressions),
        );
        let plan = decide_send(
            &context.meeting,
            template,
            deliverability,
            kind,
            chosen,
            now,
        );
        preview.confirm = plan.ok().and_then(|plan| plan.confirm);
    }
    Ok(SendDialog { context, preview })
}

fn preview_in(
    app: &App,
    context: &MeetingContext,
    suppressions: &Suppressions,
    kind: NotificationType,
    attendees: Option<&[String]>,
    now: DateTime<Utc>,
) -> Result<Preview, Failure> {
    let (template, deliverability) = (
        context.template.as_ref(),
        context.deliverability(suppressions),
    );
    let attempt = decide_send(
        &context.meeting,
        template,
        deliverability,
        kind,
        attendees,
        now,
    );
    let plan = match attempt {
        Ok(plan) => plan,
        Err(Failure::Refused { reason, .. }) => {
            return Ok(Preview {
                allowed: false,
                refusal: Some(reason),
                confirm: None,
                recipients: Vec::new(),
            });
        }
        Err(failure) => return Err(failure),
    };
    let send_context = SendContext::of(context, &plan.config, Lease::new(String::new(), now), now);
    let recipients = plan.recipients.iter();
    let recipients = recipients.map(|each| preview_recipient(app, &send_context, each));
    Ok(Preview {
        allowed: true,
        refusal: None,
        recipients: recipients.collect(),
        confirm: plan.confirm,
    })
}

fn preview_recipient(
    app: &App,
    send_context: &SendContext<'_>,
    recipient: &Recipient,
) -> PreviewRecipient {
    let Recipient { attendee, channels } = recipient;
    let message = send_context.render(app, attendee, None, None);
    let channels = plan_with_messages(channels, |channel| message.trouble(channel));
    let (used, mut warnings) = explain(&channels, send_context.config.channel_mode, attendee);
    if used.is_empty() {
        warnings.push("This attendee cannot be reached: nothing will be sent to them.".to_owned());
    }
    let settings = &send_context.context.settings;
    let on: Vec<_> = used.iter().map(|used| used.channel).collect();
    warnings.extend(render::warnings(&message, attendee, settings, &on));
    let message = MessagePreview::new(message, attendee, &settings.sms, warnings);
    PreviewRecipient {
        attendee_id: attendee.id.to_string(),
        name: attendee.name.to_string(),
        email: attendee.email.as_ref().map(ToString::to_string),
        phone: attendee.phone.as_ref().map(ToString::to_string),
        channels: used,
        content_left_out: false,
        message: message.only(&on),
    }
}
