//! `ed25519_verify`, `secp256k1_recover`: signatures a program checks itself.

use crate::host::state::{Host, serve};
use crate::{CallError, HostCall};
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};

/// Whether a signature is good, by the rule that transactions are checked by (ZIP-215): 1 if it is, else 0.
pub(crate) fn ed25519_verify(
    host: &mut Host<'_>,
    signature: u32,
    key: u32,
    message: u32,
    message_size: u32,
) -> Result<i32, CallError> {
    serve(host, HostCall::Ed25519Verify, message_size, |guest, _| {
        let signature = ed25519_zebra::Signature::from(guest.array::<64>(signature)?);
        let key = ed25519_zebra::VerificationKey::try_from(guest.array::<32>(key)?);
        let message = guest.bytes(message, message_size)?;
        let good = key.is_ok_and(|key| key.verify(&signature, message).is_ok());
        Ok(i32::from(good))
    })
}

/// Writes the 64 bytes of the key that made a signature over `hash` and answers 1; 0 if there is none.
pub(crate) fn secp256k1_recover(
    host: &mut Host<'_>,
    hash: u32,
    recovery_id: u32,
    signature: u32,
    out: u32,
) -> Result<i32, CallError> {
    serve(host, HostCall::Secp256k1Recover, 0, |guest, _| {
        let hash = guest.array::<32>(hash)?;
        let signature = guest.array::<64>(signature)?;
        guest.bytes(out, 64)?;
        let recovery_id = u8::try_from(recovery_id).ok().and_then(RecoveryId::from_byte);
        let Some(key) = recovery_id.and_then(|recovery_id| recover(&hash, recovery_id, &signature)) else {
            return Ok(0);
        };
        guest.bytes_mut(out, 64)?.copy_from_slice(&key);
        Ok(1)
    })
}

/// The key, without its tag, that made a signature.
pub(crate) fn recover(hash: &[u8; 32], recovery_id: RecoveryId, signature: &[u8; 64]) -> Option<[u8; 64]> {
    let signature = Signature::from_slice(signature).ok()?;
    let key = VerifyingKey::recover_from_prehash(hash, &signature, recovery_id).ok()?;
    // SEC 1: a tag byte, then x and y.
    key.to_sec1_point(false).as_bytes().get(1..)?.try_into().ok()
}
