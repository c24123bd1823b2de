//! The version of a transaction's message, and, for version 1, what it asks for, and the many accounts it may name.

use super::block::{Draft, Maker};
use crate::programs::{PROBE, probe};
use crate::user::{MessageVersion, usual_config};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sealane_probe::Script;
use sealane_sdk::Address;
use sealane_sdk::instruction::AccountMeta;
use solana_message::v1::TransactionConfig;

/// Which versions a generator's transactions have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// Half legacy, half version 0: the blocks of a seed are those that they were before there was version 1.
    LegacyAndV0,
    /// A third version 1, the rest as above.
    All,
}

/// Of a hundred version-1 transactions, those that name more accounts than fit into another version.
const WIDE_PERCENT: u8 = 20;
/// Most accounts added to make a transaction wide: with those that it has, some go beyond the 64 there may be.
const MAX_WIDE_ACCOUNTS: usize = 56;

/// A version for the draft, which is widened if the version gives it room.
pub(super) fn choose(versions: Versions, maker: &mut Maker<'_>, draft: &mut Draft) -> MessageVersion {
    let version = if maker.random.random_bool(0.5) { MessageVersion::Legacy } else { MessageVersion::V0 };
    if versions == Versions::LegacyAndV0 || !maker.chance(33) {
        return version;
    }
    let config = config(maker.random, usual_config(&draft.instructions));
    if maker.chance(WIDE_PERCENT) {
        widen(maker, draft);
    }
    MessageVersion::V1(config)
}

/// Mostly what another version would grant, with a fee or a heap; sometimes less, or nothing, of one thing.
fn config(random: &mut ChaCha8Rng, usual: TransactionConfig) -> TransactionConfig {
    let mut config = usual;
    if random.random_bool(0.5) {
        config.priority_fee = Some(random.random_range(0..200_000));
    }
    if random.random_bool(0.3) {
        config.heap_size = Some(random.random_range(32..=256) * 1_024);
    }
    match random.random_range(0..20) {
        0 => config.compute_unit_limit = None,
        1 => config.compute_unit_limit = Some(random.random_range(0..5_000)),
        2 => config.loaded_accounts_data_size_limit = None,
        3 => config.loaded_accounts_data_size_limit = Some(random.random_range(0..400_000)),
        _ => {}
    }
    config
}

/// Adds a call of the probe that writes some cells and names many accounts beside, most of which are not there.
fn widen(maker: &mut Maker<'_>, draft: &mut Draft) {
    let first = maker.cell_of(&PROBE);
    let mut accounts = vec![AccountMeta::new(first, false)];
    let count = maker.random.random_range(36..=MAX_WIDE_ACCOUNTS);
    while accounts.len() < count {
        accounts.push(match maker.random.random_range(0..4) {
            0 => AccountMeta::new(maker.cell(), false),
            1 => AccountMeta::new_readonly(maker.user().address, false),
            _ => AccountMeta::new_readonly(Address::new_from_array(maker.random.random()), false),
        });
    }
    let script = Script::new().multiply_add(0, 0, maker.random.random::<u64>() | 1, maker.random.random());
    draft.instructions.push(probe(accounts, script));
}
