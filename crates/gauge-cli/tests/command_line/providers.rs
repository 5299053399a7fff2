//! `providers`: the catalogue, and help for those who write a definition.

use std::fs;

use serde_json::json;

use crate::bench::{Bench, text};

const OWN: &str = r#"
id = "predev"
name = "My pre.dev"
base_url = "https://example.com"

[[requests]]
id = "balance"
path = "/"
headers = { Authorization = "Bearer {key}" }

[[meters]]
id = "credits"
label = "Credits"
kind = "wallet"
unit = "credits"
remaining = "balance.credits"
"#;

#[test]
fn the_built_in_providers_are_listed() {
    let document = Bench::new().run(&["providers", "--json"]).exits(0).json();
    let ids: Vec<_> = document["providers"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect();
    for id in ["babysea", "openrouter", "predev", "stability"] {
        assert!(ids.contains(&id.to_owned()), "{ids:?}");
    }
    assert_eq!(document["schema"], 1);
}

#[test]
fn one_provider_is_shown_with_what_it_asks_for() {
    let bench = Bench::new();
    let shown = bench.run(&["providers", "show", "babysea"]).exits(0);
    assert!(shown.stdout.contains("region") && shown.stdout.contains("us, eu, jp"), "{shown:?}");
    let document = bench.run(&["providers", "show", "babysea", "--json"]).exits(0).json();
    assert_eq!(document["provider"]["inputs"][0]["id"], "region");
    let refused = bench.run(&["providers", "show", "babysee"]).exits(2);
    assert!(refused.stderr.contains("babysea"), "{refused:?}");
}

#[test]
fn a_definition_of_the_user_replaces_a_built_in_one() {
    let bench = Bench::new();
    bench.run(&["providers"]).exits(0);
    fs::write(bench.home().join("providers/own.toml"), OWN).unwrap();
    fs::write(bench.home().join("providers/wrong.toml"), "id = 'acme'\nnmae = 'Acme'").unwrap();
    let ran = bench.run(&["providers", "--json"]).exits(0);
    let document = ran.json();
    let own = document["providers"].as_array().unwrap().iter().find(|one| one["id"] == "predev").unwrap();
    assert_eq!((&own["name"], &own["replaces_built_in"]), (&json!("My pre.dev"), &json!(true)));
    assert!(ran.stderr.contains("wrong.toml:2: unknown field `nmae`"), "{ran:?}");
}

#[test]
fn checking_a_definition_says_the_line_and_the_reason() {
    let bench = Bench::new();
    let file = bench.home().join("acme.toml");
    let path = file.to_str().unwrap();
    bench.run(&["providers", "check", path]).exits(2);
    fs::write(&file, OWN).unwrap();
    let valid = bench.run(&["providers", "check", path]).exits(0);
    assert!(valid.stdout.contains("OK") && valid.stdout.contains("predev"), "{valid:?}");
    for (text, fault) in [
        (OWN.replace("kind", "knid"), "acme.toml:14: unknown field `knid`"),
        (OWN.replace("balance.credits", "balance.credits +"), "acme.toml:16:"),
        (OWN.replace("https", "ftp"), "acme.toml:4:"),
        (OWN.replace("id = \"predev\"", "id ="), "acme.toml:2:"),
    ] {
        fs::write(&file, text).unwrap();
        let invalid = bench.run(&["providers", "check", path]).exits(1);
        assert!(invalid.stdout.is_empty() && invalid.stderr.contains(fault), "{fault}: {invalid:?}");
    }
    fs::write(&file, b"id = 'acme'\nname = '\xff'").unwrap();
    let invalid = bench.run(&["providers", "check", path]).exits(1);
    assert!(invalid.stderr.contains("acme.toml:2:") && invalid.stderr.contains("UTF-8"), "{invalid:?}");
}
