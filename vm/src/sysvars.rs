//! The sysvars of one block, as programs read them: Solana's layouts, made once a block by the runtime.

use sealane_sdk::abi::SysvarId;

pub use sealane_sdk::guest::sysvar::Clock;

/// All sysvars of a block but the instructions, which are the transaction's own.
#[derive(Clone, Debug, Default)]
pub struct Sysvars {
    /// The clock, also in bytes below.
    pub clock: Clock,
    /// The blockhash that durable nonces advance to in this block, see the system program.
    pub durable_nonce_blockhash: [u8; 32],
    /// The 40 bytes of `clock`.
    pub clock_bytes: Vec<u8>,
    /// 17 bytes: lamports per byte-year u64, exemption threshold f64, burn percent u8.
    pub rent_bytes: Vec<u8>,
    /// u64 count, then (hash, lamports per signature u64) each, newest first.
    pub recent_blockhashes_bytes: Vec<u8>,
    /// u64 count, then (slot u64, hash) each, newest first.
    pub slot_hashes_bytes: Vec<u8>,
}

impl Sysvars {
    /// The bytes of one sysvar; `None` for the instructions sysvar, which belongs to the transaction.
    #[must_use]
    pub fn bytes(&self, id: SysvarId) -> Option<&[u8]> {
        match id {
            SysvarId::Clock => Some(&self.clock_bytes),
            SysvarId::Rent => Some(&self.rent_bytes),
            SysvarId::RecentBlockhashes => Some(&self.recent_blockhashes_bytes),
            SysvarId::SlotHashes => Some(&self.slot_hashes_bytes),
            SysvarId::Instructions => None,
        }
    }
}
