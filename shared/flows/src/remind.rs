//! A reminder's moment has come: what is true now, and who still lacks it.
//!
//! Whoever comes for it, and however often, by a schedule or by the sweep, it
//! goes out once: it is claimed under a key of its meeting, trigger and revision,
//! and each attendee's row under an id made of that key. A crowd is claimed and
//! written to in waves, and the meeting is read again before each of them, so
//! that a crash leaves one wave in doubt and a change stops the rest.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord, StoreError};
use usher_domain::{
    Failure,
    id::{AttendeeId, MeetingId, NotificationId},
    meeting::Meeting,
    notification::{DeliveryStatus, Lease, Notification},
    reminder::{
        LeftOut, Occasion, Outcome, ReminderPlan, Skip, Verdict, cut_short_entry, decide_reminder,
        due, left_out_entry, skipped_entry,
    },
    send::{Recipient, record_sent},
};

use crate::{
    App, ROUNDS, World,
    dispatch::{PER_TRANSACTION, call_providers, record_rows, rows, until},
    prepare::{Making, Prepared},
    schedules,
};

/// How many attendees a wave writes to: two transactions' worth.
const WAVE: usize = 2 * PER_TRANSACTION;

/// How long an invocation has that no caller waits for: the function gives up
/// after 50 s, and everything it holds lapses after 60.
pub(crate) const INVOCATION: Duration = Duration::from_secs(45);

/// What came of a reminder's moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// It is sent to everyone it was for.
    Sent,
    /// It is not sent, for this reason, which the timeline has.
    Skipped(Skip),
    /// There was nothing to do: it is settled, or it is not due.
    Nothing,
    /// Somebody else is sending it, or another message of its meeting.
    Busy,
    /// Time or sending rate ran out: the rest is to be sent with another try.
    Unfinished,
}

/// How a reminder was come for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// Whether by its own schedule, which is gone with that.
    pub(crate) fired: bool,
    /// Until when there is time.
    pub(crate) until: Instant,
    /// The present instant.
    pub(crate) now: DateTime<Utc>,
}

/// A reminder's schedule has fired.
///
/// # Errors
/// [`Failure::Unavailable`] when the store did not do its part. The same may
/// fire again: nothing goes out twice.
pub async fn fired(
    app: &App,
    meeting: &MeetingId,
    occasion: &Occasion,
    now: DateTime<Utc>,
) -> Result<Came, Failure> {
    let call = Call {
        fired: true,
        until: until(app, INVOCATION),
        now,
    };
    remind(app, meeting, occasion, call).await
}

/// Sends whatever of a meeting's reminders is due. Returns whether all of that
/// is settled.
///
/// # Errors
/// As [`remind`].
pub(crate) async fn catch_up(app: &App, meeting: &Meeting, call: Call) -> Result<bool, Failure> {
    let mut settled = true;
    for occasion in due(meeting, call.now) {
        let came = remind(app, &meeting.id, &occasion, call).await?;
        settled &= !matches!(came, Came::Busy | Came::Unfinished);
    }
    Ok(settled)
}

/// Sends one reminder to everyone who lacks it, or says why not.
///
/// # Errors
/// As [`fired`].
async fn remind(
    app: &App,
    meeting: &MeetingId,
    occasion: &Occasion,
    call: Call,
) -> Result<Came, Failure> {
    let owner = app.chance.word();
    for _ in 0..ROUNDS {
        let world = match app.world(meeting).await {
            Ok(world) => world,
            Err(Failure::NotFound { .. }) => return Ok(Came::Nothing),
            Err(failure) => return Err(failure),
        };
        let came = match decide(&world, occasion, call.now) {
            Verdict::Nothing => Some(Came::Nothing),
            Verdict::Orphan(skip) => note_orphan(app, &world, occasion, skip).await?,
            Verdict::Skip(skip) => skip_it(app, world, occasion, skip, call).await?,
            // Boxed: the state of a whole sending would lie in every caller's.
            Verdict::Send(plan) => {
                Box::pin(send_it(app, world, occasion, *plan, &owner, call)).await?
            }
        };
        if let Some(came) = came {
            return Ok(came);
        }
    }
    Err(Failure::Unavailable)
}

fn decide(world: &World, occasion: &Occasion, now: DateTime<Utc>) -> Verdict {
    let World {
        meeting,
        template,
        settings,
    } = world;
    decide_reminder(meeting, template.as_ref(), settings, occasion, now)
}

/// Notes why a schedule that is no longer wanted sent nothing: once, however
/// often it fires.
async fn note_orphan(
    app: &App,
    world: &World,
    occasion: &Occasion,
    skip: Skip,
) -> Result<Option<Came>, Failure> {
    let entry = skipped_entry(occasion, skip, occasion.due_at);
    let unique = occasion.schedule_name(&world.meeting.id);
    let changes = Changes::new().entry((&world.meeting.id, 0), &entry, &unique);
    app.store.commit(changes, &app.chance.word()).await?;
    Ok(Some(Came::Skipped(skip)))
}

