//! One part of a message, filled in.

use super::error::RenderError;
use crate::render::{Part, RenderContext, localized::Localized};

/// What a part says, which must be something. `clip` cuts long values off.
pub(super) fn part(
    render_context: &RenderContext<'_>,
    localized: &Localized,
    part: Part,
    landing: &str,
    clip: Option<usize>,
) -> Result<String, RenderError> {
    let rendered = localized
        .render(
            render_context,
            part,
            localized.source(render_context, part),
            landing,
            clip,
        )
        .map_err(|flaw| RenderError::Text { part, flaw })?;
    if rendered.trim().is_empty() {
        Err(RenderError::Empty { part })
    } else {
        Ok(rendered)
    }
}
