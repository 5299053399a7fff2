use std::collections::HashMap;

use zbus::blocking::Proxy;
use zbus::zvariant::{OwnedValue, Value};

use crate::{Error, PATIENCE, eventually};

/// An entry of a tray item's menu, as `com.canonical.dbusmenu` tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuEntry {
    /// Its number in the menu.
    pub id: i32,
    /// Its text, without the mark of its shortcut; empty for a separator.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
    /// Whether it is shown.
    pub visible: bool,
    /// Whether it has a mark, for one that is on or off.
    pub checked: Option<bool>,
    /// The entries of its submenu.
    pub entries: Vec<MenuEntry>,
}

impl MenuEntry {
    /// Itself and every entry below it.
    pub fn all(&self) -> Vec<&MenuEntry> {
        std::iter::once(self).chain(self.entries.iter().flat_map(MenuEntry::all)).collect()
    }
}

/// Number, properties and children of an entry.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

pub(crate) fn entries(menu: &Proxy<'_>) -> Result<Vec<MenuEntry>, Error> {
    // As a tray does: a program may fill its menu only when it is about to be seen.
    let _changed: bool = menu.call("AboutToShow", &(0,))?;
    let names: &[&str] = &[];
    let (_revision, root): (u32, Layout) = menu.call("GetLayout", &(0, -1, names))?;
    Ok(entry(root)?.entries)
}

pub(crate) fn click(menu: &Proxy<'_>, label: &str) -> Result<(), Error> {
    // A menu that changes between being read and being clicked has other numbers, and is read again as trays do.
    eventually(&format!("a click on {label:?}"), PATIENCE, || match click_once(menu, label) {
        Err(Error::Bus(zbus::Error::MethodError(name, ..)))
            if name == "org.freedesktop.DBus.Error.InvalidArgs" =>
        {
            None
        }
        clicked => Some(clicked),
    })?
}

fn click_once(menu: &Proxy<'_>, label: &str) -> Result<(), Error> {
    let entries = entries(menu)?;
    let all: Vec<_> = entries.iter().flat_map(MenuEntry::all).filter(|entry| entry.visible).collect();
    let Some(entry) = all.iter().find(|entry| entry.label == label && entry.enabled) else {
        let entries = all.iter().map(|entry| entry.label.clone()).collect();
        return Err(Error::NoMenuEntry { label: label.to_owned(), entries });
    };
    match menu.call("Event", &(entry.id, "clicked", Value::from(0), 0_u32)) {
        // A program that quits upon it need not answer.
        Err(zbus::Error::MethodError(name, ..)) if name == "org.freedesktop.DBus.Error.NoReply" => Ok(()),
        answer => Ok(answer?),
    }
}

fn entry((id, mut properties, children): Layout) -> Result<MenuEntry, Error> {
    let mut flag = |name: &str| properties.remove(name).map(bool::try_from).transpose();
    let (enabled, visible) = (flag("enabled")?.unwrap_or(true), flag("visible")?.unwrap_or(true));
    let label = properties.remove("label").map(String::try_from).transpose()?.unwrap_or_default();
    let toggle = properties.remove("toggle-state").map(i32::try_from).transpose()?;
    let entries =
        children.into_iter().map(|child| entry(Layout::try_from(child)?)).collect::<Result<_, Error>>()?;
    Ok(MenuEntry {
        id,
        label: without_mnemonic(&label),
        enabled,
        visible,
        checked: toggle.map(|state| state == 1),
        entries,
    })
}

/// A label as it is seen: `_` marks the shortcut, `__` is an underscore.
fn without_mnemonic(label: &str) -> String {
    label.split("__").map(|part| part.replace('_', "")).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::without_mnemonic;

    #[test]
    fn a_label_is_read_as_it_is_seen() {
        assert_eq!(without_mnemonic("_Quit"), "Quit");
        assert_eq!(without_mnemonic("key__2: _$5"), "key_2: $5");
    }
}
