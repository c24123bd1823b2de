//! Random scripts for the probe: what a program might do, and what it must not.

use super::world::{CELL_SIZE_BYTES, Vault};
use crate::programs::{PROBE, TWIN};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sealane_probe::{ACCOUNT_SIGNER, ACCOUNT_WRITABLE, RawCall, Script};
use sealane_sdk::Address;
use sealane_sdk::abi::SysvarId;
use sealane_sdk::instruction::AccountMeta;
use solana_system_interface::instruction as system;

/// Where a script finds whom in its account list: the payer first, then cells, a vault, the probe, its twin and the
/// system program.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    /// For nested calls: every account with all it may be.
    flags: Vec<(u8, u8)>,
    cell_count: u8,
    vault: Vault,
    vault_transfer_to: Address,
}

const PAYER: u8 = 0;
/// Size of a cell as scripts count.
const CELL_END: u32 = 64;
const _: () = assert!(CELL_END as usize == CELL_SIZE_BYTES);

impl Cast {
    pub(super) fn new(accounts: &[AccountMeta], cell_count: u8, vault: Vault) -> Self {
        let flags = (0_u8..).zip(accounts).map(|(position, account)| {
            let signer = if account.is_signer { ACCOUNT_SIGNER } else { 0 };
            (position, signer | if account.is_writable { ACCOUNT_WRITABLE } else { 0 })
        });
        let vault_transfer_to = accounts[usize::from(PAYER)].pubkey;
        Self { flags: flags.collect(), cell_count, vault, vault_transfer_to }
    }

    fn cell(&self, random: &mut ChaCha8Rng) -> u8 {
        1 + random.random_range(0..self.cell_count)
    }

    const fn vault(&self) -> u8 {
        1 + self.cell_count
    }

    const fn probe(&self) -> u8 {
        2 + self.cell_count
    }

    const fn twin(&self) -> u8 {
        3 + self.cell_count
    }

    const fn system(&self) -> u8 {
        4 + self.cell_count
    }
}

/// A script of a few operations for `owner`, the program that the cells belong to, with calls nested `depth` deep.
pub(super) fn random_script(random: &mut ChaCha8Rng, cast: &Cast, owner: &Address, depth: usize) -> Script {
    level(random, cast, owner, owner, depth)
}

fn level(random: &mut ChaCha8Rng, cast: &Cast, owner: &Address, runs: &Address, depth: usize) -> Script {
    let mut script = Script::new();
    for _ in 0..random.random_range(1..4) {
        script = add_any(random, cast, owner == runs, script);
    }
    if depth > 0 {
        // Back into a program that waits is refused; so mostly the running one, or the other for the first time.
        let other = if *runs == PROBE { TWIN } else { PROBE };
        let next = if random.random_range(0..100) < 75 { *runs } else { other };
        let nested = level(random, cast, owner, &next, depth - 1).into_bytes();
        let position = if next == PROBE { cast.probe() } else { cast.twin() };
        script = script.invoke(position, &cast.flags, &nested, &[]);
        script = add_any(random, cast, owner == runs, script);
    }
    script
}

fn add_any(random: &mut ChaCha8Rng, cast: &Cast, owns: bool, script: Script) -> Script {
    match random.random_range(0..100) {
        0..4 => add_bad(random, cast, script),
        4..8 => vault_transfer(random, cast, script),
        8..60 if owns => add_change(random, cast, script),
        _ => add_look(random, cast, script),
    }
}

/// What changes cells.
fn add_change(random: &mut ChaCha8Rng, cast: &Cast, script: Script) -> Script {
    let (cell, other) = (cast.cell(random), cast.cell(random));
    let offset = random.random_range(0..CELL_END - 8);
    match random.random_range(0..9) {
        0..=3 => script.multiply_add(cell, offset, random.random::<u64>() | 1, random.random()),
        4 => script.copy_data(cell, offset, other, random.random_range(0..CELL_END - 8), 8),
        5 => script.write_data(cell, offset, &random.random::<[u8; 4]>()),
        6 => script.move_lamports(cell, other, random.random_range(0..500)),
        7 => script.move_lamports(cell, PAYER, random.random_range(0..500)),
        _ => script.resize(cell, random.random_range(CELL_END..CELL_END + 40)),
    }
}

