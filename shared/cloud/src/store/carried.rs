//! What a row said and this release did not understand, on its way back into the table.
//!
//! During a deployment a function of the older release may write over what one of the
//! newer release has stored. It must not take away what it cannot read.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::Item;

/// Attributes that this release gives each item by itself.
pub(super) fn is_own(name: &str) -> bool {
    let index = name
        .strip_prefix("GSI")
        .and_then(|rest| rest.chars().next());
    matches!(
        name,
        "PK" | "SK" | "shape" | "version" | "changed_by" | "place" | "no_longer_expected"
    ) || index.is_some_and(|index| ('1'..='6').contains(&index))
}

/// Puts back into an item that is about to be written what the stored one says besides
/// what was understood of it. What this release has changed stays as it has changed it.
pub(super) fn carry_over(stored: &Item, understood: &Item, new: &mut Item) {
    let theirs = stored.iter().filter(|(name, _)| !is_own(name));
    for (name, value) in theirs {
        carry_entry(name, value, understood, new, Words::Carried);
    }
}

/// Whether a word that was read as another one is put back where that one still stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    Carried,
    /// What stands beside them was changed: they may be what was changed, too.
    Left,
}

fn carry_entry(
    name: &str,
    value: &AttributeValue,
    understood: &Item,
    new: &mut Item,
    words: Words,
) {
    match (understood.get(name), new.get_mut(name)) {
        (None, None) => {
            new.insert(name.to_owned(), value.clone());
        }
        (Some(understood), Some(new)) => carry_value(value, understood, new, words),
        // Written for the first time just now, or taken away just now.
        (None, Some(_)) | (Some(_), None) => {}
    }
}

fn carry_value(
    stored: &AttributeValue,
    understood: &AttributeValue,
    new: &mut AttributeValue,
    words: Words,
) {
    if stored == understood {
        return;
    }
    match (stored, understood, new) {
        (AttributeValue::M(stored), AttributeValue::M(understood), AttributeValue::M(new)) => {
            for (name, value) in stored {
                carry_entry(name, value, understood, new, words);
            }
        }
        (AttributeValue::L(stored), AttributeValue::L(understood), AttributeValue::L(new)) => {
            carry_list(stored, understood, new);
        }
        (stored, understood, new) if new == understood && words == Words::Carried => {
            *new = stored.clone();
        }
        _ => {}
    }
}

/// Carries the elements of a list. One that was not understood at all goes back behind the
/// one that it stood behind.
fn carry_list(
    stored: &[AttributeValue],
    understood: &[AttributeValue],
    new: &mut Vec<AttributeValue>,
) {
    let mut behind = 0;
    for (element, read_as) in stored.iter().zip(read_as(stored, understood)) {
        match read_as {
            Some(read_as) => {
                if let Some(at) = place_of(read_as, new, behind) {
                    let words = if &new[at] == read_as {
                        Words::Carried
                    } else {
                        Words::Left
                    };
                    carry_value(element, read_as, &mut new[at], words);
                    behind = at + 1;
                }
            }
            None if !new.contains(element) => {
                new.insert(behind.min(new.len()), element.clone());
                behind += 1;
            }
            None => {}
        }
    }
}

/// What each stored element was understood as; nothing for one that was left out. Both
/// lists are in the same order.
fn read_as<'a>(
    stored: &[AttributeValue],
    understood: &'a [AttributeValue],
) -> Vec<Option<&'a AttributeValue>> {
    let all = stored.len() == understood.len();
    let mut rest = understood.iter().peekable();
    let mut each =
        |element: &AttributeValue| rest.next_if(|read_as| all || says_all(element, read_as));
    stored.iter().map(&mut each).collect()
}

/// Where an element stands in the list that is about to be written: by its name, or where
/// it has none, unchanged behind those that came before it.
fn place_of(read_as: &AttributeValue, new: &[AttributeValue], behind: usize) -> Option<usize> {
    match name_of(read_as) {
        Some(name) => new.iter().position(|new| name_of(new) == Some(name)),
        None => {
            let mut rest = new.iter().enumerate().skip(behind);
            rest.find(|(_, new)| *new == read_as).map(|(at, _)| at)
        }
    }
}

