//! zlib (RFC 1950) with dictionaries that both sides have.

use std::cell::RefCell;

use flate2::{
    Compress, CompressError, Compression, Decompress, FlushCompress, FlushDecompress, Status,
};
use strum::VariantArray;

/// What zlib looks for in what it compresses. None of them is ever changed, for whatever was
/// compressed against one can be read with nothing else; which one that was stands at its
/// beginning. A better one is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub(super) enum Dictionary {
    /// Built-in messages as they are stored, in all languages, those that are sent most last.
    Messages,
    /// Meetings and rows of the log.
    Rows,
}

impl Dictionary {
    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Messages => include_bytes!("dictionary.txt"),
            Self::Rows => include_bytes!("rows.txt"),
        }
    }

    /// What zlib knows it by: its Adler-32.
    pub(super) fn id(self) -> u32 {
        match self {
            Self::Messages => 0xab41_cda4,
            Self::Rows => 0x2533_7b7c,
        }
    }

    fn named(id: u32) -> Option<Self> {
        Self::VARIANTS.iter().copied().find(|each| each.id() == id)
    }
}

/// The most that something may be once it is inflated, in bytes: no item's is a tenth of it.
const MAX_INFLATED: usize = 8_000_000;

thread_local! {
    // Made once: what it works in is a quarter of a megabyte.
    static COMPRESS: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), true));
    static DECOMPRESS: RefCell<Decompress> = RefCell::new(Decompress::new(true));
}

/// Bytes, compressed against a dictionary.
///
/// # Errors
/// Whatever zlib says.
pub(super) fn deflate(bytes: &[u8], dictionary: Dictionary) -> Result<Vec<u8>, CompressError> {
    COMPRESS.with_borrow_mut(|zlib| {
        zlib.reset();
        zlib.set_dictionary(dictionary.bytes())?;
        let mut deflated = Vec::with_capacity(1_024);
        let mut rest = bytes;
        loop {
            let before = zlib.total_in();
            let status = zlib.compress_vec(rest, &mut deflated, FlushCompress::Finish)?;
            if status == Status::StreamEnd {
                return Ok(deflated);
            }
            let read = usize::try_from(zlib.total_in() - before).unwrap_or(rest.len());
            rest = &rest[read..];
            deflated.reserve(deflated.capacity());
        }
    })
}

/// What was deflated; none where that is torn.
pub(super) fn inflate(deflated: &[u8]) -> Option<Vec<u8>> {
    DECOMPRESS.with_borrow_mut(|zlib| {
        zlib.reset(true);
        let mut bytes = Vec::with_capacity(16_384);
        if let Err(error) = zlib.decompress_vec(deflated, &mut bytes, FlushDecompress::None) {
            let dictionary = Dictionary::named(error.needs_dictionary()?)?;
            zlib.set_dictionary(dictionary.bytes()).ok()?;
        }
        loop {
            let (read, written) = (zlib.total_in(), zlib.total_out());
            let rest = deflated.get(usize::try_from(read).ok()?..)?;
            let status = zlib.decompress_vec(rest, &mut bytes, FlushDecompress::None);
            if status.ok()? == Status::StreamEnd {
                return Some(bytes);
            }
            let stuck = zlib.total_in() == read && zlib.total_out() == written;
            if bytes.len() > MAX_INFLATED || (stuck && bytes.len() < bytes.capacity()) {
                return None;
            }
            bytes.reserve(bytes.capacity());
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dictionary_is_the_one_that_was_compressed_against() {
        for dictionary in Dictionary::VARIANTS.iter().copied() {
            let bytes = deflate(b"", dictionary).unwrap();
            // Its Adler-32 stands behind the two bytes of the header.
            let id = u32::from_be_bytes(bytes[2..6].try_into().unwrap());
            assert_eq!(format!("{id:08x}"), format!("{:08x}", dictionary.id()));
        }
    }

    #[test]
    fn one_after_the_other_is_as_each_alone() {
        for text in ["one", "", &"another ".repeat(9_000), "one"] {
            for dictionary in Dictionary::VARIANTS.iter().copied() {
                let deflated = deflate(text.as_bytes(), dictionary).unwrap();
                assert_eq!(inflate(&deflated[..deflated.len() / 2]), None);
                assert_eq!(inflate(&deflated).unwrap(), text.as_bytes());
            }
        }
    }
}
