//! `sol_invoke_signed_rust`, `sol_invoke_signed_c`: a program calls another. As the native `invoke`, the caller's changes
//! are taken over first and what the callee may have changed is shown to it afterwards; accounts are named by address.

use super::layout::{Info, Instruction, Layout};
use super::{SUCCESS, narrow};
use crate::abi::solana::Region;
use crate::host::guest::Guest;
use crate::host::invoke::Signers;
use crate::host::prices::{ADDRESS_UNITS, INPUT, LIST_ITEM_UNITS, price};
use crate::host::state::{Host, pay, set_units, units, with_guest};
use crate::{CallError, Context, HostCall, NestedAccount};
use sealane_sdk::Address;
use sealane_sdk::limits::{MAX_INSTRUCTION_ACCOUNTS, MAX_INVOKE_DATA_SIZE_BYTES, MAX_INVOKE_SIGNERS};
use wasmtime::AsContextMut;

/// A list in the program's memory: where it is, and how many items it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) offset: u32,
    pub(super) count: u64,
}

/// A nested call as it was asked for.
#[derive(Clone, Copy, Debug)]
struct Request {
    call: HostCall,
    layout: Layout,
    instruction: Instruction,
    infos: u32,
    info_count: u32,
    signers: u32,
    signer_count: u32,
}

/// Runs the nested instruction at `instruction`. A failure below is the caller's failure too.
pub(super) fn invoke(
    host: &mut Host<'_>,
    layout: Layout,
    instruction: u32,
    infos: List,
    signers: List,
) -> Result<i64, CallError> {
    let call = match layout {
        Layout::Rust => HostCall::SolInvokeSignedRust,
        Layout::C => HostCall::SolInvokeSignedC,
    };
    let price = price(call);
    pay(host, price.base_units)?;
    let request = with_guest(host, call, |guest, _| {
        let instruction = layout.instruction(guest, instruction)?;
        guest.check_limit(u64::from(instruction.account_count), MAX_INSTRUCTION_ACCOUNTS as u64)?;
        guest.check_limit(u64::from(instruction.data_size), MAX_INVOKE_DATA_SIZE_BYTES as u64)?;
        guest.check_limit(infos.count, MAX_INSTRUCTION_ACCOUNTS as u64)?;
        guest.check_limit(signers.count, MAX_INVOKE_SIGNERS as u64)?;
        let (info_count, signer_count) = (narrow(call, infos.count)?, narrow(call, signers.count)?);
        let (infos, signers) = (infos.offset, signers.offset);
        Ok(Request { call, layout, instruction, infos, info_count, signers, signer_count })
    })?;
    let listed = LIST_ITEM_UNITS * u64::from(request.instruction.account_count + request.info_count);
    let derived = ADDRESS_UNITS * u64::from(request.signer_count);
    pay(host, price.bytes_units(u64::from(request.instruction.data_size)) + listed + derived)?;
    let mut nested = std::mem::take(&mut host.data_mut().nested);
    let result = pay_for_accounts(host, &request).and_then(|()| run(host, &request, &mut nested));
    host.data_mut().nested = nested;
    result.map(|()| SUCCESS)
}

/// Pays for the caller's account data, all of which is compared before the callee runs.
fn pay_for_accounts(host: &mut Host<'_>, request: &Request) -> Result<(), CallError> {
    let bytes = with_guest(host, request.call, |guest, _| Ok(guest.region.solana.written_bytes()))?;
    pay(host, INPUT.units(bytes))
}

fn run(host: &mut Host<'_>, request: &Request, nested: &mut Vec<NestedAccount>) -> Result<(), CallError> {
    let mut store = host.as_context_mut();
    let left = units(&mut store).unwrap_or(0);
    debug_assert_eq!(store.data().limiter.debt_units, 0, "paid with the price of this call");
    let (result, left) = with_guest(host, request.call, |guest, context| {
        let program = request.program_position(context)?;
        request.read_accounts(guest, context, nested)?;
        let signers = request.read_signers(guest, context)?;
        guest.region.copy_back(guest.memory.as_slice(), context)?;
        let data = guest.bytes(request.instruction.data, request.instruction.data_size)?;
        context.meter.settle(left);
        let result = context.call_nested(program, nested, data, signers.as_slice());
        Ok((result, context.meter.remaining()))
    })?;
    let mut store = host.as_context_mut();
    set_units(&mut store, left);
    result?;
    with_guest(host, request.call, |guest, context| {
        for account in nested.iter().filter(|account| account.writable) {
            let position = usize::from(account.position);
            let size = guest.region.solana.refresh(&mut guest.memory, context, position)?;
            if let Some(size) = size {
                request.write_size(guest, position, size)?;
            }
        }
        Ok(())
    })
}

