//! The system keychain against a real gnome-keyring on a session bus of its own.
//!
//! The address of the session bus is part of a process's environment. So each test starts a bus, then itself again in a
//! new process whose environment names that bus and an empty home; what follows happens in there.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be set up fails the test"
)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gauge::secret::{Item, Keychain, KeychainError, Prompt, SystemKeychain};
use secrecy::ExposeSecret;
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use tokio::sync::mpsc;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator, Proxy};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

const SECRETS: &str = "org.freedesktop.secrets";
const PASSWORD: &str = "password of the login keyring";
const BUS_CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <!-- No service directories: nothing that is installed here starts by itself. -->
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// Set in the processes that tests start for their second half.
const INSIDE: &str = "GAUGE_TEST_INSIDE";

#[test]
fn keeps_replaces_and_forgets_keys() {
    on_a_bus("keeps_replaces_and_forgets_keys", async || {
        let _daemon = Daemon::unlocked();
        let keychain = SystemKeychain::new();
        let (key, input) = (item("openrouter", None, "7f3a"), item("openrouter", Some("org-token"), "7f3a"));
        let elsewhere = item("openrouter", None, "90bc");

        assert_eq!(read(&keychain, &key).await.unwrap(), None);
        for (item, secret) in
            [(&key, "sk-first"), (&key, "sk-ключ"), (&input, "ot-1"), (&elsewhere, "sk-else")]
        {
            keychain.write(item, &secret.into()).await.unwrap();
            assert_eq!(read(&keychain, item).await.unwrap().as_deref(), Some(secret));
        }
        assert_eq!(
            labels(),
            ["Credit Gauge: openrouter", "Credit Gauge: openrouter", "Credit Gauge: openrouter/org-token"]
        );

        keychain.delete(&key).await.unwrap();
        keychain.delete(&key).await.unwrap();
        assert_eq!(read(&keychain, &key).await.unwrap(), None);
        assert_eq!(read(&keychain, &input).await.unwrap().as_deref(), Some("ot-1"));
        assert_eq!(read(&SystemKeychain::new(), &elsewhere).await.unwrap().as_deref(), Some("sk-else"));

        keychain.check().await.unwrap();
        assert_eq!(keychain.name().await, "Secret Service (gnome-keyring)");
    });
}

#[test]
fn says_that_there_is_no_bus() {
    let no_bus = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus".to_owned())];
    inside("says_that_there_is_no_bus", &no_bus, async || {
        let keychain = SystemKeychain::new();
        let error = keychain.write(&some_item(), &"hunter2".into()).await.unwrap_err();
        assert!(matches!(error, KeychainError::NoBus(_)), "{error:?}");
        assert!(error.to_string().contains("CREDIT_GAUGE_KEY_<ACCOUNT>"));
        assert!(!format!("{error} {error:?} {keychain:?}").contains("hunter2"));
        assert_eq!(keychain.name().await, "Secret Service");
    });
}

#[test]
fn works_when_a_missing_keychain_comes() {
    on_a_bus("works_when_a_missing_keychain_comes", async || {
        let keychain = SystemKeychain::new();
        for _ in 0..2 {
            let error = read(&keychain, &some_item()).await.unwrap_err();
            assert!(matches!(error, KeychainError::NoService(_)), "{error:?}");
            assert!(error.to_string().contains("gnome-keyring"));
        }
        let _daemon = Daemon::unlocked();
        keychain.write(&some_item(), &"sk-1".into()).await.unwrap();
        assert_eq!(read(&keychain, &some_item()).await.unwrap().as_deref(), Some("sk-1"));
    });
}

