//! What is known when a text comes in, and what it is to change.

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::try_join_all;
use usher_cloud::{AlsoRead, Changes, KnownNumber, LookedThrough, WriteConflict};
use usher_domain::{
    Failure,
    actor::Actor,
    channel::Channel,
    contact::PhoneNumber,
    kind::MessageKind,
    meeting::Meeting,
    notification::Notification,
    reply::{Candidate, QuestionState, asked_by, questions},
    respond::AnswerOutcome,
    sms::{Conversation, Inbound, Numbers, Prompt},
};

use crate::{App, MeetingContext, sending::OutboundMessage};

/// How long a conversation that goes on no more is remembered.
pub(super) const CONVERSATION_KEPT: TimeDelta = TimeDelta::days(60);

/// What a text came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It was taken before.
    Duplicate,
    /// It was an answer, which led to this.
    Answered(AnswerOutcome),
    /// It may be the answer to several questions: which one was asked back.
    AskedBack,
    /// It is nearly an answer: the question was asked again.
    AskedAgain,
    /// Its number gets no more SMS.
    OptedOut,
    /// SMS to its number are held until staff decide.
    Held,
    /// Its number gets SMS again.
    OptedIn,
    /// It stands in a meeting's timeline, or among the texts that belong to none.
    Kept,
    /// Its number has sent so many today that it is kept nowhere.
    Ignored,
}

/// What a text is to change.
pub(crate) struct InboundEffect {
    pub(crate) outcome: Received,
    pub(crate) changes: Changes,
    /// What is claimed with that, to be sent after it.
    pub(crate) outgoing: Vec<OutboundMessage>,
    /// The meeting whose timeline has what is sent; as it is after the change.
    pub(crate) meeting: Option<Meeting>,
}

impl InboundEffect {
    /// With what is remembered of the number, unless an automatic reply has it noted.
    pub(super) fn remembering(
        self,
        from: &PhoneNumber,
        conversation: &Conversation,
        now: DateTime<Utc>,
    ) -> Self {
        if self.changes.writes(WriteConflict::Conversation) {
            return self;
        }
        let kept_until = now + CONVERSATION_KEPT;
        Self {
            changes: self.changes.conversation(from, conversation, kept_until),
            ..self
        }
    }

    /// A text of nobody who can be written to is for people to read (S11).
    pub(super) fn unmatched(inbound: &Inbound) -> Self {
        Self {
            outcome: Received::Kept,
            // Nobody knows who it is; and a text has no room for it.
            changes: Changes::by(&Actor::System).unmatched(inbound),
            outgoing: Vec::new(),
            meeting: None,
        }
    }
}

/// A question that a text may answer, with what decides about it.
pub(crate) struct PromptInContext {
    pub(crate) prompt: Prompt,
    /// The message that asked it.
    pub(super) asked_by: Option<Notification>,
    pub(crate) context: MeetingContext,
}

/// What a text may answer.
struct Asked {
    /// The questions whose message and meeting can be read.
    readable: Vec<PromptInContext>,
    /// The others.
    unreadable: Vec<Prompt>,
}

/// What is known when a text comes in.
pub(crate) struct InboundContext<'a> {
    pub(crate) app: &'a App,
    pub(crate) inbound: &'a Inbound,
    /// Who texted.
    pub(super) from: &'a PhoneNumber,
    /// The number of ours that they texted.
    pub(super) to: &'a PhoneNumber,
    pub(crate) contact: KnownNumber,
    /// What the text may answer, each with its meeting.
    pub(crate) asked: Vec<PromptInContext>,
    /// What it may answer as well, but whose message or meeting cannot be read.
    pub(super) unreadable: Vec<Prompt>,
    /// Whether it may answer a question that cannot be read at all.
    pub(super) lost: bool,
    /// The message it answers, where the provider says so.
    pub(super) known: Option<Notification>,
    /// Whether what more its number sends today is not kept.
    pub(super) last_for_today: bool,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> InboundContext<'a> {
    pub(super) async fn load(
        app: &'a App,
        inbound: &'a Inbound,
        Numbers { from, to }: Numbers<'a>,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let mut contact = app.store.contact(from, now).await?;
        contact
            .prompts
            .retain(|prompt| prompt.ours.as_ref().is_none_or(|ours| ours == to));
        let answered = answered(app, inbound, from).await?;
        let lost = match &answered.found {
            Some(row) => contact.lost.contains(&Some(row.id.clone())),
            None => answered.unreadable > 0 || !contact.lost.is_empty(),
        };
        let known = answered.found;
        let asked = asked(app, inbound, from, &contact, known.as_ref()).await?;
        Ok(Self {
            app,
            inbound,
            from,
            to,
            contact,
            asked: asked.readable,
            unreadable: asked.unreadable,
            lost,
            known,
            last_for_today: false,
            now,
        })
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let readable = self.asked.iter().map(|asked| Candidate {
            prompt: asked.prompt.clone(),
            state: match asked.context.open_until(self.now) {
                Ok(_) => QuestionState::Open,
                Err(_) => QuestionState::Closed,
            },
        });
        let unreadable = self.unreadable.iter().map(|prompt| Candidate {
            prompt: prompt.clone(),
            state: QuestionState::Unreadable,
        });
        readable.chain(unreadable).collect()
    }
}

