//! One home, one server of simulated providers, and the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gauge_sim::{
    Account, Behaviour, Clock, Fault, OpenRouterKey, PreDevKey, Server, Simulation, StabilityKey,
};
use serde_json::Value;
use tempfile::TempDir;

/// What every made-up key contains, so that it can be searched for.
pub const SECRET: &str = "hunter2";

pub struct Bench {
    home: TempDir,
    pub server: Server,
    keys: Vec<(String, String)>,
}

/// What a run of the program did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stdout.contains(SECRET) && !stderr.contains(SECRET), "{stdout}{stderr}");
        Self { code: output.status.code().unwrap(), stdout, stderr }
    }

    /// The run, which must have ended with this exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        let document = serde_json::from_str(&self.stdout);
        assert!(document.is_ok(), "{self:?}");
        document.unwrap()
    }
}

impl Bench {
    /// An empty home and a server without accounts.
    pub fn new() -> Self {
        let simulation = Simulation::new(Clock::still("2026-11-21T10:00:00Z".parse().unwrap()), 1);
        let server = Server::start(simulation, "127.0.0.1:0".parse().unwrap()).unwrap();
        Self { home: TempDir::new().unwrap(), server, keys: Vec::new() }
    }

    /// A home with the account `predev`, of 400 left of 450 credits that were bought.
    pub fn with_predev() -> Self {
        let mut bench = Self::new();
        bench.predev("predev");
        bench.add("predev", &[]).exits(0);
        bench
    }

    /// Opens a pre.dev account at the provider, and puts its key into the environment.
    pub fn predev(&mut self, id: &str) {
        self.open(id, Behaviour::PreDev(PreDevKey::default()), 450, 50);
    }

    /// Opens a Stability AI account at the provider, and puts its key into the environment.
    pub fn stability(&mut self, id: &str) {
        self.open(id, Behaviour::Stability(StabilityKey::default()), 1000, 0);
    }

    /// Opens an OpenRouter account at the provider, and puts its key into the environment.
    pub fn openrouter(&mut self, id: &str, key: OpenRouterKey) {
        self.open(id, Behaviour::OpenRouter(key), 20, 8);
    }

    fn open(&mut self, id: &str, behaviour: Behaviour, bought: u32, used: u32) {
        let key = format!("{SECRET}-{id}");
        let account =
            Account { bought: bought.into(), used: used.into(), ..Account::new(id, &key, behaviour) };
        self.server.simulation().add(account).unwrap();
        self.keys.push((variable(id), key));
    }

    /// Sets what the program finds as the key of `id`.
    pub fn set_key(&mut self, id: &str, key: &str) {
        self.keys.push((variable(id), key.to_owned()));
    }

    pub fn fault(&self, fault: Fault) {
        self.server.simulation().set_fault(fault).unwrap();
    }

    /// How many requests the providers have had.
    pub fn requests(&self) -> usize {
        self.server.simulation().requests_after(0).len()
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_credit-gauge"));
        command.args(arguments).stdin(Stdio::null());
        for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(variable);
        }
        command
            .env("CREDIT_GAUGE_HOME", self.home())
            .env("CREDIT_GAUGE_LOG", "trace")
            // No test may reach the keychain of whoever runs it.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .envs(self.keys.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// `accounts add`, asking the simulated providers.
    pub fn add(&self, provider: &str, more: &[&str]) -> Ran {
        self.run(&[&["accounts", "add", provider, "--base-url", self.server.origin()], more].concat())
    }

    /// `status --json`, asking for certain.
    pub fn status(&self) -> Value {
        self.run(&["status", "--json", "--max-age", "0s"]).json()
    }

    /// The ids of the accounts there are.
    pub fn ids(&self) -> Vec<String> {
        let list = self.run(&["accounts", "list", "--json"]).exits(0).json();
        list["accounts"].as_array().unwrap().iter().map(|account| text(&account["id"])).collect()
    }

    /// Every file of the home, with its bytes.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.home().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    files.push((path, bytes));
                }
            }
        }
        files
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn variable(id: &str) -> String {
    format!("CREDIT_GAUGE_KEY_{}", id.to_uppercase().replace('-', "_"))
}
