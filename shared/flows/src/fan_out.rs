//! One reminder to everyone who lacks it: claimed, sent and recorded in waves,
//! with the meeting read again before each of them, so that a crash leaves one
//! wave in doubt and a change stops the rest.

use futures::future::try_join_all;
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord, StoreError};
use usher_domain::{
    Failure,
    id::{AttendeeId, MeetingId, NotificationId},
    meeting::Meeting,
    notification::{DeliveryStatus, Notification},
    reminder::{
        LeftOut, Occasion, Outcome, ReminderPlan, Skip, Verdict, left_out_entry, skipped_entry,
    },
    send::{Recipient, record_sent},
};

use crate::{
    App, ROUNDS, World,
    dispatch::{PER_TRANSACTION, call_providers, record_rows, rows},
    prepare::{Making, Prepared},
    remind::{Call, Came, decide, reached, row_id},
};

/// How many attendees a wave writes to: two transactions' worth.
const WAVE: usize = 2 * PER_TRANSACTION;

/// A reminder that is being sent, under a key that is ours.
#[derive(Clone, Copy)]
pub(crate) struct Sending<'a> {
    pub(crate) app: &'a App,
    pub(crate) occasion: &'a Occasion,
    pub(crate) key: &'a KeyRecord,
    pub(crate) call: Call,
}

