//! Writing what a story decided; and telling the story again where somebody else
//! wrote in between, so that no decision is stored that was made on what is past.

use std::{fmt, sync::Mutex, time::Duration};

use tokio::time::{Instant, sleep};
use usher_cloud::{Changes, StoreError, note_attendees_written};
use usher_domain::{Failure, id::MeetingId, meeting::Meeting};

use crate::App;

/// How often a story is told that somebody waits for. Each time somebody else got through, so
/// the end of it is contention beyond reason.
const ATTEMPTS: u32 = 8;
/// The longest wait after the first lost race; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(10);
/// The longest wait after any lost race.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// When a story is given up.
#[derive(Clone, Copy)]
enum Patience {
    /// After so many attempts.
    Attempts(u32),
    /// With the first attempt that is lost after this instant.
    Until(Instant),
}

impl Patience {
    fn is_over(self, lost: u32) -> bool {
        match self {
            Self::Attempts(most) => lost >= most,
            Self::Until(until) => Instant::now() >= until,
        }
    }
}

/// A meeting as we have written it ourselves, which one attempt may go on from without
/// reading it: that it is still so is what its write is conditional on.
pub(crate) struct WrittenMeeting(Mutex<Option<Meeting>>);

impl WrittenMeeting {
    /// The meeting, as it was written.
    pub(crate) fn of(meeting: Meeting) -> Self {
        Self(Mutex::new(Some(meeting)))
    }

    /// No meeting: every attempt reads it.
    pub(crate) fn nothing() -> Self {
        Self(Mutex::new(None))
    }

    /// Keeps the meeting as it was written just now.
    pub(crate) fn keep(&self, meeting: Meeting) {
        if let Ok(mut known) = self.0.lock() {
            *known = Some(meeting);
        }
    }

    /// The meeting for the first attempt, and for any further one as it is stored by then.
    ///
    /// # Errors
    /// As [`App::meeting`].
    pub(crate) async fn or_read(&self, app: &App, id: &MeetingId) -> Result<Meeting, Failure> {
        let known = self.0.lock().ok().and_then(|mut known| known.take());
        match known {
            Some(meeting) => Ok(meeting),
            None => app.meeting(id).await,
        }
    }
}

/// Why an attempt at a story came to no end.
#[derive(Debug)]
pub(crate) enum Interrupted {
    /// Somebody else wrote what the decision was made on: nothing was written, and it
    /// must be decided anew.
    Conflict,
    /// It failed, and would fail again.
    Failed(Failure),
}

impl From<Failure> for Interrupted {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StoreError> for Interrupted {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl App {
    /// Makes an attempt at a story, which loads, decides and [commits](Self::commit);
    /// and another one for as long as somebody else writes in between.
    ///
    /// # Errors
    /// That of the attempt; [`Failure::Unavailable`] when every attempt met a conflict.
    pub(crate) async fn transact<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Interrupted>>,
    {
        let patience = Patience::Attempts(ATTEMPTS);
        self.attempt(patience, |_| false, attempt).await
    }

