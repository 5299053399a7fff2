//! Definitions as users write them: what is wrong is found, with its line, and one bad file spoils nothing.

use std::collections::BTreeMap;
use std::fs;

use gauge::provider::{Catalogue, Definition, Provenance, TargetError};

use super::recorded::built_in;

/// A definition that is sound. The line numbers below count in it.
pub const ACME: &str = r#"id = "acme"
name = "Acme"
base_url = "https://api.{region}.acme.example/v2"
keys_url = "https://acme.example/{region}/keys"
key_env = ["ACME_API_KEY"]
min_interval = "5m"

[[inputs]]
id = "region"
label = "Region"
default = "us"
choices = [{ value = "us", label = "US" }, { value = "eu", label = "EU" }]

[[inputs]]
id = "project"
label = "Project"
required = true

[[inputs]]
id = "token"
label = "Second token"
secret = true

[[requests]]
id = "balance"
path = "/projects/{project}/balance"
headers = { Authorization = "Bearer {key}", X-Token = "{token}" }

[[requests]]
id = "usage"
method = "POST"
path = "/usage"
body = { query = "{{ total }}", project = "{project}", list = [1, true] }
when = "status.balance == 200"
optional = true

[[errors]]
request = "balance"
status = 200
when = "body.ok == false"
kind = "provider_error"

[[meters]]
id = "credits"
label = "Credits"
kind = "wallet"
unit = "credits"
remaining = "balance.credits"

[[notices]]
when = "status.usage == 0"
text = "No usage."
"#;

