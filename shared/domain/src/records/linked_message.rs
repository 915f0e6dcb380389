//! An email as whoever follows one of its links needs it: little enough to be read also where
//! the rest of its row is of a later release, or broken.

use chrono::{DateTime, Utc};

use crate::{
    channel::Channel,
    id::NotificationId,
    meeting::Details,
    notification::{Addressee, SentLink},
    template::Buttons,
    token::{AddressHash, Grant, Token},
};

/// A message with links that its row knows.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkedMessage {
    /// Its name.
    pub id: NotificationId,
    /// Who it went to.
    pub recipient: Addressee,
    /// The meeting's details that it told of.
    pub details: Details,
    /// The buttons it carried.
    pub buttons: Buttons,
    /// Its links.
    pub links: Vec<SentLink>,
}

impl LinkedMessage {
    /// The link that a token opens, of those that it carried.
    pub fn link(&self, token: &Token) -> Option<&SentLink> {
        let hash = token.hash();
        self.links.iter().find(|link| link.token == hash)
    }

    /// What a link of it lets its holder do.
    pub fn grant(&self, link: &SentLink) -> Grant {
        Grant {
            meeting_id: self.id.meeting().clone(),
            attendee_id: self.recipient.id.clone(),
            notification_id: self.id.clone(),
            channel: Channel::Email,
            buttons: self.buttons,
            ask_decline_reason: link.ask_decline_reason,
            sent_to: self.recipient.email.as_ref().map(AddressHash::of_email),
            generation: link.generation,
            template_id: link.template_id.clone(),
        }
    }

    /// When the meeting that it told of is over.
    pub fn ends_at(&self) -> DateTime<Utc> {
        self.details.ends_at()
    }
}
