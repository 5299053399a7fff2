use super::*;

#[tokio::test]
async fn accounts_come_change_and_go() {
    let server = predev();
    let account = json!({
        "id": "b", "key": "made-up-key-0002", "bought": "50", "used": "10.5",
        "behaviour": { "provider": "openrouter", "limit": "100", "limit_reset": "daily" },
        "spending": { "profile": "bursty", "calls_per_hour": 4, "call_cost": "0.02" },
    });
    let (status, standing) = control(&server, "POST", "/accounts", account.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(
        standing,
        json!({
            "id": "b", "label": "", "provider": "openrouter", "rejected": false,
            "bought": "50", "used": "10.5", "balance": "39.5", "limit_remaining": "89.5",
        })
    );
    assert_eq!(control(&server, "POST", "/accounts", account).await.0, 409);
    let (_, standing) = control(&server, "POST", "/accounts/b/balance", json!({ "amount": "5" })).await;
    assert_eq!(standing["balance"], json!("5.0"));
    let (_, standing) = control(&server, "POST", "/accounts/b/top-up", json!({ "amount": "10" })).await;
    assert_eq!(standing["bought"], json!("25.5"));
    let (_, standing) = control(&server, "POST", "/accounts/b/refund", json!({ "amount": "0.5" })).await;
    assert_eq!(standing["used"], json!("10.0"));
    assert_eq!(get_as(&server, "/api/v1/key", "made-up-key-0002").await.status(), 200);
    control(&server, "PATCH", "/accounts/b", json!({ "rejected": true })).await;
    assert_eq!(get_as(&server, "/api/v1/key", "made-up-key-0002").await.status(), 401);
    assert_eq!(control(&server, "DELETE", "/accounts/b", json!({})).await.0, 204);
    let (status, missing) = control(&server, "GET", "/accounts/b", json!({})).await;
    assert_eq!((status, missing), (404, json!({ "error": "no account `b`; GET /_sim/accounts lists them" })));
    let (_, listed) = control(&server, "GET", "/accounts", json!({})).await;
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn faults_are_set_listed_and_cleared() {
    let server = predev();
    let fault = json!({ "failure": { "kind": "status", "status": 503 }, "account": "a", "requests": 3 });
    let (_, set) = control(&server, "POST", "/faults", fault).await;
    assert_eq!(set, json!({ "id": 1 }));
    assert_eq!(get(&server, "/credits-balance").await.status(), 503);
    let (_, faults) = control(&server, "GET", "/faults", json!({})).await;
    assert_eq!((&faults[0]["id"], &faults[0]["requests"]), (&json!(1), &json!(2)));
    assert_eq!(control(&server, "DELETE", "/faults/1", json!({})).await.0, 204);
    assert_eq!(get(&server, "/credits-balance").await.status(), 200);
    assert_eq!(control(&server, "DELETE", "/faults/1", json!({})).await.0, 404);
    let nobodys = json!({ "failure": { "kind": "firewall" }, "account": "nobody" });
    assert_eq!(control(&server, "POST", "/faults", nobodys).await.0, 404);
}

#[tokio::test]
async fn nonsense_is_refused_and_changes_nothing() {
    let server = predev();
    for (path, sent) in [
        ("/accounts/a/spend", json!({ "amount": "a lot" })),
        ("/accounts/a/spend", json!({ "amount": "99999999999999" })),
        ("/accounts/a/spend", json!({ "amuont": "1" })),
        ("/clock", json!({ "advance_seconds": u64::MAX })),
        ("/faults", json!({ "failure": { "kind": "plague" } })),
    ] {
        let (status, _) = control(&server, "POST", path, sent).await;
        assert_eq!(status, 422, "{path}");
    }
    assert_eq!(server.simulation().standing("a").unwrap().balance, amount("12.48"));
    assert_eq!(server.simulation().now(), SATURDAY.parse().unwrap());
}

#[tokio::test]
async fn the_clock_is_told_and_set() {
    let server = predev();
    let (_, time) = control(&server, "POST", "/clock", json!({ "advance_seconds": 60, "speed": 0 })).await;
    assert_eq!(time, json!({ "now": "2026-11-21T10:01:00Z", "speed": 0 }));
    assert_eq!(control(&server, "GET", "/clock", json!({})).await.1, time);
}

#[tokio::test]
async fn the_log_says_what_was_asked_and_never_the_key() {
    let server = predev();
    let waiting = tokio::spawn({
        let simulation = server.simulation().clone();
        async move { simulation.wait_for_requests_after(0).await }
    });
    get(&server, "/credits-balance?a=b").await;
    assert_eq!(waiting.await.unwrap().len(), 1);
    get_as(&server, "/v1/user/balance", "stranger").await;
    let (_, log) = control(&server, "GET", "/requests?after=0&wait_ms=1000", json!({})).await;
    assert_eq!(log[0]["path"], json!("/credits-balance"));
    assert_eq!((&log[0]["query"], &log[0]["account"]), (&json!("a=b"), &json!("a")));
    assert_eq!(log[0]["keys"], json!([{ "account": "a", "place": "authorization" }]));
    assert_eq!(log[0]["headers"]["authorization"], json!("…"));
    assert_eq!((&log[1]["account"], &log[1]["status"]), (&Value::Null, &json!(401)));
    assert!(!log.to_string().contains(KEY) && !log.to_string().contains("stranger"));
    let (_, later) = control(&server, "GET", "/requests?after=1", json!({})).await;
    assert_eq!(later.as_array().unwrap().len(), 1);
    assert_eq!(control(&server, "DELETE", "/requests", json!({})).await.0, 204);
    assert!(server.simulation().requests_after(0).is_empty());
}
