//! The kinds of workloads there are, by name.

use crate::traffic::{Traffic, generate};
use crate::transfer::Transfers;
use crate::workload::{Workload, WorkloadOptions};
use sealane_runtime::RuntimeConfig;

/// A kind of workload that is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Users send each other tokens of one mint.
    Transfer,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Transfer];

    /// Its name, as the command line knows it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its traffic.
    ///
    /// # Errors
    /// If the options do not make a world.
    pub fn traffic(self, options: &WorkloadOptions) -> anyhow::Result<Box<dyn Traffic>> {
        Ok(match self {
            Self::Transfer => Box::new(Transfers::new(options)?),
        })
    }

    /// Makes the workload; `progress` is told after each signed transaction.
    ///
    /// # Errors
    /// If the options do not make a world, or the genesis cannot be loaded.
    pub fn workload(
        self,
        options: &WorkloadOptions,
        config: &RuntimeConfig,
        progress: &(impl Fn() + Sync),
    ) -> anyhow::Result<Workload> {
        generate(self.name(), self.traffic(options)?, options, config, progress)
    }
}
