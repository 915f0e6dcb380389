//! A text that answers one question: the answer is taken, and something is said to it.

use usher_cloud::{Changes, StoreError};
use usher_domain::{
    Failure,
    actor::Actor,
    answer::{Answer, AnswerChannel},
    channel::Channel,
    id::AttendeeId,
    notification::Notification,
    render::AutoReply,
    respond::{AnswerOutcome, Incoming},
    sms::Prompt,
    timeline::{TimelineEntry, TimelineKind},
};

use super::context::{
    CONVERSATION_KEPT, InboundContext, InboundEffect, PromptInContext, Received, Subject, subject,
};
use crate::{
    MeetingContext,
    answers::{AnsweredMessage, Taken, take_answer},
    auto_reply::{Replying, withheld},
    sending::{OutboundMessage, claim_along},
};

/// What is asked, by a message about a meeting.
enum AskedNow {
    Readable {
        row: Box<Notification>,
        context: Box<MeetingContext>,
    },
    /// The message or the meeting cannot be read.
    Unreadable,
    /// There is no such message or meeting any more.
    Gone,
}

impl InboundContext<'_> {
    /// Takes an answer to one question, and says what came of it.
    pub(super) async fn answer(
        self,
        prompt: &Prompt,
        answer: Answer,
    ) -> Result<InboundEffect, Failure> {
        let (mut row, mut context) = match self.what_is_asked(prompt).await? {
            AskedNow::Readable { row, context } => (*row, *context),
            AskedNow::Unreadable => return self.unclear().await,
            AskedNow::Gone => return self.keep().await,
        };
        let arrived = row.id == prompt.asked_by && row.arrived(Channel::Sms, self.now);
        if arrived || !context.meeting.answers_without_others(&prompt.attendee) {
            context = self.app.with_others(context).await?;
        }
        let answered = AnsweredMessage {
            row: row.clone(),
            arrived,
        };
        let taken = match self.take(&mut context, answered, prompt, answer) {
            Err(Failure::Refused { .. }) => return self.keep().await,
            taken => taken?,
        };
        let outcome = taken.outcome;
        let reply = self.reply_to_answer(&context, &row, prompt, answer, outcome);
        let mut changes = taken.changes;
        let before = taken.notices.len();
        let reply = self.note_reply(&mut changes, before, &context, &prompt.attendee, reply);
        let mut meeting = context.meeting;
        taken.written.note(&mut meeting);
        Ok(InboundEffect {
            outcome: Received::Answered(outcome),
            changes,
            outgoing: taken.notices.into_iter().chain(reply).collect(),
            meeting: Some(meeting),
        })
    }

    /// Takes an answer to a message.
    fn take(
        &self,
        context: &mut MeetingContext,
        answered: AnsweredMessage,
        prompt: &Prompt,
        answer: Answer,
    ) -> Result<Taken, Failure> {
        let incoming = Incoming {
            attendee_id: prompt.attendee.clone(),
            answer,
            revision: prompt.revision,
            channel: AnswerChannel::SmsReply,
            reason: None,
            preferred_times: None,
            given_at: self.inbound.received_at.min(self.now),
        };
        let (answered, actor) = (Some(answered), Actor::customer(&prompt.attendee));
        take_answer(self.app, context, answered, &incoming, &actor, self.now)
    }

    /// What a prompt asks. What was read of it with all that the text may answer is not read
    /// again: that it is still so is what its writes are conditional on.
    async fn what_is_asked(&self, prompt: &Prompt) -> Result<AskedNow, Failure> {
        let asked = self.asked.iter().find(|asked| &asked.prompt == prompt);
        if let Some(PromptInContext {
            asked_by: Some(row),
            context,
            ..
        }) = asked
            && row.id == prompt.notification
        {
            return Ok(AskedNow::Readable {
                row: Box::new(row.clone()),
                context: Box::new(context.clone()),
            });
        }
        let row = self.app.store.notification(&prompt.notification).await;
        let context = match (&row, subject(self.app, self.from, prompt).await?) {
            (Err(StoreError::Corrupt { .. }), _) | (_, Subject::Unreadable) => {
                return Ok(AskedNow::Unreadable);
            }
            (_, Subject::Gone) => return Ok(AskedNow::Gone),
            (_, Subject::Meeting(context)) => context,
        };
        Ok(row?.map_or(AskedNow::Gone, |row| AskedNow::Readable {
            row: Box::new(row),
            context,
        }))
    }

    /// What is said to an answer.
    fn reply_to_answer(
        &self,
        context: &MeetingContext,
        row: &Notification,
        prompt: &Prompt,
        answer: Answer,
        outcome: AnswerOutcome,
    ) -> Option<OutboundMessage> {
        let replying = self.replying(context, &prompt.attendee, row)?;
        let config = context.config_of(row)?;
        let say = |reply| replying.say(reply, &config);
        Some(match outcome {
            AnswerOutcome::Applied | AnswerOutcome::Unchanged => say(AutoReply::Taken(answer)),
            AnswerOutcome::Moved => replying.ask_again(prompt, &config),
            AnswerOutcome::Closed(closed) => say(AutoReply::Closed(closed)),
            AnswerOutcome::Overtaken => {
                let attendee = context.meeting.attendee(&prompt.attendee);
                let stands = attendee.and_then(|attendee| attendee.response.as_ref());
                say(AutoReply::Overtaken(
                    stands.map_or(answer, |given| given.answer),
                ))
            }
        })
    }

    pub(crate) fn replying<'b>(
        &'b self,
        context: &'b MeetingContext,
        attendee: &AttendeeId,
        answered: &'b Notification,
    ) -> Option<Replying<'b>> {
        Some(Replying {
            app: self.app,
            context,
            attendee: context.meeting.attendee(attendee)?,
            answered,
            inbound: self.inbound,
            from: self.from,
            to: self.to,
            now: self.now,
        })
    }

    /// Puts a reply among the changes, behind as many messages to staff, or why there is none.
    pub(crate) fn note_reply(
        &self,
        changes: &mut Changes,
        before: usize,
        context: &MeetingContext,
        attendee: &AttendeeId,
        reply: Option<OutboundMessage>,
    ) -> Option<OutboundMessage> {
        let mut reply = reply?;
        let nothing = Changes::by(changes.actor());
        let so_far = std::mem::replace(changes, nothing);
        if let Some(why) = withheld(context, &self.contact, self.from, self.now) {
            let text = format!("No automatic reply was sent: {why}");
            let entry = TimelineEntry {
                attendee_id: Some(attendee.clone()),
                channel: Some(Channel::Sms),
                // It is Usher that does not answer, not the customer.
                actor: Some(Actor::System),
                ..TimelineEntry::of_meeting(self.now, TimelineKind::Notification, text)
            };
            *changes = so_far.entry(
                context.meeting.timeline_key(),
                &entry,
                &self.app.rng.random_id(),
            );
            return None;
        }
        let mut conversation = self.contact.conversation.clone();
        conversation.replied(self.now);
        let kept_until = self.now + CONVERSATION_KEPT;
        let so_far = so_far.conversation(self.from, &conversation, kept_until);
        *changes = claim_along(so_far, before, std::slice::from_mut(&mut reply));
        Some(reply)
    }
}
