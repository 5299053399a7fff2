//! Node packages and the built UI.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::command::{npm, read, root, run};
use crate::error::Error;

/// The oldest Node.js that the UI's tools run on.
const NODE: (u32, u32) = (20, 19);

/// Checks for Node.js, and installs the UI's packages unless they are as the lock file has them.
pub(crate) fn require() -> Result<(), Error> {
    require_node()?;
    let ui = root().join("ui");
    let installed = changed(&ui.join("node_modules/.package-lock.json"));
    let wanted = changed(&ui.join("package-lock.json")).max(changed(&ui.join("package.json")));
    if installed.is_some() && installed >= wanted {
        return Ok(());
    }
    run(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds the UI into `ui/dist`, which the app embeds, unless that is newer than everything it is made from.
pub(crate) fn build() -> Result<(), Error> {
    let ui = root().join("ui");
    let built = changed(&ui.join("dist/index.html"));
    if built.is_some() && built > newest(&ui)? {
        return Ok(());
    }
    run(&mut npm(&["run", "build"]))
}

fn require_node() -> Result<(), Error> {
    let version = read(&mut crate::command::command("node", &["--version"])).unwrap_or_default();
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse);
    let (major, minor) = NODE;
    if let (Some(Ok(found)), Some(Ok(found_minor))) = (numbers.next(), numbers.next())
        && (found, found_minor) >= NODE
    {
        return Ok(());
    }
    let found = if version.is_empty() { "none is".to_owned() } else { format!("{} is", version.trim()) };
    Err(Error::Missing(format!(
        "Building the UI needs Node.js {major}.{minor} or newer with npm, and {found} here.\n\
         Please install it from https://nodejs.org/, and start again."
    )))
}

/// When the newest file in a folder changed, leaving out what is installed and built.
fn newest(folder: &Path) -> Result<Option<SystemTime>, Error> {
    let error = |source| Error::File { path: folder.to_owned(), source };
    let mut newest = None;
    for entry in fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let path = entry.path();
        let time = match entry.file_name().to_str() {
            Some("node_modules" | "dist") => continue,
            _ if path.is_dir() => self::newest(&path)?,
            _ => changed(&path),
        };
        newest = newest.max(time);
    }
    Ok(newest)
}

/// When a file changed, if it is there.
fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}
