//! The crate's source, as far as its imports go.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
};

/// A path of modules below the crate, or of a name in one of them.
pub type Path = Vec<String>;

/// One `use`, of one name.
struct Import {
    path: Path,
    /// What it is called here.
    name: String,
    /// Whether it hands the name on.
    public: bool,
}

struct File {
    imports: Vec<Import>,
    /// Paths written out elsewhere.
    named: Vec<Path>,
}

/// The Rust files in a folder, each with its text; those of test modules are left out.
pub fn files(folder: &str) -> io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(each) = folders.pop() {
        for entry in fs::read_dir(each)? {
            let path = entry?.path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() && !name.ends_with("/tests") {
                folders.push(name);
            } else if name.ends_with(".rs") && !name.ends_with("/tests.rs") {
                let inner = name[folder.len() + 1..].to_owned();
                files.push((inner, fs::read_to_string(&path)?));
            }
        }
    }
    Ok(files)
}

/// Every file of the crate by its module.
pub struct Crate(BTreeMap<Path, File>);

impl Crate {
    /// Reads the crate in a folder. Test modules are left out.
    pub fn read(folder: &str) -> io::Result<Self> {
        let files = files(folder)?;
        let files: Vec<_> = files
            .iter()
            .map(|(n, t)| (n.as_str(), t.as_str()))
            .collect();
        Ok(Self::of(&files))
    }

    /// The crate of these files, each with its text.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file = |(name, text): &(&str, &str)| {
            let module = module(name);
            let file = File::read(&module, text);
            (module, file)
        };
        Self(files.iter().map(file).collect())
    }

    /// Every module.
    pub fn modules(&self) -> impl Iterator<Item = &Path> {
        self.0.keys()
    }

    /// The modules that define what a module uses. What a module hands on of its own
    /// children it does not use.
    pub fn used_by(&self, module: &Path) -> BTreeSet<Path> {
        let file = &self.0[module];
        let handed_on = |each: &&Import| each.public && each.path.starts_with(module);
        let imports = file.imports.iter().filter(|each| !handed_on(each));
        let paths = imports.map(|each| &each.path).chain(&file.named);
        paths.map(|path| self.home(path, 0)).collect()
    }

    /// The module that defines what a path names.
    fn home(&self, path: &[String], depth: usize) -> Path {
        assert!(depth < 20, "{path:?} leads nowhere");
        let mut module = Path::new();
        for (at, name) in path.iter().enumerate() {
            let mut child = module.clone();
            child.push(name.clone());
            if self.0.contains_key(&child) {
                module = child;
                continue;
            }
            let imports = self.0.get(&module).map_or(&[][..], |file| &file.imports);
            let Some(import) = imports.iter().find(|each| &each.name == name) else {
                return module;
            };
            let mut onward = import.path.clone();
            onward.extend_from_slice(&path[at + 1..]);
            // A macro, which hands itself on.
            if onward == path {
                return module;
            }
            return self.home(&onward, depth + 1);
        }
        module
    }
}

fn module(name: &str) -> Path {
    let name = name.trim_end_matches(".rs");
    let parts = name
        .split('/')
        .filter(|part| !matches!(*part, "mod" | "lib"));
    parts.map(str::to_owned).collect()
}

impl File {
    fn read(module: &Path, text: &str) -> Self {
        let text = without_tests(&without_comments(text));
        let mut file = Self {
            imports: Vec::new(),
            named: Vec::new(),
        };
        let mut rest = text.as_str();
        while let Some(each) = next_use(rest) {
            file.named.extend(written_out(module, each.before));
            for leaf in leaves(each.tree) {
                file.imports.extend(import(module, &leaf, each.public));
            }
            rest = each.behind;
        }
        file.named.extend(written_out(module, rest));
        file
    }
}

/// A `use`, which begins its line.
struct Use<'t> {
    before: &'t str,
    tree: &'t str,
    behind: &'t str,
    public: bool,
}

fn next_use(text: &str) -> Option<Use<'_>> {
    text.match_indices("use ").find_map(|(at, word)| {
        let before = &text[..at];
        let public = match before.rsplit('\n').next().unwrap_or_default().trim() {
            "" => false,
            "pub" | "pub(crate)" | "pub(super)" => true,
            _ => return None,
        };
        let (tree, behind) = text[at + word.len()..].split_once(';')?;
        Some(Use {
            before,
            tree,
            behind,
            public,
        })
    })
}

/// The single paths of a tree of them.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((stem, inner)) = tree.split_once('{') else {
        return vec![tree.to_owned()];
    };
    let inner = inner.trim_end().trim_end_matches('}');
    let mut depth = 0;
    let parts = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let parts = parts.filter(|part| !part.trim().is_empty());
    parts
        .flat_map(leaves)
        .map(|leaf| format!("{stem}{leaf}"))
        .collect()
}

fn import(module: &Path, leaf: &str, public: bool) -> Option<Import> {
    let (path, alias) = leaf.split_once(" as ").unwrap_or((leaf, ""));
    let mut path = absolute(module, path.trim())?;
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name = match alias.trim() {
        "" => path.last()?.clone(),
        alias => alias.to_owned(),
    };
    Some(Import { path, name, public })
}

/// A path from the crate's root; none of another crate.
fn absolute(module: &Path, path: &str) -> Option<Path> {
    let mut base = module.clone();
    let mut parts = path.split("::").peekable();
    match parts.next()? {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            base.pop();
        }
        first => base.push(first.to_owned()),
    }
    while parts.next_if_eq(&"super").is_some() {
        base.pop();
    }
    base.extend(parts.map(str::to_owned));
    Some(base)
}

/// The paths of this crate that are written out in code.
fn written_out(module: &Path, code: &str) -> Vec<Path> {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let words = code.split(|c: char| !is_path(c));
    let ours = words.filter(|word| word.starts_with("crate::") || word.starts_with("super::"));
    ours.filter_map(|word| absolute(module, word.trim_end_matches(':')))
        .collect()
}

fn without_comments(text: &str) -> String {
    let lines = text.lines();
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.map(|line| format!("{line}\n")).collect()
}

/// Leaves out each item behind `#[cfg(test)]`.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut parts = text.split("#[cfg(test)]");
    kept.push_str(parts.next().unwrap_or_default());
    for part in parts {
        kept.push_str(&part[end_of_item(part)..]);
    }
    kept
}

/// Where the first item of a text ends: at its semicolon or its closing brace.
fn end_of_item(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' => {}
            _ => continue,
        }
        let over = depth == 0 && (c != '}' || !text[at + 1..].starts_with(';'));
        if over && c != '{' {
            return at + 1;
        }
    }
    text.len()
}
