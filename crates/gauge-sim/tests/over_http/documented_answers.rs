use super::*;

#[tokio::test]
async fn stability() {
    let others =
        vec![Organization { id: "org-1234".into(), name: "Mine".into(), credits: amount("0.633683384") }];
    let server = server(Behaviour::Stability(StabilityKey { others, ..StabilityKey::default() }));
    assert_eq!(answer(&server, "/v1/user/balance").await, (200, json!({ "credits": 12.48 })));
    let in_organization = async |id: &str| {
        let url = format!("{}/v1/user/balance", server.origin());
        let request = client().get(url).bearer_auth(KEY).header("Organization", id);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), body(response).await)
    };
    assert_eq!(in_organization("org-5678").await, (200, json!({ "credits": 12.48 })));
    assert_eq!(in_organization("org-1234").await, (200, json!({ "credits": 0.633_683_384 })));
    let (status, foreign) = in_organization("org-9999").await;
    assert_eq!((status, &foreign["name"]), (403, &json!("permission_denied")));
    let (_, account) = answer(&server, "/v1/user/account").await;
    assert_eq!(account["organizations"][0]["is_default"], json!(true));
    assert_eq!(account["organizations"][1]["id"], json!("org-1234"));
    let unknown = get_as(&server, "/v1/user/balance", "stranger").await;
    assert_eq!(unknown.status(), 401);
    assert_eq!(
        body(unknown).await,
        json!({
            "id": "9160aa70-222f-4a36-9eb7-475e2668362a",
            "name": "unauthorized",
            "message": "missing authorization header",
        })
    );
}

#[tokio::test]
async fn openrouter_management_key() {
    let server = openrouter(OpenRouterKey { management: true, ..OpenRouterKey::default() });
    let (_, credits) = answer(&server, "/api/v1/credits").await;
    assert_eq!(credits, json!({ "data": { "total_credits": 20, "total_usage": 7.52 } }));
    let (_, key) = answer(&server, "/api/v1/key").await;
    assert_eq!((&key["data"]["is_management_key"], &key["data"]["usage"]), (&json!(true), &json!(0)));
}

#[tokio::test]
async fn openrouter_ordinary_key() {
    let expires_at = Some("2027-12-31T23:59:59Z".parse().unwrap());
    let server = openrouter(OpenRouterKey {
        limit: Some(100.into()),
        limit_reset: Some(LimitReset::Monthly),
        expires_at,
        ..OpenRouterKey::default()
    });
    let (status, key) = answer(&server, "/api/v1/key").await;
    let expected = json!({ "data": {
        "byok_usage": 0, "byok_usage_daily": 0, "byok_usage_monthly": 0, "byok_usage_weekly": 0,
        "creator_user_id": "user_2dHFtVWx2n56w6HkM0000000000",
        "expires_at": "2027-12-31T23:59:59Z",
        "include_byok_in_limit": false,
        "is_free_tier": false, "is_management_key": false, "is_provisioning_key": false,
        "label": "made-up-key-...001",
        "limit": 100, "limit_remaining": 92.48, "limit_reset": "monthly",
        "rate_limit": {
            "interval": "1h", "note": "This field is deprecated and safe to ignore.", "requests": 1000,
        },
        "usage": 7.52, "usage_daily": 7.52, "usage_monthly": 7.52, "usage_weekly": 7.52,
    } });
    assert_eq!((status, key), (200, expected));
    let refused =
        json!({ "error": { "code": 403, "message": "Only management keys can perform this operation" } });
    assert_eq!(answer(&server, "/api/v1/credits").await, (403, refused));
    server.simulation().advance(Simulation::MAX_ADVANCE).unwrap();
    server.simulation().advance(Duration::from_secs(10 * 86_400)).unwrap();
    assert_eq!(get(&server, "/api/v1/key").await.status(), 401, "an expired key");
}

#[tokio::test]
async fn openrouter_zeros_to_an_ordinary_key() {
    let credits = CreditsToOrdinaryKey::Zeros;
    let server = openrouter(OpenRouterKey { credits, ..OpenRouterKey::default() });
    let zeros = json!({ "data": { "total_credits": 0, "total_usage": 0 } });
    assert_eq!(answer(&server, "/api/v1/credits").await, (200, zeros));
    let (_, key) = answer(&server, "/api/v1/key").await;
    for field in ["limit", "limit_remaining", "limit_reset", "expires_at"] {
        assert_eq!(key["data"][field], Value::Null, "{field}");
    }
}

