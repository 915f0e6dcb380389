//! The folder given with `--data`, or nothing: what is written to no folder is kept
//! in memory by its owner alone. One process at a time may hold a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

const DATABASE: &str = "dynamodb.sqlite";

/// A held folder, or none.
#[derive(Debug, Clone)]
pub(crate) struct Disk(Option<Arc<Folder>>);

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    fresh: bool,
    /// Locked for as long as the folder is held.
    _lock: File,
}

impl Disk {
    /// Keeps nothing.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Holds the folder at `path`, which is made if it is not there.
    pub(crate) fn hold(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
        let lock = File::create(path.join("lock"))
            .with_context(|| format!("cannot write in {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("{} is in use by another local stack", path.display())
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let fresh = !path.join(DATABASE).exists();
        Ok(Self(Some(Arc::new(Folder {
            path: path.to_owned(),
            fresh,
            _lock: lock,
        }))))
    }

    /// Whether nothing was kept before this process.
    pub(crate) fn is_fresh(&self) -> bool {
        self.0.as_ref().is_none_or(|folder| folder.fresh)
    }

    /// Where the database lives; `None` for memory.
    pub(crate) fn database(&self) -> Option<PathBuf> {
        self.path(DATABASE)
    }

    /// What was written last under `name`.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        let Some(path) = self.path(name).filter(|path| path.exists()) else {
            return Ok(None);
        };
        Ok(Some(serde_json::from_slice(&std::fs::read(path)?)?))
    }

    /// Replaces what is kept under `name`, in one step: a crash leaves the old or the
    /// new, never half of either.
    pub(crate) fn write<T: Serialize>(&self, name: &str, value: &T) -> io::Result<()> {
        let (Some(path), Some(draft)) = (self.path(name), self.path(&format!("{name}.draft")))
        else {
            return Ok(());
        };
        std::fs::write(&draft, serde_json::to_vec(value)?)?;
        std::fs::rename(draft, path)
    }

    /// Adds a line to the file `name`.
    pub(crate) fn append<T: Serialize>(&self, name: &str, value: &T) -> io::Result<()> {
        let Some(path) = self.path(name) else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?
            .write_all(&line)
    }

    /// Every line of the file `name`. A last line cut short by a crash was never
    /// acknowledged to anyone, and is passed over.
    pub(crate) fn lines<T: DeserializeOwned>(&self, name: &str) -> io::Result<Vec<T>> {
        let Some(path) = self.path(name).filter(|path| path.exists()) else {
            return Ok(Vec::new());
        };
        let text = std::fs::read_to_string(path)?;
        text.split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| serde_json::from_str(line).map_err(io::Error::from))
            .collect()
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.0.as_ref()?.path.join(name))
    }
}
