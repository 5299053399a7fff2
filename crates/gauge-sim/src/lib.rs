//! Simulated providers on loopback, for demo mode, tests and benchmarks.
