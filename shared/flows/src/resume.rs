//! A send whose owner was cut off is finished by whoever comes next: the same key, another
//! send of the meeting, or the sweep (N15). One that outlasted its invocation goes on in the
//! same way, by its own schedule; and so is a save of more attendees finished than are
//! written at once.
//!
//! What was claimed and not recorded is in doubt. Whoever was not claimed is decided about
//! anew, as things stand now: they are written to, or are on record with the reason why
//! not. The meeting then moves as all of that says, and the key is done. Whatever cuts
//! this off in turn is finished in the same way.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{KeyRecord, KeyedWork, SavedMeeting};
use usher_domain::{
    Failure,
    actor::Actor,
    contact::Suppressions,
    id::{MeetingId, NotificationId},
    lease::Lease,
    meeting::{Attendee, Meeting, Statement},
    notification::Notification,
    send::{Whom, decide_send},
    template::NotificationConfig,
};

use crate::{
    App, MeetingContext,
    continuation::{SendOutcome, Underway, actor_of},
    crowd::{Crowd, RowIds},
    lapsed::write_down_lapsed,
    prepare::SendContext,
    save_attendees,
    sending::{self, ClaimKey, EarlierRows, OutboundMessage, PlannedSend},
    transact::Interrupted,
};

/// A send that was accepted under a key, and is finished as far as there was time.
pub(crate) struct Resumed {
    /// Its meeting.
    pub(crate) meeting: MeetingId,
    /// Who had it sent.
    pub(crate) actor: Actor,
    /// What came of it.
    pub(crate) outcome: SendOutcome,
    /// Whether any of it was done only now.
    pub(crate) only_now: bool,
}

/// Who comes for a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comer {
    /// Its own schedule, which it waits for.
    ItsSchedule,
    /// Anybody else, who must wait until its lease has lapsed.
    Anybody,
}

