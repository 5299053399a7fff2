//! `credit-gauge-tray`: the desktop app. The tray icon, the windows and the notifications of what the `gauge` library
//! finds out.

#![cfg_attr(all(not(debug_assertions), windows), windows_subsystem = "windows")]

mod alerts;
mod app;
mod browser;
mod demo;
mod hooks;
mod instance;
mod ipc;
mod notify;
mod popover;
mod preferences;
mod problem;
mod tray;
#[cfg(target_os = "linux")]
mod web_engine;
mod windows;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use gauge::gauge::Gauge;
use gauge::home::Home;
use gauge::logs;
use gauge::secret::{Environment, SystemKeychain};
use tauri::RunEvent;
use tauri::async_runtime::block_on;

use crate::demo::Demo;
use crate::popover::Popover;
use crate::windows::{Opening, WindowName};

/// Shows in the tray how much prepaid API credit is left.
#[derive(Debug, clap::Parser)]
#[command(version)]
struct Options {
    /// Look around with simulated providers; your accounts and your keychain are left alone.
    #[arg(long)]
    demo: bool,
    /// Open this window at start, or in the app that runs already.
    #[arg(long, value_name = "WINDOW")]
    window: Option<WindowName>,
}

#[expect(
    unsafe_code,
    reason = "the keys are taken out of the environment, so that the web view does not inherit them"
)]
fn main() -> ExitCode {
    // SAFETY: no other thread was started yet.
    let environment = unsafe { Environment::take_from_process() };
    match run(&Options::parse(), environment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            // Nobody is left to tell when standard error is closed as well.
            let _ = writeln!(std::io::stderr(), "credit-gauge-tray: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options, environment: Environment) -> Result<(), Box<dyn Error>> {
    let Options { demo: is_demo, window } = *options;
    let (gauge, mut demo) = open(is_demo, environment)?;
    let gauge = Arc::new(gauge);
    let mut context = tauri::generate_context!();
    instance::name(&mut context, gauge.home(), is_demo);
    let app = instance::single(tauri::Builder::default(), &context)
        .manage(Opening::default())
        .manage(Popover::default())
        .plugin(tauri_plugin_autostart::Builder::new().app_name("Credit Gauge").build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_store::Builder::new().build())
        .invoke_handler(tauri::generate_handler![
            ipc::about::about,
            ipc::about::diagnostics,
            ipc::accounts::accounts,
            ipc::accounts::add_account,
            ipc::accounts::change_account,
            ipc::accounts::confirm_origins,
            ipc::accounts::found_keys,
            ipc::accounts::order_accounts,
            ipc::accounts::providers,
            ipc::accounts::remove_account,
            ipc::accounts::replace_key,
            ipc::accounts::test_key,
            ipc::alerts::alerts,
            ipc::alerts::hook_reports,
            ipc::alerts::snooze,
            ipc::alerts::test_hook,
            ipc::alerts::test_notification,
            ipc::alerts::test_summary,
            ipc::alerts::unsnooze,
            ipc::history::chart,
            ipc::history::export_history,
            ipc::history::forecast,
            ipc::history::histories,
            ipc::history::import_history,
            ipc::history::readings,
            ipc::history::recent,
            ipc::pages::close_window,
            ipc::pages::fit,
            ipc::pages::look_around,
            ipc::pages::open_help,
            ipc::pages::open_page,
            ipc::pages::open_window,
            ipc::pages::quit,
            ipc::settings::change_settings,
            ipc::settings::settings,
            ipc::status::dismiss_notice,
            ipc::status::refresh,
            ipc::status::snapshot,
        ])
        .setup(move |app| block_on(app::start(app.handle(), gauge, is_demo, window)))
        .build(context)?;
    app.run(move |handle, event| match event {
        // The last window was closed. The app goes on in the tray.
        RunEvent::ExitRequested { code: None, api, .. } => {
            api.prevent_exit();
            #[cfg(target_os = "linux")]
            tauri::async_runtime::spawn(web_engine::rest(handle.clone()));
            #[cfg(not(target_os = "linux"))]
            let _ = handle;
        }
        // The process ends without dropping anything, and the demo has a folder to remove.
        RunEvent::Exit => {
            block_on(app::end(handle));
            drop(demo.take());
        }
        _ => {}
    });
    Ok(())
}

fn open(demo: bool, environment: Environment) -> Result<(Gauge, Option<Demo>), Box<dyn Error>> {
    if demo {
        let (gauge, demo) = block_on(demo::start())?;
        logs::start(gauge.home(), "credit-gauge-tray");
        return Ok((gauge, Some(demo)));
    }
    let home = Home::of_user()?;
    logs::start(&home, "credit-gauge-tray");
    let gauge = Gauge::open(home, Arc::new(SystemKeychain::new()), environment)?;
    Ok((gauge, None))
}
