//! What the About page and a report of a problem tell: versions, places, and what of the desktop is in use.

use std::fmt::Write as _;

use gauge::failure::Trouble;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::app::App;
use crate::problem::Problem;
use crate::tray::TrayHost;

/// What the About page shows.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export)]
pub struct About {
    version: String,
    home: String,
    settings_file: String,
    database_file: String,
    providers_folder: String,
    logs_folder: String,
    keychain: String,
    keychain_error: Option<String>,
    tray_host: Option<String>,
    tray_advice: Option<String>,
    notifications: String,
    demo: bool,
}

#[tauri::command]
pub(crate) async fn about(app: State<'_, App>) -> Result<About, Problem> {
    Ok(describe(&app).await)
}

async fn describe(app: &App) -> About {
    let home = app.gauge.home();
    let (tray_host, tray_advice) = match &*app.tray_host.borrow() {
        TrayHost::Present { name } => (Some(name.clone()), None),
        TrayHost::Missing { advice } => (None, Some(advice.clone())),
    };
    let snapshot = app.polling.snapshots().borrow().clone();
    let keychain_error = snapshot
        .accounts
        .iter()
        .filter_map(|account| account.error.as_ref())
        .find(|trouble| trouble.kind == gauge::failure::FailureKind::Keychain)
        .map(|trouble| trouble.message.clone());
    About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        home: home.data().display().to_string(),
        settings_file: home.settings_file().display().to_string(),
        database_file: home.database_file().display().to_string(),
        providers_folder: home.providers_folder().display().to_string(),
        logs_folder: home.logs_folder().display().to_string(),
        keychain: app.gauge.keys().keychain().name().await,
        keychain_error,
        tray_host,
        tray_advice,
        notifications: app.alerts.server().await,
        demo: app.is_demo,
    }
}

/// A text to paste into a report. It tells what is in use and what went wrong, and no key, label or amount.
#[tauri::command]
pub(crate) async fn diagnostics(app: State<'_, App>) -> Result<String, Problem> {
    let about = describe(&app).await;
    let snapshot = app.polling.snapshots().borrow().clone();
    let mut text = format!(
        "Credit Gauge {}\nSystem: {} {}\nDesktop: {}\nKeychain: {}\nTray: {}\nNotifications: {}\nHome: {}\n",
        about.version,
        std::env::consts::OS,
        std::env::consts::ARCH,
        std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_else(|_| "not told".into()),
        about.keychain_error.as_ref().unwrap_or(&about.keychain),
        about.tray_host.as_ref().or(about.tray_advice.as_ref()).map_or("", String::as_str),
        about.notifications,
        about.home,
    );
    for account in &snapshot.accounts {
        let trouble = account
            .error
            .as_ref()
            .map_or_else(String::new, |Trouble { kind, since, .. }| format!(", {kind:?} since {since}"));
        // A String takes everything that is written to it.
        let _ = writeln!(
            text,
            "Account: {} ({:?}, {:?}{trouble})",
            account.provider, account.level, account.freshness
        );
    }
    for notice in &snapshot.notices {
        let _ = writeln!(text, "Notice: {notice}");
    }
    Ok(text)
}
