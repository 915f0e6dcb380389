//! A text that opts its number out of SMS or back in (S6), or has SMS to it held (S10). It does so
//! however many texts came before it, and whatever else cannot be read.

use chrono::{DateTime, Utc};
use usher_cloud::Changes;
use usher_domain::{
    Failure,
    actor::Actor,
    opt_out::{OptOut, OptOutSource},
    reply::{Questions, Reading, interpret},
    sms::{Conversation, Inbound},
};

use super::{
    context::{InboundContext, InboundEffect, Received},
    telling::News,
};
use crate::App;

impl InboundContext<'_> {
    /// Notes that the number wants no SMS.
    pub(super) async fn opt_out(self, word: &'static str) -> Result<InboundEffect, Failure> {
        let opt_out = OptOut::by_text(self.from, self.now);
        let step = self.tell(News::OptOut(word)).await?;
        Ok(InboundEffect {
            outcome: Received::OptedOut,
            changes: step.changes.opt_out(&opt_out),
            ..step
        })
    }

    /// Has SMS to the number held, because its owner seems to have said that they want none. A
    /// number that gets none anyway gets none as before, and staff read what it says.
    pub(super) async fn hold(self) -> Result<InboundEffect, Failure> {
        if self.contact.opt_out.is_some() {
            return self.keep().await;
        }
        let held = OptOut::in_own_words(self.from, &self.inbound.text, self.now);
        let step = self.tell(News::Revocation).await?;
        Ok(InboundEffect {
            outcome: Received::Held,
            changes: step.changes.hold(&held),
            ..step
        })
    }

    /// Notes that the number wants SMS again; the account's list may not let it.
    pub(super) async fn opt_in(self) -> Result<InboundEffect, Failure> {
        let number = self.from;
        let done = self.may_opt_in().await;
        let opted_out = self.contact.opt_out.is_some();
        let mut step = self.tell(News::OptIn { done }).await?;
        if done && opted_out {
            step.changes = step.changes.opt_in(number);
        }
        Ok(InboundEffect {
            outcome: Received::OptedIn,
            ..step
        })
    }

    /// Whether nothing keeps the number opted out: AWS is asked to take it off the
    /// account's own list, where it stands there.
    async fn may_opt_in(&self) -> bool {
        let source = self.contact.opt_out.as_ref().map(|out| out.source);
        source != Some(OptOutSource::Account) || self.app.sms.opt_in(self.from).await
    }

    /// Takes a text that may do no more than opt its number out or in.
    pub(super) async fn opt_outs_only(self) -> Result<Received, Failure> {
        let (known, changes) = (self.contact.opt_out.as_ref(), Changes::by(&Actor::System));
        let text = &self.inbound.text;
        let (outcome, changes) = match wish(text, self.now) {
            Some(Wish::Out) if known.is_none_or(OptOut::is_held) => {
                let opt_out = OptOut::by_text(self.from, self.now);
                (Received::OptedOut, changes.opt_out(&opt_out))
            }
            Some(Wish::OutInOwnWords) if known.is_none() => {
                let held = OptOut::in_own_words(self.from, text, self.now);
                (Received::Held, changes.hold(&held))
            }
            Some(Wish::In) if known.is_some() && self.may_opt_in().await => {
                (Received::OptedIn, changes.opt_in(self.from))
            }
            _ => {
                tracing::warn!(
                    inbound = %self.inbound.id,
                    "a number has sent too many texts today: one more is not kept"
                );
                return Ok(Received::Ignored);
            }
        };
        self.app.commit_once(changes, &self.inbound.id).await?;
        Ok(outcome)
    }
}

/// A text that cannot be part of a conversation, because one of its ends is no phone
/// number: it is for people to read (S11), and opts its sender out or in where that is one.
pub(super) async fn outside_conversations(
    app: &App,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> Result<InboundEffect, Failure> {
    let step = InboundEffect::unmatched(inbound);
    let wish = inbound.from.number().zip(wish(&inbound.text, now));
    Ok(match wish {
        Some((number, Wish::Out)) => InboundEffect {
            outcome: Received::OptedOut,
            changes: step.changes.opt_out(&OptOut::by_text(number, now)),
            ..step
        },
        Some((number, Wish::OutInOwnWords)) => {
            if app.store.contact(number, now).await?.opt_out.is_some() {
                return Ok(step);
            }
            let held = OptOut::in_own_words(number, &inbound.text, now);
            InboundEffect {
                outcome: Received::Held,
                changes: step.changes.hold(&held),
                ..step
            }
        }
        Some((number, Wish::In)) => {
            let source = app.store.contact(number, now).await?.opt_out;
            let source = source.map(|out| out.source);
            let listed = source == Some(OptOutSource::Account);
            if source.is_none() || (listed && !app.sms.opt_in(number).await) {
                return Ok(step);
            }
            InboundEffect {
                outcome: Received::OptedIn,
                changes: step.changes.opt_in(number),
                ..step
            }
        }
        None => step,
    })
}

/// What a text wishes of SMS to its number.
enum Wish {
    Out,
    OutInOwnWords,
    In,
}

fn wish(text: &str, now: DateTime<Utc>) -> Option<Wish> {
    match interpret(text, Questions::NONE, &Conversation::default(), now) {
        Reading::OptOut(_) => Some(Wish::Out),
        Reading::Revocation => Some(Wish::OutInOwnWords),
        Reading::OptIn => Some(Wish::In),
        _ => None,
    }
}
