use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::{Error, eventually, process};

/// How long a program may take to end when asked to, before it is killed.
const GRACE: Duration = Duration::from_secs(3);

/// How many programs were started, so that their output files have names of their own, in order.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A running program. It is ended when this is dropped.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Program {
    /// Starts `command` with `input` as its standard input, and its output in new files in `folder`.
    pub(crate) fn start(command: &mut Command, input: &str, folder: &Path) -> Result<Self, Error> {
        let name = command.get_program().to_string_lossy().into_owned();
        let number = STARTED.fetch_add(1, Ordering::Relaxed) + 1;
        let file_name = Path::new(&name).file_name().unwrap_or_default().to_string_lossy();
        let stdout = folder.join(format!("{number:02}-{file_name}.stdout"));
        let stderr = folder.join(format!("{number:02}-{file_name}.stderr"));
        let create =
            |path: &Path| File::create(path).map_err(|source| Error::File { path: path.to_owned(), source });
        let mut child = command
            .stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() })
            .stdout(create(&stdout)?)
            .stderr(create(&stderr)?)
            .spawn()
            .map_err(|source| Error::Start { program: name.clone(), source })?;
        if let Some(mut pipe) = child.stdin.take() {
            // A program that does not care for its input may have closed it.
            let _closed = pipe.write_all(input.as_bytes());
        }
        Ok(Self { name, child, stdout, stderr })
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to its standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        read(&self.stdout)
    }

    /// What it has written to its standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        read(&self.stderr)
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end.
    pub fn wait(&mut self, within: Duration) -> Result<ExitStatus, Error> {
        let what = format!("the end of `{}`", self.name);
        eventually(&what, within, || self.child.try_wait().ok().flatten())
    }

    /// Waits for its end, and returns all that it wrote.
    pub fn finish(mut self, within: Duration) -> Result<Output, Error> {
        let status = self.wait(within)?;
        Ok(Output { status, stdout: self.stdout().into_bytes(), stderr: self.stderr().into_bytes() })
    }

    /// Asks it to end, as a session does at logout (SIGTERM), without waiting.
    pub fn terminate(&mut self) {
        if self.is_running() {
            process::signal(self.child.id(), Signal::TERM);
        }
    }

    /// Ends it at once, as a crash would (SIGKILL).
    pub fn kill(&mut self) {
        let _already_ended = self.child.kill();
        let _already_waited_for = self.child.wait();
    }

    /// Ends it, gently if it lets that happen.
    pub(crate) fn end(&mut self) {
        self.terminate();
        let asked = Instant::now();
        while self.is_running() && asked.elapsed() < GRACE {
            thread::sleep(Duration::from_millis(5));
        }
        self.kill();
    }

    /// Its first line on standard output, once there is one.
    pub(crate) fn first_line(&mut self, within: Duration) -> Result<String, Error> {
        let what = format!("the first line of `{}`", self.name);
        let line = eventually(&what, within, || {
            let running = self.is_running();
            let line = self.stdout().split_once('\n').map(|(line, _)| line.to_owned());
            (line.is_some() || !running).then_some(line)
        })?;
        line.ok_or_else(|| Error::Failed { program: self.name.clone(), output: self.stderr() })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // When a test fails, all stays as it is for the desktop's report; the desktop ends it.
        if !thread::panicking() {
            self.end();
        }
    }
}

fn read(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
