//! Opens pages in the user's browser.

use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt as _;

use crate::problem::Problem;

/// Opens a web page. Anything else that a definition may name is not opened.
pub(crate) fn open(app: &AppHandle, url: &str) -> Result<(), Problem> {
    if !url.starts_with("https://") {
        return Err(Problem::new("definition", "only https pages are opened"));
    }
    app.opener()
        .open_url(url, None::<&str>)
        .map_err(|error| Problem::internal(format!("no browser could be opened: {error}")))
}
