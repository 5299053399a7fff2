//! The preferences.

use gauge::settings::Settings;
use tauri::{AppHandle, Emitter as _, State};
use tauri_plugin_autostart::ManagerExt as _;

use crate::app::App;
use crate::preferences;
use crate::problem::Problem;

#[tauri::command]
pub(crate) fn settings(app: State<'_, App>) -> Settings {
    app.gauge.settings().as_ref().clone()
}

#[tauri::command]
pub(crate) async fn save_settings(
    handle: AppHandle,
    app: State<'_, App>,
    settings: Settings,
) -> Result<(), Problem> {
    let before = app.gauge.settings();
    if settings.launch_at_login != before.launch_at_login && !app.is_demo() {
        let autostart = handle.autolaunch();
        let changed = if settings.launch_at_login { autostart.enable() } else { autostart.disable() };
        changed.map_err(|error| {
            Problem::new("settings", format!("starting at login could not be changed: {error}"))
        })?;
    }
    preferences::save(&handle, &app.gauge.home().settings_file(), settings)?;
    app.gauge.reload();
    app.polling.look();
    handle.emit("settings", app.gauge.settings().as_ref())?;
    Ok(())
}
