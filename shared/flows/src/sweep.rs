//! The sweep: what schedules and functions that were cut off have left behind.
//!
//! It looks only at what asks for it: meetings whose schedules are not what their plan wants,
//! or whose reminders are overdue or were cut off; sends, saves and deliveries whose owner is
//! gone; messages that are due by the other channel or long in doubt; and a day whose figures
//! are half counted. One that fails does not stop the others.
//!
//! Once an hour it does what has no other occasion. It follows the account's opt-out list
//! before it looks at anything, for nobody on it is to be sent what it finds due; after that,
//! in what time is left, it takes over the account's suppression list and counts what the log
//! comes to.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use futures::{StreamExt as _, stream};
use tokio::time::Instant;
use tracing::Instrument as _;
use usher_cloud::{Changes, SweepSubject};
use usher_domain::{
    Failure,
    actor::Actor,
    id::{MeetingId, NotificationId},
    notification::Notification,
};

use crate::{
    App,
    failover::fail_over,
    lapsed::write_down_lapsed_with_others,
    remind::{Call, catch_up, follow_up},
    resume::{finish_holder, resume},
    roll_up::roll_up,
    schedules::keep,
    sending::until,
    sync_opt_outs::{follow_account, hour_passed},
    sync_suppressions::follow_list,
    transact::{WrittenMeeting, unless_conflict},
    wake::INVOCATION,
};

/// How many are read at once.
const PAGE: usize = 50;
/// How many are worked on at once.
const AT_ONCE: usize = 4;

/// What a sweep came to, for the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many meetings and deliveries were looked at.
    pub looked_at: usize,
    /// How many of them want another look, because something did not get through.
    pub failed: usize,
    /// How many could not be read: another look alone does not help them.
    pub unreadable: usize,
}

impl Swept {
    /// What came of something that fails alone, with a line for the log.
    fn done<T>(&mut self, done: Result<T, Failure>, failed: &str) -> Option<T> {
        done.inspect_err(|failure| {
            self.failed += 1;
            tracing::error!(%failure, "{failed}");
        })
        .ok()
    }

    /// Looks at all of these, several at once.
    async fn look_at_all(
        &mut self,
        app: &App,
        subjects: impl Iterator<Item = SweepSubject>,
        until: Instant,
        now: DateTime<Utc>,
    ) {
        let looks = by_meeting(subjects).into_iter().map(|group| async move {
            let mut results = Vec::with_capacity(group.len());
            for subject in group {
                results.push(look(app, subject, until, now).await);
            }
            results
        });
        let results = stream::iter(looks).buffer_unordered(AT_ONCE);
        let results: Vec<_> = results.collect().await;
        for result in results.into_iter().flatten() {
            self.looked_at += 1;
            match result {
                Ok(()) => {}
                // The log has its key already.
                Err(Failure::Unreadable) => self.unreadable += 1,
                Err(_) => self.failed += 1,
            }
        }
    }
}

