//! The rules that every path of a text must keep (see [`paths`](crate::render)): its markup,
//! its addresses, its length, and who gets to read what it fills in (E8).

use std::slice;

use minijinja::machinery::{ast::Expr, parse};
use minijinja::syntax::SyntaxConfig;

use super::samples::{rich_sample, sample_links};
use crate::{
    language::Language,
    render::{
        LintError,
        clean::clean,
        html,
        paths::{Path, Piece, Shown, Source, example, no_text, paths, shown},
        sms::{SmsSuffix, compose, transliterate},
        syntax,
        variables::{LINK, Trait, is},
        words::Words,
    },
    settings::SmsSettings,
    values::keywords,
    values::part::Part,
    values::segments::segments,
};

/// What stands around a value's number in a path: no text may have them of its own. The
/// space between them ends an attribute without quotes.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

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
    let tree = tree.map_err(|error| syntax::not_understood(&error))?;
    if let Some(value) = no_text(slice::from_ref(&tree)) {
        let reason = format!(
            "{value} cannot be used: a value is a variable or a text in quotes, like '{value}'"
        );
        return Err(at(source, &value, reason));
    }
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
            && is(name, Trait::Address)
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
            words_apart(&body.text(), &values, source)
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
#[derive(Clone)]
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
    names.find(|name| is(name, Trait::Personal))
}

/// Checks that nothing personal goes into an address that readers and their programs
/// take from the text itself: no word of it is an address by what stands around a
/// personal value.
fn words_apart(marked: &str, values: &[&Expr<'_>], source: &str) -> Result<(), LintError> {
    let mut word = Vec::new();
    for bit in bits(marked, values) {
        let Bit::Literal(text) = bit else {
            word.push(bit);
            continue;
        };
        for (i, part) in text.split(char::is_whitespace).enumerate() {
            if i > 0 {
                check_word(&word, source)?;
                word.clear();
            }
            if !part.is_empty() {
                word.push(Bit::Literal(part));
            }
        }
    }
    check_word(&word, source)
}

fn check_word(word: &[Bit<'_>], source: &str) -> Result<(), LintError> {
    for (i, bit) in word.iter().enumerate() {
        let Bit::Value(shown) = bit else { continue };
        let others = || word.iter().enumerate().filter(|(other, _)| *other != i);
        if let Some(name) = personal(shown)
            && is_an_address(
                &others()
                    .map(|(_, other)| written(other))
                    .collect::<String>(),
            )
        {
            return Err(at(source, name, to_others(name)));
        }
    }
    Ok(())
}

/// A piece of a word, as far as it is known: a value as some letters, or as the address
/// that it is. The link is ours, whatever stands behind it.
fn written(bit: &Bit<'_>) -> String {
    match bit {
        Bit::Literal(text) => (*text).to_owned(),
        Bit::Value(shown) => shown
            .iter()
            .map(|each| match &each.source {
                Source::Fixed(text) => text,
                Source::Variable(name) if name != LINK && is(name, Trait::Address) => "https://",
                Source::Variable(_) => "x",
            })
            .collect(),
    }
}

/// Whether readers' programs make a link of a word: it names a scheme, or a domain and
/// something behind it (`example.com/?q=`).
fn is_an_address(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let a_domain = |text: &str| {
        let top = text.rsplit('.').next().unwrap_or_default();
        let letters = top.chars().take_while(|c| c.is_alphabetic()).count();
        text.contains('.') && letters >= 2 && letters == top.chars().count()
    };
    let mut behind_domains = word.match_indices(['/', '?', '#', ':']);
    word.contains("://")
        || word.contains("www.")
        || behind_domains.any(|(at, _)| a_domain(&word[..at]))
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
            Source::Variable(name) if is(name, Trait::Address) => {}
            Source::Variable(name) => {
                return Err(format!("{} ({name} is none)", html::not_an_address(tag)));
            }
            Source::Fixed(text) => html::allowed(tag, text)?,
        }
    }
    let ours = shown.iter().all(|each| variable(each) == Some(LINK));
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
    if let Some(word) = keywords::asks_for_reserved_word(&text) {
        return Err(LintError::new(
            None,
            format!(
                "asks to reply {word}, which carriers take as an opt-out or help request: such a reply would never arrive as an answer"
            ),
        ));
    }
    let suffix = SmsSuffix::longest(Words::of(language), sample_links().in_sms(sms));
    let text = transliterate(&compose(&text, &suffix), sms);
    let (count, max) = (segments(&text).count, sms.max_segments);
    if count > max.into() {
        let reason = format!("the SMS takes {count} parts; the settings allow {max}");
        return Err(LintError::new(None, reason));
    }
    Ok(())
}
