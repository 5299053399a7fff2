//! What meters read over time: drawn, listed, taken out and in.

use gauge::account::AccountId;
use gauge::amount::Unit;
use gauge::clock;
use gauge::forecast::Forecast;
use gauge::history::{Chart, Format, Imported, Recent, SeriesInfo, SeriesKey, Span, table};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;

use crate::app::App;
use crate::problem::Problem;

/// The most readings of a page of the list.
const PAGE: usize = 10_000;
/// The most pixels of a plot; what is wider is drawn as finely.
const WIDEST: u32 = 10_000;

#[tauri::command]
pub(crate) async fn histories(app: State<'_, App>) -> Result<Vec<SeriesInfo>, Problem> {
    Ok(app.gauge.database().series().await?)
}

#[tauri::command]
pub(crate) async fn chart(
    app: State<'_, App>,
    account: AccountId,
    meter: String,
    unit: Unit,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    columns: u32,
) -> Result<Chart, Problem> {
    let key = SeriesKey { account, meter, unit };
    let until = until.unwrap_or_else(clock::now);
    let columns = columns.min(WIDEST);
    Ok(app.gauge.database().chart(&key, from, until, columns, TimeZone::system()).await?)
}

#[tauri::command]
pub(crate) async fn forecast(
    app: State<'_, App>,
    account: AccountId,
    meter: String,
    unit: Unit,
) -> Result<Forecast, Problem> {
    Ok(app.gauge.forecast_at(&SeriesKey { account, meter, unit }, clock::now()).await?)
}

#[tauri::command]
pub(crate) async fn recent(
    app: State<'_, App>,
    account: AccountId,
    meter: String,
) -> Result<Option<Recent>, Problem> {
    Ok(app.gauge.database().recent(&account, &meter, clock::now(), TimeZone::system()).await?)
}

#[tauri::command]
pub(crate) async fn readings(
    app: State<'_, App>,
    account: AccountId,
    meter: String,
    unit: Unit,
    before: Option<Timestamp>,
    limit: usize,
) -> Result<Vec<Span>, Problem> {
    let key = SeriesKey { account, meter, unit };
    let before = before.unwrap_or(Timestamp::MAX);
    Ok(app.gauge.database().spans_before(&key, before, limit.min(PAGE)).await?)
}

/// Has the user choose a file and writes the history of these series there. Gives where, or nothing when no file was
/// chosen.
#[tauri::command]
pub(crate) async fn export_history(
    handle: AppHandle,
    app: State<'_, App>,
    series: Vec<SeriesKey>,
    format: Format,
) -> Result<Option<String>, Problem> {
    let name = match &series[..] {
        [one] => format!("{}.{}", one.account, format.extension()),
        _ => format!("credit-gauge.{}", format.extension()),
    };
    let dialog = handle.dialog().file().set_file_name(name).add_filter(format.name(), &[format.extension()]);
    let (chosen, choice) = oneshot::channel();
    dialog.save_file(move |file| drop(chosen.send(file)));
    let Some(file) = choice.await.ok().flatten() else { return Ok(None) };
    let file = file.into_path().map_err(Problem::internal)?;
    let text = app.gauge.export(&series, Timestamp::MIN, format).await?;
    let shown = file.display().to_string();
    std::fs::write(&file, text).map_err(|error| {
        Problem::new("file", format!("{shown} could not be written: {error}. Choose another place"))
    })?;
    Ok(Some(shown))
}

/// Has the user choose a file and takes its readings into the history. Nothing when no file was chosen.
#[tauri::command]
pub(crate) async fn import_history(
    handle: AppHandle,
    app: State<'_, App>,
) -> Result<Option<Imported>, Problem> {
    let (chosen, choice) = oneshot::channel();
    handle.dialog().file().add_filter("CSV", &["csv"]).pick_file(move |file| drop(chosen.send(file)));
    let Some(file) = choice.await.ok().flatten() else { return Ok(None) };
    let file = file.into_path().map_err(Problem::internal)?;
    let shown = file.display().to_string();
    let wrong = |why: &dyn std::fmt::Display| {
        Problem::new("file", format!("Nothing was imported from {shown}: {why}"))
    };
    let text = std::fs::read(&file).map_err(|error| wrong(&error))?;
    let rows = table::read(&text, clock::now()).map_err(|error| wrong(&error))?;
    let imported = app.gauge.import(rows).await?;
    app.polling.look();
    Ok(Some(imported))
}
