//! Reminders that tell nobody anything: whoever is reminded knows of the meeting already.
//!
//! The lead attendee is part of the meeting, which is written with each message anyway. Each
//! attendee behind them is an item of their own, so that a note for every reminder of a crowd
//! would be a write for every attendee, of what they know already.

use super::{
    super::{Attendee, Meeting, Statement, told::ContactPoint},
    Certainty, address_of,
};
use crate::{
    notification::{Delivery, DeliveryStatus, Notification},
    values::kind::{MessageKind, NotificationType},
};

impl Meeting {
    /// Whether a message certainly told its recipient, on each channel that it took, what
    /// they certainly knew there, so that nothing is noted of it.
    pub fn is_no_news(&self, message: &Notification) -> bool {
        let recipient = self.attendee(&message.recipient.id);
        let mut taken = message
            .deliveries
            .iter()
            .filter(|delivery| delivery.status != DeliveryStatus::Skipped)
            .peekable();
        let is_known = |attendee, delivery| self.is_known_already(attendee, message, delivery);
        taken.peek().is_some()
            && recipient.is_some_and(|attendee| taken.all(|delivery| is_known(attendee, delivery)))
    }

    /// The same of one delivery.
    pub(super) fn is_known_already(
        &self,
        attendee: &Attendee,
        message: &Notification,
        delivery: &Delivery,
    ) -> bool {
        let reminds = message.kind == MessageKind::from(NotificationType::Reminder);
        let leads = self.lead().is_some_and(|lead| lead.id == attendee.id);
        let is_certain = Certainty::of(delivery) == Certainty::Certain;
        let address = address_of(message, delivery).filter(|_| reminds && !leads && is_certain);
        address.is_some_and(|address| self.certainly_knows_at(attendee, &address, message))
    }

    /// Whether the last that reached an address was certain and said what a reminder says.
    /// Where something is owed to an address that they have left, it matters that they were
    /// told again at another one.
    fn certainly_knows_at(
        &self,
        attendee: &Attendee,
        address: &ContactPoint,
        reminder: &Notification,
    ) -> bool {
        let mut all = attendee.told.iter();
        if !all.all(|told| attendee.is_reached_at(&told.address)) {
            return false;
        }
        let mut told = attendee.told.iter();
        let told = told.find(|told| told.address.is_same(address) && told.doubtful.is_empty());
        let certain = told.map_or(&[][..], |told| &told.certain);
        let said = |number: &u64| self.statement(*number);
        let agrees =
            |said: &Statement| said.revision == reminder.revision && !said.kind.calls_off();
        let asks = reminder.buttons.invite();
        let asked = |said: &Statement| agrees(said) && said.asked;
        certain.last().and_then(said).is_some_and(agrees)
            && (!asks || certain.iter().filter_map(said).any(asked))
    }
}
