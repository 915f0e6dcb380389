//! What a condition can come to. One that comes again has the outcome it had before.

use std::collections::BTreeMap;

use minijinja::machinery::ast::{BinOp, BinOpKind, Compare, CompareOpKind, Expr, UnaryOpKind};

use super::arguments::arguments;
use crate::render::{
    syntax::path,
    variables::{Trait, is},
};

/// What conditions came to, by their names.
pub(super) type Outcomes = BTreeMap<String, bool>;

/// What a condition may come to, after what others came to.
pub(super) fn decide(expr: &Expr<'_>, known: &Outcomes) -> Vec<(Outcomes, bool)> {
    match expr {
        Expr::Const(constant) => vec![(known.clone(), constant.value.is_true())],
        Expr::Test(_) => vec![(known.clone(), true)],
        Expr::UnaryOp(op) if matches!(op.op, UnaryOpKind::Not) => decide(&op.expr, known)
            .into_iter()
            .map(|(outcomes, outcome)| (outcomes, !outcome))
            .collect(),
        Expr::BinOp(op) if matches!(op.op, BinOpKind::ScAnd | BinOpKind::ScOr) => {
            decide_both(op, known)
        }
        Expr::BinOp(op) if matches!(op.op, BinOpKind::Eq | BinOpKind::Ne) => {
            let equal = matches!(op.op, BinOpKind::Eq);
            same_as(&op.left, &op.right, equal, known).unwrap_or_else(|| open(expr, known))
        }
        Expr::Compare(compare) => compared(compare, known).unwrap_or_else(|| open(expr, known)),
        expr if !may_be_empty(expr, known) => vec![(known.clone(), true)],
        expr => open(expr, known),
    }
}

/// What `and` and `or` come to: the right side counts where the left settles nothing.
fn decide_both(op: &BinOp<'_>, known: &Outcomes) -> Vec<(Outcomes, bool)> {
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

/// What a single comparison with the empty text comes to; nothing of any other.
fn compared(compare: &Compare<'_>, known: &Outcomes) -> Option<Vec<(Outcomes, bool)>> {
    let [one] = compare.ops.as_slice() else {
        return None;
    };
    let equal = match one.op {
        CompareOpKind::Eq => true,
        CompareOpKind::Ne => false,
        _ => return None,
    };
    same_as(&compare.expr, &one.expr, equal, known)
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

/// Whether a value may come out as nothing, after these outcomes.
pub(super) fn may_be_empty(expr: &Expr<'_>, known: &Outcomes) -> bool {
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
