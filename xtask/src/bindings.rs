//! The TypeScript side of the types that cross to the UI: what the tests export must be what is committed.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::command::{root, target};
use crate::error::Error;

/// Tells `cargo test` where to export to. `.cargo/config.toml` says where that is otherwise.
pub(crate) const VARIABLE: &str = "TS_RS_EXPORT_DIR";

/// Where the tests export to for [`check`], so that it changes nothing in the sources.
pub(crate) fn exported() -> PathBuf {
    target().join("xtask").join("bindings")
}

/// Forgets an earlier export.
pub(crate) fn clear() -> Result<(), Error> {
    match fs::remove_dir_all(exported()) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(Error::File { path: exported(), source }),
        _ => Ok(()),
    }
}

/// Compares the last export with the sources.
pub(crate) fn check() -> Result<(), Error> {
    let committed = root().join("ui/src/bindings");
    let (new, old) = (files(&exported())?, files(&committed)?);
    if new.is_empty() {
        return Err(Error::Found("No types were exported, because the tests did not run.".into()));
    }
    let names: Vec<_> = new.keys().chain(old.keys().filter(|name| !new.contains_key(*name))).collect();
    let differing: Vec<_> = names
        .into_iter()
        .filter(|name| new.get(*name) != old.get(*name))
        .map(|name| match (new.contains_key(name), old.contains_key(name)) {
            (true, true) => format!("  {} is out of date", name.display()),
            (true, false) => format!("  {} is missing", name.display()),
            _ => format!("  {} belongs to no type any more: delete it", name.display()),
        })
        .collect();
    if differing.is_empty() {
        return Ok(());
    }
    Err(Error::Found(format!(
        "{} differs from the types in Rust:\n{}\nRun `cargo test --workspace`, and commit what it exports.",
        committed.display(),
        differing.join("\n")
    )))
}

/// The files below a folder with their contents, by their path in it.
fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let error = |source| Error::File { path: next.clone(), source };
        let entries = match fs::read_dir(&next) {
            Err(source) if source.kind() == ErrorKind::NotFound => continue,
            entries => entries.map_err(error)?,
        };
        for entry in entries {
            let path = entry.map_err(error)?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let contents =
                    fs::read(&path).map_err(|source| Error::File { path: path.clone(), source })?;
                let name = path.strip_prefix(folder).unwrap_or(&path).to_owned();
                found.insert(name, contents);
            }
        }
    }
    Ok(found)
}
