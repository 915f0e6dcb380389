//! Staff look at the console's pages: each one what a page shows, in three queries at
//! most, and two more while a crowd is being told. Changes nothing.

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use usher_cloud::{AttentionItem, if_readable};
use usher_domain::{
    Failure,
    channel::Channel,
    contact::Suppressions,
    id::{MeetingId, NotificationId, TemplateId},
    lease::Lease,
    meeting::{Attendee, Meeting},
    notification::{Content, Notification},
    remind::{self, ReminderOverview},
    send::{
        Action, NextStep, Outlook, SendPlan, actions, decide_retry, next_step, outlooks,
        plan_with_messages,
    },
    settings::Settings,
    template::Template,
    timeline::TimelineEntry,
};

use crate::{
    App, Cursor, MeetingContext, Page, context::Contacts, keys, queries,
    send_contexts::SendContexts,
};

/// How many entries of a timeline a meeting's page shows.
const RECENT: usize = 30;
/// How many attendees a meeting's page shows.
const ATTENDEES: usize = 50;
/// How many things that need attention a page shows.
const CONCERNS: usize = 25;
/// How many meetings are read in search of a customer, or to count those of a week,
/// before the page says how far it has come.
const READ: usize = 500;
/// How many meetings are searched for an attendee at once.
const CROWDS_AT_ONCE: usize = 8;

/// What the calendar shows.
#[derive(Debug)]
pub struct Calendar {
    /// The meetings, earliest first.
    pub meetings: Vec<Meeting>,
    /// Where the list goes on; what lies before has been looked at.
    pub next: Option<Cursor>,
    /// What needs attention, the most urgent first.
    pub concerns: Vec<AttentionItem>,
    /// Whether more needs attention than these.
    pub more_concerns: bool,
    /// How much of all that could not be read; the log has the keys.
    pub unreadable: usize,
}

/// Which meetings the calendar shows.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// Up to so many, as a list that goes on.
    Few(usize),
    /// All of them, up to what one page reads.
    All,
    /// Those of customers whose name, address or number contains this, up to so many.
    Found(&'a str, usize),
}

/// The meetings that start in `from..to`, or part of them, and what needs attention.
///
/// # Errors
/// [`Failure::BadRequest`] when the cursor belongs to another list.
pub async fn calendar(
    app: &App,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    part: Part<'_>,
    cursor: Option<&Cursor>,
    now: DateTime<Utc>,
) -> Result<Calendar, Failure> {
    let read = match part {
        Part::Few(limit) => limit,
        Part::All | Part::Found(..) => READ,
    };
    let meetings = app.store.meetings(from, to, cursor, read);
    // One more than is shown, to see whether there are more.
    let concerns = app.store.attention(now, CONCERNS + 1);
    let (page, concerns) = futures::try_join!(meetings, concerns)?;
    let unreadable = page.unreadable + concerns.unreadable;
    let mut concerns = concerns.rows;
    let more_concerns = concerns.len() > CONCERNS;
    concerns.truncate(CONCERNS);
    let Page {
        mut rows, mut next, ..
    } = page;
    if let Part::Found(search, limit) = part {
        rows = found(app, rows, search).await?;
        if rows.len() > limit {
            rows.truncate(limit);
            let last = rows.last();
            next = last.map(|last| app.store.behind(from, to, last));
        }
    }
    Ok(Calendar {
        meetings: rows,
        next,
        concerns,
        more_concerns,
        unreadable,
    })
}

/// Those of the meetings that have an attendee who is meant. Lists know the lead attendee;
/// the crowds behind them are read.
async fn found(app: &App, rows: Vec<Meeting>, search: &str) -> Result<Vec<Meeting>, Failure> {
    let among = &|meeting: &Meeting| meeting.attendees.iter().any(|each| is_meant(each, search));
    let looks = rows.into_iter().map(|meeting| async move {
        let known = among(&meeting);
        let whole = match &meeting.others {
            Some(_) if !known => if_readable(app.store.meeting(&meeting.id).await)?,
            _ => None,
        };
        let found = known || whole.as_ref().is_some_and(among);
        Ok::<_, Failure>(found.then_some(meeting))
    });
    let looks = stream::iter(looks).buffered(CROWDS_AT_ONCE);
    let looked: Vec<_> = looks.try_collect().await?;
    Ok(looked.into_iter().flatten().collect())
}

/// Whether `search` is a part of the attendee's name, address or number, however it is
/// capitalized and however the number is grouped.
fn is_meant(attendee: &Attendee, search: &str) -> bool {
    let search = search.to_lowercase();
    let digits: String = search.chars().filter(char::is_ascii_digit).collect();
    let says = |text: &str| text.to_lowercase().contains(&search);
    let called = |number: &str| digits.len() >= 3 && number.contains(&digits);
    says(attendee.name.as_ref())
        || attendee
            .email
            .as_ref()
            .is_some_and(|email| says(&email.to_string()))
        || attendee
            .phone
            .as_ref()
            .is_some_and(|phone| called(phone.as_str()))
}

/// What a meeting's page shows.
#[derive(Debug)]
pub struct MeetingPage {
    /// The meeting with its template and the settings.
    pub context: MeetingContext,
    /// What staff can send, and why not.
    pub actions: Vec<Action>,
    /// The next right step.
    pub next_step: Option<NextStep>,
    /// For each attendee that is shown, in their order, what those actions would do.
    pub outlooks: Vec<Vec<Outlook>>,
    /// What stands in the way of messages to the attendees.
    pub suppressions: Suppressions,
    /// The reminders as they are planned.
    pub reminders: Vec<ReminderOverview>,
    /// How many attendees a send that goes on by itself has not written to yet.
    pub remaining: usize,
    /// The history, newest first.
    pub timeline: Page<TimelineEntry>,
}

