//! The end of a send under a key: the meeting moves as its messages say, and is let go
//! of; and the key has its outcome.

use chrono::{DateTime, Utc};
use usher_cloud::{Changes, KeyRecord};
use usher_domain::{
    Failure,
    actor::Actor,
    id::TimelineKey,
    meeting::Meeting,
    notification::Notification,
    send::{record_sent, record_settled},
    template::Template,
};

use super::{
    message::PER_TRANSACTION,
    record::{record, record_rows, record_with},
};
use crate::App;

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
pub(crate) struct Finish<'a> {
    /// The key that it was claimed under.
    pub(crate) key: &'a KeyRecord,
    /// The meeting's template.
    pub(crate) template: Option<&'a Template>,
    /// What others have claimed under the key.
    pub(crate) earlier: &'a EarlierRows,
    /// Who had it sent.
    pub(crate) actor: &'a Actor,
}

impl Finish<'_> {
    /// Records what the providers said, and finishes with the last transaction of that:
    /// a send that is on record is finished.
    ///
    /// # Errors
    /// As [`record`].
    pub(super) async fn record(
        self,
        app: &App,
        place: TimelineKey<'_>,
        sent: Vec<Notification>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Notification>, Failure> {
        let before_last = sent.len().saturating_sub(1) / PER_TRANSACTION * PER_TRANSACTION;
        let (earlier, last) = sent.split_at(before_last);
        let earlier = record(app, place, earlier, self.actor, now).await?;
        let last = record_with(app, last, |rows| {
            let earlier = &earlier;
            async move {
                let all = [earlier, rows.as_slice()].concat();
                let mut meeting = app.meeting(place.meeting).await?;
                self.apply(&mut meeting, &all, now);
                self.apply_earlier(app, &mut meeting, now).await?;
                let changes = self.changes(&meeting, true, now);
                record_rows(app, changes, place, rows, now).await
            }
        });
        let last = last.await?;
        Ok([earlier, last].concat())
    }

    /// Moves the meeting as these rows say, and lets go of it.
    pub(crate) fn apply(self, meeting: &mut Meeting, rows: &[Notification], now: DateTime<Utc>) {
        record_sent(meeting, self.template, rows, now);
        if meeting.sending.as_ref() == Some(&self.key.hold()) {
            meeting.sending = None;
            meeting.calling_off = false;
            meeting.forget_what_nobody_was_told();
        }
    }

    /// Moves the meeting as the earlier rows say, which may have been answered since: what
    /// was sent for it after them holds.
    async fn apply_earlier(
        self,
        app: &App,
        meeting: &mut Meeting,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let ids: Vec<_> = self.earlier.rows.iter().map(|row| row.id.clone()).collect();
        let rows = app.store.notifications(&ids).await?.rows;
        if self.earlier.last {
            record_sent(meeting, self.template, &rows, now);
            return Ok(());
        }
        for row in &rows {
            record_settled(meeting, self.template, row, now);
        }
        Ok(())
    }

    /// Writes the meeting, and ends the key: for good when it is `done`.
    pub(crate) fn changes(self, meeting: &Meeting, done: bool, now: DateTime<Utc>) -> Changes {
        let ended = self.key.ended(done, now);
        Changes::by(self.actor)
            .meeting(meeting)
            .key_of(&self.key.lease.owner, &ended)
    }
}
