//! `invoke`: a program calls another. The caller's changes to the accounts it passes on are taken over first, and what
//! the callee may have changed is shown to it afterwards.

use crate::host::account::refresh;
use crate::host::address::Seeds;
use crate::host::curve_memo::CurveMemo;
use crate::host::guest::Guest;
use crate::host::prices::{ADDRESS_UNITS, INPUT, LIST_ITEM_UNITS, price};
use crate::host::state::{Host, HostState, pay, set_units, units, with_guest};
use crate::{CallError, HostCall, NestedAccount, SeedsError};
use sealane_sdk::Address;
use sealane_sdk::abi::{FLAG_SIGNER, FLAG_WRITABLE, InvokeAccount, InvokeInstruction, SignerSeeds};
use sealane_sdk::limits::{MAX_INSTRUCTION_ACCOUNTS, MAX_INVOKE_DATA_SIZE_BYTES, MAX_INVOKE_SIGNERS};
use wasmtime::AsContextMut;

/// The addresses that a call's seeds derived.
#[derive(Debug)]
pub(crate) struct Signers {
    addresses: [Address; MAX_INVOKE_SIGNERS],
    count: usize,
}

impl Signers {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { addresses: [Address::default(); MAX_INVOKE_SIGNERS], count: 0 }
    }

    /// Adds the address that `seeds` derive from `program`, unless there are [`MAX_INVOKE_SIGNERS`].
    pub(crate) fn push(
        &mut self,
        seeds: &Seeds,
        program: &Address,
        memo: &mut CurveMemo,
    ) -> Result<(), SeedsError> {
        let room = self.addresses.get_mut(self.count).ok_or(SeedsError::TooMany)?;
        *room = seeds.derive(program, memo)?;
        self.count += 1;
        Ok(())
    }

    /// The addresses.
    pub(crate) fn as_slice(&self) -> &[Address] {
        &self.addresses[..self.count]
    }
}

/// Runs a nested instruction. A failure below is the caller's failure too.
pub(crate) fn invoke(
    host: &mut Host<'_>,
    instruction: u32,
    signers: u32,
    signer_count: u32,
) -> Result<(), CallError> {
    let price = price(HostCall::Invoke);
    pay(host, price.base_units)?;
    let instruction = with_guest(host, HostCall::Invoke, |guest, _| {
        let instruction = guest.read::<InvokeInstruction>(instruction)?;
        guest.check_limit(u64::from(instruction.account_count), MAX_INSTRUCTION_ACCOUNTS as u64)?;
        guest.check_limit(u64::from(instruction.data_size), MAX_INVOKE_DATA_SIZE_BYTES as u64)?;
        guest.check_limit(u64::from(signer_count), MAX_INVOKE_SIGNERS as u64)?;
        Ok(instruction)
    })?;
    let derived = ADDRESS_UNITS * u64::from(signer_count);
    let listed = LIST_ITEM_UNITS * u64::from(instruction.account_count);
    pay(host, price.bytes_units(u64::from(instruction.data_size)) + listed + derived)?;
    let mut nested = std::mem::take(&mut host.data_mut().nested);
    let result = pay_for_accounts(host, &instruction, &mut nested)
        .and_then(|()| call(host, &instruction, (signers, signer_count), &nested));
    host.data_mut().nested = nested;
    result
}

/// Reads the list of accounts, and pays for their data: it is compared before the callee runs, and what the callee may
/// change is shown anew afterwards. What the callee is given it pays itself.
fn pay_for_accounts(
    host: &mut Host<'_>,
    instruction: &InvokeInstruction,
    nested: &mut Vec<NestedAccount>,
) -> Result<(), CallError> {
    let listed_bytes = with_guest(host, HostCall::Invoke, |guest, _| {
        read_accounts(guest, instruction, nested)?;
        Ok(guest.region.listed_bytes(nested))
    })?;
    pay(host, INPUT.units(listed_bytes))
}

fn call(
    host: &mut Host<'_>,
    instruction: &InvokeInstruction,
    (signers, signer_count): (u32, u32),
    nested: &[NestedAccount],
) -> Result<(), CallError> {
    let mut store = host.as_context_mut();
    let left = units(&mut store).unwrap_or(0);
    debug_assert_eq!(store.data().limiter.debt_units, 0, "paid with the price of this call");
    let (result, left) = with_guest(host, HostCall::Invoke, |guest, context| {
        let program = *context.program_address();
        let memo = &mut context.instances.curve_memo;
        let signers = read_signers(guest, (signers, signer_count), &program, memo)?;
        guest.region.copy_back_listed(guest.memory.as_slice(), context, nested)?;
        let data = guest.bytes(instruction.data_offset, instruction.data_size)?;
        context.meter.settle(left);
        let program = instruction.program_index as usize;
        let result = context.call_nested(program, nested, data, signers.as_slice());
        Ok((result, context.meter.remaining()))
    })?;
    let mut store = host.as_context_mut();
    set_units(&mut store, left);
    result?;
    for account in nested.iter().filter(|account| account.writable) {
        let HostState { lent, .. } = store.data_mut();
        let first = lent.with(|context| context.call_account(usize::from(account.position)))?.first_position;
        refresh(&mut store, usize::from(first))?;
    }
    Ok(())
}

/// Reads the list of accounts; whether the caller has them is checked with their privileges.
fn read_accounts(
    guest: &Guest<'_>,
    instruction: &InvokeInstruction,
    nested: &mut Vec<NestedAccount>,
) -> Result<(), CallError> {
    nested.clear();
    let accounts = guest.list::<InvokeAccount>(instruction.accounts_offset, instruction.account_count)?;
    nested.extend(accounts.map(|account| NestedAccount {
        position: account.index,
        signer: u32::from(account.flags) & FLAG_SIGNER != 0,
        writable: u32::from(account.flags) & FLAG_WRITABLE != 0,
    }));
    Ok(())
}

/// Derives the addresses that sign by their seeds.
fn read_signers(
    guest: &Guest<'_>,
    (offset, count): (u32, u32),
    program: &Address,
    memo: &mut CurveMemo,
) -> Result<Signers, CallError> {
    let mut signers = Signers::new();
    for seeds in guest.list::<SignerSeeds>(offset, count)? {
        let seeds = Seeds::read(guest, seeds.seeds_offset, seeds.seed_count)?;
        seeds.and_then(|seeds| signers.push(&seeds, program, memo))?;
    }
    Ok(signers)
}
