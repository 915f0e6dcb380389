//! The small language that subjects, email bodies and SMS are written in:
//! text, `{{ variable|filter }}` and `{% if %}`.
//!
//! It is a part of Jinja's, run by minijinja. A text is parsed and its syntax
//! tree held against a list of what is allowed, before anything of it runs:
//! the engine's own limits bound neither time nor memory
//! (`'x'|indent(10**12)` ends a process). What is not on the list is refused.

use std::{borrow::Cow, io};

use minijinja::{Environment, Output, State, UndefinedBehavior, Value};

use super::{
    LintError, Part,
    clean::clean,
    sentence::{END, ended, settled},
    syntax::{MAX_VALUES, check, not_understood},
};

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
