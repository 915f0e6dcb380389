//! The folder given with `--data`, or nothing: what is written to no folder is kept
//! in memory by its owner alone. One process at a time may hold a folder.
//!
//! A crash or a full disk may leave a file's last line torn. Whoever opens the file
//! mends it: the torn bytes are kept aside, and what is added later stands on lines of
//! its own.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
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
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "{} is in use by another local stack; stop it, or name another folder",
                path.display()
            ),
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
    ///
    /// # Errors
    /// The file cannot be read, or holds something else; the error names it and what
    /// can be done.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        let Some(path) = self.path(name).filter(|path| path.exists()) else {
            return Ok(None);
        };
        let bytes = std::fs::read(&path).map_err(|error| about(&path, &error))?;
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| about(&path, &error.into()))
    }

    /// Replaces what is kept under `name`, in one step: a crash leaves the old or the
    /// new, never half of either.
    pub(crate) fn write<T: Serialize>(&self, name: &str, value: &T) -> io::Result<()> {
        let Some(path) = self.path(name) else {
            return Ok(());
        };
        replace(&path, &serde_json::to_vec(value)?).map_err(|error| about(&path, &error))
    }

    /// Adds a line to the file `name`. If that fails, nothing of it is left there, for
    /// the next line to be glued to.
    pub(crate) fn append<T: Serialize>(&self, name: &str, value: &T) -> io::Result<()> {
        let Some(path) = self.path(name) else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        add(&path, &line).map_err(|error| about(&path, &error))
    }

    /// Every line of the file `name`. Lines that cannot be read are moved to a file
    /// beside it, and the log says so: the last one may have been cut short by a crash,
    /// before it was acknowledged to anyone.
    pub(crate) fn lines<T: DeserializeOwned>(&self, name: &str) -> io::Result<Vec<T>> {
        let Some(path) = self.path(name).filter(|path| path.exists()) else {
            return Ok(Vec::new());
        };
        let bytes = std::fs::read(&path).map_err(|error| about(&path, &error))?;
        let mut values = Vec::new();
        let mut whole = Vec::with_capacity(bytes.len());
        let mut torn = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            if line.is_empty() {
                continue;
            }
            let into = match serde_json::from_slice(line) {
                Ok(value) => {
                    values.push(value);
                    &mut whole
                }
                Err(_) => &mut torn,
            };
            into.extend_from_slice(line);
            into.push(b'\n');
        }
        if whole != bytes {
            mend(&path, &whole, &torn).map_err(|error| about(&path, &error))?;
        }
        Ok(values)
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.0.as_ref()?.path.join(name))
    }
}

/// What happened to a file, and what its owner can do about it.
fn about(path: &Path, error: &io::Error) -> io::Error {
    let remedy = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "make room on the disk, then start again: nothing that was kept before is lost"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "let this user read and write it, or choose another folder with --data"
        }
        ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            "move away what is in its place, or choose another folder with --data"
        }
        _ => "put a copy of it back, or move it away to do without what it keeps",
    };
    io::Error::new(
        error.kind(),
        format!("{}: {error}; {remedy}", path.display()),
    )
}

/// The file beside `path` that has another ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Writes a file anew, whole or not at all: its bytes are on the disk before it takes
/// the place of the old one.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = beside(path, ".draft");
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(draft, path)?;
    // The new name is on the disk once its folder is. Elsewhere folders are no files.
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Adds bytes to the end of a file: all of them or none.
fn add(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let before = file.metadata()?.len();
    file.write_all(bytes)
        .and_then(|()| file.sync_data())
        .inspect_err(|_| {
            // Where even this fails, the next start mends it.
            let _ = file.set_len(before);
        })
}

