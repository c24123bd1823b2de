//! `spl-token-lending`, unmodified. It declares its entrypoint for another target's name only (`target_arch = "bpf"`), so this
//! does.

use solana_program::account_info::AccountInfo;
use solana_program::entrypoint::ProgramResult;
use solana_program::program_error::PrintProgramError;
use solana_program::pubkey::Pubkey;
use spl_token_lending::error::LendingError;

solana_program::entrypoint!(process);

fn process(program: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    spl_token_lending::processor::process_instruction(program, accounts, data)
        .inspect_err(|error| error.print::<LendingError>())
}