/// Looks at everything whose time has come, as far as there is time.
///
/// # Errors
/// [`Failure::Unavailable`] when it cannot be told what there is to look at.
pub async fn sweep(app: &App, now: DateTime<Utc>) -> Result<Swept, Failure> {
    let until = until(app, INVOCATION);
    let mut swept = Swept::default();
    let hour = hour_passed(app, now).await;
    let hour = swept.done(hour, "it is not known whether an hour has passed");
    let hour = hour.flatten();
    if let Some(hour) = &hour {
        let followed = follow_account(app, hour, now).await;
        swept.done(followed, "the account's opt-out list was not read");
    }
    let mut behind: Option<String> = None;
    while Instant::now() < until {
        let page = app.store.sweep_items(now, behind.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        behind = Some(last.position.clone());
        let subjects = page.into_iter().map(|wake| wake.subject);
        swept.look_at_all(app, subjects, until, now).await;
    }
    if let Some(hour) = hour {
        let followed = follow_list(app, &hour, until, now).await;
        let failed = "the account's suppression list was not taken over";
        swept.done(followed, failed);
        let rolled_up = roll_up(app, None, &hour.settings, until, now).await;
        swept.done(rolled_up, "the figures were not rolled up");
    }
    Ok(swept)
}

/// The subjects, those of one meeting together: they are looked at one after the other, for what
/// is sent of a meeting holds it.
fn by_meeting(subjects: impl Iterator<Item = SweepSubject>) -> Vec<Vec<SweepSubject>> {
    let (mut groups, mut alone) = (BTreeMap::<MeetingId, Vec<_>>::new(), Vec::new());
    for subject in subjects {
        match &subject {
            SweepSubject::Meeting(id) => groups.entry(id.clone()).or_default().push(subject),
            SweepSubject::Notification(id) => {
                let meeting = id.meeting().clone();
                groups.entry(meeting).or_default().push(subject);
            }
            SweepSubject::Key(_) | SweepSubject::Figures(_) | SweepSubject::Unreadable => {
                alone.push(vec![subject]);
            }
        }
    }
    alone.into_iter().chain(groups.into_values()).collect()
}

/// Looks at one item, in a span that says which; a failure is one line there.
async fn look(
    app: &App,
    subject: SweepSubject,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let span = match &subject {
        SweepSubject::Meeting(id) => tracing::error_span!("sweep_item", meeting = %id),
        SweepSubject::Notification(id) => tracing::error_span!("sweep_item", notification = %id),
        SweepSubject::Figures(date) => tracing::error_span!("sweep_item", figures = %date),
        SweepSubject::Key(_) | SweepSubject::Unreadable => tracing::error_span!("sweep_item"),
    };
    let looked = async {
        let looked = match subject {
            SweepSubject::Meeting(id) => Box::pin(look_at_meeting(app, &id, until, now)).await,
            SweepSubject::Notification(id) => {
                Box::pin(look_at_notification(app, &id, until, now)).await
            }
            SweepSubject::Key(hash) => Box::pin(look_at_key(app, &hash, until, now)).await,
            SweepSubject::Figures(date) => Box::pin(go_on(app, date, until, now)).await,
            SweepSubject::Unreadable => Err(Failure::Unreadable),
        };
        // What cannot be read has its line already.
        if let Err(failure) = &looked
            && !matches!(failure, Failure::Unreadable)
        {
            tracing::error!(%failure, "the sweep could not put something right");
        }
        looked
    };
    looked.instrument(span).await
}

/// Has a meeting's schedules follow its plan, and sends what they have missed.
async fn look_at_meeting(
    app: &App,
    id: &MeetingId,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let Some(mut meeting) = app.store.meeting(id).await? else {
        return Ok(());
    };
    match finish_holder(app, &meeting, until, now).await {
        Ok(true) => meeting = app.meeting(id).await?,
        // Somebody has come for it meanwhile.
        Ok(false) | Err(Failure::InProgress) => {}
        Err(failure) => return Err(failure),
    }
    let kept = keep(app, &mut meeting, &Actor::System, now).await;
    let call = Call {
        fired: false,
        until,
        now,
    };
    catch_up(app, &meeting, call).await?;
    // What was settled just now needs its schedule no more.
    if let Some(mut meeting) = app.store.meeting(id).await? {
        keep(app, &mut meeting, &Actor::System, now).await?;
    }
    kept
}

/// Finishes a send whose owner is gone.
async fn look_at_key(
    app: &App,
    hash: &str,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    match resume(app, hash, until, now).await {
        Ok(Some(resumed)) if resumed.outcome.remaining == 0 => {
            follow_up(
                app,
                &resumed.meeting,
                WrittenMeeting::nothing(),
                &Actor::System,
                until,
                now,
            )
            .await;
            Ok(())
        }
        // It goes on by its own schedule, or somebody has come for it meanwhile.
        Ok(_) | Err(Failure::InProgress) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Goes on with a day that was more than one sweep could count.
async fn go_on(
    app: &App,
    day: NaiveDate,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let settings = app.settings().await?;
    roll_up(app, Some(day), &settings, until, now).await
}

/// Writes down that nobody knows what became of a delivery whose sender is gone; sends by the
/// other channel what is due on it; and says in the log of a doubt that it is old.
async fn look_at_notification(
    app: &App,
    id: &NotificationId,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let Some(stored) = app.store.notification(id).await? else {
        return Ok(());
    };
    if stored.failover.is_some() {
        // Half of the time is for what else has to be repaired.
        if Instant::now() > until - INVOCATION / 2 {
            return Ok(());
        }
        return waits(fail_over(app, id, until, now).await);
    }
    let is_watched = stored.watched_from().is_some_and(|from| from <= now);
    if is_watched && !stored.wakes_for_others {
        return watch(app, &stored, now).await;
    }
    // Whoever was quicker knew more.
    unless_conflict(write_down_lapsed_with_others(app, stored, now).await)?;
    Ok(())
}

/// Says in the log that nobody knows of a message whether it went out, and has for a while:
/// the alarm counts these lines. Once its time is over, it is looked at no more.
async fn watch(app: &App, row: &Notification, now: DateTime<Utc>) -> Result<(), Failure> {
    if row.needs_attention_until().is_some_and(|until| now < until) {
        tracing::error!(
            outcome = "in_doubt",
            "a delivery has been in doubt for long"
        );
        return Ok(());
    }
    let changes = Changes::by(&Actor::System).unwatched_notification(row);
    unless_conflict(app.commit_repeatable(changes).await)?;
    Ok(())
}

/// What has to wait is looked at again.
fn waits(done: Result<(), Failure>) -> Result<(), Failure> {
    match done {
        Err(Failure::InProgress) => Ok(()),
        done => done,
    }
}
