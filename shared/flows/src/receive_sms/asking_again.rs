//! A text that is nearly an answer is taken for none: its question is asked again, once, and
//! staff are told (S9).

use usher_cloud::{Changes, if_readable};
use usher_domain::{
    Failure, actor::Actor, answer::Answer, render::AutoReply, reply::remark_entry, sms::Prompt,
};

use super::{
    context::{InboundContext, InboundEffect, PromptInContext, Received},
    telling::News,
};
use crate::{MeetingContext, sending::OutboundMessage};

impl InboundContext<'_> {
    /// Asks again what a text nearly answers. Where all of it was asked again before, or nothing
    /// may be said, staff must read the text: it stands in the inbox, too.
    pub(super) async fn nearly(
        mut self,
        between: &[(Prompt, Answer)],
    ) -> Result<InboundEffect, Failure> {
        let prompts: Vec<_> = between.iter().map(|(prompt, _)| prompt.clone()).collect();
        let asked_again = |prompt| self.contact.conversation.was_asked_again(prompt);
        if prompts.iter().all(asked_again) {
            return self.for_staff(News::Nearly).await;
        }
        self.contact.conversation.ask_again(&prompts);
        match prompts.as_slice() {
            [one] => self.ask_again(one).await,
            _ => self.ask_back(between).await,
        }
    }

    /// Asks the question again that a text nearly answers.
    async fn ask_again(mut self, prompt: &Prompt) -> Result<InboundEffect, Failure> {
        let Some(context) = self.context_of(prompt) else {
            return self.for_staff(News::Nearly).await;
        };
        let meeting = &context.meeting;
        let reply = self.question_again(&context, prompt).await?;
        let anew = reply.as_ref().and_then(|reply| reply.prompt.clone());
        // It is the same question, of the details as they are now.
        self.contact.conversation.ask_again(anew.as_slice());
        let mut changes = Changes::by(&Actor::customer(&prompt.attendee));
        if let Some(attendee) = meeting.attendee(&prompt.attendee) {
            let entry = remark_entry(&attendee.name, &attendee.id, self.inbound, self.now);
            let unique = self.app.rng.random_id();
            changes = changes.entry(meeting.timeline_key(), &entry, &unique);
        }
        let reply = self.note_reply(&mut changes, 0, &context, &prompt.attendee, reply);
        if reply.is_none() {
            changes = changes.unmatched(self.inbound);
        }
        Ok(InboundEffect {
            outcome: reply
                .as_ref()
                .map_or(Received::Kept, |_| Received::AskedAgain),
            changes,
            outgoing: reply.into_iter().collect(),
            meeting: Some(context.meeting),
        })
    }

    fn context_of(&self, prompt: &Prompt) -> Option<MeetingContext> {
        let asked = self.asked.iter().find(|asked| &asked.prompt == prompt)?;
        Some(asked.context.clone())
    }

    /// The question, by its codes; of a meeting that has changed since, with what has.
    async fn question_again(
        &self,
        context: &MeetingContext,
        prompt: &Prompt,
    ) -> Result<Option<OutboundMessage>, Failure> {
        let known = self.asked.iter().find_map(|asked| match asked {
            PromptInContext {
                asked_by: Some(row),
                ..
            } if row.id == prompt.notification => Some(row.clone()),
            _ => None,
        });
        let row = match known {
            Some(row) => Some(row),
            None => if_readable(self.app.store.notification(&prompt.notification).await)?,
        };
        let Some(row) = row else { return Ok(None) };
        let (Some(replying), Some(config)) = (
            self.replying(context, &prompt.attendee, &row),
            context.config_of(&row),
        ) else {
            return Ok(None);
        };
        Ok(Some(if context.meeting.revision == prompt.revision {
            replying.say(AutoReply::NotUnderstood(&prompt.codes), &config)
        } else {
            replying.ask_again(prompt, &config)
        }))
    }
}
