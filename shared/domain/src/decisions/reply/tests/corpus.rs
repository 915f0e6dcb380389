//! A thousand things that people text back, each with how it must be read.

use serde::Deserialize;

use super::{at, prompt};
use crate::{
    records::sms::Conversation,
    reply::{Candidate, QuestionState, Questions, Reading, interpret},
};

#[derive(Deserialize)]
struct Line {
    text: String,
    reads: String,
    codes: Option<String>,
}

#[test]
fn every_reply_of_the_collection_is_read_as_it_must_be() {
    let lines: Vec<Line> = include_str!("replies.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() >= 200);
    let mut wrong = Vec::new();
    for line in &lines {
        let words = match line.codes.as_deref() {
            None => ["1", "2", "3"],
            Some("YRN") => ["Y", "R", "N"],
            Some("JA") => ["JA", "VERSCHIEBEN", "NEIN"],
            Some(other) => panic!("unknown codes {other}"),
        };
        let asked = [Candidate {
            prompt: prompt("m-1", 0, words),
            state: QuestionState::Open,
        }];
        let nothing_before = Conversation::default();
        let reading = {
            let questions = Questions {
                candidates: &asked,
                ..Questions::NONE
            };
            interpret(&line.text, questions, &nothing_before, at(0))
        };
        let reads = match reading {
            Reading::OptOut(_) => "opt_out",
            Reading::OptIn => "opt_in",
            Reading::Revocation => "revocation",
            Reading::Nearly(_) => "nearly",
            Reading::Unclear => "unclear",
            Reading::Answer(_, answer) => answer.as_str(),
            Reading::AskBack(_) => "ask_back",
            Reading::Remark => "text",
        };
        if reads != line.reads {
            wrong.push((&line.text, reads, &line.reads));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
