//! The preferences.

use gauge::settings::Settings;
use serde_json::{Map, Value};
use tauri::{AppHandle, State};
use tauri_plugin_autostart::ManagerExt as _;

use crate::app::App;
use crate::preferences;
use crate::problem::Problem;

#[tauri::command]
pub(crate) fn settings(app: State<'_, App>) -> Settings {
    app.gauge.settings().as_ref().clone()
}

#[tauri::command]
pub(crate) async fn change_settings(
    handle: AppHandle,
    app: State<'_, App>,
    change: Map<String, Value>,
) -> Result<(), Problem> {
    let launch = change.get("launch_at_login").and_then(Value::as_bool);
    if let Some(launch) = launch
        && launch != app.gauge.settings().launch_at_login
        && !app.is_demo
    {
        let autostart = handle.autolaunch();
        let changed = if launch { autostart.enable() } else { autostart.disable() };
        changed.map_err(|error| {
            Problem::new("settings", format!("starting at login could not be changed: {error}"))
        })?;
    }
    preferences::change(&handle, &app.gauge.home().settings_file(), change)?;
    app.gauge.reload();
    app.polling.look();
    Ok(())
}
