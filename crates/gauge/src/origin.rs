//! Origins: where a secret may be sent. A secret is bound to the origins that its account's definition named when it
//! was stored; a definition that names another origin later does not get it until the user confirms.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// A scheme, a host and a port: `https://openrouter.ai`, `http://127.0.0.1:9184`.
///
/// Plain `http` exists only for loopback addresses, so that an `Origin` is always one that a secret may travel to. The
/// host is lower case and in its ASCII form (`xn--…`), which also shows a look-alike name for what it is. The port is
/// always known; [`fmt::Display`] leaves out the scheme's own.
///
/// ```
/// # use gauge::origin::Origin;
/// let origin: Origin = "https://OpenRouter.ai:443/api/v1".parse()?;
/// assert_eq!(origin.to_string(), "https://openrouter.ai");
/// # Ok::<(), gauge::origin::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    scheme: Scheme,
    host: Host<String>,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Scheme {
    Http,
    Https,
}

/// An address that no secret may be sent to. None of the messages repeats user names or passwords from the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// The text is no absolute URL.
    #[error("this is not a web address: {0}. Write it in full, such as https://example.com")]
    NotAUrl(#[from] url::ParseError),
    /// Another scheme than `https` or `http`.
    #[error("addresses that start with {0}: cannot be used; use https://")]
    Scheme(String),
    /// Plain `http` to another machine, where anybody on the way could read the key.
    #[error(
        "http://{host} would send the key unencrypted; use https://, or http:// with this machine (localhost) only"
    )]
    PlainHttp {
        /// The host, with its port if that is not 80.
        host: String,
    },
    /// A user name or password before the host, which makes an address look like another one.
    #[error("the address of {host} has a user name or password in it (the part before @); leave that out")]
    UserInfo {
        /// The host that the address really names.
        host: String,
    },
}

impl Origin {
    /// Whether it is this machine: `localhost`, 127.0.0.0/8 or `::1`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => Ipv4Addr::is_loopback(address),
            Host::Ipv6(address) => Ipv6Addr::is_loopback(address),
        }
    }

    /// The host and, unless it is the scheme's own, the port.
    fn authority(&self) -> String {
        let own_port = match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        if self.port == own_port { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl TryFrom<&Url> for Origin {
    type Error = OriginError;

    fn try_from(url: &Url) -> Result<Self, OriginError> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => return Err(OriginError::Scheme(other.to_owned())),
        };
        // Both schemes always have a host and a port, by the URL standard.
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(OriginError::NotAUrl(url::ParseError::EmptyHost));
        };
        let origin = Self { scheme, host: host.to_owned(), port };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::UserInfo { host: origin.authority() });
        }
        if scheme == Scheme::Http && !origin.is_loopback() {
            return Err(OriginError::PlainHttp { host: origin.authority() });
        }
        Ok(origin)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    /// Reads a URL and keeps its origin; path, query and fragment do not matter.
    fn from_str(text: &str) -> Result<Self, OriginError> {
        Self::try_from(&Url::parse(text)?)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}", self.authority())
    }
}

/// A secret is wanted at origins that it was not given for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key was stored for other addresses than {}; confirm that it may be sent there, or enter it again", list(.new))]
pub struct NeedsConfirmation {
    /// The origins that the user has to confirm, each once.
    pub new: Vec<Origin>,
}

