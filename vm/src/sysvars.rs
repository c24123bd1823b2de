//! The sysvars of one block, as programs read them: Solana's layouts, made once a block by the runtime.

use sealane_sdk::abi::SysvarId;

/// The time of a block. Bytes: slot u64, epoch start time i64, epoch u64, leader schedule epoch u64, unix time i64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Number of the block (a slot holds one block here).
    pub slot: u64,
    /// Unix time in seconds at which the epoch began.
    pub epoch_start_timestamp: i64,
    /// Number of the epoch.
    pub epoch: u64,
    /// Epoch for which the leader schedule is known.
    pub leader_schedule_epoch: u64,
    /// Unix time of the block in seconds.
    pub unix_timestamp: i64,
}

impl Clock {
    /// The 40 bytes of the clock sysvar.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 40] {
        let mut bytes = [0; 40];
        bytes[0..8].copy_from_slice(&self.slot.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.epoch_start_timestamp.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.epoch.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.leader_schedule_epoch.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.unix_timestamp.to_le_bytes());
        bytes
    }
}

/// All sysvars of a block but the instructions, which are the transaction's own.
#[derive(Clone, Debug, Default)]
pub struct Sysvars {
    /// The clock, also in bytes below.
    pub clock: Clock,
    /// The blockhash that durable nonces advance to in this block, see the system program.
    pub durable_nonce_blockhash: [u8; 32],
    /// 40 bytes, [`Clock::to_bytes`].
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
