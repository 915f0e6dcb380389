//! Whom a notification reached for, as they were then.

use crate::{
    contact::{EmailAddress, PhoneNumber},
    id::AttendeeId,
    meeting::{Attendee, ContactPoint},
    text::Name,
    values::channel::Channel,
};

/// An attendee as a notification reached for them.
#[derive(Debug, Clone, PartialEq)]
pub struct Addressee {
    /// Names the attendee within the meeting.
    pub id: AttendeeId,
    /// Their name.
    pub name: Name,
    /// Their email address, when they had one.
    pub email: Option<EmailAddress>,
    /// Their phone number, when they had one.
    pub phone: Option<PhoneNumber>,
}

impl Addressee {
    /// An attendee as they are now.
    pub fn of(attendee: &Attendee) -> Self {
        Self {
            id: attendee.id.clone(),
            name: attendee.name.clone(),
            email: attendee.email.clone(),
            phone: attendee.phone.clone(),
        }
    }
    /// The address that a channel reached for; none when they had none of it.
    pub fn address(&self, channel: Channel) -> Option<ContactPoint> {
        match channel {
            Channel::Email => self.email.clone().map(ContactPoint::Email),
            Channel::Sms => self.phone.clone().map(ContactPoint::Phone),
        }
    }
}
