//! What the values of a text show.

use std::slice;

use minijinja::{
    Value,
    machinery::{
        ast::{Expr, Filter, Stmt},
        parse,
    },
    syntax::SyntaxConfig,
};

use super::arguments::arguments;
use crate::render::syntax::path;

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

/// What a value may show: each of its variables and fixed texts.
pub(crate) fn shown(expr: &Expr<'_>) -> Vec<Shown> {
    match expr {
        Expr::Const(constant) => vec![Shown {
            source: Source::Fixed(constant.value.to_string()),
            changed: false,
        }],
        Expr::Filter(filter) => filtered(filter),
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

fn filtered(filter: &Filter<'_>) -> Vec<Shown> {
    let of = filter.expr.iter().flat_map(shown);
    let all = of.chain(arguments(filter).flat_map(shown));
    let changes = matches!(filter.name, "upper" | "lower" | "title");
    all.map(|each| Shown {
        changed: each.changed || changes,
        ..each
    })
    .collect()
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
        expr => value_of(&path(expr).unwrap_or_default(), values),
    }
}

fn value_of(name: &str, values: &Value) -> String {
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
