//! What a customer knows, in words for staff: why they get what they get.

use crate::meeting::{Attendee, Meeting, Owed, Statement};

/// What a calendar has behind an address that its owner has left, in a sentence for staff;
/// `statement` put it there.
pub fn left_calendar_in_words(meeting: &Meeting, statement: u64) -> String {
    match meeting.statement(statement) {
        Some(said) => format!(
            "Is no longer their address, and was told on {}: a neutral message takes the meeting out of the calendar there.",
            day(meeting, said)
        ),
        None => "Is no longer their address: a neutral message takes the meeting out of the calendar there.".to_owned(),
    }
}

/// The day of a statement, in the meeting's zone.
fn day(meeting: &Meeting, said: &Statement) -> String {
    let local = said.at.with_timezone(&meeting.details.timezone);
    local.format("%b %-d").to_string()
}

/// What an attendee knows of the meeting, in a sentence for staff; days are in the
/// meeting's zone.
pub fn known_in_words(meeting: &Meeting, attendee: &Attendee) -> String {
    let day = |said: &Statement| day(meeting, said);
    let last = meeting.certain_of(attendee);
    let known = match (meeting.owed_to(attendee), last) {
        (Some(Owed::Removal), _) => "Is no longer an attendee, and does not know it.".to_owned(),
        (Some(Owed::Announcement), Some(said)) if said.kind.calls_off() => {
            format!("Was told on {} that it is cancelled.", day(said))
        }
        (Some(Owed::Announcement), Some(_)) | (Some(Owed::Cancellation), None) => {
            "Was told at another address.".to_owned()
        }
        (_, None) if attendee.told.is_empty() => "Was never told of this meeting.".to_owned(),
        (_, None) => "Was never told at this address.".to_owned(),
        (Some(Owed::Update), Some(said)) => {
            format!("Was told other details on {}.", day(said))
        }
        (Some(Owed::Cancellation), Some(said)) if said.kind.calls_off() => {
            let day = day(said);
            format!("Was told on {day} that it is cancelled, with other details.")
        }
        (Some(Owed::Cancellation), Some(said)) => {
            format!("Was told on {} that it takes place.", day(said))
        }
        (None, Some(said)) if said.kind.calls_off() => {
            format!("Was told on {} that it is cancelled.", day(said))
        }
        (None, Some(said)) => format!("Was told on {}.", day(said)),
    };
    let doubt = meeting.doubtful_of(attendee).next();
    match doubt {
        Some(said) => format!("{known} A message of {} may have gone out.", day(said)),
        None => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{meeting::BookingStatus, sample, values::kind::NotificationType};

    #[test]
    fn what_somebody_knows_is_said_in_words() {
        let known = |meeting: &Meeting| known_in_words(meeting, &meeting.attendees[0]);
        let mut meeting = sample::meeting();
        assert_eq!(known(&meeting), "Was never told of this meeting.");
        let details = meeting.details.clone();
        sample::tell(&mut meeting, details, 1, false);
        assert_eq!(known(&meeting), "Was told on Jan 5.");
        let mut other = meeting.clone();
        other.details.duration_minutes += 15;
        assert_eq!(known(&other), "Was told other details on Jan 5.");
        other.status = BookingStatus::Cancelled;
        assert_eq!(known(&other), "Was told on Jan 5 that it takes place.");
        let mut gone = meeting.clone();
        gone.removed = vec![gone.attendees.remove(0)];
        let said = known_in_words(&gone, &gone.removed[0]);
        assert_eq!(said, "Is no longer an attendee, and does not know it.");
        let mut moved = meeting.clone();
        moved.attendees[0].email = crate::contact::EmailAddress::parse("new@example.com").ok();
        assert_eq!(known(&moved), "Was told at another address.");
        moved.attendees[0].phone = None;
        assert_eq!(known(&moved), "Was never told at this address.");
        moved.status = BookingStatus::Cancelled;
        assert_eq!(known(&moved), "Was told at another address.");
        let mut off = meeting.clone();
        off.statements[0].kind = NotificationType::Cancellation;
        assert_eq!(known(&off), "Was told on Jan 5 that it is cancelled.");
        off.status = BookingStatus::Cancelled;
        assert_eq!(known(&off), "Was told on Jan 5 that it is cancelled.");
        off.details.duration_minutes += 15;
        assert_eq!(
            known(&off),
            "Was told on Jan 5 that it is cancelled, with other details."
        );
        let number = meeting.next_statement();
        let doubt = meeting.statements[0].clone();
        meeting = meeting.about_to_say(vec![Statement { number, ..doubt }]);
        meeting.attendees[0].told[0].doubtful = vec![number];
        assert_eq!(
            known(&meeting),
            "Was told on Jan 5. A message of Jan 5 may have gone out."
        );
    }
}
