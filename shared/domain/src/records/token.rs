//! Link tokens: what lets a customer open and answer their meeting.
//!
//! A token has 128 random bits and is shown once, in the message that carries it. Only a
//! hash of it is stored, so whoever reads the table cannot answer for anyone.
//!
//! In a text message every character counts, and a token is these bits alone: what it opens
//! is an item of its own ([`Grant`]). In an email it [names its message](Token::naming)
//! besides, whose row knows the link then ([`SentLink`](crate::notification::SentLink)): that
//! costs two write units less for each message. The name is no secret and opens nothing.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::{
    contact::EmailAddress,
    id::{AttendeeId, MeetingId, NotificationId, TemplateId},
    meeting::{Attendee, Meeting},
    template::Buttons,
    values::channel::Channel,
};

/// How many of a token's bytes are secret.
const SECRET: usize = 16;
/// The most characters that a token may have: with the name of a message of the meeting with
/// the longest id.
const MAX_LENGTH: usize = 128;

/// How many of a token's first characters make it known in a text: so many are there by
/// chance in none, and who knows no more of it cannot guess the rest.
const TELLING: usize = 8;

/// A token in the clear. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The length in characters of one that names no message.
    pub const LENGTH: usize = 22;

    /// From 128 random bits.
    pub fn new(random: [u8; SECRET]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// From 128 random bits; names the message that it is sent with.
    pub fn naming(message: &NotificationId, random: [u8; SECRET]) -> Self {
        let bytes = [random.as_slice(), &message.to_bytes()].concat();
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a token from a link; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = (text.len() <= MAX_LENGTH).then(|| URL_SAFE_NO_PAD.decode(text))?;
        let bytes = bytes.ok()?;
        let named = bytes.get(SECRET..)?;
        let is_token = named.is_empty() || NotificationId::from_bytes(named).is_ok();
        is_token.then(|| Self(text.to_owned()))
    }

    /// The message that it names.
    pub fn message(&self) -> Option<NotificationId> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        NotificationId::from_bytes(bytes.get(SECRET..)?).ok()
    }

    /// What stands in for a token where none must be seen: in previews and in
    /// the log. It has the length of a token in a text message, so that what is shown of one is
    /// as long as what is sent, and no token decodes from it.
    pub fn redacted() -> Self {
        Self("-".repeat(Self::LENGTH - 1) + ".")
    }

    /// A text that was sent with this token, as others may read it: with the redacted
    /// token in its place. So does what a template's filters leave of it, in other
    /// capitals or cut short.
    pub fn redact_in(&self, text: &str) -> String {
        let redacted = Self::redacted().0;
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((at, seen)) = self.find_in(rest) {
            shown.push_str(&rest[..at]);
            shown.push_str(&redacted[..seen.min(Self::LENGTH)]);
            rest = &rest[at + seen..];
        }
        shown + rest
    }

    /// Where a text first has the token, and how many characters of it.
    fn find_in(&self, text: &str) -> Option<(usize, usize)> {
        let same = |(a, b): &(&u8, &u8)| a.eq_ignore_ascii_case(b);
        let seen = |at: usize| {
            let pairs = text.as_bytes()[at..].iter().zip(self.0.as_bytes());
            pairs.take_while(same).count()
        };
        // A text is long, and few of its places begin as the token does.
        let first = char::from(*self.0.as_bytes().first()?);
        let [lower, upper] = [first.to_ascii_lowercase(), first.to_ascii_uppercase()];
        text.match_indices([lower, upper])
            .map(|(at, _)| (at, seen(at)))
            .find(|(_, seen)| *seen >= TELLING)
    }

    /// The token as it stands in a link.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn hash(&self) -> TokenHash {
        let hash = Sha256::digest(self.0.as_bytes());
        TokenHash(URL_SAFE_NO_PAD.encode(&hash[..TokenHash::KEPT]))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The hash of a token: of its SHA-256 as many bits as the token has random ones, so that a
/// token for it is no easier to find than that token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// How many bytes of the SHA-256 are kept.
    const KEPT: usize = SECRET;

    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for TokenHash {
    /// A hash that was stored.
    fn from(stored: String) -> Self {
        Self(stored)
    }
}

