//! The email of a message.

use super::{error::RenderError, part::part};
use crate::{
    language::Language,
    render::{
        LintError, Part, RenderContext, html, layout::Layout, localized::Localized,
        subject::subject_line,
    },
};

/// The most bytes of HTML. Mail readers cut longer messages off; the provider's
/// limit is far above.
const MAX_HTML: usize = 200_000;
/// What goes out by email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailMessage {
    /// The subject: one line, not empty.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The plain text part.
    pub text: String,
    /// The language.
    pub language: Language,
}

/// Renders the email.
pub(super) fn email_message(
    render_context: &RenderContext<'_>,
) -> Result<EmailMessage, RenderError> {
    let localized = Localized::of_email(render_context);
    let subject = subject(render_context, &localized)?;
    let (html, text) = bodies(render_context, &localized, &subject)?;
    Ok(EmailMessage {
        subject,
        html,
        text,
        language: localized.language(),
    })
}

fn subject(
    render_context: &RenderContext<'_>,
    localized: &Localized,
) -> Result<String, RenderError> {
    let landing = render_context.email_links.landing();
    let rendered = part(render_context, localized, Part::Subject, &landing, None)?;
    Ok(subject_line(&rendered))
}

/// The HTML and the plain text part.
fn bodies(
    render_context: &RenderContext<'_>,
    localized: &Localized,
    subject: &str,
) -> Result<(String, String), RenderError> {
    let refused = |flaw| RenderError::Text {
        part: Part::EmailBody,
        flaw,
    };
    let landing = render_context.email_links.landing();
    let body = part(render_context, localized, Part::EmailBody, &landing, None)?;
    let checked = html::Body::check(&body, &landing).map_err(|flaw| {
        let source = localized.source(render_context, Part::EmailBody);
        refused(LintError::of_html(&flaw, source))
    })?;
    let layout = Layout::new(render_context, localized, subject);
    let text = layout.text(&checked.text());
    let html = layout
        .html(body.trim().to_owned())
        .map_err(|error| refused(LintError::new(None, error.to_string())))?;
    if html.len() > MAX_HTML {
        return Err(RenderError::EmailTooLarge {
            size: html.len(),
            max: MAX_HTML,
        });
    }
    Ok((html, text))
}