#[tokio::test]
async fn babysea() {
    let server = server(Behaviour::BabySea(BabySeaKey::default()));
    let response = get(&server, "/v1/user/billing").await;
    assert_eq!(response.headers()["x-ratelimit-limit"], "60");
    let billing = body(response).await;
    assert_eq!(
        billing["data"],
        json!({
            "account_id": "acc_a",
            "billing_plan": "Starter Monthly",
            "billing_credit_balance": 12.48,
            "billing_subscription_status": "active",
            "billing_cancel_at_period_end": false,
            "billing_currency": "USD",
            "billing_period_starts_at": "2026-11-01T00:00:00.000Z",
            "billing_period_ends_at": "2026-12-01T00:00:00.000Z",
            "billing_created_at": "2026-11-01T00:00:00.000Z",
            "billing_updated_at": "2026-11-01T00:00:00.000Z",
        })
    );
    assert_eq!(
        (&billing["status"], &billing["timestamp"]),
        (&json!("success"), &json!("2026-11-21T10:00:00.000Z"))
    );
    let (_, usage) = answer(&server, "/v1/usage?days=30").await;
    assert_eq!(usage["data"]["usage_credit_balance"], json!(12.48));
    assert_eq!(usage["data"]["usage_total_estimated_cost"], json!(7.52));
    assert_eq!(usage["data"]["usage_period_days"], json!(30));
    let (_, estimate) = answer(&server, "/v1/estimate/bfl/flux-1.1-pro?count=1").await;
    assert_eq!(
        estimate["data"],
        json!({
            "model_identifier": "bfl/flux-1.1-pro",
            "model_type": "image",
            "assets_count": 1,
            "cost_per_generation": 0.052,
            "cost_total_consumed": 0.052,
            "credit_balance": 12.48,
            "credit_balance_can_afford": true,
            "credit_balance_max_affordable": 240,
        })
    );
}

#[tokio::test]
async fn babysea_without_account_read() {
    let key = BabySeaKey { account_read: false, balance_known: false, ..BabySeaKey::default() };
    let server = server(Behaviour::BabySea(key));
    for path in ["/v1/user/billing", "/v1/usage"] {
        let (status, refused) = answer(&server, path).await;
        assert_eq!((status, &refused["error"]["code"]), (403, &json!("BSE1003")), "{path}");
    }
    let (status, estimate) = answer(&server, "/v1/estimate/bfl/flux-schnell").await;
    assert_eq!((status, &estimate["data"]["credit_balance"]), (200, &Value::Null));
    assert_eq!(estimate["data"]["credit_balance_max_affordable"], Value::Null);
}

#[tokio::test]
async fn babysea_tells_a_missing_key_from_a_wrong_one() {
    let server = server(Behaviour::BabySea(BabySeaKey { plan: None, ..BabySeaKey::default() }));
    let url = format!("{}/v1/user/billing", server.origin());
    let missing = body(client().get(url).send().await.unwrap()).await;
    assert_eq!(missing["error"]["code"], json!("BSE1001"));
    let wrong = body(get_as(&server, "/v1/user/billing", "stranger").await).await;
    assert_eq!(wrong["error"]["code"], json!("BSE1002"));
    let (_, free) = answer(&server, "/v1/user/billing").await;
    assert_eq!(
        (&free["data"]["billing_plan"], &free["data"]["billing_credit_balance"]),
        (&Value::Null, &json!(12.48))
    );
    assert_eq!(free["data"]["billing_period_ends_at"], Value::Null);
}

#[tokio::test]
async fn predev() {
    let right = super::predev();
    let expected = json!({ "success": true, "creditsRemaining": 12.48 });
    assert_eq!(answer(&right, "/credits-balance").await, (200, expected));
    let unknown = get_as(&right, "/credits-balance", "stranger").await;
    assert_eq!(unknown.status(), 401);
    assert_eq!(body(unknown).await, json!({ "error": "Unauthorized", "message": "Invalid API key" }));
    let unsuccessful = server(Behaviour::PreDev(PreDevKey { unsuccessful: true, ..PreDevKey::default() }));
    let expected = json!({ "success": false, "creditsRemaining": 0 });
    assert_eq!(answer(&unsuccessful, "/credits-balance").await, (200, expected));
    let orphan = server(Behaviour::PreDev(PreDevKey { without_owner: true, ..PreDevKey::default() }));
    let (status, missing) = answer(&orphan, "/credits-balance").await;
    assert_eq!((status, &missing["error"]), (400, &json!("Missing context")));
}

#[tokio::test]
async fn a_key_of_another_provider_is_unknown() {
    assert_eq!(get(&super::predev(), "/v1/user/balance").await.status(), 401);
}

#[tokio::test]
async fn nothing_is_elsewhere() {
    let server = super::predev();
    assert_eq!(get(&server, "/api/v1/activity").await.status(), 404);
    let url = format!("{}/credits-balance", server.origin());
    assert_eq!(client().post(url).bearer_auth(KEY).send().await.unwrap().status(), 405);
}
