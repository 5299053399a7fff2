//! What a definition's requests look like when they are made.

use std::collections::BTreeMap;

use gauge::failure::{Failure, FailureKind};
use gauge::provider::{Credentials, Definition, check};
use gauge::reading::Reading;

use super::catalogue::ACME;
use super::recorded::{KEY, client, now};
use super::server::{Reply, Seen, Server};

async fn ask(project: &str, token: Option<&str>, usage: Reply) -> (Result<Reading, Failure>, Vec<Seen>) {
    let acme = Definition::parse(ACME, "acme.toml").unwrap();
    let server = Server::start(move |path| match path {
        "/v2/usage" => usage.clone(),
        _ => Reply::json("{\"ok\": true, \"credits\": 5}"),
    })
    .await;
    let inputs = BTreeMap::from([("project".to_owned(), project.to_owned())]);
    let target = acme.resolve(Some(&server.origin), &inputs).unwrap();
    let mut credentials = Credentials::of(KEY.into());
    credentials.inputs.extend(token.map(|token| ("token".to_owned(), token.into())));
    (check(&client(), &acme, &target, &credentials, now()).await, server.seen())
}

#[tokio::test]
async fn inputs_go_where_the_definition_puts_them() {
    let (reading, seen) = ask("a/b ü?", Some("tt-1"), Reply::json("{}")).await;
    assert_eq!(reading.unwrap().notices, Vec::<String>::new());
    assert_eq!(seen[0].path, "/v2/projects/a%2Fb%20%C3%BC%3F/balance");
    assert_eq!(seen[0].header("x-token"), Some("tt-1"));
    assert_eq!(seen[1].header("content-type"), Some("application/json"));
    let body: serde_json::Value = serde_json::from_str(&seen[1].body).unwrap();
    assert_eq!(body, serde_json::json!({ "query": "{ total }", "project": "a/b ü?", "list": [1, true] }));
}

#[tokio::test]
async fn a_header_with_an_empty_input_is_left_out() {
    let (_, seen) = ask("p", None, Reply::json("{}")).await;
    assert_eq!(seen[0].header("x-token"), None);
    let (_, seen) = ask("p", Some(" "), Reply::json("{}")).await;
    assert_eq!(seen[0].header("x-token"), None);
}

#[tokio::test]
async fn an_input_cannot_lead_upwards_in_a_path() {
    for dots in [".", ".."] {
        let (outcome, seen) = ask(dots, None, Reply::json("{}")).await;
        assert_eq!(outcome.unwrap_err().kind, FailureKind::Definition);
        assert!(seen.is_empty());
    }
}

#[tokio::test]
async fn an_optional_request_may_fail_but_not_refuse_the_key() {
    for fails in [Reply::whole(500, &[], ""), Reply::whole(403, &[], ""), Reply::json("["), Reply::Reset] {
        let (reading, _) = ask("p", None, fails.clone()).await;
        assert_eq!(reading.unwrap().meters.len(), 1, "{fails:?}");
    }
    let (refused, _) = ask("p", None, Reply::whole(401, &[], "")).await;
    assert_eq!(refused.unwrap_err().kind, FailureKind::Unauthorized);
}

#[tokio::test]
async fn secret_inputs_are_redacted_too() {
    let echo = Reply::whole(401, &[], "{\"message\": \"bad token tt-secret-2\"}");
    let (refused, _) = ask("p", Some("tt-secret-2"), echo).await;
    assert!(refused.unwrap_err().message.contains("bad token [key]"));
}
