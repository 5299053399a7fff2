//! The control endpoints under `/_sim`; the crate's documentation lists them.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account::{Account, AccountChange, Standing};
use crate::fault::{Fault, StandingFault};
use crate::request_log::Request;
use crate::simulation::{Simulation, SimulationError};

pub(crate) fn router() -> Router<Simulation> {
    Router::new()
        .route("/clock", get(clock).post(set_clock))
        .route("/accounts", get(accounts).post(add_account))
        .route("/accounts/{id}", get(account).patch(change_account).delete(remove_account))
        .route("/accounts/{id}/balance", post(set_balance))
        .route("/accounts/{id}/top-up", post(top_up))
        .route("/accounts/{id}/spend", post(spend))
        .route("/accounts/{id}/refund", post(refund))
        .route("/faults", get(faults).post(set_fault).delete(clear_faults))
        .route("/faults/{id}", delete(clear_fault))
        .route("/requests", get(requests).delete(clear_requests))
}

impl IntoResponse for SimulationError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NoAccount(_) | Self::NoFault(_) => StatusCode::NOT_FOUND,
            Self::Taken(_) => StatusCode::CONFLICT,
            Self::BadKey(_) | Self::AmountOutOfRange(_) | Self::TooFar => StatusCode::UNPROCESSABLE_ENTITY,
        };
        (status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

type Answer<T> = Result<Json<T>, SimulationError>;

#[derive(Serialize)]
struct Time {
    now: Timestamp,
    speed: u32,
}

async fn clock(State(simulation): State<Simulation>) -> Json<Time> {
    Json(Time { now: simulation.now(), speed: simulation.speed() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTime {
    speed: Option<u32>,
    advance_seconds: Option<u64>,
}

async fn set_clock(State(simulation): State<Simulation>, Json(new): Json<NewTime>) -> Answer<Time> {
    if let Some(seconds) = new.advance_seconds {
        simulation.advance(Duration::from_secs(seconds))?;
    }
    if let Some(speed) = new.speed {
        simulation.set_speed(speed);
    }
    Ok(clock(State(simulation)).await)
}

async fn accounts(State(simulation): State<Simulation>) -> Json<Vec<Standing>> {
    Json(simulation.standings())
}

async fn add_account(State(simulation): State<Simulation>, Json(account): Json<Account>) -> Answer<Standing> {
    let id = account.id.clone();
    simulation.add(account)?;
    simulation.standing(&id).map(Json)
}

async fn account(State(simulation): State<Simulation>, Path(id): Path<String>) -> Answer<Standing> {
    simulation.standing(&id).map(Json)
}

async fn change_account(
    State(simulation): State<Simulation>,
    Path(id): Path<String>,
    Json(change): Json<AccountChange>,
) -> Answer<Standing> {
    simulation.change(&id, change).map(Json)
}

async fn remove_account(
    State(simulation): State<Simulation>,
    Path(id): Path<String>,
) -> Result<StatusCode, SimulationError> {
    simulation.remove(&id).map(|()| StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    amount: Decimal,
}

async fn set_balance(
    State(simulation): State<Simulation>,
    Path(id): Path<String>,
    Json(Amount { amount }): Json<Amount>,
) -> Answer<Standing> {
    simulation.set_balance(&id, amount).map(Json)
}

async fn top_up(
    State(simulation): State<Simulation>,
    Path(id): Path<String>,
    Json(Amount { amount }): Json<Amount>,
) -> Answer<Standing> {
    simulation.top_up(&id, amount).map(Json)
}

async fn refund(
    State(simulation): State<Simulation>,
    Path(id): Path<String>,
    Json(Amount { amount }): Json<Amount>,
) -> Answer<Standing> {
    simulation.refund(&id, amount).map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spend {
    amount: Decimal,
    refund: Option<Decimal>,
    #[serde(default)]
    refund_after_seconds: u32,
}

async fn spend(
    State(simulation): State<Simulation>,
    Path(id): Path<String>,
    Json(spend): Json<Spend>,
) -> Answer<Standing> {
    let standing = match spend.refund {
        Some(refund) => {
            let after = SignedDuration::from_secs(spend.refund_after_seconds.into());
            simulation.reserve(&id, spend.amount, refund, after)
        }
        None => simulation.spend(&id, spend.amount),
    };
    standing.map(Json)
}

async fn faults(State(simulation): State<Simulation>) -> Json<Vec<StandingFault>> {
    Json(simulation.faults())
}

#[derive(Serialize)]
struct FaultId {
    id: u64,
}

async fn set_fault(State(simulation): State<Simulation>, Json(fault): Json<Fault>) -> Answer<FaultId> {
    simulation.set_fault(fault).map(|id| Json(FaultId { id }))
}

async fn clear_faults(State(simulation): State<Simulation>) -> StatusCode {
    simulation.clear_faults();
    StatusCode::NO_CONTENT
}

async fn clear_fault(
    State(simulation): State<Simulation>,
    Path(id): Path<u64>,
) -> Result<StatusCode, SimulationError> {
    simulation.clear_fault(id).map(|()| StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_ms: u64,
}

async fn requests(State(simulation): State<Simulation>, Query(since): Query<Since>) -> Json<Vec<Request>> {
    let wait = Duration::from_millis(since.wait_ms);
    let waited = tokio::time::timeout(wait, simulation.wait_for_requests_after(since.after)).await;
    Json(waited.unwrap_or_default())
}

async fn clear_requests(State(simulation): State<Simulation>) -> StatusCode {
    simulation.clear_requests();
    StatusCode::NO_CONTENT
}
