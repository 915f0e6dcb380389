//! What a template text may say: which parts of Jinja's language there are, and how much
//! of each. It is held against its syntax tree before anything of it runs.

use std::sync::LazyLock;

use minijinja::{
    Error,
    machinery::{
        Span, Token,
        ast::{BinOpKind, CallArg, Compare, CompareOpKind, Expr, Filter, Stmt, UnaryOpKind},
        parse, tokenize,
    },
    syntax::SyntaxConfig,
};

use super::{FILTERS, LintError, Part, variables::Variables};

/// The most `{{ }}` in one text.
pub(super) const MAX_VALUES: usize = 500;

/// The most `{% %}` in one text.
const MAX_TAGS: usize = 100;

/// The most words and signs within one `{{ }}` or `{% %}`: parsing recurses over them.
const MAX_TOKENS: usize = 60;

/// The most filters within one `{{ }}` or `{% %}`: each copies its text.
const MAX_FILTERS: usize = 4;

/// Checks that a text is of the language and names only variables there are.
pub(crate) fn check(part: Part, source: &str) -> Result<(), LintError> {
    if source.len() > part.max_source() {
        let reason = format!("the {part} is longer than {} bytes", part.max_source());
        return Err(LintError::new(None, reason));
    }
    check_size(source)?;
    let tree =
        parse(source, "text", SyntaxConfig::default()).map_err(|error| not_understood(&error))?;
    statement(&tree)
}

pub(crate) fn not_understood(error: &Error) -> LintError {
    let reason = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    LintError::new(error.line(), format!("this cannot be understood: {reason}"))
}

/// Bounds what the parser recurses over, before it does.
fn check_size(source: &str) -> Result<(), LintError> {
    let (mut values, mut tags, mut tokens, mut filters) = (0, 0, 0, 0);
    let mut begins_tag = false;
    for token in tokenize(source, false, SyntaxConfig::default()) {
        let (token, span) = token.map_err(|error| not_understood(&error))?;
        if let (Token::Ident(name), true) = (&token, begins_tag)
            && ABSENT.contains(name)
        {
            return Err(no_such_tag(span, "macros, blocks, includes and imports"));
        }
        begins_tag = matches!(token, Token::BlockStart);
        match token {
            Token::TemplateData(_) => {}
            Token::VariableStart => (values, tokens, filters) = (values + 1, 0, 0),
            Token::BlockStart => (tags, tokens, filters) = (tags + 1, 0, 0),
            Token::Pipe => filters += 1,
            _ => tokens += 1,
        }
        for (count, max, what) in [
            (values, MAX_VALUES, "{{ }} in one text"),
            (tags, MAX_TAGS, "{% %} in one text"),
            (
                tokens,
                MAX_TOKENS,
                "words and signs within one {{ }} or {% %}",
            ),
            (filters, MAX_FILTERS, "filters within one {{ }} or {% %}"),
        ] {
            if count > max {
                return Err(refused(span, format!("there are more than {max} {what}")));
            }
        }
    }
    Ok(())
}

/// Tags that the engine has or lacks by what other crates turn on: they are told from
/// their names, so that the refusal is the same.
const ABSENT: [&str; 7] = [
    "macro", "call", "block", "include", "import", "from", "extends",
];

fn no_such_tag(span: Span, what: &str) -> LintError {
    refused(
        span,
        format!("{what} cannot be used; there is only {{{{ }}}} and {{% if %}}"),
    )
}

fn refused(span: Span, reason: impl Into<String>) -> LintError {
    LintError::new(Some(span.start_line.into()), reason)
}

fn statements(list: &[Stmt<'_>]) -> Result<(), LintError> {
    list.iter().try_for_each(statement)
}

fn statement(statement: &Stmt<'_>) -> Result<(), LintError> {
    let (what, span) = match statement {
        Stmt::Template(template) => return statements(&template.children),
        Stmt::EmitRaw(_) => return Ok(()),
        Stmt::EmitExpr(emit) => return expression(&emit.expr),
        Stmt::IfCond(condition) => {
            expression(&condition.expr)?;
            statements(&condition.true_body)?;
            return statements(&condition.false_body);
        }
        Stmt::ForLoop(s) => ("loops", s.span()),
        Stmt::WithBlock(s) => ("{% with %}", s.span()),
        Stmt::Set(s) => ("{% set %}", s.span()),
        Stmt::SetBlock(s) => ("{% set %}", s.span()),
        Stmt::AutoEscape(s) => ("{% autoescape %}", s.span()),
        Stmt::FilterBlock(s) => ("{% filter %}", s.span()),
        Stmt::Do(s) => ("{% do %}", s.span()),
        #[allow(
            unreachable_patterns,
            reason = "the engine has more statements when another crate turns its features on"
        )]
        _ => ("macros, blocks, includes and imports", Span::default()),
    };
    Err(no_such_tag(span, what))
}

