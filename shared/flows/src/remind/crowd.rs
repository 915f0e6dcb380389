//! One reminder to everyone who lacks it: claimed, sent and recorded in waves,
//! with the meeting read again before each of them, so that a crash leaves one
//! wave in doubt and a change stops the rest. What there is no time for goes on in
//! another invocation; the meeting is let go of in between, for what it needs more.

use std::collections::HashSet;

use tokio::time::Instant;
use usher_cloud::{AlsoRead, KeyRecord};
use usher_domain::{
    Failure,
    id::{AttendeeId, MeetingId, NotificationId},
    meeting::{Attendee, Meeting},
    notification::{Delivery, Notification},
    remind::{LeftOut, ReminderDecision, ReminderPlan},
    reminders::{FanoutEvent, SettledReminder},
    send::{Recipient, try_again},
};

use super::{
    call::{ReminderOutcome, decide},
    underway::{ReminderSend, lacks, outcome_of},
};
use crate::{
    MeetingContext,
    context::Contacts,
    prepare::SendContext,
    sending::{
        ClaimedCrowd, OutboundMessage, RECORDED_TOGETHER, claim_crowd, send_claimed,
        write_attendees_ahead,
    },
    wake::wake,
};

/// How many attendees a wave writes to.
const WAVE: usize = RECORDED_TOGETHER;

/// How far a reminder has come.
struct Standing {
    /// The rows there are of it.
    rows: Vec<Notification>,
    /// Who still lacks it.
    lacking: Vec<AttendeeId>,
    /// Who is left out, and has not got it before there was a reason to.
    left_out: Vec<LeftOut>,
}

impl Standing {
    /// Of a reminder that nobody has begun before.
    fn new(plan: &ReminderPlan) -> Self {
        let recipients = plan.send.recipients.iter();
        Self {
            rows: Vec::new(),
            lacking: recipients.map(|each| each.attendee.id.clone()).collect(),
            left_out: plan.left_out.clone(),
        }
    }
}

/// What came of a wave.
struct Wave {
    /// The rows of those it wrote to.
    rows: Vec<Notification>,
    /// Whether that is everyone it was for.
    complete: bool,
}

