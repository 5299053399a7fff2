use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;

use crate::process::{self, MARK};
use crate::tray::WATCHER;
use crate::{Error, PATIENCE, Process, Program, TrayItem, eventually};

/// What a desktop is like.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Width and height of the screen, in pixels.
    pub screen: (u16, u16),
    /// Further environment of every program in it, such as `GDK_SCALE` or `GTK_THEME`. What a desktop is made of, such
    /// as `HOME`, stays the desktop's own.
    pub environment: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { screen: (1280, 800), environment: BTreeMap::new() }
    }
}

/// An X server, a session bus and a home folder, for programs that shall see nothing else of this machine.
///
/// Dropping it ends everything in it and removes its folder.
#[derive(Debug)]
pub struct Desktop {
    environment: BTreeMap<String, String>,
    bus: Connection,
    bus_daemon: Program,
    display: Program,
    folder: TempDir,
}

impl Desktop {
    /// Starts a desktop of the usual size.
    pub fn start() -> Result<Self, Error> {
        Self::start_with(&Settings::default())
    }

    /// Starts a desktop.
    pub fn start_with(settings: &Settings) -> Result<Self, Error> {
        let error = |source| Error::File { path: "temporary folder".into(), source };
        let folder = tempfile::Builder::new().prefix("desktop-").tempdir().map_err(error)?;
        for name in [HOME, RUN, OUTPUT, SERVICES, TEMPORARY] {
            private_folder(&folder.path().join(name))?;
        }
        write(&folder.path().join("bus.conf"), include_str!("bus.conf"))?;

        let mut environment = settings.environment.clone();
        environment.entry("LANG".into()).or_insert_with(|| "C.UTF-8".into());
        environment.extend(own_environment(folder.path()));
        let output = folder.path().join(OUTPUT);

        let (width, height) = settings.screen;
        let mut command = command("Xvfb", &environment);
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"]);
        let mut display = Program::start(command.arg(format!("{width}x{height}x24")), "", &output)?;
        environment.insert("DISPLAY".into(), format!(":{}", display.first_line(PATIENCE)?.trim()));

        let address = format!("unix:path={}", folder.path().join(RUN).join("bus").display());
        let mut command = self::command("dbus-daemon", &environment);
        command.args(["--nofork", "--nopidfile", "--print-address=1", "--address", &address]);
        command.arg("--config-file").arg(folder.path().join("bus.conf"));
        let mut bus_daemon = Program::start(&mut command, "", &output)?;
        bus_daemon.first_line(PATIENCE)?;
        let bus = Builder::address(address.as_str())?.build()?;
        Ok(Self { environment, bus, bus_daemon, display, folder })
    }

