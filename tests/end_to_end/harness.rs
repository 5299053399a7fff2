//! The private desktop itself, without the programs of this workspace.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use desktop::{
    Browser, CloseReason, Desktop, Error, Keychain, NotificationDaemon, NotificationServer, PATIENCE, Panel,
    TrayHost, eventually,
};
use zbus::zvariant::Value;

use crate::fake_item::FakeItem;

#[test]
fn a_desktop_leaves_nothing_behind() {
    let desktop = Desktop::start().unwrap();
    let home = desktop.home();
    // A program that outlives its parent, in a session of its own, and does not end when asked to.
    let escaping = "trap '' TERM; setsid sh -c \"trap '' TERM; while :; do sleep 1; done\" & exit 0";
    desktop.run(desktop.command("sh").args(["-c", escaping])).unwrap();
    let panel = Panel::start(&desktop).unwrap();
    let names: Vec<_> = desktop.processes().iter().map(|process| process.name().to_owned()).collect();
    for name in ["Xvfb", "dbus-daemon", "xfce4-panel", "xfconfd", "sh"] {
        assert!(names.iter().any(|running| running == name), "no {name} among {names:?}");
    }
    let mark = format!("CREDIT_GAUGE_DESKTOP={}", home.parent().unwrap().display());
    drop(panel);
    drop(desktop);
    assert!(!home.exists());
    assert_eq!(environments_with(&mark), 0);
}

/// How many processes of this machine were started with a line in their environment.
fn environments_with(line: &str) -> usize {
    let Ok(processes) = fs::read_dir("/proc") else { return 0 };
    processes
        .filter_map(|process| fs::read_to_string(process.ok()?.path().join("environ")).ok())
        .filter(|environment| environment.split('\0').any(|found| found == line))
        .count()
}

#[test]
fn programs_see_nothing_of_this_session() {
    let desktop = Desktop::start().unwrap();
    let output = desktop.run(&mut desktop.command("env")).unwrap();
    let environment = String::from_utf8(output.stdout).unwrap();
    assert!(environment.contains(&format!("HOME={}", desktop.home().display())), "{environment}");
    assert!(!environment.contains("CARGO"), "{environment}");
}

#[test]
fn input_output_and_exit_code_of_a_program_are_its_own() {
    let desktop = Desktop::start().unwrap();
    let script = "read line; echo \"got $line\"; echo careful >&2; exit 3";
    let output = desktop.run_with_input(desktop.command("sh").args(["-c", script]), "a key\n").unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"got a key\n");
    assert_eq!(output.stderr, b"careful\n");
}

#[test]
fn a_missing_program_is_named() {
    let desktop = Desktop::start().unwrap();
    let error = desktop.run(&mut desktop.command("no-such-program")).unwrap_err();
    assert!(format!("{error:?}").starts_with("cannot start `no-such-program`"), "{error:?}");
}

#[test]
fn the_session_bus_starts_nobody_by_itself() {
    let desktop = Desktop::start().unwrap();
    let error = desktop.bus().call_method(
        Some("org.freedesktop.secrets"),
        "/org/freedesktop/secrets",
        Some("org.freedesktop.DBus.Peer"),
        "Ping",
        &(),
    );
    assert!(error.unwrap_err().to_string().contains("ServiceUnknown"));
}

#[test]
fn a_screenshot_shows_the_whole_screen() {
    let desktop = Desktop::start().unwrap();
    let file = desktop.home().join("screen.png");
    desktop.screenshot(&file).unwrap();
    let png = fs::read(file).unwrap();
    assert_eq!(png[1..4], *b"PNG");
    // Width and height follow the header and the name of the first chunk.
    assert_eq!(png[16..24], [1280_u32.to_be_bytes(), 800_u32.to_be_bytes()].concat());
}

#[test]
fn the_keychain_keeps_a_secret_over_a_crash() {
    let desktop = Desktop::start().unwrap();
    let keychain = Keychain::start(&desktop, "password").unwrap();
    let mut store = desktop.command("secret-tool");
    store.args(["store", "--label=Test", "service", "test"]);
    assert!(desktop.run_with_input(&mut store, "s3cret").unwrap().status.success());
    assert_eq!(lookup(&desktop), "s3cret");

    drop(keychain);
    assert_eq!(lookup(&desktop), "");
    let _keychain = Keychain::start(&desktop, "password").unwrap();
    assert_eq!(lookup(&desktop), "s3cret");
}

