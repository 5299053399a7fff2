//! How everything stands, and asking again.

use gauge::account::AccountId;
use gauge::snapshot::Snapshot;
use tauri::{AppHandle, Emitter as _, State};

use crate::app::App;
use crate::problem::Problem;

#[tauri::command]
pub(crate) fn snapshot(app: State<'_, App>) -> Snapshot {
    app.snapshot()
}

#[tauri::command]
pub(crate) fn dismiss_notice(handle: AppHandle, app: State<'_, App>, notice: String) -> Result<(), Problem> {
    app.dismiss(notice);
    Ok(handle.emit("snapshot", app.snapshot())?)
}

#[tauri::command]
pub(crate) async fn refresh(app: State<'_, App>, account: Option<AccountId>) -> Result<(), Problem> {
    app.polling.refresh(account).await;
    Ok(())
}
