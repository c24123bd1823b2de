//! What the token program refuses with: SPL Token's own error numbers, as `Custom(n)`.
//!
//! The processor raises them; clients read the number in the transaction's error, people the line in its log.

use sealane_sdk::ProgramError;

sealane_sdk::program_errors! {
    /// SPL Token's errors; the number is what `Custom(n)` carries.
    TokenError:
    NotRentExempt = 0, "The account's lamports are below the rent-exempt minimum.",
        "Error: Lamport balance below rent-exempt threshold";
    InsufficientFunds = 1, "The account or the delegate's allowance holds too few tokens.",
        "Error: insufficient funds";
    InvalidMint = 2, "The account given as mint is none.",
        "Error: Invalid Mint";
    MintMismatch = 3, "The account belongs to another mint.",
        "Error: Account not associated with this Mint";
    OwnerMismatch = 4, "The authority given is not the one on record.",
        "Error: owner does not match";
    FixedSupply = 5, "The mint has no mint authority.",
        "Error: the total supply of this token is fixed";
    AlreadyInUse = 6, "The account is initialized already.",
        "Error: account or token already in use";
    InvalidNumberOfProvidedSigners = 7, "A multisig takes 1 to 11 signers.",
        "Error: Invalid number of provided signers";
    InvalidNumberOfRequiredSigners = 8, "A multisig requires 1 to 11 signatures.",
        "Error: Invalid number of required signers";
    UninitializedState = 9, "The state is uninitialized.",
        "Error: State is uninitialized";
    NativeNotSupported = 10, "The instruction does not apply to native (wrapped lamports) accounts.",
        "Error: Instruction does not support native tokens";
    NonNativeHasBalance = 11, "Only an empty account can be closed, unless it is native.",
        "Error: Non-native account can only be closed if its balance is zero";
    InvalidInstruction = 12, "The instruction data does not decode.",
        "Error: Invalid instruction";
    InvalidState = 13, "The account is in the wrong state for the instruction.",
        "Error: Invalid account state for operation";
    Overflow = 14, "An amount left the range of 64 bits.",
        "Error: Operation overflowed";
    AuthorityTypeNotSupported = 15, "This kind of account has no such authority.",
        "Error: Account does not support specified authority type";
    MintCannotFreeze = 16, "The mint has no freeze authority.",
        "Error: This token mint cannot freeze accounts";
    AccountFrozen = 17, "The account is frozen.",
        "Error: Account is frozen";
    MintDecimalsMismatch = 18, "The decimals given are not the mint's.",
        "Error: decimals different from the Mint decimals";
    NonNativeNotSupported = 19, "The instruction applies to native accounts only.",
        "Error: Instruction does not support non-native tokens";
}

/// The line SPL Token logs when an instruction fails with `error`.
#[must_use]
pub fn log_line(error: &ProgramError) -> &'static str {
    match error {
        ProgramError::Custom(number) => {
            TokenError::from_number(*number).map_or("Error: Unknown", TokenError::log_line)
        }
        ProgramError::InvalidArgument => "Error: InvalidArgument",
        ProgramError::InvalidAccountData => "Error: InvalidAccountData",
        ProgramError::IncorrectProgramId => "Error: IncorrectProgramId",
        ProgramError::MissingRequiredSignature => "Error: MissingRequiredSignature",
        ProgramError::UninitializedAccount => "Error: UninitializedAccount",
        ProgramError::NotEnoughAccountKeys => "Error: NotEnoughAccountKeys",
        ProgramError::UnsupportedSysvar => "Error: UnsupportedSysvar",
        // The program itself raises nothing else; what the library below it may raise needs no text of its own.
        _ => "Error: Unknown",
    }
}
