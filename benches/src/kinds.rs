//! The kinds of workloads there are, by name.

use crate::dex::Swaps;
use crate::lending::Lending;
use crate::orderbook::Orders;
use crate::traffic::{Traffic, generate};
use crate::transfer::Transfers;
use crate::workload::{Workload, WorkloadOptions};
use sealane_runtime::RuntimeConfig;

/// A kind of workload that is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Users send each other tokens of one mint.
    Transfer,
    /// Swaps and liquidity in constant-product pools.
    Dex,
    /// Orders on limit order books.
    Orderbook,
    /// Deposits, borrows, oracle updates, liquidations.
    Lending,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Transfer, Self::Dex, Self::Orderbook, Self::Lending];

    /// Its name, as the command line knows it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Dex => "dex",
            Self::Orderbook => "orderbook",
            Self::Lending => "lending",
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
            Self::Dex => Box::new(Swaps::new(options)?),
            Self::Orderbook => Box::new(Orders::new(options)?),
            Self::Lending => Box::new(Lending::new(options)?),
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