/// The message that a text answers, where its provider names it: one of ours to its number.
/// What an automatic reply says that is about no one meeting answers nothing.
async fn answered(
    app: &App,
    inbound: &Inbound,
    from: &PhoneNumber,
) -> Result<LookedThrough, Failure> {
    let Some(id) = &inbound.previous else {
        return Ok(LookedThrough::default());
    };
    let to = from.as_str();
    let looked = app.store.message_called(id, Channel::Sms, to).await?;
    let is_meant = |row: &Notification| row.kind != MessageKind::AutoReply || row.buttons.ask();
    Ok(LookedThrough {
        found: looked.found.filter(is_meant),
        ..looked
    })
}

/// What a text may answer: the questions with their meetings, and those of which the
/// message or the meeting cannot be read.
async fn asked(
    app: &App,
    inbound: &Inbound,
    from: &PhoneNumber,
    contact: &KnownNumber,
    known: Option<&Notification>,
) -> Result<Asked, Failure> {
    let prompts = &contact.prompts;
    let ids: Vec<_> = prompts
        .iter()
        .map(|prompt| prompt.asked_by.clone())
        .collect();
    let messages = app.store.notifications(&ids).await?;
    let (rows, lost) = (&messages.rows, &messages.unreadable);
    let mut questions = questions(prompts, rows, lost, inbound.received_at);
    if let Some(prompt) = known.and_then(|row| asked_by(prompts, &row.id)) {
        questions.retain(|(other, _)| !other.same_subject(&prompt));
        questions.push((prompt, true));
    }
    let subjects = questions.into_iter().map(|(prompt, readable)| async move {
        let subject = subject(app, from, &prompt).await?;
        Ok::<_, Failure>((prompt, readable, subject))
    });
    let mut asked = Asked {
        readable: Vec::new(),
        unreadable: Vec::new(),
    };
    for (prompt, readable, subject) in try_join_all(subjects).await? {
        match subject {
            Subject::Meeting(context) if readable => {
                let asked_by = rows.iter().find(|row| row.id == prompt.asked_by);
                asked.readable.push(PromptInContext {
                    asked_by: asked_by.cloned(),
                    prompt,
                    context: *context,
                });
            }
            Subject::Meeting(_) | Subject::Unreadable => asked.unreadable.push(prompt),
            Subject::Gone => {}
        }
    }
    Ok(asked)
}

/// What a question is about.
pub(super) enum Subject {
    Meeting(Box<MeetingContext>),
    /// A meeting that cannot be read: its number may well be that of an attendee.
    Unreadable,
    /// Nothing any more: there is no such meeting, or its number is no longer that of
    /// the attendee who was asked.
    Gone,
}

pub(super) async fn subject(
    app: &App,
    from: &PhoneNumber,
    prompt: &Prompt,
) -> Result<Subject, Failure> {
    let context = match app
        .context_for(
            prompt.meeting(),
            std::slice::from_ref(&prompt.attendee),
            AlsoRead {
                template: prompt.template_id.as_ref(),
                ..AlsoRead::default()
            },
        )
        .await
    {
        Err(Failure::NotFound { .. }) => return Ok(Subject::Gone),
        Err(Failure::Unreadable) => return Ok(Subject::Unreadable),
        found => found?.0,
    };
    let attendee = context.meeting.attendee(&prompt.attendee);
    let theirs = attendee.is_some_and(|each| each.phone.as_ref() == Some(from));
    Ok(if theirs {
        Subject::Meeting(Box::new(context))
    } else {
        Subject::Gone
    })
}
