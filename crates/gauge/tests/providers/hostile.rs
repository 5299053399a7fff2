//! Answers that no provider documents, and connections that go wrong.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use gauge::failure::{Failure, FailureKind};
use gauge::fetch::{Client, Limits};
use gauge::provider::{Credentials, Target, check};
use gauge::reading::Reading;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::recorded::{KEY, built_in, client, now};
use super::server::{Reply, Server};

async fn ask_with(client: &Client, origin: &str, key: &str) -> Result<Reading, Failure> {
    let definition = &built_in().get("stability").unwrap().definition;
    let target = definition.resolve(Some(origin), &BTreeMap::new()).unwrap();
    check(client, definition, &target, &Credentials::of(key.into()), now()).await
}

async fn ask(origin: &str) -> Result<Reading, Failure> {
    ask_with(&client(), origin, KEY).await
}

/// What becomes of one reply; no message may hold the key.
async fn outcome(reply: Reply) -> Result<Reading, Failure> {
    let outcome = ask(&Server::in_turn([reply]).await.origin).await;
    if let Err(failure) = &outcome {
        assert!(!failure.message.contains(KEY), "{failure}");
    }
    outcome
}

async fn kind(reply: Reply) -> FailureKind {
    let shown = format!("{reply:?}");
    match outcome(reply).await {
        Err(failure) => failure.kind,
        Ok(reading) => panic!("{shown} became {reading:?}"),
    }
}

#[tokio::test]
async fn other_shapes_are_unexpected_and_never_zero() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let many = format!("{{\"credits\": 5, \"list\": [{}0]}}", "0,".repeat(30_000));
    let bodies = [
        "",
        " \r\n",
        "null",
        "5",
        "\"credits\"",
        "[]",
        "{}",
        "{\"credits\": null}",
        "{\"credits\": true}",
        "{\"credits\": \"\"}",
        "{\"credits\": \"many\"}",
        "{\"credits\": \"1,5\"}",
        "{\"credits\": []}",
        "{\"credits\": {\"amount\": 5}}",
        "{\"credits\": 1e300}",
        "{\"credits\": 1e999}",
        "{\"credits\": NaN}",
        "{\"credits\": 5",
        "{\"credits\": 5}}",
        "{\"Credits\": 5}",
        "{\"data\": {\"credits\": 5}}",
        "<html><body>Welcome</body></html>",
        "  <!DOCTYPE html>",
        "not json",
        "\u{fffd}\u{0}",
        &deep,
        &many,
    ];
    for body in bodies {
        assert_eq!(kind(Reply::json(body)).await, FailureKind::UnexpectedResponse, "{body:.60}");
    }
    let html = Reply::whole(200, &[("Content-Type", "text/html")], "maintenance");
    assert_eq!(kind(html).await, FailureKind::UnexpectedResponse);
    let invalid = b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"credits\": \"\xff\"}".to_vec();
    assert_eq!(kind(Reply::Bytes(invalid)).await, FailureKind::UnexpectedResponse);
}

