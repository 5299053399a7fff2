//! `cargo xtask platforms`: type-checks the workspace for the systems that this one is not.
//!
//! Debian packages the standard library's source with a compiler, so that a check needs nothing from elsewhere. Nothing
//! is linked, so that the C compiler for macOS can be a stand-in.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{command, run, target};
use crate::error::Error;
use crate::{packages, ui};

/// A system to check for.
#[derive(Clone, Copy)]
pub(crate) struct Platform {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    triple: &'static str,
}

/// Every system besides Linux.
pub(crate) const ALL: [Platform; 2] = [
    Platform { name: "windows", triple: "x86_64-pc-windows-gnu" },
    Platform { name: "macos", triple: "aarch64-apple-darwin" },
];

/// Debian's compiler with the standard library's source, and a C compiler for Windows.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "gcc-mingw-w64-x86-64-win32"];
const CARGO: &str = "/usr/bin/cargo";
const SOURCE: &str = "/usr/lib/rustlib/src/rust";

/// Type-checks the workspace for each of some platforms.
pub(crate) fn check(platforms: &[Platform]) -> Result<(), Error> {
    require()?;
    ui::require()?;
    // The app embeds it.
    ui::build()?;
    let tools = stand_ins()?;
    for platform in platforms {
        println!("\n=== {}", platform.name);
        // The end-to-end tests are for a Linux desktop.
        let arguments =
            ["check", "-Z", "build-std=std,panic_abort", "--workspace", "--exclude", "end-to-end"];
        let mut check = command(CARGO, &arguments);
        check
            .args(["--target", platform.triple])
            .env("CARGO_TARGET_DIR", target().join("platforms"))
            // Not the toolchain that runs this, which has no source of the standard library.
            .env("PATH", "/usr/bin:/bin")
            .env_remove("RUSTC")
            .env_remove("RUSTUP_TOOLCHAIN")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("SDKROOT", &tools)
            .env("CC_aarch64_apple_darwin", tools.join("cc"))
            .env("CXX_aarch64_apple_darwin", tools.join("cc"))
            .env("AR_aarch64_apple_darwin", tools.join("ar"));
        run(&mut check)?;
    }
    Ok(())
}

fn require() -> Result<(), Error> {
    if !Path::new("/etc/debian_version").exists() {
        return Err(Error::Missing(
            "Checking for other systems needs the compiler packages of Debian 12 or newer, and this is no Debian.\n\
             On the system itself, `cargo check --workspace` does the same."
                .into(),
        ));
    }
    let there = Path::new(CARGO).exists()
        && Path::new(SOURCE).exists()
        && packages::is_on_path("x86_64-w64-mingw32-gcc");
    if there { Ok(()) } else { packages::install_debian(&PACKAGES) }
}

/// A C compiler and an archiver that make empty files, in a folder of their own.
fn stand_ins() -> Result<PathBuf, Error> {
    let folder = target().join("platforms").join("stand-ins");
    fs::create_dir_all(&folder).map_err(|source| Error::File { path: folder.clone(), source })?;
    for (name, text) in [("cc", include_str!("platforms/cc.sh")), ("ar", include_str!("platforms/ar.sh"))] {
        write_program(&folder.join(name), text)?;
    }
    Ok(folder)
}

fn write_program(path: &Path, text: &str) -> Result<(), Error> {
    let error = |source| Error::File { path: path.to_owned(), source };
    fs::write(path, text).map_err(error)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(error)?;
    }
    Ok(())
}
