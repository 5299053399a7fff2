//! Writes `settings.json` through the store plugin, as a whole and without losing what it does not know.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use gauge::settings::{Settings, SettingsError};
use gauge::{clock, home};
use serde_json::{Map, Value};
use tauri::AppHandle;
use tauri_plugin_store::StoreExt as _;

use crate::problem::Problem;

/// Held while the file is read, changed and written, so that no change is lost.
static WRITING: Mutex<()> = Mutex::new(());

/// Changes these settings and keeps the others, also keys that only the user's editor put there. A file that is no
/// longer valid is set aside first.
pub(crate) fn change(app: &AppHandle, path: &Path, change: Map<String, Value>) -> Result<(), Problem> {
    let _one_at_a_time = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let file = |source| SettingsError::File { path: path.display().to_string(), source };
    // A file that was damaged since it was read is moved, not overwritten.
    Settings::load(path, clock::now())?;
    let mut settings: Map<String, Value> =
        fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    settings.extend(change);
    Settings::parse(&serde_json::to_vec(&settings).map_err(Problem::internal)?)?;
    let staged = home::stage(path).map_err(file)?;
    // The plugin writes in place, and again when the app ends: so it writes a staged file, and lets go of it at once.
    let store = app
        .store_builder(&staged)
        .create_new()
        .disable_auto_save()
        .serialize(|values| Ok(serde_json::to_vec_pretty(&values.iter().collect::<BTreeMap<_, _>>())?))
        .build()
        .map_err(Problem::internal)?;
    for (key, value) in settings {
        store.set(key, value);
    }
    let saved = store.save().map_err(Problem::internal);
    store.close_resource();
    saved?;
    Ok(home::put_in_place(&staged, path).map_err(file)?)
}
