//! The files that a person edits by hand: settings and provider definitions, read again when they change.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::home::{self, Home};
use crate::provider::Catalogue;
use crate::settings::{Settings, SettingsError};

#[derive(Debug)]
pub(super) struct Files {
    pub(super) settings: watch::Sender<Arc<Settings>>,
    pub(super) catalogue: Arc<Catalogue>,
    stamp: Stamp,
    /// How many settings files were ever set aside.
    set_aside: usize,
    settings_problem: Option<String>,
    definition_problems: Vec<String>,
}

impl Files {
    pub(super) fn load(home: &Home, now: Timestamp) -> Result<(Self, Option<String>), SettingsError> {
        let (settings, notice) = Settings::load(&home.settings_file(), now)?;
        let (catalogue, problems) = Catalogue::load(&home.providers_folder());
        let files = Self {
            settings: watch::Sender::new(Arc::new(settings)),
            catalogue: Arc::new(catalogue),
            stamp: Stamp::of(home),
            set_aside: home::set_aside_before(&home.settings_file()),
            settings_problem: None,
            definition_problems: problems.iter().map(ToString::to_string).collect(),
        };
        Ok((files, notice))
    }

    /// Reads again what has changed. Settings that are not valid, perhaps half typed, leave the old ones in force, and so
    /// does a file that another program has set aside since.
    pub(super) fn reload(&mut self, home: &Home) -> bool {
        let stamp = Stamp::of(home);
        if stamp == self.stamp {
            return false;
        }
        self.stamp = stamp;
        let set_aside = home::set_aside_before(&home.settings_file());
        let is_set_aside =
            set_aside > std::mem::replace(&mut self.set_aside, set_aside) && !home.settings_file().exists();
        match Settings::read(&home.settings_file()) {
            Ok(_) if is_set_aside => {
                self.settings_problem = Some(
                    "The settings file was not valid and was set aside, beside its place under a name with its date. \
                     Until there is another, or Credit Gauge is started anew, the settings from before hold"
                        .into(),
                );
            }
            Ok(settings) => {
                self.settings.send_if_modified(|last| {
                    let is_news = **last != settings;
                    *last = Arc::new(settings);
                    is_news
                });
                self.settings_problem = None;
            }
            Err(error) => {
                self.settings_problem =
                    Some(format!("{error}. Until it is mended, the settings from before hold"));
            }
        }
        let (catalogue, problems) = Catalogue::load(&home.providers_folder());
        self.catalogue = Arc::new(catalogue);
        self.definition_problems = problems.iter().map(ToString::to_string).collect();
        true
    }

    pub(super) fn notices(&self) -> impl Iterator<Item = String> {
        self.settings_problem.iter().chain(&self.definition_problems).cloned()
    }
}

/// What tells a changed file from an unchanged one, without reading it: its name, its time and its length.
#[derive(Debug, PartialEq, Eq)]
struct Stamp(Vec<(String, Option<SystemTime>, u64)>);

impl Stamp {
    fn of(home: &Home) -> Self {
        let mut files = vec![stamp(&home.settings_file())];
        let definitions = fs::read_dir(home.providers_folder()).into_iter().flatten().flatten();
        files.extend(definitions.map(|entry| stamp(&entry.path())));
        files.sort();
        Self(files)
    }
}

fn stamp(path: &Path) -> (String, Option<SystemTime>, u64) {
    let metadata = fs::metadata(path).ok();
    let changed = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
    (path.display().to_string(), changed, metadata.map_or(0, |metadata| metadata.len()))
}