fn expression(expr: &Expr<'_>) -> Result<(), LintError> {
    let what = match expr {
        Expr::Const(_) => return Ok(()),
        Expr::Var(_) | Expr::GetAttr(_) => return variable(expr),
        Expr::Filter(f) => return filter(f, f.span()),
        Expr::Test(test) if test.name == "defined" && test.args.is_empty() => {
            return expression(&test.expr);
        }
        Expr::UnaryOp(op) => match op.op {
            UnaryOpKind::Not => return expression(&op.expr),
            UnaryOpKind::Neg => "arithmetic",
        },
        Expr::BinOp(op) => match not_allowed(&op.op) {
            Some(what) => what,
            None => {
                expression(&op.left)?;
                return expression(&op.right);
            }
        },
        Expr::Compare(compare) => return comparison(compare, compare.span()),
        Expr::Test(_) => "tests other than \"is defined\"",
        Expr::IfExpr(_) => "\"… if … else …\" within a value (use {% if %})",
        Expr::Slice(_) | Expr::GetItem(_) => "square brackets",
        Expr::Call(_) => "calls",
        Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => "lists and maps",
    };
    Err(refused(expr.span(), format!("{what} cannot be used")))
}

/// What a text would need to use this operator between two values; none where it may.
fn not_allowed(operator: &BinOpKind) -> Option<&'static str> {
    match operator {
        BinOpKind::Eq
        | BinOpKind::Ne
        | BinOpKind::Lt
        | BinOpKind::Lte
        | BinOpKind::Gt
        | BinOpKind::Gte
        | BinOpKind::ScAnd
        | BinOpKind::ScOr => None,
        BinOpKind::Add
        | BinOpKind::Sub
        | BinOpKind::Mul
        | BinOpKind::Div
        | BinOpKind::FloorDiv
        | BinOpKind::Rem
        | BinOpKind::Pow => Some("arithmetic"),
        BinOpKind::Concat => Some("the operator ~"),
        BinOpKind::In => Some("the operator in"),
    }
}

fn comparison(compare: &Compare<'_>, span: Span) -> Result<(), LintError> {
    expression(&compare.expr)?;
    for operand in &compare.ops {
        if matches!(operand.op, CompareOpKind::In | CompareOpKind::NotIn) {
            return Err(refused(span, "the operator in cannot be used"));
        }
        expression(&operand.expr)?;
    }
    Ok(())
}

fn filter(filter: &Filter<'_>, span: Span) -> Result<(), LintError> {
    let Some(known) = FILTERS.iter().find(|known| known.name == filter.name) else {
        let names = FILTERS.map(|known| known.name);
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        let reason = format!(
            "there is no filter {}; there are {} and {last}",
            filter.name,
            others.join(", ")
        );
        return Err(refused(span, reason));
    };
    let arguments = known.arguments;
    if filter.args.len() != arguments {
        let reason = format!("the filter {} takes {arguments} arguments", filter.name);
        return Err(refused(span, reason));
    }
    for argument in &filter.args {
        match argument {
            CallArg::Pos(value) => expression(value)?,
            CallArg::Kwarg(..) | CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                return Err(refused(span, "named arguments cannot be used"));
            }
        }
    }
    filter.expr.as_ref().map_or(Ok(()), expression)
}

/// Every variable, like `meeting.title`.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| Variables::default().names());

fn variable(expr: &Expr<'_>) -> Result<(), LintError> {
    let Some(name) = path(expr) else {
        return Err(refused(
            expr.span(),
            "only variables have parts to be named with a dot",
        ));
    };
    if NAMES.contains(&name) {
        return Ok(());
    }
    let nearest = NAMES
        .iter()
        .max_by(|a, b| likeness(&name, a).total_cmp(&likeness(&name, b)));
    let hint = match nearest {
        Some(nearest) if likeness(&name, nearest) > 0.75 => format!(" Did you mean {nearest}?"),
        _ => " The list of variables has all there are.".to_owned(),
    };
    Err(refused(
        expr.span(),
        format!("there is no variable {name}.{hint}"),
    ))
}

/// How alike two names are, 0 to 1: by letters, and when the last part is the
/// same and the first was left out or is another.
fn likeness(given: &str, name: &str) -> f64 {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let by_letters =
        strsim::normalized_levenshtein(&given.replace('_', "."), &name.replace('_', "."));
    if last(given) == last(name) {
        by_letters.max(0.8 + by_letters / 10.0)
    } else {
        by_letters
    }
}

pub(crate) fn path(expr: &Expr<'_>) -> Option<String> {
    match expr {
        Expr::Var(var) => Some(var.id.to_owned()),
        Expr::GetAttr(attr) => Some(format!("{}.{}", path(&attr.expr)?, attr.name)),
        _ => None,
    }
}
