//! What a row said and this release did not understand, on its way back into the table.
//!
//! During a deployment a function of the older release may write over what one of the
//! newer release has stored. It must not take away what it cannot read.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::Item;

/// Attributes that the store gives each item by itself.
fn is_own(name: &str) -> bool {
    matches!(
        name,
        "PK" | "SK" | "shape" | "version" | "changed_by" | "expires_at"
    ) || name.starts_with("GSI")
}

/// Puts back into an item that is about to be written what the stored one says besides
/// what was understood of it. What this release has changed stays as it has changed it.
pub(super) fn carry_over(stored: &Item, understood: &Item, new: &mut Item) {
    let theirs = stored.iter().filter(|(name, _)| !is_own(name));
    for (name, value) in theirs {
        carry_entry(name, value, understood, new);
    }
}

fn carry_entry(name: &str, value: &AttributeValue, understood: &Item, new: &mut Item) {
    match (understood.get(name), new.get_mut(name)) {
        (None, None) => {
            new.insert(name.to_owned(), value.clone());
        }
        (Some(understood), Some(new)) => carry_value(value, understood, new),
        // Written for the first time just now, or taken away just now.
        (None, Some(_)) | (Some(_), None) => {}
    }
}

fn carry_value(stored: &AttributeValue, understood: &AttributeValue, new: &mut AttributeValue) {
    if stored == understood {
        return;
    }
    if new == understood {
        *new = stored.clone();
        return;
    }
    match (stored, understood, new) {
        (AttributeValue::M(stored), AttributeValue::M(understood), AttributeValue::M(new)) => {
            for (name, value) in stored {
                carry_entry(name, value, understood, new);
            }
        }
        (AttributeValue::L(stored), AttributeValue::L(understood), AttributeValue::L(new)) => {
            carry_list(stored, understood, new);
        }
        _ => {}
    }
}

/// Elements are told apart by their names, and where they have none by what was
/// understood of them. One that was not understood at all goes to the end.
fn carry_list(
    stored: &[AttributeValue],
    understood: &[AttributeValue],
    new: &mut Vec<AttributeValue>,
) {
    for (i, element) in stored.iter().enumerate() {
        let read_as = if stored.len() == understood.len() {
            understood.get(i)
        } else {
            understood.iter().find(|other| is_same(element, other))
        };
        match read_as {
            Some(read_as) => {
                let written = new.iter_mut().find(|new| is_same(new, read_as));
                if let Some(written) = written {
                    carry_value(element, read_as, written);
                }
            }
            None if !new.contains(element) => new.push(element.clone()),
            None => {}
        }
    }
}

/// Whether two values are the same element of a list.
fn is_same(one: &AttributeValue, other: &AttributeValue) -> bool {
    match (name_of(one), name_of(other)) {
        (Some(one), Some(other)) => one == other,
        _ => says_all(one, other),
    }
}

/// What an element of a list is called by.
fn name_of(element: &AttributeValue) -> Option<&AttributeValue> {
    let fields = element.as_m().ok()?;
    ["id", "channel", "letter"]
        .iter()
        .find_map(|name| fields.get(*name))
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
