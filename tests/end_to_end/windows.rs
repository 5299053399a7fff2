//! The app's windows as a person uses them: by what they show, and by the names of what is in them.

mod accessibility;
mod first_run;
mod history;
mod keyboard;
mod popover;
mod settings;

use std::fs;
use std::process::Command;
use std::time::Duration;

use desktop::{Browser, Desktop, Element, PATIENCE, built_program, eventually};
use serde_json::json;

use crate::bench::{Bench, SOON, stability};

/// Keys by the codes that `WebDriver` has for them.
pub(crate) const TAB: char = '\u{e004}';
pub(crate) const ENTER: char = '\u{e006}';
pub(crate) const SHIFT: char = '\u{e008}';
pub(crate) const CONTROL: char = '\u{e009}';
pub(crate) const ESCAPE: char = '\u{e00c}';
pub(crate) const END: char = '\u{e010}';
pub(crate) const HOME: char = '\u{e011}';
pub(crate) const LEFT: char = '\u{e012}';

/// Notes what a page complains about from now on.
const WATCH: &str = "
if (window.troubles) return;
const troubles = (window.troubles = []);
addEventListener('error', (event) => troubles.push(event.message));
addEventListener('unhandledrejection', (event) => troubles.push(String(event.reason?.message ?? event.reason)));
addEventListener('securitypolicyviolation', (event) => troubles.push(`${event.violatedDirective}: ${event.blockedURI}`));
for (const level of ['error', 'warn']) console[level] = (...what) => troubles.push(what.map(String).join(' '));
";

/// The running app with one of its windows before the user.
pub(crate) struct App {
    pub(crate) browser: Browser,
}

impl App {
    /// Starts the app with a window open.
    pub(crate) fn open(bench: &Bench, window: &str) -> Self {
        Self::start(&bench.desktop, command(bench).args(["--window", window]))
    }

    /// Starts the app with a window open, from a command with the arguments and the environment for that.
    pub(crate) fn start(desktop: &Desktop, command: &Command) -> Self {
        let app = Self { browser: Browser::start(desktop, command).unwrap() };
        app.watch();
        app
    }

    /// Clicks what opens the window with this title, and goes on there.
    #[track_caller]
    pub(crate) fn open_by(&self, name: &str, title: &str) {
        let here = self.browser.window().unwrap();
        eventually(&format!("{name:?} to open {title:?}"), PATIENCE, || {
            self.browser.switch_to(&here).unwrap();
            // The page may have moved under the click.
            self.click(name);
            eventually(title, SOON, || self.switch_to(title)).ok()
        })
        .unwrap();
        self.watch();
    }

    /// Goes on in the window with this title, once it is there.
    #[track_caller]
    pub(crate) fn go_to(&self, title: &str) {
        eventually(&format!("a window {title:?}"), PATIENCE, || self.switch_to(title)).unwrap();
        self.watch();
    }

    fn switch_to(&self, title: &str) -> Option<()> {
        self.browser.windows().ok()?.into_iter().find_map(|window| {
            self.browser.switch_to(&window).ok()?;
            (self.browser.title().ok()? == title).then_some(())
        })
    }

    fn watch(&self) {
        eventually("the page", PATIENCE, || self.browser.execute(WATCH, &[]).ok()).unwrap();
    }

    /// What the window shows, with single spaces.
    pub(crate) fn text(&self) -> String {
        let text = self.browser.execute(r"return document.body.innerText.replace(/\s+/g, ' ')", &[]);
        text.unwrap_or_default().as_str().unwrap_or_default().to_owned()
    }

    /// Waits for a text to show.
    #[track_caller]
    pub(crate) fn shows(&self, wanted: &str) {
        self.shows_within(wanted, PATIENCE);
    }

    /// Waits not longer than this for a text to show.
    #[track_caller]
    pub(crate) fn shows_within(&self, wanted: &str, within: Duration) {
        let found = eventually(wanted, within, || self.text().contains(wanted).then_some(()));
        assert!(found.is_ok(), "waited for {wanted:?} in vain; the window shows:\n{}", self.text());
    }

    /// Waits for the page with this heading.
    #[track_caller]
    pub(crate) fn heading(&self, wanted: &str) {
        let heading = || self.browser.execute("return document.querySelector('h1')?.innerText", &[]).ok();
        eventually(wanted, PATIENCE, || (heading()? == wanted).then_some(())).unwrap();
    }

