//! Writes `settings.json` through the store plugin, as a whole and without losing what it does not know.

use std::fs;

use gauge::settings::{Settings, SettingsError};
use gauge::{clock, home};
use serde_json::{Map, Value};
use tauri::AppHandle;
use tauri_plugin_store::StoreExt as _;

use crate::problem::Problem;

/// Keeps the settings. Keys that only the user's editor put there stay; a file that is no longer valid is set aside
/// first.
pub(crate) fn save(app: &AppHandle, path: &std::path::Path, settings: Settings) -> Result<(), Problem> {
    let settings = settings.checked()?;
    let file = |source| SettingsError::File { path: path.display().to_string(), source };
    // A file that was damaged since it was read is moved, not overwritten.
    Settings::load(path, clock::now())?;
    let known: Map<String, Value> =
        fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let Value::Object(chosen) = serde_json::to_value(settings).map_err(Problem::internal)? else {
        return Err(Problem::internal("the settings are no JSON object"));
    };
    let staged = home::stage(path).map_err(file)?;
    // The plugin writes in place, and again when the app ends: so it writes a staged file, and lets go of it at once.
    let store = app
        .store_builder(&staged)
        .create_new()
        .disable_auto_save()
        .serialize(|values| {
            Ok(serde_json::to_vec_pretty(&values.iter().collect::<std::collections::BTreeMap<_, _>>())?)
        })
        .build()
        .map_err(Problem::internal)?;
    for (key, value) in known.into_iter().chain(chosen) {
        store.set(key, value);
    }
    let saved = store.save().map_err(Problem::internal);
    store.close_resource();
    saved?;
    Ok(home::put_in_place(&staged, path).map_err(file)?)
}
