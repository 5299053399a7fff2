//! The catalogue: all providers that are known, built-in and the user's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use jiff::SignedDuration;

use super::definition::Definition;
use super::error::DefinitionError;

/// The built-in definitions: file name and text.
const BUILT_IN: [(&str, &str); 4] = [
    ("babysea.toml", include_str!("../../../../providers/babysea.toml")),
    ("openrouter.toml", include_str!("../../../../providers/openrouter.toml")),
    ("predev.toml", include_str!("../../../../providers/predev.toml")),
    ("stability.toml", include_str!("../../../../providers/stability.toml")),
];

/// A definition larger than this is a mistake.
const MAX_FILE: u64 = 256 * 1024;

/// All providers that are known.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    entries: BTreeMap<String, Entry>,
}

/// One provider of the catalogue.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its definition.
    pub definition: Arc<Definition>,
    /// Where the definition came from.
    pub provenance: Provenance,
}

/// Where a definition came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// It is part of the program.
    BuiltIn,
    /// It is a file of the user.
    User {
        /// The file.
        path: PathBuf,
        /// Whether the program has one of the same id, which is not used then.
        replaces_built_in: bool,
    },
}

impl Catalogue {
    /// The built-in providers, and those of the `*.toml` files in `folder`, which win. A file that cannot be used, or
    /// has the id of an earlier file, is left out and told about; the others are not affected. A folder that does not
    /// exist is an empty one.
    #[must_use]
    pub fn load(folder: &Path) -> (Self, Vec<DefinitionError>) {
        let mut catalogue = Self::default();
        let mut errors = Vec::new();
        for (file, text) in BUILT_IN {
            match Definition::parse(text, file) {
                Ok(definition) => catalogue.insert(definition, Provenance::BuiltIn),
                Err(error) => errors.push(error),
            }
        }
        match toml_files(folder) {
            Ok(paths) => {
                for path in paths {
                    if let Err(error) = catalogue.add(&path) {
                        errors.push(error);
                    }
                }
            }
            Err(error) => errors.push(DefinitionError::unreadable(
                &folder.display().to_string(),
                format!("the folder cannot be read ({error}); check its permissions"),
            )),
        }
        (catalogue, errors)
    }

    /// The provider with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// The least time between two questions that a provider asks for; nothing for one that is not known.
    #[must_use]
    pub fn min_interval(&self, id: &str) -> SignedDuration {
        self.get(id).map_or(SignedDuration::ZERO, |entry| entry.definition.min_interval)
    }

    /// All providers, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    fn add(&mut self, path: &Path) -> Result<(), DefinitionError> {
        let file = path.display().to_string();
        let text = read(path).map_err(|reason| DefinitionError::unreadable(&file, reason))?;
        let definition = Definition::parse(&text, &file)?;
        let replaces_built_in = match self.get(&definition.id).map(|entry| &entry.provenance) {
            None => false,
            Some(Provenance::BuiltIn) => true,
            Some(Provenance::User { path: earlier, .. }) => {
                let reason = format!(
                    "{} has the id “{}” already; give one of them another id",
                    earlier.display(),
                    definition.id
                );
                return Err(DefinitionError::unreadable(&file, reason));
            }
        };
        self.insert(definition, Provenance::User { path: path.to_owned(), replaces_built_in });
        Ok(())
    }

    fn insert(&mut self, definition: Definition, provenance: Provenance) {
        self.entries.insert(definition.id.clone(), Entry { definition: Arc::new(definition), provenance });
    }
}

fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")));
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, String> {
    let metadata = fs::metadata(path).map_err(|error| format!("the file cannot be read: {error}"))?;
    if !metadata.is_file() {
        return Err("this is no file".to_owned());
    }
    if metadata.len() > MAX_FILE {
        return Err(format!("the file is larger than {} KiB, which no definition is", MAX_FILE / 1024));
    }
    let bytes = fs::read(path).map_err(|error| format!("the file cannot be read: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "the file is not in UTF-8; save it in that encoding".to_owned())
}
