//! Alerts: what was told, put off, and a test.

use gauge::account::AccountId;
use gauge::alert::{Alert, UNTIL_TOPPED_UP};
use gauge::clock;
use gauge::database::HookReport;
use gauge::hook::Hook;
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
    hours: Option<u32>,
) -> Result<(), Problem> {
    let until = match hours {
        Some(hours) => clock::now()
            .saturating_add(SignedDuration::from_hours(i64::from(hours)))
            .map_err(Problem::internal)?,
        None => UNTIL_TOPPED_UP,
    };
    if app.gauge.database().snooze(&account, meter, Some(until), clock::now()).await? == 0 {
        return Err(Problem::new(
            "alerts",
            "No alert about this account holds, so there is nothing to snooze.",
        ));
    }
    app.alerts.withdraw_about(&[account]).await;
    app.polling.look();
    Ok(())
}

#[tauri::command]
pub(crate) async fn unsnooze(
    app: State<'_, App>,
    account: AccountId,
    meter: Option<String>,
) -> Result<(), Problem> {
    app.gauge.database().snooze(&account, meter, None, clock::now()).await?;
    app.polling.look();
    Ok(())
}

#[tauri::command]
pub(crate) async fn test_notification(app: State<'_, App>) -> Result<(), Problem> {
    app.alerts.test().await.map_err(|error| Problem::new("notification", error))
}

#[tauri::command]
pub(crate) async fn test_summary(app: State<'_, App>) -> Result<(), Problem> {
    app.alerts.show_summary().await?.map_err(|error| Problem::new("notification", error))
}

#[tauri::command]
pub(crate) async fn test_hook(app: State<'_, App>, hook: Hook) -> Result<(), Problem> {
    app.gauge.test_hook(&hook).await.map_err(|error| Problem::new("hook", error))
}

/// The last call of each hook that there is.
#[tauri::command]
pub(crate) async fn hook_reports(app: State<'_, App>) -> Result<Vec<HookReport>, Problem> {
    let hooks = &app.gauge.settings().hooks;
    let mut reports = app.gauge.database().hook_reports(clock::now()).await?;
    reports.retain(|report| hooks.iter().any(|hook| hook.name == report.name));
    Ok(reports)
}
