//! The reading of texts, by collection and by example.

mod corpus;
mod entries;
mod letters;
mod matching;

use chrono::{DateTime, TimeDelta, Utc};

use super::Prompt;
use crate::{
    id::{AttendeeId, MeetingId, NotificationId},
    sample,
    template::Code,
    values::answer::Answer,
};

/// What Ann was asked about a meeting, `minutes` after the sample's time, with these
/// codes to accept, reschedule and decline.
fn prompt(meeting: &str, minutes: i64, words: [&str; 3]) -> Prompt {
    let meeting = MeetingId::parse(meeting).unwrap();
    let attendee = AttendeeId::parse("ann").unwrap();
    let at = at(minutes);
    let id = NotificationId::new(&meeting, &attendee, "key", at);
    let answers = [Answer::Accept, Answer::Reschedule, Answer::Decline];
    let codes = words.into_iter().zip(answers).map(|(word, answer)| Code {
        word: word.to_owned(),
        answer,
    });
    Prompt {
        asked_by: id.clone(),
        notification: id,
        attendee,
        theirs: sample::meeting().attendees[0].phone.clone().unwrap(),
        ours: None,
        revision: 1,
        codes: codes.collect(),
        asked_at: at,
        template_id: None,
    }
}

fn at(minutes: i64) -> DateTime<Utc> {
    sample::now() + TimeDelta::minutes(minutes)
}
