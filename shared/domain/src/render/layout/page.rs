//! The pages that emails are made of.

use std::{borrow::Cow, sync::LazyLock};

use minijinja::{Environment, Error, Output, State, UndefinedBehavior, Value};

use crate::render::engine::escape;

/// A page with its values filled in, every one escaped that is not markup already.
pub(in crate::render) fn page(name: &str, values: Value) -> Result<String, Error> {
    PAGES.get_template(name)?.render(values)
}

/// A page's source: what stands in the card, between the frame's two halves.
macro_rules! framed {
    ($card:literal) => {
        concat!(
            include_str!("../frame_top.html"),
            include_str!($card),
            include_str!("../frame_end.html")
        )
    };
}

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // The engine's own escaping also writes / as a reference, which makes links
    // unreadable in the source and is of no use in quoted attributes.
    environment.set_formatter(|output: &mut Output, _: &mut State, value: &Value| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string().into(), Cow::Borrowed);
        Ok(if value.is_safe() {
            output.write_str(&text)
        } else {
            output.write_str(&escape(&text))
        }?)
    });
    for (name, source) in [
        ("layout", framed!("../layout.html")),
        ("answer_notice", framed!("../answer_notice.html")),
        ("calendar_removal", framed!("../calendar_removal.html")),
    ] {
        let added = environment.add_template(name, source);
        debug_assert!(added.is_ok(), "{added:?}");
    }
    environment
});
