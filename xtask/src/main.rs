//! `cargo xtask`: everything a person or a CI machine does with this workspace, in few words.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to whoever started it")]

mod bench;
mod bindings;
mod command;
#[cfg(target_os = "linux")]
mod desktop;
mod error;
mod packages;
mod platforms;
mod run;
mod setup;
mod test;
mod ui;

use std::env;
use std::process::ExitCode;

use error::Error;

const USAGE: &str = "\
cargo xtask setup             check for what building and testing need, and install it where possible
cargo xtask run [-- ARGS]     the same, then build the app and start it with ARGS; `-- --demo` needs no key
      --once                  in a virtual desktop, end after the screenshot (also with CI=true)
cargo xtask test              the same, then everything that CI runs
cargo xtask bench NAME [ARGS] measure the library; `bench forecast` says how well it foretells
cargo xtask platforms [windows|macos]
                              type-check the workspace for Windows and macOS, on Debian";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match task(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\n{}", error::with_causes(&error));
            ExitCode::from(if matches!(error, Error::Usage) { 2 } else { 1 })
        }
    }
}

fn task(arguments: &[&str]) -> Result<ExitCode, Error> {
    match arguments {
        ["setup"] => setup::everything()?,
        ["run", rest @ ..] => {
            let (options, program_arguments) = match rest.iter().position(|argument| *argument == "--") {
                Some(at) => (&rest[..at], &rest[at + 1..]),
                None => (rest, &[][..]),
            };
            let once = match options {
                [] => env::var("CI").is_ok_and(|value| value == "true"),
                ["--once"] => true,
                _ => return Err(Error::Usage),
            };
            return run::run(program_arguments, once);
        }
        ["test"] => test::test()?,
        ["bench", name, rest @ ..] => bench::bench(name, rest)?,
        ["platforms"] => platforms::check(&platforms::ALL)?,
        ["platforms", name] => {
            let platform = platforms::ALL.into_iter().find(|platform| platform.name == *name);
            platforms::check(&[platform.ok_or(Error::Usage)?])?;
        }
        ["help" | "--help" | "-h"] => println!("{USAGE}"),
        _ => return Err(Error::Usage),
    }
    Ok(ExitCode::SUCCESS)
}
