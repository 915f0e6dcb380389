//! Every way that a text can come out: one path for each outcome of its conditions.
//!
//! The linter holds each of them against the rules, so that a branch no sample meeting
//! takes is read like any other. A path is made of what stands there literally and of
//! values, whose content is not known: only which variables they may show. A condition
//! that comes again has the outcome it had before.

use std::{collections::BTreeMap, slice};

use minijinja::{
    Value,
    machinery::{
        ast::{BinOpKind, CallArg, CompareOpKind, Expr, Filter, Stmt, UnaryOpKind},
        parse,
    },
    syntax::SyntaxConfig,
};

use super::{
    LintError,
    clean::clean,
    syntax::path,
    variables::{Trait, is},
};

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
    outcomes: BTreeMap<String, bool>,
    /// What it is made of.
    pub(crate) pieces: Vec<Piece<'s>>,
}

/// What a filled-in value may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Which variable, or which fixed text.
    pub(crate) source: Source,
    /// Whether a filter changes its letters.
    pub(crate) changed: bool,
}

/// Where a shown value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A variable, by name.
    Variable(String),
    /// A text that the template itself names.
    Fixed(String),
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
            Stmt::IfCond(condition) => {
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
                paths = walk(&condition.true_body, then)?;
                paths.extend(walk(&condition.false_body, otherwise)?);
                if paths.len() > MAX_PATHS {
                    return Err(too_many());
                }
            }
            // The engine's check has refused everything else.
            _ => {}
        }
    }
    Ok(paths)
}

/// Whether some way a text can come out fills in this variable.
pub(crate) fn may_fill(source: &str, variable: &str) -> bool {
    // Most texts do not name it at all.
    let (_, field) = variable.rsplit_once('.').unwrap_or(("", variable));
    source.contains(field)
        && parse(source, "text", SyntaxConfig::default())
            .is_ok_and(|tree| fills(slice::from_ref(&tree), variable))
}

fn fills(list: &[Stmt<'_>], name: &str) -> bool {
    list.iter().any(|statement| match statement {
        Stmt::Template(template) => fills(&template.children, name),
        Stmt::EmitExpr(emit) => shown(&emit.expr)
            .iter()
            .any(|each| matches!(&each.source, Source::Variable(shown) if shown == name)),
        Stmt::IfCond(condition) => {
            fills(&condition.true_body, name) || fills(&condition.false_body, name)
        }
        _ => false,
    })
}

/// A number, a truth value or nothing, where a text has one: no variable is any, so that
/// it can only be a mistake; and what such a value counts as, there are no rules for.
pub(crate) fn no_text(list: &[Stmt<'_>]) -> Option<String> {
    list.iter().find_map(|statement| match statement {
        Stmt::Template(template) => no_text(&template.children),
        Stmt::EmitExpr(emit) => no_text_in(&emit.expr),
        Stmt::IfCond(condition) => no_text_in(&condition.expr)
            .or_else(|| no_text(&condition.true_body))
            .or_else(|| no_text(&condition.false_body)),
        _ => None,
    })
}

fn no_text_in(expr: &Expr<'_>) -> Option<String> {
    match expr {
        Expr::Const(constant) => match constant.value.as_str() {
            Some(_) => None,
            // As it is written: the engine shows some with a capital.
            None => Some(constant.value.to_string().to_lowercase()),
        },
        Expr::Filter(filter) => {
            let of = filter.expr.as_ref().and_then(no_text_in);
            of.or_else(|| arguments(filter).find_map(no_text_in))
        }
        Expr::UnaryOp(op) => no_text_in(&op.expr),
        Expr::BinOp(op) => no_text_in(&op.left).or_else(|| no_text_in(&op.right)),
        Expr::Compare(compare) => no_text_in(&compare.expr)
            .or_else(|| compare.ops.iter().find_map(|one| no_text_in(&one.expr))),
        Expr::Test(test) => no_text_in(&test.expr),
        _ => None,
    }
}

type Outcomes = BTreeMap<String, bool>;

/// What a condition may come to, after what others came to.
fn decide(expr: &Expr<'_>, known: &Outcomes) -> Vec<(Outcomes, bool)> {
    match expr {
        Expr::Const(constant) => vec![(known.clone(), constant.value.is_true())],
        Expr::Test(_) => vec![(known.clone(), true)],
        Expr::UnaryOp(op) if matches!(op.op, UnaryOpKind::Not) => decide(&op.expr, known)
            .into_iter()
            .map(|(outcomes, outcome)| (outcomes, !outcome))
            .collect(),
        Expr::BinOp(op) if matches!(op.op, BinOpKind::ScAnd | BinOpKind::ScOr) => {
            let settles = matches!(op.op, BinOpKind::ScOr);
            let mut all = Vec::new();
            for (outcomes, left) in decide(&op.left, known) {
                if left == settles {
                    all.push((outcomes, left));
                } else {
                    all.extend(decide(&op.right, &outcomes));
                }
            }
            all
        }
        Expr::BinOp(op) if matches!(op.op, BinOpKind::Eq | BinOpKind::Ne) => {
            let equal = matches!(op.op, BinOpKind::Eq);
            same_as(&op.left, &op.right, equal, known).unwrap_or_else(|| open(expr, known))
        }
        Expr::Compare(compare) => {
            let one = match compare.ops.as_slice() {
                [one] => match one.op {
                    CompareOpKind::Eq => Some((&one.expr, true)),
                    CompareOpKind::Ne => Some((&one.expr, false)),
                    _ => None,
                },
                _ => None,
            };
            one.and_then(|(other, equal)| same_as(&compare.expr, other, equal, known))
                .unwrap_or_else(|| open(expr, known))
        }
        expr if !may_be_empty(expr, known) => vec![(known.clone(), true)],
        expr => open(expr, known),
    }
}

/// A condition of which nothing is known but what it came to before.
fn open(expr: &Expr<'_>, known: &Outcomes) -> Vec<(Outcomes, bool)> {
    let atom = key(expr);
    match known.get(&atom) {
        Some(outcome) => vec![(known.clone(), *outcome)],
        None => [true, false]
            .map(|outcome| {
                let mut outcomes = known.clone();
                outcomes.insert(atom.clone(), outcome);
                (outcomes, outcome)
            })
            .into(),
    }
}

/// What a comparison with the empty text comes to: whether there is something.
fn same_as(
    left: &Expr<'_>,
    right: &Expr<'_>,
    equal: bool,
    known: &Outcomes,
) -> Option<Vec<(Outcomes, bool)>> {
    let empty = |expr: &Expr<'_>| match expr {
        Expr::Const(constant) => constant.value.as_str() == Some(""),
        _ => false,
    };
    let of = match (empty(left), empty(right)) {
        (false, true) => left,
        (true, false) => right,
        _ => return None,
    };
    let all = decide(of, known).into_iter();
    Some(
        all.map(|(outcomes, there)| (outcomes, there != equal))
            .collect(),
    )
}

/// A condition's name: equal ones have equal outcomes.
fn key(expr: &Expr<'_>) -> String {
    match expr {
        Expr::Const(constant) => format!("{:?}", constant.value),
        Expr::Filter(filter) => {
            let arguments: Vec<_> = arguments(filter).map(key).collect();
            let of = filter.expr.as_ref().map(key).unwrap_or_default();
            format!("{of}|{}({})", filter.name, arguments.join(","))
        }
        Expr::BinOp(op) => format!("({} {:?} {})", key(&op.left), op.op, key(&op.right)),
        Expr::Compare(compare) => {
            let operands = compare.ops.iter();
            let operands: Vec<_> = operands
                .map(|operand| format!("{:?} {}", operand.op, key(&operand.expr)))
                .collect();
            format!("({} {})", key(&compare.expr), operands.join(" "))
        }
        Expr::UnaryOp(op) => format!("({:?} {})", op.op, key(&op.expr)),
        expr => path(expr).unwrap_or_else(|| format!("{expr:?}")),
    }
}

fn arguments<'f>(filter: &'f Filter<'f>) -> impl Iterator<Item = &'f Expr<'f>> {
    filter.args.iter().filter_map(|argument| match argument {
        CallArg::Pos(value) => Some(value),
        _ => None,
    })
}

