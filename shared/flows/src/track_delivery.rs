//! What became of a message, as its provider reports it (G6).
//!
//! A report finds its row, and the row takes it. Where that changes what a customer certainly
//! knows, the meeting moves with it: a doubt is settled, and what came back for good has told
//! nobody anything. An address that sent a message back for good, or whose owner called one
//! spam, gets no more of them until staff lift it.
//!
//! What most reports say, that a message arrived, costs one read and one write unit.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, LogQuery, LookedThrough, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    channel::Channel,
    failover::failover_channel,
    feedback::{DeliveryReport, Heard, doubt_that_was_taken, hear_report, suppression},
    id::NotificationId,
    meeting::Meeting,
    notification::Notification,
    suppression::AddressSuppression,
};

use crate::{App, MeetingContext, schedules, transact::Interrupted};

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tracked {
    /// Its row says so by now, and the meeting with it.
    Noted,
    /// The same, and this message is [due](crate::failover) by the other channel.
    Failed(NotificationId),
    /// It is known, or of an attempt that another one took the place of.
    Known,
    /// It is of no message that is in this table: of another deployment's, or of one that
    /// was erased.
    NotOurs,
}

/// Which message a report is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The one of this notification.
    Notification(NotificationId),
    /// The one to this address, in the form it is stored in, that the provider calls as the
    /// report says.
    MessageTo(String),
}

/// How many messages of a meeting are read at once.
const AT_ONCE: usize = 100;

