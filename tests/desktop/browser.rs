use std::ffi::OsStr;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::thread;

use serde_json::{Value, json};
use ureq::Agent;

use crate::{Desktop, Error, PATIENCE, Program, eventually};

/// The rules of axe-core to apply, by tag: not all of WCAG 2.2 is on by itself.
const AXE_RULES: &str =
    "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }";

/// The name under which `WebDriver` refers to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// axe-core, as `npm ci` installs it.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");

/// A program with a web view, driven through `WebKitWebDriver` as the [WebDriver] standard has it.
///
/// Dropping it ends the program too.
///
/// [WebDriver]: https://www.w3.org/TR/webdriver2/
#[derive(Debug)]
pub struct Browser {
    agent: Agent,
    session: String,
    _driver: Program,
}

/// An element of the page shown when it was found.
#[derive(Debug, Clone)]
pub struct Element {
    id: String,
}

/// Something that can be used and has this name for people, in the page or in a part of it that has a name.
const CONTROL: &str = r"
const [name, part] = arguments;
const heard = (element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll('[aria-hidden=true]').forEach((hidden) => hidden.remove());
  return copy.textContent;
};
const spoken = (element) =>
  (element.ariaLabel ?? ([...(element.labels ?? [])].map(heard).join(' ') || heard(element)))
    .replace(/\s+/g, ' ').trim();
const named = (within, selector, wanted) =>
  [...within.querySelectorAll(selector)].find((element) => element.checkVisibility() && spoken(element) === wanted);
const page = document.querySelector('dialog[open]') ?? document;
const within = part === null ? page : named(page, '[aria-label]', part);
return within && named(within, 'a[href], button:enabled, input:enabled, select:enabled, summary', name);
";

/// What axe-core found wrong with a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The rule, such as `color-contrast`.
    pub rule: String,
    /// What the rule asks for.
    pub help: String,
    /// The elements, as HTML.
    pub elements: Vec<String>,
}

impl Element {
    /// How scripts are handed it.
    #[must_use]
    pub fn reference(&self) -> Value {
        json!({ ELEMENT: self.id })
    }

    fn path(&self, rest: &str) -> String {
        format!("/element/{}/{rest}", self.id)
    }
}

