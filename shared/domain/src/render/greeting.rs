//! What a customer is called in a greeting (E7).
//!
//! Names come as CRMs write them, and nothing tells which word of one is the given name:
//! `Lee Wei`, `Dr. Ann Lee`, `Ann & Bob Lee`, `Anna Maria Rossi`. So it is the whole name,
//! in the order in which it is said.

/// What begins a family name in small letters.
const PARTICLES: [&str; 14] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "la", "le", "zu", "ter",
];

/// What follows a comma without being a given name: honours and kinds of companies.
const SUFFIXES: [&str; 36] = [
    "jr", "sr", "ii", "iii", "iv", "v", "phd", "md", "dds", "dmd", "do", "dvm", "rn", "np", "pa",
    "cpa", "esq", "esquire", "pe", "mba", "jd", "llm", "ma", "ba", "msc", "bsc", "inc", "llc",
    "ltd", "co", "corp", "gmbh", "ag", "kg", "sa", "sl",
];

/// The name to greet by: the whole name. `Lee, Ann` is turned round to `Ann Lee`, where
/// the comma can mean nothing else.
pub(super) fn greeting_name(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.split_once(',') {
        Some((family, given)) if is_family(family) && is_given(given.trim()) => {
            format!("{} {}", given.trim(), family.trim())
        }
        _ => name,
    }
}

/// Whether it may be a family name: one word or two, particles aside.
fn is_family(text: &str) -> bool {
    let words = text
        .split_whitespace()
        .filter(|word| !PARTICLES.contains(word));
    (1..=2).contains(&words.count()) && !text.contains(['&', '.', '/'])
}

/// Whether it may be given names: no further comma, and nothing that follows a whole name.
fn is_given(text: &str) -> bool {
    let suffix = |word: &str| {
        let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        SUFFIXES.contains(&letters.to_lowercase().as_str())
    };
    let named = text.chars().any(char::is_alphabetic) && !text.contains([',', '(']);
    named && text.split(' ').count() <= 4 && !text.split(' ').any(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_said_whole_and_in_order() {
        for (written, said) in [
            ("Ann Lee", "Ann Lee"),
            ("Lee, Ann", "Ann Lee"),
            ("LEE, ANN", "ANN LEE"),
            ("Lee,Ann", "Ann Lee"),
            ("van der Berg, Jan", "Jan van der Berg"),
            (
                "García Márquez, Gabriel José",
                "Gabriel José García Márquez",
            ),
            ("Lee, Ann & Bob", "Ann & Bob Lee"),
            ("Lee, Dr. Ann", "Dr. Ann Lee"),
            ("Dr. Ann Lee", "Dr. Ann Lee"),
            ("Mr. and Mrs. Lee", "Mr. and Mrs. Lee"),
            ("Ann & Bob Lee", "Ann & Bob Lee"),
            ("Cher", "Cher"),
            ("Lee Wei", "Lee Wei"),
            ("王小明", "王小明"),
            ("Ann  Lee ", "Ann Lee"),
            ("Ann Lee, Jr.", "Ann Lee, Jr."),
            ("Lee, Jr.", "Lee, Jr."),
            ("Ann Lee, M.D.", "Ann Lee, M.D."),
            ("Lee, Ann, PhD", "Lee, Ann, PhD"),
            ("Acme, Inc.", "Acme, Inc."),
            ("Ann Lee (mobile), Bob", "Ann Lee (mobile), Bob"),
            ("Smith & Sons, Boston", "Smith & Sons, Boston"),
            ("Lee,", "Lee,"),
            (", Ann", ", Ann"),
            ("", ""),
        ] {
            assert_eq!(greeting_name(written), said);
        }
    }
}
