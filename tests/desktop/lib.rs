//! A private desktop to run the real programs in.
