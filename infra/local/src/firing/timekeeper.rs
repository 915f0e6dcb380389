//! The one task that moves the clock: so there is one move at a time, and a move runs
//! to its end though its caller has gone. Of a clock that runs by itself it looks once
//! a second for what has become due; a frozen one it leaves alone until told.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::{Distance, Firing};
use crate::clock::MoveError;
use crate::task::Task;

/// How often a running clock is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The task; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Timekeeper(
    #[expect(dead_code, reason = "it runs for as long as it is held")] Task,
);

/// A way to ask the timekeeper for a move.
#[derive(Debug, Clone)]
pub(crate) struct Moves(mpsc::Sender<Order>);

#[derive(Debug)]
struct Order {
    distance: Distance,
    done: oneshot::Sender<Result<DateTime<Utc>, MoveError>>,
}

impl Moves {
    /// Moves the clock, once the moves before are done; answers with where it stands.
    ///
    /// # Errors
    /// [`MoveError`].
    pub(crate) async fn ask(&self, distance: Distance) -> Result<DateTime<Utc>, MoveError> {
        let (done, outcome) = oneshot::channel();
        let order = Order { distance, done };
        self.0.send(order).await.map_err(|_| MoveError::Stopped)?;
        outcome.await.unwrap_or(Err(MoveError::Stopped))
    }
}

impl Timekeeper {
    /// Starts the task.
    pub(crate) fn start(firing: Arc<Firing>) -> (Self, Moves) {
        let (orders, received) = mpsc::channel(1);
        let task = Task::spawn(keep(firing, received));
        (Self(task), Moves(orders))
    }
}

async fn keep(firing: Arc<Firing>, mut orders: mpsc::Receiver<Order>) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let runs = !firing.clock.is_frozen();
    loop {
        tokio::select! {
            order = orders.recv() => {
                let Some(Order { distance, done }) = order else { return };
                // Whoever asked may have gone.
                let _ = done.send(firing.advance(distance).await);
            }
            _ = look.tick(), if runs => {
                if let Err(error) = firing.tick().await {
                    tracing::error!(%error, "what is due could not be kept");
                }
            }
        }
    }
}
