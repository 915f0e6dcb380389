//! Calendars behind email addresses that somebody has left: a file put the meeting into
//! them, and a neutral one takes it out again (N7).

use super::{
    Attendee, Meeting,
    told::{CalendarRemoval, Certainty, ContactPoint, LeftCalendar, Statement, Told, numbered},
};
use crate::{contact::EmailAddress, notification::Delivery, values::kind::MessageKind};

impl LeftCalendar {
    /// Whether it is open what becomes of it.
    fn is_open(&self) -> bool {
        matches!(
            self.removal,
            CalendarRemoval::Owed | CalendarRemoval::InDoubt
        )
    }

    /// Whether a statement came after all that is known of it.
    fn is_older_than(&self, statement: u64) -> bool {
        self.statement < statement && self.asked_after < Some(statement)
    }
}

impl Told {
    /// The calendar behind it of which it is open what becomes of it.
    pub(super) fn open_calendar(&self) -> Option<&LeftCalendar> {
        self.left_calendar.as_ref().filter(|left| left.is_open())
    }

    /// The last statement that put the meeting into the calendar behind it, certainly or
    /// perhaps; none where no file did.
    fn filed_by(&self, statements: &[Statement]) -> Option<u64> {
        let is_email = matches!(self.address, ContactPoint::Email(_));
        let files = |number: &u64| {
            let said = numbered(statements, *number);
            said.is_some_and(|said| said.kind.announces() && said.kind.rules().calendar)
        };
        // Below that it is off stands what was announced before.
        let off = self.certain.last().filter(|_| self.is_told_off(statements));
        let numbers = self.certain.iter().chain(&self.doubtful).copied();
        let since = numbers.filter(|number| Some(number) > off);
        since.filter(files).max().filter(|_| is_email)
    }

    /// Whether the last that certainly reached it is that the meeting is off.
    fn is_told_off(&self, statements: &[Statement]) -> bool {
        let last = self.certain.last();
        let said = last.and_then(|last| numbered(statements, *last));
        said.is_some_and(|said| said.kind.calls_off())
    }

    /// Notes what the calendar behind it has, now that the address is not theirs.
    fn note_left(&mut self, statements: &[Statement]) {
        match (self.filed_by(statements), self.left_calendar) {
            (Some(statement), left) if left.is_none_or(|left| left.is_older_than(statement)) => {
                self.left_calendar = Some(LeftCalendar {
                    statement,
                    removal: CalendarRemoval::Owed,
                    asked_after: None,
                });
            }
            // The last that came there was that the meeting is off.
            (None, Some(_)) if self.is_told_off(statements) => self.left_calendar = None,
            _ => {}
        }
    }

    /// Notes that a statement did not reach it after all, which may have put the meeting into
    /// the calendar behind it: that has it from another one, or not at all.
    pub(super) fn note_unfiled(&mut self, number: u64, statements: &[Statement]) {
        let is_its =
            |left: &LeftCalendar| left.statement == number && left.removal == CalendarRemoval::Owed;
        if self.left_calendar.as_ref().is_some_and(is_its) {
            self.left_calendar = None;
            self.note_left(statements);
        }
    }

    /// Notes that the address is theirs again: what may have been taken out of its calendar
    /// must be told anew. Returns whether anything may have been.
    fn note_taken_back(&mut self) -> bool {
        let Some(left) = self.left_calendar else {
            return false;
        };
        if let Some(asked_after) = left.asked_after {
            self.certain.retain(|certain| *certain > asked_after);
            self.doubtful.retain(|doubt| *doubt > asked_after);
        }
        // What was owed and not sent is owed again, should they leave it once more.
        self.left_calendar = Some(left).filter(|left| left.removal == CalendarRemoval::Owed);
        left.asked_after.is_some()
    }
}

/// A calendar behind an address that an attendee has left, which still has the meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerAddress<'a> {
    /// The address.
    pub email: &'a EmailAddress,
    /// The last statement that put the meeting there.
    pub statement: u64,
}

impl FormerAddress<'_> {
    /// What the id of the row of a message to it is made of, besides the meeting and the
    /// attendee, where the send has this key: the attendee's own message has another (N7).
    pub fn cause(&self, key: &str) -> String {
        let kind = MessageKind::CalendarRemoval.as_str();
        format!("{key}\n{kind}\n{}", self.email.key())
    }
}

