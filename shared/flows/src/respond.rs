//! Customers open their meeting and answer it; staff answer on their behalf.

use chrono::{DateTime, Utc};
use usher_cloud::{AlsoRead, Freshness, if_readable};
use usher_domain::{
    Failure, FieldErrors,
    actor::Actor,
    answer::{Answer, AnswerChannel},
    channel::Channel,
    id::{AttendeeId, MeetingId},
    meeting::Meeting,
    notification::Notification,
    respond::{AnswerOutcome, Closed, Incoming, open_until},
    text::Reason,
    token::{Grant, Token},
};

use crate::{
    App, MeetingContext,
    answers::{AnsweredMessage, STAFF_CUTOFF, take_answer},
    open_link::{OpenedLink, open_link},
    schedules,
    sending::deliver_best_effort,
    transact::Interrupted,
};

pub use crate::answers::TOO_MANY_ANSWERS;

/// A customer at their meeting.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What their link lets them do.
    pub grant: Grant,
    /// The meeting as it is.
    pub context: MeetingContext,
}

/// What a customer submits.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The token of their link.
    pub token: String,
    /// What they answer.
    pub answer: Answer,
    /// The revision they were shown.
    pub revision: u32,
    /// The reason or comment.
    pub reason: Option<Reason>,
    /// The times that would suit, with a reschedule request.
    pub preferred_times: Option<Reason>,
}

impl Submission {
    /// The answer, as it came over a link that lets its holder do this.
    ///
    /// # Errors
    /// [`Failure::Refused`] when the link did not offer it.
    fn over(&self, grant: &Grant, now: DateTime<Utc>) -> Result<Incoming, Failure> {
        if !grant.buttons.offer(self.answer) {
            return Err(Failure::Refused {
                code: "not_offered",
                reason: "The message this link came with did not ask for this answer.".to_owned(),
            });
        }
        Ok(Incoming {
            attendee_id: grant.attendee_id.clone(),
            answer: self.answer,
            revision: self.revision,
            channel: grant.channel.into(),
            reason: self.reason.clone(),
            preferred_times: self.preferred_times.clone(),
            given_at: now,
        })
    }
}

/// An answer taken by staff.
#[derive(Debug, Clone)]
pub struct StaffAnswer {
    /// Whose answer it is.
    pub attendee_id: String,
    /// What they answered.
    pub answer: Answer,
    /// The reason or comment.
    pub reason: Option<String>,
}

/// Opens the meeting behind a link. `None` for every link that does not open
/// one, whatever the cause: unknown, expired, revoked,
/// of someone no longer invited, or sent to an address that is no longer theirs (L10).
///
/// Reads only: mail scanners and previews follow links.
///
/// # Errors
/// [`Failure::Unavailable`] when it cannot be looked up.
pub async fn visit(app: &App, token: &str, now: DateTime<Utc>) -> Result<Option<Visit>, Failure> {
    // As it was a moment ago it may be looked at; that it opens nothing is said of how it is.
    for freshness in [Freshness::AMomentAgo, Freshness::Latest] {
        let found = look_up(app, token, Wanted::Page, freshness, now).await?;
        if let Some((visit, _)) = found {
            return Ok(Some(visit));
        }
    }
    Ok(None)
}

/// What a link is looked up for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// To show its page.
    Page,
    /// To take an answer to the notification that it came with.
    Answer,
}