#[test]
fn works_again_after_a_restart_of_the_keychain() {
    on_a_bus("works_again_after_a_restart_of_the_keychain", async || {
        let keychain = SystemKeychain::new();
        let daemon = Daemon::unlocked();
        keychain.write(&some_item(), &"sk-1".into()).await.unwrap();
        daemon.stop();

        // Restarted unnoticed: the session that was open is gone, the key is not.
        let daemon = Daemon::unlocked();
        assert_eq!(read(&keychain, &some_item()).await.unwrap().as_deref(), Some("sk-1"));
        daemon.stop();
        let daemon = Daemon::unlocked();
        keychain.write(&some_item(), &"sk-2".into()).await.unwrap();
        daemon.stop();

        // Missed in between.
        let error = read(&keychain, &some_item()).await.unwrap_err();
        assert!(matches!(error, KeychainError::NoService(_)), "{error:?}");
        let _daemon = Daemon::unlocked();
        assert_eq!(read(&keychain, &some_item()).await.unwrap().as_deref(), Some("sk-2"));
    });
}

#[test]
fn says_that_there_is_no_default_keyring() {
    on_a_bus("says_that_there_is_no_default_keyring", async || {
        let _daemon = Daemon::without_keyring();
        let keychain = SystemKeychain::new();
        let error = keychain.write(&some_item(), &"hunter2".into()).await.unwrap_err();
        assert!(matches!(error, KeychainError::NoCollection), "{error:?}");
        assert!(matches!(keychain.check().await, Err(KeychainError::NoCollection)));
        keychain.delete(&some_item()).await.unwrap();
    });
}

#[test]
fn asks_to_unlock_only_when_the_user_acts() {
    on_a_bus("asks_to_unlock_only_when_the_user_acts", async || {
        let _daemon = Daemon::unlocked();
        let mut prompter = Prompter::start();
        let keychain = SystemKeychain::new();
        keychain.write(&some_item(), &"sk-1".into()).await.unwrap();
        lock();

        let missing = item("never-stored", None, "7f3a");
        for item in [&some_item(), &missing, &some_item()] {
            let error = read(&keychain, item).await.unwrap_err();
            assert!(matches!(error, KeychainError::Locked), "{error:?}");
        }
        assert!(matches!(keychain.check().await, Err(KeychainError::Locked)));
        assert!(prompter.questions.try_recv().is_err(), "nobody was asked");

        let (error, ()) = tokio::join!(refresh(&keychain), prompter.dismiss());
        assert!(matches!(error, Err(KeychainError::Dismissed)), "{error:?}");
        let (item, secret) = (some_item(), "hunter2".into());
        let (error, ()) = tokio::join!(keychain.write(&item, &secret), prompter.dismiss());
        assert!(matches!(error, Err(KeychainError::Dismissed)), "{error:?}");
        assert!(!format!("{error:?}").contains("hunter2"));

        let error = read(&keychain, &some_item()).await.unwrap_err();
        assert!(matches!(error, KeychainError::Locked), "{error:?}");
        assert!(prompter.questions.try_recv().is_err(), "nobody was asked again");

        // Unlocked elsewhere: found by the next background read, and the dismissed write has changed nothing.
        unlock();
        assert_eq!(read(&keychain, &some_item()).await.unwrap().as_deref(), Some("sk-1"));
    });
}

#[test]
fn a_question_that_nobody_answers_blocks_nothing_for_ever() {
    on_a_bus("a_question_that_nobody_answers_blocks_nothing_for_ever", async || {
        let _daemon = Daemon::unlocked();
        let mut prompter = Prompter::start();
        SystemKeychain::new().write(&some_item(), &"sk-1".into()).await.unwrap();
        lock();

        let keychain = SystemKeychain::with_patience(Duration::from_millis(500));
        let error = keychain.write(&some_item(), &"sk-2".into()).await.unwrap_err();
        assert!(matches!(error, KeychainError::TimedOut), "{error:?}");
        let question = prompter.questions.recv().await.unwrap();

        // With the question still open, the keychain is asked on another thread.
        let error = patiently(async || read(&keychain, &some_item()).await).await.unwrap_err();
        assert!(matches!(error, KeychainError::Locked), "{error:?}");
        unlock();

        // Whatever the late answer is: the key that the user was told is not kept, is not kept.
        prompter.finish(question);
        let found = patiently(async || read(&keychain, &some_item()).await).await.unwrap();
        assert_eq!(found.as_deref(), Some("sk-1"));
    });
}

