//! The end of a send under a key: the meeting moves as its messages say, and is let go
//! of; and the key has its outcome.

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, KeyRecord, attendee_writes, note_written};
use usher_domain::{
    Failure,
    actor::Actor,
    lease::Lease,
    meeting::Meeting,
    notification::Notification,
    send::{record_sent, record_settled},
    template::Template,
};

use super::record::{record_rows, record_with};
use crate::{
    App,
    transact::{Interrupted, WrittenMeeting},
};

/// What was claimed under a key by an owner who was cut off.
#[derive(Debug, Default)]
pub(crate) struct EarlierRows {
    /// The rows.
    pub(crate) rows: Vec<Notification>,
    /// Whether nothing was sent for their meeting since.
    pub(crate) last: bool,
}

/// What is finished.
#[derive(Clone, Copy)]
pub(super) struct Finish<'a> {
    /// The key that it was claimed under.
    pub(super) key: &'a KeyRecord,
    /// The meeting's template.
    pub(super) template: Option<&'a Template>,
    /// What others have claimed under the key.
    pub(super) earlier: &'a EarlierRows,
    /// Who had it sent.
    pub(super) actor: &'a Actor,
}

/// How many attendees are written together with their meeting.
const WITH_MEETING: usize = 20;

/// Writes the attendees of a meeting ahead of it, where they are too many for the
/// transaction that it is written in. Cut off behind this, the same is made of the rows once
/// more.
///
/// # Errors
/// [`Interrupted::Conflict`] when somebody else has written one of them.
pub(crate) async fn write_attendees_ahead(
    app: &App,
    meeting: &mut Meeting,
) -> Result<(), Interrupted> {
    if attendee_writes(meeting) > WITH_MEETING {
        app.write_attendees(meeting).await?;
    }
    Ok(())
}

/// Lets go of a meeting that is still held by this lease, once it has taken in all that was
/// said.
pub(crate) fn let_go(meeting: &mut Meeting, hold: &Lease) {
    if meeting.sending.as_ref() == Some(hold) {
        meeting.sending = None;
        meeting.calling_off = false;
        meeting.forget_what_nobody_was_told();
    }
}

impl Finish<'_> {
    /// Records what the providers said of the last wave, and finishes in the same
    /// transaction: a send that is on record is finished. `recorded` are the waves before it,
    /// `claimed` the meeting as the first of them left it. Returns all rows, and the meeting as
    /// it is then.
    ///
    /// # Errors
    /// As [`record`](super::record()).
    pub(super) async fn record(
        self,
        app: &App,
        claimed: &Meeting,
        recorded: Vec<Notification>,
        last: Vec<Notification>,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Notification>, WrittenMeeting), Failure> {
        let place = claimed.timeline_key();
        // A send of several waves takes a while, in which others write.
        let known = match recorded.is_empty() {
            true => WrittenMeeting::of(claimed.clone()),
            false => WrittenMeeting::nothing(),
        };
        let last = record_with(app, &last, |rows| {
            let (recorded, known) = (&recorded, &known);
            async move {
                let all = [as_stored(app, recorded).await?, rows.clone()].concat();
                let mut meeting = known.or_read(app, place.meeting).await?;
                record_sent(&mut meeting, self.template, &all, now);
                self.apply_earlier(app, &mut meeting, now).await?;
                let_go(&mut meeting, &self.key.hold());
                write_attendees_ahead(app, &mut meeting).await?;
                let changes = self.changes(&meeting, now);
                let rows = record_rows(app, changes, place, rows, now).await?;
                note_written(&mut meeting);
                known.keep(meeting);
                Ok(rows)
            }
        });
        let last = last.await?;
        Ok(([recorded, last].concat(), known))
    }

    /// Moves the meeting as the earlier rows say, which may have been answered since: what
    /// was sent for it after them holds.
    async fn apply_earlier(
        self,
        app: &App,
        meeting: &mut Meeting,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let rows = as_stored(app, &self.earlier.rows).await?;
        if self.earlier.last {
            record_sent(meeting, self.template, &rows, now);
            return Ok(());
        }
        for row in &rows {
            record_settled(meeting, self.template, row, now);
        }
        Ok(())
    }

    /// Writes the meeting, and ends the key for good.
    fn changes(self, meeting: &Meeting, now: DateTime<Utc>) -> Changes {
        let ended = self.key.ended(now);
        Changes::by(self.actor)
            .meeting(meeting)
            .key_of(&self.key.lease.owner, &ended)
    }
}

/// Rows as they are stored by now: they may have been answered since, or have bounced.
async fn as_stored(app: &App, rows: &[Notification]) -> Result<Vec<Notification>, Failure> {
    let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    Ok(app.store.notifications(&ids).await?.rows)
}
