//! Staff and their CRM keep meetings, templates and settings.

mod confirmation;

pub use confirmation::Confirmation;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, note_written};
use usher_domain::{
    Failure, FieldError, Precondition,
    actor::Actor,
    authoring::refuse_outgrown,
    edit::{changes, compose, in_one_text},
    id::{MeetingId, TemplateId},
    meeting::{Meeting, MeetingDraft},
    remind,
    settings::{Settings, SettingsDraft},
    template::{Applied, Template, TemplateDraft},
    timeline::{TimelineEntry, TimelineKind},
};

use crate::{
    App, MeetingContext, apply_template,
    resume::finish_holder,
    save_attendees, schedules,
    sending::{HTTP_INVOCATION, until},
    transact::Interrupted,
};
use confirmation::{accept_confirmation, confirm_by_itself};

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
            return Err(finish_save(app, meeting, until, now).await?);
        }
        precondition.check(existing.as_ref().map(|meeting| meeting.edits))?;
        let template = template_of(app, draft).await?;
        let settings = app.settings().await?;
        let meeting = compose(
            id.clone(),
            draft,
            template.as_ref(),
            &settings,
            existing.as_ref(),
            now,
        )?;
        let mut context = MeetingContext {
            meeting,
            template,
            settings,
        };
        let before = existing.as_ref();
        if before != Some(&context.meeting) {
            write(app, &mut context, before, actor, until, now).await?;
        }
        let (context, confirmation) = confirm_by_itself(app, context, actor, now).await?;
        Ok(Saved {
            context,
            created: existing.is_none(),
            confirmation,
        })
    })
    .await
}

/// Has the save of a meeting come to its end that is half done. Returns why another one must
/// wait: for the meeting as it is then, or for whoever is at it.
async fn finish_save(
    app: &App,
    meeting: &Meeting,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Interrupted, Failure> {
    Ok(match finish_holder(app, meeting, until, now).await? {
        true => Interrupted::Conflict,
        false => Failure::InProgress.into(),
    })
}

/// The template that a draft names; none where there is none such.
async fn template_of(app: &App, draft: &MeetingDraft) -> Result<Option<Template>, Failure> {
    match draft.template_id.as_deref().map(TemplateId::parse) {
        Some(Ok(id)) => Ok(app.store.template(&id).await?),
        Some(Err(_)) | None => Ok(None),
    }
}

/// Writes a meeting that is no longer as it was `before`, with its history; and of a new one,
/// along with it, that its confirmation goes out, where it does by itself.
async fn write(
    app: &App,
    context: &mut MeetingContext,
    before: Option<&Meeting>,
    actor: &Actor,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Interrupted> {
    let template = context.template.as_ref();
    let meeting = &mut context.meeting;
    let mut changes = Changes::by(actor);
    if let Some(entry) = history(before, meeting, template, now) {
        changes = changes.entry(meeting.timeline_key(), &entry, &app.rng.random_id());
    }
    if before.is_none() {
        changes = accept_confirmation(app, changes, meeting, template, now);
    }
    save_attendees::save(app, meeting, changes, actor, until, now).await?;
    schedules::follow(app, meeting, actor, now).await;
    Ok(())
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