#[test]
fn a_keychain_that_hangs_is_waited_for_once() {
    on_a_bus("a_keychain_that_hangs_is_waited_for_once", async || {
        let daemon = Daemon::unlocked();
        SystemKeychain::new().write(&some_item(), &"sk-1".into()).await.unwrap();
        let keychain = SystemKeychain::with_patience(Duration::from_millis(500));

        daemon.signal("STOP");
        for _ in 0..20 {
            let error = read(&keychain, &some_item()).await.unwrap_err();
            assert!(matches!(error, KeychainError::TimedOut), "{error:?}");
        }
        assert_eq!(threads_named("keychain"), 1, "one waits, however many ask");
        daemon.signal("CONT");
        let found = patiently(async || read(&keychain, &some_item()).await).await.unwrap();
        assert_eq!(found.as_deref(), Some("sk-1"));
    });
}

fn item(account: &str, input: Option<&str>, database: &str) -> Item {
    Item { account: account.parse().unwrap(), input: input.map(str::to_owned), database: database.to_owned() }
}

fn some_item() -> Item {
    item("openrouter", None, "7f3a")
}

/// Reads as a poll does.
async fn read(keychain: &SystemKeychain, item: &Item) -> Result<Option<String>, KeychainError> {
    let secret = keychain.read(item, Prompt::Avoid).await?;
    Ok(secret.map(|secret| secret.expose_secret().to_owned()))
}

/// Reads as the user's “Refresh now” does.
async fn refresh(keychain: &SystemKeychain) -> Result<Option<String>, KeychainError> {
    let secret = keychain.read(&some_item(), Prompt::Allowed).await?;
    Ok(secret.map(|secret| secret.expose_secret().to_owned()))
}

/// Asks again until the answer comes in time, which it may not at first on a busy machine.
async fn patiently<T>(ask: impl AsyncFn() -> Result<T, KeychainError>) -> Result<T, KeychainError> {
    loop {
        match ask().await {
            Err(KeychainError::TimedOut) => tokio::task::yield_now().await,
            answer => return answer,
        }
    }
}

fn threads_named(name: &str) -> usize {
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok())
        .filter(|comm| comm.trim() == name)
        .count()
}

/// Runs `scene` in a process of its own, on a bus of its own.
fn on_a_bus(test: &str, scene: impl AsyncFnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return inside(test, &[], scene);
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("bus.conf");
    std::fs::write(&config, BUS_CONFIG).unwrap();
    let mut bus = Command::new("dbus-daemon")
        .arg("--config-file")
        .arg(&config)
        .args(["--nofork", "--print-address"])
        .stdout(Stdio::piped())
        .spawn()
        .map(Killed)
        .expect("dbus-daemon is installed (Debian: dbus)");
    let mut address = String::new();
    BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
    inside(test, &[("DBUS_SESSION_BUS_ADDRESS", address.trim().to_owned())], scene);
}

/// Runs `scene` in a process of its own, with an empty home and the `environment` given.
fn inside(test: &str, environment: &[(&str, String)], scene: impl AsyncFnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let limit = Duration::from_secs(60);
        return runtime
            .block_on(async { tokio::time::timeout(limit, scene()).await.expect("no scene hangs") });
    }
    let home = tempfile::tempdir().unwrap();
    let at = |folder: &str| home.path().join(folder);
    std::fs::create_dir(at("run")).unwrap();
    let outcome = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", at("run"))
        .env("XDG_DATA_HOME", at("data"))
        .env("XDG_CACHE_HOME", at("cache"))
        .env("XDG_CONFIG_HOME", at("config"))
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&outcome.stdout), String::from_utf8_lossy(&outcome.stderr));
    assert!(outcome.status.success() && out.contains("1 passed"), "{out}{err}");
}

/// A process that ends with its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// gnome-keyring, in the home and on the bus of this process.
struct Daemon(Killed);

impl Daemon {
    /// One whose login keyring is open.
    fn unlocked() -> Self {
        Self::start(&["--unlock"])
    }

    /// One that has never had a login keyring.
    fn without_keyring() -> Self {
        Self::start(&[])
    }

