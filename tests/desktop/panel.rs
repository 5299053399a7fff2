use std::fs;

use crate::desktop::{private_folder, write};
use crate::tray::WATCHER;
use crate::{Desktop, Error, PATIENCE, Program};

/// The real xfce4-panel, with a tray and a clock, along the bottom of the screen. Dropping it is its crash.
#[derive(Debug)]
pub struct Panel {
    _program: Program,
}

impl Panel {
    /// Starts the panel and waits for its tray.
    pub fn start(desktop: &Desktop) -> Result<Self, Error> {
        // The panel reads its configuration through this service only.
        let service = "org.xfce.Xfconf.service";
        let installed = std::path::Path::new("/usr/share/dbus-1/services").join(service);
        fs::copy(&installed, desktop.services().join(service))
            .map_err(|source| Error::File { path: installed, source })?;
        let _: () = zbus::blocking::fdo::DBusProxy::new(desktop.bus())?.reload_config()?;

        let folder = desktop.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
        private_folder(&folder)?;
        write(&folder.join("xfce4-panel.xml"), include_str!("xfce4-panel.xml"))?;
        // Without a window manager to wait for.
        let program = desktop.spawn(desktop.command("xfce4-panel").arg("--disable-wm-check"))?;
        desktop.wait_for_bus_name(WATCHER, PATIENCE)?;
        Ok(Self { _program: program })
    }
}
