//! The rules that every path of a text must keep (see [`super::paths`]): its markup,
//! its addresses, its length, and who gets to read what it fills in (E8).

use minijinja::machinery::{ast::Expr, parse};
use minijinja::syntax::SyntaxConfig;

use super::{
    LintError, Part, engine,
    facts::clean,
    html,
    lint::{rich_sample, sample_links},
    paths::{Path, Piece, Shown, Source, example, paths, shown},
    sms::{Ending, compose, segments, spelled},
    words::Words,
};
use crate::{language::Language, reply, settings::SmsSettings};

/// What stands around a value's number in a path: no text may have them of its own. The
/// space between them ends an attribute without quotes.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// Values that lead to a page and are no page's address any more once changed.
const ADDRESSES: [&str; 5] = [
    "link",
    "meeting.map_url",
    "meeting.video_url",
    "before.map_url",
    "before.video_url",
];

/// What tells who a customer is, what they are to us or where they live: nobody else is
/// to read it (E8).
const PERSONAL: [&str; 15] = [
    "link",
    "attendee.name",
    "attendee.greeting_name",
    "attendee.first_name",
    "attendee.email",
    "attendee.phone",
    "meeting.title",
    "meeting.description",
    "meeting.changes",
    "meeting.location",
    "meeting.map_url",
    "meeting.video_url",
    "before.location",
    "before.map_url",
    "before.video_url",
];

/// Checks every path of a text that is of the language.
pub(super) fn check(
    part: Part,
    source: &str,
    language: Language,
    sms: &SmsSettings,
) -> Result<(), LintError> {
    if source.contains([OPEN, CLOSE]) {
        let reason = "the private-use characters U+E000 and U+E001 cannot be used";
        return Err(LintError::new(None, reason));
    }
    let tree = parse(source, "text", SyntaxConfig::default());
    let tree = tree.map_err(|error| engine::not_understood(&error))?;
    for path in paths(&tree, source)? {
        check_path(part, source, &path, language, sms)?;
    }
    Ok(())
}

fn check_path(
    part: Part,
    source: &str,
    path: &Path<'_>,
    language: Language,
    sms: &SmsSettings,
) -> Result<(), LintError> {
    if path.may_be_empty() {
        let reason = format!("the {part} comes out empty for some meetings");
        return Err(LintError::new(None, reason));
    }
    let (marked, values) = marked(path);
    for each in values.iter().flat_map(|value| shown(value)) {
        if let (Source::Variable(name), true) = (&each.source, each.changed)
            && ADDRESSES.contains(&name.as_str())
        {
            let reason =
                format!("{name} leads nowhere once its letters are changed: leave the filter out");
            return Err(at(source, name, reason));
        }
    }
    match part {
        Part::Subject => words_apart(&marked, &values, source),
        Part::Sms => {
            words_apart(&marked, &values, source)?;
            check_sms(path, language, sms)
        }
        Part::EmailBody => {
            let address = |tag: &str, value: &str| check_address(tag, value, &values);
            let body = html::Body::check_with(&marked, address)
                .map_err(|flaw| LintError::of_html(&flaw, source))?;
            body.texts()
                .try_for_each(|text| words_apart(&text, &values, source))
        }
    }
}

fn at(source: &str, what: &str, reason: impl Into<String>) -> LintError {
    let line = source.lines().position(|line| line.contains(what));
    LintError::new(line.map(|at| at + 1), reason)
}

/// A path with a mark for every value, and the values.
fn marked<'s>(path: &Path<'s>) -> (String, Vec<&'s Expr<'s>>) {
    let mut text = String::new();
    let mut values = Vec::new();
    for piece in &path.pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Filled(value) => {
                text.push_str(&format!("{OPEN}{} {CLOSE}", values.len()));
                values.push(*value);
            }
        }
    }
    (clean(&text), values)
}

/// A piece of a marked text.
enum Bit<'t> {
    Literal(&'t str),
    Value(Vec<Shown>),
}

