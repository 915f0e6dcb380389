//! One message: what each channel says, rendered and checked, or why that channel has
//! nothing to send. The trouble of one channel is not the other's (C5).

use super::{
    Encoding, LintError, Part, RenderContext, Segments, html,
    layout::Layout,
    localized::Localized,
    segments,
    sms::{MAX_BYTES, SmsSuffix, compose, in_latin_letters, transliterate},
    subject::subject_line,
};
use crate::{
    contact::PhoneNumber,
    language::{Language, LanguageTag, Locale},
    meeting::Attendee,
    settings::{Settings, SmsSettings},
    values::{channel::Channel, unusable::Unusable},
};

/// The most bytes of HTML. Mail readers cut longer messages off; the provider's
/// limit is far above.
const MAX_HTML: usize = 200_000;
/// How long a value in an SMS may be, in characters, when with whole values it
/// would not fit: the landing page has the whole.
const CLIPPED: usize = 40;

/// A message, on each channel ready to be sent, or with why it cannot be.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderedMessage {
    /// What goes out by email.
    pub email: Result<EmailMessage, RenderError>,
    /// What goes out by SMS.
    pub sms: Result<SmsMessage, RenderError>,
}

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

/// Why a channel's message cannot be sent, in a sentence for staff.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// The text is not of the language, makes forbidden HTML, or comes out too long.
    #[error("The {part} of the config cannot be used: {flaw}")]
    Text {
        /// Which text.
        part: Part,
        /// What is wrong with it.
        flaw: LintError,
    },
    /// Nothing is left of a part that must say something.
    #[error("The {part} comes out empty.")]
    Empty {
        /// Which part.
        part: Part,
    },
    /// The email is too large.
    #[error("The email has {size} bytes of HTML; at most {max} are possible.")]
    EmailTooLarge {
        /// Bytes.
        size: usize,
        /// The most there may be.
        max: usize,
    },
    /// The SMS is too long, even with long values cut.
    #[error(
        "The SMS takes {segments} parts and {bytes} bytes; at most {max} parts and 1600 bytes are possible: shorten its text or allow more parts in the settings."
    )]
    SmsTooLong {
        /// The parts it would take.
        segments: usize,
        /// The bytes it would take.
        bytes: usize,
        /// The most parts the settings allow.
        max: u8,
    },
    /// The SMS costs more than the settings allow.
    #[error("The SMS costs about ${price}; the settings allow ${max}.")]
    SmsTooDear {
        /// What it costs, in US dollars.
        price: f64,
        /// The most it may, in US dollars.
        max: f64,
    },
}

impl RenderError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text_unusable",
            Self::Empty { .. } => "text_empty",
            Self::EmailTooLarge { .. } => "email_too_large",
            Self::SmsTooLong { .. } => "sms_too_long",
            Self::SmsTooDear { .. } => "sms_too_dear",
        }
    }
}

impl From<&RenderError> for Unusable {
    fn from(error: &RenderError) -> Self {
        Self::Unsendable {
            code: error.code(),
            reason: error.to_string(),
        }
    }
}

impl RenderedMessage {
    /// Why a channel's message cannot be sent; `None` if it can.
    pub fn trouble(&self, channel: Channel) -> Option<Unusable> {
        match channel {
            Channel::Email => self.email.as_ref().err(),
            Channel::Sms => self.sms.as_ref().err(),
        }
        .map(Unusable::from)
    }
}

/// Renders a message for both channels.
pub fn message(render_context: &RenderContext<'_>) -> RenderedMessage {
    RenderedMessage {
        email: email_message(render_context),
        sms: sms_message(render_context),
    }
}

fn email_message(render_context: &RenderContext<'_>) -> Result<EmailMessage, RenderError> {
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

/// What staff should know of a message to an attendee before it goes out on these
/// channels.
pub fn warnings(
    message: &RenderedMessage,
    attendee: &Attendee,
    settings: &Settings,
    channels: &[Channel],
) -> Vec<String> {
    let theirs = attendee.locale(settings).language();
    let email = message.email.as_ref().ok();
    let sms = message.sms.as_ref().ok();
    let mut warnings = Vec::new();
    let unwritten = |tag: &&LanguageTag| Locale::of(tag).is_none();
    if let Some(tag) = attendee.language.as_ref().filter(unwritten) {
        warnings.push(format!(
            "Their language is {}, which Usher does not write: they read {}.",
            tag.as_str(),
            theirs.name()
        ));
    }
    for (channel, label, language) in [
        (Channel::Email, "email", email.map(|email| email.language)),
        (Channel::Sms, "SMS", sms.map(|sms| sms.language)),
    ] {
        if let Some(language) = language.filter(|language| *language != theirs)
            && channels.contains(&channel)
        {
            warnings.push(format!(
                "The config's texts are not all there in {}: the {label} goes out in {}.",
                theirs.name(),
                language.name()
            ));
        }
    }
    if let Some(sms) = sms.filter(|_| channels.contains(&Channel::Sms)) {
        warnings.extend(of_cost(sms));
    }
    warnings
}

/// How many parts an SMS usually has: the built-in texts with the landing link take two.
const USUAL_PARTS: usize = 2;

/// What makes an SMS dearer than usual.
fn of_cost(sms: &SmsMessage) -> Vec<String> {
    let Segments { count, encoding } = sms.segments;
    let mut warnings = Vec::new();
    if count > USUAL_PARTS {
        warnings.push(format!("The SMS is billed as {count} parts."));
    }
    if encoding == Encoding::Ucs2 {
        let special = sms
            .text
            .chars()
            .find(|c| segments(&c.to_string()).encoding == Encoding::Ucs2);
        let special = special.unwrap_or_default();
        warnings.push(format!(
            "\"{special}\" is not in the SMS alphabet, so a part holds 67 characters instead of 153."
        ));
    }
    warnings
}

fn part(
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
