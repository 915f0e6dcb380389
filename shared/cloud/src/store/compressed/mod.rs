//! Texts of which nobody asks for a part: JSON, compressed against a dictionary.
//!
//! A message is seven to ten kilobytes, nearly all of them the built-in layout and its
//! sentences. Against a dictionary that has them it is a few hundred bytes, and a write costs
//! by the kilobyte.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::{
    StoreError,
    item::{Item, number},
    rows::Stored,
};

/// What zlib looks for in what it compresses: built-in messages as they are stored, in all
/// languages, those that are sent most last. It is never changed, for whatever was compressed
/// against it can be read with nothing else. A better one gets another number of the shape.
static DICTIONARY: &[u8] = include_bytes!("dictionary.txt");

/// The number of the shape of what is compressed against it.
const SHAPE: u32 = 2;

/// The most that a text may be once it is decompressed, in bytes: no item's is a tenth of it.
const MAX_INFLATED: usize = 8_000_000;

/// Puts a record into an item, compressed.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be written.
pub(super) fn compress<T: Stored>(record: &T, item: &mut Item) -> Result<(), StoreError> {
    let bytes = deflate(record).map_err(|error| StoreError::Corrupt {
        item: "a text".to_owned(),
        why: error.to_string(),
    })?;
    item.insert("zlib".to_owned(), AttributeValue::B(Blob::new(bytes)));
    item.insert("shape".to_owned(), number(SHAPE));
    Ok(())
}

/// What an item holds compressed; none where that is torn.
pub(super) fn decompress<T: Stored>(item: &Item) -> Option<T> {
    let bytes = item.get("zlib")?.as_b().ok()?;
    T::from_row(serde_json::from_slice(&inflate(bytes.as_ref())?).ok()?)
}

fn deflate<T: Stored>(record: &T) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let json = serde_json::to_vec(&record.to_row())?;
    let mut zlib = Compress::new(Compression::default(), true);
    zlib.set_dictionary(DICTIONARY)?;
    let mut bytes = Vec::with_capacity(1_024);
    let mut read = 0;
    while zlib.compress_vec(&json[read..], &mut bytes, FlushCompress::Finish)? != Status::StreamEnd
    {
        read = usize::try_from(zlib.total_in())?;
        bytes.reserve(bytes.capacity());
    }
    Ok(bytes)
}

fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut zlib = Decompress::new(true);
    let mut json = Vec::with_capacity(16_384);
    // Which dictionary it was stands at its beginning.
    if let Err(error) = zlib.decompress_vec(bytes, &mut json, FlushDecompress::None) {
        error.needs_dictionary()?;
        zlib.set_dictionary(DICTIONARY).ok()?;
    }
    loop {
        let (read, written) = (zlib.total_in(), zlib.total_out());
        let rest = bytes.get(usize::try_from(read).ok()?..)?;
        let status = zlib.decompress_vec(rest, &mut json, FlushDecompress::None);
        if status.ok()? == Status::StreamEnd {
            return Some(json);
        }
        let stuck = zlib.total_in() == read && zlib.total_out() == written;
        if json.len() > MAX_INFLATED || (stuck && json.len() < json.capacity()) {
            return None;
        }
        json.reserve(json.capacity());
    }
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

    fn compressed(content: &Content) -> Item {
        let mut item = Item::new();
        compress(content, &mut item).unwrap();
        item
    }

    #[test]
    fn what_was_compressed_is_read_again_however_long_it_is() {
        for length in [0, 1, 5_000, 60_000, 300_000] {
            let words = (0..length).map(|i: u64| format!("{:x} ", i * 7_919));
            let content = content(&words.collect::<String>());
            let again: Content = decompress(&compressed(&content)).unwrap();
            assert_eq!(again, content);
        }
    }

    #[test]
    fn what_is_torn_is_nothing() {
        let mut item = compressed(&content("See you on Tuesday at nine."));
        let whole = item["zlib"].as_b().unwrap().as_ref().to_vec();
        for end in 0..whole.len() {
            let torn = Blob::new(&whole[..end]);
            item.insert("zlib".to_owned(), AttributeValue::B(torn));
            assert_eq!(decompress::<Content>(&item), None, "{end} bytes");
        }
    }

    #[test]
    fn the_dictionary_is_the_one_that_was_compressed_against() {
        // Adler-32 of it, as zlib writes it into whatever it compresses.
        let bytes = compressed(&content(""))["zlib"].as_b().unwrap().clone();
        assert_eq!(hex::encode(&bytes.as_ref()[2..6]), "ab41cda4");
    }
}