/// Whether a value may come out as nothing, after these outcomes.
fn may_be_empty(expr: &Expr<'_>, known: &Outcomes) -> bool {
    match expr {
        Expr::Const(constant) => constant.value.to_string().trim().is_empty(),
        Expr::Var(_) | Expr::GetAttr(_) => {
            let name = path(expr).unwrap_or_default();
            !is(&name, Trait::Always) && known.get(&name) != Some(&true)
        }
        Expr::Filter(filter) => {
            let empty = filter
                .expr
                .as_ref()
                .is_none_or(|of| may_be_empty(of, known));
            let default = filter.name == "default"
                && arguments(filter).any(|argument| !may_be_empty(argument, known));
            empty && !default
        }
        _ => true,
    }
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

/// What a value may show: each of its variables and fixed texts.
pub(crate) fn shown(expr: &Expr<'_>) -> Vec<Shown> {
    match expr {
        Expr::Const(constant) => vec![Shown {
            source: Source::Fixed(constant.value.to_string()),
            changed: false,
        }],
        Expr::Filter(filter) => {
            let of = filter.expr.iter().flat_map(shown);
            let all = of.chain(arguments(filter).flat_map(shown));
            let changes = matches!(filter.name, "upper" | "lower" | "title");
            all.map(|each| Shown {
                changed: each.changed || changes,
                ..each
            })
            .collect()
        }
        Expr::UnaryOp(op) => shown(&op.expr),
        Expr::BinOp(op) => [shown(&op.left), shown(&op.right)].concat(),
        Expr::Compare(compare) => shown(&compare.expr),
        Expr::Test(test) => shown(&test.expr),
        expr => path(expr)
            .map(|name| Shown {
                source: Source::Variable(name),
                changed: false,
            })
            .into_iter()
            .collect(),
    }
}

/// What a value is for a meeting with these values.
pub(crate) fn example(expr: &Expr<'_>, values: &Value) -> String {
    match expr {
        Expr::Const(constant) => constant.value.to_string(),
        Expr::Filter(filter) => {
            let of = filter.expr.as_ref().map(|of| example(of, values));
            let of = of.unwrap_or_default();
            match filter.name {
                "upper" => of.to_uppercase(),
                "lower" => of.to_lowercase(),
                "default" if of.is_empty() => arguments(filter)
                    .map(|argument| example(argument, values))
                    .collect(),
                _ => of,
            }
        }
        expr => {
            let name = path(expr).unwrap_or_default();
            let mut value = values.clone();
            for part in name.split('.') {
                value = value.get_attr(part).unwrap_or_default();
            }
            if value.is_undefined() {
                String::new()
            } else {
                value.to_string()
            }
        }
    }
}
