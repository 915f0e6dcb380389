//! Texts of which nobody asks for a part: JSON, compressed against a dictionary.
//!
//! A message is seven to ten kilobytes, nearly all of them the built-in layout and its
//! sentences. Against a dictionary that has them it is a few hundred bytes, and a write costs
//! by the kilobyte.

mod packed;
mod zlib;

pub use packed::unpack;
pub(super) use packed::{Entries, all_entries, into_attributes, into_entries, packed_item};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use zlib::{Dictionary, deflate, inflate};

use super::{
    StoreError,
    item::{Item, number},
    rows::Stored,
};

/// The number of the shape of what is compressed.
const SHAPE: u32 = 2;

/// Puts a record into an item, compressed.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be written.
pub(super) fn compress<T: Stored>(record: &T, item: &mut Item) -> Result<(), StoreError> {
    item.insert("zlib".to_owned(), AttributeValue::B(compressed(record)?));
    item.insert("shape".to_owned(), number(SHAPE));
    Ok(())
}

/// A record, compressed.
///
/// # Errors
/// As [`compress`].
pub(super) fn compressed<T: Stored>(record: &T) -> Result<Blob, StoreError> {
    let corrupt = |why: String| StoreError::Corrupt {
        item: "a text".to_owned(),
        why,
    };
    let json = serde_json::to_vec(&record.to_row()).map_err(|error| corrupt(error.to_string()))?;
    let bytes = deflate(&json, Dictionary::Messages);
    bytes
        .map(Blob::new)
        .map_err(|error| corrupt(error.to_string()))
}

/// What an item holds compressed; none where that is torn.
pub(super) fn decompress<T: Stored>(item: &Item) -> Option<T> {
    decompressed(item.get("zlib")?)
}

/// What a value holds compressed; none where that is torn.
pub(super) fn decompressed<T: Stored>(value: &AttributeValue) -> Option<T> {
    let bytes = value.as_b().ok()?;
    T::from_row(serde_json::from_slice(&inflate(bytes.as_ref())?).ok()?)
}

#[cfg(test)]
mod tests {
    use usher_domain::notification::Content;

    use super::*;

    fn content(text: &str) -> Content {
        Content {
            subject: "Your appointment".to_owned(),
            html: format!("<p>{text}</p>"),
            text: text.to_owned(),
            sms: String::new(),
        }
    }

    fn item_with(content: &Content) -> Item {
        let mut item = Item::new();
        compress(content, &mut item).unwrap();
        item
    }

    #[test]
    fn what_was_compressed_is_read_again_however_long_it_is() {
        for length in [0, 1, 5_000, 60_000, 300_000] {
            let words = (0..length).map(|i: u64| format!("{:x} ", i * 7_919));
            let content = content(&words.collect::<String>());
            let again: Content = decompress(&item_with(&content)).unwrap();
            assert_eq!(again, content);
        }
    }

    #[test]
    fn what_is_torn_is_nothing() {
        let mut item = item_with(&content("See you on Tuesday at nine."));
        let whole = item["zlib"].as_b().unwrap().as_ref().to_vec();
        for end in 0..whole.len() {
            let torn = Blob::new(&whole[..end]);
            item.insert("zlib".to_owned(), AttributeValue::B(torn));
            assert_eq!(decompress::<Content>(&item), None, "{end} bytes");
        }
    }
}
