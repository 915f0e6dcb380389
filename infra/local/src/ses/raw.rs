//! The raw message of a `SendEmail` request, and what SES checks of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{bad_request, rejected};
use crate::wire::AwsError;

/// SES quota: 40 MB a message after base64.
const MAX_ENCODED: usize = 40 * 1024 * 1024;
/// RFC 5321 §4.5.3.1.6: a line with its CRLF is at most 1,000 octets.
const MAX_LINE: usize = 998;

/// The message's bytes.
pub(super) fn decode(data: &str) -> Result<Vec<u8>, AwsError> {
    if data.len() > MAX_ENCODED {
        return Err(rejected("Message length is more than 41943040 bytes long"));
    }
    let raw = STANDARD.decode(data).map_err(bad_request)?;
    if raw.split(|byte| *byte == b'\n').any(is_too_long) {
        return Err(rejected(
            "Transaction failed: a line is longer than 1000 characters",
        ));
    }
    Ok(raw)
}

fn is_too_long(line: &[u8]) -> bool {
    line.strip_suffix(b"\r").unwrap_or(line).len() > MAX_LINE
}
