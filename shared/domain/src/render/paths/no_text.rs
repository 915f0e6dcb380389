//! What is no text.

use minijinja::machinery::ast::{Expr, Stmt};

use super::arguments::arguments;

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
