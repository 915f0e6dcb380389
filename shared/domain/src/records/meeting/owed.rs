//! What somebody must be told to be up to date (N7).

use super::{
    Attendee, BookingStatus, Meeting,
    told::{Knowledge, Owed},
};

impl Meeting {
    /// What somebody must be told to be up to date; none where they are, or cannot be
    /// told anything (N7).
    pub fn owed_to(&self, attendee: &Attendee) -> Option<Owed> {
        if self.removed.iter().any(|each| each.id == attendee.id) {
            return self.needs_cancellation(attendee).then_some(Owed::Removal);
        }
        attendee.addresses().next()?;
        if self.status == BookingStatus::Cancelled {
            let lacks = self.lacks_cancellation(attendee);
            return lacks.then_some(Owed::Cancellation);
        }
        match self.knowledge_of(attendee) {
            Knowledge::Outdated => Some(Owed::Update),
            // It takes place, whatever was said to one of them, or to all before.
            Knowledge::Untold | Knowledge::Cancelled => Some(Owed::Announcement),
            Knowledge::Current if attendee.has_moved() => Some(Owed::Announcement),
            Knowledge::Current => None,
        }
    }

    /// Whether an attendee of a meeting that is off does not certainly know that it is, with
    /// the details that it has: they were told something else, or may have been since.
    fn lacks_cancellation(&self, attendee: &Attendee) -> bool {
        let Some(last) = self.certain_of(attendee) else {
            return self.expects_it(attendee);
        };
        let mut doubts = self.doubtful_anywhere(attendee);
        let knows = last.kind.calls_off() && last.details == self.details;
        !knows || doubts.any(|said| !said.kind.calls_off())
    }

    /// Whether somebody who is not to come must be told so: they expect the meeting, and
    /// can be told otherwise.
    pub fn needs_cancellation(&self, attendee: &Attendee) -> bool {
        attendee.addresses().next().is_some() && self.expects_it(attendee)
    }

    /// Whether the last that certainly reached somebody, at whatever address, is that the
    /// meeting takes place; or whether that may have reached them since.
    fn expects_it(&self, attendee: &Attendee) -> bool {
        let certain = attendee.told.iter().filter_map(|told| told.certain.last());
        let last = certain.max().copied();
        let announces = |number: u64| {
            let said = self.statement(number);
            said.is_some_and(|said| !said.kind.calls_off())
        };
        let mut doubts = attendee.told.iter().flat_map(|told| &told.doubtful);
        last.is_some_and(announces) || doubts.any(|doubt| Some(*doubt) > last && announces(*doubt))
    }
}