    /// Waits for a text to be gone.
    #[track_caller]
    pub(crate) fn hides(&self, unwanted: &str) {
        let gone = eventually(unwanted, PATIENCE, || (!self.text().contains(unwanted)).then_some(()));
        assert!(gone.is_ok(), "waited in vain for {unwanted:?} to go; the window shows:\n{}", self.text());
    }

    /// Clicks the link, button or box with this name.
    #[track_caller]
    pub(crate) fn click(&self, name: &str) {
        self.click_element(name, || self.control(name));
    }

    /// Clicks in a part of the window.
    #[track_caller]
    pub(crate) fn click_in(&self, part: &str, name: &str) {
        self.click_element(name, || self.browser.control_in(Some(part), name).unwrap());
    }

    /// The page may be drawn anew between looking for a control and clicking it.
    #[track_caller]
    fn click_element(&self, name: &str, find: impl Fn() -> Element) {
        let mut last = None;
        let clicked = eventually(name, PATIENCE, || {
            self.browser.click(&find()).map_err(|error| last = Some(error)).ok()
        });
        assert!(clicked.is_ok(), "{name:?} cannot be clicked: {last:?}; the window shows:\n{}", self.text());
    }

    /// Replaces the text of the field with this name.
    #[track_caller]
    pub(crate) fn fill(&self, name: &str, text: &str) {
        self.fill_element(&self.control(name), text);
    }

    /// Replaces the text of a field in a part of the window.
    #[track_caller]
    pub(crate) fn fill_in(&self, part: &str, name: &str, text: &str) {
        self.fill_element(&self.browser.control_in(Some(part), name).unwrap(), text);
    }

    #[track_caller]
    fn fill_element(&self, field: &Element, text: &str) {
        self.browser.clear(field).unwrap();
        self.browser.type_into(field, text).unwrap();
    }

    /// Chooses an entry of the list with this name, once there is one.
    #[track_caller]
    pub(crate) fn choose(&self, name: &str, entry: &str) {
        eventually(entry, PATIENCE, || self.browser.choose(&self.control(name), entry).ok()).unwrap();
    }

    /// What is typed into the field with this name.
    #[track_caller]
    pub(crate) fn value(&self, name: &str) -> String {
        self.browser.value(&self.control(name)).unwrap()
    }

    /// Waits for a link, button or field with this name.
    #[track_caller]
    pub(crate) fn control(&self, name: &str) -> Element {
        let found = self.browser.control(name);
        assert!(found.is_ok(), "no {name:?}; the window shows:\n{}", self.text());
        found.unwrap()
    }

    /// Says what the window's page complained about: errors, and what its content security policy refused.
    #[track_caller]
    pub(crate) fn is_calm(&self) {
        let troubles = self.browser.execute("return window.troubles", &[]).unwrap();
        assert_eq!(troubles, json!([]));
    }
}

/// The command that starts the app.
pub(crate) fn command(bench: &Bench) -> Command {
    bench.desktop.command(built_program("credit-gauge-tray").unwrap())
}

/// Has the running app open another window, by starting the program again.
fn open_another(bench: &Bench, window: &str) {
    let second = bench.desktop.run(command(bench).args(["--window", window])).unwrap();
    assert!(second.status.success(), "{second:?}");
}

/// Whether a web view is alive.
fn has_page(bench: &Bench) -> bool {
    bench.desktop.processes().iter().any(|process| process.name() == "WebKitWebProcess")
}

/// Opens an account at Stability AI with so many credits, and adds it to the gauge under a label.
fn account(bench: &Bench, id: &str, label: &str, credits: u32) {
    bench.open(&stability(id, credits));
    bench.add_with("stability", id, &["--label", label]).succeeds();
}

/// The keys in the keychain.
fn stored_keys(bench: &Bench) -> Vec<String> {
    let mut search = bench.desktop.command("secret-tool");
    let found = bench.desktop.run(search.args(["search", "--all", "service", "credit-gauge"])).unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    found.lines().filter_map(|line| line.strip_prefix("secret = ")).map(str::to_owned).collect()
}

/// Searches every file of the desktop, and the arguments and the environment of every process in it.
#[track_caller]
fn assert_no_traces(bench: &Bench, secret: &str) {
    let mut folders = vec![bench.desktop.home()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if let Ok(bytes) = fs::read(entry.path()) {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{}", entry.path().display());
            }
        }
    }
    for process in bench.desktop.processes() {
        let told = process.arguments.iter().chain(&process.environment);
        assert!(!told.into_iter().any(|text| text.contains(secret)), "{process:?}");
    }
}