/// Settles a reminder that is not sent, or not to everyone: an earlier try may
/// have reached some. `None` when somebody else wrote in between.
async fn skip_it(
    app: &App,
    mut world: World,
    occasion: &Occasion,
    skip: Skip,
    call: Call,
) -> Result<Option<Came>, Failure> {
    let (reached, without) = reached_before(app, &world, occasion, call.now).await?;
    let (outcome, entry) = if reached {
        let entry = cut_short_entry(occasion, without, skip, call.now);
        (Outcome::Sent, entry)
    } else {
        let entry = skipped_entry(occasion, skip, call.now);
        (Outcome::Skipped(skip), entry)
    };
    let meeting = &mut world.meeting;
    meeting.settle_reminder(occasion, outcome, call.fired, call.now);
    let changes =
        Changes::new()
            .meeting(meeting)
            .entry(meeting.place(), &entry, &app.chance.word());
    match app.store.commit(changes, &app.chance.word()).await {
        Ok(()) => Ok(Some(Came::Skipped(skip))),
        Err(StoreError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether an earlier try has reached anyone, and how many attendees it has not.
async fn reached_before(
    app: &App,
    world: &World,
    occasion: &Occasion,
    now: DateTime<Utc>,
) -> Result<(bool, usize), Failure> {
    let meeting = &world.meeting;
    let Some(key) = app.store.key(&occasion.key(&meeting.id), now).await? else {
        return Ok((false, meeting.attendees.len()));
    };
    let attendees = meeting.attendees.iter();
    let ids: Vec<_> = attendees
        .map(|each| row_id(&meeting.id, &each.id, occasion, &key))
        .collect();
    let rows = app.store.notifications(&ids).await?;
    let reached = rows.iter().filter(|row| reached(row)).count();
    Ok((reached > 0, meeting.attendees.len() - reached))
}

/// Whether a reminder has got through to its attendee, or may have.
fn reached(row: &Notification) -> bool {
    row.accepted() || row.deliveries.iter().any(|d| d.status.in_doubt())
}

/// Sends a reminder to everyone who lacks it. `None` when it must be decided anew.
async fn send_it(
    app: &App,
    world: World,
    occasion: &Occasion,
    plan: ReminderPlan,
    owner: &str,
    call: Call,
) -> Result<Option<Came>, Failure> {
    let busy = |lease: &Lease| lease.until > call.now && lease.owner != owner;
    if world.meeting.sending.as_ref().is_some_and(busy) {
        return Ok(Some(Came::Busy));
    }
    let name = occasion.key(&world.meeting.id);
    let before = app.store.key(&name, call.now).await?;
    if before
        .as_ref()
        .is_some_and(|key| !key.done && busy(&key.lease))
    {
        return Ok(Some(Came::Busy));
    }
    let lease = Lease::new(owner.to_owned(), call.now);
    let mut key = KeyRecord::new(&name, &["reminder"], lease, Vec::new(), call.now);
    key.keep_until(world.meeting.details.starts_at);
    if let Some(before) = &before {
        key.created_at = before.created_at;
    }
    let Some(world) = take(app, world, &key, before.as_ref()).await? else {
        return Ok(None);
    };
    let sending = Sending {
        app,
        occasion,
        key: &key,
        call,
    };
    sending.carry_out(world, plan).await
}

/// Takes the key and the meeting, which must be as it was when the reminder was
/// decided. `None` when it is not, or somebody else has the key.
async fn take(
    app: &App,
    world: World,
    key: &KeyRecord,
    before: Option<&KeyRecord>,
) -> Result<Option<World>, Failure> {
    let mut meeting = world.meeting;
    meeting.sending = Some(key.lease.clone());
    let changes = match before {
        None => Changes::new().new_key(key),
        Some(before) => Changes::new().key_of(&before.lease.owner, key),
    };
    let changes = changes.meeting(&meeting);
    match app.store.commit(changes, &app.chance.word()).await {
        Ok(()) => {
            meeting.version += 1;
            Ok(Some(World { meeting, ..world }))
        }
        Err(StoreError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A reminder that is being sent, under a key that is ours.
#[derive(Clone, Copy)]
struct Sending<'a> {
    app: &'a App,
    occasion: &'a Occasion,
    key: &'a KeyRecord,
    call: Call,
}

impl Sending<'_> {
    /// Writes to everyone who lacks it, wave by wave, and ends the sending.
    async fn carry_out(self, world: World, plan: ReminderPlan) -> Result<Option<Came>, Failure> {
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

/// The id of an attendee's row: the same whoever sends it.
fn row_id(
    meeting: &MeetingId,
    attendee: &AttendeeId,
    occasion: &Occasion,
    key: &KeyRecord,
) -> NotificationId {
    NotificationId::new(meeting, attendee, &occasion.key(meeting), key.created_at)
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

/// What follows once something was written that may have moved a meeting's plan
/// and may have made a reminder due: schedules, and what is late already (R4).
pub(crate) async fn follow_up(app: &App, meeting: &MeetingId, until: Instant, now: DateTime<Utc>) {
    let call = Call {
        fired: false,
        until,
        now,
    };
    let followed = async {
        let Some(mut meeting) = app.store.meeting(meeting).await? else {
            return Ok(true);
        };
        schedules::follow(app, &mut meeting, now).await;
        catch_up(app, &meeting, call).await
    };
    match followed.await {
        Ok(true) => {}
        Ok(false) => tracing::info!("a reminder that is due is left to the sweep"),
        Err(failure) => tracing::warn!(%failure, "reminders do not follow their meeting yet"),
    }
}
