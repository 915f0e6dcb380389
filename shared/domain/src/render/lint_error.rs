//! Why a template text cannot be used.

use std::fmt;

use super::html;

/// Why a template text cannot be used, in a sentence for who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintError {
    line: Option<usize>,
    reason: String,
}

impl LintError {
    pub(crate) fn new(line: Option<usize>, reason: impl Into<String>) -> Self {
        Self {
            line,
            reason: reason.into(),
        }
    }

    /// From a flaw of the HTML that `source` rendered to.
    pub(crate) fn of_html(flaw: &html::Flaw, source: &str) -> Self {
        let mut lines = source.lines();
        let line = lines.position(|line| line.to_ascii_lowercase().contains(&flaw.at));
        Self::new(line.map(|at| at + 1), flaw.to_string())
    }
}

impl fmt::Display for LintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for LintError {}