/// Leaves a file with its whole lines, and keeps those aside that are torn.
fn mend(path: &Path, whole: &[u8], torn: &[u8]) -> io::Result<()> {
    if !torn.is_empty() {
        let aside = beside(path, ".torn");
        add(&aside, torn)?;
        tracing::warn!(
            file = %path.display(),
            kept_aside = %aside.display(),
            bytes = torn.len(),
            "a file had lines that were cut short; they were moved aside"
        );
    }
    replace(path, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, which is gone in the end.
    struct Kept(PathBuf);

    impl Kept {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("usher-disk-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&path);
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize)]
    struct Line {
        id: u32,
        text: String,
    }

    fn line(id: u32) -> Line {
        Line {
            id,
            text: "Grüße, \n{\"id\": 1}".to_owned(),
        }
    }

    #[test]
    fn a_file_cut_anywhere_in_its_last_line_goes_on_with_whole_lines() {
        let folder = Kept::new("cut");
        let disk = Disk::hold(&folder.0).unwrap();
        let path = folder.0.join("kept.jsonl");
        for id in 1..=3 {
            disk.append("kept.jsonl", &line(id)).unwrap();
        }
        let bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - (serde_json::to_vec(&line(3)).unwrap().len() + 1);
        for cut in last..=bytes.len() {
            let _ = std::fs::remove_file(folder.0.join("kept.jsonl.torn"));
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let read = disk.lines::<Line>("kept.jsonl").unwrap();
            // Without its end of line alone it is whole.
            let whole = if cut >= bytes.len() - 1 { 3 } else { 2 };
            assert_eq!(
                read,
                (1..=whole).map(line).collect::<Vec<_>>(),
                "cut at {cut}"
            );
            disk.append("kept.jsonl", &line(4)).unwrap();
            let ids = disk.lines::<Line>("kept.jsonl").unwrap();
            let ids: Vec<_> = ids.iter().map(|line| line.id).collect();
            assert_eq!(
                ids,
                (1..=whole).chain([4]).collect::<Vec<_>>(),
                "cut at {cut}"
            );
            let aside = std::fs::read(folder.0.join("kept.jsonl.torn")).unwrap_or_default();
            let expected = if whole == 3 || cut == last {
                Vec::new()
            } else {
                [&bytes[last..cut], b"\n"].concat()
            };
            assert_eq!(aside, expected, "cut at {cut}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_takes_none_behind_it() {
        let folder = Kept::new("middle");
        let disk = Disk::hold(&folder.0).unwrap();
        for id in 1..=2 {
            disk.append("kept.jsonl", &line(id)).unwrap();
            add(&folder.0.join("kept.jsonl"), b"\0\0{\"id\n").unwrap();
        }
        assert_eq!(
            disk.lines::<Line>("kept.jsonl").unwrap(),
            [line(1), line(2)]
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_with_what_can_be_done() {
        let folder = Kept::new("named");
        let disk = Disk::hold(&folder.0).unwrap();
        disk.write("kept.json", &line(1)).unwrap();
        assert_eq!(disk.read::<Line>("kept.json").unwrap(), Some(line(1)));
        std::fs::write(folder.0.join("kept.json"), "{").unwrap();
        let error = disk.read::<Line>("kept.json").unwrap_err().to_string();
        assert!(
            error.contains("kept.json") && error.contains("move it away"),
            "{error}"
        );
    }

    #[test]
    fn what_can_be_done_fits_what_happened() {
        let said = |kind: ErrorKind| about(Path::new("kept.json"), &kind.into()).to_string();
        assert!(said(ErrorKind::StorageFull).contains("make room"));
        assert!(said(ErrorKind::PermissionDenied).contains("let this user"));
        assert!(said(ErrorKind::InvalidData).contains("put a copy of it back"));
    }

    #[test]
    fn a_folder_is_held_by_one() {
        let folder = Kept::new("held");
        let held = Disk::hold(&folder.0).unwrap();
        let error = Disk::hold(&folder.0).unwrap_err().to_string();
        assert!(error.contains("in use"), "{error}");
        drop(held);
        assert!(Disk::hold(&folder.0).is_ok());
    }
}
