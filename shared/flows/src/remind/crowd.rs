//! One reminder to everyone who lacks it: claimed, sent and recorded in waves,
//! with the meeting read again before each of them, so that a crash leaves one
//! wave in doubt and a change stops the rest. What there is no time for goes on in
//! another invocation; the meeting is let go of in between, for what it needs more.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord};
use usher_domain::{
    Failure,
    actor::Actor,
    id::{AttendeeId, MeetingId, NotificationId},
    meeting::Meeting,
    notification::{DeliveryStatus, Notification},
    remind::{LeftOut, ReminderDecision, ReminderPlan, left_out_entry, skipped_entry},
    reminders::{FanoutEvent, ReminderInstance, SettledReminder, Settlement, Skip},
    send::Recipient,
    timeline::TimelineEntry,
};

use super::call::{Call, ReminderOutcome, decide, reached, row_id};
use crate::{
    App, MeetingContext,
    continuation::wake,
    prepare::SendContext,
    sending::{
        EarlierRows, Finish, OutboundMessage, PER_TRANSACTION, claim_crowd, send_claimed,
        write_attendees_ahead,
    },
};

/// How many attendees a wave writes to: two transactions' worth.
const WAVE: usize = 2 * PER_TRANSACTION;

/// A reminder that is being sent to a crowd, under a key that is ours.
#[derive(Clone, Copy)]
pub(super) struct Crowd<'a> {
    pub(super) app: &'a App,
    pub(super) instance: &'a ReminderInstance,
    pub(super) key: &'a KeyRecord,
    /// The number of what it tells.
    pub(super) statement: u64,
    pub(super) call: Call,
}

/// How far a reminder has come.
struct Standing {
    /// The rows there are of it.
    rows: Vec<Notification>,
    /// Who still lacks it.
    lacking: Vec<AttendeeId>,
}

/// What came of a wave.
struct Wave {
    /// The rows of those it wrote to.
    rows: Vec<Notification>,
    /// Whether that is everyone it was for.
    complete: bool,
}

