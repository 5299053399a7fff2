//! `cargo xtask`: set-up, run, test and checks.

fn main() {}
