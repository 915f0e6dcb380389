//! A program that runs in a process of its own, and what Linux says of it.
//!
//! CPU time is read from `schedstat`, which counts in nanoseconds; `stat` counts in
//! hundredths of a second, as long as three reminders take.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail};

/// How long a program has to come to rest.
const REST: Duration = Duration::from_secs(5);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(1);

/// A running program, which ends when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program with these variables and no others. What it prints goes to the end
    /// of `log`, as a function's log leaves its process in Lambda.
    ///
    /// # Errors
    /// It does not start, or the log cannot be written.
    pub fn start(
        program: &Path,
        environment: &BTreeMap<String, String>,
        log: &Path,
    ) -> anyhow::Result<Self> {
        let file = File::options().create(true).append(true).open(log);
        let file = file.with_context(|| format!("{} cannot be written", log.display()))?;
        let child = Command::new(program)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn();
        Ok(Self {
            child: child.with_context(|| format!("{} does not start", program.display()))?,
            log: log.to_owned(),
        })
    }

    /// The CPU time of all its threads since it was started, once all of them are at rest.
    ///
    /// # Errors
    /// It has ended, or does not come to rest.
    pub async fn cpu(&self) -> anyhow::Result<Duration> {
        let wait = async {
            while !self.rests()? {
                tokio::time::sleep(LOOK).await;
            }
            anyhow::Ok(())
        };
        let waited = tokio::time::timeout(REST, wait).await;
        waited.context("a program does not come to rest")??;
        let times = self.threads()?.into_iter().map(|thread| {
            let schedstat = fs::read_to_string(thread.join("schedstat"))?;
            cpu_time(&schedstat).context("this Linux keeps no schedstat")
        });
        times.sum()
    }

    /// The most memory that it had at any time, in bytes.
    ///
    /// # Errors
    /// It has ended.
    pub fn peak_memory(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(self.folder().join("status"))?;
        peak_memory(&status).context("this Linux tells no VmHWM")
    }

    /// Fails if it has ended.
    ///
    /// # Errors
    /// It has.
    pub fn check(&mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("a program ended, {status}; see {}", self.log.display());
        }
        Ok(())
    }

    fn rests(&self) -> anyhow::Result<bool> {
        for thread in self.threads()? {
            if !sleeps(&fs::read_to_string(thread.join("stat"))?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn threads(&self) -> anyhow::Result<Vec<PathBuf>> {
        let tasks = fs::read_dir(self.folder().join("task"));
        let tasks = tasks.with_context(|| format!("it ended; see {}", self.log.display()))?;
        tasks.map(|task| Ok(task?.path())).collect()
    }

    fn folder(&self) -> PathBuf {
        format!("/proc/{}", self.child.id()).into()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first number of a thread's `schedstat`: how long it ran, in nanoseconds.
fn cpu_time(schedstat: &str) -> Option<Duration> {
    let ran = schedstat.split_whitespace().next()?;
    ran.parse().ok().map(Duration::from_nanos)
}

/// Whether a thread waits, by its `stat`. Its name, in parentheses, may be anything.
fn sleeps(stat: &str) -> bool {
    let behind_name = stat.rsplit_once(')').map(|(_, rest)| rest.trim_start());
    behind_name.is_some_and(|rest| rest.starts_with('S'))
}

/// `VmHWM` of a process's `status`, in bytes.
fn peak_memory(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_the_first_number_of_schedstat() {
        assert_eq!(
            cpu_time("154279 7751701 1\n"),
            Some(Duration::from_nanos(154_279))
        );
        assert_eq!(cpu_time(""), None);
    }

    #[test]
    fn a_thread_sleeps_by_its_state_whatever_its_name() {
        assert!(sleeps("12 (landing-page) S 1 12"));
        assert!(!sleeps("12 (a) S (b) R 1 12"));
    }

    #[test]
    fn peak_memory_is_told_in_kilobytes() {
        let status = "VmPeak:\t  9 kB\nVmHWM:\t   1824 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(peak_memory(status), Some(1_867_776));
        assert_eq!(peak_memory("Name: kthreadd\n"), None);
    }
}
