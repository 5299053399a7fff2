use super::*;

const PATH: &str = "/credits-balance";

fn with(failure: Failure) -> Server {
    let server = predev();
    server.simulation().set_fault(Fault::new(failure)).unwrap();
    server
}

#[tokio::test]
async fn a_status_has_its_documented_body_or_the_gateways_page() {
    let limited = openrouter(OpenRouterKey::default());
    let status = |status| Fault::new(Failure::Status { status, retry: None }).times(1);
    limited.simulation().set_fault(status(429)).unwrap();
    let response = get(&limited, "/api/v1/key").await;
    let reset: i64 = response.headers()["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
    assert!(reset > jiff::Timestamp::now().as_millisecond());
    assert_eq!(body(response).await["error"]["message"], json!("Rate limit exceeded"));
    limited.simulation().set_fault(status(502)).unwrap();
    let response = get(&limited, "/api/v1/key").await;
    assert_eq!(response.status(), 502);
    assert!(response.text().await.unwrap().contains("<title>502 Bad Gateway</title>"));
    assert_eq!(get(&limited, "/api/v1/key").await.status(), 200);
}

#[tokio::test]
async fn retry_after_comes_in_seconds_and_as_a_date() {
    let retry = Some(RetryHint::Date(90));
    let response = get(&with(Failure::Status { status: 503, retry }), PATH).await;
    let date = response.headers()["retry-after"].to_str().unwrap();
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).unwrap();
    assert!(at.duration_since(jiff::Timestamp::now()).as_secs() > 60, "{date}");

    let babysea = server(Behaviour::BabySea(BabySeaKey::default()));
    let failure = Failure::Status { status: 429, retry: Some(RetryHint::Seconds(3)) };
    babysea.simulation().set_fault(Fault::new(failure)).unwrap();
    let response = get(&babysea, "/v1/usage").await;
    assert_eq!(response.headers()["retry-after"], "3");
    assert_eq!(body(response).await["error"]["details"]["retry_after_seconds"], json!(3));
}

#[tokio::test]
async fn pages_instead_of_json() {
    for (failure, status) in [(Failure::Html { status: 200 }, 200), (Failure::CloudflareChallenge, 403)] {
        let response = get(&with(failure), PATH).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], "text/html; charset=UTF-8");
    }
    let (status, firewall) = answer(&with(Failure::Firewall), PATH).await;
    assert_eq!((status, &firewall["success"]), (403, &json!(false)));
}

#[tokio::test]
async fn spoilt_bodies() {
    let text = async |failure| get(&with(failure), PATH).await.text().await.unwrap();
    assert_eq!(text(Failure::NumbersAsStrings).await, r#"{"creditsRemaining":"12.48","success":true}"#);
    assert_eq!(text(Failure::NullNumbers).await, r#"{"creditsRemaining":null,"success":true}"#);
    assert_eq!(text(Failure::MissingNumbers).await, r#"{"success":true}"#);
    assert_eq!(text(Failure::WrongTypes).await, r#"{"creditsRemaining":[12.48],"success":true}"#);
    assert_eq!(text(Failure::TruncatedJson).await, r#"{"creditsRemaining":"#);
    assert_eq!(text(Failure::EmptyBody).await, "");
    let error = r#"{"error":"Failed to retrieve credits balance","success":false}"#;
    assert_eq!(text(Failure::ErrorIn200).await, error);
    let huge = text(Failure::HugeBody { bytes: 1_000_000 }).await;
    assert_eq!(huge.len(), 1_000_000);
    assert!(serde_json::from_str::<Value>(&huge).is_ok());
}

#[tokio::test]
async fn a_redirect_within_the_origin_leads_to_the_answer() {
    let server = with(Failure::Redirect { to: None });
    let response = get(&server, "/credits-balance?x=1").await;
    assert_eq!(response.status(), 302);
    let location = response.headers()["location"].to_str().unwrap();
    assert_eq!(location, "/moved/credits-balance?x=1");
    assert_eq!(answer(&server, location).await.1["creditsRemaining"], json!(12.48));
}

#[tokio::test]
async fn redirects_to_elsewhere_and_to_itself() {
    let elsewhere = Failure::Redirect { to: Some("http://127.0.0.1:9".into()) };
    let location = async |failure| get(&with(failure), PATH).await.headers()["location"].clone();
    assert_eq!(location(elsewhere).await, "http://127.0.0.1:9/credits-balance");
    assert_eq!(location(Failure::RedirectLoop).await, PATH);
}

#[tokio::test]
async fn a_connection_closes_halfway() {
    let response = get(&with(Failure::ClosedHalfway), PATH).await;
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn an_endless_body_and_a_late_answer_outlast_a_clients_patience() {
    for failure in [Failure::EndlessBody { pause_ms: 5 }, Failure::Slow { delay_ms: 60_000 }] {
        let server = with(failure.clone());
        let request = client().get(format!("{}{PATH}", server.origin())).timeout(Duration::from_millis(200));
        let ended = async { request.send().await?.bytes().await };
        assert!(ended.await.unwrap_err().is_timeout(), "{failure:?}");
    }
}

#[tokio::test]
async fn a_fault_lasts_for_its_requests_and_befalls_its_account_and_path() {
    let server = openrouter(OpenRouterKey::default());
    let fault = Fault::new(Failure::EmptyBody).on_account("a").on_path("/api/v1/key").times(2);
    server.simulation().set_fault(fault).unwrap();
    assert_eq!(get(&server, "/api/v1/credits").await.status(), 403);
    assert_eq!(get_as(&server, "/api/v1/key", "stranger").await.status(), 401);
    for expected in [0, 0, 1] {
        let length = get(&server, "/api/v1/key").await.content_length().unwrap();
        assert_eq!(length.min(1), expected);
    }
    assert!(server.simulation().faults().is_empty());
}
