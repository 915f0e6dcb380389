//! Staff and their CRM keep meetings, templates and settings.

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, note_written};
use usher_domain::{
    Failure, FieldError, Precondition,
    actor::Actor,
    authoring::refuse_outgrown,
    edit::{changes, compose, in_one_text},
    id::{MeetingId, TemplateId},
    kind::NotificationType,
    meeting::{BookingStatus, Meeting, MeetingDraft},
    remind,
    send::SendRequest,
    settings::{Settings, SettingsDraft},
    template::{Applied, Template, TemplateDraft},
    timeline::{TimelineEntry, TimelineKind},
};

use crate::{
    App, MeetingContext, apply_template,
    resume::finish_holder,
    save_attendees, schedules, send,
    sending::{HTTP_INVOCATION, until},
    transact::Interrupted,
    underway::SendOutcome,
};

/// Saves a template: a new one, or over the one there is; and has its reminders
/// apply to upcoming meetings, if that is asked for.
///
/// # Errors
/// [`Failure::Invalid`] for what would fail at send time,
/// [`Failure::StaleVersion`] when `precondition` does not hold.
pub async fn put_template(
    app: &App,
    id: &TemplateId,
    draft: &TemplateDraft,
    precondition: Precondition,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Template, Option<Applied>), Failure> {
    let until = until(app, HTTP_INVOCATION);
    let template = store_template(app, id, draft, precondition, actor).await?;
    let applied = match draft.apply_to_upcoming {
        true => Some(apply_template::apply(app, &template, actor, until, now).await?),
        false => None,
    };
    Ok((template, applied))
}

async fn store_template(
    app: &App,
    id: &TemplateId,
    draft: &TemplateDraft,
    precondition: Precondition,
    actor: &Actor,
) -> Result<Template, Failure> {
    let settings = app.settings().await?;
    app.transact(|| async {
        let stored = app.store.template(id).await?;
        let version = stored.as_ref().map(|template| template.version);
        precondition.check(version)?;
        let mut template = draft.checked(id.clone(), version.unwrap_or(0) + 1, &settings)?;
        template.unread = stored.map(|template| template.unread).unwrap_or_default();
        let changes = Changes::by(actor).template(&template);
        app.commit(changes).await?;
        Ok(template)
    })
    .await
}

/// Saves the settings, whose sender must be one that SES lets us send from (E4) and
/// which every template must fit (G4).
///
/// # Errors
/// As [`put_template`].
pub async fn put_settings(
    app: &App,
    draft: &SettingsDraft,
    precondition: Precondition,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Settings, Failure> {
    let settings = draft.parse()?;
    if let Some(sender) = &settings.sender.email
        && !app.mail.check_sender(sender, now).await?
    {
        return Err(Failure::Invalid(vec![FieldError {
            pointer: "/sender_email".to_owned(),
            detail: "neither this address nor its domain is a verified identity in SES; verify it there first"
                .to_owned(),
        }]));
    }
    app.transact(|| async {
        let before = app.settings().await?;
        precondition.check(Some(before.version))?;
        templates_still_fit(app, &before, &settings).await?;
        let settings = Settings {
            version: before.version + 1,
            unread: before.unread,
            ..settings.clone()
        };
        app.commit(Changes::by(actor).settings(&settings)).await?;
        Ok(app.settings().await?)
    })
    .await
}

/// Checks that no template becomes unsendable (G4): with one query of all of them, where
/// texts are read otherwise than `before`.
async fn templates_still_fit(
    app: &App,
    before: &Settings,
    settings: &Settings,
) -> Result<(), Failure> {
    if settings.reads_texts_otherwise(before).is_none() {
        return Ok(());
    }
    let templates = app.store.templates().await?.rows;
    refuse_outgrown(&templates, before, settings)
}

/// A meeting that was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The meeting as it is now.
    pub context: MeetingContext,
    /// Whether there was none before.
    pub created: bool,
    /// What came of its confirmation, where its template sends one by itself.
    pub confirmation: Confirmation,
}