/// Finishes the send that was accepted under the key of this hash. `asked` is what was asked
/// for, where the key does not say. There is none to finish where neither says.
///
/// # Errors
/// [`Failure::InProgress`] while somebody works on it, or on another send of its meeting.
pub(crate) async fn resume(
    app: &App,
    hash: &str,
    asked: Option<&KeyedWork>,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Option<Resumed>, Failure> {
    resume_for(app, hash, asked, Comer::Anybody, until, now).await
}

/// Goes on with the send that waits under the key of this hash.
///
/// # Errors
/// As [`resume`].
pub(crate) async fn go_on(
    app: &App,
    hash: &str,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Option<Resumed>, Failure> {
    resume_for(app, hash, None, Comer::ItsSchedule, until, now).await
}

async fn resume_for(
    app: &App,
    hash: &str,
    asked: Option<&KeyedWork>,
    comer: Comer,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<Option<Resumed>, Failure> {
    app.transact(|| async {
        let Some(record) = app.store.key_of_hash(hash).await? else {
            return Ok(None);
        };
        if let Some(saves) = &record.saves {
            return finish_save(app, &record, saves, now).await;
        }
        let Some(work) = record.work.clone().or_else(|| asked.cloned()) else {
            return Ok(None);
        };
        let waited_for = comer == Comer::ItsSchedule && record.is_waiting();
        if !record.done && record.lease.until > now && !waited_for {
            return Err(Failure::InProgress.into());
        }
        let found = app.store.notifications(&record.notifications).await?;
        let resumed = |outcome, only_now| Resumed {
            meeting: work.meeting.clone(),
            actor: actor_of(&work).clone(),
            outcome,
            only_now,
        };
        if record.done {
            return Ok(Some(resumed(SendOutcome::whole(found.rows), false)));
        }
        let cut_off = CutOff {
            rows: write_down_lapsed(app, found.rows, now).await?,
            unreadable: found.unreadable,
            work: work.clone(),
            record,
        };
        let underway = cut_off.finish(app, until, now).await?;
        let outcome = underway.carry_on(app, until, now).await?;
        Ok(Some(resumed(outcome, true)))
    })
    .await
}

/// Finishes the save of a meeting's attendees, where nobody is at it.
async fn finish_save(
    app: &App,
    record: &KeyRecord,
    saves: &SavedMeeting,
    now: DateTime<Utc>,
) -> Result<Option<Resumed>, Interrupted> {
    if !record.done && record.lease.until > now {
        return Err(Failure::InProgress.into());
    }
    let actor = saves.actor.as_ref().unwrap_or(&Actor::System);
    if !record.done {
        save_attendees::finish(app, record, actor, now).await?;
    }
    Ok(Some(Resumed {
        meeting: saves.meeting.clone(),
        actor: actor.clone(),
        outcome: SendOutcome::whole(Vec::new()),
        only_now: !record.done,
    }))
}

/// Finishes the send that was cut off while it held this meeting. Returns whether there was
/// one: the meeting is another one then.
///
/// # Errors
/// As [`resume`].
pub(crate) async fn finish_holder(
    app: &App,
    meeting: &Meeting,
    until: Instant,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    let lapsed = meeting.sending.as_ref().filter(|hold| hold.until <= now);
    let Some(hash) = lapsed.and_then(|hold| KeyRecord::holder(hold).1) else {
        return Ok(false);
    };
    let resumed = Box::pin(resume(app, hash, None, until, now)).await?;
    Ok(resumed.is_some_and(|resumed| resumed.only_now))
}

/// A send that its owner has not finished.
pub(crate) struct CutOff {
    record: KeyRecord,
    work: KeyedWork,
    /// The rows that were claimed.
    rows: Vec<Notification>,
    /// Those that are there and cannot be read: they may have been sent.
    unreadable: Vec<NotificationId>,
}

/// What becomes of those who were not claimed.
enum Rest<'a> {
    /// They are written to.
    Sent(Crowd<'a>),
    /// They are on record with the reason why they are not; nobody, if there is nobody.
    Refused(Vec<OutboundMessage>),
}

impl CutOff {
    /// A send of our own, whose meeting has changed since: those rows were claimed.
    pub(crate) fn ours(record: KeyRecord, work: KeyedWork, rows: Vec<Notification>) -> Self {
        Self {
            record,
            work,
            rows,
            unreadable: Vec::new(),
        }
    }

    /// Decides anew about whoever is left, and writes to them while there is time.
    ///
    /// # Errors
    /// As [`sending::send`]; [`Failure::InProgress`] while another send has the meeting.
    pub(crate) async fn finish(
        &self,
        app: &App,
        until: Instant,
        now: DateTime<Utc>,
    ) -> Result<Underway, Interrupted> {
        let loaded = app
            .context_and_suppressions(&self.work.meeting, now)
            .await?;
        let (mut context, suppressions) = loaded;
        // Some of its attendees may not be there yet.
        let saving = context.meeting.saving_attendees;
        if saving && Box::pin(finish_holder(app, &context.meeting, until, now)).await? {
            return Err(Interrupted::Conflict);
        }
        let hold = context.meeting.sending.take();
        let last = hold.as_ref() == Some(&self.record.hold());
        // Our own hold stands for as long as we go on.
        if !last && hold.is_some_and(|hold| hold.until > now) {
            return Err(Failure::InProgress.into());
        }
        let lease = Lease::new(app.rng.random_id(), now);
        let rest = self.rest(&context, &suppressions, &lease, now)?;
        let there = self.there().chain(rest.ids()).cloned().collect();
        let record = self.record.taken_over(lease, there);
        let send = PlannedSend {
            statements: rest.statements(),
            calls_off: rest.calls_off(),
            context: &context,
            key: ClaimKey::TakenOver {
                from: &self.record.lease.owner,
                record: &record,
            },
            earlier: EarlierRows {
                rows: self.rows.clone(),
                last,
            },
            actor: actor_of(&self.work),
            until,
            now,
        };
        let sent = match rest {
            Rest::Sent(crowd) => {
                let messages = crowd.messages(app, actor_of(&self.work));
                sending::send(app, send, messages).await?
            }
            Rest::Refused(messages) => sending::send(app, send, messages.into_iter()).await?,
        };
        Ok(Underway {
            record,
            work: self.work.clone(),
            sent,
        })
    }

    /// The names of the rows, whether they can be read or not.
    fn there(&self) -> impl Iterator<Item = &NotificationId> {
        self.rows.iter().map(|row| &row.id).chain(&self.unreadable)
    }

    /// What the ids of its rows are made of.
    fn row_ids(&self) -> RowIds<'_> {
        RowIds {
            meeting: &self.work.meeting,
            key: &self.work.key,
            created_at: self.record.created_at,
        }
    }

    /// The rows that were asked for and not claimed.
    fn unclaimed(&self) -> HashSet<&NotificationId> {
        let there: HashSet<_> = self.there().collect();
        let asked = self.record.notifications.iter();
        asked.filter(|id| !there.contains(id)).collect()
    }

    /// Those who have rows among these and are still part of the meeting, or know that they
    /// were.
    fn concerned<'a>(
        &self,
        meeting: &'a Meeting,
        unclaimed: &HashSet<&NotificationId>,
    ) -> Vec<&'a Attendee> {
        let ids = self.row_ids();
        let is_left = |attendee: &&Attendee| {
            let mut former = attendee.former_addresses();
            former.any(|left| unclaimed.contains(&ids.of_former(attendee, left)))
        };
        let is_there = |attendee: &&Attendee| {
            let known = meeting.attendee(&attendee.id).is_some();
            unclaimed.contains(&ids.of(attendee)) && (known || meeting.owed_to(attendee).is_some())
        };
        let everybody = meeting.everybody();
        everybody
            .filter(|each| is_there(each) || is_left(each))
            .collect()
    }

    /// What goes to those who were not claimed, or why nothing does.
    fn rest<'a>(
        &self,
        context: &'a MeetingContext,
        suppressions: &Suppressions,
        lease: &Lease,
        now: DateTime<Utc>,
    ) -> Result<Rest<'a>, Failure> {
        let unclaimed = self.unclaimed();
        let concerned = self.concerned(&context.meeting, &unclaimed);
        if concerned.is_empty() {
            return Ok(Rest::Refused(Vec::new()));
        }
        let names: Vec<_> = concerned.iter().map(|each| each.id.to_string()).collect();
        let plan = decide_send(
            &context.meeting,
            context.template.as_ref(),
            context.deliverability(suppressions),
            self.work.kind,
            Whom::named(&names),
            now,
        );
        match plan {
            Ok(plan) => {
                let wanted = |id: &NotificationId| unclaimed.contains(id);
                let crowd = Crowd::of(context, plan, self.row_ids(), wanted, lease, now);
                Ok(Rest::Sent(crowd))
            }
            Err(Failure::Refused { reason, .. }) => {
                let config = NotificationConfig::of_type(context.template.as_ref(), self.work.kind);
                let number = context.meeting.next_statement();
                let send_context = SendContext::of(context, config, number, lease.clone(), now);
                let ids = self.row_ids();
                // A calendar that is not asked now is still owed it.
                let theirs = concerned
                    .iter()
                    .filter(|each| unclaimed.contains(&ids.of(each)));
                let refused = |each: &&Attendee| {
                    let channels = context.deliverability(suppressions);
                    let actor = actor_of(&self.work);
                    send_context.refused(ids.of(each), each, channels, &reason, actor)
                };
                Ok(Rest::Refused(theirs.map(refused).collect()))
            }
            Err(failure) => Err(failure),
        }
    }
}

impl Rest<'_> {
    /// The ids of their rows.
    fn ids(&self) -> Vec<&NotificationId> {
        match self {
            Self::Sent(crowd) => crowd.ids().collect(),
            Self::Refused(messages) => messages.iter().map(|m| &m.notification.id).collect(),
        }
    }

    /// What they are told.
    fn statements(&self) -> Vec<Statement> {
        match self {
            Self::Sent(crowd) => crowd.statements(),
            Self::Refused(_) => Vec::new(),
        }
    }

    /// Whether any of it tells an attendee that the meeting is off.
    fn calls_off(&self) -> bool {
        matches!(self, Self::Sent(crowd) if crowd.calls_off)
    }
}