    /// As [`transact`](Self::transact), for what no caller waits for and many may write at
    /// once: attempts are made until there is no more time.
    ///
    /// # Errors
    /// As [`transact`](Self::transact).
    pub(crate) async fn transact_until<T, F>(
        &self,
        until: Instant,
        attempt: impl Fn() -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Interrupted>>,
    {
        self.attempt(Patience::Until(until), |_| false, attempt)
            .await
    }

    /// As [`transact`](Self::transact), for what has happened and must be written down:
    /// another attempt is made where the store was not to be reached, too.
    ///
    /// # Errors
    /// As [`transact`](Self::transact).
    pub(crate) async fn persist<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Interrupted>>,
    {
        let patience = Patience::Attempts(ATTEMPTS);
        let unreached = |failure: &Failure| matches!(failure, Failure::Unavailable);
        self.attempt(patience, unreached, attempt).await
    }

    /// Makes attempts until one comes to an end: after a lost race, and after a failure that
    /// may pass.
    async fn attempt<T, F>(
        &self,
        patience: Patience,
        may_pass: impl Fn(&Failure) -> bool,
        attempt: impl Fn() -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Interrupted>>,
    {
        let mut lost = 0;
        loop {
            // Boxed: the state of a whole story would lie in that of each caller.
            let interrupted = match Box::pin(attempt()).await {
                Ok(outcome) => return Ok(outcome),
                Err(interrupted) => interrupted,
            };
            lost += 1;
            match interrupted {
                Interrupted::Failed(failure) if !may_pass(&failure) => return Err(failure),
                _ if patience.is_over(lost) => return Err(Failure::Unavailable),
                Interrupted::Conflict => self.wait_after(lost).await,
                // The client has waited between its own attempts.
                Interrupted::Failed(_) => {}
            }
        }
    }

    /// Waits after so many lost races for a random part of a time that doubles with each: who
    /// races at once would meet again at once (AWS Architecture Blog, "Exponential Backoff And
    /// Jitter").
    async fn wait_after(&self, lost: u32) {
        let most = FIRST_WAIT
            .saturating_mul(1 << (lost - 1).min(10))
            .min(LONGEST_WAIT);
        let part = f64::from(u16::from_be_bytes(self.rng.bytes())) / f64::from(u16::MAX);
        sleep(most.mul_f64(part)).await;
    }

    /// Writes all of these changes, or none.
    ///
    /// # Errors
    /// [`Interrupted::Conflict`] when a condition of theirs did not hold. After
    /// [`Failure::Unavailable`] it is open whether they were written.
    pub(crate) async fn commit(&self, changes: Changes) -> Result<(), Interrupted> {
        let written = self.store.commit(changes, &self.rng.random_id()).await;
        written.map_err(interrupted)
    }

    /// As [`commit`](Self::commit), at half the price where it is one item: for what is
    /// decided anew after a conflict, and then finds its own write where that was the conflict.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub(crate) async fn commit_repeatable(&self, changes: Changes) -> Result<(), Interrupted> {
        let token = self.rng.random_id();
        let written = self.store.commit_repeatable(changes, &token).await;
        written.map_err(interrupted)
    }

    /// As [`commit`](Self::commit), of changes that are not decided anew where somebody was
    /// quicker. `about` is the id of what they are about.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when they were not written, or perhaps not.
    pub(crate) async fn commit_once(
        &self,
        changes: Changes,
        about: &impl fmt::Display,
    ) -> Result<(), Failure> {
        let written = unless_conflict(self.commit(changes).await)?;
        written.ok_or_else(|| {
            tracing::error!(%about, "a write lost a race, and is not tried again");
            Failure::Unavailable
        })
    }

    /// Writes those attendees of a meeting who are other than they were read, one by one,
    /// and notes it.
    ///
    /// # Errors
    /// [`Interrupted::Conflict`] when somebody else has written one of them; others may be
    /// written by then.
    pub(crate) async fn write_attendees(&self, meeting: &mut Meeting) -> Result<(), Interrupted> {
        let written = self.store.write_attendees(meeting).await;
        written.map_err(interrupted)?;
        note_attendees_written(meeting);
        Ok(())
    }
}

/// What came of an attempt that is not made again; none where somebody else was quicker.
///
/// # Errors
/// That of the attempt.
pub(crate) fn unless_conflict<T>(attempt: Result<T, Interrupted>) -> Result<Option<T>, Failure> {
    match attempt {
        Ok(outcome) => Ok(Some(outcome)),
        Err(Interrupted::Conflict) => Ok(None),
        Err(Interrupted::Failed(failure)) => Err(failure),
    }
}

fn interrupted(error: StoreError) -> Interrupted {
    match error {
        StoreError::WriteConflict(conflicts) => {
            tracing::debug!(?conflicts, "a write lost a race");
            Interrupted::Conflict
        }
        error => error.into(),
    }
}
