//! The way past the decoder, held against the way through it.

use super::{process_decoded, process_one};
use crate::instruction::{CheckedAmount, TokenInstruction};
use crate::state::{AccountState, Mint, OptionalAddress, TokenAccount};
use alloc::vec::Vec;
use bytemuck::Zeroable;
use proptest::prelude::*;
use sealane_sdk::guest::AccountView;
use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::{Account, Address, ProgramResult};

const MINT: Address = Address::new_from_array([9; 32]);
const OWNER: Address = Address::new_from_array([5; 32]);
const DELEGATE: Address = Address::new_from_array([6; 32]);

fn run(
    accounts: &[RegionAccount],
    data: &[u8],
    process: impl FnOnce(&Address, &[AccountView], &[u8]) -> ProgramResult,
) -> (ProgramResult, Vec<Account>) {
    let mut region = Region::new(&crate::ID, accounts, data);
    let result = region.run(process);
    (result, (0..accounts.len()).map(|index| region.account(index)).collect())
}

fn item(address: Address, account: Account) -> RegionAccount {
    RegionAccount { address, account, signer: address == OWNER || address == DELEGATE, writable: true }
}

fn token_account(byte: u8, amount: u64, frozen: bool) -> RegionAccount {
    let mut state = TokenAccount::zeroed();
    state.mint = MINT;
    state.owner = OWNER;
    state.set_amount(amount);
    state.delegate = OptionalAddress::some(DELEGATE);
    state.set_delegated_amount(amount / 2);
    state.set_state(if frozen { AccountState::Frozen } else { AccountState::Initialized });
    item(
        Address::new_from_array([byte; 32]),
        Account::with_data(crate::ID, bytemuck::bytes_of(&state).to_vec()),
    )
}

proptest! {
    #[test]
    fn transfers_past_the_decoder_are_those_through_it(
        balance in 0_u64..1_000, amount in 0_u64..1_000, itself: bool, frozen in 0_u8..10, decimals in 5_u8..8,
        by_delegate: bool, checked: bool, cut in 0_usize..40, drop in 0_usize..20,
    ) {
        let mut mint = Mint::zeroed();
        mint.decimals = 6;
        mint.set_initialized();
        let mint = item(MINT, Account::with_data(crate::ID, bytemuck::bytes_of(&mint).to_vec()));
        let source = token_account(1, balance, frozen == 0);
        let destination = token_account(if itself { 1 } else { 2 }, balance, frozen == 1);
        let authority = item(if by_delegate { DELEGATE } else { OWNER }, Account::system(1));
        let (mut accounts, instruction) = if checked {
            let checked = CheckedAmount { amount, decimals };
            (Vec::from([source, mint, destination, authority]), TokenInstruction::TransferChecked(checked))
        } else {
            (Vec::from([source, destination, authority]), TokenInstruction::Transfer { amount })
        };
        accounts.truncate(drop);
        let mut data = instruction.encode();
        data.truncate(cut);
        let plain = |program_id: &Address, accounts: &[AccountView], data: &[u8]| {
            process_decoded(program_id, accounts, TokenInstruction::decode(data)?)
        };
        prop_assert_eq!(run(&accounts, &data, process_one), run(&accounts, &data, plain));
    }
}
