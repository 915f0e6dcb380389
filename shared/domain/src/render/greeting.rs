//! What a customer is called in a greeting (E7).
//!
//! Names come as CRMs write them, and nothing tells which word of one is the given name:
//! `Lee Wei`, `Dr. Ann Lee`, `Ann & Bob Lee`, `Anna Maria Rossi`. So it is the whole name,
//! in the order in which it is said.

/// What begins a family name, and is not counted.
const PARTICLES: [&str; 14] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "la", "le", "zu", "ter",
];

/// What follows a comma without being a given name: honours and kinds of companies.
const SUFFIXES: [&str; 52] = [
    "jr", "sr", "ii", "iii", "iv", "v", "phd", "md", "dds", "dmd", "do", "dvm", "rn", "np", "pa",
    "cpa", "esq", "esquire", "pe", "mba", "jd", "llm", "ma", "ba", "msc", "bsc", "od", "psyd",
    "lcsw", "dphil", "inc", "llc", "llp", "lp", "pllc", "pc", "plc", "ltd", "co", "corp", "gmbh",
    "ag", "kg", "ohg", "ug", "sa", "sl", "srl", "sarl", "sas", "bv", "nv",
];

/// The name to greet by: the whole name. `Lee, Ann` is turned round to `Ann Lee`, where
/// the comma can mean nothing else.
pub(super) fn greeting_name(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.split_once(',') {
        Some((family, given)) if is_family(family) && is_given(given.trim(), family.trim()) => {
            format!("{} {}", given.trim(), family.trim())
        }
        _ => name,
    }
}

/// Whether it may be a family name: one word or two, particles aside.
fn is_family(text: &str) -> bool {
    let words = text
        .split_whitespace()
        .filter(|word| !PARTICLES.contains(&word.to_lowercase().as_str()));
    (1..=2).contains(&words.count()) && !text.contains(['&', '.', '/'])
}

/// Whether it may be given names: no further comma, and nothing that follows a whole
/// name. Letters of a degree or an honour are known by their form, because no list has
/// all of them: `LCSW`, `PsyD`, `M.S.`.
fn is_given(text: &str, family: &str) -> bool {
    // Who writes the family name in capitals may write all in capitals.
    let shouted = capitals(family);
    let suffix = |word: &str| {
        let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        let ends_large = letters
            .chars()
            .skip(1)
            .last()
            .is_some_and(char::is_uppercase);
        SUFFIXES.contains(&letters.to_lowercase().as_str())
            || (ends_large && !shouted)
            || word.matches('.').count() > 1
    };
    let named = text.chars().any(char::is_alphabetic) && !text.contains([',', '(']);
    named && text.split(' ').count() <= 4 && !text.split(' ').any(suffix)
}

/// What stands before a name and is none.
const TITLES: [&str; 34] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "madam",
    "rev",
    "herr",
    "frau",
    "familie",
    "fam",
    "family",
    "ing",
    "mag",
    "sr",
    "sra",
    "srta",
    "señor",
    "señora",
    "don",
    "doña",
    "dra",
    "m",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "famille",
    "familia",
    "the",
];

/// The given name, as far as the form of a name shows one: `Ann` of `Ann Lee`, `Lee, Ann`
/// and `LEE Ann`. Of any other form it is the whole name. Two words do not show it for
/// certain (`Lee Wei`), so no text of ours greets by it.
pub(super) fn first_name(name: &str) -> String {
    let said = greeting_name(name);
    let given = match name.split_once(',') {
        Some((_, given)) if !said.contains(',') => given.trim(),
        Some(_) => return said,
        None => match said.split(' ').collect::<Vec<_>>().as_slice() {
            [first, last] if plain(first) && plain(last) => match (capitals(first), capitals(last))
            {
                (true, false) => last,
                _ => first,
            },
            _ => return said,
        },
    };
    if given.split_whitespace().all(plain) {
        given.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        said
    }
}

/// Whether a word is a name and nothing else.
fn plain(word: &str) -> bool {
    let known = |word: &str| TITLES.contains(&word) || SUFFIXES.contains(&word);
    word.chars()
        .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
        && word.chars().next().is_some_and(char::is_uppercase)
        && !known(&word.to_lowercase())
}

/// As CRMs write family names.
fn capitals(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(|c| !c.is_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_name_is_taken_only_from_a_name_that_shows_it() {
        for (written, given) in [
            ("Ann Lee", "Ann"),
            ("ANN LEE", "ANN"),
            ("LEE Ann", "Ann"),
            ("Lee, Ann", "Ann"),
            ("García Márquez, Gabriel José", "Gabriel José"),
            ("Lee, Dr. Ann", "Dr. Ann Lee"),
            ("Lee, Ann & Bob", "Ann & Bob Lee"),
            ("Ann Lee, Jr.", "Ann Lee, Jr."),
            ("Dr. Lee", "Dr. Lee"),
            ("Mrs Lee", "Mrs Lee"),
            ("Familie Müller", "Familie Müller"),
            ("Acme GmbH", "Acme GmbH"),
            ("Anna Maria Rossi", "Anna Maria Rossi"),
            ("Ann & Bob Lee", "Ann & Bob Lee"),
            ("Cher", "Cher"),
            ("王小明", "王小明"),
            ("王 小明", "王 小明"),
        ] {
            assert_eq!(first_name(written), given);
        }
    }

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
            ("Ann Lee, LCSW", "Ann Lee, LCSW"),
            // Of degrees on no list.
            ("Ann Lee, RDN", "Ann Lee, RDN"),
            ("Lee, EdD", "Lee, EdD"),
            ("Ann Lee, D.Sc.", "Ann Lee, D.Sc."),
            ("Ann Lee, PsyD", "Ann Lee, PsyD"),
            ("Ann Lee, M.S.", "Ann Lee, M.S."),
            ("Smith, OD", "Smith, OD"),
            ("Lee, J", "J Lee"),
            ("Smith, LaToya", "LaToya Smith"),
            ("De La Cruz, Maria", "Maria De La Cruz"),
            ("VAN DER BERG, JAN", "JAN VAN DER BERG"),
            ("Greenberg, Traurig LLP", "Greenberg, Traurig LLP"),
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
