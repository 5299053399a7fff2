//! From a TOML document to a definition: everything that can be known to be wrong before the first request is found here.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::SignedDuration;
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};

use super::definition::{Body, Choice, Definition, ErrorRule, Input, MeterRule, NoticeRule, RequestRule};
use super::document::{
    ChoiceDocument, Document, ErrorDocument, InputDocument, MeterDocument, MethodDocument, RequestDocument,
    Text,
};
use super::error::Fault;
use super::expression::Expression;
use super::syntax::Scope;
use super::template::{KEY, Template};
use crate::account::AccountId;
use crate::origin::Origin;
use crate::reading::MeterKind;

const MIN_INTERVAL: SignedDuration = SignedDuration::from_secs(60);

/// Names that expressions use for something else, or that CEL keeps for itself.
const RESERVED: [&str; 36] = [
    "status",
    "inputs",
    "now",
    "body",
    "key",
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
    "int",
    "uint",
    "double",
    "bool",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
];

/// Reads and checks a definition. Needs a deep stack.
pub(super) fn definition(text: &str) -> Result<Definition, Fault> {
    let document: Document = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        Fault::new(offset, error.message().replace('\n', " "))
    })?;
    Reader { text }.definition(document)
}

struct Reader<'a> {
    /// The whole file.
    text: &'a str,
}

/// The inputs of a definition, for what refers to them.
struct Inputs<'a>(&'a [Input]);

impl Inputs<'_> {
    fn get(&self, id: &str) -> Option<&Input> {
        self.0.iter().find(|input| input.id == id)
    }

    /// The names of those that expressions can use.
    fn plain(&self) -> BTreeSet<&str> {
        self.0.iter().filter(|input| !input.secret).map(|input| input.id.as_str()).collect()
    }
}

