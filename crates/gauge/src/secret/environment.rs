//! Keys from the environment, for machines without a keychain.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;

use secrecy::SecretString;

use super::keys::trimmed;
use crate::account::AccountId;

const PREFIX: &str = "CREDIT_GAUGE_KEY_";

/// The name of the environment variable whose value wins over the keychain's key of `account`:
/// `CREDIT_GAUGE_KEY_OPENROUTER_WORK` for `openrouter-work`.
#[must_use]
pub fn environment_variable(account: &AccountId) -> String {
    format!("{PREFIX}{}", account.as_str().to_ascii_uppercase().replace('-', "_"))
}

/// Whether the environment variable `name` holds a key of ours.
pub(crate) fn is_secret_variable(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let Some(start) = name.get(..PREFIX.len()) else { return false };
    // Windows does not tell the case of names apart.
    if cfg!(windows) { start.eq_ignore_ascii_case(PREFIX.as_bytes()) } else { start == PREFIX.as_bytes() }
}

/// The environment, as far as it holds keys.
pub struct Environment(Box<LookUp>);

type LookUp = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// An environment variable that is set to something that cannot be a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the environment variable {variable} holds bytes that are no UTF-8 text; set it to the key alone, or unset it"
)]
pub struct EnvironmentError {
    /// The name of the variable.
    pub variable: String,
}

impl Environment {
    /// That of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::new(|name| std::env::var_os(name))
    }

    /// That of this process, which loses its keys: so the programs that it starts, such as the web view and the browser,
    /// do not inherit them.
    ///
    /// # Safety
    /// No other thread may use the environment meanwhile: call it before any is started.
    #[must_use]
    #[expect(unsafe_code, reason = "there is no other way to take a variable out of the environment")]
    pub unsafe fn take_from_process() -> Self {
        let keys: BTreeMap<OsString, OsString> =
            std::env::vars_os().filter(|(name, _)| is_secret_variable(name)).collect();
        for name in keys.keys() {
            // SAFETY: the caller sees to it that no other thread uses the environment.
            unsafe { std::env::remove_var(name) };
        }
        Self::new(move |name| keys.iter().find(|(known, _)| is_same(known, name)).map(|(_, key)| key.clone()))
    }

    /// One without keys.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(|_| None)
    }

    /// One that `look_up` gives the values of.
    pub fn new(look_up: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Self(Box::new(look_up))
    }

    /// The key of `account`, without white space around it. A variable that is set to nothing counts as not set.
    pub fn key(&self, account: &AccountId) -> Result<Option<SecretString>, EnvironmentError> {
        let variable = environment_variable(account);
        let Some(value) = (self.0)(&variable) else { return Ok(None) };
        let value = SecretString::from(value.into_string().map_err(|_| EnvironmentError { variable })?);
        Ok(trimmed(&value))
    }
}

/// Whether two names are of one variable. Windows does not tell their case apart.
fn is_same(one: &OsStr, other: &str) -> bool {
    if cfg!(windows) { one.eq_ignore_ascii_case(other) } else { one == other }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn account(id: &str) -> AccountId {
        id.parse().unwrap()
    }

    #[test]
    fn variable_is_in_capitals_with_underscores() {
        assert_eq!(environment_variable(&account("openrouter-2")), "CREDIT_GAUGE_KEY_OPENROUTER_2");
    }

    #[test]
    fn only_our_variables_are_secret() {
        assert!(is_secret_variable(OsStr::new("CREDIT_GAUGE_KEY_OPENROUTER")));
        assert!(is_secret_variable(OsStr::new("CREDIT_GAUGE_KEY_")));
        assert!(!is_secret_variable(OsStr::new("CREDIT_GAUGE_HOME")));
        assert!(!is_secret_variable(OsStr::new("OPENROUTER_API_KEY")));
        assert!(!is_secret_variable(OsStr::new("CREDIT")));
    }

    #[test]
    #[expect(unsafe_code, reason = "the environment is what is tested")]
    fn what_is_taken_from_the_process_is_inherited_by_no_program() {
        // SAFETY: no other test here uses the environment, and the standard library guards its own uses.
        unsafe { std::env::set_var("CREDIT_GAUGE_KEY_TAKEN_1", "sk-taken") };
        // SAFETY: as above.
        let environment = unsafe { Environment::take_from_process() };
        assert_eq!(environment.key(&account("taken-1")).unwrap().unwrap().expose_secret(), "sk-taken");
        assert_eq!(std::env::var_os("CREDIT_GAUGE_KEY_TAKEN_1"), None);
    }

    #[test]
    fn white_space_and_empty_values_are_no_keys() {
        for (value, key) in [("sk-1\n", Some("sk-1")), (" sk-1 ", Some("sk-1")), ("", None), (" \n", None)] {
            let environment = Environment::new(move |_| Some(value.into()));
            let found = environment.key(&account("a")).unwrap();
            assert_eq!(found.as_ref().map(ExposeSecret::expose_secret), key, "{value:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_an_error_without_them() {
        use std::os::unix::ffi::OsStringExt as _;
        let environment = Environment::new(|_| Some(OsString::from_vec(b"hunter2\xff".to_vec())));
        let error = environment.key(&account("a")).unwrap_err();
        assert!(error.to_string().contains("CREDIT_GAUGE_KEY_A"));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
