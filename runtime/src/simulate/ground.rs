//! What a transaction is simulated on: the accounts and sysvars of the block that would come next.
//!
//! A [`Runtime`] between two blocks gives one, and so does a [`Simulator`](super::Simulator) beside it.

use super::run::SimulateError;
use crate::balances::Balances;
use crate::bug;
use crate::error::BlockError;
use crate::ledger::AccountStore;
use crate::ledger::sysvars::BlockSysvars;
use crate::runtime::Runtime;
use crate::schedule::Workers;
use sealane_vm::InstancePolicy;

/// What a transaction is simulated on.
#[derive(Clone, Debug)]
pub(super) struct Ground<'g> {
    pub(super) store: &'g dyn AccountStore,
    /// What runs it: programs count on a worker's large stack.
    pub(super) workers: &'g Workers,
    /// Those of the next block.
    pub(super) sysvars: BlockSysvars,
    pub(super) instances: InstancePolicy,
    pub(super) balances: Balances,
}

impl Runtime {
    /// The ledger as it is, for a block at `unix_time`.
    ///
    /// # Errors
    /// [`SimulateError::TimeRunsBackwards`].
    pub(super) fn ground(&self, unix_time: i64) -> Result<Ground<'_>, SimulateError> {
        self.check_bounds(unix_time, 1).map_err(|error| match error {
            BlockError::TimeRunsBackwards { unix_time, parent_unix_time } => {
                SimulateError::TimeRunsBackwards { unix_time, parent_unix_time }
            }
            other => bug!("a block of one transaction is within bounds, not: {other}"),
        })?;
        Ok(Ground {
            store: self.store(),
            workers: &self.workers,
            sysvars: self.next_sysvars(unix_time),
            instances: self.config().instances,
            balances: self.config().balances,
        })
    }
}
