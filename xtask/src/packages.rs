//! What Linux must have installed, and how each distribution calls it.

use std::env;
use std::fs;
use std::path::Path;

use crate::command::{command, run, succeeds};
use crate::error::Error;

/// A library or program, and the packages it comes in.
pub(crate) struct Package {
    probe: Probe,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
}

enum Probe {
    /// A library with its headers, by its pkg-config name.
    Library(&'static str),
    /// A program on the `PATH`.
    Program(&'static str),
}

use Probe::{Library, Program};

/// What building needs.
pub(crate) const BUILD: &[Package] = &[
    package(Library("webkit2gtk-4.1"), "libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1"),
    package(Library("dbus-1"), "libdbus-1-dev", "dbus-devel", "dbus"),
];

/// What the virtual desktop of `cargo xtask run` is made of.
pub(crate) const DESKTOP: &[Package] = &[
    package(Program("Xvfb"), "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    package(Program("dbus-daemon"), "dbus-daemon", "dbus-daemon", "dbus"),
    package(Program("gnome-keyring-daemon"), "gnome-keyring", "gnome-keyring", "gnome-keyring"),
    package(Program("xfce4-panel"), "xfce4-panel", "xfce4-panel", "xfce4-panel"),
    package(Program("dunst"), "dunst", "dunst", "dunst"),
    package(Program("xdotool"), "xdotool", "xdotool", "xdotool"),
    package(Program("scrot"), "scrot", "scrot", "scrot"),
];

/// What the end-to-end tests need besides.
pub(crate) const TESTS: &[Package] = &[
    package(Program("secret-tool"), "libsecret-tools", "libsecret", "libsecret"),
    package(Program("WebKitWebDriver"), "webkit2gtk-driver", "webkitgtk6.0", "webkitgtk-6.0"),
    package(Program("faketime"), "faketime", "libfaketime", "libfaketime"),
];

const fn package(probe: Probe, debian: &'static str, fedora: &'static str, arch: &'static str) -> Package {
    Package { probe, debian, fedora, arch }
}

impl Package {
    fn is_there(&self) -> bool {
        match self.probe {
            Library(name) => succeeds("pkg-config", &["--exists", name]),
            Program(name) => is_on_path(name),
        }
    }
}

/// Whether a program is on the `PATH`.
pub(crate) fn is_on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Installs what is missing, or says how to.
pub(crate) fn require(packages: &[&[Package]]) -> Result<(), Error> {
    let missing: Vec<_> = packages.iter().copied().flatten().filter(|one| !one.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = |name: fn(&Package) -> &'static str| {
        let mut names: Vec<_> = missing.iter().map(|package| name(package)).collect();
        names.dedup();
        names
    };
    let like = os_release("ID_LIKE");
    let is = |wanted: &str| os_release("ID") == wanted || like.split(' ').any(|name| name == wanted);
    let advice = if is("debian") {
        return install_debian(&names(|package| package.debian));
    } else if is("fedora") {
        format!("  sudo dnf install {}", names(|package| package.fedora).join(" "))
    } else if is("arch") {
        format!("  sudo pacman -S --needed {}", names(|package| package.arch).join(" "))
    } else {
        let probes = missing.iter().map(|package| match package.probe {
            Library(name) => format!("  the library {name} with its headers, and pkg-config"),
            Program(name) => format!("  the program {name}"),
        });
        format!(
            "{}\n(on Debian these are {})",
            probes.collect::<Vec<_>>().join("\n"),
            names(|package| package.debian).join(" ")
        )
    };
    Err(Error::Missing(format!("Please install what is missing, and start again:\n\n{advice}")))
}

/// Installs Debian packages, without those they merely recommend.
pub(crate) fn install_debian(names: &[&str]) -> Result<(), Error> {
    let sudo: &[&str] = if succeeds("sh", &["-c", "test \"$(id -u)\" = 0"]) {
        &[]
    } else if succeeds("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        return Err(Error::Missing(format!(
            "Please install what is missing, and start again:\n\n  sudo apt-get install --no-install-recommends {}",
            names.join(" ")
        )));
    };
    let apt = |arguments: &[&str]| {
        let environment =
            ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"];
        let words = [sudo, &environment, arguments].concat();
        run(&mut command(words[0], &words[1..]))
    };
    // A source that is not wanted here may fail to update; if one that is wanted did, installing says so.
    let _updated = apt(&["update"]);
    apt(&[&["install", "-y", "--no-install-recommends"], names].concat())
}

/// A value of `/etc/os-release`, or nothing.
fn os_release(key: &str) -> String {
    let text = fs::read_to_string(Path::new("/etc/os-release")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        .map(|value| value.trim_matches('"').to_owned())
        .unwrap_or_default()
}
