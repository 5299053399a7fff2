//! Where a secret comes from: a prompt, standard input, or an environment variable; never an argument, which every
//! program on the machine can see.

use std::env;
use std::io::{self, IsTerminal, Read};

use clap::Args;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::error::CommandError;
use crate::output;

/// A secret longer than this is a mistake, such as a file that was piped in.
const MAX_SECRET: u64 = 64 * 1024;

/// Where the key comes from; without either, from a prompt.
#[derive(Args, Debug)]
pub struct KeySource {
    /// Read the key from standard input
    #[arg(long, conflicts_with = "key_env")]
    key_stdin: bool,
    /// Read the key from the environment variable NAME
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
}

impl KeySource {
    /// Reads the key. `what` says which and `help` what to know about it; `variable` is the environment variable that
    /// would make it unnecessary.
    pub fn read(&self, what: &str, help: Option<&str>, variable: &str) -> Result<SecretString, CommandError> {
        if self.key_stdin {
            return from_reader(io::stdin().lock());
        }
        if let Some(name) = &self.key_env {
            return from_variable(name, "--key-env");
        }
        from_prompt(what, help, || {
            format!(
                "there is no terminal to ask for {what}: pipe it in with --key-stdin, name an environment variable that holds it with --key-env NAME, or set {variable}"
            )
        })
    }
}

/// Asks for a secret on the terminal, without showing it. `absent` says what to do where there is none.
pub fn from_prompt(
    what: &str,
    help: Option<&str>,
    absent: impl FnOnce() -> String,
) -> Result<SecretString, CommandError> {
    if !io::stdin().is_terminal() {
        return Err(CommandError::Usage(absent()));
    }
    if let Some(help) = help {
        output::message(format_args!("{help}"));
    }
    let typed = Zeroizing::new(rpassword::prompt_password(format!("Paste {what} (it is not shown): "))?);
    secret(&typed, "nothing was entered")
}

/// The secret in an environment variable. `option` is what named the variable.
pub fn from_variable(name: &str, option: &str) -> Result<SecretString, CommandError> {
    // The name is not repeated: the secret itself may have been given in its place.
    let value = if name.is_empty() || name.contains(['=', '\0']) { None } else { env::var_os(name) };
    let value = value.ok_or_else(|| {
        CommandError::Usage(format!(
            "the environment variable that {option} names is not set: give its name, not its value"
        ))
    })?;
    let value = value.into_string().map(Zeroizing::new).map_err(|_| {
        CommandError::Usage(format!("the environment variable that {option} names does not hold UTF-8 text"))
    })?;
    secret(&value, "the environment variable is empty")
}

fn from_reader(reader: impl Read) -> Result<SecretString, CommandError> {
    let mut bytes = Zeroizing::new(Vec::new());
    reader.take(MAX_SECRET + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SECRET {
        return Err(CommandError::usage("standard input is longer than any key: pipe in the key alone"));
    }
    let text = str::from_utf8(&bytes)
        .map_err(|_| CommandError::usage("standard input is not UTF-8 text: pipe in the key alone"))?;
    secret(text, "standard input is empty")
}

fn secret(text: &str, empty: &str) -> Result<SecretString, CommandError> {
    match text.trim() {
        "" => Err(CommandError::Usage(format!("{empty}: no key was given"))),
        text => Ok(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_piped_key_loses_the_line_end_that_echo_adds() {
        assert_eq!(from_reader(&b" sk-1\r\n"[..]).unwrap().expose_secret(), "sk-1");
    }

    #[test]
    fn what_cannot_be_a_key_is_refused_without_repeating_it() {
        for input in [&b""[..], b" \n", b"hunter2\xff", &vec![b'h'; 65 * 1024]] {
            let error = from_reader(input).unwrap_err();
            assert!(
                matches!(&error, CommandError::Usage(text) if !text.contains("hunter2") && !text.contains("hhh"))
            );
        }
        let error = from_variable("sk-hunter2", "--key-env").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }
}
