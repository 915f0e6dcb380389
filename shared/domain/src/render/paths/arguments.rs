//! What a filter is given besides the value that it changes.

use minijinja::machinery::ast::{CallArg, Expr, Filter};

/// Its arguments; none is named.
pub(super) fn arguments<'f>(filter: &'f Filter<'f>) -> impl Iterator<Item = &'f Expr<'f>> {
    filter.args.iter().filter_map(|argument| match argument {
        CallArg::Pos(value) => Some(value),
        _ => None,
    })
}
