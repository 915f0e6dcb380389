//! The programs that are measured, built as they are released.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// The functions, in the order in which their starts are shown.
pub const FUNCTIONS: [&str; 6] = [
    "send-notification",
    "landing-page",
    "staff-console",
    "reminder-fanout",
    "inbound-sms",
    "track-delivery",
];
/// What the functions are held against.
pub const FLOOR: &str = "usher-floor";

/// Release programs, by the names of their crates.
#[derive(Debug)]
pub struct Programs {
    executables: BTreeMap<String, PathBuf>,
    target: PathBuf,
}

impl Programs {
    /// Builds the functions and the floor with this `cargo`, which shows its progress. What
    /// has been built before is not built again.
    ///
    /// # Errors
    /// One of them does not build.
    pub fn build(cargo: &Path) -> anyhow::Result<Self> {
        let mut build = command(cargo, &["build", "--release", "--locked"]);
        build.arg("--message-format=json-render-diagnostics");
        for package in FUNCTIONS.into_iter().chain([FLOOR]) {
            build.args(["--package", package]);
        }
        let messages = output(build)?;
        let mut metadata = command(cargo, &["metadata", "--format-version=1", "--no-deps"]);
        metadata.args(["--locked", "--offline"]);
        let metadata: Value = serde_json::from_str(&output(metadata)?)?;
        let target = metadata["target_directory"].as_str();
        Ok(Self {
            executables: executables(&messages),
            target: target.context("cargo names no target directory")?.into(),
        })
    }

    /// The program of the crate of this name.
    ///
    /// # Errors
    /// It was not built.
    pub fn executable(&self, name: &str) -> anyhow::Result<&Path> {
        let executable = self.executables.get(name);
        let executable = executable.with_context(|| format!("cargo built no program {name}"))?;
        Ok(executable)
    }

    /// The folder that cargo builds in.
    pub fn target(&self) -> &Path {
        &self.target
    }
}

/// What the cargo that runs the bench tells it of its own package. `ring` is compiled anew
/// where one of them differs, and everything above it.
const OF_OUTER_CARGO: [&str; 7] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

fn command(cargo: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo);
    for name in OF_OUTER_CARGO {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stderr(Stdio::inherit());
    command
}

fn output(mut command: Command) -> anyhow::Result<String> {
    let output = command.output().context("cargo does not start")?;
    ensure!(output.status.success(), "{command:?}: {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// The programs that cargo's messages name, a message a line.
fn executables(messages: &str) -> BTreeMap<String, PathBuf> {
    let program = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let name = message["target"]["name"].as_str()?.to_owned();
        Some((name, message["executable"].as_str()?.into()))
    };
    messages.lines().filter_map(program).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_in_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"usher_cloud"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"inbound-sms"},"executable":"/t/inbound-sms"}
{"reason":"build-finished","success":true}"#;
        let found = executables(messages);
        assert_eq!(found.len(), 1);
        assert_eq!(found["inbound-sms"], Path::new("/t/inbound-sms"));
    }
}
