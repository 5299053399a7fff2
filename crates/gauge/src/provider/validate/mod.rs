//! From a TOML document to a definition: everything that can be known to be wrong before the first request is found here.

mod address;
mod id;
mod input;
mod request;

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::definition::{Definition, ErrorRule, Input, MeterRule, NoticeRule, RequestRule};
use super::document::{Document, ErrorDocument, MeterDocument, Text};
use super::error::Fault;
use super::expression::Expression;
use super::syntax::Scope;
use super::template::{KEY, Template};
use crate::account::AccountId;
use crate::amount::UnitError;
use crate::failure::FailureKind;
use crate::reading::MeterKind;

/// Reads and checks a definition. Needs a deep stack.
pub(super) fn definition(text: &str) -> Result<Definition, Fault> {
    let document: Document = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        Fault::new(offset, error.message().replace('\n', " "))
    })?;
    let inputs = input::inputs(document.inputs)?;
    let source = Source { text, inputs: &inputs };
    let id = id::provider(&document.id)?;
    if document.name.get_ref().trim().is_empty() {
        return Err(at(&document.name, "the name is empty"));
    }
    let key_env = document.key_env.iter().map(id::environment_variable).collect::<Result<_, _>>()?;
    let base_url = address::base(&document.base_url, &source)?;
    let pages = [&document.keys_url, &document.top_up_url].map(|url| address::page(url.as_ref(), &source));
    let [keys_url, top_up_url] = pages;
    let (keys_url, top_up_url) = (keys_url?, top_up_url?);
    let docs_url = document.docs_url.as_ref().map(address::plain).transpose()?;
    let requests = request::requests(&document.requests, &source)?;
    let errors =
        document.errors.iter().map(|rule| error_rule(rule, &requests, &source)).collect::<Result<_, _>>()?;
    let scope = Scope {
        answers: requests.iter().map(|request| request.id.as_str()).collect(),
        inputs: source.plain_inputs(),
        ..Scope::default()
    };
    let meters = document.meters.get_ref();
    if meters.is_empty() {
        return Err(Fault::new(document.meters.span().start, "at least one meter is needed"));
    }
    let mut seen = BTreeSet::new();
    let meters = meters
        .iter()
        .map(|document| {
            id::meter(&document.id, &mut seen)?;
            meter(document, &scope, &source)
        })
        .collect::<Result<_, _>>()?;
    let notices = document
        .notices
        .into_iter()
        .map(|notice| {
            Ok(NoticeRule { when: source.expression(notice.when.as_ref(), &scope)?, text: notice.text })
        })
        .collect::<Result<_, Fault>>()?;
    Ok(Definition {
        id,
        name: document.name.get_ref().clone(),
        key_help: document.key_help,
        note: document.note,
        key_env,
        docs_url,
        min_interval: document.min_interval.as_ref().map_or(Ok(MIN_INTERVAL), min_interval)?,
        base_url,
        keys_url,
        top_up_url,
        requests,
        errors,
        meters,
        notices,
        inputs,
    })
}

/// What the parts of a definition refer to: the text of the file and the inputs.
struct Source<'a> {
    text: &'a str,
    inputs: &'a [Input],
}

impl<'a> Source<'a> {
    fn input(&self, id: &str) -> Option<&'a Input> {
        self.inputs.iter().find(|input| input.id == id)
    }

    /// The names of the inputs that expressions can use.
    fn plain_inputs(&self) -> BTreeSet<&'a str> {
        self.inputs.iter().filter(|input| !input.secret).map(|input| input.id.as_str()).collect()
    }

    fn expression(&self, text: Option<&Text>, scope: &Scope<'_>) -> Result<Option<Expression>, Fault> {
        text.map(|text| Expression::compile(text.get_ref(), scope).map_err(|fault| self.within(text, fault)))
            .transpose()
    }

    /// A template whose placeholders are all known.
    fn template(&self, text: &Text) -> Result<Template, Fault> {
        let template = Template::parse(text.get_ref()).map_err(|fault| self.within(text, fault))?;
        if let Some(unknown) = template.names().find(|name| *name != KEY && self.input(name).is_none()) {
            return Err(at(
                text,
                format!("{{{unknown}}} is neither {{key}} nor an input; write {{{{ for a brace itself"),
            ));
        }
        Ok(template)
    }

    /// Moves a fault within a text to its place in the file, where the text is written there as it is.
    fn within(&self, text: &Text, fault: Fault) -> Fault {
        let span = text.span();
        let written = self.text.get(span.clone()).unwrap_or_default();
        let offset = written.find(text.get_ref().as_str()).map_or(0, |start| start + fault.offset);
        Fault::new(span.start + offset, fault.reason)
    }
}

