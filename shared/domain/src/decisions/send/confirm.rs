//! What staff must confirm before a send goes out.

use super::plan::Recipient;
use crate::{
    meeting::{BookingStatus, Meeting},
    values::kind::NotificationType,
};

/// What staff must confirm before a send to these goes out, in a sentence.
pub(super) fn needs_confirmation(
    meeting: &Meeting,
    kind: NotificationType,
    recipients: &[Recipient],
) -> Option<String> {
    if kind.calls_off() {
        return Some(match whom(recipients) {
            Some(whom) => {
                format!("This tells {whom} that the meeting is cancelled, and cannot be undone.")
            }
            None => "This tells nobody that the meeting is cancelled: none of the attendees can be reached.".to_owned(),
        });
    }
    let mut sentences = Vec::new();
    if meeting.status == BookingStatus::Cancelled
        && meeting.cancelled_revision == Some(meeting.revision)
    {
        sentences.push(
            "The customers were told that this meeting is cancelled. This tells them that it takes place after all, at the same time.".to_owned(),
        );
    }
    let off = recipients
        .iter()
        .filter(|each| each.config.kind.calls_off());
    let off: Vec<_> = off.map(|each| &*each.attendee.name).collect();
    if !off.is_empty() {
        let names = off.join(", ");
        sentences.push(format!(
            "This tells {names} that they are no longer expected."
        ));
    }
    sentences.extend(doubts(meeting, recipients));
    sentences.extend(repeats(meeting, kind, recipients));
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// That some may have been told already (N13).
fn doubts(meeting: &Meeting, recipients: &[Recipient]) -> Option<String> {
    let doubted = |each: &&Recipient| {
        let mut doubts = meeting.doubtful_of(&each.attendee);
        doubts.any(|said| said.details == meeting.details && !said.kind.calls_off())
    };
    let doubted: Vec<_> = recipients.iter().filter(doubted).collect();
    let names: Vec<_> = doubted
        .iter()
        .take(3)
        .map(|each| &*each.attendee.name)
        .collect();
    match (doubted.len(), names.join(", ")) {
        (0, _) => None,
        (1..=3, names) => Some(format!(
            "It is in doubt whether {names} was told already: this may be sent twice."
        )),
        (all, names) => Some(format!(
            "It is in doubt whether {names} and {} others were told already: this may be sent twice.",
            all - 3
        )),
    }
}

/// That some were sent the same already.
fn repeats(meeting: &Meeting, kind: NotificationType, recipients: &[Recipient]) -> Option<String> {
    let repeated = |each: &&Recipient| {
        let mut said = meeting.certain_statements_of(&each.attendee);
        said.any(|said| said.kind == each.config.kind && said.details == meeting.details)
    };
    let again: Vec<Recipient> = recipients.iter().filter(repeated).cloned().collect();
    if again.is_empty() {
        return None;
    }
    let label = kind.in_sentence();
    let now = match whom(&again) {
        Some(whom) => format!("This sends it to {whom} again."),
        None => "This sends it to nobody: none of the attendees can be reached.".to_owned(),
    };
    Some(format!(
        "The {label} was sent for these details already. {now}"
    ))
}

/// How many of them a message reaches as things stand, in words; `None` for nobody.
fn whom(recipients: &[Recipient]) -> Option<String> {
    let reached = recipients.iter().filter(|each| each.is_reached()).count();
    match (reached, recipients.len()) {
        (0, _) => None,
        (1, 1) => Some("1 attendee".to_owned()),
        (reached, all) if reached == all => Some(format!("{all} attendees")),
        (reached, all) => Some(format!("{reached} of {all} attendees")),
    }
}