impl Attendee {
    /// The addresses that they have left behind whose calendars nothing has been done
    /// about yet.
    pub fn former_addresses(&self) -> impl Iterator<Item = FormerAddress<'_>> {
        self.told.iter().filter_map(|told| {
            let left = told.left_calendar.as_ref()?;
            let ContactPoint::Email(email) = &told.address else {
                return None;
            };
            let is_owed = left.removal == CalendarRemoval::Owed;
            (is_owed && !self.is_reached_at(&told.address)).then_some(FormerAddress {
                email,
                statement: left.statement,
            })
        })
    }

    /// Whether anything is owed to a calendar behind an address that they have left.
    pub fn has_former_address(&self) -> bool {
        self.former_addresses().next().is_some()
    }

    /// Whether it is open what becomes of such a calendar.
    pub(super) fn has_open_calendar(&self) -> bool {
        let mut left = self.told.iter();
        left.any(|told| told.open_calendar().is_some() && !self.is_reached_at(&told.address))
    }

    /// Returns whether an address is theirs again whose calendar was asked.
    fn note_left_calendars(&mut self, statements: &[Statement]) -> bool {
        let mut told = std::mem::take(&mut self.told);
        let mut asked = false;
        for each in &mut told {
            if self.is_reached_at(&each.address) {
                asked |= each.note_taken_back();
            } else {
                each.note_left(statements);
            }
        }
        self.told = told;
        asked
    }

    /// Takes in what became of the message that asks the calendar behind an address to take
    /// the meeting out, sent after the statement of this `number`.
    pub(super) fn note_calendar_removal(
        &mut self,
        address: &ContactPoint,
        number: u64,
        delivery: &Delivery,
    ) {
        let told = self.told.iter_mut();
        let mut left = told
            .filter(|told| told.address.is_same(address))
            .filter_map(|told| told.left_calendar.as_mut());
        let Some(left) = left.find(|left| left.statement <= number) else {
            return;
        };
        (left.removal, left.asked_after) = match Certainty::of(delivery) {
            Certainty::Certain => (CalendarRemoval::Asked, Some(number)),
            Certainty::Doubtful => (CalendarRemoval::InDoubt, Some(number)),
            Certainty::Unsaid => (CalendarRemoval::Owed, None),
        };
    }
}

impl Meeting {
    /// Notes which calendars have the meeting behind addresses that are nobody's any more.
    pub(super) fn note_left_calendars(&mut self) {
        let mut asked = false;
        for attendee in self.attendees.iter_mut().chain(&mut self.removed) {
            asked |= attendee.note_left_calendars(&self.statements);
        }
        if asked {
            self.rise_above_removals();
        }
    }