fn inputs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_sound_definition_is_read() {
    let windows = format!("\u{feff}{}", ACME.replace('\n', "\r\n"));
    assert!(Definition::parse(&windows, "acme.toml").is_ok(), "as Notepad saves it");
    let slip = Definition::parse(&windows.replace("unit =", "unti ="), "acme.toml").unwrap_err();
    assert_eq!((slip.line, slip.column), (47, 1));
    let acme = Definition::parse(ACME, "acme.toml").unwrap();
    assert_eq!((acme.id.as_str(), acme.name.as_str()), ("acme", "Acme"));
    assert_eq!(acme.min_interval, jiff::SignedDuration::from_mins(5));
    assert_eq!(acme.secret_inputs().collect::<Vec<_>>(), ["token"]);
    assert_eq!(acme.keys_url(&inputs(&[])).as_deref(), Some("https://acme.example/us/keys"));
    assert_eq!(acme.keys_url(&inputs(&[("region", "eu")])).as_deref(), Some("https://acme.example/eu/keys"));
    assert_eq!(
        acme.keys_url(&inputs(&[("region", "evil")])).as_deref(),
        Some("https://acme.example/us/keys")
    );
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    // What to replace in the sound definition, with what, the line, and a part of the reason.
    let table = [
        ("name = \"Acme\"", "nmae = \"Acme\"", 2, "unknown field `nmae`"),
        ("name = \"Acme\"", "name = \"\"", 2, "the name is empty"),
        ("name = \"Acme\"", "name = 5", 2, "invalid type: integer"),
        ("name = \"Acme\"\n", "", 1, "missing field `name`"),
        ("id = \"acme\"", "id = \"Acme Inc\"", 1, "lower-case letters"),
        ("id = \"acme\"", "id = \"acme", 1, "basic string"),
        ("https://api.{region}", "http://api.{region}", 3, "unencrypted"),
        ("https://api.{region}", "https://me@api.{region}", 3, "user name"),
        ("https://api.{region}", "api.{region}", 3, "web address"),
        ("https://api.{region}", "https://{project}", 3, "only inputs with choices"),
        ("https://api.{region}", "https://{key}", 3, "only inputs with choices"),
        ("https://api.{region}", "https://{regoin}", 3, "{regoin} is neither"),
        ("acme.example/v2", "acme.example/v2?x=1", 3, "no ? or #"),
        ("ACME_API_KEY", "ACME-API-KEY", 5, "environment variable"),
        ("\"5m\"", "\"fast\"", 6, "between 10s and 24h"),
        ("\"5m\"", "\"1s\"", 6, "between 10s and 24h"),
        ("default = \"us\"", "default = \"jp\"", 11, "Region cannot be “jp”"),
        ("{ value = \"eu\"", "{ value = \"us\"", 12, "there twice"),
        ("{ value = \"eu\"", "{ value = \"e/u\"", 3, "“e/u” of region cannot be in an address"),
        ("id = \"project\"", "id = \"region\"", 15, "another input “region”"),
        ("id = \"project\"", "id = \"key\"", 15, "asked for by itself"),
        ("secret = true", "secret = true\ndefault = \"x\"", 20, "a secret input cannot have a default"),
        ("id = \"balance\"", "id = \"status\"", 25, "another meaning"),
        ("id = \"balance\"", "id = \"my-balance\"", 25, "cannot be an id"),
        ("/projects/{project}/balance", "projects", 26, "starts with /"),
        ("/projects/{project}/balance", "/a?b=c", 26, "goes into `query`"),
        ("/projects/{project}/balance", "/{key}", 26, "{key} cannot be in a path"),
        ("/projects/{project}/balance", "/{token}", 26, "no secrets"),
        ("/projects/{project}/balance", "/{project", 26, "has no }"),
        ("Bearer {key}", "Bearer", 25, "no request uses the key"),
        ("Bearer {key}", "Bearer {kye}", 27, "{kye} is neither"),
        ("X-Token", "\"X Token\"", 27, "name of a header"),
        ("X-Token", "Host", 27, "set by the app itself"),
        ("X-Token", "transfer-encoding", 27, "set by the app itself"),
        ("id = \"usage\"", "id = \"balance\"", 30, "another request “balance”"),
        ("method = \"POST\"", "method = \"PUT\"", 31, "unknown variant `PUT`"),
        ("method = \"POST\"\n", "", 32, "a GET request has no body"),
        ("status.balance == 200", "usage.ok", 34, "made later"),
        ("status.balance == 200", "status.usage == 0", 34, "no request “usage” before"),
        ("status.balance == 200", "status.balance == ", 34, "ends too early"),
        ("optional = true", "optional = [999]", 35, "no HTTP status"),
        ("optional = true", "optional = \"yes\"", 35, "true, or HTTP statuses"),
        ("request = \"balance\"", "request = \"other\"", 38, "no request “other”"),
        ("status = 200\nwhen = \"body.ok == false\"\n", "", 39, "needs a `status`, a `when`"),
        ("body.ok == false", "balance.ok == false", 40, "only `status`, `body`"),
        ("kind = \"provider_error\"", "kind = \"bad\"", 41, "unknown variant `bad`"),
        ("kind = \"provider_error\"", "kind = \"offline\"", 41, "an answer cannot be of this kind"),
        ("kind = \"wallet\"", "kind = \"purse\"", 46, "unknown variant `purse`"),
        ("unit = \"credits\"", "unit = \"US$\"", 47, "is no unit"),
        ("remaining = \"balance.credits\"", "used = \"balance.credits\"", 44, "needs `remaining`"),
        ("remaining = \"balance.credits\"", "remaining = \"blance.credits\"", 48, "no request “blance”"),
        ("remaining = \"balance.credits\"", "remaining = \"nmu(balance.credits)\"", 48, "no function “nmu”"),
        ("remaining = \"balance.credits\"", "remaining = \"\"", 48, "the expression is empty"),
        ("remaining = ", "total_is_full = true\nremaining = ", 44, "needs a `total`"),
        ("status.usage == 0", "inputs.token == ''", 51, "no input “token”"),
        ("text = \"No usage.\"", "txt = \"No usage.\"", 52, "unknown field `txt`"),
    ];
    for (old, new, line, reason) in table {
        assert!(ACME.contains(old), "{old}");
        let Err(error) = Definition::parse(&ACME.replacen(old, new, 1), "acme.toml") else {
            panic!("{new} was taken")
        };
        assert!(error.to_string().contains(reason), "{new}: {error}");
        assert_eq!(error.line, line, "{new}: {error}");
        assert!(error.to_string().starts_with(&format!("acme.toml:{line}: ")), "{error}");
    }
}

#[test]
fn the_column_of_a_fault_within_an_expression_is_exact() {
    let text = ACME.replace("\"balance.credits\"", "\"ä\" # é");
    let error = Definition::parse(&text, "acme.toml").unwrap_err();
    assert_eq!((error.line, error.column), (48, 14), "{error}");
    let text = ACME.replace("\"balance.credits\"", "\"1.0 + blance.credits\"");
    let error = Definition::parse(&text, "acme.toml").unwrap_err();
    assert_eq!((error.line, error.column), (48, 20), "{error}");
}