    /// The home folder of the programs in it.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.path().join(HOME)
    }

    /// The `CREDIT_GAUGE_HOME` of the programs in it; made by the first that needs it.
    #[must_use]
    pub fn credit_gauge_home(&self) -> PathBuf {
        self.home().join("credit-gauge")
    }

    /// A connection to its session bus, which serves as its system bus too: a test may be `logind` there.
    pub fn bus(&self) -> &Connection {
        &self.bus
    }

    /// A connection of its own to the session bus, for a server that shall vanish from it.
    pub(crate) fn connection(&self) -> Result<Builder<'static>, Error> {
        Ok(Builder::address(self.environment["DBUS_SESSION_BUS_ADDRESS"].as_str())?)
    }

    /// A folder with D-Bus service files: what is put there, the session bus starts when it is called.
    pub(crate) fn services(&self) -> PathBuf {
        self.folder.path().join(SERVICES)
    }

    /// The folder with the sockets of the session, `XDG_RUNTIME_DIR`.
    pub(crate) fn runtime_folder(&self) -> PathBuf {
        self.folder.path().join(RUN)
    }

    /// A command with the desktop's environment and nothing else of the caller's, to [`spawn`](Self::spawn) or
    /// [`run`](Self::run) after adding arguments.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        command(program, &self.environment)
    }

    /// Starts a command in the desktop.
    pub fn spawn(&self, command: &mut Command) -> Result<Program, Error> {
        self.spawn_with_input(command, "")
    }

    /// Starts a command in the desktop with `input` as its standard input.
    pub fn spawn_with_input(&self, command: &mut Command, input: &str) -> Result<Program, Error> {
        Program::start(command, input, &self.folder.path().join(OUTPUT))
    }

    /// Runs a command in the desktop to its end, whatever its exit code.
    pub fn run(&self, command: &mut Command) -> Result<Output, Error> {
        self.spawn(command)?.finish(PATIENCE)
    }

    /// Runs a command in the desktop to its end with `input` as its standard input, whatever its exit code.
    pub fn run_with_input(&self, command: &mut Command, input: &str) -> Result<Output, Error> {
        self.spawn_with_input(command, input)?.finish(PATIENCE)
    }

    /// Every process of the desktop, however deep below the programs started here and even if its parent is gone.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        process::marked(&self.mark())
    }

    /// Whether somebody has a name on the session bus, such as `org.freedesktop.Notifications`.
    pub fn has_bus_name(&self, name: &str) -> Result<bool, Error> {
        let name = BusName::try_from(name).map_err(zbus::Error::from)?;
        Ok(DBusProxy::new(&self.bus)?.name_has_owner(name)?)
    }

    /// Waits until somebody has a name on the session bus.
    pub fn wait_for_bus_name(&self, name: &str, within: Duration) -> Result<(), Error> {
        let what = format!("`{name}` on the session bus");
        eventually(&what, within, || self.has_bus_name(name).ok()?.then_some(()))
    }

    /// The items that the tray has, whichever tray that is; none without a tray.
    pub fn tray_items(&self) -> Result<Vec<TrayItem>, Error> {
        if self.has_bus_name(WATCHER)? { TrayItem::registered(&self.bus) } else { Ok(Vec::new()) }
    }

    /// Waits for the tray to have an item, and returns the first.
    pub fn wait_for_tray_item(&self, within: Duration) -> Result<TrayItem, Error> {
        eventually("a tray item", within, || self.tray_items().ok()?.into_iter().next())
    }

    /// The titles of the windows on the screen.
    pub fn windows(&self) -> Result<Vec<String>, Error> {
        let search = ["search", "--onlyvisible", "--name", ".", "getwindowname", "%@"];
        // It fails when it finds none.
        let output = self.run(self.command("xdotool").args(search))?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }

    /// Brings the window with this title in front of the others.
    pub fn raise(&self, title: &str) -> Result<(), Error> {
        let search = ["search", "--sync", "--onlyvisible", "--name", &format!("^{title}$"), "windowraise"];
        self.run(self.command("xdotool").args(search)).map(drop)
    }

    /// Saves what the screen shows as a PNG file.
    pub fn screenshot(&self, file: &Path) -> Result<(), Error> {
        let output = self.run(self.command("scrot").arg("--overwrite").arg(file))?;
        if output.status.success() {
            return Ok(());
        }
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Error::Failed { program: "scrot".into(), output })
    }

    fn mark(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// Says what went on, for whoever reads why a test failed.
    #[expect(clippy::print_stderr, reason = "standard error is where a failing test explains itself")]
    fn report(&mut self) {
        self.folder.disable_cleanup(true);
        let folder = self.folder.path();
        let screenshot = folder.join("last.png");
        eprintln!("The desktop's files are kept in {}", folder.display());
        if self.screenshot(&screenshot).is_ok() {
            eprintln!("Its last screenshot is {}", screenshot.display());
        }
        let Ok(entries) = fs::read_dir(folder.join(OUTPUT)) else { return };
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files {
            let text = fs::read_to_string(&file).unwrap_or_default();
            if !text.trim().is_empty() {
                let name = file.file_name().unwrap_or_default().display();
                eprintln!("--- {name}\n{}", last_lines(&text, 40));
            }
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        if thread::panicking() {
            self.report();
        }
        process::sweep(&self.mark(), &[self.bus_daemon.id(), self.display.id()]);
        self.bus_daemon.end();
        self.display.end();
    }
}

/// The folders of a desktop.
const HOME: &str = "home";
const RUN: &str = "run";
const OUTPUT: &str = "output";
const SERVICES: &str = "services";
const TEMPORARY: &str = "tmp";

fn command(program: impl AsRef<OsStr>, environment: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(environment);
    command
}

/// What makes the environment of a program that of the desktop, except for the display.
fn own_environment(folder: &Path) -> BTreeMap<String, String> {
    let inside = |name: &str| folder.join(name).display().to_string();
    let home = |name: &str| folder.join(HOME).join(name).display().to_string();
    let bus = format!("unix:path={}", folder.join(RUN).join("bus").display());
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".into());
    BTreeMap::from(
        [
            (MARK, folder.display().to_string()),
            ("PATH", path),
            ("HOME", inside(HOME)),
            ("TMPDIR", inside(TEMPORARY)),
            ("XDG_RUNTIME_DIR", inside(RUN)),
            ("XDG_CACHE_HOME", home(".cache")),
            ("XDG_CONFIG_HOME", home(".config")),
            ("XDG_DATA_HOME", home(".local/share")),
            ("XDG_STATE_HOME", home(".local/state")),
            ("XDG_SESSION_TYPE", "x11".into()),
            ("CREDIT_GAUGE_HOME", home("credit-gauge")),
            ("DBUS_SESSION_BUS_ADDRESS", bus.clone()),
            ("DBUS_SYSTEM_BUS_ADDRESS", bus),
            // No accessibility bus, settings daemon or graphics card is there to be found, so do not look.
            ("NO_AT_BRIDGE", "1".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
            ("LIBGL_ALWAYS_SOFTWARE", "1".into()),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

/// A folder, with its parents, that only its owner may look into.
pub(crate) fn private_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o700)))
        .map_err(|source| Error::File { path: path.to_owned(), source })
}

/// Writes a file.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| Error::File { path: path.to_owned(), source })
}

fn last_lines(text: &str, count: usize) -> &str {
    let start = text.trim_end().rmatch_indices('\n').nth(count - 1).map_or(0, |(at, _)| at + 1);
    &text[start..]
}
