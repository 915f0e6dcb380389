//! Staff look at meetings, their history, and templates. Changes nothing.

use chrono::{DateTime, TimeDelta, Utc};
use usher_cloud::{AccountList, Readable};
use usher_domain::{
    Failure,
    id::{MeetingId, TemplateId},
    meeting::Meeting,
    remind::{self, ReminderOverview},
    settings::Settings,
    sms::Inbound,
    template::Template,
    timeline::TimelineEntry,
};

use crate::{App, Cursor, Page, PageRoom};

/// The settings, and what came of the last asking for the AWS account's opt-out list.
///
/// # Errors
/// [`Failure::Unavailable`] when they cannot be read.
pub async fn settings_and_account_list(
    app: &App,
) -> Result<(Settings, Option<AccountList>), Failure> {
    let list = async { Ok(app.store.account_list().await?) };
    futures::try_join!(app.settings(), list)
}

/// All templates, by sequence, then by name.
///
/// # Errors
/// [`Failure::Unavailable`] when they cannot be read.
pub async fn templates(app: &App) -> Result<Readable<Template>, Failure> {
    let mut templates = app.store.templates().await?;
    templates
        .rows
        .sort_by_key(|template| (template.body().sequence, template.body().name.to_string()));
    Ok(templates)
}

/// Templates by sequence, then by name, `limit` at most, and no more than one answer
/// can hold.
///
/// # Errors
/// [`Failure::BadRequest`] when the cursor belongs to another list, or its template is
/// gone.
pub async fn template_page(
    app: &App,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Template>, Failure> {
    const LIST: &str = "templates";
    let after = cursor.map(|cursor| cursor.position_in(LIST)).transpose()?;
    let found = templates(app).await?;
    let unreadable = found.unreadable;
    let mut rows = found.rows;
    if let Some(after) = after {
        let last = rows.iter().position(|row| row.id.as_str() == after);
        let last = last.ok_or_else(|| Failure::BadRequest {
            detail: "The cursor's place is gone. Leave it out to start at the beginning."
                .to_owned(),
        })?;
        rows.drain(..=last);
    }
    let mut room = PageRoom::default();
    let fitting = rows.iter().take_while(|row| room.takes_record(row.body()));
    let kept = fitting.count().clamp(1, limit);
    let more = rows.len() > kept;
    rows.truncate(kept);
    let next = rows.last().filter(|_| more);
    let next = next.map(|last| Cursor::new(LIST, last.id.as_str()));
    Ok(Page {
        rows,
        next,
        unreadable,
    })
}

/// A template.
///
/// # Errors
/// [`Failure::NotFound`] when there is none of this id.
pub async fn template(app: &App, id: &TemplateId) -> Result<Template, Failure> {
    let template = app.store.template(id).await?;
    template.ok_or(Failure::NotFound { what: "template" })
}

/// The longest range of starts that one list of meetings covers.
const LONGEST_RANGE: TimeDelta = TimeDelta::days(366);

/// The range of starts that a list of meetings covers: from now on where it does not say, and
/// for as long as is `usual`.
///
/// # Errors
/// [`Failure::BadRequest`] when it ends before it begins, or is too long.
pub fn starts_within(
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    usual: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), Failure> {
    let from = from.unwrap_or(now);
    let to = to.unwrap_or(from + usual);
    if to <= from || to - from > LONGEST_RANGE {
        let detail = "to must lie after from, by a year at most.".to_owned();
        return Err(Failure::BadRequest { detail });
    }
    Ok((from, to))
}

/// A meeting with its template, when it has one.
#[derive(Debug, Clone)]
pub struct TemplatedMeeting {
    /// The meeting.
    pub meeting: Meeting,
    /// Its template.
    pub template: Option<Template>,
}

/// The template of a meeting, among those that there are.
pub(crate) fn template_of<'a>(meeting: &Meeting, all: &'a [Template]) -> Option<&'a Template> {
    let id = meeting.template_id.as_ref()?;
    all.iter().find(|template| &template.id == id)
}

/// Meetings that start in `from..to`, earliest first, `limit` at most.
///
/// # Errors
/// [`Failure::BadRequest`] when the cursor belongs to another list.
pub async fn meetings(
    app: &App,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Page<TemplatedMeeting>, Failure> {
    let page = app.store.meetings(from, to, cursor, limit).await?;
    // All of them in one query: fewer than a page has meetings, as a rule.
    let templates = app.store.templates().await?.rows;
    let with_template = |meeting: Meeting| TemplatedMeeting {
        template: template_of(&meeting, &templates).cloned(),
        meeting,
    };
    Ok(Page {
        rows: page.rows.into_iter().map(with_template).collect(),
        unreadable: page.unreadable,
        next: page.next,
    })
}

/// A meeting's history, newest first, `limit` entries at most.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting, [`Failure::BadRequest`]
/// when the cursor belongs to another list.
pub async fn timeline(
    app: &App,
    id: &MeetingId,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Page<TimelineEntry>, Failure> {
    let page = app.store.timeline(id, cursor, limit).await?;
    if page.rows.is_empty() && page.unreadable == 0 && app.store.meeting(id).await?.is_none() {
        return Err(Failure::NotFound { what: "meeting" });
    }
    Ok(page)
}

/// The texts that belong to no meeting, newest first, `limit` at most.
///
/// # Errors
/// [`Failure::BadRequest`] when the cursor belongs to another list.
pub async fn unmatched_texts(
    app: &App,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Inbound>, Failure> {
    Ok(app.store.unmatched(cursor, limit).await?)
}

/// A meeting's reminders as they are planned, in the order of their triggers.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting.
pub async fn reminders(
    app: &App,
    id: &MeetingId,
    now: DateTime<Utc>,
) -> Result<Vec<ReminderOverview>, Failure> {
    let (context, suppressions) = app.context_and_suppressions(id, now).await?;
    let template = context.template.as_ref();
    let deliverability = context.deliverability(&suppressions);
    Ok(remind::overview(
        &context.meeting,
        template,
        deliverability,
        now,
    ))
}
