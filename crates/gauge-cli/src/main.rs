//! `credit-gauge`: the command line.

fn main() {}
