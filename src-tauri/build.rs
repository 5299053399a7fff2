//! Hands the app's configuration and icons to Tauri.

use std::error::Error;
use std::fs;
use std::path::Path;

/// What a window shows when the program was compiled before the UI was.
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Credit Gauge</title>\
    <p>The windows were not built. Start the app with <code>cargo xtask run</code>, which builds them first.</p>\n";

fn main() -> Result<(), Box<dyn Error>> {
    // Tauri embeds the built UI and does not compile without it. `cargo check` in a fresh clone has not built it.
    let page = Path::new("../ui/dist/index.html");
    if !page.exists() {
        fs::create_dir_all("../ui/dist")?;
        fs::write(page, NOT_BUILT)?;
    }
    tauri_build::build();
    Ok(())
}
