//! Ports for nodes of tests.

use std::net::TcpListener;

/// The first of two free ports, one behind the other.
pub(crate) fn free_ports() -> u16 {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = first.local_addr().expect("it has an address").port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
    panic!("there are no two free ports side by side");
}
