//! The email as bytes on the wire (RFC 5322, RFC 2045).
//!
//! The same parts and envelope make the same bytes: date, message id and
//! boundary are all given. Names and addresses are of types that cannot hold a
//! line break, so no header can be forged.

use chrono::{DateTime, Utc};
use mail_builder::{
    MessageBuilder,
    headers::{address::Address, content_type::ContentType, date::Date, raw::Raw, text::Text},
    mime::MimePart,
};

use super::{AnswerNotice, CalendarRemoval, EmailMessage, invitation::method_of, subject::literal};
use crate::{contact::EmailAddress, id::digest, meeting::Meeting, settings::Settings, text::Name};

/// What the attached calendar file is called.
const INVITATION: &str = "invite.ics";

/// Who an email is from and to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The display name in `From`.
    pub from_name: Option<Name>,
    /// The address in `From`.
    pub from: EmailAddress,
    /// The display name in `To`.
    pub to_name: Option<Name>,
    /// The address in `To`.
    pub to: EmailAddress,
    /// Where answers go, when not to `from`.
    pub reply_to: Option<(Option<Name>, EmailAddress)>,
    /// Where one POST ends messages of this kind (RFC 8058): an `https:` address of
    /// ours.
    pub unsubscribe: Option<String>,
    /// The unique part of `RenderedMessage-ID`; its domain is that of `from`. Characters
    /// other than letters, digits, `.`, `_` and `-` become `-`.
    pub message_id: String,
    /// `Date`; whole seconds.
    pub date: DateTime<Utc>,
}

/// What an email says, in its three parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmailParts<'a> {
    /// The subject: one line.
    pub subject: &'a str,
    /// The HTML part.
    pub html: &'a str,
    /// The plain text part.
    pub text: &'a str,
}

impl<'a> From<&'a EmailMessage> for EmailParts<'a> {
    fn from(message: &'a EmailMessage) -> Self {
        Self {
            subject: &message.subject,
            html: &message.html,
            text: &message.text,
        }
    }
}

impl<'a> From<&'a AnswerNotice> for EmailParts<'a> {
    fn from(notice: &'a AnswerNotice) -> Self {
        Self {
            subject: &notice.subject,
            html: &notice.html,
            text: &notice.text,
        }
    }
}

impl<'a> From<&'a CalendarRemoval> for EmailParts<'a> {
    fn from(removal: &'a CalendarRemoval) -> Self {
        Self {
            subject: &removal.subject,
            html: &removal.html,
            text: &removal.text,
        }
    }
}

/// Where answers to a meeting's messages go: to its organizer; where they have no address,
/// to the business.
pub fn reply_to(meeting: &Meeting, settings: &Settings) -> Option<(Option<Name>, EmailAddress)> {
    let organizer = meeting.organizer.as_ref();
    let organizer = organizer.and_then(|organizer| {
        let email = organizer.email.clone()?;
        Some((Some(organizer.name.clone()), email))
    });
    let business = &settings.business;
    organizer.or_else(|| Some((business.name.clone(), business.email.clone()?)))
}

/// Writes an email as MIME: `multipart/alternative` of plain text and HTML.
///
/// A calendar file goes in twice: as an alternative with its method in its type, on
/// which mail programs act (RFC 6047 §2.4), and as an attachment, for those that show
/// it to be opened.
pub fn mime<'a>(
    parts: impl Into<EmailParts<'a>>,
    calendar: Option<&str>,
    envelope: &Envelope,
) -> Vec<u8> {
    let email = parts.into();
    let unique = unique(&envelope.message_id);
    let mut bytes = Vec::new();
    headers(envelope)
        .subject(email.subject)
        .date(Date::new(envelope.date.timestamp()))
        .message_id(format!("{unique}@{}", envelope.from.domain()))
        // RFC 3834: keeps out-of-office replies away.
        .header("Auto-Submitted", Text::new("auto-generated"))
        .body(body(email, calendar, &unique))
        .serialize(&mut bytes);
    bytes
}

fn unique(message_id: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    message_id
        .chars()
        .map(|c| if legal(c) { c } else { '-' })
        .collect()
}

/// The headers that say who it is from and to, and how to have no more of its kind.
fn headers(envelope: &Envelope) -> MessageBuilder<'_> {
    let address = |name: Option<&Name>, address: &EmailAddress| {
        Address::new_address(name.map(|name| literal(name)), address.ascii().into_owned())
    };
    let mut builder = MessageBuilder::new()
        .from(address(envelope.from_name.as_ref(), &envelope.from))
        .to(address(envelope.to_name.as_ref(), &envelope.to));
    if let Some((name, reply_to)) = &envelope.reply_to {
        builder = builder.reply_to(address(name.as_ref(), reply_to));
    }
    let Some(url) = &envelope.unsubscribe else {
        return builder;
    };
    // RFC 2369 §2 wants the address on one line: no folding may cut it.
    builder
        .header("List-Unsubscribe", Raw::new(format!("<{url}>")))
        .header(
            "List-Unsubscribe-Post",
            Raw::new("List-Unsubscribe=One-Click"),
        )
}

/// The texts as alternatives, and with a calendar file also the file.
fn body<'a>(email: EmailParts<'a>, calendar: Option<&'a str>, unique: &str) -> MimePart<'a> {
    let boundary = |of| boundary(of, email, calendar, unique);
    let mut alternatives = vec![
        MimePart::new("text/plain", email.text),
        MimePart::new("text/html", email.html),
    ];
    alternatives.extend(calendar.map(calendar_part));
    let alternatives = MimePart::new(multipart("alternative", boundary("inner")), alternatives);
    match calendar {
        Some(file) => {
            let parts = vec![alternatives, attachment(file)];
            MimePart::new(multipart("mixed", boundary("outer")), parts)
        }
        None => alternatives,
    }
}

fn multipart(subtype: &str, boundary: String) -> ContentType<'static> {
    ContentType::new(format!("multipart/{subtype}")).attribute("boundary", boundary)
}

fn attachment(file: &str) -> MimePart<'_> {
    let kind = ContentType::new("application/ics").attribute("name", INVITATION);
    MimePart::new(kind, file.as_bytes()).attachment(INVITATION)
}

fn calendar_part(file: &str) -> MimePart<'_> {
    let mut kind = ContentType::new("text/calendar").attribute("charset", "utf-8");
    if let Some(method) = method_of(file) {
        kind = kind.attribute("method", method);
    }
    MimePart::new(kind, file)
}

/// A boundary that no part can contain: it is a digest of them.
fn boundary(of: &str, email: EmailParts<'_>, calendar: Option<&str>, unique: &str) -> String {
    let calendar = calendar.unwrap_or_default();
    let digest = digest(&["boundary", of, unique, email.text, email.html, calendar]);
    format!("usher-{}", hex::encode(&digest[..16]))
}
