//! What happens by itself when time passes: schedules fire, failed invocations are
//! tried again, and the sweep runs; and what a topic hands over, which happens at once.
//!
//! It goes as in the cloud. Scheduler and SNS do not wait for a function: they put an
//! invocation into Lambda's queue and are done with it. Lambda takes it from there; one
//! that fails is tried again twice, and is a dead letter after that. On disk an
//! invocation is queued before its schedule goes and leaves the queue when it has
//! ended, so that a crash repeats one rather than loses it.
//!
//! The clock is moved here and nowhere else. On its way it stands at the time of each
//! thing that is due, for as long as that takes.

mod dead_letters;
mod passage;
mod queue;
mod run;
mod timekeeper;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::clock::LocalClock;
use crate::disk::Disk;
use crate::faults::Faults;
use crate::functions::Invoke;
use crate::scheduler::Scheduler;

pub use dead_letters::DeadLetter;
use dead_letters::DeadLetters;
pub(crate) use queue::Call;
use queue::Queue;
pub use queue::{Invocation, Source};
pub(crate) use timekeeper::{Moves, Timekeeper};

/// What a function is called with again and again.
#[derive(Debug)]
pub(crate) struct Sweep {
    /// Name of the function.
    pub function: String,
    /// How much time lies between two calls while the clock runs by itself.
    pub every: TimeDelta,
    /// What it is called with.
    pub input: Value,
}

/// How far the clock is to go.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Distance {
    By(TimeDelta),
    To(DateTime<Utc>),
}

/// What firing needs of the stack.
pub(crate) struct Firing {
    clock: LocalClock,
    scheduler: Arc<Scheduler>,
    faults: Arc<Faults>,
    queue: Queue,
    letters: DeadLetters,
    /// Each with when it ran last.
    sweeps: Vec<(Sweep, Mutex<DateTime<Utc>>)>,
    invoke: Box<Invoke>,
}

impl fmt::Debug for Firing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Firing")
            .field("queue", &self.queue)
            .field("letters", &self.letters)
            .finish_non_exhaustive()
    }
}

impl Firing {
    /// Takes up what `disk` has kept.
    pub(crate) fn open(
        disk: &Disk,
        clock: LocalClock,
        scheduler: Arc<Scheduler>,
        faults: Arc<Faults>,
        sweeps: Vec<Sweep>,
        invoke: Box<Invoke>,
    ) -> io::Result<Self> {
        let now = clock.now();
        let sweeps = sweeps
            .into_iter()
            .map(|sweep| (sweep, Mutex::new(now)))
            .collect();
        Ok(Self {
            clock,
            scheduler,
            faults,
            queue: Queue::open(disk.clone())?,
            letters: DeadLetters::open(disk.clone())?,
            sweeps,
            invoke,
        })
    }

    /// What was given up, oldest first.
    pub(crate) fn dead_letters(&self) -> Vec<DeadLetter> {
        self.letters.all()
    }

    /// What waits to be tried, or tried again, in order of time.
    pub(crate) fn pending(&self) -> Vec<Invocation> {
        self.queue.all()
    }

    /// Runs a function at once, outside of the queue.
    ///
    /// # Errors
    /// There is no such function, or it failed.
    pub(crate) async fn invoke(&self, function: &str, event: Value) -> anyhow::Result<Value> {
        (self.invoke)(function, event)
            .with_context(|| format!("there is no function {function}"))?
            .await
    }

    /// SNS's part: puts the calls into the queue, and waits until each was made once. It
    /// is made beside whatever else is under way, as Lambda makes it, and to its end
    /// though nobody may wait for it any more.
    ///
    /// # Errors
    /// What waits could not be kept on disk. That a function fails is none: it is
    /// tried again.
    pub(crate) async fn deliver(self: &Arc<Self>, calls: Vec<Call>) -> io::Result<()> {
        let now = self.clock.now();
        let mut runs = Vec::new();
        for call in calls {
            let invocation = self.queue.take(call, now)?;
            let firing = self.clone();
            runs.push(tokio::spawn(async move { firing.run(invocation).await }));
        }
        for run in runs {
            run.await.map_err(io::Error::other)??;
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
