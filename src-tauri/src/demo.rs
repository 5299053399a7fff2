//! Demo mode: simulated providers on loopback, a home that goes with the program, and keys in memory. It touches
//! neither the user's data nor their keychain.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gauge::gauge::{AccountChange, Draft, Gauge};
use gauge::history::table::Row;
use gauge::history::{Amounts, SeriesKey};
use gauge::home::Home;
use gauge::secret::{Environment, MemoryKeychain};
use gauge_sim::{Clock, Credential, Past, PastReading, Provider, Server, Simulation};
use jiff::Timestamp;

/// Simulated seconds a second: fast enough for something to move between two looks, slow enough to go on like the past.
const SPEED: u32 = 6;
/// The same accounts spend the same way every time.
const SEED: u64 = 1;

/// What has to live as long as the demo does.
#[derive(Debug)]
pub(crate) struct Demo {
    _providers: Server,
    home: tempfile::TempDir,
}

impl Drop for Demo {
    /// Removes the home, into which nobody may write any more. Where the web engine's processes are not this program's to
    /// end, they end by themselves within a moment.
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        crate::web_engine::end();
        for _ in 0..20 {
            match fs::remove_dir_all(self.home.path()) {
                Ok(()) => return,
                Err(_) => thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

/// Starts the simulated providers and a gauge that has known an account at each for months.
pub(crate) async fn start() -> Result<(Gauge, Demo), Box<dyn std::error::Error>> {
    let (simulation, past) = Simulation::demo(Clock::new(Timestamp::now(), SPEED), SEED)?;
    let credentials = simulation.credentials();
    let providers = Server::start(simulation, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let home = tempfile::Builder::new().prefix("credit-gauge-demo-").tempdir()?;
    let place = Home::at(home.path().to_owned())?;
    let gauge = Gauge::open(place, Arc::new(MemoryKeychain::default()), Environment::empty())?;
    for credential in credentials {
        add(&gauge, providers.origin(), credential).await?;
    }
    gauge.database().import(past.iter().map(series).collect::<Result<_, _>>()?).await?;
    Ok((gauge, Demo { _providers: providers, home }))
}

async fn add(gauge: &Gauge, origin: &str, credential: Credential) -> Result<(), Box<dyn std::error::Error>> {
    let Credential { provider, id, label, key, mut inputs, full } = credential;
    // What the owner of each account would have typed as 100 %, where its provider tells no total.
    let full = full.and_then(|full| match provider {
        Provider::OpenRouter => {
            inputs.insert("budget".into(), full.to_string());
            None
        }
        Provider::PreDev => Some(("prototype-credits".to_owned(), full)),
        Provider::Stability | Provider::BabySea => Some(("credits".to_owned(), full)),
    });
    let draft = Draft {
        provider: provider.to_string(),
        id: Some(id.parse()?),
        label: Some(label),
        base_url: Some(origin.to_owned()),
        inputs,
        secret_inputs: BTreeMap::new(),
        key: Some(key.into()),
    };
    // One of the keys is refused on purpose, so none is asked about first.
    let id = gauge.add(draft, false).await?;
    let full = full.map(|full| BTreeMap::from([full]));
    Ok(gauge.change(&id, AccountChange { full, ..AccountChange::default() }).await?)
}

/// What a meter told in the past, as if it had been read then.
fn series(past: &Past) -> Result<(SeriesKey, Vec<Row>), Box<dyn std::error::Error>> {
    let key =
        SeriesKey { account: past.account.parse()?, meter: past.meter.to_owned(), unit: past.unit.parse()? };
    let row = |reading: &PastReading| {
        let PastReading { at, remaining, total, used } = *reading;
        Row { at, amounts: Amounts { remaining, total, used } }
    };
    Ok((key, past.readings.iter().map(row).collect()))
}

/// Starts another copy of this program in demo mode.
pub(crate) fn start_beside() -> io::Result<()> {
    let mut program = Command::new(std::env::current_exe()?);
    program
        .args(["--demo", "--window", "popover"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = program.spawn()?;
    // Waited for, so that it does not linger in the process table once it has ended.
    thread::spawn(move || child.wait());
    Ok(())
}
