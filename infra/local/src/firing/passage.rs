//! How the clock moves, and what happens on its way.

use std::io;

use chrono::{DateTime, TimeDelta, Utc};

use super::queue::Invocation;
use super::{Distance, Firing, lock};
use crate::clock::{self, MoveError};
use crate::faults::OnFiring;
use crate::scheduler::Due;

/// How late a late firing is.
const LATE: TimeDelta = TimeDelta::minutes(10);

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

impl Firing {
    /// Moves the clock, and lets happen what happens on the way and then, once, each
    /// sweep. Only one move may be under way at a time.
    pub(super) async fn advance(&self, distance: Distance) -> Result<DateTime<Utc>, MoveError> {
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
    pub(super) async fn tick(&self) -> io::Result<()> {
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
}
