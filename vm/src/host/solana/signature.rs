//! `sol_secp256k1_recover`: the key that made a signature of Ethereum's kind.

use super::SUCCESS;
use crate::host::signature::recover;
use crate::host::state::{Host, serve};
use crate::{CallError, HostCall};
use k256::ecdsa::RecoveryId;

/// What Solana answers for a recovery id that is none.
const INVALID_RECOVERY_ID: i64 = 2;
/// What Solana answers for a signature that no key can have made.
const INVALID_SIGNATURE: i64 = 3;

/// Writes the 64 bytes of the key that made a signature over `hash`.
pub(super) fn secp256k1_recover(
    host: &mut Host<'_>,
    hash: u32,
    recovery_id: u64,
    signature: u32,
    out: u32,
) -> Result<i64, CallError> {
    serve(host, HostCall::SolSecp256k1Recover, 0, |guest, _| {
        let hash = guest.array::<32>(hash)?;
        let signature = guest.array::<64>(signature)?;
        guest.bytes(out, 64)?;
        let Some(recovery_id) = u8::try_from(recovery_id).ok().and_then(RecoveryId::from_byte) else {
            return Ok(INVALID_RECOVERY_ID);
        };
        let Some(key) = recover(&hash, recovery_id, &signature) else {
            return Ok(INVALID_SIGNATURE);
        };
        guest.bytes_mut(out, 64)?.copy_from_slice(&key);
        Ok(SUCCESS)
    })
}