fn list(origins: &[Origin]) -> String {
    origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Lets a secret that is `bound` to some origins go to the `wanted` ones, if it is bound to all of them.
pub fn permit(bound: &[Origin], wanted: &[Origin]) -> Result<(), NeedsConfirmation> {
    let mut new: Vec<Origin> = Vec::new();
    for origin in wanted {
        if !bound.contains(origin) && !new.contains(origin) {
            new.push(origin.clone());
        }
    }
    if new.is_empty() { Ok(()) } else { Err(NeedsConfirmation { new }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn error(text: &str) -> OriginError {
        text.parse::<Origin>().expect_err(text)
    }

    #[test]
    fn same_place_written_differently_is_one_origin() {
        for text in [
            "https://openrouter.ai",
            "https://openrouter.ai/",
            "HTTPS://OpenRouter.AI:443/api/v1?x=1#y",
            "https:\\\\openrouter.ai\\api",
        ] {
            assert_eq!(origin(text), origin("https://openrouter.ai"), "{text}");
            assert_eq!(origin(text).to_string(), "https://openrouter.ai");
        }
        assert_eq!(origin("https://bücher.example").to_string(), "https://xn--bcher-kva.example");
        assert_eq!(origin("https://0x7f.1:8443").to_string(), "https://127.0.0.1:8443");
    }

    #[test]
    fn scheme_host_and_port_each_make_another_origin() {
        let base = origin("https://localhost");
        for other in [
            "http://localhost",
            "https://localhost:8443",
            "https://localhost.evil.example",
            "https://sub.localhost",
        ] {
            assert_ne!(origin(other), base, "{other}");
        }
        assert_ne!(origin("https://openrouter.ai."), origin("https://openrouter.ai"));
        assert_ne!(origin("https://оpenrouter.ai"), origin("https://openrouter.ai"), "a Cyrillic о");
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for text in [
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://127.255.0.9:81",
            "http://[::1]:8080",
            "http://LOCALHOST",
        ] {
            assert!(origin(text).is_loopback(), "{text}");
        }
        for text in [
            "http://openrouter.ai",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://192.168.1.2:8080",
            "http://0.0.0.0",
            "http://[::2]",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(matches!(error(text), OriginError::PlainHttp { .. }), "{text}");
        }
        assert_eq!(origin("http://[::1]:8080").to_string(), "http://[::1]:8080");
    }

    #[test]
    fn user_names_and_passwords_are_refused_and_not_repeated() {
        for text in [
            "https://openrouter.ai@evil.example",
            "https://a:hunter2@openrouter.ai",
            "https://:hunter2@openrouter.ai",
        ] {
            let error = error(text);
            assert!(matches!(error, OriginError::UserInfo { .. }), "{text}");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
        assert_eq!(
            error("https://openrouter.ai@evil.example"),
            OriginError::UserInfo { host: "evil.example".to_owned() }
        );
    }

    #[test]
    fn other_schemes_and_texts_are_refused() {
        assert!(matches!(error("ftp://openrouter.ai"), OriginError::Scheme(_)));
        assert!(matches!(error("file:///etc/passwd"), OriginError::Scheme(_)));
        assert!(matches!(error("openrouter.ai"), OriginError::NotAUrl(_)));
        assert!(matches!(error(""), OriginError::NotAUrl(_)));
        assert!(matches!(error("https://"), OriginError::NotAUrl(_)));
    }

    #[test]
    fn is_a_string_in_files() {
        let json = serde_json::to_string(&origin("https://openrouter.ai/api")).unwrap();
        assert_eq!(json, "\"https://openrouter.ai\"");
        assert_eq!(serde_json::from_str::<Origin>(&json).unwrap(), origin("https://openrouter.ai"));
        assert!(serde_json::from_str::<Origin>("\"http://openrouter.ai\"").is_err());
    }

    #[test]
    fn new_origins_need_a_confirmation_that_names_them() {
        let bound = [origin("https://a.example"), origin("https://b.example")];
        assert_eq!(permit(&bound, &bound[..1]), Ok(()));
        let wanted =
            [origin("https://evil.example"), origin("https://a.example"), origin("https://evil.example")];
        let refusal = permit(&bound, &wanted).unwrap_err();
        assert_eq!(refusal.new, [origin("https://evil.example")]);
        assert!(refusal.to_string().contains("https://evil.example;"));
    }

    prop_compose! {
        fn some_origin()(
            https in any::<bool>(),
            host in prop_oneof![
                "[a-z][a-z0-9]{0,8}\\.(example|ai)",
                Just("localhost".to_owned()),
                any::<Ipv4Addr>().prop_map(|a| a.to_string()),
                any::<Ipv6Addr>().prop_map(|a| format!("[{a}]")),
            ],
            port in prop::option::of(1..=u16::MAX),
        ) -> String {
            let scheme = if https { "https" } else { "http" };
            port.map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}"))
        }
    }

    proptest! {
        #[test]
        fn shown_and_read_again_is_the_same(text in some_origin(), path in "(/[a-zA-Z0-9%._@:-]{0,12})?") {
            if let Ok(origin) = format!("{text}{path}").parse::<Origin>() {
                prop_assert_eq!(origin.to_string().parse::<Origin>().unwrap(), origin);
            }
        }

        #[test]
        fn http_never_leaves_this_machine(text in some_origin()) {
            if let Ok(origin) = text.parse::<Origin>() {
                prop_assert!(origin.to_string().starts_with("https://") || origin.is_loopback());
            }
        }

        #[test]
        fn any_text_is_an_origin_or_an_error(text in "\\PC{0,40}") {
            let _ = text.parse::<Origin>();
            let _ = format!("https://{text}").parse::<Origin>();
        }

        #[test]
        fn permitted_exactly_when_all_are_bound(
            bound in prop::collection::vec("https://[a-d]\\.example", 0..5),
            wanted in prop::collection::vec("https://[a-d]\\.example", 0..5),
        ) {
            let bound: Vec<Origin> = bound.iter().map(|o| origin(o)).collect();
            let wanted: Vec<Origin> = wanted.iter().map(|o| origin(o)).collect();
            match permit(&bound, &wanted) {
                Ok(()) => prop_assert!(wanted.iter().all(|o| bound.contains(o))),
                Err(NeedsConfirmation { new }) => {
                    prop_assert!(!new.is_empty());
                    prop_assert!(new.iter().all(|o| wanted.contains(o) && !bound.contains(o)));
                }
            }
        }
    }
}