impl Reader<'_> {
    fn definition(&self, document: Document) -> Result<Definition, Fault> {
        let id = document.id.get_ref();
        if id.parse::<AccountId>().is_err() {
            return Err(at(
                &document.id,
                "an id is up to 64 lower-case letters, digits and single dashes, such as my-provider",
            ));
        }
        if document.name.get_ref().trim().is_empty() {
            return Err(at(&document.name, "the name is empty"));
        }
        for variable in &document.key_env {
            let name = variable.get_ref();
            let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !good {
                return Err(at(variable, format!("“{name}” cannot be the name of an environment variable")));
            }
        }
        let inputs = self.inputs(document.inputs)?;
        let known = Inputs(&inputs);
        let base_url = self.address(&document.base_url, &known)?;
        let requests = self.requests(document.requests.span(), document.requests.get_ref(), &known)?;
        let all: Vec<&str> = requests.iter().map(|request| request.id.as_str()).collect();
        let errors = document
            .errors
            .iter()
            .map(|rule| self.error_rule(rule, &all, &known))
            .collect::<Result<_, _>>()?;
        let scope =
            Scope { answers: all.iter().copied().collect(), inputs: known.plain(), ..Scope::default() };
        let meters = self.meters(document.meters.span(), document.meters.get_ref(), &scope)?;
        let notices = document
            .notices
            .into_iter()
            .map(|notice| {
                Ok(NoticeRule { when: self.expression(notice.when.as_ref(), &scope)?, text: notice.text })
            })
            .collect::<Result<_, Fault>>()?;
        let template = |url: Option<&Text>| url.map(|url| self.address(url, &known)).transpose();
        let docs_url = document.docs_url.as_ref().map(|url| self.plain_address(url)).transpose()?;
        Ok(Definition {
            keys_url: template(document.keys_url.as_ref())?,
            top_up_url: template(document.top_up_url.as_ref())?,
            docs_url,
            min_interval: document.min_interval.as_ref().map_or(Ok(MIN_INTERVAL), min_interval)?,
            id: id.clone(),
            name: document.name.into_inner(),
            key_help: document.key_help,
            note: document.note,
            key_env: document.key_env.into_iter().map(Text::into_inner).collect(),
            inputs,
            base_url,
            requests,
            errors,
            meters,
            notices,
        })
    }

    fn inputs(&self, documents: Vec<InputDocument>) -> Result<Vec<Input>, Fault> {
        let mut seen = BTreeSet::new();
        documents
            .into_iter()
            .map(|document| {
                self.identifier(&document.id, "input", &mut seen)?;
                self.input(document)
            })
            .collect()
    }

    fn input(&self, document: InputDocument) -> Result<Input, Fault> {
        let mut values = BTreeSet::new();
        for choice in &document.choices {
            let value = choice.value.get_ref();
            if value.is_empty() || value.chars().any(char::is_control) {
                return Err(at(
                    &choice.value,
                    "a choice cannot be empty or have line breaks; leave `required` out if nothing may be chosen",
                ));
            }
            if !values.insert(value.as_str()) {
                return Err(at(&choice.value, format!("the choice “{value}” is there twice")));
            }
        }
        if document.secret && (document.default.is_some() || !document.choices.is_empty()) {
            return Err(at(&document.id, "a secret input cannot have a default or choices"));
        }
        let default = document.default;
        let input = Input {
            id: document.id.into_inner(),
            label: document.label,
            help: document.help,
            kind: document.kind,
            required: document.required,
            default: None,
            secret: document.secret,
            choices: document
                .choices
                .into_iter()
                .map(|ChoiceDocument { value, label }| Choice { value: value.into_inner(), label })
                .collect(),
        };
        let Some(default) = default else { return Ok(input) };
        let value = input.resolve(default.get_ref()).map_err(|error| at(&default, error.to_string()))?;
        Ok(Input { default: Some(value), ..input })
    }

    fn requests(
        &self,
        span: Range<usize>,
        documents: &[RequestDocument],
        inputs: &Inputs<'_>,
    ) -> Result<Vec<RequestRule>, Fault> {
        if documents.is_empty() {
            return Err(Fault::new(span.start, "at least one request is needed"));
        }
        let mut seen = BTreeSet::new();
        let mut requests = Vec::with_capacity(documents.len());
        let mut uses_key = false;
        for (index, document) in documents.iter().enumerate() {
            self.identifier(&document.id, "request", &mut seen)?;
            let ids = |documents: &'_ [RequestDocument]| -> Vec<String> {
                documents.iter().map(|document| document.id.get_ref().clone()).collect()
            };
            let (earlier, later) = (ids(&documents[..index]), ids(&documents[index..]));
            let scope = Scope {
                answers: earlier.iter().map(String::as_str).collect(),
                later: later.iter().map(String::as_str).collect(),
                inputs: inputs.plain(),
                one_answer: false,
            };
            let (request, has_key) = self.request(document, inputs, &scope)?;
            uses_key |= has_key;
            requests.push(request);
        }
        if !uses_key {
            return Err(at(
                &documents[0].id,
                "no request uses the key; put {key} into a header, such as headers = { Authorization = \"Bearer {key}\" }",
            ));
        }
        Ok(requests)
    }

    /// One request, and whether it uses the key.
    fn request(
        &self,
        document: &RequestDocument,
        inputs: &Inputs<'_>,
        scope: &Scope<'_>,
    ) -> Result<(RequestRule, bool), Fault> {
        let mut uses_key = false;
        let mut template = |text: &Text| -> Result<Template, Fault> {
            let template = self.template(text, inputs)?;
            uses_key |= template.names().any(|name| name == KEY);
            Ok(template)
        };
        let path_text = document.path.get_ref();
        if !path_text.starts_with('/')
            || path_text.contains(['?', '#', '\\'])
            || path_text.contains(char::is_whitespace)
        {
            return Err(at(
                &document.path,
                "a path starts with / and has no ?, #, \\ or spaces; what comes after ? goes into `query`",
            ));
        }
        let path = template(&document.path)?;
        for name in path.names() {
            let never_empty = inputs
                .get(name)
                .is_some_and(|input| !input.secret && (input.required || input.default.is_some()));
            if !never_empty {
                return Err(at(
                    &document.path,
                    format!(
                        "{{{name}}} cannot be in a path: only inputs that are required or have a default can, and no secrets"
                    ),
                ));
            }
        }
        let query = document
            .query
            .iter()
            .map(|(name, value)| Ok((name.clone(), template(value)?)))
            .collect::<Result<_, Fault>>()?;
        let headers = document
            .headers
            .iter()
            .map(|(name, value)| {
                let header = HeaderName::from_bytes(name.as_bytes())
                    .map_err(|_| at(value, format!("“{name}” cannot be the name of a header")))?;
                HeaderValue::from_str(value.get_ref()).map_err(|_| {
                    at(value, "a header cannot have line breaks or other invisible characters in it")
                })?;
                Ok((header, template(value)?))
            })
            .collect::<Result<_, Fault>>()?;
        let method = match document.method {
            MethodDocument::Get => Method::GET,
            MethodDocument::Post => Method::POST,
        };
        let body = match &document.body {
            None => None,
            Some(body) if method == Method::GET => {
                return Err(Fault::new(
                    body.span().start,
                    "a GET request has no body; add method = \"POST\"",
                ));
            }
            Some(body) => {
                let (body, has_key) = self.body(body.get_ref(), body.span(), inputs)?;
                uses_key |= has_key;
                Some(body)
            }
        };
        let request = RequestRule {
            id: document.id.get_ref().clone(),
            method,
            path,
            query,
            headers,
            body,
            optional: document.optional.clone(),
            when: self.expression(document.when.as_ref(), scope)?,
        };
        Ok((request, uses_key))
    }

    /// A body, and whether it uses the key.
    fn body(
        &self,
        value: &toml::Value,
        span: Range<usize>,
        inputs: &Inputs<'_>,
    ) -> Result<(Body, bool), Fault> {
        let inside = |value: &toml::Value| self.body(value, span.clone(), inputs);
        Ok(match value {
            toml::Value::String(text) => {
                let template = self.template(&Text::new(span, text.clone()), inputs)?;
                let has_key = template.names().any(|name| name == KEY);
                (Body::Text(template), has_key)
            }
            toml::Value::Array(items) => {
                let items = items.iter().map(inside).collect::<Result<Vec<_>, _>>()?;
                let has_key = items.iter().any(|(_, has_key)| *has_key);
                (Body::List(items.into_iter().map(|(item, _)| item).collect()), has_key)
            }
            toml::Value::Table(fields) => {
                let mut has_key = false;
                let mut object = Vec::with_capacity(fields.len());
                for (name, value) in fields {
                    let (value, value_has_key) = inside(value)?;
                    has_key |= value_has_key;
                    object.push((name.clone(), value));
                }
                (Body::Object(object), has_key)
            }
            toml::Value::Integer(number) => (Body::Other((*number).into()), false),
            toml::Value::Float(number) => (Body::Other((*number).into()), false),
            toml::Value::Boolean(flag) => (Body::Other((*flag).into()), false),
            toml::Value::Datetime(time) => (Body::Other(time.to_string().into()), false),
        })
    }

    fn error_rule(
        &self,
        document: &ErrorDocument,
        requests: &[&str],
        inputs: &Inputs<'_>,
    ) -> Result<ErrorRule, Fault> {
        if let Some(request) = &document.request
            && !requests.contains(&request.get_ref().as_str())
        {
            return Err(at(request, format!("there is no request “{}”", request.get_ref())));
        }
        if document.status.0.is_empty() && document.when.is_none() {
            return Err(Fault::new(
                document.kind.span().start,
                "this error needs a `status`, a `when`, or both",
            ));
        }
        let scope = Scope { inputs: inputs.plain(), one_answer: true, ..Scope::default() };
        Ok(ErrorRule {
            request: document.request.as_ref().map(|request| request.get_ref().clone()),
            status: document.status.clone(),
            when: self.expression(document.when.as_ref(), &scope)?,
            kind: *document.kind.get_ref(),
            message: document.message.clone(),
        })
    }

    fn meters(
        &self,
        span: Range<usize>,
        documents: &[MeterDocument],
        scope: &Scope<'_>,
    ) -> Result<Vec<MeterRule>, Fault> {
        if documents.is_empty() {
            return Err(Fault::new(span.start, "at least one meter is needed"));
        }
        let mut seen = BTreeSet::new();
        documents
            .iter()
            .map(|document| {
                let id = document.id.get_ref();
                if id.parse::<AccountId>().is_err() {
                    return Err(at(
                        &document.id,
                        format!("“{id}” cannot be an id: use lower-case letters, digits and single dashes"),
                    ));
                }
                if !seen.insert(id) {
                    return Err(at(&document.id, format!("there is another meter “{id}”")));
                }
                self.meter(document, scope)
            })
            .collect()
    }

    fn meter(&self, document: &MeterDocument, scope: &Scope<'_>) -> Result<MeterRule, Fault> {
        let measures =
            document.remaining.is_some() || document.kind == MeterKind::Spend && document.used.is_some();
        if !measures && document.unlimited.is_none() {
            let reason = if document.kind == MeterKind::Spend {
                "a spend meter needs `used` or `remaining`"
            } else {
                "a meter needs `remaining`; only one of kind spend can do with `used`"
            };
            return Err(at(&document.id, reason));
        }
        if document.total_is_full && document.total.is_none() {
            return Err(at(&document.id, "`total_is_full` needs a `total`"));
        }
        let expression = |text: &Option<Text>| self.expression(text.as_ref(), scope);
        Ok(MeterRule {
            id: document.id.get_ref().clone(),
            label: document.label.clone(),
            kind: document.kind,
            unit: document
                .unit
                .get_ref()
                .parse()
                .map_err(|error: crate::amount::UnitError| at(&document.unit, error.to_string()))?,
            when: expression(&document.when)?,
            remaining: expression(&document.remaining)?,
            total: expression(&document.total)?,
            used: expression(&document.used)?,
            unlimited: expression(&document.unlimited)?,
            resets_at: expression(&document.resets_at)?,
            expires_at: expression(&document.expires_at)?,
            total_is_full: document.total_is_full,
            refunds: document.refunds,
            note: document.note.clone(),
        })
    }

    fn expression(&self, text: Option<&Text>, scope: &Scope<'_>) -> Result<Option<Expression>, Fault> {
        text.map(|text| Expression::compile(text.get_ref(), scope).map_err(|fault| self.within(text, fault)))
            .transpose()
    }

    /// A template whose placeholders are all known.
    fn template(&self, text: &Text, inputs: &Inputs<'_>) -> Result<Template, Fault> {
        let template = Template::parse(text.get_ref()).map_err(|fault| self.within(text, fault))?;
        if let Some(unknown) = template.names().find(|name| *name != KEY && inputs.get(name).is_none()) {
            return Err(at(
                text,
                format!("{{{unknown}}} is neither {{key}} nor an input; write {{{{ for a brace itself"),
            ));
        }
        Ok(template)
    }

    /// An address that inputs may take part in. Only those with choices, so that nothing a user types decides where
    /// the key goes, and so that every address can be checked here.
    fn address(&self, text: &Text, inputs: &Inputs<'_>) -> Result<Template, Fault> {
        let template = self.template(text, inputs)?;
        let mut alternatives = 1;
        for name in template.names() {
            match inputs.get(name) {
                Some(input) if !input.choices.is_empty() && (input.required || input.default.is_some()) => {
                    alternatives = alternatives.max(input.choices.len());
                }
                _ => {
                    return Err(at(
                        text,
                        format!(
                            "{{{name}}} cannot be in an address: only inputs with choices can, and they must be required or have a default"
                        ),
                    ));
                }
            }
        }
        for alternative in 0..alternatives {
            let address = template.fill(|name| {
                let choices = inputs.get(name).map_or(&[][..], |input| &input.choices);
                choices
                    .get(alternative.min(choices.len().saturating_sub(1)))
                    .map_or_else(String::new, |choice| choice.value.clone())
            });
            self.check_address(text, &address.unwrap_or_default())?;
        }
        Ok(template)
    }

    fn plain_address(&self, text: &Text) -> Result<String, Fault> {
        self.check_address(text, text.get_ref())?;
        Ok(text.get_ref().clone())
    }

    fn check_address(&self, text: &Text, address: &str) -> Result<(), Fault> {
        address.parse::<Origin>().map(|_| ()).map_err(|error| at(text, error.to_string()))
    }

    /// Checks an id that expressions or templates use.
    fn identifier<'t>(&self, id: &'t Text, of: &str, seen: &mut BTreeSet<String>) -> Result<(), Fault> {
        let name: &'t str = id.get_ref();
        let good = name.len() <= 40
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !good {
            return Err(at(
                id,
                format!("“{name}” cannot be the id of a {of}: use lower-case letters, digits and _"),
            ));
        }
        if RESERVED.contains(&name) && (of == "input" || name != KEY) {
            return Err(at(id, format!("“{name}” has another meaning in expressions; take another id")));
        }
        if !seen.insert(name.to_owned()) {
            return Err(at(id, format!("there is another {of} “{name}”")));
        }
        Ok(())
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

fn min_interval(text: &Text) -> Result<SignedDuration, Fault> {
    let wrong = || at(text, "write a time between 10s and 24h, such as 60s or 5m");
    let interval: SignedDuration = text.get_ref().parse().map_err(|_| wrong())?;
    let bounds = SignedDuration::from_secs(10)..=SignedDuration::from_hours(24);
    if bounds.contains(&interval) { Ok(interval) } else { Err(wrong()) }
}