#[test]
fn a_locked_keychain_gives_nothing_until_it_is_unlocked() {
    let desktop = Desktop::start().unwrap();
    let keychain = Keychain::start(&desktop, "password").unwrap();
    let mut store = desktop.command("secret-tool");
    store.args(["store", "--label=Test", "service", "test"]);
    assert!(desktop.run_with_input(&mut store, "s3cret").unwrap().status.success());

    keychain.lock().unwrap();
    assert!(keychain.is_locked().unwrap());
    assert_eq!(lookup(&desktop), "");
    keychain.unlock().unwrap();
    assert!(!keychain.is_locked().unwrap());
    assert_eq!(lookup(&desktop), "s3cret");
}

fn lookup(desktop: &Desktop) -> String {
    let output = desktop.run(desktop.command("secret-tool").args(["lookup", "service", "test"]));
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

#[test]
fn the_tray_reads_and_clicks_an_item() {
    let desktop = Desktop::start().unwrap();
    assert!(desktop.tray_items().unwrap().is_empty());
    let tray = TrayHost::start(&desktop).unwrap();
    assert!(desktop.tray_items().unwrap().is_empty());

    let shown = FakeItem::show(&desktop).unwrap();
    let item = desktop.wait_for_tray_item(PATIENCE).unwrap();
    let state = item.state().unwrap();
    assert_eq!((state.id.as_str(), state.status.as_str()), ("fake", "NeedsAttention"));
    assert_eq!(state.tooltip_title, "Low");
    assert_eq!(state.tooltip_text, "OpenRouter: $16.55");
    assert_eq!(state.icon[0].argb, [255, 200, 100, 0]);

    item.activate(7, 8).unwrap();
    item.secondary_activate(9, 10).unwrap();
    assert_eq!(item.menu().unwrap()[0].entries[0].label, "Personal");
    item.click("Personal").unwrap();
    item.click("Quit").unwrap();
    assert!(matches!(item.click("Nothing"), Err(Error::NoMenuEntry { .. })));
    assert_eq!(
        shown.deeds(),
        ["activated at 7,8", "secondary at 9,10", "clicked entry 2", "clicked entry 3"]
    );

    drop(shown);
    eventually("the item to leave", PATIENCE, || desktop.tray_items().ok()?.is_empty().then_some(()))
        .unwrap();
    drop(tray);
    eventually("the tray to leave", PATIENCE, || {
        (!desktop.has_bus_name("org.kde.StatusNotifierWatcher").ok()?).then_some(())
    })
    .unwrap();
}

#[test]
fn the_real_panel_shows_an_item() {
    let desktop = Desktop::start().unwrap();
    let _panel = Panel::start(&desktop).unwrap();
    let _shown = FakeItem::show(&desktop).unwrap();
    let item = desktop.wait_for_tray_item(PATIENCE).unwrap();
    assert_eq!(item.state().unwrap().tooltip_title, "Low");
}

#[test]
fn the_notification_server_remembers_and_answers() {
    let desktop = Desktop::start().unwrap();
    let server = NotificationServer::start(&desktop).unwrap();
    let pressed = desktop.bus().clone();
    let proxy = zbus::blocking::Proxy::new(
        &pressed,
        "org.freedesktop.Notifications",
        "/org/freedesktop/Notifications",
        "org.freedesktop.Notifications",
    )
    .unwrap();
    let mut signals = proxy.receive_all_signals().unwrap();

    let id = notify(&desktop, 0, "Low", "$5 left").unwrap();
    assert_eq!(notify(&desktop, id, "Critical", "$1 left").unwrap(), id);
    server.received(|all| {
        let summaries: Vec<_> = all.iter().map(|one| one.summary.as_str()).collect();
        assert_eq!(summaries, ["Low", "Critical"]);
        assert_eq!(all[1].replaces_id, id);
        assert_eq!(all[0].actions, [("topup".to_owned(), "Top up".to_owned())]);
        assert_eq!(u8::try_from(&all[0].hints["urgency"]).unwrap(), 2);
    });

    server.press(id, "topup").unwrap();
    server.close(id, CloseReason::Dismissed).unwrap();
    let names: Vec<_> =
        signals.by_ref().take(2).map(|signal| signal.header().member().unwrap().to_string()).collect();
    assert_eq!(names, ["ActionInvoked", "NotificationClosed"]);
}

#[test]
fn the_notification_server_can_be_slow_and_can_be_gone() {
    let desktop = Desktop::start().unwrap();
    assert!(notify(&desktop, 0, "Nobody", "").is_err());
    let server = NotificationServer::start(&desktop).unwrap();
    server.set_delay(Duration::from_millis(300));
    let asked = Instant::now();
    notify(&desktop, 0, "Slow", "").unwrap();
    assert!(asked.elapsed() >= Duration::from_millis(300));
    drop(server);
    eventually("nobody to take notifications", PATIENCE, || notify(&desktop, 0, "Nobody", "").err()).unwrap();
    let server = NotificationServer::start(&desktop).unwrap();
    notify(&desktop, 0, "Back", "").unwrap();
    assert_eq!(server.received(<[_]>::len), 1);
}

#[test]
fn the_real_notification_daemon_takes_notifications() {
    let desktop = Desktop::start().unwrap();
    let _daemon = NotificationDaemon::start(&desktop).unwrap();
    assert_ne!(notify(&desktop, 0, "Low", "$5 left").unwrap(), 0);
}

/// Sends a notification as a program would, and returns its id.
fn notify(desktop: &Desktop, replaces: u32, summary: &str, body: &str) -> zbus::Result<u32> {
    let actions = ["topup", "Top up"];
    let hints = HashMap::from([("urgency", Value::from(2_u8))]);
    desktop
        .bus()
        .call_method(
            Some("org.freedesktop.Notifications"),
            "/org/freedesktop/Notifications",
            Some("org.freedesktop.Notifications"),
            "Notify",
            &("test", replaces, "", summary, body, &actions[..], hints, -1),
        )?
        .body()
        .deserialize()
}

#[test]
fn a_web_view_is_driven() {
    let desktop = Desktop::start().unwrap();
    let browser = browse(
        &desktop,
        "<title>Page</title><label>Name <input id=name></label>\
         <button onclick=\"document.body.append('Hello ' + document.querySelector('input').value)\">Greet</button>",
    );
    assert_eq!(browser.title().unwrap(), "Page");
    let field = browser.element("#name").unwrap();
    assert_eq!(browser.label(&field).unwrap(), "Name");
    browser.type_into(&field, "you").unwrap();
    assert_eq!(browser.execute("return arguments[0] + 1", &[41.into()]).unwrap(), 42);
    // Tab to the button, and press it.
    browser.press('\u{e004}').unwrap();
    let button = browser.focused().unwrap();
    assert_eq!(browser.role(&button).unwrap(), "button");
    browser.press(' ').unwrap();
    browser.wait_for_text("Hello you").unwrap();

    let has_web_process = || desktop.processes().iter().any(|process| process.name() == "WebKitWebProcess");
    assert!(has_web_process());
    drop(browser);
    eventually("the web process to end", PATIENCE, || (!has_web_process()).then_some(())).unwrap();
}

#[test]
fn accessibility_faults_are_found() {
    let desktop = Desktop::start().unwrap();
    let policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">";
    let page =
        |body: &str| format!("<html lang=en><title>Page</title>{policy}<main><h1>Page</h1>{body}</main>");
    let browser = browse(&desktop, &page("<img src=missing.png>"));
    let rules: Vec<_> = browser.violations().unwrap().into_iter().map(|violation| violation.rule).collect();
    assert_eq!(rules, ["image-alt"]);
    drop(browser);
    let browser = browse(&desktop, &page("<p>Fine</p>"));
    assert_eq!(browser.violations().unwrap(), []);
}

/// Shows a page in a browser.
fn browse(desktop: &Desktop, html: &str) -> Browser {
    let file = desktop.home().join("page.html");
    fs::write(&file, html).unwrap();
    let mut command = desktop.command(mini_browser().unwrap());
    let browser = Browser::start(desktop, command.arg("--automation")).unwrap();
    browser.go(&format!("file://{}", file.display())).unwrap();
    browser
}

/// WebKitGTK's own browser, which comes with its library.
fn mini_browser() -> Option<PathBuf> {
    fs::read_dir("/usr/lib")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("webkit2gtk-4.1/MiniBrowser")))
        .find(|path| path.exists())
}
