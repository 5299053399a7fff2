//! Whether this machine has a way to the outside, and whether that way has changed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The addresses this machine would send from. They change when a network comes, goes or is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Route {
    v4: Option<IpAddr>,
    v6: Option<IpAddr>,
}

impl Route {
    /// Asks the system's routing table. Connecting a UDP socket sends nothing.
    pub(super) fn now() -> Self {
        // Addresses set aside for documentation (RFC 5737 and RFC 3849): outside every local network.
        Self {
            v4: source_towards(Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
            v6: source_towards(
                Ipv6Addr::UNSPECIFIED.into(),
                Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
            ),
        }
    }

    /// Whether this route may work where the one before did not.
    pub(super) fn is_better_chance_than(self, before: Self) -> bool {
        self != before && self != Self::default()
    }
}

fn source_towards(local: IpAddr, remote: IpAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind(SocketAddr::new(local, 0)).ok()?;
    socket.connect(SocketAddr::new(remote, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
