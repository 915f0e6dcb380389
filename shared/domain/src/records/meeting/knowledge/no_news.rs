//! Reminders that tell nobody anything: whoever is reminded knows of the meeting already.
//!
//! The lead attendee is part of the meeting, which is written with each message anyway. Each
//! attendee behind them is an item of their own, so that a note for every reminder of a crowd
//! would be a write for every attendee, of what they know already.

use super::{
    super::{Attendee, Meeting, Statement, told::ContactPoint},
    Certainty,
};
use crate::{
    notification::{Delivery, DeliveryStatus, Notification},
    values::kind::{MessageKind, NotificationType},
};

impl Meeting {
    /// Whether a message certainly told its recipient, on each channel that it took, what
    /// they certainly knew there, so that nothing is noted of it. Where something is open of
    /// them, it matters that they were told again: what they may have heard before is said
    /// over, and what is owed to an address that they have left is dealt with.
    pub fn is_no_news(&self, message: &Notification) -> bool {
        let reminds = message.kind == MessageKind::from(NotificationType::Reminder);
        let recipient = self.attendee(&message.recipient.id).filter(|_| reminds);
        let leads = self.lead().map(|lead| &lead.id) == Some(&message.recipient.id);
        recipient.is_some_and(|recipient| {
            let said_last = self.certain_of(recipient);
            !leads
                && said_last.is_some_and(|said| agrees(said, message))
                && nothing_is_open_of(recipient)
                && self.repeats_everywhere(recipient, message)
        })
    }

    /// Whether a reminder certainly got through on each channel that it took, to where the last
    /// that came said the same.
    fn repeats_everywhere(&self, attendee: &Attendee, reminder: &Notification) -> bool {
        let deliveries = reminder.deliveries.iter();
        let taken = |delivery: &&Delivery| delivery.status != DeliveryStatus::Skipped;
        let mut taken = deliveries.filter(taken).peekable();
        let repeats = |delivery: &Delivery| {
            let address = reminder.recipient.address(delivery.channel);
            let is_certain = Certainty::of(delivery) == Certainty::Certain;
            is_certain
                && address.is_some_and(|address| self.is_repeated_at(&address, attendee, reminder))
        };
        taken.peek().is_some() && taken.all(repeats)
    }

    fn is_repeated_at(
        &self,
        address: &ContactPoint,
        attendee: &Attendee,
        reminder: &Notification,
    ) -> bool {
        let mut told = attendee.told.iter();
        let told = told.find(|told| told.address.is_same(address));
        let certain = told.map_or(&[][..], |told| &told.certain);
        let said = |number: &u64| self.statement(*number);
        let asks = reminder.buttons.invite();
        let asked = |said: &Statement| agrees(said, reminder) && said.asked;
        certain
            .last()
            .and_then(said)
            .is_some_and(|said| agrees(said, reminder))
            && (!asks || certain.iter().filter_map(said).any(asked))
    }
}

/// Whether all that reached somebody, or may have, is certain and reached them where they
/// are reached now.
fn nothing_is_open_of(attendee: &Attendee) -> bool {
    let mut told = attendee.told.iter();
    told.all(|told| told.doubtful.is_empty() && attendee.is_reached_at(&told.address))
}

/// Whether a statement tells of the meeting what a reminder does.
fn agrees(said: &Statement, reminder: &Notification) -> bool {
    said.revision == reminder.revision && !said.kind.calls_off()
}