/// What came of a confirmation that a template sends by itself.
#[derive(Debug, Clone)]
pub enum Confirmation {
    /// None was due.
    NotDue,
    /// It was sent, or tried: to whom, how that went, and how many are to come.
    Tried(SendOutcome),
    /// It was not tried, for this reason.
    Refused(String),
    /// It is being sent right now.
    UnderWay,
}

/// Saves a meeting: a new draft, or over the one there is. Nothing is sent,
/// unless its template says that a new meeting is confirmed at once (N6).
///
/// # Errors
/// [`Failure::Invalid`], [`Failure::StaleVersion`], [`Failure::Refused`] for an
/// archived meeting.
pub async fn put_meeting(
    app: &App,
    id: &MeetingId,
    draft: &MeetingDraft,
    precondition: Precondition,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Saved, Failure> {
    let until = until(app, HTTP_INVOCATION);
    app.transact(|| async {
        let existing = app.store.meeting(id).await?;
        if let Some(meeting) = existing.as_ref().filter(|meeting| meeting.saving_attendees) {
            return Err(match finish_holder(app, meeting, until, now).await? {
                true => Interrupted::Conflict,
                false => Failure::InProgress.into(),
            });
        }
        precondition.check(existing.as_ref().map(|meeting| meeting.edits))?;
        let template = match draft.template_id.as_deref().map(TemplateId::parse) {
            Some(Ok(id)) => app.store.template(&id).await?,
            Some(Err(_)) | None => None,
        };
        let settings = app.settings().await?;
        let mut meeting = compose(
            id.clone(),
            draft,
            template.as_ref(),
            &settings,
            existing.as_ref(),
            now,
        )?;
        let created = existing.is_none();
        if existing.as_ref() != Some(&meeting) {
            let mut changes = Changes::by(actor);
            if let Some(entry) = history(existing.as_ref(), &meeting, template.as_ref(), now) {
                changes = changes.entry(meeting.timeline_key(), &entry, &app.rng.random_id());
            }
            let confirmed = confirms_by_itself(&meeting, template.as_ref());
            if created && confirmed && !meeting.started(now) {
                let key = automatic_key(&meeting.id);
                let accepted = send::accept(app, &meeting, &CONFIRMATION, &key, actor, now);
                changes = changes.new_key(&accepted, now);
            }
            save_attendees::save(app, &mut meeting, changes, actor, until, now).await?;
            schedules::follow(app, &mut meeting, actor, now).await;
        }
        let context = MeetingContext {
            meeting,
            template,
            settings,
        };
        let (context, confirmation) = confirm_by_itself(app, context, actor, now).await?;
        Ok(Saved {
            context,
            created,
            confirmation,
        })
    })
    .await
}

/// The timeline's entry on a save; none when nothing was changed.
fn history(
    before: Option<&Meeting>,
    meeting: &Meeting,
    template: Option<&Template>,
    now: DateTime<Utc>,
) -> Option<TimelineEntry> {
    let Some(before) = before else {
        let text = "Meeting created";
        return Some(TimelineEntry::of_meeting(now, TimelineKind::Created, text));
    };
    let changes = changes(before, meeting, template);
    let text = in_one_text(&changes);
    (!changes.is_empty()).then(|| TimelineEntry::of_meeting(now, TimelineKind::Changed, text))
}

/// What a template sends by itself.
const CONFIRMATION: SendRequest = SendRequest {
    kind: NotificationType::Confirmation,
    attendees: None,
    former_addresses: true,
    confirm: false,
};

/// The key that a meeting's own confirmation is sent under. Callers' keys are scoped by
/// their route; no route begins like this.
fn automatic_key(id: &MeetingId) -> String {
    format!("automatic-confirmation {id}")
}

/// Whether a meeting's confirmation goes out by itself.
fn confirms_by_itself(meeting: &Meeting, template: Option<&Template>) -> bool {
    let by_itself = template.is_some_and(|template| !template.body().manual_confirmation_only);
    by_itself && meeting.status == BookingStatus::Draft && meeting.announced.is_none()
}

/// Sends a new meeting's confirmation where its template says so: once per
/// meeting, whatever is repeated.
async fn confirm_by_itself(
    app: &App,
    context: MeetingContext,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(MeetingContext, Confirmation), Failure> {
    if !confirms_by_itself(&context.meeting, context.template.as_ref()) {
        return Ok((context, Confirmation::NotDue));
    }
    let id = context.meeting.id.clone();
    let key = automatic_key(&id);
    // Once it was tried it is not tried anew, though its key is forgotten by now.
    let tried = context.meeting.highest_statement > 0;
    if tried && app.store.key(&key, now).await?.is_none() {
        return Ok((context, Confirmation::NotDue));
    }
    let confirmation = match send::send_once(app, &id, &CONFIRMATION, &key, actor, now).await {
        Ok(sent) => Confirmation::Tried(sent),
        Err(Failure::InProgress) => Confirmation::UnderWay,
        Err(Failure::Refused { reason, .. }) => {
            let text = format!("The automatic confirmation was not sent: {reason}");
            let entry = TimelineEntry::of_meeting(now, TimelineKind::Notification, text);
            // One entry for one cause, however often the meeting is saved.
            let changes = Changes::by(actor).entry(
                context.meeting.timeline_key(),
                &entry,
                "automatic-confirmation",
            );
            app.commit_once(changes, &id).await?;
            Confirmation::Refused(reason)
        }
        Err(failure) => return Err(failure),
    };
    Ok((app.context(&id).await?, confirmation))
}

/// Puts a meeting away. Again is no error.
///
/// # Errors
/// [`Failure::NotFound`] when there is none.
pub async fn archive(
    app: &App,
    id: &MeetingId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MeetingContext, Failure> {
    set_archived(app, id, true, actor, now).await
}

/// Takes a meeting back that was put away, with its reminders planned anew. Again is no
/// error.
///
/// # Errors
/// [`Failure::NotFound`] when there is none.
pub async fn unarchive(
    app: &App,
    id: &MeetingId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MeetingContext, Failure> {
    set_archived(app, id, false, actor, now).await
}

async fn set_archived(
    app: &App,
    id: &MeetingId,
    archived: bool,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MeetingContext, Failure> {
    app.transact(|| async {
        let mut context = app.context(id).await?;
        if context.meeting.archived == archived {
            return Ok(context);
        }
        context.meeting.archived = archived;
        let entry = archive_entry(&context, now);
        let changes = Changes::by(actor).meeting(&context.meeting).entry(
            context.meeting.timeline_key(),
            &entry,
            &app.rng.random_id(),
        );
        app.commit(changes).await?;
        note_written(&mut context.meeting);
        schedules::follow(app, &mut context.meeting, actor, now).await;
        Ok(context)
    })
    .await
}

/// The timeline's entry on a meeting that was just put away or taken back.
fn archive_entry(context: &MeetingContext, now: DateTime<Utc>) -> TimelineEntry {
    if context.meeting.archived {
        return TimelineEntry::of_meeting(now, TimelineKind::Archived, "Archived");
    }
    let text = if reminders_come_back(&context.meeting, context.template.as_ref(), now) {
        "Taken back from the archive; its reminders are planned anew"
    } else {
        "Taken back from the archive"
    };
    TimelineEntry::of_meeting(now, TimelineKind::Unarchived, text)
}

/// Whether any reminder is to come of the meeting once it is not archived: of one that
/// is cancelled, over or was never announced there is none.
pub fn reminders_come_back(
    meeting: &Meeting,
    template: Option<&Template>,
    now: DateTime<Utc>,
) -> bool {
    let back = Meeting {
        archived: false,
        ..meeting.clone()
    };
    let armed = |planned: &remind::Planned<'_>| planned.state == remind::State::Armed;
    remind::plan(&back, template, now).iter().any(armed)
}

/// Whether a save of this would change nothing of the meeting as it is: then it is the
/// same form, sent twice.
///
/// # Errors
/// [`Failure::NotFound`], and [`Failure::Invalid`] as [`put_meeting`].
pub async fn says_the_same(
    app: &App,
    id: &MeetingId,
    draft: &MeetingDraft,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    let MeetingContext {
        meeting,
        template,
        settings,
    } = app.context(id).await?;
    let wanted = compose(
        id.clone(),
        draft,
        template.as_ref(),
        &settings,
        Some(&meeting),
        now,
    )?;
    Ok(wanted == meeting)
}
