//! Every file in `tests/answers`: what a provider answered, and what it has to become.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use gauge::failure::Failure;
use gauge::fetch::{Client, Limits};
use gauge::provider::{Catalogue, Credentials, check};
use gauge::reading::Reading;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::server::{Reply, Server};

pub const NOW: &str = "2026-11-21T10:00:00Z";
pub const KEY: &str = "sk-test-0123456789abcdef";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// Where the answers are from.
    #[expect(dead_code, reason = "for readers of the file")]
    source: String,
    /// What the account sets.
    #[serde(default)]
    inputs: BTreeMap<String, String>,
    /// The answers by path and query.
    answers: BTreeMap<String, Recorded>,
    /// Headers that every request has to have, or with null must not have.
    #[serde(default)]
    sent: BTreeMap<String, Option<String>>,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Expected {
    Error {
        kind: Value,
        says: Vec<String>,
        retry_at: Option<Timestamp>,
    },
    #[serde(untagged)]
    Reading {
        /// All meters, each with some of its fields.
        meters: Vec<serde_json::Map<String, Value>>,
        /// A part of each notice.
        #[serde(default)]
        notices: Option<Vec<String>>,
    },
}

/// A client that does not wait long.
pub fn client() -> Client {
    Client::with_limits(Limits {
        connect: Duration::from_secs(2),
        total: Duration::from_secs(10),
        first_wait: Duration::from_millis(1),
        ..Limits::default()
    })
}

/// The built-in definitions, compiled once.
pub fn built_in() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        let (catalogue, errors) = Catalogue::load(Path::new("no such folder"));
        assert_eq!(errors, []);
        catalogue
    });
    &CATALOGUE
}

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

#[tokio::test]
async fn recorded_answers_become_what_they_mean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/answers");
    let (catalogue, client) = (built_in(), client());
    let mut files = 0;
    for entry in catalogue.iter() {
        let definition = &entry.definition;
        for file in json_files(&folder.join(&definition.id)) {
            files += 1;
            let name = file.display();
            let record: Record = serde_json::from_slice(&std::fs::read(&file).unwrap())
                .unwrap_or_else(|e| panic!("{name}: {e}"));
            let answers = record.answers;
            let server = Server::start(move |path| answers.get(path).map_or_else(unasked, reply)).await;
            let target = definition.resolve(Some(&server.origin), &record.inputs).unwrap();
            let outcome = check(&client, definition, &target, &Credentials::of(KEY.into()), now()).await;
            compare(&format!("{name}"), &record.expect, &outcome);
            for seen in server.seen() {
                for (header, value) in &record.sent {
                    assert_eq!(seen.header(header), value.as_deref(), "{name}: {header}");
                }
            }
        }
    }
    assert!(files > 60, "only {files} recorded answers were found");
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn unasked() -> Reply {
    Reply::whole(418, &[], r#"{"message": "the record has no answer to this request"}"#)
}

fn reply(recorded: &Recorded) -> Reply {
    let mut headers: Vec<(&str, &str)> =
        recorded.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if !recorded.headers.contains_key("Content-Type") {
        headers.push(("Content-Type", "application/json"));
    }
    let body = recorded.body.as_ref().map(ToString::to_string);
    Reply::whole(recorded.status, &headers, &body.or_else(|| recorded.text.clone()).unwrap_or_default())
}

fn compare(name: &str, expected: &Expected, outcome: &Result<Reading, Failure>) {
    match (expected, outcome) {
        (Expected::Error { kind, says, retry_at }, Err(failure)) => {
            assert_eq!(serde_json::to_value(failure.kind).unwrap(), *kind, "{name}: {failure}");
            assert_eq!(failure.retry_at, *retry_at, "{name}: {failure}");
            for part in says {
                assert!(failure.message.contains(part), "{name}: “{part}” is not in: {failure}");
            }
            assert!(!failure.message.contains(KEY), "{name}: {failure}");
        }
        (Expected::Reading { meters, notices }, Ok(reading)) => {
            assert_eq!(reading.at, now());
            let ids = |all: &[serde_json::Map<String, Value>]| -> Vec<Value> {
                all.iter().map(|meter| meter["id"].clone()).collect()
            };
            let found: Vec<_> = reading
                .meters
                .iter()
                .map(|meter| serde_json::to_value(meter).unwrap().as_object().unwrap().clone())
                .collect();
            assert_eq!(ids(&found), ids(meters), "{name}");
            for (meter, found) in meters.iter().zip(&found) {
                for (field, value) in meter {
                    assert_eq!(found.get(field), Some(value), "{name}: {field} of {}", meter["id"]);
                }
            }
            if let Some(notices) = notices {
                assert_eq!(reading.notices.len(), notices.len(), "{name}: {:?}", reading.notices);
                for (notice, part) in reading.notices.iter().zip(notices) {
                    assert!(notice.contains(part), "{name}: {notice}");
                }
            }
        }
        (_, outcome) => panic!("{name}: {outcome:?}"),
    }
}
