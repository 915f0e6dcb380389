//! One message: every part of it, rendered and checked, or nothing.

use super::{
    Encoding, Links, LintError, Part, Segments, html,
    layout::Layout,
    mime::literal,
    segments,
    sms::{Ending, MAX_BYTES, compose, spelled},
    voice::Voice,
};
use crate::{
    language::Language,
    meeting::{Attendee, BookingStatus, Meeting},
    notification::Channel,
    settings::{Settings, SmsSettings},
    template::{NotificationConfig, Template},
};

/// The most bytes of HTML. Mail readers cut longer messages off; the provider's
/// limit is far above.
const MAX_HTML: usize = 200_000;
/// The most characters of a subject; it is cut there.
const MAX_SUBJECT: usize = 250;
/// How long a value in an SMS may be, in characters, when with whole values it
/// would not fit: the landing page has the whole.
const CLIPPED: usize = 40;

/// Everything a message is made from.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The meeting it tells of.
    pub meeting: &'a Meeting,
    /// Who it goes to.
    pub attendee: &'a Attendee,
    /// The meeting's template.
    pub template: Option<&'a Template>,
    /// The business's settings.
    pub settings: &'a Settings,
    /// How this type looks.
    pub config: &'a NotificationConfig,
    /// The booking status as it will be once this is sent.
    pub status: BookingStatus,
    /// The links of the email.
    pub email_links: &'a Links,
    /// The links of the SMS.
    pub sms_links: &'a Links,
    /// Whether the SMS goes out: where it does not, its length stands in
    /// nobody's way.
    pub texted: bool,
}

/// A message, ready for either channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The email's subject: one line, not empty.
    pub subject: String,
    /// The email's HTML part.
    pub html: String,
    /// The email's plain text part.
    pub text: String,
    /// The SMS.
    pub sms: String,
    /// What the SMS is billed as.
    pub segments: Segments,
    /// The language of the email.
    pub email_language: Language,
    /// The language of the SMS.
    pub sms_language: Language,
}

/// Why there is no message, in a sentence for staff. Nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The text is not of the language, makes forbidden HTML, or comes out too long.
    #[error("the {part} of the config cannot be used: {flaw}")]
    Text {
        /// Which text.
        part: Part,
        /// What is wrong with it.
        flaw: LintError,
    },
    /// Nothing is left of a part that must say something.
    #[error("the {part} comes out empty")]
    Empty {
        /// Which part.
        part: Part,
    },
    /// The email is too large.
    #[error("the email has {size} bytes of HTML; at most {max} are possible")]
    EmailTooLarge {
        /// Bytes.
        size: usize,
        /// The most there may be.
        max: usize,
    },
    /// The SMS is too long, even with long values cut.
    #[error(
        "the SMS takes {segments} parts and {bytes} bytes; at most {max} parts and 1600 bytes are possible: shorten its text or allow more parts in the settings"
    )]
    SmsTooLong {
        /// The parts it would take.
        segments: usize,
        /// The bytes it would take.
        bytes: usize,
        /// The most parts the settings allow.
        max: u8,
    },
}

/// Renders a message.
///
/// # Errors
/// [`RenderError`] when any part of it cannot be sent.
pub fn message(scene: &Scene<'_>) -> Result<Message, RenderError> {
    let email = Voice::of_email(scene);
    let subject = subject(scene, &email)?;
    let (html, text) = bodies(scene, &email, &subject)?;
    let texting = Voice::of_sms(scene);
    let (sms, segments) = sms(scene, &texting)?;
    Ok(Message {
        subject,
        html,
        text,
        sms,
        segments,
        email_language: email.language(),
        sms_language: texting.language(),
    })
}

/// What staff should know of a message to an attendee before it goes out on these
/// channels.
pub fn warnings(
    message: &Message,
    attendee: &Attendee,
    settings: &Settings,
    channels: &[Channel],
) -> Vec<String> {
    let theirs = attendee.locale(settings).language();
    let mut warnings = Vec::new();
    for (channel, label, language) in [
        (Channel::Email, "email", message.email_language),
        (Channel::Sms, "SMS", message.sms_language),
    ] {
        if channels.contains(&channel) && language != theirs {
            warnings.push(format!(
                "The config's texts are not all there in {}: the {label} goes out in {}.",
                theirs.name(),
                language.name()
            ));
        }
    }
    if channels.contains(&Channel::Sms) {
        warnings.extend(of_cost(message, attendee, &settings.sms));
    }
    warnings
}

