//! The order of the crate's modules: imports run one way, and no files import each other
//! in a circle, here and in the other crates, none of which has examples in its docs. What a name stands for is looked up through
//! re-exports, so that an arrow ends at the file that defines it.

#[path = "order/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use source::{Crate, Path};

/// The rooms, each of which imports from itself and from those before it.
const ORDER: [&str; 6] = [
    "values",
    "records",
    "decisions",
    "render",
    "sample",
    "authoring",
];

/// Which files each file uses, by module.
fn arrows(source: &Crate) -> BTreeMap<Path, BTreeSet<Path>> {
    let of = |module: &Path| {
        let used = source.used_by(module).into_iter();
        used.filter(|used| used != module).collect()
    };
    let modules = source.modules().filter(|module| !module.is_empty());
    modules.map(|module| (module.clone(), of(module))).collect()
}

/// A file that stands in no room comes after all of them.
fn place(module: &Path) -> usize {
    let room = module.first().map_or("", String::as_str);
    let place = ORDER.iter().position(|each| *each == room);
    place.unwrap_or(ORDER.len())
}

fn against_the_order(arrows: &BTreeMap<Path, BTreeSet<Path>>) -> Vec<String> {
    let homeless = arrows.keys().filter(|file| place(file) == ORDER.len());
    let homeless = homeless.map(|file| format!("{} stands in no room", file.join("::")));
    let each = arrows
        .iter()
        .flat_map(|(from, used)| used.iter().map(move |to| (from, to)));
    let wrong = each.filter(|(from, to)| place(from) < place(to));
    let wrong = wrong.map(|(from, to)| format!("{} uses {}", from.join("::"), to.join("::")));
    homeless.chain(wrong).collect()
}

/// The files of which each leads to another and back, after all that are in no circle
/// were taken away.
fn circles(mut arrows: BTreeMap<Path, BTreeSet<Path>>) -> Vec<String> {
    loop {
        let used: BTreeSet<_> = arrows.values().flatten().cloned().collect();
        let files: BTreeSet<_> = arrows.keys().cloned().collect();
        let before = arrows.len();
        arrows.retain(|file, uses| used.contains(file) && uses.iter().any(|to| files.contains(to)));
        for uses in arrows.values_mut() {
            uses.retain(|to| files.contains(to));
        }
        if arrows.len() == before {
            break;
        }
    }
    let said = arrows.iter().map(|(file, uses)| {
        let uses: Vec<_> = uses.iter().map(|to| to.join("::")).collect();
        format!("{} uses {}", file.join("::"), uses.join(", "))
    });
    said.collect()
}

#[test]
fn imports_run_one_way_only() {
    let source = Crate::read(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let arrows = arrows(&source);
    assert!(arrows.len() > 80, "only {} files were found", arrows.len());
    let wrong = against_the_order(&arrows);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[rstest]
fn no_files_import_each_other_in_a_circle(
    #[values("api", "cloud", "console", "domain", "flows", "web")] name: &str,
) {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let source = Crate::read(&format!("{shared}/{name}/src")).unwrap();
    let circles = circles(arrows(&source));
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// Libraries say `doctest = false`, so that no compiler is started for docs without
/// examples: an example would be tried by nobody.
#[test]
fn no_docs_have_examples() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let mut files = 0;
    for folder in ["functions", "shared", "infra"] {
        for (name, text) in source::files(&format!("{root}/{folder}")).unwrap() {
            files += 1;
            let docs = text.lines().map(str::trim_start);
            let mut docs = docs.filter(|line| name.contains("/src/") && line.starts_with("//"));
            let example =
                docs.find(|line| line.trim_start_matches(['/', '!', ' ']).starts_with("```"));
            assert_eq!(
                example, None,
                "{name}: nothing tries it, as its crate says `doctest = false`"
            );
        }
    }
    assert!(files > 300, "only {files} files were found");
}

fn small(files: &[(&str, &str)]) -> BTreeMap<Path, BTreeSet<Path>> {
    arrows(&Crate::of(files))
}

#[test]
fn an_arrow_is_found_through_what_hands_it_on() {
    let files = small(&[
        ("lib.rs", "pub use records::meeting;"),
        ("values/text.rs", "use crate::meeting::Meeting;"),
        ("records/mod.rs", "pub mod meeting;"),
        ("records/meeting/mod.rs", "pub use record::Meeting;"),
        ("records/meeting/record.rs", "pub struct Meeting;"),
    ]);
    assert_eq!(
        against_the_order(&files),
        ["values::text uses records::meeting::record"]
    );
}

#[test]
fn an_arrow_is_found_where_a_path_is_written_out() {
    let files = small(&[
        ("values/text.rs", "fn f() { crate::records::g(); }"),
        ("records/mod.rs", "pub fn g() {}"),
    ]);
    assert_eq!(against_the_order(&files), ["values::text uses records"]);
}

#[test]
fn a_file_outside_the_rooms_is_found() {
    let files = small(&[("utils.rs", ""), ("values/text.rs", "")]);
    assert_eq!(against_the_order(&files), ["utils stands in no room"]);
}

#[test]
fn what_only_tests_use_is_no_arrow() {
    let files = small(&[
        (
            "values/text.rs",
            "#[cfg(test)]\nuse crate::records::g;\n// crate::records::g\n#[cfg(test)]\nmod tests {\n    use crate::records::g;\n}\n",
        ),
        ("records/mod.rs", "pub fn g() {}"),
    ]);
    assert_eq!(against_the_order(&files), [""; 0]);
}

#[test]
fn a_circle_is_found_and_what_leads_to_it_is_none() {
    let files = small(&[
        ("render/a.rs", "use super::b::{self, B};"),
        ("render/b.rs", "use super::{C};"),
        ("render/c.rs", "use super::a::A;"),
        ("render/d.rs", "use super::a::A;"),
        (
            "render/mod.rs",
            "mod a;\nmod b;\nmod c;\nmod d;\npub use c::C;\n",
        ),
    ]);
    assert_eq!(
        circles(files),
        [
            "render::a uses render::b",
            "render::b uses render::c",
            "render::c uses render::a"
        ]
    );
}
