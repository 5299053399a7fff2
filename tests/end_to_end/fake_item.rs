//! A tray item that does nothing but remember, for the tests of the harness itself.
#![expect(clippy::used_underscore_binding, reason = "the interfaces pass more than is remembered")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use desktop::{Desktop, Error};
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::interface;
use zbus::zvariant::{ObjectPath, OwnedValue, Value};

/// Width, height and pixels.
type Pixmap = (i32, i32, Vec<u8>);

/// What was done to the item, in words.
type Deeds = Arc<Mutex<Vec<String>>>;

/// The item. Dropping it makes it leave the tray.
pub(crate) struct FakeItem {
    connection: Connection,
    deeds: Deeds,
}

impl FakeItem {
    /// Shows itself in the tray of a desktop.
    pub(crate) fn show(desktop: &Desktop) -> Result<Self, Error> {
        let address = desktop
            .command("true")
            .get_envs()
            .find_map(|(name, value)| (name == "DBUS_SESSION_BUS_ADDRESS").then_some(value?.to_owned()))
            .unwrap_or_default();
        let deeds = Deeds::default();
        let connection = Builder::address(address.to_string_lossy().as_ref())?
            .serve_at("/StatusNotifierItem", Item { deeds: Arc::clone(&deeds) })?
            .serve_at("/MenuBar", Menu { deeds: Arc::clone(&deeds) })?
            .build()?;
        let name = connection.unique_name().map(ToString::to_string).unwrap_or_default();
        connection.call_method(
            Some("org.kde.StatusNotifierWatcher"),
            "/StatusNotifierWatcher",
            Some("org.kde.StatusNotifierWatcher"),
            "RegisterStatusNotifierItem",
            &(name,),
        )?;
        Ok(Self { connection, deeds })
    }

    /// What was done to it so far.
    pub(crate) fn deeds(&self) -> Vec<String> {
        self.deeds.lock().map(|deeds| deeds.clone()).unwrap_or_default()
    }
}

impl Drop for FakeItem {
    fn drop(&mut self) {
        let _already_closed = self.connection.clone().close();
    }
}

struct Item {
    deeds: Deeds,
}

fn note(deeds: &Deeds, deed: String) {
    if let Ok(mut deeds) = deeds.lock() {
        deeds.push(deed);
    }
}

#[expect(clippy::unused_self, reason = "the interface says what is passed")]
#[interface(name = "org.kde.StatusNotifierItem")]
impl Item {
    fn activate(&self, x: i32, y: i32) {
        note(&self.deeds, format!("activated at {x},{y}"));
    }

    fn secondary_activate(&self, x: i32, y: i32) {
        note(&self.deeds, format!("secondary at {x},{y}"));
    }

    #[zbus(property)]
    fn id(&self) -> &'static str {
        "fake"
    }

    #[zbus(property)]
    fn status(&self) -> &'static str {
        "NeedsAttention"
    }

    #[zbus(property)]
    fn title(&self) -> &'static str {
        "Fake item"
    }

    #[zbus(property)]
    fn icon_name(&self) -> &'static str {
        "dialog-warning"
    }

    #[zbus(property)]
    fn icon_pixmap(&self) -> Vec<Pixmap> {
        vec![(1, 1, vec![255, 200, 100, 0])]
    }

    #[zbus(property)]
    fn tool_tip(&self) -> (&str, Vec<Pixmap>, &str, &str) {
        ("", Vec::new(), "Low", "OpenRouter: $16.55")
    }

    #[zbus(property)]
    fn item_is_menu(&self) -> bool {
        false
    }

    #[zbus(property)]
    fn menu(&self) -> ObjectPath<'_> {
        ObjectPath::from_static_str_unchecked("/MenuBar")
    }
}

struct Menu {
    deeds: Deeds,
}

/// Number, properties and children of an entry.
type Layout = (i32, HashMap<&'static str, Value<'static>>, Vec<OwnedValue>);

fn entry(id: i32, label: &'static str, children: Vec<Layout>) -> Layout {
    let children = children.into_iter().filter_map(|child| Value::from(child).try_into_owned().ok());
    (id, HashMap::from([("label", Value::from(label))]), children.collect())
}

#[expect(clippy::unused_self, reason = "the interface says what is passed")]
#[interface(name = "com.canonical.dbusmenu")]
impl Menu {
    fn about_to_show(&self, _id: i32) -> bool {
        false
    }

    fn get_layout(&self, _parent: i32, _depth: i32, _properties: Vec<String>) -> (u32, Layout) {
        let accounts = entry(1, "_Accounts", vec![entry(2, "_Personal", vec![])]);
        (1, entry(0, "", vec![accounts, entry(3, "_Quit", vec![])]))
    }

    fn event(&self, id: i32, event: &str, _data: Value<'_>, _timestamp: u32) {
        note(&self.deeds, format!("{event} entry {id}"));
    }
}
