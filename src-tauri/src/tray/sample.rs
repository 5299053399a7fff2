//! Snapshots to test with.

use gauge::failure::{FailureKind, Trouble};
use gauge::level::{Freshness, Level};
use gauge::reading::{Meter, MeterKind};
use gauge::snapshot::{AccountSnapshot, MeterSnapshot, SCHEMA, Snapshot};
use jiff::Timestamp;

/// When the snapshots are of.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T14:02:00Z".parse().unwrap()
}

/// A wallet in dollars.
pub(crate) fn wallet(level: Level, remaining: Option<&str>) -> MeterSnapshot {
    let meter = Meter {
        id: "credits".into(),
        label: "Credits".into(),
        kind: MeterKind::Wallet,
        unit: "USD".parse().unwrap(),
        remaining: remaining.map(|amount| amount.parse().unwrap()),
        total: None,
        used: None,
        total_is_full: false,
        resets_at: None,
        expires_at: None,
        unlimited: level == Level::Unlimited,
        refunds: false,
        note: None,
    };
    MeterSnapshot { level, ..MeterSnapshot::of(&meter, Some("80".parse().unwrap())) }
}

/// An account of OpenRouter's that was read just now.
pub(crate) fn account(id: &str, meters: Vec<MeterSnapshot>) -> AccountSnapshot {
    AccountSnapshot {
        id: id.parse().unwrap(),
        provider: "openrouter".into(),
        provider_name: "OpenRouter".into(),
        label: id.into(),
        level: Level::worst(meters.iter().map(|meter| meter.level)),
        freshness: Freshness::Fresh,
        checked_at: Some(now()),
        error: None,
        checking: false,
        paused: false,
        notices: Vec::new(),
        top_up_url: Some("https://openrouter.ai/settings/credits".into()),
        keys_url: None,
        meters,
    }
}

/// The same account, in trouble since it was read.
pub(crate) fn in_trouble(account: AccountSnapshot, kind: FailureKind) -> AccountSnapshot {
    let error = Some(Trouble { kind, message: String::new(), since: now(), retry_at: None });
    let freshness = if account.meters.is_empty() { Freshness::Never } else { Freshness::Stale };
    AccountSnapshot { error, freshness, ..account }
}

/// A snapshot of these accounts.
pub(crate) fn snapshot(accounts: Vec<AccountSnapshot>) -> Snapshot {
    Snapshot {
        schema: SCHEMA,
        generated_at: now(),
        level: Level::worst(accounts.iter().filter(|account| !account.paused).map(|account| account.level)),
        offline: false,
        accounts,
        notices: Vec::new(),
    }
}
