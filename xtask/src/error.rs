use std::io;
use std::path::PathBuf;

/// Why a task did not get done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("Usage:\n\n{}", crate::USAGE)]
    Usage,
    #[error("cannot start `{command}`")]
    Start { command: String, source: io::Error },
    #[error("`{command}` failed ({status})")]
    Failed { command: String, status: String },
    #[error("cannot use {}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// Something that only the user can provide; the text says what and how.
    #[error("{0}")]
    Missing(String),
    /// A check that found something; the text says what and what to do.
    #[error("{0}")]
    Found(String),
    #[cfg(target_os = "linux")]
    #[error("the virtual desktop")]
    Desktop(#[from] desktop::Error),
}

/// The error with its causes, in one line for each.
pub(crate) fn with_causes(error: &Error) -> String {
    let mut lines = vec![error.to_string()];
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        lines.push(error.to_string());
        cause = error.source();
    }
    lines.join("\n  ")
}
