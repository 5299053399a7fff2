//! The simulation as a client sees it, over HTTP.
#![expect(clippy::unwrap_used, reason = "tests; clippy knows it only inside test functions")]

mod control_endpoints;
mod documented_answers;
mod faults;
mod money;
mod serving;

use std::io::Read;
use std::time::Duration;

use gauge_sim::{
    Account, AutoTopUp, BabySeaKey, Behaviour, Clock, CreditsToOrdinaryKey, Failure, Fault, LimitReset,
    OpenRouterKey, Organization, PreDevKey, Profile, RetryHint, ServeError, Server, Simulation, Spending,
    StabilityKey,
};
use reqwest::{Client, Response, redirect::Policy};
use rust_decimal::Decimal;
use serde_json::{Value, json};

const KEY: &str = "made-up-key-0001";
const SATURDAY: &str = "2026-11-21T10:00:00Z";

/// A server with one account, with the given behaviour and 12.48 left of 20.
fn server(behaviour: Behaviour) -> Server {
    let simulation = Simulation::new(Clock::still(SATURDAY.parse().unwrap()), 1);
    let account = Account { bought: 20.into(), used: amount("7.52"), ..Account::new("a", KEY, behaviour) };
    simulation.add(account).unwrap();
    Server::start(simulation, "127.0.0.1:0".parse().unwrap()).unwrap()
}

fn predev() -> Server {
    server(Behaviour::PreDev(PreDevKey::default()))
}

fn openrouter(key: OpenRouterKey) -> Server {
    server(Behaviour::OpenRouter(key))
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn client() -> Client {
    Client::builder().no_proxy().redirect(Policy::none()).timeout(Duration::from_secs(20)).build().unwrap()
}

async fn get_as(server: &Server, path: &str, key: &str) -> Response {
    client().get(format!("{}{path}", server.origin())).bearer_auth(key).send().await.unwrap()
}

async fn get(server: &Server, path: &str) -> Response {
    get_as(server, path, KEY).await
}

async fn body(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// Status and JSON body.
async fn answer(server: &Server, path: &str) -> (u16, Value) {
    let response = get(server, path).await;
    (response.status().as_u16(), body(response).await)
}

async fn control(server: &Server, method: &str, path: &str, sent: Value) -> (u16, Value) {
    let url = format!("{}/_sim{path}", server.origin());
    let request = client().request(method.parse().unwrap(), url).header("content-type", "application/json");
    let response = request.body(sent.to_string()).send().await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}
