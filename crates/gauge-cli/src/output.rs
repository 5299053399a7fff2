//! Standard output for answers, standard error for everything else.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use crate::error::CommandError;

/// Writes text to standard output; colours only where that is a terminal that wants them.
pub fn text(text: &str) -> Result<(), CommandError> {
    write(&mut anstream::stdout().lock(), text.as_bytes())
}

/// Writes text for other programs to standard output, as it is.
pub fn data(text: &str) -> Result<(), CommandError> {
    write(&mut io::stdout().lock(), text.as_bytes())
}

/// Writes one JSON document to standard output.
pub fn json(document: &impl Serialize) -> Result<(), CommandError> {
    let mut text = serde_json::to_vec_pretty(document)?;
    text.push(b'\n');
    write(&mut io::stdout().lock(), &text)
}

/// Whoever reads may have seen enough and closed the pipe, as `head` does; that is no failure.
fn write(out: &mut impl Write, text: &[u8]) -> Result<(), CommandError> {
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Tells the person something on standard error.
pub fn message(message: Arguments<'_>) {
    let text = clean(&message.to_string());
    // When standard error is closed, there is nobody to tell.
    drop(writeln!(io::stderr().lock(), "{}", text.trim_end()));
}

/// The text without control characters, with which a provider's words could play tricks on a terminal.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_steered_by_what_a_provider_says() {
        assert_eq!(clean("a\u{1b}[2Jb\nc\rd"), "a\u{fffd}[2Jb\nc\u{fffd}d");
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_failure() {
        struct Closed(ErrorKind);
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert!(write(&mut Closed(ErrorKind::BrokenPipe), b"x").is_ok());
        assert!(write(&mut Closed(ErrorKind::StorageFull), b"x").is_err());
    }
}
