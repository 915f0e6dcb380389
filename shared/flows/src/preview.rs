//! Staff look at what would be sent, to whom, how and why. Changes nothing.

use chrono::{DateTime, Utc};
use usher_domain::{
    Failure,
    contact::Suppressions,
    id::MeetingId,
    kind::{MessageKind, NotificationType},
    lease::Lease,
    render::{self, MessagePreview, Preview, PreviewRecipient},
    send::{
        CalendarRecipient, ChannelVerdict, Recipient, UsedChannel, Whom, decide_send, explain,
        known_in_words, left_calendar_in_words, plan_with_messages,
    },
};

use crate::{
    App, MeetingContext, calendar_removal::RemovalMessage, prepare::SendContext,
    send_contexts::SendContexts,
};

/// Shows what a send would do.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting, [`Failure::Invalid`] for
/// attendees who are none of it.
pub async fn preview(
    app: &App,
    meeting: &MeetingId,
    kind: NotificationType,
    whom: Whom<'_>,
    now: DateTime<Utc>,
) -> Result<Preview, Failure> {
    let (context, suppressions) = app.context_and_suppressions(meeting, now).await?;
    let mut preview = preview_in(app, &context, &suppressions, kind, whom, now)?;
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
    chosen: Whom<'_>,
    shown: usize,
    now: DateTime<Utc>,
) -> Result<SendDialog, Failure> {
    let (context, suppressions) = app.context_and_suppressions(meeting, now).await?;
    let mut preview = preview_in(app, &context, &suppressions, kind, Whom::EVERYBODY, now)?;
    for (place, recipient) in preview.recipients.iter_mut().enumerate() {
        if place != shown {
            recipient.leave_content_out();
        }
    }
    if preview.allowed && chosen.attendees.is_some() {
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
    whom: Whom<'_>,
    now: DateTime<Utc>,
) -> Result<Preview, Failure> {
    let (template, deliverability) = (
        context.template.as_ref(),
        context.deliverability(suppressions),
    );
    let attempt = decide_send(&context.meeting, template, deliverability, kind, whom, now);
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
    let contexts = SendContexts::of(context, &plan, &Lease::new(String::new(), now), now);
    let recipients = plan.recipients.iter();
    let recipients = recipients.filter_map(|each| {
        let send_context = contexts.of_recipient(each)?;
        Some(preview_recipient(app, send_context, each))
    });
    let removals = plan.removals.iter();
    let removals = removals.map(|each| preview_removal(context, each));
    Ok(Preview {
        allowed: true,
        refusal: None,
        recipients: recipients.chain(removals).collect(),
        confirm: plan.confirm,
    })
}

fn preview_recipient(
    app: &App,
    send_context: &SendContext<'_>,
    recipient: &Recipient,
) -> PreviewRecipient {
    let Recipient {
        attendee, channels, ..
    } = recipient;
    let message = send_context.render_preview(app, attendee);
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
        kind: send_context.config.kind.into(),
        why: known_in_words(&send_context.context.meeting, attendee),
        attendee: attendee.clone(),
        channels: used,
        content_left_out: false,
        message: message.only(&on),
    }
}

/// What a calendar reads behind an address that somebody has left.
fn preview_removal(context: &MeetingContext, recipient: &CalendarRecipient) -> PreviewRecipient {
    let channel = &recipient.channel;
    let (used, why_not) = match &channel.verdict {
        ChannelVerdict::Use { .. } => (
            vec![UsedChannel {
                channel: channel.channel,
                reason: "A calendar is asked by email.".to_owned(),
            }],
            Vec::new(),
        ),
        ChannelVerdict::Fail(why) | ChannelVerdict::Replaced(why) => {
            (Vec::new(), vec![why.reason().to_owned()])
        }
    };
    let message = RemovalMessage::render(context, recipient);
    let on: Vec<_> = used.iter().map(|used| used.channel).collect();
    PreviewRecipient {
        kind: MessageKind::CalendarRemoval,
        why: left_calendar_in_words(&context.meeting, recipient.statement),
        attendee: recipient.attendee.clone(),
        channels: used,
        content_left_out: false,
        message: MessagePreview::of_calendar_removal(message, why_not).only(&on),
    }
}
