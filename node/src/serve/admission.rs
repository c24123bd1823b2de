//! How many connections there are, in all and from each address: who comes to the door asks here, and is counted until it leaves.

use super::config::Limits;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use tokio::sync::Notify;

/// Counts connections.
#[derive(Debug)]
pub(super) struct Admission {
    total_limit: usize,
    address_limit: usize,
    counts: Mutex<Counts>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_address: BTreeMap<IpAddr, usize>,
}

/// Stands for one connection that is counted; dropping it counts it off.
#[derive(Debug)]
pub(super) struct Permit {
    admission: Arc<Admission>,
    address: IpAddr,
}

impl Admission {
    /// Nobody is here yet.
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            total_limit: limits.connection_count,
            address_limit: limits.connections_an_address_count,
            counts: Mutex::default(),
            left: Notify::new(),
        })
    }

    /// Counts a connection from `address`; `None` if there are too many.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Arc<Permit>> {
        let address = network(address);
        let mut counts = self.counts.lock();
        if counts.total >= self.total_limit {
            return None;
        }
        let from_there = counts.by_address.entry(address).or_default();
        if *from_there >= self.address_limit {
            return None;
        }
        *from_there += 1;
        counts.total += 1;
        Some(Arc::new(Permit { admission: Arc::clone(self), address }))
    }

    /// Connections now.
    pub(super) fn count(&self) -> usize {
        self.counts.lock().total
    }

    /// Waits until nobody is here.
    pub(super) async fn until_empty(&self) {
        loop {
            let left = self.left.notified();
            if self.count() == 0 {
                return;
            }
            left.await;
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.admission.counts.lock();
        counts.total -= 1;
        if let Some(from_there) = counts.by_address.get_mut(&self.address) {
            *from_there -= 1;
            if *from_there == 0 {
                counts.by_address.remove(&self.address);
            }
        }
        drop(counts);
        self.admission.left.notify_waiters();
    }
}

/// What counts as one address: whoever has an IPv6 network has 2⁶⁴ addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_counted_in_all_and_by_address_until_they_leave() {
        let limits = Limits { connection_count: 3, connections_an_address_count: 2, ..Limits::default() };
        let admission = Admission::new(&limits);
        let address = |text: &str| text.parse::<IpAddr>().expect("it is an address");
        let first = admission.admit(address("10.0.0.1"));
        let second = admission.admit(address("::ffff:10.0.0.1"));
        assert!(first.is_some() && second.is_some());
        assert!(admission.admit(address("10.0.0.1")).is_none(), "the address has its two");
        let third = admission.admit(address("2001:db8::1"));
        assert!(third.is_some());
        assert!(admission.admit(address("10.0.0.2")).is_none(), "there are three");
        drop(first);
        let fourth = admission.admit(address("2001:db8::ffff:2"));
        assert!(fourth.is_some());
        drop(second);
        assert!(admission.admit(address("2001:db8::3")).is_none(), "a network counts as one address");
        drop((third, fourth));
        assert_eq!(admission.count(), 0);
        assert!(admission.counts.lock().by_address.is_empty());
    }
}
