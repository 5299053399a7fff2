//! What it means that no whole answer came.

use std::error::Error;
use std::io::{self, ErrorKind};

use crate::failure::{Failure, FailureKind};

/// Classifies an error that came before the answer's headers.
pub(super) fn no_answer(error: &reqwest::Error, seconds: u64) -> Failure {
    if let Some(tls) = tls_error(error) {
        return Failure::new(
            FailureKind::Tls,
            format!(
                "The connection could not be secured ({tls}). Check the clock of this computer, and whether a proxy or \
                 virus scanner reads along."
            ),
        );
    }
    if error.is_timeout() {
        return timeout(seconds);
    }
    if error.is_builder() {
        return Failure::new(
            FailureKind::Tls,
            "No secure connections can be made here: the system has no certificates. Install the package ca-certificates.",
        );
    }
    if error.is_dns() {
        return Failure::new(
            FailureKind::Offline,
            "The provider's name could not be looked up. Check the connection to the internet.",
        );
    }
    let is_http = causes(error)
        .find_map(|cause| cause.downcast_ref::<hyper::Error>())
        .is_some_and(hyper::Error::is_parse);
    if is_http {
        return Failure::new(
            FailureKind::UnexpectedResponse,
            "What answered is no web server. Check the account's base URL.",
        );
    }
    Failure::new(
        FailureKind::Offline,
        format!(
            "No connection to the provider could be made ({}). Check the connection to the internet.",
            reason(error)
        ),
    )
}

/// Classifies an error in the middle of the answer's body.
pub(super) fn broken_answer(error: &reqwest::Error, seconds: u64) -> Failure {
    if error.is_timeout() {
        return timeout(seconds);
    }
    // A connection that the network lost is worth another try; one that the server closed early is its answer.
    let lost = io_errors(error).any(|io| {
        matches!(
            io.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::NetworkDown
                | ErrorKind::NetworkUnreachable
                | ErrorKind::HostUnreachable
        )
    });
    if lost {
        Failure::new(
            FailureKind::Offline,
            "The connection was lost in the middle of the answer. It is made again by itself.",
        )
    } else {
        Failure::new(
            FailureKind::UnexpectedResponse,
            "The answer breaks off in the middle. If this stays, the provider or something on the way is broken.",
        )
    }
}

pub(super) fn timeout(seconds: u64) -> Failure {
    Failure::new(
        FailureKind::Timeout,
        format!("The provider did not answer within {seconds} s. It is asked again later by itself."),
    )
}

/// The error of the TLS library, without the names it knows.
fn tls_error(error: &reqwest::Error) -> Option<String> {
    causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()).map(|error| match error {
        rustls::Error::InvalidCertificate(_) => "its certificate is not trusted".to_owned(),
        rustls::Error::InvalidMessage(_) => "what answers does not speak TLS".to_owned(),
        _ => "the handshake failed".to_owned(),
    })
}

fn reason(error: &reqwest::Error) -> String {
    match io_errors(error).last().map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => "it was refused".to_owned(),
        Some(
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof,
        ) => "it was cut off".to_owned(),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown) => {
            "there is no way to it".to_owned()
        }
        _ => "it was cut off or never made".to_owned(),
    }
}

fn io_errors(error: &reqwest::Error) -> impl Iterator<Item = &io::Error> {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>())
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: Option<&(dyn Error + 'static)> = error.source();
    std::iter::successors(first, |cause| {
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            // An `io::Error` leaves out the error that it holds when asked for its source.
            Some(held) => Some(held),
            None => (*cause).source(),
        }
    })
}
