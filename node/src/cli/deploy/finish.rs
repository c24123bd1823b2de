//! What makes a program of a full buffer.

use super::buffer::Buffer;
use super::target::Target;
use super::upload::price;
use super::{Desk, Wishes};
use crate::client::Sent;
use anyhow::Context;
use sealane_sdk::Address;
use sealane_sdk::limits::{MAX_TRANSACTION_UNITS, rent_exempt_minimum_lamports};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::instruction as loader;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_message::Instruction;
use solana_signer::Signer;

/// Deploys or upgrades with a buffer that holds the module.
///
/// # Errors
/// If the node refuses.
pub(super) fn finish(
    desk: &Desk,
    target: &Target,
    buffer: &Buffer,
    room: usize,
    wishes: Wishes,
) -> anyhow::Result<Sent> {
    match target {
        Target::New(program) => deploy(desk, program, buffer, room, wishes),
        Target::Present { program, capacity } => upgrade(desk, program, *capacity, buffer, room, wishes),
    }
}

fn deploy(
    desk: &Desk,
    program: &Keypair,
    buffer: &Buffer,
    room: usize,
    wishes: Wishes,
) -> anyhow::Result<Sent> {
    let (payer, authority) = (desk.payer.pubkey(), desk.authority.pubkey());
    let address = program.pubkey();
    let lamports = rent_exempt_minimum_lamports(State::size_of_program());
    let deployed =
        loader::deploy_with_max_program_len(&payer, &address, &buffer.address(), &authority, lamports, room);
    let mut instructions = with_units(desk);
    instructions.extend(deployed.context("the loader's instruction encodes")?);
    instructions.extend(made_final(&address, &authority, wishes));
    desk.client.run(&desk.payer, &[program, &desk.authority], &instructions)
}

fn upgrade(
    desk: &Desk,
    program: &Address,
    capacity: usize,
    buffer: &Buffer,
    room: usize,
    wishes: Wishes,
) -> anyhow::Result<Sent> {
    let (payer, authority) = (desk.payer.pubkey(), desk.authority.pubkey());
    if let Some(missing) = room.checked_sub(capacity).filter(|missing| *missing > 0) {
        let missing = u32::try_from(missing).context("a program is smaller than 4 GiB")?;
        let mut instructions = price(desk);
        instructions.push(loader::extend_program(program, Some(&payer), missing));
        // In a block of its own: a program changes once a block.
        desk.client.run(&desk.payer, &[], &instructions).context("cannot make room for the module")?;
    }
    let mut instructions = with_units(desk);
    instructions.push(loader::upgrade(program, &buffer.address(), &authority, &payer));
    instructions.extend(made_final(program, &authority, wishes));
    desk.client.run(&desk.payer, &[&desk.authority], &instructions)
}

/// The loader is paid a unit a byte of the module, which may be more than an instruction has by itself.
fn with_units(desk: &Desk) -> Vec<Instruction> {
    let mut instructions = price(desk);
    instructions.push(ComputeBudgetInstruction::set_compute_unit_limit(MAX_TRANSACTION_UNITS));
    instructions
}

/// In the same transaction: a program that shall be final is never anything else.
fn made_final(program: &Address, authority: &Address, wishes: Wishes) -> Option<Instruction> {
    wishes.is_final.then(|| loader::set_upgrade_authority(program, authority, None))
}
