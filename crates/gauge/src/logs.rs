//! The log files: what the programs did, never with a secret, rotated so that they stay small.

use std::fs::OpenOptions;
use std::sync::Mutex;

use file_rotate::compression::Compression;
use file_rotate::suffix::AppendCount;
use file_rotate::{ContentLimit, FileRotate};
use tracing_subscriber::EnvFilter;

use crate::home::Home;

/// The environment variable that sets what is logged, as in `debug` or `gauge=trace`.
pub const LOG_VARIABLE: &str = "CREDIT_GAUGE_LOG";

/// Bytes after which a log file is put aside.
const LIMIT: usize = 1_000_000;
/// How many old log files are kept.
const KEPT: usize = 3;

/// Starts logging for a whole program, into `logs/PROGRAM.log`.
pub fn start(home: &Home, program: &str) {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = FileRotate::new(
        home.logs_folder().join(format!("{program}.log")),
        AppendCount::new(KEPT),
        ContentLimit::BytesSurpassed(LIMIT),
        Compression::None,
        Some(options),
    );
    // HTTP libraries below `warn` would log what is sent.
    let filter = EnvFilter::try_from_env(LOG_VARIABLE)
        .unwrap_or_else(|_| EnvFilter::new("warn,gauge=info,credit_gauge_tray=info"));
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_env_filter(filter)
        .with_writer(Mutex::new(file))
        .finish();
    // A second start in one process, as in tests, keeps the first.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
