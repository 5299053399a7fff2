//! `cargo xtask platforms`: type-checks the workspace for the systems that this one is not.
//!
//! Debian packages the standard library's source with a compiler, so that a check needs nothing from elsewhere. Nothing
//! is linked, so that the C compiler for macOS can be a stand-in.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{command, read, run, target};
use crate::error::Error;
use crate::{packages, ui};

/// A system to check for.
#[derive(Clone, Copy)]
pub(crate) struct Platform {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    triple: &'static str,
}

/// The oldest Rust that the workspace compiles with.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Every system besides Linux.
pub(crate) const ALL: [Platform; 2] = [
    Platform { name: "windows", triple: "x86_64-pc-windows-gnu" },
    Platform { name: "macos", triple: "aarch64-apple-darwin" },
];

/// Debian's compiler with the standard library's source, and a C compiler for Windows.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "gcc-mingw-w64-x86-64-win32"];
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
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
        let arguments = ["check", "-Z", "build-std=std,panic_abort", "--workspace"];
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
    let is_there = || {
        Path::new(CARGO).exists()
            && Path::new(SOURCE).exists()
            && packages::is_on_path("x86_64-w64-mingw32-gcc")
            && version(&read(&mut command(RUSTC, &["--version"])).unwrap_or_default()) >= version(OLDEST)
    };
    if is_there() {
        return Ok(());
    }
    packages::install_debian(&PACKAGES)?;
    if is_there() {
        return Ok(());
    }
    Err(Error::Missing(format!(
        "This needs Rust {OLDEST}, and the `rustc-web` that apt-get knows here is older.\n\
         Debian 12 has a newer one among its security updates: add `bookworm-security` to the sources of apt."
    )))
}

/// Major and minor version in a text such as `rustc 1.96.0 (…)` or `1.90`.
fn version(text: &str) -> Option<(u32, u32)> {
    let number = text.split(' ').find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    let mut parts = number.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
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

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("rustc 1.96.0 (abc 2026-05-01) (built from a source tarball)") > version("1.90"));
        assert!(version("rustc 1.100.0") > version("1.90"));
        assert!(version("") < version("1.90"));
    }
}
