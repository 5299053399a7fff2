//! The app on a machine without a display.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use desktop::{
    Desktop, Keychain, NotificationDaemon, PATIENCE, Panel, Program, Settings, TrayItem, TrayState,
    eventually,
};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::command::target;
use crate::error::Error;

/// Starts a program in a virtual desktop, tells what its tray icon says, and saves a screenshot with its popover open.
/// Unless `once`, it then runs until it ends or is interrupted.
pub(crate) fn show(program: &Path, arguments: &[&str], once: bool) -> Result<(), Error> {
    println!(
        "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the app starts in a virtual desktop,\n\
         with a panel, a keychain and a notification server of its own; your files and keys are not touched."
    );
    let settings = Settings { environment: inherited(), ..Settings::default() };
    let desktop = Desktop::start_with(&settings)?;
    let _keychain = Keychain::start(&desktop, "virtual desktop")?;
    let _notifications = NotificationDaemon::start(&desktop)?;
    let _panel = Panel::start(&desktop)?;

    // From here on, an interrupt ends the desktop in good order.
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGCHLD])
        .map_err(|source| Error::Start { command: "signal handling".into(), source })?;
    let mut app = desktop.spawn(desktop.command(program).args(arguments))?;
    let item = eventually("the app's icon in the tray", PATIENCE, || {
        let over = !app.is_running() || signals.pending().any(|signal| signal != SIGCHLD);
        let item = desktop.tray_items().ok().and_then(|items| items.into_iter().next());
        (over || item.is_some()).then_some(item)
    })?;
    let Some(item) = item else { return ended(&mut app) };
    say(&settled(&item)?);
    // With no accounts yet, the app opens a window by itself.
    if wait_for_window(&desktop, &app, UNASKED).is_err() {
        item.activate(CLICK.0, CLICK.1)?;
        wait_for_window(&desktop, &app, PATIENCE)?;
    }
    println!("\nScreenshot: {}", screenshot(&desktop)?.display());

    if once {
        return Ok(());
    }
    println!("The app runs until you press Ctrl-C.");
    for signal in signals.forever() {
        if signal != SIGCHLD || !app.is_running() {
            break;
        }
    }
    ended(&mut app)
}

/// Where the tray icon is taken to be clicked: near the panel's right end.
const CLICK: (i32, i32) = (1220, 786);

/// How long an app may take to open a window that nobody asked for.
const UNASKED: Duration = Duration::from_secs(2);

/// The end: fine when the user asked for it, told with the app's last words when it ended by itself.
fn ended(app: &mut Program) -> Result<(), Error> {
    if app.is_running() {
        return Ok(());
    }
    let status = app.wait(PATIENCE)?;
    if status.success() {
        print!("{}", app.stdout());
        return Ok(());
    }
    Err(Error::Found(format!("The app ended ({status}). It said:\n{}", app.stderr())))
}

/// What the tray says once the first answers are in and nothing changes any more.
fn settled(item: &TrayItem) -> Result<TrayState, Error> {
    let mut last = String::new();
    let state = eventually("the tray to say the same for a while", PATIENCE, || {
        thread::sleep(STILL);
        let state = item.state().ok()?;
        let said = std::mem::replace(&mut last, state.tooltip_text.clone());
        (said == state.tooltip_text).then_some(state)
    });
    Ok(state?)
}

fn say(state: &TrayState) {
    let sizes: Vec<_> = state.icon.iter().map(|icon| format!("{}×{}", icon.width, icon.height)).collect();
    println!("\nThe tray says:");
    println!("  icon     {} {}", state.icon_name, sizes.join(" "));
    println!("  status   {}", state.status);
    println!("  tooltip  {}", state.tooltip_title);
    for line in state.tooltip_text.lines() {
        println!("           {line}");
    }
}

/// Waits for a window of the app on the screen.
fn wait_for_window(desktop: &Desktop, app: &Program, within: Duration) -> Result<(), desktop::Error> {
    let id = app.id().to_string();
    eventually("a window of the app", within, || {
        let mut search = desktop.command("xdotool");
        search.args(["search", "--onlyvisible", "--all", "--pid", &id, "--name", ".*"]);
        desktop.run(&mut search).ok()?.status.success().then_some(())
    })
}

/// Saves what the screen shows once the picture stands still.
fn screenshot(desktop: &Desktop) -> Result<PathBuf, Error> {
    let file = target().join("xtask").join("desktop.png");
    let folder = file.parent().unwrap_or(&file);
    fs::create_dir_all(folder).map_err(|source| Error::File { path: folder.to_owned(), source })?;
    let mut last = Vec::new();
    eventually("the screen to stand still", PATIENCE, || {
        thread::sleep(STILL);
        desktop.screenshot(&file).ok()?;
        let picture = fs::read(&file).ok()?;
        let still = picture == last;
        last = picture;
        still.then_some(())
    })?;
    Ok(file)
}

/// How long a picture or a text must not change to count as finished.
const STILL: Duration = Duration::from_millis(700);

/// The caller's environment, for proxies, certificates and keys; what makes up a desktop is replaced.
fn inherited() -> BTreeMap<String, String> {
    env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