    fn start(arguments: &[&str]) -> Self {
        Self(until_owner_changes(true, || {
            let mut daemon = Command::new("gnome-keyring-daemon")
                .args(["--foreground", "--components=secrets"])
                .args(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .map(Killed)
                .expect("gnome-keyring is installed (Debian: gnome-keyring)");
            daemon.0.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
            daemon
        }))
    }

    fn stop(self) {
        until_owner_changes(false, || drop(self.0));
    }

    fn signal(&self, name: &str) {
        let done =
            Command::new("kill").args([&format!("-{name}"), &self.0.0.id().to_string()]).status().unwrap();
        assert!(done.success());
    }
}

/// Does `act` and waits until the Secret Service has come (or gone) by it.
fn until_owner_changes<T>(comes: bool, act: impl FnOnce() -> T) -> T {
    let connection = Connection::session().unwrap();
    let bus = DBusProxy::new(&connection).unwrap();
    let changes = bus.receive_name_owner_changed_with_args(&[(0, SECRETS)]).unwrap();
    let done = act();
    for change in changes {
        if change.args().unwrap().new_owner().is_some() == comes {
            return done;
        }
    }
    panic!("the bus is gone");
}

/// Locks the login keyring.
fn lock() {
    let service = SecretService::connect(EncryptionType::Plain).unwrap();
    service.get_default_collection().unwrap().lock().unwrap();
}

/// Unlocks the login keyring past any prompt, as another program of the desktop may.
fn unlock() {
    let login = ObjectPath::try_from("/org/freedesktop/secrets/collection/login").unwrap();
    // A session belongs to the connection that opened it.
    let connection = Connection::session().unwrap();
    let service =
        Proxy::new(&connection, SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
            .unwrap();
    let (_, session): (OwnedValue, OwnedObjectPath) =
        service.call("OpenSession", &("plain", Value::from(""))).unwrap();
    let internal = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
    let keyring = Proxy::new(&connection, SECRETS, "/org/freedesktop/secrets", internal).unwrap();
    let secret = (session, Vec::<u8>::new(), PASSWORD.as_bytes(), "text/plain");
    keyring.call::<_, _, ()>("UnlockWithMasterPassword", &(login, secret)).unwrap();
}

/// The labels of what is in the login keyring, in order.
fn labels() -> Vec<String> {
    let service = SecretService::connect(EncryptionType::Plain).unwrap();
    let login = service.get_default_collection().unwrap();
    let mut labels: Vec<String> =
        login.get_all_items().unwrap().iter().map(|item| item.get_label().unwrap()).collect();
    labels.sort();
    labels
}

/// What shows gnome-keyring's questions. This one shows none, and closes them when told.
///
/// See `gcr-dbus-constants.h` and the interface `org.gnome.keyring.internal.Prompter` of gcr.
struct Prompter {
    connection: Connection,
    questions: mpsc::UnboundedReceiver<Question>,
}

/// Where the answer to a question is expected.
struct Question {
    from: String,
    callback: OwnedObjectPath,
}

impl Prompter {
    fn start() -> Self {
        let (asked, questions) = mpsc::unbounded_channel();
        let connection = Connection::session().unwrap();
        let messages = MessageIterator::from(connection.clone());
        let replies = connection.clone();
        std::thread::spawn(move || {
            for message in messages.map(Result::unwrap) {
                let header = message.header();
                if header.member().is_some_and(|member| member == "BeginPrompting") {
                    replies.reply(&header, &()).unwrap();
                    let from = header.sender().unwrap().to_string();
                    asked.send(Question { from, callback: message.body().deserialize().unwrap() }).unwrap();
                }
            }
        });
        connection.request_name("org.gnome.keyring.SystemPrompter").unwrap();
        Self { connection, questions }
    }

    /// Waits for a question and closes it without an answer.
    async fn dismiss(&mut self) {
        let question = self.questions.recv().await.unwrap();
        self.finish(question);
    }

    fn finish(&self, question: Question) {
        let callback = Some("org.gnome.keyring.internal.Prompter.Callback");
        self.connection
            .call_method(Some(question.from), question.callback, callback, "PromptDone", &())
            .unwrap();
    }
}