/// What an element of a list is called by: attendees, configs and triggers by their id, a
/// delivery by its channel (an answer has one, too, and is not called by it), a choice by
/// its letter.
fn name_of(element: &AttributeValue) -> Option<&AttributeValue> {
    let fields = element.as_m().ok()?;
    let channel = fields
        .get("channel")
        .filter(|_| fields.contains_key("attempt"));
    fields
        .get("id")
        .or(channel)
        .or_else(|| fields.get("letter"))
}

/// Whether a value says all that was understood of it, or of another one.
fn says_all(stored: &AttributeValue, understood: &AttributeValue) -> bool {
    match (stored, understood) {
        (AttributeValue::M(stored), AttributeValue::M(understood)) => {
            understood.iter().all(|(name, value)| {
                let said = stored.get(name).is_some_and(|said| says_all(said, value));
                said || matches!(value, AttributeValue::Null(_))
            })
        }
        (stored, understood) => stored == understood,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn map(entries: &[(&str, &str)]) -> AttributeValue {
        let entry = |(name, value): &(&str, &str)| ((*name).to_owned(), text(value));
        AttributeValue::M(entries.iter().map(entry).collect())
    }

    fn carried(
        stored: &[AttributeValue],
        understood: &[AttributeValue],
        new: &[AttributeValue],
    ) -> Vec<AttributeValue> {
        let mut new = new.to_vec();
        carry_list(stored, understood, &mut new);
        new
    }

    #[test]
    fn answers_of_one_channel_are_kept_apart_and_in_their_order() {
        let answer = |word: &str| map(&[("channel", "sms_reply"), ("answer", word)]);
        let with_ip =
            |word: &str, ip: &str| map(&[("channel", "sms_reply"), ("answer", word), ("ip", ip)]);
        let (yes, no, maybe, later) = (
            answer("accept"),
            answer("decline"),
            answer("maybe"),
            answer("reschedule"),
        );
        // A word that nobody knows, before and behind a known one; then one more comes.
        assert_eq!(
            carried(
                &[yes.clone(), maybe.clone()],
                std::slice::from_ref(&yes),
                &[yes.clone(), no.clone()]
            ),
            [yes.clone(), maybe.clone(), no.clone()]
        );
        assert_eq!(
            carried(
                &[maybe.clone(), yes.clone()],
                std::slice::from_ref(&yes),
                &[yes.clone(), no.clone()]
            ),
            [maybe, yes.clone(), no.clone()]
        );
        // What nobody knows of two of them; then a third comes.
        let stored = [with_ip("accept", "1"), with_ip("decline", "2")];
        let understood = [yes, no];
        let new = [understood.as_slice(), std::slice::from_ref(&later)].concat();
        assert_eq!(
            carried(&stored, &understood, &new),
            [stored.as_slice(), &[later]].concat()
        );
    }

    #[test]
    fn attendees_are_found_wherever_they_stand_now_and_stay_away_once_removed() {
        let ann = |more: &[(&str, &str)]| map(&[&[("id", "ann"), ("name", "Ann")], more].concat());
        let bob = |more: &[(&str, &str)]| map(&[&[("id", "bob"), ("name", "Bob")], more].concat());
        let stored = [ann(&[("seat", "1")]), bob(&[("seat", "2")])];
        let understood = [ann(&[]), bob(&[])];
        let turned = [bob(&[]), ann(&[])];
        assert_eq!(
            carried(&stored, &understood, &turned),
            [bob(&[("seat", "2")]), ann(&[("seat", "1")])]
        );
        assert_eq!(
            carried(&stored, &understood, &[bob(&[])]),
            [bob(&[("seat", "2")])]
        );
    }

    #[test]
    fn a_word_is_not_put_back_onto_what_was_changed_beside_it() {
        let delivery = |status: &str, by: &str| {
            map(&[
                ("channel", "sms"),
                ("attempt", "1"),
                ("status", status),
                ("by", by),
            ])
        };
        let stored = [delivery("failed", "gremlins")];
        let understood = [delivery("failed", "")];
        assert_eq!(carried(&stored, &understood, &understood), stored);
        let sent = [delivery("sent", "")];
        assert_eq!(carried(&stored, &understood, &sent), sent);
    }
}
