//! A text as a header shows it: on one line, not too long, and read just as it stands.

/// The most characters of a subject; it is cut there.
const MAX_SUBJECT: usize = 250;

/// A text as a subject: on one line, cut where it is too long, and read just as
/// it stands.
pub(super) fn subject_line(text: &str) -> String {
    let line = literal(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    match line.char_indices().nth(MAX_SUBJECT) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Text whose reader sees just what it says, in a header. What looks like an
/// encoded word (RFC 2047 §2) would be decoded; with an invisible character
/// inside it is one no longer.
pub(super) fn literal(text: &str) -> String {
    text.replace("=?", "=\u{200b}?")
}
