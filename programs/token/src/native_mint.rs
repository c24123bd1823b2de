//! The mint whose tokens are lamports.

sealane_sdk::declare_id!("So11111111111111111111111111111111111111112");

/// Its decimals: a SOL is 10^9 lamports.
pub const DECIMALS: u8 = 9;