impl Crowd<'_> {
    /// Writes to everyone who lacks it, wave by wave, and ends the sending.
    pub(super) async fn send(
        self,
        context: MeetingContext,
        plan: ReminderPlan,
    ) -> Result<ReminderOutcome, Failure> {
        let Standing { mut rows, lacking } = self.standing(&context, &plan).await?;
        let mut left_out = plan.left_out.clone();
        let (mut left, mut context, mut plan) = (lacking.len(), context, plan);
        let mut out_of_time = false;
        let starts_at = context.meeting.details.starts_at;
        for (i, wave) in lacking.chunks(WAVE).enumerate() {
            out_of_time = i > 0 && Instant::now() > self.call.until;
            if out_of_time {
                break;
            }
            if i > 0 {
                let Some(again) = self.decide_again(&context.meeting.id, wave).await? else {
                    break;
                };
                (context, plan) = again;
                note_left_out(&mut left_out, &plan, wave);
            }
            let sent = self.send_wave(&context, &plan, wave, &rows).await?;
            rows.retain(|row| sent.rows.iter().all(|sent| sent.id != row.id));
            rows.extend(sent.rows);
            if !sent.complete {
                break;
            }
            left -= wave.len();
        }
        let finished = left == 0 && !rows.iter().any(|row| lacks(Some(row)));
        let settled = finished.then(|| self.settled(&rows, starts_at));
        let meeting = &context.meeting.id;
        let outcome = self.end(meeting, &left_out, rows, settled).await?;
        let event = FanoutEvent::of(meeting, self.instance);
        if out_of_time && wake(self.app, &self.key.hash, &event, self.call.now).await {
            return Ok(ReminderOutcome::GoesOn);
        }
        Ok(outcome)
    }

    /// Decides about a wave anew, with the meeting as it is now and those who are in it; with
    /// all attendees where none of these is to be reminded. None where nobody is any more.
    async fn decide_again(
        &self,
        meeting: &MeetingId,
        wave: &[AttendeeId],
    ) -> Result<Option<(MeetingContext, ReminderPlan)>, Failure> {
        let (app, now) = (self.app, self.call.now);
        let mut context = app.context_for(meeting, wave).await?;
        loop {
            // Those of this wave: nobody else is written to with this plan.
            let theirs = context.meeting.attendees.iter();
            let theirs = theirs.filter(|each| wave.contains(&each.id));
            let suppressions = app.suppressions(&context, theirs, now).await?;
            let decided = decide(&context, &suppressions, self.instance, now);
            if let ReminderDecision::Send(plan) = decided {
                return Ok(Some((context, *plan)));
            }
            if context.meeting.others.is_none() {
                return Ok(None);
            }
            context = app.with_others(context).await?;
        }
    }

    /// How far this reminder has come.
    async fn standing(
        &self,
        context: &MeetingContext,
        plan: &ReminderPlan,
    ) -> Result<Standing, Failure> {
        let meeting = &context.meeting.id;
        let ids = || {
            let attendees = plan.send.recipients.iter().map(|each| &each.attendee.id);
            attendees.map(|attendee| (attendee, row_id(meeting, attendee, self.instance, self.key)))
        };
        let all: Vec<_> = ids().map(|(_, id)| id).collect();
        let found = self.app.store.notifications(&all).await?;
        let rows = found.rows;
        // What is there and cannot be read may have been sent.
        let lacking = ids().filter(|(_, id)| !found.unreadable.contains(id));
        let lacking = lacking.filter(|(_, id)| lacks(rows.iter().find(|row| &row.id == id)));
        let lacking = lacking.map(|(attendee, _)| attendee.clone()).collect();
        Ok(Standing { rows, lacking })
    }

    /// Claims, sends and records one wave. Whatever is claimed is sent, though the
    /// claim of others may fail.
    async fn send_wave(
        self,
        context: &MeetingContext,
        plan: &ReminderPlan,
        wave: &[AttendeeId],
        rows_before: &[Notification],
    ) -> Result<Wave, Failure> {
        let send_context = SendContext::of(
            context,
            plan.send.config.clone(),
            self.statement,
            self.key.lease.clone(),
            self.call.now,
        );
        let mut prepared = Vec::with_capacity(wave.len());
        // Who is no longer meant is not among the recipients any more.
        let recipients = plan.send.recipients.iter();
        for recipient in recipients.filter(|each| wave.contains(&each.attendee.id)) {
            let attendee = &recipient.attendee.id;
            let id = row_id(&context.meeting.id, attendee, self.instance, self.key);
            let before = rows_before.iter().find(|row| row.id == id);
            prepared.push(self.prepare(&send_context, recipient, id, before).await?);
        }
        let wanted = prepared.len();
        let claimed = claim_crowd(self.app, prepared).await;
        let complete = claimed.len() == wanted;
        let place = context.meeting.timeline_key();
        let rows = send_claimed(self.app, claimed, place, self.call.now).await?;
        Ok(Wave { rows, complete })
    }

    /// Makes one attendee's reminder ready: anew, or again where an earlier try
    /// was not carried out.
    async fn prepare(
        &self,
        send_context: &SendContext<'_>,
        recipient: &Recipient,
        id: NotificationId,
        before: Option<&Notification>,
    ) -> Result<OutboundMessage, Failure> {
        let Recipient {
            attendee, channels, ..
        } = recipient;
        let Some(row) = before else {
            return Ok(send_context.new_notification(
                self.app,
                id,
                attendee,
                channels,
                &Actor::System,
            ));
        };
        let content = self.app.store.content(&id).await?;
        let mut row = row.clone();
        for delivery in &mut row.deliveries {
            if delivery.not_yet {
                delivery.retry(self.key.lease.clone(), self.call.now);
            }
        }
        Ok(send_context.messages(self.app, row, attendee, content))
    }

    /// How the reminder is settled: sent, if it got through to anyone or may have.
    fn settled(&self, rows: &[Notification], starts_at: DateTime<Utc>) -> SettledReminder {
        let outcome = if rows.iter().any(reached) {
            Settlement::Sent
        } else {
            Settlement::Skipped(Skip::Unreachable)
        };
        SettledReminder {
            instance: self.instance.clone(),
            outcome,
            starts_at,
            at: self.call.now,
        }
    }

    /// Ends the sending: moves the meeting as the rows say, lets go of it and of
    /// the key, and settles the reminder if nobody lacks it any more.
    async fn end(
        self,
        meeting: &MeetingId,
        left_out: &[LeftOut],
        rows: Vec<Notification>,
        settled: Option<SettledReminder>,
    ) -> Result<ReminderOutcome, Failure> {
        let Self { app, key, call, .. } = self;
        let (rows, settled) = (&rows, settled.as_ref());
        app.transact(|| async {
            let mut context = app.context(meeting).await?;
            let rows = self.as_stored(&context.meeting, rows.clone()).await?;
            let finish = Finish {
                key,
                template: context.template.as_ref(),
                earlier: &EarlierRows::default(),
                actor: &Actor::System,
            };
            let meeting = &mut context.meeting;
            finish.apply(meeting, &rows, call.now);
            finish.let_go(meeting);
            let mut entries = Vec::new();
            if let Some(settled) = settled {
                meeting.settle_reminder(settled.clone(), call.fired);
                entries = self.entries(left_out, settled.outcome);
            }
            write_attendees_ahead(app, meeting).await?;
            let changes = finish.changes(meeting, settled.is_some(), call.now);
            let note = |changes: Changes, entry: &TimelineEntry| {
                changes.entry(meeting.timeline_key(), entry, &app.rng.random_id())
            };
            app.commit(entries.iter().fold(changes, note)).await?;
            Ok(outcome_of(settled))
        })
        .await
    }

    /// The rows, with the lead attendee's and those in doubt as they are stored: their
    /// answer may have come meanwhile.
    async fn as_stored(
        &self,
        meeting: &Meeting,
        mut rows: Vec<Notification>,
    ) -> Result<Vec<Notification>, Failure> {
        let lead = meeting.lead().map(|lead| &lead.id);
        let open = |row: &&Notification| Some(&row.recipient.id) == lead || row.in_doubt();
        let open: Vec<_> = rows.iter().filter(open).map(|row| row.id.clone()).collect();
        for stored in self.app.store.notifications(&open).await?.rows {
            if let Some(row) = rows.iter_mut().find(|row| row.id == stored.id) {
                *row = stored;
            }
        }
        Ok(rows)
    }

    /// What the timeline says besides who it was sent to.
    fn entries(&self, left_out: &[LeftOut], outcome: Settlement) -> Vec<TimelineEntry> {
        let now = self.call.now;
        let left_out = left_out_entry(self.instance, left_out, now);
        let skipped = outcome
            .skip()
            .map(|skip| skipped_entry(self.instance, skip, now));
        left_out.into_iter().chain(skipped).collect()
    }
}

/// Notes those of a wave whom its plan leaves out, and no plan before it.
fn note_left_out(left_out: &mut Vec<LeftOut>, plan: &ReminderPlan, wave: &[AttendeeId]) {
    for each in &plan.left_out {
        let known = left_out
            .iter()
            .any(|known| known.attendee.id == each.attendee.id);
        if wave.contains(&each.attendee.id) && !known {
            left_out.push(each.clone());
        }
    }
}

/// What a sending has come to that ended so.
fn outcome_of(settled: Option<&SettledReminder>) -> ReminderOutcome {
    match settled.map(|settled| settled.outcome) {
        Some(Settlement::Sent) => ReminderOutcome::Sent,
        Some(Settlement::Skipped(skip)) => ReminderOutcome::Skipped(skip),
        None => ReminderOutcome::Unfinished,
    }
}

/// Whether an attendee still lacks a reminder: there is no row, or its provider
/// was too busy to take it. What is in doubt is never sent again by itself.
fn lacks(row: Option<&Notification>) -> bool {
    row.is_none_or(|row| {
        row.deliveries
            .iter()
            .any(|d| d.not_yet && d.status == DeliveryStatus::Failed)
    })
}