impl Sending<'_> {
    /// Writes to everyone who lacks it, wave by wave, and ends the sending.
    pub(crate) async fn carry_out(
        self,
        world: World,
        plan: ReminderPlan,
    ) -> Result<Option<Came>, Failure> {
        let (mut rows, lacking) = self.standing(&world, &plan).await?;
        let (mut left, mut world, mut plan) = (lacking.len(), world, plan);
        for (i, wave) in lacking.chunks(WAVE).enumerate() {
            if i > 0 {
                world = self.app.world(&world.meeting.id).await?;
                plan = match decide(&world, self.occasion, self.call.now) {
                    Verdict::Send(plan) if Instant::now() < self.call.until => *plan,
                    _ => break,
                };
            }
            let Some(sent) = self.send_wave(&world, &plan, wave, &rows).await? else {
                break;
            };
            left -= wave.len();
            rows.retain(|row| sent.iter().all(|sent| sent.id != row.id));
            rows.extend(sent);
        }
        let finished = left == 0 && !rows.iter().any(|row| lacks(Some(row)));
        self.end(&world.meeting.id, &plan, &rows, finished).await
    }

    /// The rows there are of this reminder, and who still lacks one.
    async fn standing(
        &self,
        world: &World,
        plan: &ReminderPlan,
    ) -> Result<(Vec<Notification>, Vec<AttendeeId>), Failure> {
        let meeting = &world.meeting.id;
        let ids = || {
            let attendees = plan.send.recipients.iter().map(|each| &each.attendee.id);
            attendees.map(|attendee| (attendee, row_id(meeting, attendee, self.occasion, self.key)))
        };
        let all: Vec<_> = ids().map(|(_, id)| id).collect();
        let rows = self.app.store.notifications(&all).await?;
        let lacking = ids().filter(|(_, id)| lacks(rows.iter().find(|row| &row.id == id)));
        let lacking = lacking.map(|(attendee, _)| attendee.clone()).collect();
        Ok((rows, lacking))
    }

    /// Claims, sends and records one wave. `None` when one of its rows is no
    /// longer as it was.
    async fn send_wave(
        self,
        world: &World,
        plan: &ReminderPlan,
        wave: &[AttendeeId],
        rows_before: &[Notification],
    ) -> Result<Option<Vec<Notification>>, Failure> {
        let making = Making::of(world, &plan.send, self.key.lease.clone(), self.call.now);
        let mut prepared = Vec::with_capacity(wave.len());
        // Who is no longer meant is not among the recipients any more.
        let recipients = plan.send.recipients.iter();
        for recipient in recipients.filter(|each| wave.contains(&each.attendee.id)) {
            let attendee = &recipient.attendee.id;
            let id = row_id(&world.meeting.id, attendee, self.occasion, self.key);
            let before = rows_before.iter().find(|row| row.id == id);
            prepared.push(self.prepare(&making, recipient, id, before).await?);
        }
        let claims = prepared
            .chunks(PER_TRANSACTION)
            .map(|chunk| self.claim(chunk));
        match try_join_all(claims).await {
            Ok(_) => {}
            Err(StoreError::Conflict(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let sent = call_providers(self.app, prepared, self.call.until, self.call.now).await;
        let place = world.meeting.place();
        let records = sent
            .chunks(PER_TRANSACTION)
            .map(|chunk| record_rows(self.app, place, chunk, self.call.now));
        let recorded = try_join_all(records).await?;
        Ok(Some(recorded.concat()))
    }

    /// Makes one attendee's reminder ready: anew, or again where an earlier try
    /// was not carried out. One that cannot be made fails alone.
    async fn prepare(
        &self,
        making: &Making<'_>,
        recipient: &Recipient,
        id: NotificationId,
        before: Option<&Notification>,
    ) -> Result<Prepared, Failure> {
        let Recipient { attendee, channels } = recipient;
        let made = match before {
            None => making.new_notification(self.app, id.clone(), attendee, channels),
            Some(row) => {
                let content = self.app.store.content(&id).await?;
                let mut row = row.clone();
                for delivery in &mut row.deliveries {
                    if delivery.not_yet {
                        delivery.retry(self.key.lease.clone(), self.call.now);
                    }
                }
                making.messages(self.app, row, attendee, content)
            }
        };
        match made {
            Err(Failure::Refused { reason, .. }) => {
                tracing::warn!("a reminder cannot be made for one of its attendees");
                Ok(making.failed_notification(id, attendee, channels, &reason))
            }
            made => made,
        }
    }

    async fn claim(&self, chunk: &[Prepared]) -> Result<(), StoreError> {
        let changes = chunk.iter().fold(Changes::new(), rows);
        self.app
            .store
            .commit(changes, &self.app.chance.word())
            .await
    }

    /// Ends the sending: moves the meeting as the rows say, lets go of it and of
    /// the key, and settles the reminder if nobody lacks it any more.
    async fn end(
        self,
        meeting: &MeetingId,
        plan: &ReminderPlan,
        rows: &[Notification],
        finished: bool,
    ) -> Result<Option<Came>, Failure> {
        for _ in 0..ROUNDS {
            let mut world = self.app.world(meeting).await?;
            let mut rows = rows.to_vec();
            self.read_lead(&world.meeting, &mut rows).await?;
            let World {
                meeting, template, ..
            } = &mut world;
            record_sent(
                meeting,
                template.as_ref(),
                &plan.send.config,
                &rows,
                self.call.now,
            );
            if meeting.sending.as_ref() == Some(&self.key.lease) {
                meeting.sending = None;
            }
            let mut changes = Changes::new();
            let came = if finished {
                let outcome = if rows.iter().any(reached) {
                    Outcome::Sent
                } else {
                    Outcome::Skipped(Skip::Unreachable)
                };
                meeting.settle_reminder(self.occasion, outcome, self.call.fired, self.call.now);
                changes = self.note(changes, meeting, &plan.left_out, outcome);
                outcome.skip().map_or(Came::Sent, Came::Skipped)
            } else {
                Came::Unfinished
            };
            let key = self.key.ended(finished, self.call.now);
            changes = changes.meeting(meeting).key_of(&self.key.lease.owner, &key);
            match self
                .app
                .store
                .commit(changes, &self.app.chance.word())
                .await
            {
                Ok(()) => return Ok(Some(came)),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::Unavailable)
    }

    /// Reads the lead attendee's row again: their answer may have come meanwhile.
    async fn read_lead(&self, meeting: &Meeting, rows: &mut [Notification]) -> Result<(), Failure> {
        let lead = meeting.lead().map(|lead| &lead.id);
        let theirs = rows.iter_mut().find(|row| Some(&row.recipient.id) == lead);
        if let Some(row) = theirs
            && let Some(stored) = self.app.store.notification(&row.id).await?
        {
            *row = stored;
        }
        Ok(())
    }

    /// What the timeline says besides who it was sent to.
    fn note(
        &self,
        changes: Changes,
        meeting: &Meeting,
        left_out: &[LeftOut],
        outcome: Outcome,
    ) -> Changes {
        let now = self.call.now;
        let left_out = left_out_entry(self.occasion, left_out, now);
        let skipped = outcome
            .skip()
            .map(|skip| skipped_entry(self.occasion, skip, now));
        let entries = left_out.into_iter().chain(skipped);
        entries.fold(changes, |changes, entry| {
            changes.entry(meeting.place(), &entry, &self.app.chance.word())
        })
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
