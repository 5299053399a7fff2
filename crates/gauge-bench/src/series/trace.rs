//! Real requests to a code model, as spend: see `traces/README.md`.

use std::sync::LazyLock;

/// A request of the trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    /// When it came: zero is the trace's begin, one its end.
    pub at: f64,
    /// What it cost, in US dollars.
    pub cost: f64,
}

/// US dollars a million prompt tokens, and a million generated ones.
const PROMPT: f64 = 3.0;
const GENERATED: f64 = 15.0;

/// All requests in the order of time.
pub(crate) static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let text = include_str!("../../traces/azure-llm-code-2023.csv");
    let mut requests: Vec<Request> = text.lines().skip(1).filter_map(request).collect();
    let (first, last) = (requests.first().map_or(0.0, |r| r.at), requests.last().map_or(1.0, |r| r.at));
    for request in &mut requests {
        request.at = (request.at - first) / (last - first);
    }
    requests
});

/// `2023-11-16 18:17:03.9799600,4808,10`, with seconds of the day as its time.
fn request(line: &str) -> Option<Request> {
    let mut fields = line.trim().split(',');
    let clock = fields.next()?.split_once(' ')?.1;
    let mut at = 0.0;
    for part in clock.split(':') {
        at = at * 60.0 + part.parse::<f64>().ok()?;
    }
    let prompt: f64 = fields.next()?.parse().ok()?;
    let generated: f64 = fields.next()?.parse().ok()?;
    Some(Request { at, cost: (prompt * PROMPT + generated * GENERATED) / 1e6 })
}
