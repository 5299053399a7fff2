//! Serves a simulation on loopback, and nowhere else.

use std::io;
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::control;
use crate::request_log::Incoming;
use crate::simulation::Simulation;

/// Bodies are read to see whether a key is in them, up to this.
const MAX_BODY: usize = 64 * 1024;

/// Why a simulation is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can be reached from other machines.
    #[error("{0} is not a loopback address; use 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// The address cannot be used.
    #[error("cannot listen on {address}; choose a free port, or 0 for any")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The server could not start.
    #[error("the simulation's server could not start; try again")]
    Io(#[from] io::Error),
}

/// A simulation being served on a thread of its own, until it is dropped.
#[derive(Debug)]
pub struct Server {
    origin: String,
    simulation: Simulation,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `simulation` on a loopback address; port 0 takes any free one. Needs no async runtime.
    pub fn start(simulation: Simulation, address: SocketAddr) -> Result<Self, ServeError> {
        let listener = listen(address)?;
        let origin = format!("http://{}", listener.local_addr()?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let served = simulation.clone();
        let thread = thread::Builder::new().name("gauge-sim".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    // Fails only when the listener does; then clients see that nobody answers.
                    _ = serve(served, listener) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { origin, simulation, stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Blocks for as long as it is served.
    pub fn wait(mut self) {
        // Fails only when the thread panicked; then too nothing is served any more.
        let _ = self.thread.take().map(JoinHandle::join);
    }

    /// The simulation that is served.
    #[must_use]
    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }
}

impl Drop for Server {
    /// Closes the port and every connection before it returns.
    fn drop(&mut self) {
        // Each fails only when the thread is gone already.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn listen(address: SocketAddr) -> Result<std::net::TcpListener, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    let open = || {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    open().map_err(|source| ServeError::Listen { address, source })
}

async fn serve(simulation: Simulation, listener: TcpListener) -> io::Result<()> {
    let router = Router::new().nest("/_sim", control::router()).fallback(provider).with_state(simulation);
    axum::serve(listener, router).await
}

async fn provider(State(simulation): State<Simulation>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default().to_vec();
    let incoming = Incoming { method: head.method, uri: head.uri, headers: head.headers, body };
    let answer = simulation.answer(&incoming);
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    answer.into_response()
}
