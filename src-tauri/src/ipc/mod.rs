//! The commands that the windows call. Thin: each hands over to the library or to the app's own modules.

pub(crate) mod about;
pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod pages;
pub(crate) mod settings;
pub(crate) mod status;
