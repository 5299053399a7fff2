//! No secret in any output or file, whatever happens. Outputs are searched after every run of the program.

use gauge_sim::{Failure, Fault};

use crate::bench::{Bench, SECRET};

#[track_caller]
fn assert_files_hold_no_secret(bench: &Bench) {
    for (path, bytes) in bench.files() {
        let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!found, "{} holds the key", path.display());
    }
}

#[test]
fn no_file_holds_a_key_after_good_and_bad_answers() {
    let mut bench = Bench::with_predev();
    bench.stability("stability");
    bench.add("stability", &[]).exits(0);
    for failure in [
        Failure::Status { status: 401, retry: None },
        Failure::Status { status: 500, retry: None },
        Failure::Html { status: 200 },
        Failure::ErrorIn200,
        Failure::RedirectLoop,
        Failure::Redirect { to: Some("http://127.0.0.1:9".to_owned()) },
        Failure::ClosedHalfway,
    ] {
        bench.fault(Fault::new(failure));
        bench.run(&["status", "--max-age", "0s"]).exits(3);
        bench.server.simulation().clear_faults();
    }
    bench.server = Bench::new().server;
    bench.run(&["status", "--max-age", "0s"]).exits(3);
    bench.run(&["accounts", "list"]).exits(0);
    assert_files_hold_no_secret(&bench);
}

#[test]
fn a_key_given_as_an_argument_is_refused_and_not_repeated() {
    let bench = Bench::new();
    for arguments in [
        &["accounts", "add", "predev", "hunter2-key"][..],
        &["accounts", "add", "predev", "--key", "hunter2-key"],
        &["accounts", "add", "predev", "--key-env", "hunter2-key"],
        &["accounts", "key", "predev", "hunter2-key"],
    ] {
        bench.run(arguments).exits(2);
    }
    assert_files_hold_no_secret(&bench);
}

#[cfg(target_os = "linux")]
mod without_a_keychain {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::bench::Ran;

    fn with_input(command: &mut Command, input: &str) -> Ran {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }

    #[test]
    fn a_key_is_not_kept_elsewhere() {
        let mut bench = Bench::new();
        // The account at the provider is another one's, so that its key is not in the environment under this id.
        bench.predev("other");
        let origin = bench.server.origin();
        let arguments = ["accounts", "add", "predev", "--base-url", origin, "--key-stdin"];
        let ran = with_input(&mut bench.command(&arguments), "hunter2-other\n").exits(3);
        assert!(ran.stderr.contains("CREDIT_GAUGE_KEY_"), "{ran:?}");
        let arguments = ["accounts", "add", "predev", "--base-url", origin, "--key-env", "MINE"];
        Ran::of(bench.command(&arguments).env("MINE", "hunter2-other").output().unwrap()).exits(3);
        assert_eq!(bench.requests(), 2, "the key itself was good both times");
        assert!(bench.ids().is_empty());
        assert_files_hold_no_secret(&bench);
    }

    #[test]
    fn a_wrong_key_is_told_from_a_missing_keychain() {
        let bench = Bench::new();
        let arguments = ["accounts", "add", "predev", "--base-url", bench.server.origin(), "--key-stdin"];
        with_input(&mut bench.command(&arguments), "hunter2-wrong").exits(1);
        with_input(&mut bench.command(&arguments), " \n").exits(2);
    }

    #[test]
    fn an_account_whose_key_cannot_be_read_keeps_its_value() {
        let bench = Bench::with_predev();
        let mut command = bench.command(&["status", "--json", "--max-age", "0s"]);
        let ran = Ran::of(command.env_remove("CREDIT_GAUGE_KEY_PREDEV").output().unwrap()).exits(3);
        let account = &ran.json()["accounts"][0];
        assert_eq!(account["error"]["kind"], "keychain");
        assert_eq!(account["meters"][0]["remaining"], "400");
    }
}
