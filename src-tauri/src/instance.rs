//! One running app a home: a second start brings up the first one's window.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use clap::Parser as _;
use gauge::home::{HOME_VARIABLE, Home};
use tauri::{Builder, Context, Wry};

use crate::Options;
use crate::windows::{self, WindowName};

/// Gives an app with a home of its own, or a demo, an identifier of its own, so that it runs beside the user's app.
pub(crate) fn name(context: &mut Context<Wry>, home: &Home, demo: bool) {
    let identifier = &mut context.config_mut().identifier;
    if demo {
        identifier.push_str(".Demo");
    } else if std::env::var_os(HOME_VARIABLE).is_some() {
        let mut hasher = DefaultHasher::new();
        // One home is one home, by whichever link it is reached.
        home.data().canonicalize().unwrap_or_else(|_| home.data().to_owned()).hash(&mut hasher);
        // A letter first: a part of a D-Bus name may not begin with a digit.
        *identifier = format!("{identifier}.H{:016x}", hasher.finish());
    }
}

/// Hands over to the app that runs already, if one does.
pub(crate) fn single(builder: Builder<Wry>, context: &Context<Wry>) -> Builder<Wry> {
    let plugin = tauri_plugin_single_instance::Builder::new()
        .dbus_id(context.config().identifier.clone())
        .callback(|handle, arguments, _| {
            let window = Options::try_parse_from(arguments).ok().and_then(|options| options.window);
            let handle = handle.clone();
            tauri::async_runtime::spawn(async move {
                if let Err(error) = windows::open(&handle, window.unwrap_or(WindowName::Popover), None) {
                    tracing::error!("the window could not be brought up: {error}");
                }
            });
        })
        .build();
    builder.plugin(plugin)
}
