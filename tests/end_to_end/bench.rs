//! What the programs are tried on: a desktop with a keychain, simulated providers, and ways to look at both.

use std::fmt::{Display, Write as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use desktop::{Desktop, Keychain, PATIENCE, Program, TrayItem, TrayState, built_program, eventually};
use gauge_sim::{Account, Behaviour, Clock, Request, Server, Simulation, StabilityKey};
use jiff::Timestamp;
use serde_json::Value;

/// Part of every made-up key, so that keys can be searched for.
pub(crate) const SECRET: &str = "hunter2";

/// How soon one program shows what the other, or an editor, has written.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// A desktop with an unlocked keychain and nothing else, and a server of simulated providers without accounts.
pub(crate) struct Bench {
    /// Taken away by a test that wants none.
    pub(crate) keychain: Option<Keychain>,
    pub(crate) providers: Server,
    pub(crate) desktop: Desktop,
}

/// What a run of `credit-gauge` did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let desktop = Desktop::start().unwrap();
        let keychain = start_keychain(&desktop);
        Self { keychain: Some(keychain), providers: providers(), desktop }
    }

    /// Starts the keychain again after a test took it away.
    pub(crate) fn restart_keychain(&mut self) {
        self.keychain = Some(start_keychain(&self.desktop));
    }

    /// Opens a Stability AI account with so many credits, and adds it to the gauge under the same id.
    pub(crate) fn stability(&self, id: &str, credits: u32) {
        self.open(&stability(id, credits));
        self.add("stability", id).succeeds();
    }

    /// Opens an account at its provider.
    pub(crate) fn open(&self, account: &Account) {
        self.simulation().add(account.clone()).unwrap();
    }

    /// Adds an account that is open at its provider to the gauge, with `credit-gauge accounts add`, labelled with its id.
    pub(crate) fn add(&self, provider: &str, id: &str) -> Ran {
        self.add_with(provider, id, &["--label", id])
    }

    /// Adds an account with further arguments.
    pub(crate) fn add_with(&self, provider: &str, id: &str, more: &[&str]) -> Ran {
        let origin = self.providers.origin();
        let arguments = ["accounts", "add", provider, "--id", id, "--base-url", origin, "--key-stdin"];
        self.run_with_input(&[&arguments, more].concat(), &key(id))
    }

    /// Runs `credit-gauge`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, "")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.desktop.command(built_program("credit-gauge").unwrap());
        Ran::of(self.desktop.run_with_input(command.args(arguments), input).unwrap())
    }

    /// Has the command line ask all providers, which stores their answers for the app to see.
    pub(crate) fn ask(&self) -> Ran {
        self.run(&["status", "--max-age", "0s"])
    }

    /// Has the command line take readings into the history: a table with its first line.
    pub(crate) fn import(&self, table: &str) -> Ran {
        self.run_with_input(&["history", "import", "-"], table)
    }

    /// What is known of an account, without asking its provider where it has ever answered.
    pub(crate) fn status(&self, id: &str) -> Value {
        let document = self.run(&["status", id, "--json", "--max-age", "1000h"]).json();
        document["accounts"][0].clone()
    }

    /// The alerts there are, newest first.
    pub(crate) fn alerts(&self) -> Vec<Value> {
        let document = self.run(&["alerts", "--json"]).json();
        document["alerts"].as_array().cloned().unwrap_or_default()
    }

    /// Starts the app.
    pub(crate) fn start_app(&self) -> Program {
        self.desktop.spawn(&mut self.app()).unwrap()
    }

    /// How the app is started, to add to.
    pub(crate) fn app(&self) -> Command {
        self.desktop.command(built_program("credit-gauge-tray").unwrap())
    }

    /// The app's tray item, once it is there.
    pub(crate) fn tray_item(&self) -> TrayItem {
        self.desktop.wait_for_tray_item(PATIENCE).unwrap()
    }

    pub(crate) fn simulation(&self) -> &Simulation {
        self.providers.simulation()
    }

    pub(crate) fn spend(&self, id: &str, credits: u32) {
        self.simulation().spend(id, credits.into()).unwrap();
    }

    /// The requests that the providers have had with an account's key.
    pub(crate) fn requests_of(&self, id: &str) -> Vec<Request> {
        let requests = self.simulation().requests_after(0).into_iter();
        requests.filter(|request| request.account.as_deref() == Some(id)).collect()
    }

    /// Waits for one more request with an account's key than `before`.
    pub(crate) fn wait_for_request(&self, id: &str, before: usize) {
        eventually("a request", PATIENCE, || (self.requests_of(id).len() > before).then_some(())).unwrap();
    }

    /// Waits until exactly these windows are on the screen.
    #[track_caller]
    pub(crate) fn wait_for_windows(&self, titles: &[&str]) {
        let mut last = Vec::new();
        let found = eventually("windows", PATIENCE, || {
            last = self.desktop.windows().ok()?;
            last.sort();
            (last == titles).then_some(())
        });
        assert!(found.is_ok(), "the windows are {last:?} and not {titles:?}");
    }

    /// Whether anything of the web engine runs.
    pub(crate) fn has_web_process(&self) -> bool {
        self.desktop.processes().iter().any(|process| process.name().starts_with("WebKit"))
    }

    #[track_caller]
    pub(crate) fn wait_for_no_web_process(&self) {
        eventually("the web engine to end", PATIENCE, || (!self.has_web_process()).then_some(())).unwrap();
    }
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        assert!(!stdout.contains(SECRET) && !stderr.contains(SECRET), "{stdout}{stderr}");
        Self { code: output.status.code(), stdout, stderr }
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.exits(0)
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let document = serde_json::from_str(&self.stdout);
        assert!(document.is_ok(), "{self:?}");
        document.unwrap()
    }
}

