//! A customer's text comes in and becomes an answer, an opt-out, or something for
//! people to read. Never a guess.
//!
//! Everything that a text brings about is written in one transaction with the note
//! that it was taken: its answer, the reply to it, the news to staff. So a text
//! that is delivered ten times at once is taken once, and one whose taking was cut
//! off is either not taken at all or taken with everything on record.

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::try_join_all;
use usher_cloud::{Changes, Conflict, Contact, StoreError, if_readable};
use usher_domain::{
    Failure,
    answer::{Answer, AnswerChannel, Incoming, Outcome},
    contact::{OptOut, OptOutSource, PhoneNumber},
    id::AttendeeId,
    meeting::Meeting,
    notification::{Channel, Notification},
    render::AutoReply,
    reply::{
        Candidate, Conversation, Hearing, Inbound, MAX_TEXTS, Prompt, Reading, asked_by, interpret,
        opt_in_entry, opt_out_entry, questions, remark_entry,
    },
    text::Name,
    timeline::{TimelineEntry, TimelineKind},
};

use crate::{
    App, ROUNDS, World,
    answers::{Taken, take_answer},
    auto_reply::{Replying, withheld},
    dispatch::{rows, see_off},
    prepare::Prepared,
    schedules,
};

/// How long a text is known again.
const TAKEN_FOR: TimeDelta = TimeDelta::days(30);
/// How long a conversation that goes on no more is remembered.
const CONVERSATION_KEPT: TimeDelta = TimeDelta::days(60);

/// What a text came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It was taken before.
    Known,
    /// It was an answer, which led to this.
    Answered(Outcome),
    /// It may be the answer to several questions: which one was asked back.
    AskedBack,
    /// Its number gets no more SMS.
    OptedOut,
    /// Its number gets SMS again.
    OptedIn,
    /// It stands in a meeting's timeline, or among the texts that belong to none.
    Kept,
    /// Its number has sent so many today that it is kept nowhere.
    Ignored,
}

/// What a text is to change.
pub(crate) struct Step {
    pub(crate) came: Received,
    pub(crate) changes: Changes,
    /// What is claimed with that, to be sent after it.
    pub(crate) outgoing: Vec<Prepared>,
    /// The meeting whose timeline has what is sent; as it is after the change.
    pub(crate) meeting: Option<Meeting>,
}

impl Step {
    /// With what is remembered of the number, unless an automatic reply has it noted.
    fn remembering(
        self,
        from: &PhoneNumber,
        conversation: &Conversation,
        now: DateTime<Utc>,
    ) -> Self {
        if self.changes.writes(Conflict::Conversation) {
            return self;
        }
        let kept_until = now + CONVERSATION_KEPT;
        Self {
            changes: self.changes.conversation(from, conversation, kept_until),
            ..self
        }
    }

    /// A text of nobody who can be written to is for people to read (S11).
    fn unmatched(inbound: &Inbound) -> Self {
        Self {
            came: Received::Kept,
            changes: Changes::new().unmatched(inbound),
            outgoing: Vec::new(),
            meeting: None,
        }
    }
}

/// What the timeline is told.
#[derive(Debug, Clone, Copy)]
enum News {
    Remark,
    /// A remark, after which others are not kept.
    LastForToday,
    OptOut(&'static str),
    OptIn {
        done: bool,
    },
}

/// What is known when a text comes in.
pub(crate) struct Scene<'a> {
    pub(crate) app: &'a App,
    pub(crate) inbound: &'a Inbound,
    /// Who texted.
    from: &'a PhoneNumber,
    /// The number of ours that they texted.
    to: &'a PhoneNumber,
    pub(crate) contact: Contact,
    /// What the text may answer, each with its meeting.
    pub(crate) asked: Vec<(Prompt, World)>,
    /// The message it answers, where the provider says so.
    known: Option<Notification>,
    pub(crate) now: DateTime<Utc>,
}

