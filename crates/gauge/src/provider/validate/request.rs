//! The requests of a definition.

use std::collections::BTreeSet;
use std::ops::Range;

use reqwest::Method;
use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, HeaderValue, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE, VIA,
};
use toml::Spanned;

use super::{Fault, KEY, Scope, Source, Template, Text, at, id};
use crate::provider::definition::{Body, RequestRule};
use crate::provider::document::{MethodDocument, RequestDocument};

/// The headers that say where a request goes or how it is put on the wire. They are the client's: a `Host` of another
/// name would have a server that many share hand the key to somebody else.
const CLIENTS_HEADERS: [HeaderName; 10] = [
    HOST,
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    VIA,
];

pub(super) fn requests(
    documents: &Spanned<Vec<RequestDocument>>,
    source: &Source<'_>,
) -> Result<Vec<RequestRule>, Fault> {
    let start = documents.span().start;
    let documents = documents.get_ref();
    let mut seen = BTreeSet::new();
    let mut requests = Vec::with_capacity(documents.len());
    for (index, document) in documents.iter().enumerate() {
        id::request(&document.id, &mut seen)?;
        let ids = |documents: &'_ [RequestDocument]| -> Vec<String> {
            documents.iter().map(|document| document.id.get_ref().clone()).collect()
        };
        let (earlier, later) = (ids(&documents[..index]), ids(&documents[index..]));
        let scope = Scope {
            answers: earlier.iter().map(String::as_str).collect(),
            later: later.iter().map(String::as_str).collect(),
            inputs: source.plain_inputs(),
            one_answer: false,
        };
        requests.push(request(document, &scope, source)?);
    }
    if requests.is_empty() {
        return Err(Fault::new(start, "at least one request is needed"));
    }
    if !requests.iter().any(uses_key) {
        let reason = "no request uses the key; put {key} into a header, such as \
                      headers = { Authorization = \"Bearer {key}\" }";
        return Err(at(&documents[0].id, reason));
    }
    Ok(requests)
}

fn request(document: &RequestDocument, scope: &Scope<'_>, source: &Source<'_>) -> Result<RequestRule, Fault> {
    let query = document
        .query
        .iter()
        .map(|(name, value)| Ok((name.clone(), source.template(value)?)))
        .collect::<Result<_, Fault>>()?;
    let headers =
        document.headers.iter().map(|(name, value)| header(name, value, source)).collect::<Result<_, _>>()?;
    let method = match document.method {
        MethodDocument::Get => Method::GET,
        MethodDocument::Post => Method::POST,
    };
    let body = match &document.body {
        Some(body) if method == Method::GET => {
            return Err(Fault::new(body.span().start, "a GET request has no body; add method = \"POST\""));
        }
        Some(value) => Some(body(value.get_ref(), &value.span(), source)?),
        None => None,
    };
    Ok(RequestRule {
        id: document.id.get_ref().clone(),
        method,
        path: path(&document.path, source)?,
        query,
        headers,
        body,
        optional: document.optional.clone(),
        when: source.expression(document.when.as_ref(), scope)?,
    })
}

fn path(text: &Text, source: &Source<'_>) -> Result<Template, Fault> {
    let path = text.get_ref();
    if !path.starts_with('/') || path.contains(['?', '#', '\\']) || path.contains(char::is_whitespace) {
        return Err(at(
            text,
            "a path starts with / and has no ?, #, \\ or spaces; what comes after ? goes into `query`",
        ));
    }
    let template = source.template(text)?;
    for name in template.names() {
        if name == KEY {
            // Paths are in the logs of servers and proxies.
            return Err(at(text, "{key} cannot be in a path; put it into a header"));
        }
        if !source.input(name).is_some_and(|input| !input.secret && input.is_never_empty()) {
            return Err(at(
                text,
                format!(
                    "{{{name}}} cannot be in a path: only inputs that are required or have a default can, and no secrets"
                ),
            ));
        }
    }
    Ok(template)
}

fn header(name: &str, value: &Text, source: &Source<'_>) -> Result<(HeaderName, Template), Fault> {
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| at(value, format!("“{name}” cannot be the name of a header")))?;
    if CLIENTS_HEADERS.contains(&header) {
        return Err(at(value, format!("{name} is set by the app itself; leave it out")));
    }
    HeaderValue::from_str(value.get_ref())
        .map_err(|_| at(value, "a header cannot have line breaks or other invisible characters in it"))?;
    Ok((header, source.template(value)?))
}

fn body(value: &toml::Value, span: &Range<usize>, source: &Source<'_>) -> Result<Body, Fault> {
    Ok(match value {
        toml::Value::String(text) => Body::Text(source.template(&Text::new(span.clone(), text.clone()))?),
        toml::Value::Array(items) => {
            Body::List(items.iter().map(|item| body(item, span, source)).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(fields) => Body::Object(
            fields
                .iter()
                .map(|(name, value)| Ok((name.clone(), body(value, span, source)?)))
                .collect::<Result<_, Fault>>()?,
        ),
        toml::Value::Integer(number) => Body::Other((*number).into()),
        toml::Value::Float(number) => Body::Other((*number).into()),
        toml::Value::Boolean(flag) => Body::Other((*flag).into()),
        toml::Value::Datetime(time) => Body::Other(time.to_string().into()),
    })
}

fn uses_key(request: &RequestRule) -> bool {
    fn in_body(body: &Body) -> bool {
        match body {
            Body::Text(template) => has_key(template),
            Body::List(items) => items.iter().any(in_body),
            Body::Object(fields) => fields.iter().any(|(_, value)| in_body(value)),
            Body::Other(_) => false,
        }
    }
    fn has_key(template: &Template) -> bool {
        template.names().any(|name| name == KEY)
    }
    request.query.iter().any(|(_, value)| has_key(value))
        || request.headers.iter().any(|(_, value)| has_key(value))
        || request.body.as_ref().is_some_and(in_body)
}
