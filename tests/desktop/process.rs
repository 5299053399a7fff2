use std::fs;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// The variable that marks every process of a desktop, however it was started; its value is the desktop's folder.
pub(crate) const MARK: &str = "CREDIT_GAUGE_DESKTOP";

/// A process as `/proc` shows it, to whoever may look.
#[derive(Debug, Clone)]
pub struct Process {
    /// The process id.
    pub id: u32,
    /// The program and its arguments.
    pub arguments: Vec<String>,
    /// The environment it was started with, as `NAME=value`.
    pub environment: Vec<String>,
}

impl Process {
    /// The file name of its program, such as `WebKitWebProcess`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.arguments.first().map_or("", |program| program.rsplit('/').next().unwrap_or(program))
    }
}

/// The processes that carry the mark of the desktop in `folder`.
pub(crate) fn marked(folder: &str) -> Vec<Process> {
    let mark = format!("{MARK}={folder}");
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| {
            // A process may end between any two of these lines.
            let environment = lines(&fs::read(format!("/proc/{id}/environ")).ok()?);
            environment.contains(&mark).then_some(())?;
            let arguments = lines(&fs::read(format!("/proc/{id}/cmdline")).ok()?);
            Some(Process { id, arguments, environment })
        })
        .collect()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).split_terminator('\0').map(str::to_owned).collect()
}

/// Kills the marked processes except `spared`, and what they start meanwhile.
pub(crate) fn sweep(folder: &str, spared: &[u32]) {
    // Each round finds only what the one before had not killed yet, so a few are plenty.
    for _ in 0..100 {
        let mut left = marked(folder);
        left.retain(|process| !spared.contains(&process.id));
        if left.is_empty() {
            return;
        }
        for process in left {
            signal(process.id, Signal::KILL);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a signal; that the process has just ended is fine.
pub(crate) fn signal(id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        let _already_gone = kill_process(pid, signal);
    }
}
