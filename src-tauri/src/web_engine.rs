//! What the web engine keeps running on Linux when no window is open.
//!
//! WebKitGTK ends the process of a web view with its window, but keeps the one that loads pages for the next window:
//! 60 MB that do nothing (<https://github.com/tauri-apps/tauri/issues/14626>). It starts a new one by itself when the
//! old one is gone, so the old one is ended soon after the last window was closed.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tauri::{AppHandle, Manager as _};

use crate::windows::Opening;

/// How long the engine is kept for another window.
const KEPT: Duration = Duration::from_secs(2);
/// How long the engine gets to notice that its process has ended, before the next window may ask for it.
const NOTICE: Duration = Duration::from_millis(200);

/// Ends the web engine's last process, unless a window is opened meanwhile.
pub(crate) async fn rest(app: AppHandle) {
    tokio::time::sleep(KEPT).await;
    // Off the threads of async tasks: no window is opened while the process ends.
    let resting = tauri::async_runtime::spawn_blocking(move || {
        let opening = app.state::<Opening>();
        let _nobody_opens_one = opening.begin();
        if !app.webview_windows().is_empty() {
            return;
        }
        for process in own_network_processes() {
            // One that has ended by itself is what was wanted.
            let _ = kill_process(process, Signal::TERM);
        }
        std::thread::sleep(NOTICE);
    });
    if let Err(error) = resting.await {
        tracing::warn!("the web engine could not be put to rest: {error}");
    }
}

/// The page loaders among this process's children.
fn own_network_processes() -> Vec<Pid> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let children = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let children: Vec<String> = children.collect();
    children
        .iter()
        .flat_map(|children| children.split_whitespace())
        // The kernel keeps the first fifteen letters of a program's name.
        .filter(|child| {
            fs::read_to_string(format!("/proc/{child}/comm"))
                .is_ok_and(|name| name.starts_with("WebKitNetworkPr"))
        })
        .filter_map(|child| Pid::from_raw(child.parse().ok()?))
        .collect()
}
