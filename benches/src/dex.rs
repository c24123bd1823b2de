//! The `dex` workload: swaps in constant-product pools, some more popular than others.

use crate::traffic::{Plan, Traffic, Turn};
use crate::workload::{Labels, WorkloadOptions};
use rand_chacha::ChaCha8Rng;
use sealane_runtime::ledger::Genesis;

/// The traffic.
#[derive(Debug)]
pub struct Swaps {}

impl Swaps {
    /// The traffic of these options.
    ///
    /// # Errors
    /// If the options do not make a world.
    pub fn new(_options: &WorkloadOptions) -> anyhow::Result<Self> {
        anyhow::bail!("not there yet")
    }
}

impl Traffic for Swaps {
    fn furnish(&self, _genesis: &mut Genesis, _labels: &mut Labels) {}

    fn next(&mut self, _turn: Turn, _random: &mut ChaCha8Rng) -> Plan {
        unreachable!("cannot be made yet")
    }
}