#[tokio::test]
async fn right_answers_in_odd_clothes_are_read() {
    let replies = [
        Reply::json("\u{feff}{\"credits\": 5}"),
        Reply::json("{\"credits\": 5.0, \"credits\": \"5\", \"more\": [null]}"),
        Reply::whole(200, &[("Content-Type", "text/html")], "{\"credits\": 5}"),
        Reply::whole(201, &[], "{\"credits\": 5}"),
        Reply::Bytes(b"HTTP/1.0 200 OK\r\n\r\n{\"credits\": 5}".to_vec()),
        Reply::Bytes(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{\"credits\": 5}\r\n0\r\n\r\n"
                .to_vec(),
        ),
    ];
    for reply in replies {
        let shown = format!("{reply:?}");
        let reading = outcome(reply).await.unwrap_or_else(|failure| panic!("{shown}: {failure}"));
        assert_eq!(reading.meters[0].remaining, Some(5.into()), "{shown}");
    }
}

#[tokio::test]
async fn each_status_has_its_kind() {
    use FailureKind::{
        Blocked, Forbidden, NotFound, RateLimited, ServerError, Timeout, Unauthorized, UnexpectedResponse,
    };
    let table = [
        (204, UnexpectedResponse),
        (301, UnexpectedResponse),
        (304, UnexpectedResponse),
        (400, UnexpectedResponse),
        (401, Unauthorized),
        (402, UnexpectedResponse),
        (403, Forbidden),
        (404, NotFound),
        (405, UnexpectedResponse),
        (407, Blocked),
        (408, Timeout),
        (409, UnexpectedResponse),
        (410, NotFound),
        (418, UnexpectedResponse),
        (422, UnexpectedResponse),
        (429, RateLimited),
        (451, Blocked),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
        (520, ServerError),
        (599, ServerError),
    ];
    for (status, expected) in table {
        for body in ["", "{\"message\": \"no\"}", "<html>no</html>", "[", "{\"error\": {\"message\": [1]}}"] {
            let expected = if status == 403 && body.starts_with('<') { Blocked } else { expected };
            let body = if matches!(status, 204 | 304) { "" } else { body };
            assert_eq!(kind(Reply::whole(status, &[], body)).await, expected, "{status} {body}");
        }
    }
    let challenge = Reply::whole(503, &[("cf-mitigated", "challenge")], "<html></html>");
    assert_eq!(kind(challenge).await, Blocked);
}

#[tokio::test]
async fn a_provider_that_repeats_the_key_does_not_get_it_shown() {
    for status in [400, 401, 403, 404, 429, 500] {
        let body = serde_json::json!({ "error": { "message": format!("no such key: {KEY}.\u{1b}[2J") } });
        let failure = outcome(Reply::whole(status, &[], &body.to_string())).await.unwrap_err();
        assert!(failure.message.contains("no such key: [key]. [2J"), "{failure}");
    }
    let elsewhere = format!("https://evil.example/{KEY}?key={KEY}");
    let failure = outcome(Reply::whole(302, &[("Location", &elsewhere)], "")).await.unwrap_err();
    assert!(failure.message.contains("https://evil.example"), "{failure}");
}

#[tokio::test]
async fn redirects_stay_within_one_origin() {
    let other = Server::in_turn([Reply::json("{\"credits\": 5}")]).await;
    for status in [301, 302, 303, 307, 308] {
        let away = format!("{}/v1/user/balance", other.origin);
        let failure = outcome(Reply::whole(status, &[("Location", &away)], "")).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::UnexpectedResponse);
        assert!(failure.message.contains(&other.origin), "{failure}");

        let within = Server::start(move |path| match path {
            "/moved" => Reply::json("{\"credits\": 5}"),
            _ => Reply::whole(status, &[("Location", "/moved")], ""),
        })
        .await;
        assert!(ask(&within.origin).await.is_ok(), "{status}");
        assert_eq!(within.seen()[1].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
        assert_eq!(within.seen()[1].header("referer"), None);
    }
    assert!(other.seen().is_empty(), "the key was sent on");

    let circle = Server::in_turn([Reply::whole(302, &[("Location", "/v1/user/balance")], "")]).await;
    assert_eq!(ask(&circle.origin).await.unwrap_err().kind, FailureKind::UnexpectedResponse);
    assert_eq!(circle.seen().len(), 4);
    for location in ["", "::", "ftp://127.0.0.1/", "javascript:alert(1)", "//["] {
        let reply = Reply::whole(302, &[("Location", location)], "");
        assert_eq!(kind(reply).await, FailureKind::UnexpectedResponse, "{location}");
    }
}

#[tokio::test]
async fn answers_that_break_off_are_told_from_lost_connections() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"credits\": 5}";
    assert_eq!(kind(Reply::Bytes(head.into())).await, FailureKind::UnexpectedResponse);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"credits\": 5}";
    assert_eq!(kind(Reply::Bytes(chunked.into())).await, FailureKind::UnexpectedResponse);
    let packed = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(kind(Reply::Bytes(packed.into())).await, FailureKind::UnexpectedResponse);
    assert_eq!(
        kind(Reply::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())).await,
        FailureKind::UnexpectedResponse
    );
    assert_eq!(kind(Reply::Bytes(Vec::new())).await, FailureKind::Offline);
    assert_eq!(kind(Reply::Reset).await, FailureKind::Offline);
}