/// What only looks, or touches the program's own memory.
fn add_look(random: &mut ChaCha8Rng, cast: &Cast, script: Script) -> Script {
    let cell = cast.cell(random);
    let offset = random.random_range(0..CELL_END - 8);
    match random.random_range(0..7) {
        0 => script.read_data(cell, offset, 8),
        1 => script.log(format!("at {offset}")).count_calls(),
        2 => script.relay_return_data(16),
        3 => script.remaining_units(),
        4 => script.read_sysvar(SysvarId::Clock, 0, 40),
        5 => script.grow_memory(random.random_range(0..3)).allocate(random.random_range(0..4_000)),
        _ => script.burn(random.random_range(0..2_000)).inspect(cell),
    }
}

fn vault_transfer(random: &mut ChaCha8Rng, cast: &Cast, script: Script) -> Script {
    let Vault { address, number, bump } = cast.vault;
    let transfer = system::transfer(&address, &cast.vault_transfer_to, random.random_range(0..10_000));
    let accounts = [(cast.vault(), ACCOUNT_SIGNER | ACCOUNT_WRITABLE), (PAYER, ACCOUNT_WRITABLE)];
    script.invoke(cast.system(), &accounts, &transfer.data, &[&[b"vault", &[number], &[bump]]])
}

fn add_bad(random: &mut ChaCha8Rng, cast: &Cast, script: Script) -> Script {
    let cell = cast.cell(random);
    match random.random_range(0..17) {
        0 => script.unreachable(),
        1 => script.panic("as the script says"),
        2 => script.return_code(random.random()),
        3 => script.burn(1 << 40),
        4 => script.recurse(1 << 30),
        5 => script.write_data(cast.vault(), 0, b"not mine"),
        6 => script.set_lamports(PAYER, 1),
        7 => script.set_lamports(cell, random.random_range(0..1 << 40)),
        8 => script.assign(cell, &TWIN),
        9 => script.resize(cell, 1 << random.random_range(8..24)),
        10 => script.expect_data(cell, 0, b"unlikely"),
        11 => script.write_data(200, 0, b"nobody"),
        12 => script.invoke(cast.probe(), &[(cast.vault(), ACCOUNT_SIGNER)], &[], &[]),
        13 => {
            let all: Vec<(u8, u8)> =
                cast.flags.iter().map(|(position, _)| (*position, ACCOUNT_WRITABLE)).collect();
            script.invoke(cast.probe(), &all, &[], &[])
        }
        14 => script.poke(random.random_range(0..1 << 18), &random.random::<[u8; 16]>()),
        15 => raw(random, script),
        _ => script.append(&random.random::<[u8; 5]>()),
    }
}

/// A host call with numbers that mean nothing.
fn raw(random: &mut ChaCha8Rng, script: Script) -> Script {
    let calls = [
        RawCall::Log,
        RawCall::LogData,
        RawCall::Sha256,
        RawCall::CreateAddress,
        RawCall::FindAddress,
        RawCall::Invoke,
        RawCall::SetReturnData,
        RawCall::GetReturnData,
        RawCall::SysvarRead,
        RawCall::AccountRead,
        RawCall::AccountWrite,
        RawCall::AccountResize,
    ];
    let call = calls[random.random_range(0..calls.len())];
    let mut arguments = [0; 5];
    for argument in &mut arguments {
        let range = [4, 256, 1 << 17, u32::MAX][random.random_range(0..4)];
        *argument = random.random_range(0..range);
    }
    script.raw(call, arguments)
}