/// As [`visit`]; with the notification, where it can be read and is wanted. Two queries as a
/// rule.
async fn look_up(
    app: &App,
    token: &str,
    wanted: Wanted,
    freshness: Freshness,
    now: DateTime<Utc>,
) -> Result<Option<(Visit, Option<Notification>)>, Failure> {
    let Some(token) = Token::parse(token) else {
        return Ok(None);
    };
    let Some(OpenedLink { grant, email }) = open_link(app, &token, freshness, now).await? else {
        return Ok(None);
    };
    // The path of a public page names nothing: its token must not be logged.
    let span = tracing::Span::current();
    span.record("meeting", grant.meeting_id.as_str());
    span.record("notification", grant.notification_id.to_string());
    let attendees = std::slice::from_ref(&grant.attendee_id);
    let answered = &grant.notification_id;
    let is_read = wanted == Wanted::Page || grant.channel == Channel::Email;
    let also = AlsoRead {
        template: grant.template_id.as_ref(),
        notification: (!is_read).then_some(answered),
        freshness,
    };
    match app.context_for(&grant.meeting_id, attendees, also).await {
        Ok((context, row)) if grant.valid(&context.meeting, now) => {
            Ok(Some((Visit { grant, context }, email.or(row))))
        }
        Ok(_) | Err(Failure::NotFound { .. }) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Takes a customer's answer. `None` as for [`visit`].
///
/// # Errors
/// [`Failure::Refused`] when the link did not offer this answer, or was used
/// too often.
pub async fn respond(
    app: &App,
    submission: &Submission,
    now: DateTime<Utc>,
) -> Result<Option<(Visit, AnswerOutcome)>, Failure> {
    app.transact(|| async {
        let found = look_up(
            app,
            &submission.token,
            Wanted::Answer,
            Freshness::Latest,
            now,
        );
        let found = found.await?;
        let Some((mut visit, row)) = found else {
            return Ok(None);
        };
        let incoming = submission.over(&visit.grant, now)?;
        let answered = row.map(|mut row| AnsweredMessage {
            arrived: row.arrived(visit.grant.channel, now),
            row,
        });
        // That it arrived may change what all of them know.
        let alone = answered.as_ref().is_none_or(|message| !message.arrived)
            && (visit.context.meeting).answers_without_others(&incoming.attendee_id);
        if !alone {
            visit.context = app.with_others(visit.context).await?;
        }
        let context = &mut visit.context;
        let actor = Actor::customer(&incoming.attendee_id);
        let outcome = apply(app, context, answered, &incoming, &actor, now).await?;
        Ok(Some((visit, outcome)))
    })
    .await
}

/// Takes an answer that staff heard from the customer.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown meeting, [`Failure::Invalid`] for an
/// unknown attendee, [`Failure::Refused`] when the meeting takes no answers.
pub async fn respond_for(
    app: &App,
    meeting: &MeetingId,
    answer: &StaffAnswer,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MeetingContext, Failure> {
    let mut errors = FieldErrors::default();
    let reason = errors.optional("/reason", answer.reason.as_deref(), Reason::parse);
    let attendee = errors.keep("/attendee_id", AttendeeId::parse(&answer.attendee_id));
    let attendee_id = errors.finish(attendee)?;
    app.transact(|| async {
        let mut context = app.context(meeting).await?;
        let attendee = context.meeting.attendee(&attendee_id);
        let attendee = attendee.ok_or(Failure::NotFound { what: "attendee" })?;
        let row = match attendee.last_notification.clone() {
            Some(id) => if_readable(app.store.notification(&id).await)?,
            None => None,
        };
        let answered = row.map(|row| AnsweredMessage {
            row,
            arrived: false,
        });
        let incoming = Incoming {
            attendee_id: attendee_id.clone(),
            answer: answer.answer,
            revision: context.meeting.revision,
            channel: AnswerChannel::Staff,
            reason: reason.clone(),
            preferred_times: None,
            given_at: now,
        };
        takes_answers(&context.meeting, now)?;
        apply(app, &mut context, answered, &incoming, actor, now).await?;
        Ok(context)
    })
    .await
}

/// Whether a meeting takes answers that staff have heard.
fn takes_answers(meeting: &Meeting, now: DateTime<Utc>) -> Result<(), Failure> {
    if meeting.announced.is_none() {
        return Err(Failure::Refused {
            code: "not_announced",
            reason: "Nobody has been told of this meeting yet, so there is nothing to answer."
                .to_owned(),
        });
    }
    open_until(meeting, STAFF_CUTOFF, now).map_err(refused)?;
    Ok(())
}

fn refused(closed: Closed) -> Failure {
    Failure::Refused {
        code: closed.code(),
        reason: closed.reason().to_owned(),
    }
}

/// Judges, applies and stores an answer, and tells staff of it.
async fn apply(
    app: &App,
    context: &mut MeetingContext,
    answered: Option<AnsweredMessage>,
    incoming: &Incoming,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<AnswerOutcome, Interrupted> {
    let taken = take_answer(app, context, answered, incoming, actor, now)?;
    if !taken.changed {
        return Ok(taken.outcome);
    }
    app.commit(taken.changes).await?;
    taken.written.note(&mut context.meeting);
    schedules::follow(app, &mut context.meeting, actor, now).await;
    let place = context.meeting.timeline_key();
    Box::pin(deliver_best_effort(app, taken.notices, place, now)).await;
    Ok(taken.outcome)
}
