//! Cursors: where a list goes on, opaque to callers.
//!
//! A cursor is bound to the query it came from. It holds no secret: whoever
//! forges one only finds another place in a list they may read anyway.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use usher_domain::{Failure, id::digest};

use super::{Readable, StoreError};

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many rows of this page could not be read; the log has their keys.
    pub unreadable: usize,
    /// Where the list goes on; none at its end.
    pub next: Option<Cursor>,
}

impl<T> Default for Page<T> {
    /// Nothing, with nothing behind it.
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            unreadable: 0,
            next: None,
        }
    }
}

impl<T> Page<T> {
    /// What could be read of a page.
    pub(super) fn of(read: Readable<T>, next: Option<Cursor>) -> Self {
        Self {
            rows: read.rows,
            unreadable: read.unreadable,
            next,
        }
    }
}

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    query: [u8; 6],
    position: String,
}

impl Cursor {
    /// A place behind `position` in the list that `query` (its parameters,
    /// written in any fixed way) asks for.
    pub fn new(query: &str, position: &str) -> Self {
        Self {
            query: fingerprint(query),
            position: position.to_owned(),
        }
    }

    /// Reads a cursor that [`Cursor::encode`] wrote.
    ///
    /// # Errors
    /// [`Failure::BadRequest`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let bad = || {
            Failure::BadRequest {
            detail: "The cursor cannot be read. Take it from next_cursor as it is, or leave it out to start at the beginning.".to_owned(),
        }
        };
        if text.len() > 512 {
            return Err(bad());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
        let (query, position) = bytes.split_first_chunk::<6>().ok_or_else(bad)?;
        let position = std::str::from_utf8(position).map_err(|_| bad())?;
        let plausible = !position.is_empty() && position.bytes().all(|b| b.is_ascii_graphic());
        if !plausible {
            return Err(bad());
        }
        Ok(Self {
            query: *query,
            position: position.to_owned(),
        })
    }

    /// The cursor as callers see it.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.query, self.position.as_bytes()].concat())
    }

    /// The position, for the query it came from.
    ///
    /// # Errors
    /// [`StoreError::ForeignCursor`] when it came from another query.
    pub fn position_in(&self, query: &str) -> Result<&str, StoreError> {
        if self.query == fingerprint(query) {
            Ok(&self.position)
        } else {
            Err(StoreError::ForeignCursor)
        }
    }
}

fn fingerprint(query: &str) -> [u8; 6] {
    let mut fingerprint = [0; 6];
    fingerprint.copy_from_slice(&digest(&["cursor", query])[..6]);
    fingerprint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_for_its_own_query_only() {
        let cursor = Cursor::parse(&Cursor::new("a", "2026~m").encode()).unwrap();
        assert_eq!(cursor.position_in("a").unwrap(), "2026~m");
        assert!(cursor.position_in("b").is_err());
        for forged in ["", "!", "AAAA", "Zm9yZ2VkAAE", &"A".repeat(600)] {
            assert!(Cursor::parse(forged).is_err(), "{forged}");
        }
    }
}
