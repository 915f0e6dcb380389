//! The parts that an SMS is billed as.

/// How an SMS travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// The 7-bit alphabet of GSM 03.38 (3GPP TS 23.038 §6.2.1): 160 characters, or
    /// 153 a part.
    Gsm7,
    /// 16-bit units: 70, or 67 a part.
    Ucs2,
}

/// The parts an SMS is billed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Segments {
    /// How many; 0 only for an empty text.
    pub count: usize,
    /// How they are encoded.
    pub encoding: Encoding,
}

/// Counts the parts of a text. A character of two units (GSM extension, UTF-16
/// surrogate pair) is never split over two parts.
pub fn segments(text: &str) -> Segments {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (encoding, sizes, single, part) = match gsm {
        Some(sizes) => (Encoding::Gsm7, sizes, 160, 153),
        None => (
            Encoding::Ucs2,
            text.chars().map(char::len_utf16).collect(),
            70,
            67,
        ),
    };
    let count = match sizes.iter().sum::<usize>() {
        0 => 0,
        total if total <= single => 1,
        _ => parts(&sizes, part),
    };
    Segments { count, encoding }
}

fn parts(sizes: &[usize], capacity: usize) -> usize {
    let mut count = 1;
    let mut used = 0;
    for size in sizes {
        if used + size > capacity {
            count += 1;
            used = 0;
        }
        used += size;
    }
    count
}

/// The septets a character takes; `None` when the alphabet has none for it.
pub(crate) fn septets(c: char) -> Option<usize> {
    match c {
        ' '..='_' if !matches!(c, '[' | '\\' | ']' | '^') => Some(1),
        'a'..='z' | '\n' | '\r' => Some(1),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ'
        | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä'
        | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        '\u{c}' | '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => Some(2),
        _ => None,
    }
}

/// Whether the alphabet has every letter of a text.
pub(crate) fn in_alphabet(text: &str) -> bool {
    text.chars().all(|c| septets(c).is_some())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing("", 0, Encoding::Gsm7)]
    #[case::full_single(&"a".repeat(160), 1, Encoding::Gsm7)]
    #[case::one_more(&"a".repeat(161), 2, Encoding::Gsm7)]
    #[case::two_full_parts(&"a".repeat(306), 2, Encoding::Gsm7)]
    #[case::third_part(&"a".repeat(307), 3, Encoding::Gsm7)]
    #[case::extension_counts_two(&"€".repeat(80), 1, Encoding::Gsm7)]
    #[case::extension_over(&"€".repeat(81), 2, Encoding::Gsm7)]
    // 153 is odd: the 77th euro sign does not fit in half, so a part holds 76.
    #[case::extension_is_not_split(&"€".repeat(153), 3, Encoding::Gsm7)]
    #[case::extension_at_the_edge(&format!("{}€{}", "a".repeat(152), "a".repeat(152)), 3, Encoding::Gsm7)]
    #[case::german("äöüÄÖÜß", 1, Encoding::Gsm7)]
    #[case::brackets("[]{}|~^\\", 1, Encoding::Gsm7)]
    #[case::at_and_dollar("@$_!\"#%&'()*+,-./:;<=>?", 1, Encoding::Gsm7)]
    #[case::backtick("`", 1, Encoding::Ucs2)]
    #[case::ucs2_full(&"я".repeat(70), 1, Encoding::Ucs2)]
    #[case::ucs2_over(&"я".repeat(71), 2, Encoding::Ucs2)]
    #[case::ucs2_two_full(&"я".repeat(134), 2, Encoding::Ucs2)]
    #[case::emoji(&"👍".repeat(35), 1, Encoding::Ucs2)]
    // 67 is odd: a part holds 33 surrogate pairs.
    #[case::pairs_are_not_split(&"👍".repeat(67), 3, Encoding::Ucs2)]
    #[case::one_curly_quote(&format!("{}’", "a".repeat(70)), 2, Encoding::Ucs2)]
    fn parts_are_counted_as_carriers_count(
        #[case] text: &str,
        #[case] count: usize,
        #[case] encoding: Encoding,
    ) {
        assert_eq!(segments(text), Segments { count, encoding });
    }
}
