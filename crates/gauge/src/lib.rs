//! Reads how much prepaid API credit is left.
