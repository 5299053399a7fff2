use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why the desktop, or something in it, did not do what it was asked.
#[derive(thiserror::Error)]
pub enum Error {
    /// A program could not be started.
    #[error("cannot start `{program}`; install it, or let `cargo xtask setup` do that")]
    Start {
        /// The program's name or path.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder of the desktop could not be read or written.
    #[error("cannot use `{}`", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program ended in failure.
    #[error("`{program}` failed:\n{output}")]
    Failed {
        /// The program's name or path.
        program: String,
        /// What it wrote to its standard output and standard error.
        output: String,
    },
    /// Something did not come to be in time.
    #[error("waited {seconds} s in vain for {what}")]
    Late {
        /// What was waited for.
        what: String,
        /// For how long, in seconds.
        seconds: f32,
    },
    /// A program of the workspace is not built yet.
    #[error("`{}` is not there; build it with `cargo build --workspace`", path.display())]
    NotBuilt {
        /// Where the program is looked for.
        path: PathBuf,
    },
    /// The bus, or whoever was asked over it, refused.
    #[error("the session bus: {0}")]
    Bus(#[from] zbus::Error),
    /// A value on the bus has another type than its interface says.
    #[error("a value on the session bus has an unexpected type: {0}")]
    Value(#[from] zbus::zvariant::Error),
    /// The tray item's menu has no such entry.
    #[error("no menu entry `{label}`; there are: {entries:?}")]
    NoMenuEntry {
        /// The label looked for.
        label: String,
        /// The labels that are there.
        entries: Vec<String>,
    },
    /// The web driver could not be reached.
    #[error("WebKitWebDriver cannot be reached")]
    Driver(#[from] ureq::Error),
    /// The web driver refused a command.
    #[error("WebKitWebDriver refused {command}: {message}")]
    Refused {
        /// The command's path.
        command: String,
        /// The driver's error and message.
        message: String,
    },
}

/// As for a reader, with every cause, because this is what a test that unwraps prints.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl From<zbus::fdo::Error> for Error {
    fn from(error: zbus::fdo::Error) -> Self {
        Self::Bus(error.into())
    }
}
