//! Holding a text against what would make it fail when it is sent.

use minijinja::Value;

use super::{
    branches,
    samples::{SAMPLES, render_context, sample_links},
};
use crate::{
    language::Language,
    render::{
        LintError, RenderError, engine, html,
        message::sms_message,
        sms::{SmsSuffix, compose, transliterate},
        syntax,
        words::Words,
    },
    sample,
    settings::{Settings, SmsSettings},
    template::NotificationConfig,
    values::{kind::NotificationType, part::Part, segments::segments},
};

/// Checks a template text: that it is of the template language, that every way it can
/// come out keeps the rules, and that what it makes of sample meetings, read in
/// `language`, could be sent as `sms` says.
///
/// # Errors
/// [`LintError`] with the line, as far as there is one, and the reason.
pub fn lint(
    part: Part,
    source: &str,
    language: Language,
    sms: &SmsSettings,
) -> Result<(), LintError> {
    syntax::check(part, source)?;
    branches::check(part, source, language, sms)?;
    let samples = SAMPLES.iter().filter(|sample| sample.language == language);
    samples
        .flat_map(|sample| &sample.values)
        .try_for_each(|values| try_on(part, source, values, language, sms))
}

/// Checks that the built-in SMS of a type can be sent to the sample customer in the
/// language of the business.
///
/// # Errors
/// [`RenderError`] as [`message`](crate::render::message()) would meet it.
pub fn built_in_sms_fits(kind: NotificationType, settings: &Settings) -> Result<(), RenderError> {
    let meeting = sample::changed();
    let config = NotificationConfig::built_in(kind);
    let links = sample_links();
    sms_message(&render_context(&meeting, settings, &config, &links)).map(|_| ())
}

fn try_on(
    part: Part,
    source: &str,
    values: &Value,
    language: Language,
    sms: &SmsSettings,
) -> Result<(), LintError> {
    let rendered = engine::render(part, source, values, None)?;
    if rendered.trim().is_empty() {
        let reason = format!("the {part} comes out empty for some meetings");
        return Err(LintError::new(None, reason));
    }
    match part {
        Part::Subject => Ok(()),
        Part::EmailBody => match html::Body::check(&rendered, &sample_links().landing()) {
            Ok(_) => Ok(()),
            Err(flaw) => Err(LintError::of_html(&flaw, source)),
        },
        Part::Sms => {
            let suffix = SmsSuffix::longest(Words::of(language), sample_links().in_sms(sms));
            let text = transliterate(&compose(&rendered, &suffix), sms);
            let (count, max) = (segments(&text).count, sms.max_segments);
            if count > max.into() {
                let reason = format!("the SMS takes {count} parts; the settings allow {max}");
                return Err(LintError::new(None, reason));
            }
            Ok(())
        }
    }
}