fn at(text: &Text, reason: impl Into<String>) -> Fault {
    Fault::new(text.span().start, reason)
}

const MIN_INTERVAL: SignedDuration = SignedDuration::from_secs(60);

fn min_interval(text: &Text) -> Result<SignedDuration, Fault> {
    let bounds = SignedDuration::from_secs(10)..=SignedDuration::from_hours(24);
    text.get_ref()
        .parse()
        .ok()
        .filter(|interval| bounds.contains(interval))
        .ok_or_else(|| at(text, "write a time between 10s and 24h, such as 60s or 5m"))
}

/// The kinds of failure that an answer can be.
const ANSWERED: [FailureKind; 8] = [
    FailureKind::Unauthorized,
    FailureKind::Forbidden,
    FailureKind::Blocked,
    FailureKind::RateLimited,
    FailureKind::NotFound,
    FailureKind::ServerError,
    FailureKind::UnexpectedResponse,
    FailureKind::ProviderError,
];

fn error_rule(
    document: &ErrorDocument,
    requests: &[RequestRule],
    source: &Source<'_>,
) -> Result<ErrorRule, Fault> {
    if let Some(id) = &document.request
        && !requests.iter().any(|request| request.id == *id.get_ref())
    {
        return Err(at(id, format!("there is no request “{}”", id.get_ref())));
    }
    if document.status.0.is_empty() && document.when.is_none() {
        return Err(Fault::new(document.kind.span().start, "this error needs a `status`, a `when`, or both"));
    }
    if !ANSWERED.contains(document.kind.get_ref()) {
        let reason = "an answer cannot be of this kind; take unauthorized, forbidden, blocked, rate_limited, \
                      not_found, server_error, unexpected_response or provider_error";
        return Err(Fault::new(document.kind.span().start, reason));
    }
    let scope = Scope { inputs: source.plain_inputs(), one_answer: true, ..Scope::default() };
    Ok(ErrorRule {
        request: document.request.as_ref().map(|request| request.get_ref().clone()),
        status: document.status.clone(),
        when: source.expression(document.when.as_ref(), &scope)?,
        kind: *document.kind.get_ref(),
        message: document.message.clone(),
    })
}

fn meter(document: &MeterDocument, scope: &Scope<'_>, source: &Source<'_>) -> Result<MeterRule, Fault> {
    let is_spend = document.kind == MeterKind::Spend;
    if document.remaining.is_none() && document.unlimited.is_none() && !(is_spend && document.used.is_some())
    {
        let reason = if is_spend {
            "a spend meter needs `used` or `remaining`"
        } else {
            "a meter needs `remaining`; only one of kind spend can do with `used`"
        };
        return Err(at(&document.id, reason));
    }
    if document.total_is_full && document.total.is_none() {
        return Err(at(&document.id, "`total_is_full` needs a `total`"));
    }
    let expression = |text: &Option<Text>| source.expression(text.as_ref(), scope);
    let unit =
        document.unit.get_ref().parse().map_err(|error: UnitError| at(&document.unit, error.to_string()))?;
    Ok(MeterRule {
        id: document.id.get_ref().clone(),
        label: document.label.clone(),
        kind: document.kind,
        unit,
        when: expression(&document.when)?,
        remaining: expression(&document.remaining)?,
        total: expression(&document.total)?,
        used: expression(&document.used)?,
        unlimited: expression(&document.unlimited)?,
        resets_at: expression(&document.resets_at)?,
        expires_at: expression(&document.expires_at)?,
        total_is_full: document.total_is_full,
        refunds: document.refunds,
        optional: document.optional,
        note: document.note.clone(),
    })
}
