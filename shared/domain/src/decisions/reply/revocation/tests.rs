//! The reading of wishes in the customer's own words, by collection and by property.

use proptest::{prelude::*, sample::select};
use rstest::rstest;

use super::*;

/// The lines of a collection.
fn lines(file: &'static str) -> Vec<&'static str> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.collect()
}

fn revocations() -> Vec<&'static str> {
    lines(include_str!("../tests/wishes/revocations.txt"))
}

fn near_misses() -> Vec<&'static str> {
    lines(include_str!("../tests/wishes/near_misses.txt"))
}

#[test]
fn every_line_of_the_phrases_can_be_read() {
    assert_eq!(Known::read().1, []);
    let (_, unreadable) = Phrases::read(&[("x", "hold {nobody}\nheld a\nhold ..many\nhold")]);
    assert_eq!(unreadable.len(), 4);
}

#[test]
fn of_the_revocations_at_least_99_in_100_are_held() {
    let all = revocations();
    let missed: Vec<_> = all.iter().filter(|line| !revokes_consent(line)).collect();
    assert!(
        all.len() >= 300 && missed.len() * 100 <= all.len(),
        "{missed:#?}"
    );
}

#[test]
fn of_what_only_looks_like_one_at_most_1_in_100_is_held() {
    let all = near_misses();
    let held: Vec<_> = all.iter().filter(|line| revokes_consent(line)).collect();
    assert!(
        all.len() >= 300 && held.len() * 100 <= all.len(),
        "{held:#?}"
    );
}

#[rstest]
#[case("please stop texting me")]
#[case("take me off your list")]
#[case("hör auf mir zu schreiben")]
#[case("deja de enviarme mensajes")]
#[case("ne m'envoyez plus de SMS")]
#[case("wrong number, stop")]
#[case("no more messages")]
#[case("He said “see you”. Stop texting me")]
#[case("I said “stop”")]
fn what_must_be_held_is(#[case] text: &str) {
    assert!(revokes_consent(text));
}

#[rstest]
#[case("can you stop by at 3?")]
#[case("don't cancel!")]
#[case("I can't stop laughing")]
#[case("please don't stop texting me")]
#[case("stop, I'm nearly there")]
#[case("I have to cancel my appointment")]
#[case("remove the bandage before?")]
#[case("end of the street?")]
#[case("Loved “Please stop texting me”")]
#[case("👍 to “no more texts”")]
#[case("")]
#[case("Stop by. Text me later")]
fn what_must_not_be_held_is_not(#[case] text: &str) {
    assert!(!revokes_consent(text));
}

/// What a keyboard, a carrier or a habit puts into a text.
fn marks() -> impl Strategy<Value = String> {
    select(vec![
        "\u{200b}", "\u{feff}", "\u{2060}", "\u{ad}", "\u{200d}", "\u{202e}", "\u{2069}",
        "\u{fe0f}",
    ])
    .prop_map(str::to_owned)
}

/// A text written otherwise: with a mark after some letters, in another case, with other spaces
/// and apostrophes, and with something behind it.
fn written_otherwise(
    text: &str,
    mark: &str,
    every: usize,
    upper: bool,
    space: &str,
    apostrophe: &str,
    end: &str,
) -> String {
    let written: String = text
        .chars()
        .enumerate()
        .map(|(i, c)| {
            let c = match c {
                ' ' => space.to_owned(),
                '\'' | '’' => apostrophe.to_owned(),
                c if upper => c.to_uppercase().collect(),
                c => c.to_string(),
            };
            if i % every == 0 { c + mark } else { c }
        })
        .collect();
    written + end
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn how_a_text_is_written_changes_no_reading(
        text in select([revocations(), near_misses()].concat()),
        mark in marks(),
        every in 1..6usize,
        upper: bool,
        space in select(vec![" ", "  ", "\u{a0}", "\t", " \u{3000}"]),
        apostrophe in select(vec!["'", "’", "`", "´", ""]),
        end in select(vec!["", ".", "!", "?!", "…", " ", "!!1".trim_end_matches('1'), " 🙏", "\n"]),
    ) {
        // What a phone sends of a tap ends with its quote.
        prop_assume!(!text.ends_with(['”', '“', '"']));
        let written = written_otherwise(text, &mark, every, upper, space, apostrophe, end);
        prop_assert_eq!(revokes_consent(&written), revokes_consent(text), "{:?}", written);
    }

    #[test]
    fn no_text_is_too_much(text in ".{0,400}") {
        revokes_consent(&text);
    }
}

#[test]
fn a_slip_of_the_thumb_is_read_as_meant_and_another_word_is_not() {
    for text in [
        "stop tetxing me",
        "stop textting me",
        "no more mesages",
        "please unsubcsribe me",
    ] {
        assert!(revokes_consent(text), "{text}");
    }
    for text in ["no more massages", "stop testing", "end the contract"] {
        assert!(!revokes_consent(text), "{text}");
    }
}
