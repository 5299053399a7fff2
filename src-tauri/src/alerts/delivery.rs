//! One notification on its way, and what is kept of that.

use std::sync::Arc;

use gauge::clock;
use gauge::database::DatabaseError;
use gauge::gauge::Gauge;
use gauge::summary::Period;
use jiff::Timestamp;
use tokio::task::JoinHandle;

use crate::notify::{Note, Notifier, NotifyError};

/// A notification on its way to the server.
pub(super) struct Delivery {
    /// Since when.
    pub(super) since: Timestamp,
    work: JoinHandle<Result<(), DeliveryError>>,
}

/// What is on its way.
#[derive(Clone)]
pub(super) enum Content {
    /// These alerts.
    Alerts(Vec<i64>),
    /// The summary of a period.
    Summary(Period),
}

/// Why something was not told.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeliveryError {
    /// The server did not take it.
    #[error(transparent)]
    Notify(#[from] NotifyError),
    /// What became of it could not be kept.
    #[error(transparent)]
    NotKept(DatabaseError),
    /// These alerts were told, but it could not be kept that they were.
    #[error("{1}")]
    Told(Vec<i64>, #[source] DatabaseError),
}

impl Delivery {
    /// Sends a note off.
    pub(super) fn start(gauge: Arc<Gauge>, notifier: Arc<Notifier>, note: Note, content: Content) -> Self {
        let work = tokio::spawn(async move {
            let prepared = notifier.prepare(&note).await?;
            content.claim(&gauge, prepared.owner()).await.map_err(DeliveryError::NotKept)?;
            let answered = match prepared.send().await {
                Ok(sent) => sent.answered().await,
                Err(error) => Err(error),
            };
            if let Err(error) = answered {
                content.not_delivered(&gauge).await.map_err(DeliveryError::NotKept)?;
                return Err(error.into());
            }
            content.delivered(&gauge).await.map_err(|error| match content {
                Content::Alerts(alerts) => DeliveryError::Told(alerts, error),
                Content::Summary(_) => DeliveryError::NotKept(error),
            })
        });
        Self { since: clock::now(), work }
    }

    /// Waits for its end; for ever, when nothing is on its way.
    pub(super) async fn end(delivery: &mut Option<Self>) -> Result<(), DeliveryError> {
        match delivery {
            // One that was given up is one of an app that is ending.
            Some(Self { work, .. }) => work.await.unwrap_or(Ok(())),
            None => std::future::pending().await,
        }
    }
}

impl Content {
    /// It leaves for a server now: a start after a sudden end does not tell it again while that server runs.
    async fn claim(&self, gauge: &Gauge, server: &str) -> Result<(), DatabaseError> {
        match self {
            Self::Alerts(alerts) => gauge.database().claim(alerts.clone(), server, clock::now()).await,
            Self::Summary(period) => gauge.summed_up(period.until).await,
        }
    }

    async fn delivered(&self, gauge: &Gauge) -> Result<(), DatabaseError> {
        match self {
            Self::Alerts(alerts) => gauge.database().delivered(alerts.clone(), clock::now()).await,
            Self::Summary(_) => Ok(()),
        }
    }

    async fn not_delivered(&self, gauge: &Gauge) -> Result<(), DatabaseError> {
        match self {
            Self::Alerts(alerts) => gauge.database().not_delivered(alerts.clone()).await,
            Self::Summary(period) => gauge.summed_up(period.from).await,
        }
    }
}
