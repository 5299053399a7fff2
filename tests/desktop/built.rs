use std::env;
use std::path::PathBuf;

use crate::Error;

/// A program of this workspace, such as `credit-gauge`, as built beside the running test or task.
///
/// Cargo names the programs only to tests of their own package, hence the look from where this executable lies:
/// `target/<profile>/` or, for a test or an example, `deps/` or `examples/` in there.
pub fn built_program(name: &str) -> Result<PathBuf, Error> {
    let executable = env::current_exe().map_err(|source| Error::File { path: name.into(), source })?;
    let profile = executable
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps") && !folder.ends_with("examples"))
        .ok_or_else(|| Error::NotBuilt { path: name.into() })?;
    let path = profile.join(name);
    if path.is_file() { Ok(path) } else { Err(Error::NotBuilt { path }) }
}