impl Request {
    /// Where the called program stands among the caller's accounts.
    fn program_position(&self, context: &Context<'_>) -> Result<usize, CallError> {
        let program = &self.instruction.program;
        first_position(context, program).ok_or(CallError::MissingAccount(*program))
    }

    /// Reads the list of accounts, each of which must have an info; programs need none. What infos say must be so.
    fn read_accounts(
        &self,
        guest: &Guest<'_>,
        context: &Context<'_>,
        nested: &mut Vec<NestedAccount>,
    ) -> Result<(), CallError> {
        let infos = self.infos_by_position(guest)?;
        nested.clear();
        for index in 0..self.instruction.account_count {
            let meta = self.layout.meta(guest, &self.instruction, index)?;
            let missing = CallError::MissingAccount(meta.address);
            let position = first_position(context, &meta.address).ok_or(missing)?;
            match infos[position] {
                Some(info) => check_info(&guest.region.solana, &info, position, &meta.address)?,
                None if is_executable(context, position) => {}
                None => return Err(missing),
            }
            nested.push(NestedAccount {
                position: u16::try_from(position).expect("a call has at most 255 accounts"),
                signer: meta.signer,
                writable: meta.writable,
            });
        }
        Ok(())
    }

    /// For each of the caller's accounts, where it stands first, the first info that points to its address.
    fn infos_by_position(
        &self,
        guest: &Guest<'_>,
    ) -> Result<[Option<Info>; MAX_INSTRUCTION_ACCOUNTS], CallError> {
        let mut infos = [None; MAX_INSTRUCTION_ACCOUNTS];
        for index in 0..self.info_count {
            let info = self.layout.info(guest, self.infos, index)?;
            if let Some(position) = guest.region.solana.position_of(info.places.key) {
                infos[position].get_or_insert(info);
            }
        }
        Ok(infos)
    }

    /// Derives the addresses that sign by their seeds.
    fn read_signers(&self, guest: &Guest<'_>, context: &mut Context<'_>) -> Result<Signers, CallError> {
        let program = *context.program_address();
        let mut signers = Signers::new();
        for index in 0..self.signer_count {
            let seeds = self.layout.seeds(guest, self.signers, index)?;
            signers.push(&seeds, &program, &mut context.instances.curve_memo)?;
        }
        Ok(signers)
    }

    /// Tells the program's own info of an account that its data has another size now.
    fn write_size(&self, guest: &mut Guest<'_>, position: usize, size: u32) -> Result<(), CallError> {
        let Some(info) = self.infos_by_position(guest)?[position] else { return Ok(()) };
        if info.size_is_wide {
            guest.bytes_mut(info.size_place, 8)?.copy_from_slice(&u64::from(size).to_le_bytes());
        } else {
            guest.bytes_mut(info.size_place, 4)?.copy_from_slice(&size.to_le_bytes());
        }
        Ok(())
    }
}

fn first_position(context: &Context<'_>, address: &Address) -> Option<usize> {
    let mut accounts = context.call_accounts().iter();
    accounts.position(|account| context.accounts.address(usize::from(account.index)) == address)
}

fn is_executable(context: &Context<'_>, position: usize) -> bool {
    let index = context.call_accounts()[position].index;
    context.accounts.account(usize::from(index)).executable
}

/// Checks that an info points to the account in the input, with everything it has.
fn check_info(region: &Region, info: &Info, position: usize, address: &Address) -> Result<(), CallError> {
    if region.places(position) == Some(info.places) {
        Ok(())
    } else {
        Err(CallError::ForeignAccountInfo(*address))
    }
}
