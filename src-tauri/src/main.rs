//! `credit-gauge-tray`: the desktop app.

fn main() {}
