//! The web engine's processes on Linux, which live and write on when nobody needs them any more.
//!
//! WebKitGTK ends the process of a web view with its window, but keeps the one that loads pages for the next window:
//! 60 MB that do nothing (<https://github.com/tauri-apps/tauri/issues/14626>). It starts a new one by itself when the
//! old one is gone, so the old one is ended soon after the last window was closed.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tauri::{AppHandle, Manager as _};

use crate::windows::Opening;

/// How the names of all its programs begin.
const ANY: &str = "WebKit";
/// How the name of the one that loads pages begins; the kernel keeps the first fifteen letters of a name.
const PAGE_LOADER: &str = "WebKitNetworkPr";

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
        for process in own_processes(PAGE_LOADER) {
            // One that has ended by itself is what was wanted.
            let _ = kill_process(process, Signal::TERM);
        }
        std::thread::sleep(NOTICE);
    });
    if let Err(error) = resting.await {
        tracing::warn!("the web engine could not be put to rest: {error}");
    }
}

/// Ends all of the engine's processes and waits until they are gone, because their files go next: a process that is only
/// asked to end may still write them once more.
pub(crate) fn end() {
    for process in own_processes(ANY) {
        // Either fails for one that has ended by itself, which is what was wanted.
        let _ = kill_process(process, Signal::KILL);
        let _ = waitid(WaitId::Pid(process), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    }
}

/// Those of this process's children whose program's name begins like this.
fn own_processes(name: &str) -> Vec<Pid> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let children = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let children: Vec<String> = children.collect();
    children
        .iter()
        .flat_map(|children| children.split_whitespace())
        .filter(|child| {
            fs::read_to_string(format!("/proc/{child}/comm")).is_ok_and(|found| found.starts_with(name))
        })
        .filter_map(|child| Pid::from_raw(child.parse().ok()?))
        .collect()
}
