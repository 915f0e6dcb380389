//! Every rule that is cited anywhere in the repository is written down in
//! `src/rules.md`, and every rule there has one number.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

const RULES: &str = include_str!("../src/rules.md");

/// The files that cite rules: what people write here by hand.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            let skipped =
                matches!(&*name, "target" | "node_modules" | "snapshots") || name.starts_with('.');
            if !skipped {
                sources(&path, found);
            }
        } else if matches!(
            path.extension().and_then(|ext| ext.to_str()),
            Some("rs" | "md" | "yaml" | "py" | "mjs" | "html")
        ) {
            found.push(path);
        }
    }
}

/// Whether a word looks like a rule's number: `L5`, `N11`.
fn is_rule(word: &str) -> bool {
    let number = word.strip_prefix(['N', 'C', 'E', 'S', 'L', 'R', 'G', 'P']);
    number.is_some_and(|number| {
        (1..=2).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// The rules that a line cites: in brackets, as in (L5) or (N12, L9), or after `promise`.
fn cited(line: &str) -> Vec<String> {
    let mut cited = Vec::new();
    for inner in line.split('(').skip(1) {
        let inner = inner.split(')').next().unwrap_or_default();
        let words: Vec<_> = inner
            .split([',', ';', ' ', '–'])
            .filter(|w| !w.is_empty())
            .collect();
        // Code has brackets of its own: a citation begins or ends with a rule.
        let ends = [words.first(), words.last()].into_iter().flatten();
        if ends.into_iter().any(|word| is_rule(word)) && !inner.contains('"') {
            cited.extend(
                words
                    .iter()
                    .filter(|word| is_rule(word))
                    .map(ToString::to_string),
            );
        }
    }
    for rest in line
        .split("promise ")
        .skip(1)
        .chain(line.split("Promise ").skip(1))
    {
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if !number.is_empty() {
            cited.push(number);
        }
    }
    cited
}

/// The numbers of the rules and promises that are written down.
fn rules() -> Vec<String> {
    let rule = |line: &str| {
        let bold = line
            .strip_prefix("- **")
            .and_then(|rest| rest.split_once("**"));
        let numbered = line.split_once(". ").map(|(number, _)| number);
        let numbered = numbered.filter(|number| number.bytes().all(|b| b.is_ascii_digit()));
        bold.map(|(number, _)| number)
            .or(numbered)
            .map(str::to_owned)
    };
    RULES.lines().filter_map(rule).collect()
}

#[test]
fn every_rule_that_is_cited_is_written_down() {
    let all = rules();
    let rules: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!(rules.len(), all.len(), "a number stands twice");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 300, "the repository is read");
    let (mut citations, mut unknown) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            for rule in cited(line) {
                citations += 1;
                if !rules.contains(&rule) {
                    unknown.push(format!("{}:{}: {rule}", file.display(), number + 1));
                }
            }
        }
    }
    assert!(citations > 100, "citations are found: {citations}");
    assert!(unknown.is_empty(), "no such rule:\n{}", unknown.join("\n"));
}

#[test]
fn a_citation_is_found_and_code_is_none() {
    assert_eq!(cited("/// Kept apart (N12, L9)."), ["N12", "L9"]);
    assert_eq!(cited("fenced (promise 6)"), ["6"]);
    assert!(cited("rule(S3_BUCKET, \"L5\")").is_empty());
    assert!(cited("call(one, two)").is_empty());
}
