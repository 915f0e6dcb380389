//! Whoever writes a template looks at what it makes, before it is saved. Changes nothing.

use chrono::{DateTime, Utc};
use usher_domain::{
    Failure, FieldError, FieldErrors,
    channel::Channel,
    id::{ConfigId, MeetingId, TemplateId},
    kind::NotificationType,
    language::LanguageTag,
    lease::Lease,
    meeting::Attendee,
    render::{self, MessagePreview},
    sample,
    settings::Settings,
    template::{NotificationConfig, Template, TemplateDraft},
};

use crate::{App, MeetingContext, prepare::SendContext};

/// What is to be looked at.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The template as it is being written; the saved one when left out.
    pub template: Option<TemplateDraft>,
    /// The notification type.
    pub kind: NotificationType,
    /// Which config of that type, where there are several; the first when left out.
    pub config_id: Option<String>,
    /// The reader's language tag; the attendee's when left out.
    pub language: Option<String>,
    /// A meeting to try it on, for its lead attendee; a sample when left out, which was
    /// moved by an hour if the type is an update.
    pub meeting_id: Option<String>,
}

/// Shows what a template's config makes of a meeting.
///
/// # Errors
/// [`Failure::Invalid`] for a template that could not be saved, with its fields under
/// `/template`; [`Failure::NotFound`] where there is no such template or meeting. A
/// message that cannot be made of this meeting is no error: it is among the answer's
/// problems.
pub async fn try_template(
    app: &App,
    id: &TemplateId,
    trial: &Trial,
    now: DateTime<Utc>,
) -> Result<MessagePreview, Failure> {
    let named = Named::read(trial)?;
    let mut context = match &named.meeting {
        Some(id) => app.context(id).await?,
        None => MeetingContext {
            meeting: match trial.kind {
                NotificationType::Update => sample::moved(),
                _ => sample::meeting(),
            },
            template: None,
            settings: app.settings().await?,
        },
    };
    let template = template(app, id, trial, &context.settings).await?;
    let mut attendee = context.meeting.lead().cloned().ok_or(Failure::Internal)?;
    attendee.language = named.language.or(attendee.language);
    let config = config(&template, trial.kind, named.config.as_ref())?;
    context.template = Some(template);
    Ok(shown(app, &context, &config, &attendee, now))
}

fn shown(
    app: &App,
    context: &MeetingContext,
    config: &NotificationConfig,
    attendee: &Attendee,
    now: DateTime<Utc>,
) -> MessagePreview {
    let lease = Lease::new(String::new(), now);
    let send_context = SendContext::of(context, config.clone(), 1, lease, now);
    let message = send_context.render_preview(app, attendee);
    let mut warnings: Vec<_> = Channel::ALL
        .iter()
        .filter_map(|channel| message.trouble(*channel))
        .map(|why| why.reason().to_owned())
        .collect();
    warnings.extend(render::warnings(
        &message,
        attendee,
        &context.settings,
        Channel::ALL,
    ));
    let sms = &context.settings.sms;
    MessagePreview::new(message, attendee, sms, warnings)
}

/// What a trial names.
struct Named {
    config: Option<ConfigId>,
    meeting: Option<MeetingId>,
    language: Option<LanguageTag>,
}

impl Named {
    fn read(trial: &Trial) -> Result<Self, Failure> {
        let mut errors = FieldErrors::default();
        let (config, meeting) = (trial.config_id.as_deref(), trial.meeting_id.as_deref());
        let named = Self {
            config: errors.optional("/config_id", config, ConfigId::parse),
            meeting: errors.optional("/meeting_id", meeting, MeetingId::parse),
            language: errors.optional("/language", trial.language.as_deref(), LanguageTag::parse),
        };
        errors.finish(Some(named))
    }
}

/// The template that is tried: the one that came along, if it could be saved.
async fn template(
    app: &App,
    id: &TemplateId,
    trial: &Trial,
    settings: &Settings,
) -> Result<Template, Failure> {
    let Some(draft) = &trial.template else {
        let saved = app.store.template(id).await?;
        return saved.ok_or(Failure::NotFound { what: "template" });
    };
    let in_template = |error: FieldError| FieldError {
        pointer: format!("/template{}", error.pointer),
        ..error
    };
    match draft.checked(id.clone(), 0, settings) {
        Err(Failure::Invalid(errors)) => Err(Failure::Invalid(
            errors.into_iter().map(in_template).collect(),
        )),
        other => other,
    }
}

fn config(
    template: &Template,
    kind: NotificationType,
    id: Option<&ConfigId>,
) -> Result<NotificationConfig, Failure> {
    let Some(id) = id else {
        return Ok(template.config(kind));
    };
    let named = |config: &&NotificationConfig| &config.id == id && config.kind == kind;
    let found = template.body().configs.iter().find(named);
    found.cloned().ok_or_else(|| {
        Failure::Invalid(vec![FieldError {
            pointer: "/config_id".to_owned(),
            detail: format!("names no config of type {kind} in this template"),
        }])
    })
}
