//! `gauge-sim`: serves the demo accounts on loopback until it is stopped.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use gauge_sim::{Clock, ServeError, Server, Simulation, SimulationError};
use jiff::Timestamp;

/// Simulated Stability AI, OpenRouter, BabySea and pre.dev on loopback, with demo accounts.
///
/// Prints its origin on the first line, then an account a line: id, provider, key, label, inputs,
/// separated by tabs. The keys are made up. Control endpoints are under /_sim.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The loopback address to listen on; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Simulated seconds a real second: 1 is real time, 600 ten minutes a second, 0 stands still.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(..=i64::from(Clock::MAX_SPEED)))]
    speed: u32,
    /// The same seed and times give the same figures.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to tell it to when standard error is closed.
            let _ = writeln!(io::stderr(), "gauge-sim: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (simulation, _past) =
        Simulation::demo(Clock::new(Timestamp::now(), arguments.speed), arguments.seed)?;
    let server = Server::start(simulation, arguments.listen)?;
    announce(&server)?;
    server.wait();
    Ok(())
}

fn announce(server: &Server) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", server.origin())?;
    for account in server.simulation().credentials() {
        let inputs: Vec<_> = account.inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (id, provider, key, label) = (account.id, account.provider, account.key, account.label);
        writeln!(out, "{id}\t{provider}\t{key}\t{label}\t{}", inputs.join(" "))?;
    }
    out.flush()
}
