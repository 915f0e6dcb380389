//! What staff should know of a message before it goes out.

use super::{rendered::RenderedMessage, sms::SmsMessage};
use crate::{
    language::{Language, Locale},
    meeting::Attendee,
    render::{Encoding, Segments, segments},
    settings::Settings,
    values::channel::Channel,
};

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
    let mut warnings: Vec<_> = unwritten(attendee, theirs).into_iter().collect();
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

/// An attendee whose language Usher does not write.
fn unwritten(attendee: &Attendee, theirs: Language) -> Option<String> {
    let tag = attendee.language.as_ref();
    let tag = tag.filter(|tag| Locale::of(tag).is_none())?;
    Some(format!(
        "Their language is {}, which Usher does not write: they read {}.",
        tag.as_str(),
        theirs.name()
    ))
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
