use super::*;

#[tokio::test]
async fn a_limit_is_whole_again_when_its_window_turns() {
    let cases = [
        (LimitReset::Daily, "2026-11-22T00:00:00Z"),
        (LimitReset::Weekly, "2026-11-23T00:00:00Z"),
        (LimitReset::Monthly, "2026-12-01T00:00:00Z"),
    ];
    for (reset, turn) in cases {
        let server = openrouter(OpenRouterKey {
            limit: Some(10.into()),
            limit_reset: Some(reset),
            ..OpenRouterKey::default()
        });
        let simulation = server.simulation();
        let turn: jiff::Timestamp = turn.parse().unwrap();
        let wait = turn.duration_since(simulation.now()).unsigned_abs();
        simulation.advance(wait.saturating_sub(Duration::from_secs(1))).unwrap();
        assert_eq!(
            answer(&server, "/api/v1/key").await.1["data"]["limit_remaining"],
            json!(2.48),
            "{reset:?}"
        );
        simulation.advance(Duration::from_secs(1)).unwrap();
        let (_, key) = answer(&server, "/api/v1/key").await;
        assert_eq!(key["data"]["limit_remaining"], json!(10), "{reset:?}");
        assert_eq!(key["data"]["usage"], json!(7.52), "all-time usage does not reset");
    }
}

#[tokio::test]
async fn a_debt_is_served_as_one() {
    let server = openrouter(OpenRouterKey { management: true, ..OpenRouterKey::default() });
    assert_eq!(server.simulation().spend("a", 15.into()).unwrap().balance, amount("-2.52"));
    let (_, credits) = answer(&server, "/api/v1/credits").await;
    assert_eq!(credits, json!({ "data": { "total_credits": 20, "total_usage": 22.52 } }));
}

#[tokio::test]
async fn a_reserve_comes_back_in_part() {
    let server = server(Behaviour::BabySea(BabySeaKey::default()));
    let spend = json!({ "amount": "2.00", "refund": "1.50", "refund_after_seconds": 120 });
    let (_, standing) = control(&server, "POST", "/accounts/a/spend", spend).await;
    assert_eq!(standing["balance"], json!("10.48"));
    control(&server, "POST", "/clock", json!({ "advance_seconds": 119 })).await;
    assert_eq!(answer(&server, "/v1/user/billing").await.1["data"]["billing_credit_balance"], json!(10.48));
    control(&server, "POST", "/clock", json!({ "advance_seconds": 1 })).await;
    assert_eq!(answer(&server, "/v1/user/billing").await.1["data"]["billing_credit_balance"], json!(11.98));
    let (_, usage) = answer(&server, "/v1/usage?days=1").await;
    assert_eq!(usage["data"]["usage_total_estimated_cost"], json!(8.02));
    assert_eq!(usage["data"]["usage_providers"][0]["wasted_estimated_cost"], json!(1.5));
}

#[test]
fn the_same_seed_and_time_give_the_same_figures_however_time_is_cut() {
    let run = |seed, steps: u32| {
        let (simulation, _) = Simulation::demo(Clock::still(SATURDAY.parse().unwrap()), seed).unwrap();
        for _ in 0..steps {
            simulation.advance(Duration::from_secs(4 * 86_400) / steps).unwrap();
            let _ = simulation.standings();
        }
        simulation.standings()
    };
    assert_eq!(run(1, 1), run(1, 540));
    assert_ne!(run(1, 1), run(2, 1));
}

#[test]
fn spending_stops_at_nothing_left_unless_a_debt_is_allowed() {
    let spent = |may_owe, auto_top_up| {
        let simulation = Simulation::new(Clock::still(SATURDAY.parse().unwrap()), 1);
        let spending = Spending {
            profile: Profile::Steady,
            calls_per_hour: 60,
            call_cost: 1.into(),
            refunded_percent: 0,
        };
        let behaviour = Behaviour::PreDev(PreDevKey::default());
        let account = Account {
            bought: 10.into(),
            spending,
            may_owe,
            auto_top_up,
            ..Account::new("a", KEY, behaviour)
        };
        simulation.add(account).unwrap();
        simulation.advance(Duration::from_secs(86_400)).unwrap();
        simulation.standing("a").unwrap()
    };
    assert_eq!(spent(false, None).balance, 0.into());
    assert!(spent(true, None).balance < Decimal::from(-1000));
    let topped_up = spent(false, Some(AutoTopUp { below: 5.into(), amount: 100.into() }));
    assert!(topped_up.balance >= 5.into() && topped_up.bought > 1000.into(), "{topped_up:?}");
}

#[test]
fn time_runs_as_fast_as_told() {
    let clock = Clock::new(SATURDAY.parse().unwrap(), 3600);
    let start = clock.now();
    // Real time must pass here: it is what is measured.
    std::thread::sleep(Duration::from_millis(20));
    assert!(clock.now().duration_since(start).as_secs() >= 72);
}
