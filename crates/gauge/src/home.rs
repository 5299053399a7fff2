//! Where the app's files lie, and how they are made and set aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// The identifier of the app: its folders, its D-Bus name and its bundle are named after it.
pub const IDENTIFIER: &str = "io.github.credit-gauge.CreditGauge";

/// The environment variable that puts everything into one folder.
pub const HOME_VARIABLE: &str = "CREDIT_GAUGE_HOME";

/// The folders that hold everything the app keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    data: PathBuf,
    config: PathBuf,
}

/// Why there is no place for the app's files.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The platform names no folder for application data.
    #[error(
        "this user account has no folder for application data: set {HOME_VARIABLE} to a folder of your choice"
    )]
    NoFolder,
    /// A folder could not be made or used.
    #[error("the folder {} cannot be used: check that it belongs to you and that its disk is writable, or set {HOME_VARIABLE} to another folder", path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Home {
    /// The home the environment asks for: `CREDIT_GAUGE_HOME`, or the platform's own folders. Makes the folders,
    /// for their owner only.
    ///
    /// # Errors
    /// When the platform names no folder, or the folder cannot be made.
    pub fn of_user() -> Result<Self, HomeError> {
        if let Some(folder) = std::env::var_os(HOME_VARIABLE).filter(|folder| !folder.is_empty()) {
            return Self::at(PathBuf::from(folder));
        }
        let folder = |base: Option<PathBuf>| Some(base?.join(IDENTIFIER));
        let data = folder(dirs::data_dir()).ok_or(HomeError::NoFolder)?;
        let config = folder(dirs::config_dir()).ok_or(HomeError::NoFolder)?;
        Self { data, config }.made()
    }

    /// One folder for everything.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn at(folder: PathBuf) -> Result<Self, HomeError> {
        let folder =
            std::path::absolute(&folder).map_err(|source| HomeError::Unusable { path: folder, source })?;
        Self { data: folder.clone(), config: folder }.made()
    }

    fn made(self) -> Result<Self, HomeError> {
        for path in [&self.data, &self.config, &self.providers_folder(), &self.logs_folder()] {
            make_folder(path).map_err(|source| HomeError::Unusable { path: path.clone(), source })?;
        }
        Ok(self)
    }

    /// The folder of the database and the logs; the whole home when `CREDIT_GAUGE_HOME` is set.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The user's preferences.
    #[must_use]
    pub fn settings_file(&self) -> PathBuf {
        self.config.join("settings.json")
    }

    /// Accounts without secrets, readings, alerts and their state.
    #[must_use]
    pub fn database_file(&self) -> PathBuf {
        self.data.join("gauge.db")
    }

    /// The user's own provider definitions.
    #[must_use]
    pub fn providers_folder(&self) -> PathBuf {
        self.config.join("providers")
    }

    /// The rotated logs.
    #[must_use]
    pub fn logs_folder(&self) -> PathBuf {
        self.data.join("logs")
    }
}

/// Makes a folder that only its owner may enter. One that is there already keeps its mode.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file for its owner only, making it empty if it is not there.
pub(crate) fn touch_private(path: &Path) -> io::Result<()> {
    private_options().append(true).open(path).map(drop)
}

fn private_options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes an empty file beside `path`, for its owner only, to write its next content into.
///
/// # Errors
/// What the system says.
pub fn stage(path: &Path) -> io::Result<PathBuf> {
    let mut staged = path.as_os_str().to_owned();
    staged.push(".new");
    let staged = PathBuf::from(staged);
    private_options().write(true).truncate(true).open(&staged)?;
    Ok(staged)
}

/// Puts a staged file in the place of `path`: after a crash there is either the old content or the new, never half of
/// one.
///
/// # Errors
/// What the system says; the old file is then as it was.
pub fn put_in_place(staged: &Path, path: &Path) -> io::Result<()> {
    fs::OpenOptions::new().write(true).open(staged)?.sync_all()?;
    fs::rename(staged, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Moves a damaged file out of the way under a name with the date, beside where it was. Nothing is deleted.
///
/// # Errors
/// What the system says; the file is then where it was.
pub fn set_aside(path: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let date = now.strftime("%Y-%m-%dT%H-%M-%SZ").to_string();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut free = path.with_file_name(format!("{name}.damaged-{date}"));
    let mut number = 1;
    while free.exists() {
        number += 1;
        free = path.with_file_name(format!("{name}.damaged-{date}-{number}"));
    }
    fs::rename(path, &free)?;
    Ok(free)
}

/// How many files of this name were set aside so far.
#[must_use]
pub fn set_aside_before(path: &Path) -> usize {
    let Some((folder, name)) = path.parent().zip(path.file_name()) else { return 0 };
    let prefix = format!("{}.damaged-", name.to_string_lossy());
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_moved_and_a_second_one_does_not_replace_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.json");
        let mut kept = Vec::new();
        for text in ["first", "second"] {
            fs::write(&file, text).unwrap();
            kept.push((set_aside(&file, Timestamp::UNIX_EPOCH).unwrap(), text));
        }
        assert!(!file.exists());
        for (path, text) in kept {
            assert_eq!(fs::read_to_string(path).unwrap(), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_is_for_the_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("new")).unwrap();
        put_in_place(&stage(&home.settings_file()).unwrap(), &home.settings_file()).unwrap();
        touch_private(&home.database_file()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(home.data()), 0o700);
        assert_eq!(mode(&home.logs_folder()), 0o700);
        assert_eq!(mode(&home.settings_file()), 0o600);
        assert_eq!(mode(&home.database_file()), 0o600);
    }
}
