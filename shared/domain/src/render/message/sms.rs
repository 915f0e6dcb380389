//! The SMS of a message.

use super::{error::RenderError, part::part};
use crate::{
    contact::PhoneNumber,
    language::Language,
    render::{
        Part, RenderContext, Segments,
        localized::Localized,
        segments,
        sms::{MAX_BYTES, SmsSuffix, compose, in_latin_letters, transliterate},
    },
    settings::SmsSettings,
};

/// How long a value in an SMS may be, in characters, when with whole values it
/// would not fit: the landing page has the whole.
const CLIPPED: usize = 40;

/// What goes out by SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsMessage {
    /// The text.
    pub text: String,
    /// What it is billed as.
    pub segments: Segments,
    /// The language.
    pub language: Language,
}

/// Renders the SMS, at a price that the settings allow.
pub(crate) fn sms_message(render_context: &RenderContext<'_>) -> Result<SmsMessage, RenderError> {
    let localized = Localized::of_sms(render_context);
    let (text, segments) = sms(render_context, &localized)?;
    not_too_dear(
        render_context.attendee.phone.as_ref(),
        segments,
        &render_context.settings.sms,
    )?;
    Ok(SmsMessage {
        text,
        segments,
        language: localized.language(),
    })
}

/// Checks what an SMS to a number costs, as far as the settings say, against the most
/// that they allow.
///
/// # Errors
/// [`RenderError::SmsTooDear`].
pub fn not_too_dear(
    number: Option<&PhoneNumber>,
    segments: Segments,
    settings: &SmsSettings,
) -> Result<(), RenderError> {
    let price = number.and_then(|number| settings.price_usd(number, segments));
    match (price, settings.max_price_usd) {
        (Some(price), Some(max)) if price > max => Err(RenderError::SmsTooDear { price, max }),
        _ => Ok(()),
    }
}

/// The SMS, with long values cut when it would not fit otherwise; and in letters that
/// SMS has when it would not fit even so.
fn sms(
    render_context: &RenderContext<'_>,
    localized: &Localized,
) -> Result<(String, Segments), RenderError> {
    let settings = &render_context.settings.sms;
    let max = settings.max_segments;
    let link = render_context.sms_links.in_sms(settings);
    let suffix = SmsSuffix::of(render_context, localized.words, link.clone());
    let composed = |clip| {
        let text = part(render_context, localized, Part::Sms, &link, clip)?;
        Ok(compose(&text, &suffix))
    };
    let fits = |sms: &str| segments(sms).count <= max.into() && sms.len() <= MAX_BYTES;
    let whole = transliterate(&composed(None)?, settings);
    if fits(&whole) {
        return Ok(counted(whole));
    }
    let short = composed(Some(CLIPPED))?;
    let cut = transliterate(&short, settings);
    if fits(&cut) {
        return Ok(counted(cut));
    }
    match in_latin_letters(&short, &suffix, settings) {
        Some(plain) if fits(&plain) => Ok(counted(plain)),
        _ => Err(RenderError::SmsTooLong {
            segments: segments(&cut).count,
            bytes: cut.len(),
            max,
        }),
    }
}

fn counted(sms: String) -> (String, Segments) {
    let segments = segments(&sms);
    (sms, segments)
}
