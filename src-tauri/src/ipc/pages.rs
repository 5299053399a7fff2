//! Windows of the app, and pages in the browser.

use std::collections::BTreeMap;

use gauge::account::AccountId;
use serde::Deserialize;
use tauri::{AppHandle, State, WebviewWindow};
use ts_rs::TS;

use crate::app::App;
use crate::problem::Problem;
use crate::windows::{self, WindowName};
use crate::{browser, demo, popover};

/// A page of a provider.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Page {
    /// Where credit is bought.
    TopUp,
    /// Where keys are made.
    Keys,
    /// What the provider documents.
    Docs,
}

/// Something the app's own documentation explains.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Topic {
    /// How to get a keychain.
    Keychain,
    /// How to get a tray.
    Tray,
}

#[tauri::command]
pub(crate) async fn open_page(
    handle: AppHandle,
    app: State<'_, App>,
    account: Option<AccountId>,
    provider: Option<String>,
    page: Page,
) -> Result<(), Problem> {
    let (provider, inputs) = match (account, provider) {
        (Some(account), _) => {
            let account = app.gauge.database().account(&account).await?;
            (account.provider, account.inputs)
        }
        (None, Some(provider)) => (provider, BTreeMap::new()),
        (None, None) => return Err(Problem::new("invalid", "name an account or a provider")),
    };
    let catalogue = app.gauge.catalogue();
    let url = catalogue.get(&provider).and_then(|entry| match page {
        Page::TopUp => entry.definition.top_up_url(&inputs),
        Page::Keys => entry.definition.keys_url(&inputs),
        Page::Docs => entry.definition.docs_url.clone(),
    });
    let url = url.ok_or_else(|| {
        Problem::new("definition", format!("the definition of {provider} names no such page"))
    })?;
    browser::open(&handle, &url)
}

#[tauri::command]
pub(crate) async fn open_help(handle: AppHandle, topic: Topic) -> Result<(), Problem> {
    let section = match topic {
        Topic::Keychain => "keychain",
        Topic::Tray => "tray",
    };
    browser::open(
        &handle,
        &format!("{}/blob/main/docs/troubleshooting.md#{section}", env!("CARGO_PKG_REPOSITORY")),
    )
}

#[tauri::command]
pub(crate) async fn open_window(
    handle: AppHandle,
    window: WindowName,
    page: Option<String>,
) -> Result<(), Problem> {
    Ok(windows::open(&handle, window, page.as_deref())?)
}

#[tauri::command]
pub(crate) async fn close_window(window: WebviewWindow) -> Result<(), Problem> {
    Ok(window.destroy()?)
}

#[tauri::command]
pub(crate) async fn fit(window: WebviewWindow, height: f64) -> Result<(), Problem> {
    Ok(popover::fit(&window, height)?)
}

#[tauri::command]
pub(crate) async fn look_around() -> Result<(), Problem> {
    demo::start_beside().map_err(|error| Problem::internal(format!("the demo could not be started: {error}")))
}

#[tauri::command]
pub(crate) fn quit(handle: AppHandle) {
    handle.exit(0);
}
