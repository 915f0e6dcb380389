//! The paths of a text, and how they part at its conditions.

use minijinja::machinery::ast::{Expr, IfCond, Stmt};

use super::condition::{Outcomes, decide, may_be_empty};
use crate::render::{LintError, clean::clean};

/// The most paths of one text.
const MAX_PATHS: usize = 1_024;
/// The most bytes of all paths of one text together.
const MAX_BYTES: usize = 4_000_000;

/// A piece of a path.
#[derive(Clone, Copy)]
pub(crate) enum Piece<'s> {
    /// What stands there.
    Literal(&'s str),
    /// What is filled in.
    Filled(&'s Expr<'s>),
}

/// One way that a text can come out.
#[derive(Clone, Default)]
pub(crate) struct Path<'s> {
    /// What each condition came to.
    outcomes: Outcomes,
    /// What it is made of.
    pub(crate) pieces: Vec<Piece<'s>>,
}

/// Every path of a checked text.
///
/// # Errors
/// When there are too many to read them all.
pub(crate) fn paths<'s>(tree: &'s Stmt<'s>, source: &str) -> Result<Vec<Path<'s>>, LintError> {
    let Stmt::Template(template) = tree else {
        return Ok(vec![Path::default()]);
    };
    let paths = walk(&template.children, vec![Path::default()])?;
    if paths.len() * source.len() > MAX_BYTES {
        return Err(too_many());
    }
    Ok(paths)
}

fn too_many() -> LintError {
    LintError::new(
        None,
        "there are too many {% if %} to check every way this text can come out; use fewer, or shorten the text",
    )
}

fn walk<'s>(list: &'s [Stmt<'s>], mut paths: Vec<Path<'s>>) -> Result<Vec<Path<'s>>, LintError> {
    for statement in list {
        match statement {
            Stmt::EmitRaw(raw) => {
                for path in &mut paths {
                    path.pieces.push(Piece::Literal(raw.raw));
                }
            }
            Stmt::EmitExpr(emit) => {
                for path in &mut paths {
                    path.pieces.push(Piece::Filled(&emit.expr));
                }
            }
            Stmt::IfCond(condition) => paths = branch(condition, paths)?,
            // The engine's check has refused everything else.
            _ => {}
        }
    }
    Ok(paths)
}

/// Each path goes on through the branch that its condition leads to, or through both.
fn branch<'s>(condition: &'s IfCond<'s>, paths: Vec<Path<'s>>) -> Result<Vec<Path<'s>>, LintError> {
    let (mut then, mut otherwise) = (Vec::new(), Vec::new());
    for path in paths {
        for (outcomes, outcome) in decide(&condition.expr, &path.outcomes) {
            let branch = if outcome { &mut then } else { &mut otherwise };
            branch.push(Path {
                outcomes,
                pieces: path.pieces.clone(),
            });
        }
        if then.len() + otherwise.len() > MAX_PATHS {
            return Err(too_many());
        }
    }
    let mut paths = walk(&condition.true_body, then)?;
    paths.extend(walk(&condition.false_body, otherwise)?);
    if paths.len() > MAX_PATHS {
        return Err(too_many());
    }
    Ok(paths)
}

impl Path<'_> {
    /// Whether nothing may be left of it.
    pub(crate) fn may_be_empty(&self) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Literal(text) => clean(text).trim().is_empty(),
            Piece::Filled(expr) => may_be_empty(expr, &self.outcomes),
        })
    }
}