/// An email address or a number, as far as it takes to know it again. Two spellings of
/// one mailbox have the same.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressHash(String);

impl AddressHash {
    /// How many bytes of the SHA-256 are kept: enough that no two addresses share them.
    const KEPT: usize = 16;

    /// Of the address that reaches an attendee by a channel now, where there is one.
    pub fn of(attendee: &Attendee, channel: Channel) -> Option<Self> {
        match channel {
            Channel::Email => attendee.email.as_ref().map(Self::of_email),
            Channel::Sms => attendee
                .phone
                .as_ref()
                .map(|phone| Self::new(phone.as_str())),
        }
    }

    /// Of an email address.
    pub fn of_email(address: &EmailAddress) -> Self {
        Self::new(&address.key())
    }

    fn new(address: &str) -> Self {
        let hash = Sha256::digest(address.as_bytes());
        Self(hex::encode(&hash[..Self::KEPT]))
    }

    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for AddressHash {
    /// A hash that was stored.
    fn from(stored: String) -> Self {
        Self(stored)
    }
}

impl fmt::Debug for AddressHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressHash(…)")
    }
}

/// What a token lets its holder do.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The meeting it opens.
    pub meeting_id: MeetingId,
    /// The attendee it speaks for.
    pub attendee_id: AttendeeId,
    /// The notification that carried it.
    pub notification_id: NotificationId,
    /// The channel that carried it.
    pub channel: Channel,
    /// The buttons that were offered.
    pub buttons: Buttons,
    /// Whether a decline is asked for its reason.
    pub ask_decline_reason: bool,
    /// The address it was sent to; none of one that was made before that was noted.
    pub sent_to: Option<AddressHash>,
    /// The generation of the meeting's links that it is of.
    pub generation: u32,
    /// The meeting's template when it was sent: read along with the meeting, which may have
    /// another one by now.
    pub template_id: Option<TemplateId>,
}

impl Grant {
    /// Whether it still opens the meeting: the meeting is not over, the attendee is still
    /// invited, and it is still theirs.
    pub fn valid(&self, meeting: &Meeting, now: DateTime<Utc>) -> bool {
        let attendee = meeting.attendee(&self.attendee_id);
        !meeting.over(now) && attendee.is_some_and(|attendee| self.belongs_to(attendee, meeting))
    }

