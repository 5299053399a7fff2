use super::*;

#[test]
fn only_loopback_is_served() {
    let simulation = Simulation::new(Clock::still(SATURDAY.parse().unwrap()), 1);
    let refused = Server::start(simulation, "0.0.0.0:0".parse().unwrap()).unwrap_err();
    assert!(matches!(refused, ServeError::NotLoopback(_)));
}

#[tokio::test]
async fn a_dropped_server_is_gone_with_its_connections() {
    let server = predev();
    server.simulation().set_fault(Fault::new(Failure::EndlessBody { pause_ms: 1 })).unwrap();
    let address = server.origin().trim_start_matches("http://").to_owned();
    let response = get(&server, "/credits-balance").await;
    drop(server);
    assert!(response.bytes().await.is_err());
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn the_program_says_where_it_is_and_which_accounts_it_has() {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_gauge-sim"))
        .args(["--speed", "600", "--seed", "7"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let expected = Simulation::demo(Clock::still(SATURDAY.parse().unwrap()), 7).unwrap().0.credentials();
    let mut lines = String::new();
    let mut out = program.stdout.take().unwrap();
    let mut byte = [0];
    while lines.lines().count() <= expected.len() || !lines.ends_with('\n') {
        out.read_exact(&mut byte).unwrap();
        lines.push(char::from(byte[0]));
    }
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(lines.starts_with("http://127.0.0.1:"), "{lines}");
    for account in expected {
        assert!(lines.contains(&format!("{}\t{}\t{}", account.id, account.provider, account.key)), "{lines}");
    }
}
