//! Texts of which nothing is left that would make them show as something else.

/// Drops what makes a text show as something else than it is: control
/// characters other than line breaks and tabs, and the marks that turn the
/// direction of writing around (Unicode UAX #9: U+200E, U+200F, U+202A to
/// U+202E, U+2066 to U+2069), and noncharacters, which no HTML may hold.
pub(crate) fn clean(text: &str) -> String {
    let mut text = crate::text::plain(text);
    text.retain(|c| matches!(c, '\n' | '\t') || !c.is_control());
    text
}

/// The texts that are not empty.
pub(super) fn joined(texts: &[&str], separator: &str) -> String {
    let mut texts = texts.to_vec();
    texts.retain(|text| !text.is_empty());
    texts.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_writing_around_is_dropped() {
        assert_eq!(
            clean("a\u{202e}b\u{2066}c\u{200f}d\u{0}e\nf\u{fffe}"),
            "abcde\nf"
        );
    }
}
