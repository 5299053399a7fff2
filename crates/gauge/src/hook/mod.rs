//! Hooks: a command or a web address of the user's own that hears of alerts.

mod call;
mod payload;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use url::Url;

use crate::alert::Severity;
use crate::origin::{Origin, OriginError};

pub use call::{Caller, HookError};
pub use payload::Payload;

/// The longest name of a hook, in characters.
const LONGEST_NAME: usize = 60;

/// What to tell of alerts, and of which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "Typed")]
#[ts(export)]
pub struct Hook {
    /// The user's name for it, by which it is known.
    pub name: String,
    /// The mildest alerts it hears of.
    pub least: Severity,
    /// What hears of them.
    pub to: HookTarget,
}

/// A hook as somebody has typed it. Whatever is wrong with it, nothing of it is repeated: an address may hold a token.
#[derive(Deserialize)]
struct Typed {
    name: Value,
    #[serde(default)]
    least: Option<Value>,
    to: Value,
}

impl TryFrom<Typed> for Hook {
    type Error = HookMistake;

    fn try_from(Typed { name, least, to }: Typed) -> Result<Self, HookMistake> {
        let name = name.as_str().ok_or(HookMistake::Name)?.to_owned();
        let least = match least {
            Some(least) => serde_json::from_value(least).map_err(|_| HookMistake::Least(name.clone()))?,
            None => Severity::Warning,
        };
        let to = serde_json::from_value(to).map_err(|_| HookMistake::Target(name.clone()))?;
        Ok(Self { name, least, to })
    }
}

/// What a hook calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum HookTarget {
    /// A program and its arguments, run without a shell, with the alert as JSON on its standard input.
    Command(Vec<String>),
    /// An address that the alert is posted to as JSON.
    Url(String),
}

/// What is wrong with a hook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HookMistake {
    /// It cannot be told from others.
    #[error("a hook needs a name of up to 60 characters")]
    Name,
    /// It hears of no known severity.
    #[error("“least” of the hook “{0}” is info, warning, critical or empty")]
    Least(String),
    /// It calls nothing.
    #[error(
        "“to” of the hook “{0}” is {{\"command\": [\"program\", \"argument\"]}} or {{\"url\": \"https://…\"}}"
    )]
    Target(String),
    /// There is nothing to run.
    #[error("the hook “{0}” has no program to run")]
    NoProgram(String),
    /// The address cannot be used.
    #[error(
        "the hook “{name}” needs an https:// address, or http:// with this machine (localhost): {reason}"
    )]
    Address {
        /// The hook.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

impl Hook {
    /// Whether it can be called.
    ///
    /// # Errors
    /// [`HookMistake`], which repeats nothing of an address: it may hold a token.
    pub fn check(&self) -> Result<(), HookMistake> {
        let length = self.name.trim().chars().count();
        if length == 0 || length > LONGEST_NAME || self.name.chars().any(char::is_control) {
            return Err(HookMistake::Name);
        }
        match &self.to {
            HookTarget::Command(words) => match words.first() {
                Some(program) if !program.is_empty() => Ok(()),
                _ => Err(HookMistake::NoProgram(self.name.clone())),
            },
            HookTarget::Url(url) => {
                let reason = match Url::parse(url).map(|url| Origin::try_from(&url)) {
                    Ok(Ok(_)) => return Ok(()),
                    Ok(Err(OriginError::PlainHttp { .. })) => "http:// would send it unencrypted",
                    Ok(Err(OriginError::UserInfo { .. })) => "leave the user name and password out",
                    Ok(Err(OriginError::Scheme(_))) => "another kind of address was given",
                    Ok(Err(OriginError::NotAUrl(_))) | Err(_) => "this is no web address",
                };
                Err(HookMistake::Address { name: self.name.clone(), reason: reason.to_owned() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(to: HookTarget) -> Hook {
        Hook { name: "Phone".into(), least: Severity::Warning, to }
    }

    #[test]
    fn addresses_are_encrypted_or_this_machine() {
        for url in ["https://ntfy.sh/topic", "http://127.0.0.1:8080/x", "http://localhost/x"] {
            hook(HookTarget::Url(url.into())).check().unwrap();
        }
        for url in ["http://ntfy.sh/s3cret", "https://me:s3cret@ntfy.sh/", "file:///s3cret", "s3cret"] {
            let mistake = hook(HookTarget::Url(url.into())).check().unwrap_err();
            assert!(!mistake.to_string().contains("s3cret"), "{mistake}");
        }
    }

    #[test]
    fn a_hook_has_a_name_and_a_program() {
        let run = HookTarget::Command(vec!["notify-phone".into()]);
        hook(run.clone()).check().unwrap();
        assert!(hook(HookTarget::Command(Vec::new())).check().is_err());
        assert!(hook(HookTarget::Command(vec![String::new()])).check().is_err());
        assert_eq!(Hook { name: " ".into(), ..hook(run) }.check(), Err(HookMistake::Name));
    }

    #[test]
    fn what_was_typed_wrong_is_not_repeated() {
        for wrong in [
            r#"{"name": "Chat", "to": "https://hooks.example.com/s3cret"}"#,
            r#"{"name": "Chat", "to": {"https://hooks.example.com/s3cret": 1}}"#,
            r#"{"name": "Chat", "to": {"command": "curl https://hooks.example.com/s3cret"}}"#,
            r#"{"name": "Chat", "least": "s3cret", "to": {"command": ["x"]}}"#,
        ] {
            let error = serde_json::from_str::<Hook>(wrong).unwrap_err().to_string();
            assert!(error.contains("“Chat”") && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn a_hook_is_written_by_hand_in_few_words() {
        let hook: Hook =
            serde_json::from_str(r#"{"name": "Phone", "to": {"command": ["notify-phone", "-v"]}}"#).unwrap();
        assert_eq!(hook.least, Severity::Warning);
        assert_eq!(hook.to, HookTarget::Command(vec!["notify-phone".into(), "-v".into()]));
    }
}
