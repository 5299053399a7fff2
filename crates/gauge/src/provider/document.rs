//! A definition as it is written in TOML, before anything in it is checked beyond its shape.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use toml::Spanned;

use super::definition::InputKind;
use crate::failure::FailureKind;
use crate::reading::MeterKind;

/// A text and where in the file it stands.
pub(super) type Text = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub id: Text,
    pub name: Text,
    pub base_url: Text,
    pub keys_url: Option<Text>,
    pub top_up_url: Option<Text>,
    pub docs_url: Option<Text>,
    #[serde(default)]
    pub key_env: Vec<Text>,
    pub min_interval: Option<Text>,
    pub key_help: Option<String>,
    pub note: Option<String>,
    #[serde(default)]
    pub inputs: Vec<InputDocument>,
    pub requests: Spanned<Vec<RequestDocument>>,
    #[serde(default)]
    pub errors: Vec<ErrorDocument>,
    pub meters: Spanned<Vec<MeterDocument>>,
    #[serde(default)]
    pub notices: Vec<NoticeDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputDocument {
    pub id: Text,
    pub label: String,
    pub help: Option<String>,
    #[serde(default)]
    pub kind: InputKind,
    #[serde(default)]
    pub required: bool,
    pub default: Option<Text>,
    #[serde(default)]
    pub secret: bool,
    #[serde(default)]
    pub choices: Vec<ChoiceDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceDocument {
    pub value: Text,
    pub label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestDocument {
    pub id: Text,
    #[serde(default)]
    pub method: MethodDocument,
    pub path: Text,
    #[serde(default)]
    pub query: BTreeMap<String, Text>,
    #[serde(default)]
    pub headers: BTreeMap<String, Text>,
    pub body: Option<Spanned<toml::Value>>,
    #[serde(default)]
    pub optional: Optional,
    pub when: Option<Text>,
}

#[derive(Clone, Copy, Default, Deserialize)]
pub(super) enum MethodDocument {
    #[default]
    #[serde(rename = "GET")]
    Get,
    #[serde(rename = "POST")]
    Post,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ErrorDocument {
    pub request: Option<Text>,
    #[serde(default)]
    pub status: Statuses,
    pub when: Option<Text>,
    pub kind: Spanned<FailureKind>,
    pub message: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeterDocument {
    pub id: Text,
    pub label: String,
    pub kind: MeterKind,
    pub unit: Text,
    pub when: Option<Text>,
    pub remaining: Option<Text>,
    pub total: Option<Text>,
    pub used: Option<Text>,
    pub unlimited: Option<Text>,
    pub resets_at: Option<Text>,
    pub expires_at: Option<Text>,
    #[serde(default)]
    pub total_is_full: bool,
    #[serde(default)]
    pub refunds: bool,
    #[serde(default)]
    pub optional: bool,
    pub note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeDocument {
    pub when: Option<Text>,
    pub text: String,
}

/// HTTP statuses: one number or a list of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Statuses(pub Vec<u16>);

/// Which failures of a request leave the reading whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Optional {
    /// An answer with one of these statuses.
    Statuses(Vec<u16>),
    /// Every failure but a refused key.
    Any,
}

impl Default for Optional {
    fn default() -> Self {
        Self::Statuses(Vec::new())
    }
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(OptionalVisitor { flag: false })? {
            Optional::Statuses(statuses) => Ok(Self(statuses)),
            Optional::Any => Err(de::Error::custom("write an HTTP status such as 403, or a list of them")),
        }
    }
}

impl<'de> Deserialize<'de> for Optional {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OptionalVisitor { flag: true })
    }
}

struct OptionalVisitor {
    /// Whether `true` and `false` are understood.
    flag: bool,
}

impl<'de> Visitor<'de> for OptionalVisitor {
    type Value = Optional;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.flag {
            "true, or HTTP statuses such as [403]"
        } else {
            "HTTP statuses such as [403]"
        })
    }

    fn visit_bool<E: de::Error>(self, any: bool) -> Result<Optional, E> {
        match (self.flag, any) {
            (true, true) => Ok(Optional::Any),
            (true, false) => Ok(Optional::default()),
            (false, _) => Err(E::invalid_type(de::Unexpected::Bool(any), &self)),
        }
    }

    fn visit_i64<E: de::Error>(self, status: i64) -> Result<Optional, E> {
        Ok(Optional::Statuses(vec![http_status(status)?]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Optional, A::Error> {
        let mut statuses = Vec::new();
        while let Some(status) = list.next_element::<i64>()? {
            statuses.push(http_status(status)?);
        }
        Ok(Optional::Statuses(statuses))
    }
}

fn http_status<E: de::Error>(status: i64) -> Result<u16, E> {
    u16::try_from(status)
        .ok()
        .filter(|status| (100..600).contains(status))
        .ok_or_else(|| E::custom(format!("{status} is no HTTP status; they go from 100 to 599")))
}
