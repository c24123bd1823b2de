//! Where a transaction's compute units go, function by function.
//!
//! It is simulated twice: in the plain way, and with programs that tell of their functions. Both must come to the same receipt,
//! and the profile's sum is what that says was consumed; or there is no profile.

use super::run::{Sandbox, SimulateError, SimulateOptions, Simulation};
use crate::bug;
use crate::execute::programs::Programs;
use crate::ingest::SanitizedTransaction;
use crate::runtime::Runtime;
use sealane_vm::{Profile, ProfileMismatch, Profiler};

/// What a transaction would do, and where its units would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profiled {
    /// What it would do.
    pub simulation: Simulation,
    /// Its units by function.
    pub profile: Profile,
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The transaction cannot be simulated.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// The profiler is wrong: it recorded other units than were charged.
    #[error("the profiler is wrong: {0}")]
    Mismatch(#[from] ProfileMismatch),
    /// The profiler is wrong: under it, the transaction does something else.
    #[error(
        "the profiler is wrong: under it the transaction consumes {profiled_units} units, and {plain_units} without it"
    )]
    Differs {
        /// Units consumed under the profiler.
        profiled_units: u64,
        /// Units consumed without it.
        plain_units: u64,
    },
}

impl Runtime {
    /// Simulates the transaction in `bytes`, and finds out where its units go. The ledger stays as it is.
    ///
    /// # Errors
    /// [`ProfileError::Simulate`] as for [`Runtime::simulate`]; anything else is a bug of the profiler's.
    pub fn profile(
        &self,
        profiler: &Profiler,
        bytes: &[u8],
        options: SimulateOptions,
    ) -> Result<Profiled, ProfileError> {
        let simulation = self.simulate(bytes, options)?;
        let (telling, profile) = bug::caught(|| {
            let programs = Programs::compiled_by(profiler.programs());
            let mut sandbox = Sandbox::new(self.ground(options.unix_time)?)?.with_programs(programs);
            profiler.begin();
            let check = |transaction: &SanitizedTransaction<'_>| self.replay.check(transaction);
            let telling = sandbox.run_checked(bytes, options, &self.keys, check)?;
            let address = |index: u16| telling.keys.get(usize::from(index)).copied().unwrap_or_default();
            let profile = profiler.finish(sandbox.trace(), |entry| address(entry.program_index));
            Ok::<_, SimulateError>((telling, profile))
        })?;
        let profile = profile?;
        let plain_units = simulation.receipt.body.units_consumed;
        let same = telling.receipt.body == simulation.receipt.body && telling.changes == simulation.changes;
        if !same || profile.total_units() != plain_units {
            let profiled_units = telling.receipt.body.units_consumed;
            return Err(ProfileError::Differs { profiled_units, plain_units });
        }
        Ok(Profiled { simulation, profile })
    }
}
