//! The small language that subjects, email bodies and SMS are written in:
//! text, `{{ variable|filter }}` and `{% if %}`.
//!
//! It is a part of Jinja's, run by minijinja. A text is parsed and its syntax
//! tree held against a list of what is allowed, before anything of it runs:
//! the engine's own limits bound neither time nor memory
//! (`'x'|indent(10**12)` ends a process). What is not on the list is refused.

use std::{borrow::Cow, io, sync::LazyLock};

use minijinja::{
    Environment, Error, Output, State, UndefinedBehavior, Value,
    machinery::{
        Span, Token,
        ast::{BinOpKind, CallArg, CompareOpKind, Expr, Filter, Stmt, UnaryOpKind},
        parse, tokenize,
    },
    syntax::SyntaxConfig,
};

use super::{
    LintError, Part,
    clean::clean,
    sentence::{END, ended, settled},
    variables::Variables,
};

/// The most `{{ }}` in one text.
const MAX_VALUES: usize = 500;
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

/// Renders a checked text. With `clip`, each value is cut to that many characters.
pub(crate) fn render(
    part: Part,
    source: &str,
    variables: &Value,
    clip: Option<usize>,
) -> Result<String, LintError> {
    check(part, source)?;
    let environment = environment(part, clip);
    let template = environment
        .template_from_str(source)
        .map_err(|error| not_understood(&error))?;
    let mut output = Capped {
        text: Vec::new(),
        room: part.max_rendered() + MAX_VALUES * END.len_utf8(),
    };
    if let Err(error) = template.render_captured_to(variables.clone(), &mut output) {
        return Err(if output.room == 0 {
            too_long(part)
        } else {
            not_understood(&error)
        });
    }
    let text = settled(&String::from_utf8_lossy(&output.text));
    if text.len() > part.max_rendered() {
        return Err(too_long(part));
    }
    Ok(clean(&text))
}

fn too_long(part: Part) -> LintError {
    let max = part.max_rendered();
    LintError::new(
        None,
        format!("the {part} comes out longer than {max} bytes"),
    )
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
        Expr::BinOp(op) => match op.op {
            BinOpKind::Eq
            | BinOpKind::Ne
            | BinOpKind::Lt
            | BinOpKind::Lte
            | BinOpKind::Gt
            | BinOpKind::Gte
            | BinOpKind::ScAnd
            | BinOpKind::ScOr => {
                expression(&op.left)?;
                return expression(&op.right);
            }
            BinOpKind::Add
            | BinOpKind::Sub
            | BinOpKind::Mul
            | BinOpKind::Div
            | BinOpKind::FloorDiv
            | BinOpKind::Rem
            | BinOpKind::Pow => "arithmetic",
            BinOpKind::Concat => "the operator ~",
            BinOpKind::In => "the operator in",
        },
        Expr::Compare(compare) => {
            expression(&compare.expr)?;
            for operand in &compare.ops {
                if matches!(operand.op, CompareOpKind::In | CompareOpKind::NotIn) {
                    return Err(refused(compare.span(), "the operator in cannot be used"));
                }
                expression(&operand.expr)?;
            }
            return Ok(());
        }
        Expr::Test(_) => "tests other than \"is defined\"",
        Expr::IfExpr(_) => "\"… if … else …\" within a value (use {% if %})",
        Expr::Slice(_) | Expr::GetItem(_) => "square brackets",
        Expr::Call(_) => "calls",
        Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => "lists and maps",
    };
    Err(refused(expr.span(), format!("{what} cannot be used")))
}

/// A filter, as who writes texts reads of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextFilter {
    /// What it is called.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arguments: usize,
    /// What it does.
    pub does: &'static str,
    /// It in use.
    pub example: &'static str,
}

/// The filters there are, and no others.
pub const FILTERS: [TextFilter; 5] = [
    TextFilter {
        name: "upper",
        arguments: 0,
        does: "Writes it in capitals.",
        example: "{{ meeting.title|upper }}",
    },
    TextFilter {
        name: "lower",
        arguments: 0,
        does: "Writes it in small letters.",
        example: "{{ meeting.title|lower }}",
    },
    TextFilter {
        name: "title",
        arguments: 0,
        does: "Begins every word with a capital.",
        example: "{{ meeting.title|title }}",
    },
    TextFilter {
        name: "trim",
        arguments: 0,
        does: "Drops white space around it.",
        example: "{{ meeting.description|trim }}",
    },
    TextFilter {
        name: "default",
        arguments: 1,
        does: "Writes something else where there is nothing.",
        example: "{{ organizer.name|default('our team') }}",
    },
];

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

fn environment(part: Part, clip: Option<usize>) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("upper", minijinja::filters::upper);
    environment.add_filter("lower", minijinja::filters::lower);
    environment.add_filter("title", minijinja::filters::title);
    // Of any value, like the others: what a comparison comes to is no text.
    environment.add_filter("trim", |value: Value| value.to_string().trim().to_owned());
    // What is absent is an empty text, so that is what the default stands in for.
    environment.add_filter(
        "default",
        |value: Value, default: Value| {
            if value.is_true() { value } else { default }
        },
    );
    environment.add_test("defined", minijinja::tests::is_defined);
    environment.set_formatter(move |output: &mut Output, _: &mut State, value: &Value| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string().into(), Cow::Borrowed);
        Ok(output.write_str(&ended(&shown(part, clip, &text)))?)
    });
    environment
}

/// A value as it stands in a part: escaped in HTML, on one line elsewhere.
fn shown(part: Part, clip: Option<usize>, text: &str) -> String {
    if part == Part::EmailBody {
        return escape(text).replace('\n', "<br>\n");
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match clip {
        // Half an address leads nowhere.
        Some(_) if line.starts_with("https://") => line,
        Some(max) if line.chars().count() > max => {
            let kept: String = line.chars().take(max.saturating_sub(3)).collect();
            format!("{}...", kept.trim_end())
        }
        _ => line,
    }
}

/// Escapes for HTML, in text and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A writer that fails when it is full.
struct Capped {
    text: Vec<u8>,
    room: usize,
}

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.room {
            self.room = 0;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.room -= bytes.len();
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
