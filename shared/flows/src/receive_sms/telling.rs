//! What people get to read of a text: in the timeline of its meeting, or in the inbox.

use usher_cloud::{Changes, if_readable};
use usher_domain::{
    Failure,
    actor::Actor,
    id::AttendeeId,
    meeting::{Attendee, Meeting},
    reply::{
        nearly_entry, opt_in_entry, opt_out_entry, remark_entry, revocation_entry, unclear_entry,
    },
    sms::MAX_TEXTS,
    text::Name,
    timeline::TimelineEntry,
};

use super::context::{InboundContext, InboundEffect, PromptInContext, Received};

/// Who is texting, and about which meeting most likely.
struct Author {
    name: Name,
    attendee: AttendeeId,
    meeting: Meeting,
}

/// What the timeline is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum News {
    Remark,
    /// A remark that may be an answer to what cannot be read.
    Unclear,
    /// A remark that is nearly an answer, to what is not asked again.
    Nearly,
    OptOut(&'static str),
    /// A wish for no more texts, in the sender's own words.
    Revocation,
    OptIn {
        done: bool,
    },
}

impl InboundContext<'_> {
    /// Keeps a text for people to read.
    pub(crate) async fn keep(self) -> Result<InboundEffect, Failure> {
        self.tell(News::Remark).await
    }

    /// Keeps a text that may answer a question that cannot be read. Nobody can say which
    /// meeting it is about, so it also stands in the inbox, which staff are told to look
    /// at.
    pub(super) async fn unclear(self) -> Result<InboundEffect, Failure> {
        tracing::warn!(
            inbound = %self.inbound.id,
            "a text may answer a question that cannot be read: staff must decide"
        );
        self.for_staff(News::Unclear).await
    }

    /// Keeps a text that a person must read, in the inbox as well.
    pub(super) async fn for_staff(self, news: News) -> Result<InboundEffect, Failure> {
        let step = self.tell(news).await?;
        Ok(InboundEffect {
            changes: step.changes.unmatched(self.inbound),
            ..step
        })
    }

    /// Tells the timeline of the meeting that a text is likely about; where there is
    /// none, keeps it among those that belong to no meeting.
    pub(super) async fn tell(&self, news: News) -> Result<InboundEffect, Failure> {
        let changes = match (self.whose().await?, news) {
            (Some(author), news) => {
                let entry = self.entry(news, &author);
                let place = author.meeting.timeline_key();
                let actor = Actor::customer(&author.attendee);
                Changes::by(&actor).entry(place, &entry, &self.app.rng.random_id())
            }
            (None, News::Unclear | News::Nearly) => Changes::by(&Actor::System),
            (None, _) => Changes::by(&Actor::System).unmatched(self.inbound),
        };
        Ok(InboundEffect {
            outcome: Received::Kept,
            changes,
            outgoing: Vec::new(),
            meeting: None,
        })
    }

    fn entry(&self, news: News, author: &Author) -> TimelineEntry {
        let Author { name, attendee, .. } = author;
        let mut entry = match news {
            News::Remark => remark_entry(name, attendee, self.inbound, self.now),
            News::Unclear => unclear_entry(name, attendee, self.inbound, self.now),
            News::Nearly => nearly_entry(name, attendee, self.inbound, self.now),
            News::Revocation => revocation_entry(name, attendee, self.inbound, self.now),
            News::OptOut(word) => opt_out_entry(name, attendee, word, self.now),
            News::OptIn { done } => opt_in_entry(name, attendee, done, self.now),
        };
        if self.last_for_today {
            entry.text.push_str(&format!(
                " (this number has sent {MAX_TEXTS} texts within a day: what more it sends until tomorrow is not kept and answers nothing)"
            ));
        }
        entry
    }

    /// Who is texting, and about which meeting most likely: the one whose message
    /// they answer, or that has asked them, or that last wrote to them.
    async fn whose(&self) -> Result<Option<Author>, Failure> {
        if let Some(PromptInContext {
            prompt, context, ..
        }) = self.one_asked()
            && let Some(attendee) = context.meeting.attendee(&prompt.attendee)
        {
            return Ok(Some(Author {
                name: attendee.name.clone(),
                attendee: attendee.id.clone(),
                meeting: context.meeting.clone(),
            }));
        }
        let row = match &self.known {
            Some(row) => Some(row.clone()),
            None => self.app.store.last_message_to(self.from).await?,
        };
        let Some(row) = row else { return Ok(None) };
        let meeting = if_readable(self.app.store.meeting(row.meeting_id()).await)?;
        Ok(meeting.and_then(|meeting| self.among_attendees(&row.recipient.id, meeting)))
    }

    /// Who of a meeting has the number now: the one it was written to, or whoever got it
    /// since. It may have passed to a stranger, who is none of them (L10).
    fn among_attendees(&self, written_to: &AttendeeId, meeting: Meeting) -> Option<Author> {
        let theirs = |each: &&Attendee| each.phone.as_ref() == Some(self.from);
        let same = meeting.attendee(written_to).filter(theirs);
        let one = same.or_else(|| meeting.attendees.iter().find(theirs))?;
        Some(Author {
            name: one.name.clone(),
            attendee: one.id.clone(),
            meeting: meeting.clone(),
        })
    }

    /// The only open question, if there is one and no message is known.
    fn one_asked(&self) -> Option<&PromptInContext> {
        let mut open = self
            .asked
            .iter()
            .filter(|asked| asked.context.open_until(self.now).is_ok());
        let one = open.next().filter(|_| self.known.is_none())?;
        open.next().is_none().then_some(one)
    }
}
