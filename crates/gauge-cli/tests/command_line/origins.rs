//! A key goes only where it was stored for, until the user confirms.

use std::fs;

use gauge_sim::KeySighting;

use crate::bench::Bench;

const DEFINITION: &str = r#"
id = "acme"
name = "Acme"
base_url = "ORIGIN"

[[requests]]
id = "balance"
path = "/credits-balance"
headers = { Authorization = "Bearer {key}" }

[[meters]]
id = "credits"
label = "Credits"
kind = "wallet"
unit = "credits"
remaining = "balance.creditsRemaining"
"#;

fn define(bench: &Bench, origin: &str) {
    let folder = bench.home().join("providers");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("acme.toml"), DEFINITION.replace("ORIGIN", origin)).unwrap();
}

#[test]
fn a_definition_that_points_elsewhere_gets_no_key_until_confirmed() {
    let mut bench = Bench::new();
    bench.predev("acme");
    define(&bench, bench.server.origin());
    bench.run(&["accounts", "add", "acme"]).exits(0);

    let mut elsewhere = Bench::new();
    elsewhere.predev("acme");
    define(&bench, elsewhere.server.origin());
    let account = bench.run(&["status", "--json", "--max-age", "0s"]).exits(3).json()["accounts"][0].clone();
    assert_eq!(account["error"]["kind"], "needs_confirmation");
    assert_eq!(account["meters"][0]["remaining"], "400");

    let refused = bench.run(&["accounts", "confirm", "acme"]).exits(2);
    assert!(
        refused.stderr.contains(elsewhere.server.origin()) && refused.stderr.contains("--yes"),
        "{refused:?}"
    );
    assert_eq!(elsewhere.requests(), 0);

    bench.run(&["accounts", "confirm", "acme", "--yes"]).exits(0);
    // The last reading is recent, but what was said since is newer.
    bench.run(&["status"]).exits(0);
    let seen = elsewhere.server.simulation().requests_after(0);
    let key = KeySighting { account: Some("acme".to_owned()), place: "authorization".to_owned() };
    assert_eq!((seen.len(), &seen[0].keys), (1, &vec![key]));
    let nothing = bench.run(&["accounts", "confirm", "acme", "--yes"]).exits(0);
    assert!(nothing.stderr.contains("nothing to confirm"), "{nothing:?}");
}
