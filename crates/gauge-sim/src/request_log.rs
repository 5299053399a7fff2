//! What was asked, without any key in it.

use std::collections::{BTreeMap, VecDeque};

use axum::http::{HeaderMap, Method, Uri, header};
use jiff::Timestamp;
use serde::Serialize;

/// Requests kept; older ones are dropped.
const KEPT: usize = 10_000;

/// Headers whose values are kept; of others, only the names.
const OPEN_HEADERS: [&str; 10] = [
    "accept",
    "accept-encoding",
    "content-length",
    "content-type",
    "host",
    "http-referer",
    "organization",
    "stability-client-id",
    "user-agent",
    "x-title",
];

/// A request that a simulated provider received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Rises by one with every request, from 1.
    pub number: u64,
    /// When it came, in real time.
    pub at: Timestamp,
    /// `GET`, …
    pub method: String,
    /// The path, with `<key of ID>` for any known key in it.
    pub path: String,
    /// The query without `?`, likewise.
    pub query: String,
    /// Names in lower case; the value is `…` where it might be secret.
    pub headers: BTreeMap<String, String>,
    /// Every place where a key was seen.
    pub keys: Vec<KeySighting>,
    /// The account whose key was sent as `Authorization: Bearer KEY`.
    pub account: Option<String>,
    /// The status it was answered with.
    pub status: u16,
    /// The fault that spoilt the answer.
    pub fault: Option<u64>,
}

/// A key that was seen in a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeySighting {
    /// Whose key it is; `None`: an `Authorization` header with a key of no account here.
    pub account: Option<String>,
    /// `path`, `query`, `body`, or the header's name.
    pub place: String,
}

/// A request as it comes from the wire.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Incoming {
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, key) = self.header(header::AUTHORIZATION.as_str())?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The log of a simulation.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    requests: VecDeque<Request>,
    last: u64,
}

impl RequestLog {
    /// Notes a request. `keys` are all known ones, as (account, key).
    pub(crate) fn note(
        &mut self,
        incoming: &Incoming,
        keys: &[(&str, &str)],
        account: Option<&str>,
        status: u16,
        fault: Option<u64>,
    ) -> u64 {
        self.last += 1;
        if self.requests.len() == KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(Request {
            number: self.last,
            at: Timestamp::now(),
            method: incoming.method.to_string(),
            path: without_keys(incoming.uri.path(), keys),
            query: without_keys(incoming.uri.query().unwrap_or_default(), keys),
            headers: open_headers(&incoming.headers, keys),
            keys: sightings(incoming, keys),
            account: account.map(str::to_owned),
            status,
            fault,
        });
        self.last
    }

    pub(crate) fn after(&self, number: u64) -> Vec<Request> {
        self.requests.iter().filter(|request| request.number > number).cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}

fn without_keys(text: &str, keys: &[(&str, &str)]) -> String {
    keys.iter()
        .fold(text.to_owned(), |text, (account, key)| text.replace(key, &format!("<key of {account}>")))
}

fn open_headers(headers: &HeaderMap, keys: &[(&str, &str)]) -> BTreeMap<String, String> {
    let open = |name: &str, value: &[u8]| {
        if OPEN_HEADERS.contains(&name) {
            without_keys(&String::from_utf8_lossy(value), keys)
        } else {
            "…".to_owned()
        }
    };
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), open(name.as_str(), value.as_bytes())))
        .collect()
}

fn sightings(incoming: &Incoming, keys: &[(&str, &str)]) -> Vec<KeySighting> {
    let path = ("path", incoming.uri.path().as_bytes());
    let query = ("query", incoming.uri.query().unwrap_or_default().as_bytes());
    let headers = incoming.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let mut seen = Vec::new();
    for (place, text) in [path, query, ("body", &incoming.body)].into_iter().chain(headers) {
        let text = String::from_utf8_lossy(text);
        let here = keys.iter().filter(|(_, key)| text.contains(key)).map(|(account, _)| Some(*account));
        let before = seen.len();
        seen.extend(here.map(|account| (place, account)));
        if place == header::AUTHORIZATION.as_str() && seen.len() == before {
            seen.push((place, None));
        }
    }
    seen.into_iter()
        .map(|(place, account)| KeySighting { account: account.map(str::to_owned), place: place.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_seen_wherever_it_is_and_kept_nowhere() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer secret-1".parse().unwrap());
        headers.insert("x-api-key", "secret-1".parse().unwrap());
        headers.insert("user-agent", "gauge secret-1".parse().unwrap());
        let incoming = Incoming {
            method: Method::GET,
            uri: "/secret-1?key=secret-1".parse().unwrap(),
            headers,
            body: b"secret-1".to_vec(),
        };
        let mut log = RequestLog::default();
        log.note(&incoming, &[("one", "secret-1")], Some("one"), 200, None);
        let request = &log.after(0)[0];
        let text = serde_json::to_string(request).unwrap() + &format!("{request:?}");
        assert!(!text.contains("secret-1"), "{text}");
        let mut places: Vec<_> = request.keys.iter().map(|seen| seen.place.as_str()).collect();
        places.sort_unstable();
        assert_eq!(places, ["authorization", "body", "path", "query", "user-agent", "x-api-key"]);
        assert!(request.keys.iter().all(|seen| seen.account.as_deref() == Some("one")));
    }

    #[test]
    fn an_unknown_key_is_noted_without_its_text() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer stranger".parse().unwrap());
        let incoming = Incoming { method: Method::GET, uri: "/".parse().unwrap(), headers, body: Vec::new() };
        let mut log = RequestLog::default();
        log.note(&incoming, &[("one", "secret-1")], None, 401, None);
        let request = &log.after(0)[0];
        assert_eq!(request.keys, [KeySighting { account: None, place: "authorization".to_owned() }]);
        assert!(!format!("{request:?}").contains("stranger"));
    }
}