impl ReminderSend<'_> {
    /// Writes to everyone who lacks it, wave by wave, and ends the sending.
    pub(super) async fn send_in_waves(
        self,
        mut context: MeetingContext,
        mut plan: ReminderPlan,
        is_new: bool,
    ) -> Result<ReminderOutcome, Failure> {
        let standing = match is_new {
            true => Standing::new(&plan),
            false => self.standing(&context.meeting.id, &plan).await?,
        };
        let Standing {
            mut rows,
            lacking,
            mut left_out,
        } = standing;
        let mut left = lacking.len();
        let mut out_of_time = false;
        let starts_at = context.meeting.details.starts_at;
        for (i, wave) in lacking.chunks(WAVE).enumerate() {
            out_of_time = i > 0 && Instant::now() > self.call.until;
            if out_of_time {
                break;
            }
            if i > 0 {
                let Some(again) = self.decide_again(&context.meeting, wave).await? else {
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
        let settled = self.settled(&rows, starts_at).filter(|_| left == 0);
        self.end_crowd(&context, &left_out, rows, settled.as_ref())
            .await?;
        if out_of_time && self.leave_rest(&context.meeting.id).await {
            return Ok(ReminderOutcome::GoesOn);
        }
        Ok(outcome_of(settled.as_ref()))
    }

    /// Leaves the rest to the next invocation. Returns whether there will be one.
    async fn leave_rest(&self, meeting: &MeetingId) -> bool {
        let event = FanoutEvent::of(meeting, self.instance);
        let name = KeyRecord::hash(&self.instance.key(meeting));
        wake(self.app, &name, &event, self.call.now).await
    }

    /// Decides about a wave anew, with the meeting as it is now and those who are in it; with
    /// all attendees where none of these is to be reminded. None where nobody is any more.
    async fn decide_again(
        &self,
        before: &Meeting,
        wave: &[AttendeeId],
    ) -> Result<Option<(MeetingContext, ReminderPlan)>, Failure> {
        let (app, now) = (self.app, self.call.now);
        let also = AlsoRead {
            template: before.template_id.as_ref(),
            ..AlsoRead::default()
        };
        let mut context = app.context_for(&before.id, wave, also).await?.0;
        loop {
            // Those of this wave: nobody else is written to with this plan.
            let theirs = context.meeting.attendees.iter();
            let theirs = theirs.filter(|each| wave.contains(&each.id));
            let contacts = Contacts::of(theirs);
            let suppressions = app.suppressions(&context.settings, &contacts, now).await?;
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

    /// How far this reminder has come. Who is left out now may have got it before there was
    /// a reason to: their rows count like any other.
    async fn standing(
        &self,
        meeting: &MeetingId,
        plan: &ReminderPlan,
    ) -> Result<Standing, Failure> {
        let id = |attendee: &Attendee| self.row_id(meeting, &attendee.id);
        let recipients = plan.send.recipients.iter().map(|each| &each.attendee);
        let left_out = plan.left_out.iter().map(|each| &each.attendee);
        let all: Vec<_> = recipients.clone().chain(left_out).map(id).collect();
        let found = self.app.store.notifications(&all).await?;
        let (again, got): (Vec<_>, Vec<_>) =
            found.rows.into_iter().partition(|row| lacks(Some(row)));
        // What is there and cannot be read may have been sent.
        let done = got.iter().map(|row| &row.id).chain(&found.unreadable);
        let done: HashSet<_> = done.collect();
        let lacks_it = |attendee: &Attendee| !done.contains(&id(attendee));
        let lacking = recipients.filter(|each| lacks_it(each));
        let lacking: Vec<_> = lacking.map(|each| each.id.clone()).collect();
        let left_out = plan.left_out.iter().filter(|each| lacks_it(&each.attendee));
        let left_out: Vec<_> = left_out.cloned().collect();
        let again = again
            .into_iter()
            .filter(|row| lacking.contains(&row.recipient.id));
        let rows = again.chain(got).collect();
        Ok(Standing {
            rows,
            lacking,
            left_out,
        })
    }

    /// Claims, sends and records one wave. Whatever is claimed is sent, though the
    /// claim of others may fail.
    ///
    /// # Errors
    /// Where it is open whether some are claimed, or what was sent is not on record: the
    /// meeting stays held then, and is let go of by whoever writes that down.
    async fn send_wave(
        self,
        context: &MeetingContext,
        plan: &ReminderPlan,
        wave: &[AttendeeId],
        rows_before: &[Notification],
    ) -> Result<Wave, Failure> {
        let send_context = self.send_context(context, plan);
        let mut prepared = Vec::with_capacity(wave.len());
        // Who is no longer meant is not among the recipients any more.
        let recipients = plan.send.recipients.iter();
        for recipient in recipients.filter(|each| wave.contains(&each.attendee.id)) {
            let attendee = &recipient.attendee.id;
            let id = self.row_id(&context.meeting.id, attendee);
            let before = rows_before.iter().find(|row| row.id == id);
            prepared.push(self.prepare(&send_context, recipient, id, before).await?);
        }
        let wanted = prepared.len();
        let ClaimedCrowd { claimed, failed } = claim_crowd(self.app, prepared).await;
        let complete = claimed.len() == wanted;
        let place = context.meeting.timeline_key();
        let rows = send_claimed(self.app, claimed, place, self.call.now).await?;
        match failed {
            Some(failure) => Err(failure),
            None => Ok(Wave { rows, complete }),
        }
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
        let Some(row) = before else {
            return Ok(self.new_message(send_context, recipient, id));
        };
        let content = self.app.store.content(row).await?;
        let mut row = row.clone();
        let is_tried = |delivery: &Delivery| delivery.not_yet;
        let told_so_far = try_again(&mut row, is_tried, self.hold, self.call.now);
        Ok(OutboundMessage {
            told_so_far,
            ..send_context.messages(self.app, row, &recipient.attendee, content)
        })
    }

    /// Ends a sending to a crowd, whose rows are on record.
    async fn end_crowd(
        self,
        context: &MeetingContext,
        left_out: &[LeftOut],
        rows: Vec<Notification>,
        settled: Option<&SettledReminder>,
    ) -> Result<(), Failure> {
        let Self { app, .. } = self;
        let rows = &rows;
        app.transact(|| async {
            let mut meeting = app.meeting(&context.meeting.id).await?;
            let rows = self.as_stored(&meeting, rows.clone()).await?;
            self.end(&mut meeting, context.template.as_ref(), &rows, settled);
            write_attendees_ahead(app, &mut meeting).await?;
            let place = context.meeting.timeline_key();
            let changes = self.changes(&meeting, place, left_out, settled);
            // What was written already is the same again.
            app.commit_repeatable(changes).await
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
        let open = |row: &&Notification| meeting.is_lead(&row.recipient.id) || row.in_doubt();
        let open: Vec<_> = rows.iter().filter(open).map(|row| row.id.clone()).collect();
        for stored in self.app.store.notifications(&open).await?.rows {
            if let Some(row) = rows.iter_mut().find(|row| row.id == stored.id) {
                *row = stored;
            }
        }
        Ok(rows)
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
