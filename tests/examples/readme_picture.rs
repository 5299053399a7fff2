//! Takes the README's picture: the demo's details beside its icon in a real panel. To be run after `cargo xtask run` or
//! `test`, which build the app: `cargo run --package end-to-end --example readme_picture`.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use std::{fs, thread};

use desktop::{Desktop, Error, NotificationServer, PATIENCE, Panel, Settings, built_program, eventually};

/// Where the panel has the icon.
const ICON: (&str, &str) = ("1142", "1692");

/// What of the screen is in the picture: left, top, width, height.
const PART: &str = "520,254,760,1466";

/// How long the picture must stand still to be finished.
const STILL: Duration = Duration::from_secs(1);

fn main() -> Result<(), Error> {
    let settings =
        Settings { screen: (1280, 1720), environment: BTreeMap::from([("GDK_SCALE".into(), "2".into())]) };
    let desktop = Desktop::start_with(&settings)?;
    let _panel = Panel::start(&desktop)?;
    // One that draws nothing: else a notice that there is none would be in the picture.
    let _server = NotificationServer::start(&desktop)?;
    let _app = desktop.spawn(desktop.command(built_program("credit-gauge-tray")?).arg("--demo"))?;
    let item = desktop.wait_for_tray_item(PATIENCE)?;
    // Until every account has been read.
    eventually("the amounts", PATIENCE, || item.state().ok()?.tooltip_text.contains("$182").then_some(()))?;
    let mut click = desktop.command("xdotool");
    desktop.run(click.args(["mousemove", ICON.0, ICON.1, "click", "1"]))?;
    eventually("the details", PATIENCE, || {
        desktop.windows().ok()?.contains(&"Credit Gauge".into()).then_some(())
    })?;
    // Away from the icon, whose tooltip would be in the picture.
    desktop.run(desktop.command("xdotool").args(["mousemove", "800", "276"]))?;

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images/popover.png");
    let mut last = Vec::new();
    eventually("the picture to stand still", PATIENCE, || {
        thread::sleep(STILL);
        desktop.run(desktop.command("scrot").args(["--overwrite", "--autoselect", PART]).arg(&file)).ok()?;
        let picture = fs::read(&file).ok()?;
        let still = picture == last;
        last = picture;
        still.then_some(())
    })
}