fn bits<'t>(marked: &'t str, values: &[&Expr<'_>]) -> Vec<Bit<'t>> {
    let mut bits = Vec::new();
    for (i, bit) in marked.split(OPEN).enumerate() {
        let literal = match bit.split_once(CLOSE).filter(|_| i > 0) {
            Some((number, rest)) => {
                let value = number.trim().parse().ok();
                let value = value.and_then(|number: usize| values.get(number));
                bits.push(Bit::Value(
                    value.map(|value| shown(value)).unwrap_or_default(),
                ));
                rest
            }
            None => bit,
        };
        if !literal.is_empty() {
            bits.push(Bit::Literal(literal));
        }
    }
    bits
}

fn variable(shown: &Shown) -> Option<&str> {
    match &shown.source {
        Source::Variable(name) => Some(name),
        Source::Fixed(_) => None,
    }
}

fn personal(values: &[Shown]) -> Option<&str> {
    let mut names = values.iter().filter_map(variable);
    names.find(|name| PERSONAL.contains(name))
}

/// Checks that nothing personal goes into an address that readers and their programs
/// take from the text itself.
fn words_apart(marked: &str, values: &[&Expr<'_>], source: &str) -> Result<(), LintError> {
    let mut in_address = false;
    for bit in bits(marked, values) {
        match bit {
            Bit::Literal(text) => {
                let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
                let whole = last.len() < text.len();
                let last = last.to_ascii_lowercase();
                let begins = last.contains("://") || last.contains("www.");
                in_address = begins || (in_address && !whole);
            }
            Bit::Value(shown) => {
                if let Some(name) = personal(&shown).filter(|_| in_address) {
                    return Err(at(source, name, to_others(name)));
                }
            }
        }
    }
    Ok(())
}

fn to_others(name: &str) -> String {
    format!(
        "{name} cannot be part of somebody else's address: whoever runs it would read what is the customer's alone"
    )
}

/// Checks the address of a link or of an image.
fn check_address(tag: &str, value: &str, values: &[&Expr<'_>]) -> Result<(), String> {
    let bits = bits(value, values);
    let fixed = |text: &str| html::allowed(tag, text);
    let [first, rest @ ..] = bits.as_slice() else {
        return Ok(());
    };
    if tag == "img" && bits.iter().any(|bit| matches!(bit, Bit::Value(_))) {
        return Err("the address of an image cannot hold a value: mail programs load it by themselves, and whoever runs it would read what is the customer's alone".to_owned());
    }
    match first {
        Bit::Literal(text) if rest.is_empty() => fixed(text),
        Bit::Literal(text) => behind(tag, text, rest),
        Bit::Value(shown) => alone(tag, shown, rest),
    }
}

/// An address that is a value: one of ours or of the meeting's.
fn alone(tag: &str, shown: &[Shown], rest: &[Bit<'_>]) -> Result<(), String> {
    for each in shown {
        match &each.source {
            Source::Variable(name) if ADDRESSES.contains(&name.as_str()) => {}
            Source::Variable(name) => {
                return Err(format!("{} ({name} is none)", html::not_an_address(tag)));
            }
            Source::Fixed(text) => html::allowed(tag, text)?,
        }
    }
    let ours = shown.iter().all(|each| variable(each) == Some("link"));
    match rest {
        [] => Ok(()),
        [Bit::Literal(text)] if ours && text.starts_with(['&', '#']) => Ok(()),
        _ => Err("nothing can stand behind an address that is filled in".to_owned()),
    }
}

/// An address that begins as it stands and has values in it.
fn behind(tag: &str, begin: &str, rest: &[Bit<'_>]) -> Result<(), String> {
    let lower = begin.trim_start().to_ascii_lowercase();
    let mail = lower.starts_with("mailto:") || lower.starts_with("tel:");
    let host_ends = lower
        .strip_prefix("https://")
        .is_some_and(|host| host.find(['/', '?', '#']).is_some_and(|at| at > 0));
    if !(mail || host_ends && html::allowed(tag, begin).is_ok()) {
        return Err(html::not_an_address(tag));
    }
    for bit in rest {
        let Bit::Value(shown) = bit else { continue };
        if let Some(name) = personal(shown) {
            return Err(to_others(name));
        }
        let staff = |name: &str| name.starts_with("organizer.") || name.starts_with("business.");
        let other = shown.iter().filter_map(variable).find(|name| !staff(name));
        if let Some(name) = other.filter(|_| mail) {
            return Err(format!(
                "{name} is no part of an address to write to or to call"
            ));
        }
    }
    Ok(())
}

/// Checks what a path says as an SMS: how many parts it takes for a meeting with
/// everything, and that it asks for no reserved word.
fn check_sms(path: &Path<'_>, language: Language, sms: &SmsSettings) -> Result<(), LintError> {
    let sample = rich_sample(language);
    let pieces = path.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => (*text).to_owned(),
        Piece::Filled(value) => example(value, sample),
    });
    let text = clean(&pieces.collect::<String>());
    if let Some(word) = reply::asks_for_reserved_word(&text) {
        return Err(LintError::new(
            None,
            format!(
                "asks to reply {word}, which carriers take as an opt-out or help request: such a reply would never arrive as an answer"
            ),
        ));
    }
    let ending = Ending::longest(Words::of(language), sample_links().in_sms(sms));
    let text = spelled(&compose(&text, &ending), sms);
    let (count, max) = (segments(&text).count, sms.max_segments);
    if count > max.into() {
        let reason = format!("the SMS takes {count} parts; the settings allow {max}");
        return Err(LintError::new(None, reason));
    }
    Ok(())
}
