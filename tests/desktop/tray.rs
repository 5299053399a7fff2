use std::collections::HashMap;

use zbus::blocking::{Connection, Proxy};
use zbus::message::Header;
use zbus::names::BusName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{fdo, interface};

use crate::{Desktop, Error, MenuEntry, menu};

/// The bus name of whoever keeps the list of items.
pub(crate) const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
/// Asked directly, so that an answer is never one that was kept from earlier.
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const ITEM_PATH: &str = "/StatusNotifierItem";

/// A tray that draws nothing. Dropping it is its crash; items are expected to come to the next one by themselves.
#[derive(Debug)]
pub struct TrayHost {
    connection: Connection,
}

impl TrayHost {
    /// Starts a tray without items.
    pub fn start(desktop: &Desktop) -> Result<Self, Error> {
        Self::start_as(desktop, true)
    }

    /// Starts a tray that keeps the list of items while nobody is there to show them yet, as KDE's does at login.
    pub fn start_without_panel(desktop: &Desktop) -> Result<Self, Error> {
        Self::start_as(desktop, false)
    }

    fn start_as(desktop: &Desktop, has_panel: bool) -> Result<Self, Error> {
        let watcher = Watcher { items: Vec::new(), has_panel };
        let connection = desktop.connection()?.serve_at(WATCHER_PATH, watcher)?.name(WATCHER)?.build()?;
        Ok(Self { connection })
    }

    /// The panel comes.
    pub fn add_panel(&self) -> Result<(), Error> {
        let watcher = self.connection.object_server().interface::<_, Watcher>(WATCHER_PATH)?;
        watcher.get_mut().has_panel = true;
        let signal = "StatusNotifierHostRegistered";
        Ok(self.connection.emit_signal(None::<&str>, WATCHER_PATH, WATCHER, signal, &())?)
    }
}

impl Drop for TrayHost {
    fn drop(&mut self) {
        let _already_closed = self.connection.clone().close();
    }
}

struct Watcher {
    /// Items as a host is told them: bus name and object path in one.
    items: Vec<String>,
    /// Whether somebody shows them.
    has_panel: bool,
}

#[expect(clippy::unused_self, reason = "the interface says what is passed")]
#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &mut self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> fdo::Result<()> {
        // An item names either its bus name or, the way of Ayatana's library, its object path.
        let item = match (service.starts_with('/'), header.sender()) {
            (true, Some(sender)) => format!("{sender}{service}"),
            (true, None) => return Err(fdo::Error::InvalidArgs("a path without a sender".into())),
            (false, _) => format!("{service}{ITEM_PATH}"),
        };
        if !self.items.contains(&item) {
            self.items.push(item.clone());
        }
        Ok(emitter.status_notifier_item_registered(&item).await?)
    }

    #[zbus(property)]
    async fn registered_status_notifier_items(
        &self,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> fdo::Result<Vec<String>> {
        let bus = fdo::DBusProxy::new(connection).await?;
        let mut present = Vec::new();
        for item in self.items.clone() {
            let name = item.split('/').next().unwrap_or_default().to_owned();
            if bus.name_has_owner(BusName::try_from(name).map_err(zbus::Error::from)?).await? {
                present.push(item);
            }
        }
        Ok(present)
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.has_panel
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;
}

/// A `StatusNotifierItem`: what a program shows in the tray.
#[derive(Debug, Clone)]
pub struct TrayItem {
    bus: Connection,
    name: String,
    path: String,
}

/// What a tray item says at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct TrayState {
    /// The program's id.
    pub id: String,
    /// The program's name for people.
    pub title: String,
    /// `Passive`, `Active` or `NeedsAttention`.
    pub status: String,
    /// The icon's name in the theme, or empty.
    pub icon_name: String,
    /// The icon itself, in each size it has.
    pub icon: Vec<Pixmap>,
    /// The tooltip's first line.
    pub tooltip_title: String,
    /// The tooltip's text below; some trays read it as markup.
    pub tooltip_text: String,
}

