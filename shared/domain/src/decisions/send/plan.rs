//! What staff ask to send, and what that comes to.

use std::sync::Arc;

use super::{ChannelPlan, ChannelVerdict, Deliverability};
use crate::{
    contact::EmailAddress,
    id::AttendeeId,
    meeting::{Attendee, FormerAddress},
    template::NotificationConfig,
    values::{channel::Channel, kind::NotificationType},
};

/// What staff ask to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRequest {
    /// What to send.
    pub kind: NotificationType,
    /// To whom, by attendee id; to all when left out.
    pub attendees: Option<Vec<String>>,
    /// Whether the calendars behind the addresses that they have left are asked to take the
    /// meeting out; where not, that is dealt with.
    pub former_addresses: bool,
    /// `true` when staff have seen what would happen and mean it.
    pub confirm: bool,
}

impl SendRequest {
    /// Who is meant.
    pub fn whom(&self) -> Whom<'_> {
        Whom {
            attendees: self.attendees.as_deref(),
            former_addresses: self.former_addresses,
        }
    }
}

/// Who is meant by a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whom<'a> {
    /// The attendees, by id; all where none are named.
    pub attendees: Option<&'a [String]>,
    /// Whether also the calendars behind the addresses that they have left.
    pub former_addresses: bool,
}

impl<'a> Whom<'a> {
    /// Everybody, with the addresses that they have left.
    pub const EVERYBODY: Self = Self {
        attendees: None,
        former_addresses: true,
    };

    /// These, by id, with the addresses that they have left.
    pub fn named(attendees: &'a [String]) -> Self {
        Self {
            attendees: Some(attendees),
            ..Self::EVERYBODY
        }
    }
}

/// A send that is allowed: everything that decides what goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct SendPlan {
    /// What was asked for.
    pub kind: NotificationType,
    /// The config of that type.
    pub config: NotificationConfig,
    /// To whom, and how.
    pub recipients: Vec<Recipient>,
    /// The calendars that are asked to take the meeting out.
    pub removals: Vec<CalendarRecipient>,
    /// Whose former calendars are left as they are, though they could be asked.
    pub left_out: Vec<AttendeeId>,
    /// What staff must confirm first, in a sentence.
    pub confirm: Option<String>,
}

/// One attendee of a send.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    /// The attendee.
    pub attendee: Attendee,
    /// What they are sent: an update brings each up to date with the message that is
    /// true for them (N7).
    pub config: Arc<NotificationConfig>,
    /// The channels, used or not.
    pub channels: Vec<ChannelPlan>,
}

impl Recipient {
    /// Whether a message reaches them on any channel, as things stand.
    pub fn is_reached(&self) -> bool {
        self.channels.iter().any(ChannelPlan::used)
    }
}

/// A calendar behind an email address that an attendee has left.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarRecipient {
    /// The attendee as they were reached there: with that address alone.
    pub attendee: Attendee,
    /// The address.
    pub email: EmailAddress,
    /// The last statement that put the meeting into the calendar.
    pub statement: u64,
    /// Email, used or not.
    pub channel: ChannelPlan,
}

impl CalendarRecipient {
    /// Those that an attendee has left.
    pub(super) fn all_of<'a>(
        attendee: &'a Attendee,
        deliverability: Deliverability<'a>,
    ) -> impl Iterator<Item = Self> + 'a {
        attendee.former_addresses().map(move |former| {
            let attendee = Attendee {
                email: Some(former.email.clone()),
                phone: None,
                ..attendee.clone()
            };
            let usable =
                deliverability.usable(Channel::Email, NotificationType::Cancellation, &attendee);
            Self {
                channel: ChannelPlan {
                    channel: Channel::Email,
                    verdict: match usable {
                        Ok(()) => ChannelVerdict::Use { fallback: None },
                        Err(why) => ChannelVerdict::Fail(why),
                    },
                    spare: None,
                },
                email: former.email.clone(),
                statement: former.statement,
                attendee,
            }
        })
    }

    /// The address, as the attendee left it.
    pub fn former_address(&self) -> FormerAddress<'_> {
        FormerAddress {
            email: &self.email,
            statement: self.statement,
        }
    }
}
