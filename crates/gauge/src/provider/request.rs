//! Requests: from a definition's rules, an account's inputs and its secrets to what is sent.

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use super::check::Credentials;
use super::definition::{Body, RequestRule};
use super::target::Target;
use super::template::{KEY, Template};
use crate::failure::{Failure, FailureKind};
use crate::fetch::Request;
use crate::origin::Origin;

/// Makes the requests of one account.
pub(super) struct Requester<'a> {
    pub target: &'a Target,
    pub credentials: &'a Credentials,
}

impl Requester<'_> {
    /// The request that a rule describes.
    pub fn request(&self, rule: &RequestRule) -> Result<Request, Failure> {
        let wrong = |reason: &str| {
            Failure::new(
                FailureKind::Definition,
                format!("The request “{}” cannot be made: {reason}.", rule.id),
            )
        };
        let path = rule
            .path
            .fill(|name| path_segment(&self.value(name)))
            .ok_or_else(|| wrong("a setting that its address needs is empty or only dots"))?;
        let mut url = Url::parse(&format!("{}{path}", self.target.base_url()))
            .map_err(|_| wrong("its address is not valid"))?;
        for (name, template) in &rule.query {
            if let Some(value) = self.fill(template) {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        if Origin::try_from(&url).ok().as_ref() != Some(&self.target.origin) {
            return Err(wrong("its address leads to another server than the base URL"));
        }
        let mut headers = HeaderMap::new();
        for (name, template) in &rule.headers {
            if let Some(value) = self.fill(template) {
                let mut value = HeaderValue::from_str(&value).map_err(|_| {
                    Failure::new(
                        FailureKind::Unauthorized,
                        format!("The key, or a setting that goes into {name}, has a character in it that cannot be sent. Copy and paste it again."),
                    )
                })?;
                value.set_sensitive(true);
                headers.append(name, value);
            }
        }
        let body = rule.body.as_ref().and_then(|body| self.body(body));
        Ok(Request { method: rule.method.clone(), url, headers, body })
    }

    /// A body, or a part of one; what an empty input goes into is left out.
    fn body(&self, body: &Body) -> Option<serde_json::Value> {
        match body {
            Body::Text(template) => self.fill(template).map(Into::into),
            Body::List(items) => Some(items.iter().filter_map(|item| self.body(item)).collect()),
            Body::Object(fields) => Some(
                fields.iter().filter_map(|(name, value)| Some((name.clone(), self.body(value)?))).collect(),
            ),
            Body::Other(value) => Some(value.clone()),
        }
    }

    fn fill(&self, template: &Template) -> Option<String> {
        template.fill(|name| self.value(name))
    }

    /// What a placeholder stands for; empty when it was not given.
    fn value(&self, name: &str) -> String {
        if name == KEY {
            return self.credentials.key.expose_secret().trim().to_owned();
        }
        let secret =
            || self.credentials.inputs.get(name).map(|secret| secret.expose_secret().trim().to_owned());
        self.target.inputs.get(name).cloned().or_else(secret).unwrap_or_default()
    }
}

/// A value as a part of a path that cannot become more than one part, nor lead upwards.
fn path_segment(value: &str) -> String {
    if value.bytes().all(|b| b == b'.') {
        // A part of dots alone would be taken for a way upwards, even when encoded.
        return String::new();
    }
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
}
