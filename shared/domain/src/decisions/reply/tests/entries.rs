//! What the timeline says of texts.

use super::at;
use crate::{
    id::AttendeeId,
    records::sms::{Inbound, ReceivedText},
    reply::{
        nearly_entry, opt_in_entry, opt_out_entry, remark_entry, revocation_entry, unclear_entry,
    },
    timeline::{TimelineEntry, TimelineKind},
    values::channel::Channel,
};

fn inbound(text: &str) -> Inbound {
    let received = ReceivedText {
        from: "+12025550123".to_owned(),
        text: text.to_owned(),
        ..ReceivedText::default()
    };
    Inbound::received(received, text, at(0))
}

fn check(entry: &TimelineEntry, kind: TimelineKind, text: &str) {
    let ann = AttendeeId::parse("ann").ok();
    assert_eq!((entry.kind, entry.text.as_str()), (kind, text));
    assert_eq!((entry.at, &entry.attendee_id), (at(1), &ann));
    assert_eq!(entry.channel, Some(Channel::Sms));
}

#[test]
fn a_text_that_is_no_answer_is_quoted() {
    let ann = AttendeeId::parse("ann").unwrap();
    let remark = |text| remark_entry("Ann", &ann, &inbound(text), at(1));
    let kind = TimelineKind::Text;
    check(&remark(" On my way "), kind, "Ann texted: On my way");
    check(&remark("  "), kind, "Ann sent an empty text");
    let unclear = unclear_entry("Ann", &ann, &inbound(" 1 "), at(1));
    check(
        &unclear,
        kind,
        "Ann texted 1, which may answer another message that cannot be read: it was taken for no answer, and stands in the inbox",
    );
}

#[test]
fn what_needs_a_person_says_what_is_done_until_then() {
    let ann = AttendeeId::parse("ann").unwrap();
    check(
        &nearly_entry("Ann", &ann, &inbound(" 1! "), at(1)),
        TimelineKind::Text,
        "Ann texted 1!, which is nearly an answer: it was taken for none, the question is not asked again, and it stands in the inbox",
    );
    check(
        &revocation_entry("Ann", &ann, &inbound("Stop it."), at(1)),
        TimelineKind::OptOut,
        "Ann texted: Stop it. These seem to be their own words for no more texts: no SMS go to their number until somebody confirms or lifts that",
    );
}

#[test]
fn an_opt_out_says_what_it_does_and_cancel_what_it_does_not() {
    let ann = AttendeeId::parse("ann").unwrap();
    let kind = TimelineKind::OptOut;
    check(
        &opt_out_entry("Ann", &ann, "STOP", at(1)),
        kind,
        "Ann texted STOP, which opts their number out: no more SMS go to it",
    );
    check(
        &opt_out_entry("Ann", &ann, "CANCEL", at(1)),
        kind,
        "Ann texted CANCEL, which opts their number out: no more SMS go to it. They may have meant the meeting: nothing about it was changed",
    );
    let may_mean = |word| {
        opt_out_entry("Ann", &ann, word, at(1))
            .text
            .contains("meant the meeting")
    };
    assert!(may_mean("CANCELAR") && !may_mean("BAJA"));
    check(
        &opt_in_entry("Ann", &ann, true, at(1)),
        kind,
        "Ann opted in again: SMS go to their number as before",
    );
    check(
        &opt_in_entry("Ann", &ann, false, at(1)),
        kind,
        "Ann wants SMS again, but AWS still has their number on its own opt-out list",
    );
}