impl Browser {
    /// Starts a program that opens a window by itself, and waits for its web view.
    ///
    /// `command` is from [`Desktop::command`]; its environment beyond the desktop's is kept.
    pub fn start(desktop: &Desktop, command: &Command) -> Result<Self, Error> {
        let port = free_port()?;
        let mut driver = desktop.command("WebKitWebDriver");
        driver.arg(format!("--port={port}"));
        // The driver hands its environment on to the program, which must allow to be driven.
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => driver.env(name, value),
                None => driver.env_remove(name),
            };
        }
        let driver = desktop.spawn(driver.env("TAURI_WEBVIEW_AUTOMATION", "true"))?;
        let agent: Agent =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
        let server = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
        eventually("WebKitWebDriver to listen", PATIENCE, || {
            agent.get(format!("{server}/status")).call().ok()
        })?;

        let text = |text: &OsStr| text.to_string_lossy().into_owned();
        let options = json!({
            "binary": text(command.get_program()),
            "args": command.get_args().map(text).collect::<Vec<_>>(),
        });
        let capabilities = json!({ "alwaysMatch": { "webkitgtk:browserOptions": options } });
        let mut browser = Self { agent, session: format!("{server}/session"), _driver: driver };
        let started = browser.post("", json!({ "capabilities": capabilities }))?;
        let id = started["sessionId"].as_str().unwrap_or_default();
        browser.session = format!("{server}/session/{id}");
        Ok(browser)
    }

    /// Opens an address, for a program that has an address bar.
    pub fn go(&self, url: &str) -> Result<(), Error> {
        self.post("/url", json!({ "url": url })).map(drop)
    }

    /// The address of the page.
    pub fn url(&self) -> Result<String, Error> {
        self.get("/url").map(text)
    }

    /// The title of the page.
    pub fn title(&self) -> Result<String, Error> {
        self.get("/title").map(text)
    }

    /// Runs the body of a JavaScript function in the page, and returns what it returns.
    pub fn execute(&self, body: &str, arguments: &[Value]) -> Result<Value, Error> {
        self.post("/execute/sync", json!({ "script": body, "args": arguments }))
    }

    /// Runs the body of a JavaScript function in the page, and returns what it calls its last argument with.
    pub fn execute_async(&self, body: &str, arguments: &[Value]) -> Result<Value, Error> {
        self.post("/execute/async", json!({ "script": body, "args": arguments }))
    }

    /// The elements that a CSS selector finds now.
    pub fn elements(&self, selector: &str) -> Result<Vec<Element>, Error> {
        let found = self.post("/elements", json!({ "using": "css selector", "value": selector }))?;
        let found = found.as_array().cloned().unwrap_or_default();
        Ok(found.iter().map(element).collect())
    }

    /// Waits for a CSS selector to find something, and returns the first.
    pub fn element(&self, selector: &str) -> Result<Element, Error> {
        eventually(&format!("`{selector}` in the page"), PATIENCE, || {
            self.elements(selector).ok()?.into_iter().next()
        })
    }

    /// Waits for a link, button or field with this name to be there for use, and returns it. While a dialog is open, only
    /// what is in it counts.
    pub fn control(&self, name: &str) -> Result<Element, Error> {
        self.control_in(None, name)
    }

    /// Waits for a control in a part of the page that has a name of its own, such as a form.
    pub fn control_in(&self, part: Option<&str>, name: &str) -> Result<Element, Error> {
        eventually(&format!("a control named {name:?}"), PATIENCE, || {
            let found = self.execute(CONTROL, &[name.into(), part.into()]).ok()?;
            found.is_object().then(|| element(&found))
        })
    }

    /// Waits for the page to show a text, anywhere.
    pub fn wait_for_text(&self, wanted: &str) -> Result<(), Error> {
        eventually(&format!("the page to show {wanted:?}"), PATIENCE, || {
            self.page_text().ok()?.contains(wanted).then_some(())
        })
    }

    /// The text that the page shows.
    pub fn page_text(&self) -> Result<String, Error> {
        self.execute("return document.body.innerText", &[]).map(text)
    }

    /// The element that has the keyboard focus.
    pub fn focused(&self) -> Result<Element, Error> {
        self.get("/element/active").map(|found| element(&found))
    }

    /// Clicks an element.
    pub fn click(&self, element: &Element) -> Result<(), Error> {
        self.post(&element.path("click"), json!({})).map(drop)
    }

    /// Chooses the entry of a `select` element that shows this text.
    pub fn choose(&self, list: &Element, entry: &str) -> Result<(), Error> {
        let find = "return [...arguments[0].options].find((option) => option.text === arguments[1])";
        let option = self.execute(find, &[list.reference(), entry.into()])?;
        self.click(&element(&option))
    }

    /// What a field holds.
    pub fn value(&self, field: &Element) -> Result<String, Error> {
        self.execute("return arguments[0].value", &[field.reference()]).map(text)
    }

    /// Types into an element.
    pub fn type_into(&self, element: &Element, keys: &str) -> Result<(), Error> {
        self.post(&element.path("value"), json!({ "text": keys })).map(drop)
    }

    /// Empties a text field.
    pub fn clear(&self, element: &Element) -> Result<(), Error> {
        self.post(&element.path("clear"), json!({})).map(drop)
    }

    /// Presses and releases one key wherever the focus is: a character, or one of [WebDriver's codes], such as
    /// `\u{e004}` for Tab, `\u{e006}` for Enter and `\u{e00c}` for Escape.
    ///
    /// [WebDriver's codes]: https://www.w3.org/TR/webdriver2/#keyboard-actions
    pub fn press(&self, key: char) -> Result<(), Error> {
        self.act(&[("keyDown", key), ("keyUp", key)])
    }

    /// Presses a key while another is held down, such as `\u{e009}` for Control.
    pub fn press_with(&self, held: char, key: char) -> Result<(), Error> {
        self.act(&[("keyDown", held), ("keyDown", key), ("keyUp", key), ("keyUp", held)])
    }

    fn act(&self, keys: &[(&str, char)]) -> Result<(), Error> {
        let keys: Vec<_> = keys.iter().map(|(kind, key)| json!({ "type": kind, "value": key })).collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] });
        self.post("/actions", actions).map(drop)
    }

    /// The text that an element shows.
    pub fn text(&self, element: &Element) -> Result<String, Error> {
        self.get(&element.path("text")).map(text)
    }

    /// An attribute of an element.
    pub fn attribute(&self, element: &Element, name: &str) -> Result<Option<String>, Error> {
        let value = self.get(&element.path(&format!("attribute/{name}")))?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// The role that assistive technology sees.
    pub fn role(&self, element: &Element) -> Result<String, Error> {
        self.get(&element.path("computedrole")).map(text)
    }

    /// The name that assistive technology speaks.
    pub fn label(&self, element: &Element) -> Result<String, Error> {
        self.get(&element.path("computedlabel")).map(text)
    }

    /// The handles of the program's web views.
    pub fn windows(&self) -> Result<Vec<String>, Error> {
        let handles = self.get("/window/handles")?;
        Ok(handles.as_array().cloned().unwrap_or_default().into_iter().map(text).collect())
    }

    /// The handle of the web view that all this is about.
    pub fn window(&self) -> Result<String, Error> {
        self.get("/window").map(text)
    }

    /// Goes on with another of [`windows`](Self::windows).
    pub fn switch_to(&self, window: &str) -> Result<(), Error> {
        self.post("/window", json!({ "handle": window })).map(drop)
    }

    /// What axe-core finds in the page against WCAG 2.2 at level AA and its own best practices.
    pub fn violations(&self) -> Result<Vec<Violation>, Error> {
        let source = fs::read_to_string(AXE).map_err(|source| Error::File { path: AXE.into(), source })?;
        // As a script of the driver, it runs whatever the page's content security policy is.
        let body = format!(
            "{source}; const done = arguments[0]; axe.run({AXE_RULES}).then(done, e => done(String(e)));"
        );
        let report = self.execute_async(&body, &[])?;
        let Some(violations) = report["violations"].as_array() else {
            return Err(Error::Refused { command: "axe.run".into(), message: report.to_string() });
        };
        Ok(violations.iter().map(violation).collect())
    }

    fn get(&self, path: &str) -> Result<Value, Error> {
        let answer = self.agent.get(format!("{}{path}", self.session)).call()?;
        value(path, answer)
    }

    fn post(&self, path: &str, body: Value) -> Result<Value, Error> {
        let answer = self.agent.post(format!("{}{path}", self.session)).send_json(body)?;
        value(path, answer)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends the program, except when a test fails: then it stays as it is for the desktop's report.
        if !thread::panicking() {
            let _already_ended = self.agent.delete(&self.session).call();
        }
    }
}

/// What an answer of the driver holds.
fn value(command: &str, mut answer: ureq::http::Response<ureq::Body>) -> Result<Value, Error> {
    let mut body: Value = answer.body_mut().read_json()?;
    let value = body["value"].take();
    if answer.status().is_success() {
        return Ok(value);
    }
    let message = format!("{}: {}", value["error"], value["message"]);
    Err(Error::Refused { command: command.to_owned(), message })
}

fn element(found: &Value) -> Element {
    Element { id: found[ELEMENT].as_str().unwrap_or_default().to_owned() }
}

fn violation(found: &Value) -> Violation {
    let elements = found["nodes"].as_array().into_iter().flatten();
    Violation {
        rule: text(found["id"].clone()),
        help: text(found["help"].clone()),
        elements: elements.map(|node| text(node["html"].clone())).collect(),
    }
}

fn text(value: Value) -> String {
    if let Value::String(text) = value { text } else { value.to_string() }
}

/// A port that nobody listens on at the moment.
fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|source| Error::File { path: "127.0.0.1".into(), source })
}
