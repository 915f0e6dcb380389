//! Staff send a notification.

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use usher_cloud::{KeyRecord, KeyedRequest, KeyedWork};
use usher_domain::{
    Failure,
    actor::Actor,
    contact::Suppressions,
    id::{MeetingId, NotificationId},
    lease::Lease,
    meeting::{Attendee, Meeting},
    remind::wake_at,
    send::{SendPlan, SendRequest, decide_send},
    settings::Settings,
};

use crate::{
    App, MeetingContext,
    context::Contacts,
    crowd::{Crowd, RowIds},
    keys::{KeyState, state},
    remind::follow_up,
    resume::{finish_holder, resume_asked},
    sending::{self, ClaimKey, EarlierRows, HTTP_INVOCATION, PlannedSend, until},
    transact::{Interrupted, WrittenMeeting},
    underway::{SendOutcome, Underway},
};

/// Sends, once per key: the same key and request again give the first outcome
/// again. A crowd that there is no time for now goes on by itself.
///
/// # Errors
/// [`Failure::KeyReused`], [`Failure::InProgress`], [`Failure::NeedsConfirmation`],
/// and those of [`decide_send`]. After [`Failure::Unavailable`] the same key may
/// be sent again: nothing goes out twice.
pub async fn send(
    app: &App,
    meeting: &MeetingId,
    request: &SendRequest,
    key: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<SendOutcome, Failure> {
    KeyedSend::of(meeting, request, key, Kept::Week, actor, now)
        .send(app)
        .await
}

/// As [`send`], but once as long as the meeting is not over: nobody gives another key
/// to what the program sends by itself.
///
/// # Errors
/// As [`send`].
pub(crate) async fn send_once(
    app: &App,
    meeting: &MeetingId,
    request: &SendRequest,
    key: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<SendOutcome, Failure> {
    KeyedSend::of(meeting, request, key, Kept::UntilTheEnd, actor, now)
        .send(app)
        .await
}

/// Accepts what [`send_once`] sends of a meeting that is being saved: it is stored along with
/// it, so that the sweep sends it where whoever saves is cut off.
pub(crate) fn accept(
    app: &App,
    meeting: &Meeting,
    request: &SendRequest,
    key: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> KeyRecord {
    let send = KeyedSend::of(&meeting.id, request, key, Kept::UntilTheEnd, actor, now);
    let ids = send.row_ids();
    let rows = meeting.attendees.iter().map(|attendee| ids.of(attendee));
    // Nobody works on it yet: whoever comes first does.
    let lease = Lease {
        owner: app.rng.random_id(),
        until: now,
    };
    send.record(lease, rows.collect(), meeting)
}

/// How long a key is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// A week.
    Week,
    /// Until a week after the meeting's end, if that is longer.
    UntilTheEnd,
}

/// What a send is decided on, besides the template and who can be reached.
struct SendRead {
    /// What is remembered of its key.
    key: Option<KeyRecord>,
    /// The meeting with the settings, or why it cannot be read.
    meeting: Result<(Meeting, Settings), Failure>,
}

/// A send that somebody asks for under a key.
struct KeyedSend<'a> {
    meeting: &'a MeetingId,
    request: &'a SendRequest,
    keyed: KeyedRequest<'a>,
    kept: Kept,
    actor: &'a Actor,
    now: DateTime<Utc>,
}

impl<'a> KeyedSend<'a> {
    fn of(
        meeting: &'a MeetingId,
        request: &'a SendRequest,
        key: &'a str,
        kept: Kept,
        actor: &'a Actor,
        now: DateTime<Utc>,
    ) -> Self {
        let wanted = request.attendees.as_ref().map(|ids| ids.join(" "));
        let wanted = format!("{wanted:?}");
        let mut body = vec!["send", meeting.as_str(), request.kind.as_str(), &wanted];
        if !request.former_addresses {
            body.push("without former addresses");
        }
        Self {
            meeting,
            request,
            keyed: KeyedRequest::new(key, &body),
            kept,
            actor,
            now,
        }
    }

    async fn send(self, app: &App) -> Result<SendOutcome, Failure> {
        let until = until(app, HTTP_INVOCATION);
        app.transact(|| self.attempt(app, until)).await
    }

    async fn attempt(&self, app: &App, until: Instant) -> Result<SendOutcome, Interrupted> {
        let SendRead { key, meeting } = self.read(app).await?;
        match state(app, key, &self.keyed, self.now).await? {
            KeyState::Outcome(rows) => return Ok(SendOutcome::whole(rows)),
            KeyState::GoesOn(so_far) => return Ok(so_far),
            KeyState::CutOff(hash) => return self.resume(app, &hash, until).await,
            KeyState::Nothing => {}
        }
        let (meeting, settings) = meeting?;
        // Who was removed may still be written to.
        let contacts = Contacts::of(meeting.everybody());
        let loaded = app.with_suppressions(meeting, settings, &contacts, self.now);
        let (mut context, suppressions) = loaded.await?;
        if finish_holder(app, &context.meeting, until, self.now).await? {
            return Err(Interrupted::Conflict);
        }
        match self.decide(&context, &suppressions) {
            Ok(plan) => {
                context.meeting.renew_for(plan.kind);
                let left_out = |each: &Attendee| plan.left_out.contains(&each.id);
                context.meeting.leave_former_addresses_out(left_out);
                let underway = self.send_planned(app, &context, plan, until).await?;
                // The key is ours from here on: what fails now is resumed, not decided anew.
                let (outcome, meeting) = underway.carry_on(app, until, self.now).await?;
                self.follow_up(app, &outcome, meeting, until).await;
                Ok(outcome)
            }
            // The same key may have been used since it was read: a batch is no snapshot.
            Err(_) if app.store.key(self.keyed.key, self.now).await?.is_some() => {
                Err(Interrupted::Conflict)
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Finishes what was accepted under the key, and cut off.
    async fn resume(
        &self,
        app: &App,
        hash: &str,
        until: Instant,
    ) -> Result<SendOutcome, Interrupted> {
        let work = self.work();
        let resumed = Box::pin(resume_asked(app, hash, &work, until, self.now)).await?;
        // It was there a moment ago.
        let outcome = resumed.ok_or(Interrupted::Conflict)?.outcome;
        self.follow_up(app, &outcome, WrittenMeeting::nothing(), until)
            .await;
        Ok(outcome)
    }

    /// Has reminders follow the meeting, once it has moved.
    async fn follow_up(
        &self,
        app: &App,
        outcome: &SendOutcome,
        meeting: WrittenMeeting,
        until: Instant,
    ) {
        if outcome.remaining == 0 {
            follow_up(app, self.meeting, meeting, self.actor, until, self.now).await;
        }
    }

    /// Reads all of it in one query where the meeting has one attendee. What came of a key is
    /// known without its meeting, too.
    async fn read(&self, app: &App) -> Result<SendRead, Failure> {
        let key = self.keyed.key;
        let read = app.store.meeting_under_key(self.meeting, key, self.now);
        match read.await {
            Ok(read) => {
                let meeting = read.meeting.ok_or(Failure::NotFound { what: "meeting" });
                let settings = app.or_deployed(read.settings);
                Ok(SendRead {
                    key: read.key,
                    meeting: meeting.map(|meeting| (meeting, settings)),
                })
            }
            Err(error) => Ok(SendRead {
                key: app.store.key(key, self.now).await?,
                meeting: Err(error.into()),
            }),
        }
    }

    /// What the key remembers of the request.
    fn work(&self) -> KeyedWork {
        KeyedWork {
            key: self.keyed.key.to_owned(),
            meeting: self.meeting.clone(),
            kind: self.request.kind,
            actor: Some(self.actor.clone()),
        }
    }

    /// Decides what the request asks for.
    fn decide(
        &self,
        context: &MeetingContext,
        suppressions: &Suppressions,
    ) -> Result<SendPlan, Failure> {
        let plan = decide_send(
            &context.meeting,
            context.template.as_ref(),
            context.deliverability(suppressions),
            self.request.kind,
            self.request.whom(),
            self.now,
        )?;
        match plan.confirm {
            Some(would) if !self.request.confirm => Err(Failure::NeedsConfirmation { would }),
            confirm => Ok(SendPlan { confirm, ..plan }),
        }
    }

    async fn send_planned(
        &self,
        app: &App,
        context: &MeetingContext,
        plan: SendPlan,
        until: Instant,
    ) -> Result<Underway, Interrupted> {
        let lease = Lease::new(app.rng.random_id(), self.now);
        let crowd = Crowd::of(context, plan, self.row_ids(), |_| true, &lease, self.now);
        let record = self.record(lease, crowd.ids().cloned().collect(), &context.meeting);
        let record = record.found_by_meeting(wake_at(&context.meeting).is_none());
        let send = PlannedSend {
            statements: crowd.statements(),
            calls_off: crowd.calls_off,
            context,
            key: ClaimKey::New(&record),
            earlier: EarlierRows::default(),
            actor: self.actor,
            until,
            now: self.now,
        };
        let sent = sending::send(app, send, crowd.messages(app, self.actor)).await?;
        Ok(Underway {
            record,
            work: self.work(),
            sent,
        })
    }

    fn row_ids(&self) -> RowIds<'a> {
        RowIds {
            meeting: self.meeting,
            key: self.keyed.key,
            created_at: self.now,
        }
    }

    /// What the key remembers.
    fn record(&self, lease: Lease, rows: Vec<NotificationId>, meeting: &Meeting) -> KeyRecord {
        let mut key = KeyRecord::new(&self.keyed, lease, rows, self.now).asking(self.work());
        if self.kept == Kept::UntilTheEnd {
            key.keep_until(meeting.details.ends_at());
        }
        key
    }
}
