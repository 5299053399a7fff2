//! Alerts: what was told, put off, and a test.

use gauge::account::AccountId;
use gauge::alert::Alert;
use gauge::clock;
use jiff::SignedDuration;
use tauri::State;

use crate::app::App;
use crate::problem::Problem;

/// How many alerts the list shows.
const SHOWN: u32 = 200;

#[tauri::command]
pub(crate) async fn alerts(app: State<'_, App>) -> Result<Vec<Alert>, Problem> {
    Ok(app.gauge.database().alerts(SHOWN).await?)
}

#[tauri::command]
pub(crate) async fn snooze(
    app: State<'_, App>,
    account: AccountId,
    meter: Option<String>,
    hours: u32,
) -> Result<(), Problem> {
    let until = clock::now()
        .saturating_add(SignedDuration::from_hours(i64::from(hours)))
        .map_err(Problem::internal)?;
    app.gauge.database().snooze(&account, meter, Some(until)).await?;
    app.alerts.withdraw(&account).await;
    app.polling.look();
    Ok(())
}

#[tauri::command]
pub(crate) async fn unsnooze(
    app: State<'_, App>,
    account: AccountId,
    meter: Option<String>,
) -> Result<(), Problem> {
    app.gauge.database().snooze(&account, meter, None).await?;
    app.polling.look();
    Ok(())
}

#[tauri::command]
pub(crate) async fn test_notification(app: State<'_, App>) -> Result<(), Problem> {
    app.alerts.test().await.map_err(|error| Problem::new("notification", error))
}