/// Takes a text, once however often it is delivered.
///
/// # Errors
/// [`Failure::Unavailable`] when it could not be taken; it may be delivered again.
pub async fn receive(
    app: &App,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> Result<Received, Failure> {
    for _ in 0..ROUNDS {
        if app.store.inbound_taken(&inbound.id, now).await? {
            return Ok(Received::Known);
        }
        let step = match inbound.numbers() {
            Some(numbers) => {
                let mut scene = Scene::load(app, inbound, numbers, now).await?;
                // It may be written by its automatic reply as well, which notes more.
                let hearing = scene.contact.conversation.hear(now);
                let conversation = scene.contact.conversation.clone();
                let step = match hearing {
                    Hearing::Full => scene.step().await?,
                    Hearing::Last => scene.tell(News::LastForToday).await?,
                    Hearing::OptOutsOnly => return scene.opt_outs_only().await,
                };
                step.remembering(numbers.0, &conversation, now)
            }
            None => Step::unmatched(inbound),
        };
        let changes = step.changes.new_inbound(inbound, now + TAKEN_FOR, now);
        match app.store.commit(changes, &app.chance.word()).await {
            Ok(()) => {
                if let Some(mut meeting) = step.meeting {
                    schedules::follow(app, &mut meeting, now).await;
                    Box::pin(see_off(app, step.outgoing, meeting.place(), now)).await;
                }
                return Ok(step.came);
            }
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::Unavailable)
}

impl<'a> Scene<'a> {
    async fn load(
        app: &'a App,
        inbound: &'a Inbound,
        (from, to): (&'a PhoneNumber, &'a PhoneNumber),
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let mut contact = app.store.contact(from, now).await?;
        contact
            .prompts
            .retain(|prompt| prompt.ours.as_ref().is_none_or(|ours| ours == to));
        let known = match &inbound.previous {
            Some(id) => app.store.notification_of_message(id, now).await?,
            None => None,
        };
        // Somebody else's message tells nothing of this number.
        let known = known.filter(|row| row.recipient.phone.as_ref() == Some(from));
        let ids: Vec<_> = contact
            .prompts
            .iter()
            .map(|prompt| prompt.asked_by.clone())
            .collect();
        let messages = app.store.notifications(&ids).await?.rows;
        let mut asked = questions(&contact.prompts, &messages, inbound.received_at);
        if let Some(prompt) = known
            .as_ref()
            .and_then(|row| asked_by(&contact.prompts, &row.id))
        {
            asked.retain(|other| !other.same_subject(&prompt));
            asked.push(prompt);
        }
        let worlds = asked
            .into_iter()
            .map(|prompt| with_world(app, from, prompt));
        let asked = try_join_all(worlds).await?.into_iter().flatten().collect();
        Ok(Self {
            app,
            inbound,
            from,
            to,
            contact,
            asked,
            known,
            now,
        })
    }

    async fn step(self) -> Result<Step, Failure> {
        let candidates: Vec<_> = self
            .asked
            .iter()
            .map(|(prompt, world)| Candidate {
                prompt: prompt.clone(),
                open: world.open_until(self.now).is_ok(),
            })
            .collect();
        let conversation = &self.contact.conversation;
        let (text, known) = (&self.inbound.text, self.known.as_ref());
        match interpret(text, &candidates, conversation, known, self.now) {
            Reading::Answer(prompt, answer) => self.answer(&prompt, answer).await,
            Reading::AskBack(between) => self.ask_back(&between).await,
            Reading::OptOut(word) => self.opt_out(word).await,
            Reading::OptIn => self.opt_in().await,
            Reading::Remark => self.keep().await,
        }
    }

    /// Takes an answer to one question, and says what came of it.
    async fn answer(self, prompt: &Prompt, answer: Answer) -> Result<Step, Failure> {
        let row = if_readable(self.app.store.notification(&prompt.notification).await)?;
        let (Some(mut row), Some((_, mut world))) =
            (row, with_world(self.app, self.from, prompt.clone()).await?)
        else {
            return self.keep().await;
        };
        let before = world.meeting.clone();
        if row.id == prompt.asked_by && row.arrived(Channel::Sms, self.now) {
            world.record_settled(&row, self.now);
        }
        let incoming = Incoming {
            attendee_id: prompt.attendee.clone(),
            answer,
            revision: prompt.revision,
            channel: AnswerChannel::SmsReply,
            reason: None,
            preferred_times: None,
            given_at: self.inbound.received_at.min(self.now),
        };
        let answered = Some(row.clone());
        let taken = take_answer(self.app, &mut world, &before, answered, &incoming, self.now);
        let Taken {
            outcome,
            mut changes,
            moved,
            mut notices,
        } = match taken {
            Err(Failure::Refused { .. }) => return self.keep().await,
            taken => taken?,
        };
        let reply = self.reply_to_answer(&world, &row, prompt, answer, outcome);
        let reply = self.note_reply(&mut changes, &world, &prompt.attendee, reply);
        notices.extend(reply);
        let mut meeting = world.meeting;
        meeting.version += u64::from(moved);
        Ok(Step {
            came: Received::Answered(outcome),
            changes,
            outgoing: notices,
            meeting: Some(meeting),
        })
    }

    /// What is said to an answer.
    fn reply_to_answer(
        &self,
        world: &World,
        row: &Notification,
        prompt: &Prompt,
        answer: Answer,
        outcome: Outcome,
    ) -> Option<Prepared> {
        let replying = self.replying(world, &prompt.attendee, row)?;
        let config = world.config_of(row)?;
        let say = |reply| replying.say(reply, &config);
        Some(match outcome {
            Outcome::Applied | Outcome::Unchanged => say(AutoReply::Taken(answer)),
            Outcome::Moved => replying.ask_again(prompt, &config),
            Outcome::Closed(closed) => say(AutoReply::Closed(closed)),
            Outcome::Overtaken => {
                let attendee = world.meeting.attendee(&prompt.attendee);
                let stands = attendee.and_then(|attendee| attendee.response.as_ref());
                say(AutoReply::Overtaken(
                    stands.map_or(answer, |given| given.answer),
                ))
            }
        })
    }

    pub(crate) fn replying<'b>(
        &'b self,
        world: &'b World,
        attendee: &AttendeeId,
        answered: &'b Notification,
    ) -> Option<Replying<'b>> {
        Some(Replying {
            app: self.app,
            world,
            attendee: world.meeting.attendee(attendee)?,
            answered,
            inbound: self.inbound,
            from: self.from,
            to: self.to,
            now: self.now,
        })
    }

    /// Puts a reply among the changes, or why there is none.
    pub(crate) fn note_reply(
        &self,
        changes: &mut Changes,
        world: &World,
        attendee: &AttendeeId,
        reply: Option<Prepared>,
    ) -> Option<Prepared> {
        let reply = reply?;
        let so_far = std::mem::take(changes);
        if let Some(why) = withheld(world, &self.contact, self.from, self.now) {
            let text = format!("No automatic reply was sent: {why}");
            let entry = TimelineEntry {
                attendee_id: Some(attendee.clone()),
                channel: Some(Channel::Sms),
                ..TimelineEntry::of_meeting(self.now, TimelineKind::Notification, text)
            };
            *changes = so_far.entry(world.meeting.place(), &entry, &self.app.chance.word());
            return None;
        }
        let mut conversation = self.contact.conversation.clone();
        conversation.replied(self.now);
        let kept_until = self.now + CONVERSATION_KEPT;
        let so_far = so_far.conversation(self.from, &conversation, kept_until);
        *changes = rows(so_far, &reply);
        Some(reply)
    }

    /// Notes that the number wants no SMS.
    async fn opt_out(self, word: &'static str) -> Result<Step, Failure> {
        let opt_out = OptOut {
            number: self.from.clone(),
            at: self.now,
            source: OptOutSource::Text,
        };
        let step = self.tell(News::OptOut(word)).await?;
        Ok(Step {
            came: Received::OptedOut,
            changes: step.changes.opt_out(&opt_out),
            ..step
        })
    }

    /// Notes that the number wants SMS again; the account's list may not let it.
    async fn opt_in(self) -> Result<Step, Failure> {
        let number = self.from;
        let source = self.contact.opt_out.as_ref().map(|out| out.source);
        let done = source != Some(OptOutSource::Account) || self.app.sms.opt_in(number).await;
        let mut step = self.tell(News::OptIn { done }).await?;
        if done && source.is_some() {
            step.changes = step.changes.opt_in(number);
        }
        Ok(Step {
            came: Received::OptedIn,
            ..step
        })
    }

    /// Takes a text that may do no more than opt its number out or in.
    async fn opt_outs_only(self) -> Result<Received, Failure> {
        let (text, known) = (&self.inbound.text, self.known.as_ref());
        let number = self.from;
        let (came, changes) = match interpret(text, &[], &Conversation::default(), known, self.now)
        {
            Reading::OptOut(_) if self.contact.opt_out.is_none() => {
                let opt_out = OptOut {
                    number: number.clone(),
                    at: self.now,
                    source: OptOutSource::Text,
                };
                (Received::OptedOut, Changes::new().opt_out(&opt_out))
            }
            Reading::OptIn
                if self
                    .contact
                    .opt_out
                    .as_ref()
                    .is_some_and(|out| out.source == OptOutSource::Text) =>
            {
                (Received::OptedIn, Changes::new().opt_in(number))
            }
            _ => {
                tracing::warn!("a number has sent too many texts today: one more is not kept");
                return Ok(Received::Ignored);
            }
        };
        self.app
            .store
            .commit(changes, &self.app.chance.word())
            .await?;
        Ok(came)
    }

    /// Keeps a text for people to read.
    pub(crate) async fn keep(self) -> Result<Step, Failure> {
        self.tell(News::Remark).await
    }

    /// Tells the timeline of the meeting that a text is likely about; where there is
    /// none, keeps it among those that belong to no meeting.
    async fn tell(&self, news: News) -> Result<Step, Failure> {
        let changes = match self.whose().await? {
            Some((name, attendee, meeting)) => {
                let entry = match news {
                    News::Remark => remark_entry(&name, &attendee, self.inbound, self.now),
                    News::LastForToday => {
                        let mut entry = remark_entry(&name, &attendee, self.inbound, self.now);
                        entry.text.push_str(&format!(
                            " (this number has sent {MAX_TEXTS} texts within a day: what more it sends until tomorrow is not kept and answers nothing)"
                        ));
                        entry
                    }
                    News::OptOut(word) => opt_out_entry(&name, &attendee, word, self.now),
                    News::OptIn { done } => opt_in_entry(&name, &attendee, done, self.now),
                };
                Changes::new().entry(meeting.place(), &entry, &self.app.chance.word())
            }
            None => Changes::new().unmatched(self.inbound),
        };
        Ok(Step {
            came: Received::Kept,
            changes,
            outgoing: Vec::new(),
            meeting: None,
        })
    }

    /// Who is texting, and about which meeting most likely: the one whose message
    /// they answer, or that has asked them, or that last wrote to them.
    async fn whose(&self) -> Result<Option<(Name, AttendeeId, Meeting)>, Failure> {
        if let Some((prompt, world)) = self.one_asked()
            && let Some(attendee) = world.meeting.attendee(&prompt.attendee)
        {
            let (name, id) = (attendee.name.clone(), attendee.id.clone());
            return Ok(Some((name, id, world.meeting.clone())));
        }
        let row = match &self.known {
            Some(row) => Some(row.clone()),
            None => self.app.store.last_message_to(self.from).await?,
        };
        let Some(row) = row else { return Ok(None) };
        let meeting = if_readable(self.app.store.meeting(row.meeting_id()).await)?;
        Ok(meeting.map(|meeting| (row.recipient.name, row.recipient.id, meeting)))
    }

    /// The only open question, if there is one and no message is known.
    fn one_asked(&self) -> Option<&(Prompt, World)> {
        let mut open = self
            .asked
            .iter()
            .filter(|(_, world)| world.open_until(self.now).is_ok());
        let one = open.next().filter(|_| self.known.is_none())?;
        open.next().is_none().then_some(one)
    }
}

/// A prompt with its meeting; none when its number is no longer that of an attendee, or
/// the meeting cannot be read.
async fn with_world(
    app: &App,
    from: &PhoneNumber,
    prompt: Prompt,
) -> Result<Option<(Prompt, World)>, Failure> {
    let world = match app.world(prompt.meeting()).await {
        Err(Failure::NotFound { .. } | Failure::Unreadable) => return Ok(None),
        world => world?,
    };
    let attendee = world.meeting.attendee(&prompt.attendee);
    let theirs = attendee.is_some_and(|each| each.phone.as_ref() == Some(from));
    Ok(theirs.then_some((prompt, world)))
}
