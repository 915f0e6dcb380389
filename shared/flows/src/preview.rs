//! Staff look at what would be sent, to whom, how and why. Changes nothing.

use chrono::{DateTime, Utc};
use serde::Serialize;
use usher_domain::{
    Failure,
    id::MeetingId,
    language::Language,
    meeting::Attendee,
    notification::{Channel, Lease, NotificationType},
    render::{self, Message},
    send::{Recipient, UsedChannel, decide_send, explain},
    settings::SmsSettings,
};
use utoipa::ToSchema;

use crate::{App, World, prepare::Making};

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
    /// What they would get.
    #[serde(flatten)]
    pub message: MessagePreview,
}

/// What one attendee would get. Links open nothing in a preview.
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
    /// The language of the email.
    pub email_language: Language,
    /// The language of the SMS.
    pub sms_language: Language,
    /// How many parts the SMS is billed as.
    pub segments: usize,
    /// What the SMS costs, in US dollars; null where the settings name no price for the
    /// number's country.
    pub sms_price_usd: Option<f64>,
    /// What staff should know before they send.
    pub warnings: Vec<String>,
}

impl MessagePreview {
    /// The preview of a message to an attendee; `warnings` come first.
    pub(crate) fn new(
        message: Message,
        attendee: &Attendee,
        sms: &SmsSettings,
        warnings: Vec<String>,
    ) -> Self {
        let number = attendee.phone.as_ref();
        Self {
            sms_price_usd: number.and_then(|number| sms.price_usd(number, message.segments)),
            subject: message.subject,
            html: message.html,
            text: message.text,
            sms: message.sms,
            email_language: message.email_language,
            sms_language: message.sms_language,
            segments: message.segments.count,
            warnings,
        }
    }
}

/// Shows what a send would do.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting.
pub async fn preview(
    app: &App,
    meeting: &MeetingId,
    kind: NotificationType,
    now: DateTime<Utc>,
) -> Result<Preview, Failure> {
    Ok(preview_of(app, meeting, kind, now).await?.1)
}

/// As [`preview`], with the meeting that it is of.
///
/// # Errors
/// As [`preview`].
pub async fn preview_of(
    app: &App,
    meeting: &MeetingId,
    kind: NotificationType,
    now: DateTime<Utc>,
) -> Result<(World, Preview), Failure> {
    let (world, obstacles) = app.world_and_obstacles(meeting, now).await?;
    let World {
        meeting, template, ..
    } = &world;
    let reach = world.reach(&obstacles);
    let attempt = decide_send(meeting, template.as_ref(), reach, kind, None, now);
    let preview = attempt.and_then(|plan| {
        let making = Making::of(&world, &plan.config, Lease::new(String::new(), now), now);
        let recipients = plan.recipients.iter();
        let recipients = recipients.map(|each| preview_recipient(app, &making, each));
        Ok(Preview {
            allowed: true,
            refusal: None,
            confirm: plan.confirm.clone(),
            recipients: recipients.collect::<Result<_, _>>()?,
        })
    });
    let preview = match preview {
        Err(Failure::Refused { reason, .. }) => Preview {
            allowed: false,
            refusal: Some(reason),
            confirm: None,
            recipients: Vec::new(),
        },
        other => other?,
    };
    Ok((world, preview))
}

fn preview_recipient(
    app: &App,
    making: &Making<'_>,
    recipient: &Recipient,
) -> Result<PreviewRecipient, Failure> {
    let Recipient { attendee, channels } = recipient;
    let texted = channels
        .iter()
        .any(|plan| plan.used() && plan.channel == Channel::Sms);
    let message = making.render(app, attendee, texted, None, None)?;
    let (used, mut warnings) = explain(channels, making.config.channel_mode, attendee);
    if used.is_empty() {
        warnings.push("This attendee cannot be reached: nothing will be sent to them.".to_owned());
    }
    let settings = &making.world.settings;
    let on: Vec<_> = used.iter().map(|used| used.channel).collect();
    warnings.extend(render::warnings(&message, attendee, settings, &on));
    Ok(PreviewRecipient {
        attendee_id: attendee.id.to_string(),
        name: attendee.name.to_string(),
        email: attendee.email.as_ref().map(ToString::to_string),
        phone: attendee.phone.as_ref().map(ToString::to_string),
        channels: used,
        message: MessagePreview::new(message, attendee, &settings.sms, warnings),
    })
}