#[test]
fn an_account_s_settings_are_checked_and_completed() {
    let acme = Definition::parse(ACME, "acme.toml").unwrap();
    let resolve = |base: Option<&str>, set: &[(&str, &str)]| acme.resolve(base, &inputs(set));
    let target = resolve(None, &[("project", "p")]).unwrap();
    assert_eq!(target.base_url(), "https://api.us.acme.example/v2");
    assert_eq!(target.origins()[0].to_string(), "https://api.us.acme.example");
    assert_eq!(
        resolve(None, &[("project", "p"), ("region", "eu")]).unwrap().base_url(),
        "https://api.eu.acme.example/v2"
    );

    assert!(matches!(resolve(None, &[]), Err(TargetError::Missing { .. })));
    assert!(matches!(resolve(None, &[("project", "  ")]), Err(TargetError::Missing { .. })));
    assert!(matches!(resolve(None, &[("project", "p\n2")]), Err(TargetError::NotText { .. })));
    assert!(matches!(
        resolve(None, &[("project", "p"), ("region", "evil.example/")]),
        Err(TargetError::NotAChoice { .. })
    ));
    assert!(matches!(resolve(None, &[("project", "p"), ("token", "t")]), Err(TargetError::Secret { .. })));
    let unknown = resolve(None, &[("project", "p"), ("regoin", "eu")]).unwrap_err();
    assert_eq!(unknown.to_string(), "Acme has no setting “regoin”; it has region, project");

    let openrouter = &built_in().get("openrouter").unwrap().definition;
    for wrong in ["0", "-5", "ten", "1e999"] {
        let result = openrouter.resolve(None, &inputs(&[("budget", wrong)]));
        assert!(matches!(result, Err(TargetError::NotAnAmount { .. })), "{wrong}");
    }
    assert!(openrouter.resolve(None, &inputs(&[("budget", "1,250.50")])).is_ok());
}

#[test]
fn a_base_url_of_the_account_replaces_the_origin_or_all() {
    let acme = Definition::parse(ACME, "acme.toml").unwrap();
    let base = |url: &str| acme.resolve(Some(url), &inputs(&[("project", "p")]));
    for (url, expected) in [
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/v2"),
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000/v2"),
        (" https://proxy.example ", "https://proxy.example/v2"),
        ("https://proxy.example/acme/", "https://proxy.example/acme"),
        ("", "https://api.us.acme.example/v2"),
    ] {
        assert_eq!(base(url).unwrap().base_url(), expected, "{url}");
    }
    for wrong in ["http://proxy.example", "proxy.example", "https://a@proxy.example", "ftp://proxy.example"] {
        assert!(matches!(base(wrong), Err(TargetError::BaseUrl(_))), "{wrong}");
    }
    for wrong in ["https://proxy.example?x=1", "https://proxy.example/#x"] {
        assert_eq!(base(wrong), Err(TargetError::BaseUrlExtra), "{wrong}");
    }
}

#[test]
fn the_user_s_files_win_and_a_bad_one_spoils_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    write("acme.toml", ACME.as_bytes());
    write("acme2.toml", ACME.as_bytes());
    write("broken.toml", b"id = ");
    write("latin.toml", b"name = \"\xe4\"");
    write("mine.toml", ACME.replace("\"acme\"", "\"predev\"").as_bytes());
    write("notes.txt", b"not a definition");
    fs::create_dir(folder.path().join("folder.toml")).unwrap();

    let (catalogue, errors) = Catalogue::load(folder.path());
    let ids: Vec<_> = catalogue.iter().map(|entry| entry.definition.id.as_str()).collect();
    assert_eq!(ids, ["acme", "babysea", "openrouter", "predev", "stability"]);
    let provenance = |id: &str| catalogue.get(id).unwrap().provenance.clone();
    assert_eq!(provenance("stability"), Provenance::BuiltIn);
    let path = folder.path().join("acme.toml");
    assert_eq!(provenance("acme"), Provenance::User { path, replaces_built_in: false });
    let path = folder.path().join("mine.toml");
    assert_eq!(provenance("predev"), Provenance::User { path, replaces_built_in: true });

    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 4, "{errors:?}");
    for (error, (file, said)) in errors.iter().zip([
        ("acme2.toml", "has the id “acme” already"),
        ("broken.toml:1", "string"),
        ("folder.toml", "no file"),
        ("latin.toml", "not in UTF-8"),
    ]) {
        assert!(error.contains(file) && error.contains(said), "{error}");
    }
}

#[test]
fn what_the_guide_shows_works() {
    let guide = include_str!("../../../../docs/providers.md");
    let example = guide.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(Definition::parse(example, "acme.toml").unwrap().id, "acme");
    let slip = example.replace("balance.data.balance", "blance.data.balance");
    let error = Definition::parse(&slip, "acme.toml").unwrap_err().to_string();
    assert!(guide.contains(&error), "{error}");

    let recipes = guide.split("| wanted | expression |").nth(1).unwrap().split("\n\n").next().unwrap();
    let recipes: Vec<_> = recipes.lines().skip(2).map(|row| row.split('`').nth(1).unwrap()).collect();
    assert!(recipes.len() > 4);
    for recipe in recipes {
        let field = if recipe.starts_with("unlimited = ") {
            recipe.to_owned()
        } else {
            format!("remaining = '{recipe}'")
        };
        let definition = example.replace("remaining = \"balance.data.balance\"", &field);
        assert!(definition.contains(&field));
        Definition::parse(&definition, "acme.toml").unwrap_or_else(|error| panic!("{recipe}: {error}"));
    }
}
