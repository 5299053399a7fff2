//! What must be there before anything else, installed where that is possible.

use std::env;

use crate::error::Error;
use crate::{packages, ui};

/// For building, running and testing.
pub(crate) fn everything() -> Result<(), Error> {
    if cfg!(target_os = "linux") {
        packages::require(&[packages::BUILD, packages::DESKTOP, packages::TESTS])?;
    }
    ui::require()
}

/// For building and running.
pub(crate) fn running() -> Result<(), Error> {
    if cfg!(target_os = "linux") {
        let desktop = if has_display() { &[] } else { packages::DESKTOP };
        packages::require(&[packages::BUILD, desktop])?;
    }
    ui::require()
}

/// Whether a window can be shown to somebody.
pub(crate) fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