/// A meeting's page.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting.
pub async fn meeting(
    app: &App,
    id: &MeetingId,
    before: Option<&Cursor>,
    now: DateTime<Utc>,
) -> Result<MeetingPage, Failure> {
    let timeline = async { Ok::<_, Failure>(app.store.timeline(id, before, RECENT).await?) };
    let (loaded, timeline) = futures::try_join!(app.context_and_suppressions(id, now), timeline)?;
    let (context, suppressions) = loaded;
    let MeetingContext {
        meeting, template, ..
    } = &context;
    let template = template.as_ref();
    let deliverability = context.deliverability(&suppressions);
    let mut actions = actions(meeting, template, deliverability, now)?;
    let shown = meeting.attendees.len().min(ATTENDEES);
    for plan in actions
        .iter_mut()
        .filter_map(|each| each.plan.as_mut().ok())
    {
        with_messages(app, &context, plan, shown, now);
    }
    let shown = meeting.attendees.iter().take(shown);
    let outlooks = shown.map(|each| outlooks(&actions, &each.id)).collect();
    let reminders = remind::overview(meeting, template, deliverability, now);
    Ok(MeetingPage {
        remaining: keys::remaining(app, meeting, now).await?,
        next_step: next_step(meeting, &actions),
        actions,
        outlooks,
        reminders,
        timeline,
        suppressions,
        context,
    })
}

/// Plans the channels of the first so many recipients as a send would: with the messages
/// themselves, one of which may be too long to be sent (C5, G8).
fn with_messages(
    app: &App,
    context: &MeetingContext,
    plan: &mut SendPlan,
    shown: usize,
    now: DateTime<Utc>,
) {
    let contexts = SendContexts::of(context, plan, &Lease::new(String::new(), now), now);
    for recipient in plan.recipients.iter_mut().take(shown) {
        if let Some(send_context) = contexts.of_recipient(recipient) {
            let message = send_context.render_preview(app, &recipient.attendee);
            let trouble = |channel| message.trouble(channel);
            recipient.channels = plan_with_messages(&recipient.channels, trouble);
        }
    }
}

/// What a notification's page shows.
#[derive(Debug)]
pub struct NotificationPage {
    /// The row.
    pub row: Notification,
    /// What it says.
    pub content: Option<Content>,
    /// The settings.
    pub settings: Settings,
    /// What a retry would send again; or why it cannot be retried.
    pub retry: Result<Vec<Channel>, String>,
}

/// A notification's page.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such notification.
pub async fn notification(
    app: &App,
    id: &NotificationId,
    now: DateTime<Utc>,
) -> Result<NotificationPage, Failure> {
    let found = app.store.notification_in_context(id).await?;
    let row = found.notification.ok_or(Failure::NotFound {
        what: "notification",
    })?;
    let row = row.as_of(now);
    let settings = app.or_deployed(found.settings);
    let Some(meeting) = found.meeting else {
        let why = "Its meeting is gone or cannot be read: nothing of it can be sent again.";
        return Ok(NotificationPage {
            row,
            content: found.content,
            settings,
            retry: Err(why.to_owned()),
        });
    };
    let contacts = Contacts::of(meeting.anybody(&row.recipient.id));
    let (context, suppressions) = app
        .with_suppressions(meeting, settings, &contacts, now)
        .await?;
    let (template, deliverability) = (
        context.template.as_ref(),
        context.deliverability(&suppressions),
    );
    let retry = match decide_retry(&context.meeting, template, deliverability, &row, now) {
        Ok(channels) => Ok(channels),
        Err(Failure::Refused { reason, .. }) => Err(reason),
        Err(failure) => return Err(failure),
    };
    Ok(NotificationPage {
        content: found.content,
        settings: context.settings,
        retry,
        row,
    })
}

/// What the form of a meeting shows.
#[derive(Debug)]
pub struct MeetingForm {
    /// The meeting, when there is one already.
    pub meeting: Option<Meeting>,
    /// The templates there are, by sequence.
    pub templates: Vec<Template>,
    /// The settings.
    pub settings: Settings,
}

/// The form of a meeting: of the one named, or of a new one.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such meeting.
pub async fn meeting_form(app: &App, id: Option<&MeetingId>) -> Result<MeetingForm, Failure> {
    let known = async {
        Ok(match id {
            Some(id) => {
                let (meeting, settings) = app.meeting_and_settings(id).await?;
                (Some(meeting), settings)
            }
            None => (None, app.settings().await?),
        })
    };
    let ((meeting, settings), templates) = futures::try_join!(known, queries::templates(app))?;
    Ok(MeetingForm {
        meeting,
        templates: templates.rows,
        settings,
    })
}

/// What the template editor shows.
#[derive(Debug)]
pub struct TemplateForm {
    /// The template, when there is one already.
    pub template: Option<Template>,
    /// The settings.
    pub settings: Settings,
    /// Meetings to try it on, earliest first.
    pub coming: Vec<Meeting>,
}

/// The template editor: of the one named, or of a new one; with some of the meetings
/// that start in `from..to`.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such template.
pub async fn template_form(
    app: &App,
    id: Option<&TemplateId>,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    offered: usize,
) -> Result<TemplateForm, Failure> {
    let template = async {
        match id {
            Some(id) => queries::template(app, id).await.map(Some),
            None => Ok(None),
        }
    };
    let coming = async { Ok(app.store.meetings(from, to, None, offered).await?) };
    let (template, settings, coming) = futures::try_join!(template, app.settings(), coming)?;
    Ok(TemplateForm {
        template,
        settings,
        coming: coming.rows,
    })
}