/// Takes in a report on a message. As long as others write to its meeting, another attempt is
/// made until `until`: a whole crowd's messages may come back at once.
///
/// # Errors
/// [`Failure::Unreadable`] where its row cannot be read; [`Failure::Unavailable`] where it
/// could not be written down, or its row does not have its name yet: the same report again is
/// taken then.
pub async fn track(
    app: &App,
    about: &About,
    reported: &DeliveryReport,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Tracked, Failure> {
    let named = match about {
        About::Notification(id) => Some(Named {
            id: id.clone(),
            attempt: reported.attempt,
        }),
        About::MessageTo(to) => named_by_provider(app, to, reported, now).await?,
    };
    let Some(Named { id, attempt }) = named else {
        return Ok(Tracked::NotOurs);
    };
    let reported = &DeliveryReport {
        attempt,
        ..reported.clone()
    };
    app.transact_until(until, || async {
        let Some(stored) = app.store.notification(&id).await? else {
            return Ok(Tracked::NotOurs);
        };
        let mut row = stored.as_of(now);
        let heard = hear_report(&mut row, reported, now);
        let kept = news_of_address(app, &id, reported).await?;
        if heard.is_none() && kept.is_none() {
            return Ok(Tracked::Known);
        }
        let due = note(app, &mut row, heard.as_ref(), kept, now).await?;
        Ok(match due {
            true => Tracked::Failed(id.clone()),
            false => Tracked::Noted,
        })
    })
    .await
}

/// A notification that a report is on.
struct Named {
    id: NotificationId,
    /// The attempt, where it is known by something else than the message's name.
    attempt: Option<u32>,
}

/// The notification that went to an address as the message that its provider calls so, among
/// the last to that address. Where none has that name, and every SMS is ours, it is the one that
/// nobody knows of whether it went out: two reads more, of the settings and of whether it was a
/// test message.
///
/// # Errors
/// [`Failure::Unavailable`] while one is on its way there, whose name nobody has noted yet.
async fn named_by_provider(
    app: &App,
    to: &str,
    reported: &DeliveryReport,
    now: DateTime<Utc>,
) -> Result<Option<Named>, Failure> {
    let by_name = |id| Some(Named { id, attempt: None });
    let name = &reported.provider_message_id;
    let looked = app.store.message_called(name, reported.channel, to);
    let LookedThrough {
        found,
        others,
        unreadable,
    } = looked.await?;
    if let Some(row) = found {
        return Ok(by_name(row.id));
    }
    let rows: Vec<_> = others.into_iter().map(|row| row.as_of(now)).collect();
    if rows.iter().any(Notification::is_on_its_way) {
        return Err(Failure::Unavailable);
    }
    // One that cannot be read may be the one.
    let found = doubt_that_was_taken(&rows, reported).filter(|_| unreadable == 0);
    let Some((row, attempt)) = found else {
        return Ok(None);
    };
    let sole_sender = app.settings().await?.sms.sole_sender;
    if !sole_sender || app.store.is_test_message(name, now).await? {
        return Ok(None);
    }
    Ok(Some(Named {
        id: row.id.clone(),
        attempt: Some(attempt),
    }))
}

/// That nothing more is to be sent to an address, over what is known of it; none where the
/// report is no news of it.
struct AddressNews {
    suppression: AddressSuppression,
    known: Option<AddressSuppression>,
}

async fn news_of_address(
    app: &App,
    id: &NotificationId,
    reported: &DeliveryReport,
) -> Result<Option<AddressNews>, Failure> {
    let Some(suppression) = suppression(id, reported) else {
        return Ok(None);
    };
    let known = app.store.suppression(&suppression.address).await?;
    let is_news = suppression.is_news_to(known.as_ref());
    Ok(is_news.then_some(AddressNews { suppression, known }))
}

/// Writes down what a report has changed, all of it or nothing. Returns whether the row is due
/// by the other channel since.
async fn note(
    app: &App,
    row: &mut Notification,
    heard: Option<&Heard>,
    kept: Option<AddressNews>,
    now: DateTime<Utc>,
) -> Result<bool, Interrupted> {
    let mut changes = Changes::by(&Actor::System);
    if let Some(AddressNews { suppression, known }) = kept {
        changes = changes.suppression(&suppression, known.as_ref());
    }
    let mut moved = None;
    if let Some(heard) = heard {
        moved = follow_up(app, row, heard, now).await?;
        changes = with_row(app, changes, row, heard, moved.as_ref());
    }
    app.commit_repeatable(changes).await?;
    if let Some(meeting) = &mut moved {
        note_written(meeting);
        schedules::follow(app, meeting, &Actor::System, now).await;
    }
    Ok(row.failover.is_some())
}

/// Has a row be due by the other channel, and its meeting move, where a report on it leads to
/// that. Returns the meeting where it moved.
async fn follow_up(
    app: &App,
    row: &mut Notification,
    heard: &Heard,
    now: DateTime<Utc>,
) -> Result<Option<Meeting>, Failure> {
    let Some(mut context) = concerned(app, row, heard).await? else {
        return Ok(None);
    };
    if heard.came_to_nothing {
        row.failover = failover(&context, row);
    }
    if !heard.moves_meeting {
        return Ok(None);
    }
    move_meeting(app, &mut context, row, heard, now).await?;
    Ok(Some(context.meeting))
}

/// The meeting of a row, where a report on it moves the meeting or may have the other channel
/// take over.
async fn concerned(
    app: &App,
    row: &Notification,
    heard: &Heard,
) -> Result<Option<MeetingContext>, Failure> {
    let may_fail_over = heard.came_to_nothing && row.kind.notification().is_some();
    if !heard.moves_meeting && !may_fail_over {
        return Ok(None);
    }
    match app.context_if_there(row.meeting_id()).await {
        // What came to nothing is noted, whatever of its meeting cannot be read.
        Err(Failure::Unreadable) if !heard.moves_meeting => Ok(None),
        context => context,
    }
}

/// The channel that a row is due on now that it came to nothing.
fn failover(context: &MeetingContext, row: &Notification) -> Option<Channel> {
    let attendee = context.meeting.anybody(&row.recipient.id)?;
    failover_channel(&context.config_of(row)?, row, attendee)
}

/// Has the meeting move as a report has it.
async fn move_meeting(
    app: &App,
    context: &mut MeetingContext,
    row: &Notification,
    heard: &Heard,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    if heard.withdraws {
        let rows = rows_of(app, &context.meeting, now).await?;
        context.meeting.withdraw(row, rows);
    } else {
        context.record_settled(row, now);
    }
    Ok(())
}

/// All messages of a meeting, as they are by now; none, and no read, where they are those of one
/// send: then nobody got another one.
async fn rows_of(
    app: &App,
    meeting: &Meeting,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Failure> {
    if meeting.has_one_statement() {
        return Ok(Vec::new());
    }
    let of_meeting = LogQuery {
        meeting: Some(meeting.id.clone()),
        ..LogQuery::default()
    };
    let (mut rows, mut next) = (Vec::new(), None);
    loop {
        let page = app.store.log(&of_meeting, next.as_ref(), AT_ONCE).await?;
        rows.extend(page.rows.into_iter().map(|row| row.as_of(now)));
        next = page.next;
        if next.is_none() {
            return Ok(rows);
        }
    }
}

/// The row with what it makes of the timeline, and the meeting where that moves.
fn with_row(
    app: &App,
    changes: Changes,
    row: &Notification,
    heard: &Heard,
    meeting: Option<&Meeting>,
) -> Changes {
    let mut changes = changes
        .notification(row)
        .told_so_far(row, heard.told_so_far.as_ref());
    if let Some(entry) = &heard.entry {
        let place = meeting.map_or_else(|| row.timeline_key_behind(), Meeting::timeline_key);
        changes = changes.entry(place, entry, &app.rng.random_id());
    }
    match meeting {
        Some(meeting) => changes.meeting(meeting),
        None => changes,
    }
}