    /// Has nothing be owed to the calendars behind addresses that somebody of these has
    /// left: leaving them out counts as dealt with (N7).
    pub fn leave_former_addresses_out(&mut self, of: impl Fn(&Attendee) -> bool) {
        let everybody = self.attendees.iter_mut().chain(&mut self.removed);
        for attendee in everybody.filter(|attendee| of(attendee)) {
            let left = attendee.told.iter_mut();
            let left = left.filter_map(|told| told.left_calendar.as_mut());
            for left in left.filter(|left| left.removal == CalendarRemoval::Owed) {
                left.removal = CalendarRemoval::LeftOut;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        contact::EmailAddress,
        id::NotificationId,
        lease::Lease,
        notification::{Addressee, DeliveryStatus, Notification},
        sample,
        values::{channel::Channel, kind::NotificationType},
    };

    const SENT: DeliveryStatus = DeliveryStatus::Sent;
    const UNKNOWN: DeliveryStatus = DeliveryStatus::Unknown;
    const FAILED: DeliveryStatus = DeliveryStatus::Failed;

    /// The sample meeting with Ann alone, who can be reached by email only.
    fn with_ann() -> Meeting {
        let mut meeting = sample::meeting();
        meeting.attendees.truncate(1);
        meeting.attendees[0].phone = None;
        meeting
    }

    fn move_to(meeting: &mut Meeting, address: &str) {
        meeting.attendees[0].email = EmailAddress::parse(address).ok();
        meeting.forget_what_nobody_was_told();
    }

    /// What became of an email of this kind to Ann, at an address, which has this number.
    fn hear(
        meeting: &mut Meeting,
        kind: MessageKind,
        address: &EmailAddress,
        number: u64,
        status: DeliveryStatus,
    ) {
        let mut row = sample::notification(kind);
        row.recipient = Addressee::of(&meeting.attendees[0]);
        row.recipient.email = Some(address.clone());
        row.id = NotificationId::new(&meeting.id, &row.recipient.id, kind.as_str(), sample::now());
        let lease = Lease::new("owner".to_owned(), sample::now());
        row.deliveries = vec![Delivery {
            status,
            statement: Some(number),
            ..Delivery::dispatching(Channel::Email, None, lease, sample::now())
        }];
        meeting.hear(&Notification { ..row });
        meeting.forget_what_nobody_was_told();
    }

    /// Has Ann be sent a statement of this kind where she is reached.
    fn say(meeting: &mut Meeting, kind: NotificationType, status: DeliveryStatus) {
        let number = meeting.next_statement();
        let said = Statement {
            number,
            kind,
            revision: meeting.revision,
            details: meeting.details.clone(),
            asked: false,
            at: sample::now(),
        };
        *meeting = meeting.clone().about_to_say(vec![said]);
        let address = meeting.attendees[0].email.clone().unwrap();
        hear(meeting, kind.into(), &address, number, status);
    }

    /// Has the calendar behind Ann's first address be asked, as things stand.
    fn ask(meeting: &mut Meeting, status: DeliveryStatus) {
        let address = with_ann().attendees[0].email.clone().unwrap();
        let number = meeting.highest_statement;
        hear(
            meeting,
            MessageKind::CalendarRemoval,
            &address,
            number,
            status,
        );
    }

    fn is_owed(meeting: &Meeting) -> bool {
        meeting.attendees[0].has_former_address()
    }

    #[rstest]
    #[case::announced(NotificationType::Confirmation, SENT, true)]
    #[case::updated(NotificationType::Update, SENT, true)]
    #[case::perhaps_announced(NotificationType::Confirmation, UNKNOWN, true)]
    #[case::not_announced(NotificationType::Confirmation, FAILED, false)]
    #[case::a_reminder_carries_no_file(NotificationType::Reminder, SENT, false)]
    #[case::called_off(NotificationType::Cancellation, SENT, false)]
    fn a_calendar_is_asked_that_a_file_put_the_meeting_into(
        #[case] kind: NotificationType,
        #[case] status: DeliveryStatus,
        #[case] owed: bool,
    ) {
        let mut meeting = with_ann();
        say(&mut meeting, kind, status);
        assert!(!is_owed(&meeting), "the address is hers");
        move_to(&mut meeting, "right@example.com");
        assert_eq!(is_owed(&meeting), owed);
    }

    #[test]
    fn what_is_told_at_the_new_address_takes_nothing_out_of_the_old_calendar() {
        let mut meeting = with_ann();
        say(&mut meeting, NotificationType::Confirmation, SENT);
        move_to(&mut meeting, "right@example.com");
        say(&mut meeting, NotificationType::Confirmation, SENT);
        assert!(is_owed(&meeting));
        assert!(meeting.owed_to(&meeting.attendees[0]).is_none());
        let left = meeting.attendees[0].former_addresses().next().unwrap();
        assert_eq!(left.statement, 1);
        assert!(
            meeting.statement(1).is_some(),
            "what the file said is known"
        );
    }

    /// What becomes known late of what Ann was sent at her first address.
    fn settle(meeting: &mut Meeting, kind: NotificationType, number: u64, status: DeliveryStatus) {
        let address = with_ann().attendees[0].email.clone().unwrap();
        hear(meeting, kind.into(), &address, number, status);
    }

    #[test]
    fn what_did_not_come_after_all_has_put_nothing_into_the_calendar_that_was_left() {
        let mut meeting = with_ann();
        say(&mut meeting, NotificationType::Confirmation, UNKNOWN);
        move_to(&mut meeting, "right@example.com");
        assert!(is_owed(&meeting));
        settle(&mut meeting, NotificationType::Confirmation, 1, FAILED);
        assert!(!is_owed(&meeting));
    }

    #[test]
    fn what_came_before_what_did_not_come_is_in_the_calendar_still() {
        let mut meeting = with_ann();
        say(&mut meeting, NotificationType::Confirmation, SENT);
        say(&mut meeting, NotificationType::Update, UNKNOWN);
        move_to(&mut meeting, "right@example.com");
        settle(&mut meeting, NotificationType::Update, 2, FAILED);
        let left = meeting.attendees[0].former_addresses().next().unwrap();
        assert_eq!(left.statement, 1);
    }

    #[rstest]
    #[case::asked(SENT, false)]
    #[case::perhaps_asked(UNKNOWN, false)]
    #[case::not_asked(FAILED, true)]
    fn a_calendar_is_asked_once(#[case] status: DeliveryStatus, #[case] owed: bool) {
        let mut meeting = with_ann();
        say(&mut meeting, NotificationType::Confirmation, SENT);
        move_to(&mut meeting, "right@example.com");
        ask(&mut meeting, status);
        assert_eq!(is_owed(&meeting), owed);
        move_to(&mut meeting, "right@example.com");
        assert_eq!(is_owed(&meeting), owed, "another save changes nothing");
    }

    #[test]
    fn a_doubt_that_is_settled_as_failed_is_owed_again() {
        let mut meeting = with_ann();
        say(&mut meeting, NotificationType::Confirmation, SENT);
        move_to(&mut meeting, "right@example.com");
        ask(&mut meeting, UNKNOWN);
        ask(&mut meeting, FAILED);
        assert!(is_owed(&meeting));
    }

    #[rstest]
    #[case::asked(SENT, 0)]
    #[case::perhaps_asked(UNKNOWN, 0)]
    #[case::not_asked(FAILED, 1)]
    fn an_address_that_is_taken_back_knows_what_its_calendar_still_has(
        #[case] status: DeliveryStatus,
        #[case] certain: usize,
    ) {
        let mut meeting = with_ann();
        let hers = meeting.attendees[0].email.clone().unwrap();
        say(&mut meeting, NotificationType::Confirmation, SENT);
        move_to(&mut meeting, "right@example.com");
        ask(&mut meeting, status);
        move_to(&mut meeting, hers.shown());
        let told = meeting.attendees[0].told.iter();
        assert_eq!(told.map(|told| told.certain.len()).sum::<usize>(), certain);
        assert!(!is_owed(&meeting));
        // What is heard of it later once more takes nothing back.
        say(&mut meeting, NotificationType::Confirmation, SENT);
        let number = meeting.highest_statement - 1;
        hear(
            &mut meeting,
            MessageKind::CalendarRemoval,
            &hers,
            number,
            SENT,
        );
        assert_eq!(meeting.attendees[0].told[0].certain.last(), Some(&2));
    }

    #[test]
    fn what_is_left_out_is_dealt_with_and_forgotten() {
        let mut meeting = with_ann();
        say(&mut meeting, NotificationType::Confirmation, SENT);
        move_to(&mut meeting, "right@example.com");
        meeting.leave_former_addresses_out(|attendee| attendee.id.as_str() != "ann");
        assert!(is_owed(&meeting), "it was somebody else's");
        meeting.leave_former_addresses_out(|_| true);
        assert!(!is_owed(&meeting));
        move_to(&mut meeting, "other@example.com");
        assert!(!is_owed(&meeting), "nothing was told at the one in between");
    }

    #[test]
    fn who_was_removed_is_kept_until_their_calendars_were_asked() {
        let mut meeting = with_ann();
        say(&mut meeting, NotificationType::Confirmation, SENT);
        move_to(&mut meeting, "right@example.com");
        say(&mut meeting, NotificationType::Cancellation, SENT);
        meeting.removed = vec![meeting.attendees[0].clone()];
        meeting.attendees[0].id = crate::id::AttendeeId::parse("other").unwrap();
        meeting.attendees[0].told.clear();
        meeting.forget_what_nobody_was_told();
        assert_eq!(meeting.removed.len(), 1);
        meeting.leave_former_addresses_out(|_| true);
        meeting.forget_what_nobody_was_told();
        assert!(meeting.removed.is_empty());
    }
}
