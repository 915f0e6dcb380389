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
mod queue;
mod timekeeper;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::task::JoinError;

use crate::clock::{self, LocalClock, MoveError};
use crate::disk::Disk;
use crate::faults::{Faults, OnFiring};
use crate::functions::Invoke;
use crate::scheduler::{Due, Scheduler};

pub use dead_letters::DeadLetter;
use dead_letters::DeadLetters;
pub(crate) use queue::Call;
use queue::Queue;
pub use queue::{Invocation, Source};
pub(crate) use timekeeper::{Moves, Timekeeper};

/// After how long Lambda tries a failed invocation again.
const RETRIES: [TimeDelta; 2] = [TimeDelta::minutes(1), TimeDelta::minutes(2)];
/// How late a late firing is.
const LATE: TimeDelta = TimeDelta::minutes(10);

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

/// What is due next.
enum Next {
    Schedule(Due),
    Invocation(Invocation),
}

impl Next {
    fn order(&self) -> (DateTime<Utc>, &str) {
        match self {
            Self::Schedule(due) => (due.at, &due.name),
            Self::Invocation(invocation) => (invocation.at, invocation.source.name()),
        }
    }
}

/// How an invocation ended.
enum Outcome {
    Done,
    /// It was not even begun, and never will be.
    NoFunction(String),
    Failed(String),
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

    /// Moves the clock, and lets happen what happens on the way and then, once, each
    /// sweep. Only one move may be under way at a time.
    async fn advance(&self, distance: Distance) -> Result<DateTime<Utc>, MoveError> {
        let hold = self.clock.hold();
        let now = self.clock.now();
        let target = match distance {
            Distance::By(by) => now.checked_add_signed(by).ok_or(MoveError::TooFar)?,
            Distance::To(to) => to,
        };
        clock::check(now, target)?;
        while let Some(next) = self.next(target) {
            let (at, _) = next.order();
            hold.move_to(at.max(self.clock.now()))?;
            self.see_to(next).await?;
        }
        hold.move_to(target)?;
        for (sweep, swept_at) in &self.sweeps {
            *lock(swept_at) = target;
            self.sweep(sweep).await?;
        }
        Ok(target)
    }

    /// Sees to everything that a clock which runs by itself has passed.
    async fn tick(&self) -> io::Result<()> {
        while let Some(next) = self.next(self.clock.now()) {
            self.see_to(next).await?;
        }
        for (sweep, swept_at) in &self.sweeps {
            let now = self.clock.now();
            if now - *lock(swept_at) >= sweep.every {
                *lock(swept_at) = now;
                self.sweep(sweep).await?;
            }
        }
        Ok(())
    }

    /// The first thing that is due at `until`, by time and then by name.
    fn next(&self, until: DateTime<Utc>) -> Option<Next> {
        let queued = self.queue.next_due(until).map(Next::Invocation);
        let armed = self.scheduler.next_due(until).map(Next::Schedule);
        // Of two with the same time and name the one in the queue is the older.
        match (queued, armed) {
            (Some(queued), Some(armed)) if armed.order() < queued.order() => Some(armed),
            (queued, armed) => queued.or(armed),
        }
    }

    async fn see_to(&self, next: Next) -> io::Result<()> {
        match next {
            Next::Schedule(due) => self.fire(&due),
            Next::Invocation(invocation) => self.run(invocation).await,
        }
    }

    /// Scheduler's part: puts the schedule's invocation into the queue.
    fn fire(&self, due: &Due) -> io::Result<()> {
        let effect = self.faults.on_firing();
        let (times, at) = match effect {
            None => (1, due.at),
            Some(OnFiring::Twice) => (2, due.at),
            Some(OnFiring::Late) => (1, due.at + LATE),
            Some(OnFiring::Never) => (0, due.at),
        };
        for _ in 0..times {
            self.queue.add(due.into(), at)?;
        }
        self.scheduler
            .complete(due, effect == Some(OnFiring::Never))
    }

    /// Lambda's part: runs the function, and tries again or gives up if it fails.
    async fn run(&self, invocation: Invocation) -> io::Result<()> {
        let outcome = self
            .call(&invocation.function, invocation.input.clone())
            .await;
        let error = match outcome {
            Outcome::Done => return self.queue.settle(&invocation),
            Outcome::NoFunction(error) => error,
            Outcome::Failed(error) => {
                if let Some(wait) = RETRIES.get(invocation.failures) {
                    let function = &invocation.function;
                    tracing::warn!(function, error, "the function failed; it is tried again");
                    let again_at = self.clock.now() + *wait;
                    return self.queue.postpone(&invocation, again_at);
                }
                error
            }
        };
        self.give_up(&invocation.function, &invocation.input, error)?;
        self.queue.settle(&invocation)
    }

    /// The sweep is not tried again: the next one does the same.
    async fn sweep(&self, sweep: &Sweep) -> io::Result<()> {
        match self.call(&sweep.function, sweep.input.clone()).await {
            Outcome::Done => Ok(()),
            Outcome::NoFunction(error) | Outcome::Failed(error) => {
                self.give_up(&sweep.function, &sweep.input, error)
            }
        }
    }

    fn give_up(&self, function: &str, input: &Value, error: String) -> io::Result<()> {
        tracing::error!(function, error, "an invocation was given up");
        self.letters.keep(DeadLetter {
            at: self.clock.now(),
            function: function.to_owned(),
            input: input.clone(),
            error,
        })
    }

    async fn call(&self, function: &str, input: Value) -> Outcome {
        let Some(answer) = (self.invoke)(function, input) else {
            return Outcome::NoFunction(format!("there is no function {function}"));
        };
        // A task of its own, which takes a panic upon itself.
        match tokio::spawn(answer).await {
            Ok(Ok(_)) => Outcome::Done,
            Ok(Err(error)) => Outcome::Failed(format!("{error:#}")),
            Err(panic) => Outcome::Failed(panic_text(panic)),
        }
    }
}

fn panic_text(error: JoinError) -> String {
    let text = match error.try_into_panic() {
        Ok(panic) => match panic.downcast::<String>() {
            Ok(text) => Some(*text),
            Err(panic) => panic.downcast::<&str>().ok().map(|text| (*text).to_owned()),
        },
        Err(_) => return "the function was cut off".to_owned(),
    };
    format!("the function panicked: {}", text.unwrap_or_default())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
