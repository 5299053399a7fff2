//! Whether a person is there.

use std::io::{IsTerminal, stderr, stdin};

use gauge::secret::Prompt;

/// Whether the keychain may put a question up: when the command was started from a terminal, even with its answer or
/// its input going through a pipe. A job that runs by itself must not wait for a password that nobody will type.
pub fn prompt() -> Prompt {
    if stdin().is_terminal() || stderr().is_terminal() { Prompt::Allowed } else { Prompt::Avoid }
}
