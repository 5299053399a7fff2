//! Tells the user's hooks of alerts as they come.

use std::sync::Arc;
use std::time::Duration;

use gauge::gauge::Gauge;
use gauge::poll::Polling;

/// How often quiet hours and snoozes that end, and calls that are to be tried again, are looked at.
const AGAIN: Duration = Duration::from_secs(30);

/// Runs for as long as the app does.
pub(crate) async fn run(gauge: Arc<Gauge>, polling: Polling) {
    let mut snapshots = polling.snapshots();
    let mut settings = gauge.settings_changes();
    let mut again = tokio::time::interval(AGAIN);
    loop {
        let met = tokio::select! {
            changed = snapshots.changed() => match changed {
                Ok(()) => Ok(()),
                Err(_) => return,
            },
            Ok(()) = settings.changed() => gauge.meet_settings().await,
            _ = again.tick() => Ok(()),
        };
        if let Err(error) = met {
            tracing::error!("hooks: {error}");
        }
        // A slow hook holds up no other: each call is made once, whoever comes first.
        let gauge = Arc::clone(&gauge);
        tokio::spawn(async move {
            if let Err(error) = gauge.call_hooks().await {
                tracing::error!("hooks: {error}");
            }
        });
    }
}
