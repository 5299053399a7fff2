//! The user's preferences, in `settings.json`.

use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::alert::{QuietHours, Rule};
use crate::home;
use crate::hook::Hook;
use crate::summary::Schedule;

/// How many hooks there may be.
const MOST_HOOKS: usize = 10;

/// What the user prefers. A key that is missing from the file has its default; one that the app does not know is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Settings {
    /// Seconds between two questions to a provider, where its definition allows that many; 60 to 86,400.
    pub poll_interval_seconds: u32,
    /// The alert rules of meters that have none of their own.
    pub rules: Vec<Rule>,
    /// When only what is critical is told; the rest is told together after.
    pub quiet_hours: Option<QuietHours>,
    /// Whether it is told when credit was added, or an allowance came back that had been low.
    pub good_news: bool,
    /// When it is summed up what was spent.
    pub summary: Schedule,
    /// What else hears of alerts; 10 at most.
    pub hooks: Vec<Hook>,
    /// Whether all polling and all alerts are paused.
    pub paused: bool,
    /// Light or dark windows.
    pub theme: Theme,
    /// How the tray icon is drawn.
    pub tray_style: TrayStyle,
    /// Whether the app starts when the user logs in.
    pub launch_at_login: bool,
    /// Which window opens at start.
    pub open_at_start: StartWindow,
}

/// Light or dark windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    /// As the desktop.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How the tray icon is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TrayStyle {
    /// The level's colour and shape.
    #[default]
    Colour,
    /// The shape alone, for panels whose icons are all of one colour.
    Monochrome,
}

/// Which window opens at start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StartWindow {
    /// None: the app waits in the tray.
    #[default]
    None,
    /// The details.
    Popover,
    /// The settings.
    Settings,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file could not be read or written.
    #[error("the settings file {path} cannot be used: {source}. Check its permissions and the disk")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds no settings.
    #[error("the settings file is not valid: {0}")]
    Damaged(serde_json::Error),
    /// A value is out of its bounds.
    #[error("the settings file is not valid: {0}")]
    OutOfBounds(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            poll_interval_seconds: 300,
            rules: Rule::defaults(),
            quiet_hours: None,
            good_news: true,
            summary: Schedule::default(),
            hooks: Vec::new(),
            paused: false,
            theme: Theme::default(),
            tray_style: TrayStyle::default(),
            launch_at_login: false,
            open_at_start: StartWindow::default(),
        }
    }
}

impl Settings {
    /// Reads the file; without one, the defaults.
    ///
    /// # Errors
    /// When the file cannot be read, holds no settings, or a value is out of its bounds.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        match fs::read(path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(SettingsError::File { path: path.display().to_string(), source }),
        }
    }

    /// Reads settings from their JSON text.
    ///
    /// # Errors
    /// When the text holds no settings, or a value is out of its bounds.
    pub fn parse(text: &[u8]) -> Result<Self, SettingsError> {
        // By way of an object: a list would do for a struct, and an empty one for all defaults.
        let object: Map<String, Value> = serde_json::from_slice(text).map_err(SettingsError::Damaged)?;
        serde_json::from_value::<Self>(object.into()).map_err(SettingsError::Damaged)?.checked()
    }

    /// The settings, if every value is within its bounds.
    ///
    /// # Errors
    /// [`SettingsError::OutOfBounds`], naming the value and its bounds.
    pub fn checked(self) -> Result<Self, SettingsError> {
        if !(60..=86_400).contains(&self.poll_interval_seconds) {
            return Err(SettingsError::OutOfBounds(format!(
                "poll_interval_seconds is {}, and must be from 60 (a minute) to 86400 (a day)",
                self.poll_interval_seconds
            )));
        }
        if self.rules.len() > 20 {
            return Err(SettingsError::OutOfBounds("there are more than 20 default alert rules".into()));
        }
        if self.hooks.len() > MOST_HOOKS {
            return Err(SettingsError::OutOfBounds(format!("there are more than {MOST_HOOKS} hooks")));
        }
        for (place, hook) in self.hooks.iter().enumerate() {
            hook.check().map_err(|mistake| SettingsError::OutOfBounds(mistake.to_string()))?;
            if self.hooks[..place].iter().any(|other| other.name == hook.name) {
                let name = &hook.name;
                return Err(SettingsError::OutOfBounds(format!("there are two hooks named “{name}”")));
            }
        }
        Ok(self)
    }

    /// Reads the file for a program that starts: a damaged one is set aside and the defaults hold, with a notice that
    /// says so and where the old file lies.
    ///
    /// # Errors
    /// When the file cannot be read or moved.
    pub fn load(path: &Path, now: Timestamp) -> Result<(Self, Option<String>), SettingsError> {
        match Self::read(path) {
            Ok(settings) => Ok((settings, None)),
            Err(error @ SettingsError::File { .. }) => Err(error),
            Err(damage) => {
                let aside = home::set_aside(path, now)
                    .map_err(|source| SettingsError::File { path: path.display().to_string(), source })?;
                let notice =
                    format!("{damage}. The defaults hold; the old file is kept as {}", aside.display());
                Ok((Self::default(), Some(notice)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_written_file_may_hold_less_and_more() {
        let settings = Settings::parse(br#"{"poll_interval_seconds":600,"mine":1}"#).unwrap();
        assert_eq!(settings, Settings { poll_interval_seconds: 600, ..Settings::default() });
    }

    #[test]
    fn a_damaged_file_is_set_aside_with_a_notice_and_the_defaults_hold() {
        for damage in [
            "{\"rules\": [",
            "[]",
            "{\"poll_interval_seconds\": 1}",
            "{\"rules\":[{\"below\":\"ten\",\"severity\":\"warning\"}]}",
            "{\"quiet_hours\": {\"from\": \"late\", \"until\": \"07:00\"}}",
            "{\"hooks\": [{\"name\": \"a\", \"to\": {\"url\": \"http://example.com\"}}]}",
            "{\"hooks\": [{\"name\": \"a\", \"to\": {\"command\": [\"a\"]}}, {\"name\": \"a\", \"to\": {\"command\": [\"b\"]}}]}",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("settings.json");
            fs::write(&file, damage).unwrap();
            let (settings, notice) = Settings::load(&file, Timestamp::now()).unwrap();
            assert_eq!(settings, Settings::default());
            assert!(!file.exists());
            let kept = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
            assert_eq!(fs::read_to_string(&kept).unwrap(), damage);
            assert!(notice.unwrap().contains(kept.to_str().unwrap()));
        }
    }

    #[test]
    fn without_a_file_the_defaults_hold_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, notice) =
            Settings::load(&folder.path().join("settings.json"), Timestamp::now()).unwrap();
        assert_eq!((settings, notice), (Settings::default(), None));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