/// A picture over the bus.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixmap {
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// Row by row, four bytes a pixel: alpha, red, green, blue.
    pub argb: Vec<u8>,
}

impl std::fmt::Debug for Pixmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixmap({}×{})", self.width, self.height)
    }
}

impl TrayItem {
    /// The items of the tray that is on the bus.
    pub(crate) fn registered(bus: &Connection) -> Result<Vec<Self>, Error> {
        let watcher = Proxy::new(bus, WATCHER, WATCHER_PATH, PROPERTIES)?;
        let items: OwnedValue = watcher.call("Get", &(WATCHER, "RegisteredStatusNotifierItems"))?;
        let items = Vec::<String>::try_from(items)?;
        Ok(items
            .into_iter()
            .map(|item| {
                let (name, path) = item.split_once('/').unwrap_or((&item, &ITEM_PATH[1..]));
                Self { bus: bus.clone(), name: name.to_owned(), path: format!("/{path}") }
            })
            .collect())
    }

    /// What it says at one moment.
    pub fn state(&self) -> Result<TrayState, Error> {
        // An item may change while its properties are gathered one after the other. What is read twice is of one moment.
        let mut last = self.gather()?;
        loop {
            let state = self.gather()?;
            if state == last {
                return Ok(state);
            }
            last = state;
        }
    }

    fn gather(&self) -> Result<TrayState, Error> {
        let mut all: HashMap<String, OwnedValue> = self.object(PROPERTIES)?.call("GetAll", &(ITEM,))?;
        let mut text = |name: &str| match all.remove(name) {
            Some(value) => String::try_from(value),
            None => Ok(String::new()),
        };
        let (id, title, status, icon_name) =
            (text("Id")?, text("Title")?, text("Status")?, text("IconName")?);
        let icon = match all.remove("IconPixmap") {
            Some(value) => Vec::<(i32, i32, Vec<u8>)>::try_from(value)?,
            None => Vec::new(),
        };
        let icon = icon.into_iter().map(|(width, height, argb)| Pixmap { width, height, argb }).collect();
        let (_, _, tooltip_title, tooltip_text) = match all.remove("ToolTip") {
            Some(value) => <(String, Vec<(i32, i32, Vec<u8>)>, String, String)>::try_from(value)?,
            None => Default::default(),
        };
        Ok(TrayState { id, title, status, icon_name, icon, tooltip_title, tooltip_text })
    }

    /// A left click, at a place of the screen.
    pub fn activate(&self, x: i32, y: i32) -> Result<(), Error> {
        Ok(self.object(ITEM)?.call("Activate", &(x, y))?)
    }

    /// A middle click, at a place of the screen.
    pub fn secondary_activate(&self, x: i32, y: i32) -> Result<(), Error> {
        Ok(self.object(ITEM)?.call("SecondaryActivate", &(x, y))?)
    }

    /// Its menu, as a right click opens it.
    pub fn menu(&self) -> Result<Vec<MenuEntry>, Error> {
        menu::entries(&self.menu_object()?)
    }

    /// Clicks the menu's entry with a label, in whichever submenu it is.
    pub fn click(&self, label: &str) -> Result<(), Error> {
        menu::click(&self.menu_object()?, label)
    }

    fn object(&self, interface: &'static str) -> Result<Proxy<'static>, Error> {
        Ok(Proxy::new(&self.bus, self.name.clone(), self.path.clone(), interface)?)
    }

    fn menu_object(&self) -> Result<Proxy<'static>, Error> {
        let path: OwnedValue = self.object(PROPERTIES)?.call("Get", &(ITEM, "Menu"))?;
        let path = OwnedObjectPath::try_from(path)?;
        Ok(Proxy::new(&self.bus, self.name.clone(), path, "com.canonical.dbusmenu")?)
    }
}
