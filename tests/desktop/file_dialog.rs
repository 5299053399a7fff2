use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::{Desktop, Error, PATIENCE, eventually};

/// GTK's window in which a program has the user choose a file.
#[derive(Debug)]
pub struct FileDialog<'a> {
    desktop: &'a Desktop,
    title: String,
}

impl<'a> FileDialog<'a> {
    /// Waits for the window with this title, and gives it the keyboard: no window manager does here.
    pub fn wait(desktop: &'a Desktop, title: &str) -> Result<Self, Error> {
        let search = ["search", "--sync", "--onlyvisible", "--name", &format!("^{title}$")];
        let dialog = Self { desktop, title: title.to_owned() };
        dialog.xdotool(|command| command.args(search).args(["windowfocus", "--sync"]))?;
        Ok(dialog)
    }

    /// Chooses this file, whether it is there already or not.
    pub fn choose(self, file: &Path) -> Result<(), Error> {
        // Has it take a whole path, in place of what it proposes.
        self.xdotool(|command| command.args(["key", "ctrl+l", "ctrl+a"]))?;
        self.xdotool(|command| command.args(["type", "--delay", "5"]).arg(file))?;
        // It is deaf to the key while it looks into the folder.
        eventually(&format!("{:?} to take {}", self.title, file.display()), PATIENCE, || {
            self.xdotool(|command| command.args(["key", "Return"])).ok()?;
            self.wait_for_its_end(Duration::from_secs(2)).ok()
        })
    }

    /// Closes it without choosing.
    pub fn cancel(self) -> Result<(), Error> {
        self.xdotool(|command| command.args(["key", "Escape"]))?;
        self.wait_for_its_end(PATIENCE)
    }

    fn wait_for_its_end(&self, within: Duration) -> Result<(), Error> {
        eventually(&format!("{:?} to close", self.title), within, || {
            (!self.desktop.windows().ok()?.contains(&self.title)).then_some(())
        })
    }

    fn xdotool(&self, with: impl FnOnce(&mut Command) -> &mut Command) -> Result<(), Error> {
        self.desktop.run(with(&mut self.desktop.command("xdotool"))).map(drop)
    }
}
