//! A send whose owner was cut off is finished by whoever comes next: the same key, another
//! send of the meeting, or the sweep (N15).
//!
//! What was claimed and not recorded is in doubt. Whoever was not claimed is decided about
//! anew, as things stand now: they are written to, or are on record with the reason why
//! not. The meeting then moves as all of that says, and the key is done. Whatever cuts
//! this off in turn is finished in the same way.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord, KeyedWork};
use usher_domain::{
    Failure,
    actor::Actor,
    contact::Suppressions,
    id::{MeetingId, NotificationId, TimelineKey},
    lease::Lease,
    meeting::{Attendee, Meeting, Statement},
    notification::Notification,
    send::{Recipient, decide_send, sent_entry},
    template::NotificationConfig,
};

use crate::{
    App, MeetingContext,
    prepare::{SendContext, SendContexts},
    sending::{self, ClaimKey, EarlierRows, OutboundMessage, PER_TRANSACTION, PlannedSend},
    transact::Interrupted,
};

/// A send that was accepted under a key, and is finished.
pub(crate) struct Resumed {
    /// Its meeting.
    pub(crate) meeting: MeetingId,
    /// Its rows.
    pub(crate) rows: Vec<Notification>,
    /// Whether it is finished only now.
    pub(crate) only_now: bool,
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
    app.transact(|| async {
        let Some(record) = app.store.key_of_hash(hash).await? else {
            return Ok(None);
        };
        let Some(work) = record.work.clone().or_else(|| asked.cloned()) else {
            return Ok(None);
        };
        if !record.done && record.lease.until > now {
            return Err(Failure::InProgress.into());
        }
        let found = app.store.notifications(&record.notifications).await?;
        if record.done {
            return Ok(Some(Resumed {
                meeting: work.meeting,
                rows: found.rows,
                only_now: false,
            }));
        }
        let rows = write_down_lapsed(app, found.rows, now).await?;
        let cut_off = CutOff {
            record,
            work,
            rows,
            unreadable: found.unreadable,
        };
        let rows = cut_off.finish(app, until, now).await?;
        Ok(Some(Resumed {
            meeting: cut_off.work.meeting,
            rows,
            only_now: true,
        }))
    })
    .await
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
    let resumed = resume(app, hash, None, until, now).await?;
    Ok(resumed.is_some_and(|resumed| resumed.only_now))
}

/// Writes down that nobody knows what became of the deliveries among these whose sender is
/// gone.
///
/// # Errors
/// [`Interrupted::Conflict`] when somebody was quicker, who knew more.
pub(crate) async fn write_down_lapsed(
    app: &App,
    rows: Vec<Notification>,
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, Interrupted> {
    let (mut settled, mut lapsed) = (Vec::with_capacity(rows.len()), Vec::new());
    for stored in rows {
        let row = stored.clone().as_of(now);
        if row == stored {
            settled.push(stored);
        } else {
            lapsed.push(row);
        }
    }
    for chunk in lapsed.chunks_mut(PER_TRANSACTION) {
        let write = |changes: Changes, row: &Notification| {
            tracing::warn!(notification = %row.id, outcome = "in_doubt", "a delivery was cut off");
            let place = TimelineKey::of(row.id.meeting());
            let entry = sent_entry(row, now);
            changes
                .notification(row)
                .entry(place, &entry, &app.rng.random_id())
        };
        let changes = chunk.iter().fold(Changes::by(&Actor::System), write);
        app.commit(changes).await?;
        for row in chunk {
            row.version += 1;
        }
    }
    Ok([settled, lapsed].concat())
}

/// A send whose owner was cut off.
struct CutOff {
    record: KeyRecord,
    work: KeyedWork,
    /// The rows that were claimed.
    rows: Vec<Notification>,
    /// Those that are there and cannot be read: they may have been sent.
    unreadable: Vec<NotificationId>,
}

/// An attendee who was not claimed.
struct Unclaimed<'a> {
    id: NotificationId,
    attendee: &'a Attendee,
}

