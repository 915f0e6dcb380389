//! Asking back which of several meetings a text answers. Each is offered by a word
//! of its own; staff of all of them are told.

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, if_readable};
use usher_domain::{
    Failure,
    actor::Actor,
    answer::Answer,
    channel::Channel,
    id::AttendeeId,
    language::Locale,
    render::{self, Choosable},
    sms::{Inbound, Prompt},
    timeline::{TimelineEntry, TimelineKind},
};

use crate::{
    MeetingContext,
    receive_sms::context::{InboundContext, InboundEffect, Received},
};

/// The most meetings whose timeline is told of one question back.
const MAX_TOLD: usize = 20;

/// A question that an answer may be meant for.
struct Meant {
    prompt: Prompt,
    answer: Answer,
    context: MeetingContext,
}

impl Meant {
    /// How its attendee reads.
    fn reader(&self) -> Locale {
        let MeetingContext {
            meeting, settings, ..
        } = &self.context;
        let attendee = meeting.attendee(&self.prompt.attendee);
        attendee.map_or_else(
            || settings.locale.clone(),
            |attendee| attendee.locale(settings),
        )
    }

    /// How it is offered under a letter, among the others that are.
    fn choosable(&self, letter: char, among: &[Prompt]) -> Option<Choosable> {
        let MeetingContext {
            meeting,
            template,
            settings,
        } = &self.context;
        let attendee = meeting.attendee(&self.prompt.attendee)?;
        let code = self
            .prompt
            .codes
            .iter()
            .find(|code| code.answer == self.answer)?;
        let same = among.iter().filter(|other| other.meeting() == &meeting.id);
        Some(Choosable {
            word: format!("{}{letter}", code.word),
            answer: self.answer,
            fields: render::fields(
                meeting,
                attendee,
                template.as_ref(),
                settings,
                meeting.status,
            ),
            name: (same.count() > 1).then(|| attendee.name.to_string()),
        })
    }
}

impl InboundContext<'_> {
    /// Asks which of several questions was answered, and tells staff of it.
    pub(crate) async fn ask_back(
        mut self,
        between: &[(Prompt, Answer)],
    ) -> Result<InboundEffect, Failure> {
        let mut meant: Vec<_> = between
            .iter()
            .filter_map(|(prompt, answer)| self.meant(prompt, *answer))
            .collect();
        meant.sort_by_key(|each| {
            let starts_at = each.context.meeting.details.starts_at;
            (starts_at, each.prompt.asked_by.to_string())
        });
        let Some(first) = meant.first() else {
            return self.keep().await;
        };
        let text = self.question(first, &meant);
        let asked = &first.prompt.notification;
        let row = if_readable(self.app.store.notification(asked).await)?;
        let mut changes = Changes::by(&Actor::customer(&first.prompt.attendee));
        for Meant {
            prompt, context, ..
        } in meant.iter().take(MAX_TOLD)
        {
            let entry = asked_back_entry(context, &prompt.attendee, self.inbound, self.now);
            changes = changes.entry(
                context.meeting.timeline_key(),
                &entry,
                &self.app.rng.random_id(),
            );
        }
        let attendee = &first.prompt.attendee;
        let reply = row.as_ref().and_then(|row| {
            let replying = self.replying(&first.context, attendee, row)?;
            Some(replying.say_plainly(&text))
        });
        let reply = self.note_reply(&mut changes, 0, &first.context, attendee, reply);
        Ok(InboundEffect {
            outcome: Received::AskedBack,
            changes,
            outgoing: reply.into_iter().collect(),
            meeting: Some(first.context.meeting.clone()),
        })
    }

    /// What an answer to this question would be; for the meeting as it is now,
    /// which is how the question back names it.
    fn meant(&self, prompt: &Prompt, answer: Answer) -> Option<Meant> {
        let asked = self.asked.iter().find(|asked| &asked.prompt == prompt)?;
        let context = asked.context.clone();
        let revision = context.meeting.revision;
        Some(Meant {
            prompt: Prompt {
                revision,
                ..prompt.clone()
            },
            answer,
            context,
        })
    }

    /// The question back; its letters are noted on the conversation.
    fn question(&mut self, first: &Meant, meant: &[Meant]) -> String {
        let prompts: Vec<_> = meant.iter().map(|each| each.prompt.clone()).collect();
        let mut conversation = self.contact.conversation.clone();
        let letters = conversation.give_letters(&prompts, self.now);
        let options = letters.and_then(|letters| {
            let options = meant.iter().zip(letters);
            let options = options.map(|(each, letter)| each.choosable(letter, &prompts));
            options.collect::<Option<Vec<_>>>()
        });
        let (reader, sms) = (first.reader(), &first.context.settings.sms);
        match options.and_then(|options| render::ask_back(&reader, &options, sms)) {
            Some(question) => {
                self.contact.conversation = conversation;
                question
            }
            None => render::too_many(&reader, sms),
        }
    }
}

/// The sentence on a question back.
fn asked_back_entry(
    context: &MeetingContext,
    attendee: &AttendeeId,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let name = context
        .meeting
        .attendee(attendee)
        .map_or("Someone", |each| &each.name);
    let text = format!(
        "{name} texted {}, which may be meant for this meeting or for another: they are asked which",
        inbound.text.trim()
    );
    TimelineEntry {
        attendee_id: Some(attendee.clone()),
        channel: Some(Channel::Sms),
        actor: Some(Actor::customer(attendee)),
        ..TimelineEntry::of_meeting(now, TimelineKind::Text, text)
    }
}