/// An account at Stability AI with so many credits.
pub(crate) fn stability(id: &str, credits: u32) -> Account {
    Account {
        bought: credits.into(),
        ..Account::new(id, &key(id), Behaviour::Stability(StabilityKey::default()))
    }
}

/// The made-up key of an account.
pub(crate) fn key(id: &str) -> String {
    format!("sk-{SECRET}-{id}")
}

/// A table of what was left of an account's meter `credits`, in credits, to import.
pub(crate) fn readings<A: Display>(account: &str, past: impl IntoIterator<Item = (Timestamp, A)>) -> String {
    past.into_iter().fold("account,meter,unit,at,remaining\n".to_owned(), |mut table, (at, left)| {
        // Writing to memory cannot fail.
        let _written = writeln!(table, "{account},credits,credits,{at},{left}");
        table
    })
}

/// A server of simulated providers without accounts.
pub(crate) fn providers() -> Server {
    let simulation = Simulation::new(Clock::still("2026-11-21T10:00:00Z".parse().unwrap()), 1);
    Server::start(simulation, "127.0.0.1:0".parse().unwrap()).unwrap()
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files
}

/// Waits until the tray item says what is wanted, and returns all that it says.
#[track_caller]
pub(crate) fn wait_for_state(
    item: &TrayItem,
    within: Duration,
    wanted: impl Fn(&TrayState) -> bool,
) -> TrayState {
    let mut last = None;
    let found = eventually("the tray item", within, || {
        last = item.state().ok();
        last.clone().filter(&wanted)
    });
    assert!(found.is_ok(), "waited in vain; the tray item says:\n{last:#?}");
    found.unwrap()
}

/// Waits until the tray item's tooltip has a text in its heading or its lines, and returns all that the item says.
#[track_caller]
pub(crate) fn wait_for_text(item: &TrayItem, wanted: &str, within: Duration) -> TrayState {
    wait_for_state(item, within, |state| {
        state.tooltip_title.contains(wanted) || state.tooltip_text.contains(wanted)
    })
}

fn start_keychain(desktop: &Desktop) -> Keychain {
    Keychain::start(desktop, "the login password").unwrap()
}
