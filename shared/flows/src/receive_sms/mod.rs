//! A customer's text comes in and becomes an answer, an opt-out, or something for
//! people to read. Never a guess.
//!
//! Everything that a text brings about is written in one transaction with the note
//! that it was taken: its answer, the reply to it, the news to staff. So a text
//! that is delivered ten times at once is taken once, and one whose taking was cut
//! off is either not taken at all or taken with everything on record.

mod answering;
mod asking_again;
pub(crate) mod context;
mod telling;
mod wishes;

pub use context::Received;

use chrono::{DateTime, TimeDelta, Utc};
use usher_domain::{
    Failure,
    reply::{Questions, Reading, interpret},
    sms::{Hearing, Inbound},
};

use context::{InboundContext, InboundEffect};

use crate::{App, schedules, sending::deliver_best_effort};

/// How long a text is known again.
const TAKEN_FOR: TimeDelta = TimeDelta::days(30);

/// Takes a text, once however often it is delivered.
///
/// # Errors
/// [`Failure::Unavailable`] when it could not be taken; it may be delivered again.
pub async fn receive(
    app: &App,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> Result<Received, Failure> {
    app.transact(|| async {
        if app.store.inbound_taken(&inbound.id, now).await? {
            return Ok(Received::Duplicate);
        }
        let step = match inbound.numbers() {
            Some(numbers) => {
                let mut inbound_context = InboundContext::load(app, inbound, numbers, now).await?;
                // It may be written by its automatic reply as well, which notes more.
                let hearing = inbound_context.contact.conversation.hear(now);
                let conversation = inbound_context.contact.conversation.clone();
                inbound_context.last_for_today = hearing == Hearing::Last;
                let step = match hearing {
                    Hearing::Full | Hearing::Last => inbound_context.step().await?,
                    Hearing::OptOutsOnly => return Ok(inbound_context.opt_outs_only().await?),
                };
                step.remembering(numbers.from, &conversation, now)
            }
            None => wishes::outside_conversations(app, inbound, now).await?,
        };
        let changes = step.changes.new_inbound(inbound, now + TAKEN_FOR, now);
        let actor = changes.actor().clone();
        app.commit(changes).await?;
        if let Some(mut meeting) = step.meeting {
            schedules::follow(app, &mut meeting, &actor, now).await;
            let place = meeting.timeline_key();
            Box::pin(deliver_best_effort(app, step.outgoing, place, now)).await;
        }
        Ok(step.outcome)
    })
    .await
}

impl InboundContext<'_> {
    async fn step(self) -> Result<InboundEffect, Failure> {
        let candidates = self.candidates();
        let questions = Questions {
            candidates: &candidates,
            lost: self.lost,
            known: self.known.as_ref(),
        };
        let conversation = &self.contact.conversation;
        match interpret(&self.inbound.text, questions, conversation, self.now) {
            Reading::OptOut(word) => self.opt_out(word).await,
            Reading::OptIn => self.opt_in().await,
            Reading::Revocation => self.hold().await,
            _ if self.last_for_today => self.keep().await,
            Reading::Answer(prompt, answer) => self.answer(&prompt, answer).await,
            Reading::AskBack(between) => self.ask_back(&between).await,
            Reading::Nearly(between) => self.nearly(&between).await,
            Reading::Unclear => self.unclear().await,
            Reading::Remark => self.keep().await,
        }
    }
}
