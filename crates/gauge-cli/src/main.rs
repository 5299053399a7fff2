//! `credit-gauge`: the command line.
//!
//! `main` reads the arguments and turns what comes of a command into an exit code; each command is a module of
//! [`commands`]. What a command answers goes to standard output, everything else to standard error.

mod attendance;
mod commands;
mod duration;
mod error;
mod key_source;
mod output;
mod refresh;
mod table;
mod words;

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Error, Parser};

use commands::Command;
use error::{CommandError, Outcome};

/// How much prepaid API credit is left.
///
/// Exit codes of every command: 0 done, 2 usage, 3 the answer could not be had (network, keychain, provider), 1 as
/// the command says.
#[derive(Parser)]
#[command(name = "credit-gauge", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let error = without_stray_values(error);
            // A closed pipe leaves nobody to tell.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Outcome::USAGE));
        }
    };
    ExitCode::from(match run(arguments.command) {
        Ok(outcome) => outcome.code(),
        Err(error) => {
            output::message(format_args!("{}", error::with_causes(&error)));
            error.code()
        }
    })
}

fn run(command: Command) -> Result<Outcome, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(command.run());
    // A name that is still being looked up is no reason to stay.
    runtime.shutdown_background();
    outcome
}

/// An error of the arguments that does not repeat a value in a place where none belongs: it may be a key.
fn without_stray_values(mut error: Error) -> Error {
    let stray = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::TooManyValues => ContextKind::InvalidValue,
        _ => return error,
    };
    if let Some(ContextValue::String(value)) = error.get(stray)
        && (stray == ContextKind::InvalidValue || !value.starts_with('-'))
    {
        error.insert(stray, ContextValue::String("…".to_owned()));
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![
                "a key is never an argument, since others can see those: give it at the prompt, with --key-stdin or with --key-env"
                    .into(),
            ]),
        );
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_declared_soundly() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_key_given_as_an_argument_is_not_repeated() {
        for arguments in [
            &["accounts", "add", "openrouter", "sk-hunter2"][..],
            &["accounts", "add", "openrouter", "--key", "sk-hunter2"],
            &["accounts", "add", "openrouter", "--key=sk-hunter2"],
            &["accounts", "add", "openrouter", "--key-stdin=sk-hunter2"],
            &["accounts", "add", "openrouter", "-ksk-hunter2"],
            &["accounts", "key", "openrouter", "sk-hunter2"],
        ] {
            let error = Arguments::try_parse_from([&["credit-gauge"], arguments].concat()).err().unwrap();
            let shown = without_stray_values(error).to_string();
            assert!(!shown.contains("hunter2"), "{arguments:?}: {shown}");
        }
    }
}
