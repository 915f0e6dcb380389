//! Where a sentence ends in a value: a text that goes on with its own full stop must not
//! say two of them. Times end in a dot in some regions (`3:00 p.m.`), addresses and
//! companies in many (`Main St.`, `Acme Inc.`), and titles in whatever people type.

/// Stands behind a value while a text is being made. It is a noncharacter, which no value
/// may hold ([`super::clean::clean`]).
pub(super) const END: char = '\u{fdd0}';

/// A value with its end marked.
pub(super) fn ended(value: &str) -> String {
    if value.is_empty() {
        String::new()
    } else {
        format!("{value}{END}")
    }
}

/// The text without marks, and without the punctuation that a value before it makes one
/// too many: a full stop behind a value that ends its sentence itself, the same sign
/// twice, a comma behind a question.
///
/// In HTML a closing tag may stand between the two.
pub(super) fn settled(text: &str) -> String {
    let mut settled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(END) {
        settled.push_str(before);
        let behind = behind.trim_start_matches(END);
        let tags = closing_tags(behind);
        let (tags, behind) = behind.split_at(tags);
        let last = last_sign(&settled);
        settled.push_str(tags);
        rest = match next_sign(behind) {
            Some(next) if superfluous(last, next) => &behind[next.len_utf8()..],
            _ => behind,
        };
    }
    settled.push_str(rest);
    settled
}

/// What a value ends in, its closing quotes aside.
fn last_sign(text: &str) -> Option<char> {
    let quotes = ["&quot;", "&#39;", "\"", "'", "”", "’", "“", "»"];
    let mut text = text.trim_end();
    while let Some(shorter) = quotes.iter().find_map(|quote| text.strip_suffix(quote)) {
        text = shorter;
    }
    text.chars().next_back()
}

/// The sign that a text goes on with; not the first dot of several.
fn next_sign(text: &str) -> Option<char> {
    text.chars().next().filter(|_| !text.starts_with(".."))
}

fn superfluous(last: Option<char>, next: char) -> bool {
    match (last, next) {
        (Some('.' | '!' | '?' | '…' | '。' | '！' | '？'), '.') => true,
        (Some('!' | '?' | '…' | '！' | '？'), ',') => true,
        (Some(last), '!' | '?') => last == next,
        _ => false,
    }
}

/// How many bytes of closing tags a text begins with.
fn closing_tags(text: &str) -> usize {
    let mut rest = text;
    while let Some((_, behind)) = rest.strip_prefix("</").and_then(|tag| tag.split_once('>')) {
        rest = behind;
    }
    text.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_ends_its_sentence_gets_no_second_end() {
        for (before, value, behind, expected) in [
            ("at ", "3:00 p.m.", ".", "at 3:00 p.m."),
            ("at ", "3:00 p.m.", ". Then", "at 3:00 p.m. Then"),
            ("at ", "3:00 p.m.", ", then", "at 3:00 p.m., then"),
            ("at ", "3:00 p.m.", "?", "at 3:00 p.m.?"),
            ("at ", "15:00", ".", "at 15:00."),
            ("for ", "Can we talk?", ".", "for Can we talk?"),
            ("", "Can we talk?", ", Jan 15", "Can we talk? Jan 15"),
            ("", "Can we talk?", "?", "Can we talk?"),
            ("", "Surprise!", "?", "Surprise!?"),
            ("for ", "the \"big one.\"", ".", "for the \"big one.\""),
            (
                "for ",
                "the &quot;big one.&quot;",
                ".",
                "for the &quot;big one.&quot;",
            ),
            ("for ", "Fix roof (urgent!)", ".", "for Fix roof (urgent!)."),
            ("", "Fenster...", ".", "Fenster..."),
            ("", "Acme Inc.", "... more", "Acme Inc.... more"),
            ("<b>", "Acme Inc.", "</b>.</p>", "<b>Acme Inc.</b></p>"),
            ("<b>", "Acme Inc.", "</b>, or", "<b>Acme Inc.</b>, or"),
            ("Hello ", "Bob Lee Jr.", ",", "Hello Bob Lee Jr.,"),
            ("", "", ".", "."),
        ] {
            assert_eq!(
                settled(&format!("{before}{}{behind}", ended(value))),
                expected
            );
        }
        // A full stop of the text's own says nothing twice.
        assert_eq!(settled("Wait... what?."), "Wait... what?.");
    }
}