/// What makes an SMS dear.
fn of_cost(message: &Message, attendee: &Attendee, settings: &SmsSettings) -> Vec<String> {
    let Segments { count, encoding } = message.segments;
    let mut warnings = Vec::new();
    if count > 1 {
        warnings.push(format!("The SMS is billed as {count} parts."));
    }
    if encoding == Encoding::Ucs2 {
        let special = message
            .sms
            .chars()
            .find(|c| segments(&c.to_string()).encoding == Encoding::Ucs2);
        let special = special.unwrap_or_default();
        warnings.push(format!(
            "\"{special}\" is not in the SMS alphabet, so a part holds 67 characters instead of 153."
        ));
    }
    let price = attendee
        .phone
        .as_ref()
        .and_then(|number| settings.price_usd(number, message.segments));
    if let (Some(price), Some(max)) = (price, settings.max_price_usd)
        && price > max
    {
        warnings.push(format!(
            "The SMS costs about ${price}, and the settings allow ${max}: SNS will not send it."
        ));
    }
    warnings
}

fn part(
    scene: &Scene<'_>,
    voice: &Voice,
    part: Part,
    landing: &str,
    clip: Option<usize>,
) -> Result<String, RenderError> {
    let rendered = voice
        .render(scene, part, voice.source(scene, part), landing, clip)
        .map_err(|flaw| RenderError::Text { part, flaw })?;
    if rendered.trim().is_empty() {
        Err(RenderError::Empty { part })
    } else {
        Ok(rendered)
    }
}

fn subject(scene: &Scene<'_>, voice: &Voice) -> Result<String, RenderError> {
    let landing = scene.email_links.landing();
    let rendered = part(scene, voice, Part::Subject, &landing, None)?;
    Ok(subject_line(&rendered))
}

/// A text as a subject: on one line, cut where it is too long, and read just as
/// it stands.
pub(super) fn subject_line(text: &str) -> String {
    let line = literal(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    match line.char_indices().nth(MAX_SUBJECT) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// The HTML and the plain text part.
fn bodies(
    scene: &Scene<'_>,
    voice: &Voice,
    subject: &str,
) -> Result<(String, String), RenderError> {
    let refused = |flaw| RenderError::Text {
        part: Part::EmailBody,
        flaw,
    };
    let landing = scene.email_links.landing();
    let body = part(scene, voice, Part::EmailBody, &landing, None)?;
    let checked = html::Body::check(&body).map_err(|flaw| {
        let source = voice.source(scene, Part::EmailBody);
        refused(LintError::of_html(&flaw, source))
    })?;
    let layout = Layout::new(scene, voice, subject);
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

/// The SMS, with long values cut when it would not fit otherwise.
fn sms(scene: &Scene<'_>, voice: &Voice) -> Result<(String, Segments), RenderError> {
    let settings = &scene.settings.sms;
    let max = settings.max_segments;
    let link = scene.sms_links.in_sms(settings);
    let ending = Ending::of(scene, voice.words, link.clone());
    let compose = |clip| {
        let text = part(scene, voice, Part::Sms, &link, clip)?;
        let sms = spelled(&compose(&text, &ending), settings);
        let segments = segments(&sms);
        Ok((sms, segments))
    };
    let fits = |(sms, segments): &(String, Segments)| {
        segments.count <= max.into() && sms.len() <= MAX_BYTES
    };
    let mut made = compose(None)?;
    if !fits(&made) {
        made = compose(Some(CLIPPED))?;
    }
    if fits(&made) || !scene.texted {
        return Ok(made);
    }
    let (sms, segments) = made;
    Err(RenderError::SmsTooLong {
        segments: segments.count,
        bytes: sms.len(),
        max,
    })
}
