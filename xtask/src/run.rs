//! `cargo xtask run`: builds the app and starts it.

use std::process::{Command, ExitCode};

use crate::command::{cargo, run as run_command, target};
use crate::error::Error;
use crate::{setup, ui};

const APP: &str = "credit-gauge-tray";

/// Starts the app: on the display if there is one, and otherwise in a virtual desktop, where `once` ends it after the
/// screenshot.
#[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "only Linux may lack a display"))]
pub(crate) fn run(arguments: &[&str], once: bool) -> Result<ExitCode, Error> {
    setup::running()?;
    ui::build()?;
    run_command(&mut cargo(&["build", "--package", APP, "--package", "gauge-cli"]))?;
    let program = target().join("debug").join(APP).with_extension(std::env::consts::EXE_EXTENSION);

    #[cfg(target_os = "linux")]
    if !setup::has_display() {
        crate::desktop::show(&program, arguments, once)?;
        return Ok(ExitCode::SUCCESS);
    }
    let status = Command::new(&program)
        .args(arguments)
        .status()
        .map_err(|source| Error::Start { command: program.display().to_string(), source })?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
