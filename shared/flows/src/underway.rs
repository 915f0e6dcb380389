//! A send that was accepted under a key, on its way: what was sent of it, what is left, and
//! how it goes on where its owner was cut off, its meeting has changed or its time is over.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{Changes, KeyRecord, KeyedWork};
use usher_domain::{
    Failure,
    contact::Suppressions,
    id::NotificationId,
    lease::Lease,
    meeting::{Attendee, Meeting, Statement},
    notification::Notification,
    remind::wake_at,
    reminders::FanoutEvent,
    send::{Whom, decide_send},
    template::NotificationConfig,
};

use crate::{
    App, MeetingContext,
    crowd::{Crowd, RowIds},
    cut_off_reminder::end_cut_off_reminder,
    prepare::SendContext,
    save_attendees::finish_waited_for,
    sending::{self, ClaimKey, EarlierRows, OutboundMessage, PlannedSend, Sent, Stopped},
    transact::{Interrupted, WrittenMeeting},
    wake::wake,
};

/// What came of a send.
#[derive(Debug, Clone, PartialEq)]
pub struct SendOutcome {
    /// The notifications so far: one for each attendee.
    pub notifications: Vec<Notification>,
    /// How many attendees have not been written to: that goes on by itself.
    pub remaining: usize,
}

impl SendOutcome {
    /// The outcome of a send that is done.
    pub(crate) fn whole(notifications: Vec<Notification>) -> Self {
        Self {
            notifications,
            remaining: 0,
        }
    }
}

/// A send of ours, as far as it has come.
pub(crate) struct Underway {
    /// The key that it was accepted under.
    pub(crate) record: KeyRecord,
    /// What was asked for.
    pub(crate) work: KeyedWork,
    /// What was sent of it by now.
    pub(crate) sent: Sent,
}

impl Underway {
    /// Goes on for as long as there is time, and leaves the rest to the next invocation.
    /// Returns what came of it, and the meeting as that has left it.
    ///
    /// # Errors
    /// As [`sending::send`](crate::sending::send): what is left is finished by the same key
    /// or the sweep then.
    pub(crate) async fn carry_on(
        mut self,
        app: &App,
        until: Instant,
        now: DateTime<Utc>,
    ) -> Result<(SendOutcome, WrittenMeeting), Failure> {
        loop {
            let Some(left) = &self.sent.left else {
                return Ok((SendOutcome::whole(self.sent.rows), self.sent.meeting));
            };
            match left.reason {
                Stopped::OutOfTime => {
                    let remaining = left.count;
                    leave(app, &self.record, &self.work, now).await;
                    let so_far = SendOutcome {
                        notifications: self.sent.rows,
                        remaining,
                    };
                    return Ok((so_far, WrittenMeeting::nothing()));
                }
                Stopped::MeetingChanged => {
                    let ours = CutOff::new(self.record, self.work, self.sent.rows, Vec::new());
                    self = app.transact(|| ours.finish(app, until, now)).await?;
                }
            }
        }
    }
}

/// Leaves a send to the next invocation. What fails here leaves it to the sweep.
async fn leave(app: &App, record: &KeyRecord, work: &KeyedWork, now: DateTime<Utc>) {
    let noted = app.persist(|| async {
        let mut meeting = app.meeting(&work.meeting).await?;
        let is_held = meeting.sending == Some(record.hold());
        let waiting = record.waiting(now);
        let waiting = waiting.found_by_meeting(is_held && record.by_meeting);
        let changes = Changes::by(work.by()).key_of(&record.lease.owner, &waiting);
        if !is_held {
            return app.commit(changes).await;
        }
        meeting.sending = Some(waiting.hold());
        app.commit(changes.meeting(&meeting)).await
    });
    if let Err(failure) = noted.await {
        tracing::warn!(meeting = %work.meeting, %failure, "a send that goes on is the sweep's");
    }
    let event = FanoutEvent::ContinueSend {
        key: record.hash.clone(),
    };
    wake(app, &record.hash, &event, now).await;
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
    /// A send under this key, of which this is there: rows, and the names of those that
    /// cannot be read.
    pub(crate) fn new(
        record: KeyRecord,
        work: KeyedWork,
        rows: Vec<Notification>,
        unreadable: Vec<NotificationId>,
    ) -> Self {
        Self {
            record,
            work,
            rows,
            unreadable,
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
        let last = self.take_hold(app, &mut context.meeting, now).await?;
        let lease = Lease::new(app.rng.random_id(), now);
        let rest = self.rest(&context, &suppressions, &lease, now)?;
        let there = self.there().chain(rest.ids()).cloned().collect();
        let record = self.record.taken_over(lease, there);
        let record = record.found_by_meeting(wake_at(&context.meeting).is_none());
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
            actor: self.work.by(),
            until,
            now,
        };
        let sent = match rest {
            Rest::Sent(crowd) => {
                let messages = crowd.messages(app, self.work.by());
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

    /// Takes a meeting out of whatever hold it is in. Returns whether that was our own.
    ///
    /// # Errors
    /// [`Interrupted::Conflict`] when the meeting is another one now, because what was cut off
    /// before was finished; [`Failure::InProgress`] while somebody else holds it.
    async fn take_hold(
        &self,
        app: &App,
        meeting: &mut Meeting,
        now: DateTime<Utc>,
    ) -> Result<bool, Interrupted> {
        // Some of its attendees may not be there yet.
        let saved = finish_waited_for(app, meeting, now).await?;
        if saved || end_cut_off_reminder(app, meeting, now).await? {
            return Err(Interrupted::Conflict);
        }
        let hold = meeting.sending.take();
        let ours = hold.as_ref() == Some(&self.record.hold());
        // Our own hold stands for as long as we go on.
        if !ours && hold.is_some_and(|hold| hold.until > now) {
            return Err(Failure::InProgress.into());
        }
        Ok(ours)
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
                    let actor = self.work.by();
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
