//! Invocations that were given up: what would lie in the dead-letter queue, and be an
//! alarm, in the cloud.

use std::io;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::disk::Disk;

const FILE: &str = "dead-letters.jsonl";

/// An invocation that was given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// When it was given up, by the stack's clock.
    pub at: DateTime<Utc>,
    /// Name of the function; the target's whole ARN if that names none.
    pub function: String,
    /// What the function was given.
    pub input: Value,
    /// How it failed the last time.
    pub error: String,
}

/// The dead letters of a stack, oldest first.
#[derive(Debug)]
pub(super) struct DeadLetters {
    letters: Mutex<Vec<DeadLetter>>,
    disk: Disk,
}

impl DeadLetters {
    pub(super) fn open(disk: Disk) -> io::Result<Self> {
        Ok(Self {
            letters: Mutex::new(disk.lines(FILE)?),
            disk,
        })
    }

    pub(super) fn keep(&self, letter: DeadLetter) -> io::Result<()> {
        let mut letters = super::lock(&self.letters);
        self.disk.append(FILE, &letter)?;
        letters.push(letter);
        Ok(())
    }

    pub(super) fn all(&self) -> Vec<DeadLetter> {
        super::lock(&self.letters).clone()
    }
}