impl CutOff {
    async fn finish(
        &self,
        app: &App,
        until: Instant,
        now: DateTime<Utc>,
    ) -> Result<Vec<Notification>, Interrupted> {
        let loaded = app
            .context_and_suppressions(&self.work.meeting, now)
            .await?;
        let (context, suppressions) = loaded;
        let hold = context.meeting.sending.as_ref();
        if hold.is_some_and(|hold| hold.until > now) {
            return Err(Failure::InProgress.into());
        }
        let last = hold == Some(&self.record.hold());
        let lease = Lease::new(app.rng.random_id(), now);
        let (messages, statements) = self.messages(app, &context, &suppressions, &lease, now)?;
        let there = self
            .there()
            .chain(messages.iter().map(|m| &m.notification.id));
        let key = self.record.taken_over(lease, there.cloned().collect());
        let send = PlannedSend {
            statements,
            context: &context,
            key: ClaimKey::TakenOver {
                from: &self.record.lease.owner,
                record: &key,
            },
            earlier: EarlierRows {
                rows: self.rows.clone(),
                last,
            },
            actor: self.actor(),
            until,
            now,
        };
        sending::send(app, send, messages).await
    }

    fn actor(&self) -> &Actor {
        self.work.actor.as_ref().unwrap_or(&Actor::System)
    }

    /// The names of the rows, whether they can be read or not.
    fn there(&self) -> impl Iterator<Item = &NotificationId> {
        self.rows.iter().map(|row| &row.id).chain(&self.unreadable)
    }

    /// Those who were not claimed and are still part of the meeting.
    fn unclaimed<'a>(&self, meeting: &'a Meeting) -> Vec<Unclaimed<'a>> {
        let there: HashSet<_> = self.there().collect();
        let asked: HashSet<_> = self.record.notifications.iter().collect();
        let created_at = self.record.created_at;
        let named = meeting.everybody().map(|attendee| Unclaimed {
            id: NotificationId::new(&meeting.id, &attendee.id, &self.work.key, created_at),
            attendee,
        });
        named
            .filter(|each| asked.contains(&each.id) && !there.contains(&each.id))
            .collect()
    }

    /// What goes to those who were not claimed, or why nothing does.
    fn messages(
        &self,
        app: &App,
        context: &MeetingContext,
        suppressions: &Suppressions,
        lease: &Lease,
        now: DateTime<Utc>,
    ) -> Result<(Vec<OutboundMessage>, Vec<Statement>), Failure> {
        let unclaimed = self.unclaimed(&context.meeting);
        if unclaimed.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let names: Vec<_> = unclaimed
            .iter()
            .map(|each| each.attendee.id.to_string())
            .collect();
        let plan = decide_send(
            &context.meeting,
            context.template.as_ref(),
            context.deliverability(suppressions),
            self.work.kind,
            Some(&names),
            now,
        );
        let plan = match plan {
            Ok(plan) => plan,
            Err(Failure::Refused { reason, .. }) => {
                let config = NotificationConfig::of_type(context.template.as_ref(), self.work.kind);
                let number = context.meeting.next_statement();
                let send_context = SendContext::of(context, config, number, lease.clone(), now);
                let refused = |each: Unclaimed<'_>| {
                    let channels = context.deliverability(suppressions);
                    send_context.refused(each.id, each.attendee, channels, &reason, self.actor())
                };
                return Ok((unclaimed.into_iter().map(refused).collect(), Vec::new()));
            }
            Err(failure) => return Err(failure),
        };
        let contexts = SendContexts::of(context, &plan, lease, now);
        let message = |each: &Recipient| {
            let Recipient {
                attendee, channels, ..
            } = each;
            let theirs = |unclaimed: &&Unclaimed<'_>| unclaimed.attendee.id == attendee.id;
            let id = unclaimed.iter().find(theirs)?.id.clone();
            let send_context = contexts.of_recipient(each)?;
            Some(send_context.new_notification(app, id, attendee, channels, self.actor()))
        };
        let messages = plan.recipients.iter().filter_map(message).collect();
        Ok((messages, contexts.statements()))
    }
}