#[tokio::test]
async fn slow_and_endless_answers_end() {
    let limits = Limits { total: Duration::from_millis(300), ..Limits::default() };
    let ask = async |reply: Reply| {
        let server = Server::in_turn([reply]).await;
        let failure = ask_with(&Client::with_limits(limits), &server.origin, KEY).await.unwrap_err();
        (failure.kind, server.seen().len())
    };
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec();
    let start = Instant::now();
    assert_eq!(ask(Reply::Stall(Vec::new())).await, (FailureKind::Timeout, 1));
    assert_eq!(ask(Reply::Stall(head)).await, (FailureKind::Timeout, 1));
    assert!(start.elapsed() < Duration::from_secs(5));

    let endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    assert_eq!(kind(Reply::Endless(endless, vec![b' '; 65536])).await, FailureKind::UnexpectedResponse);
    let headers = b"HTTP/1.1 200 OK\r\n".to_vec();
    assert_eq!(
        kind(Reply::Endless(headers, b"X-A: b\r\n".repeat(1000))).await,
        FailureKind::UnexpectedResponse
    );
}

#[tokio::test]
async fn a_server_without_tls_and_no_server_at_all() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read_u8().await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    assert_eq!(ask(&plain).await.unwrap_err().kind, FailureKind::Tls);

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failure = ask(&nobody).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Offline);
    assert!(failure.message.contains("refused"), "{failure}");
}

#[tokio::test]
async fn only_lost_connections_and_failures_of_the_server_are_tried_again() {
    let good = || Reply::json("{\"credits\": 5}");
    let fail = |status| Reply::whole(status, &[], "");
    for first in [fail(500), fail(502), fail(503), Reply::Reset] {
        let server = Server::in_turn([first.clone(), first, good()]).await;
        assert!(ask(&server.origin).await.is_ok());
        assert_eq!(server.seen().len(), 3);
    }
    let server = Server::in_turn([fail(500), fail(500), fail(500), good()]).await;
    assert_eq!(ask(&server.origin).await.unwrap_err().kind, FailureKind::ServerError);
    assert_eq!(server.seen().len(), 3);

    let later = Reply::whole(503, &[("Retry-After", "30")], "");
    for once in [fail(400), fail(401), fail(404), fail(408), fail(429), later, Reply::json("{")] {
        let server = Server::in_turn([once.clone(), good()]).await;
        assert!(ask(&server.origin).await.is_err());
        assert_eq!(server.seen().len(), 1, "{once:?}");
    }
}

#[tokio::test]
async fn a_time_to_be_asked_again_is_kept() {
    for (status, value, expected) in [
        (429, "17", Some("2026-11-21T10:00:17Z")),
        (503, "Sat, 21 Nov 2026 10:01:00 GMT", Some("2026-11-21T10:01:00Z")),
        (429, "Sat, 21 Nov 2020 10:01:00 GMT", Some("2026-11-21T10:00:00Z")),
        (429, "31536000", Some("2026-11-22T10:00:00Z")),
        (429, "soon", None),
        (401, "17", None),
    ] {
        let failure = outcome(Reply::whole(status, &[("Retry-After", value)], "")).await.unwrap_err();
        assert_eq!(failure.retry_at, expected.map(|at| at.parse().unwrap()), "{status} {value}");
    }
}

#[tokio::test]
async fn a_key_with_a_line_break_is_not_sent() {
    let server = Server::in_turn([Reply::json("{\"credits\": 5}")]).await;
    assert!(
        ask_with(&client(), &server.origin, &format!(" {KEY}\r\n")).await.is_ok(),
        "white space around it"
    );
    let failure = ask_with(&client(), &server.origin, "sk-1\r\nX-Other: 2").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unauthorized);
    assert!(!failure.message.contains("sk-1"), "{failure}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn requests_name_their_sender_and_want_json() {
    let server = Server::in_turn([Reply::json("{\"credits\": 5}")]).await;
    ask(&server.origin).await.unwrap();
    let seen = &server.seen()[0];
    assert!(seen.header("user-agent").unwrap().starts_with("credit-gauge/"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("cookie"), None);
    assert_eq!(seen.path, "/v1/user/balance");
}

#[test]
fn targets_show_no_secret() {
    fn is_send<T: Send + Sync>() {}
    is_send::<Target>();
    let credentials = Credentials::of(KEY.into());
    assert!(!format!("{credentials:?}").contains(KEY));
}