    /// Whether it was sent to the address that its attendee has now, and was not revoked
    /// (L10).
    pub fn belongs_to(&self, attendee: &Attendee, meeting: &Meeting) -> bool {
        let theirs = AddressHash::of(attendee, self.channel);
        self.generation >= meeting.links.oldest.max(attendee.oldest_link)
            && (self.sent_to.is_none() || self.sent_to == theirs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_text_has_none_of_its_token() {
        let token = Token::new([250; 16]);
        assert_eq!(token.reveal(), "-vr6-vr6-vr6-vr6-vr6-g");
        let redacted = Token::redacted();
        for (sent, shown) in [
            ("äh https://u.example/m/{}", "äh https://u.example/m/{}"),
            ("{} and {}&action=decline", "{} and {}&action=decline"),
            ("no link, but -vr6-vr", "no link, but -vr6-vr"),
            ("", ""),
        ] {
            let sent = sent.replace("{}", token.reveal());
            let shown = shown.replace("{}", redacted.reveal());
            assert_eq!(token.redact_in(&sent), shown);
            assert_eq!(token.redact_in(&sent.to_uppercase()).len(), shown.len());
        }
        let capitals = format!("HTTPS://U.EXAMPLE/M/{}", token.reveal().to_uppercase());
        let shown = format!("HTTPS://U.EXAMPLE/M/{}", redacted.reveal());
        assert_eq!(token.redact_in(&capitals), shown);
        let cut = "HTTP://U.EXAMPLE/M/-VR6-VR6-...";
        assert_eq!(token.redact_in(cut), "HTTP://U.EXAMPLE/M/---------...");
    }

    #[test]
    fn a_token_is_found_in_whatever_letters_it_begins() {
        for (first, random) in [('a', [0x68; 16]), ('A', [0; 16]), ('_', [0xff; 16])] {
            let token = Token::new(random);
            assert!(token.reveal().starts_with(first), "{}", token.reveal());
            for sent in [token.reveal().to_lowercase(), token.reveal().to_uppercase()] {
                assert_eq!(token.redact_in(&sent), Token::redacted().reveal());
            }
        }
    }

    /// A link to the sample's first attendee, sent by this channel.
    fn link(meeting: &Meeting, channel: Channel) -> Grant {
        let ann = &meeting.attendees[0];
        let of = crate::values::kind::MessageKind::Confirmation;
        Grant {
            meeting_id: meeting.id.clone(),
            attendee_id: ann.id.clone(),
            notification_id: crate::sample::notification(of).id,
            channel,
            buttons: Buttons::default(),
            ask_decline_reason: false,
            sent_to: AddressHash::of(ann, channel),
            generation: meeting.links.current,
            template_id: meeting.template_id.clone(),
        }
    }

    #[test]
    fn a_link_opens_for_the_address_it_was_sent_to_and_for_no_other() {
        let now = crate::sample::now();
        let meeting = crate::sample::meeting();
        let [ann, bob] = &meeting.attendees[..] else {
            panic!("the sample has two");
        };
        let [by_email, by_sms] = [Channel::Email, Channel::Sms].map(|by| link(&meeting, by));
        let opens = |email: &Option<EmailAddress>, phone: &Option<_>| {
            let mut meeting = meeting.clone();
            meeting.attendees[0].email.clone_from(email);
            meeting.attendees[0].phone.clone_from(phone);
            let older = Grant {
                sent_to: None,
                ..by_email.clone()
            };
            assert!(older.valid(&meeting, now));
            (by_email.valid(&meeting, now), by_sms.valid(&meeting, now))
        };
        assert_eq!(opens(&ann.email, &ann.phone), (true, true));
        assert_eq!(opens(&bob.email, &ann.phone), (false, true));
        assert_eq!(opens(&ann.email, &bob.phone), (true, false));
        assert_eq!(opens(&None, &None), (false, false));
        let spelled = EmailAddress::parse("ANN@Example.com").ok();
        assert_eq!(opens(&spelled, &ann.phone), (true, true));
    }

    #[test]
    fn a_token_names_the_message_that_it_is_sent_with() {
        let of = crate::values::kind::MessageKind::Confirmation;
        let message = crate::sample::notification(of).id;
        let token = Token::naming(&message, [7; 16]);
        assert_eq!(Token::parse(token.reveal()), Some(token.clone()));
        assert_eq!(token.message(), Some(message.clone()));
        assert_eq!(Token::new([7; 16]).message(), None);
        assert!(!token.reveal().contains(message.meeting().as_str()));
        assert_eq!(token.redact_in(token.reveal()), Token::redacted().reveal());
        assert_ne!(token.hash(), Token::naming(&message, [8; 16]).hash());
        let longest = MeetingId::parse(&"m".repeat(64)).unwrap();
        let attendee = AttendeeId::parse("ann").unwrap();
        let longest = NotificationId::new(&longest, &attendee, "key", crate::sample::now());
        let longest = Token::naming(&longest, [7; 16]);
        assert_eq!(longest.reveal().len(), MAX_LENGTH);
        assert!(Token::parse(longest.reveal()).is_some());
        for cut in 1..token.reveal().len() {
            let cut = &token.reveal()[..cut];
            let opens = Token::parse(cut).map(|cut| cut.hash());
            assert_ne!(opens, Some(token.hash()), "{cut}");
        }
    }

    #[test]
    fn a_token_reads_back_and_nothing_else_does() {
        let token = Token::new([7; 16]);
        assert_eq!(token.reveal().len(), Token::LENGTH);
        assert_eq!(Token::parse(token.reveal()), Some(token.clone()));
        assert_ne!(token.hash(), Token::new([8; 16]).hash());
        assert_eq!(format!("{token:?}"), "Token(…)");
        for text in [
            "",
            "short",
            &"a".repeat(10_240),
            Token::redacted().reveal(),
            "ääääääääääää",
        ] {
            assert_eq!(Token::parse(text), None);
        }
    }
}
