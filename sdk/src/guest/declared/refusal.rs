//! What a declared program refuses with: a number that clients of Anchor programs know, and one line in the log that names
//! instruction, account and rule.

use crate::guest::log::log_pieces;
use crate::{ProgramError, error::ErrorCode};

crate::program_errors! {
    /// What the macros' own checks refuse with. Names and numbers are Anchor's, so that its clients can tell them apart.
    ConstraintError:
    InstructionMissing = 100, "The instruction data is shorter than a discriminator.";
    InstructionFallbackNotFound = 101, "No instruction has this discriminator.";
    InstructionDidNotDeserialize = 102, "An argument is missing or has no such value.";
    ConstraintMut = 2000, "An account must be writable.";
    ConstraintHasOne = 2001, "An account names another one than the one given.";
    ConstraintSigner = 2002, "An account must sign.";
    ConstraintRaw = 2003, "A condition does not hold.";
    ConstraintOwner = 2004, "An account belongs to another program.";
    ConstraintSeeds = 2006, "An account's address is not the one derived from the seeds.";
    ConstraintExecutable = 2007, "An account must be a program.";
    ConstraintAddress = 2012, "An account is another one than the one that is required.";
    ConstraintDuplicateMutableAccount = 2040, "An account is given twice where two are to be written.";
    RequireViolated = 2500, "A required condition does not hold.";
    AccountDiscriminatorAlreadySet = 3000, "An account that shall be made is in use.";
    AccountDiscriminatorMismatch = 3002, "An account holds something else.";
    AccountDidNotDeserialize = 3003, "An account's data has another size.";
    AccountNotEnoughKeys = 3005, "Accounts are missing.";
    AccountOwnedByWrongProgram = 3007, "An account belongs to another program than the one that declares its type.";
    InvalidProgramId = 3008, "An account is not the program that is required.";
    AccountNotSigner = 3010, "An account must sign.";
    AccountNotSystemOwned = 3011, "An account does not belong to the system program.";
    AccountNotInitialized = 3012, "An account does not hold anything yet.";
}

/// Why an account cannot be what its field declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The rule, as a sentence about the account: `must sign`.
    pub rule: &'static str,
    /// What the instruction fails with.
    pub error: ConstraintError,
}

/// Refuses an account: logs `Error: {instruction}: account {account}: {rule}`, and gives the error back.
#[cold]
#[inline(never)]
#[must_use]
pub fn refuse(
    instruction: &'static str,
    account: &'static str,
    rule: &'static str,
    error: ProgramError,
) -> ProgramError {
    log_pieces(&["Error: ", instruction, ": account ", account, ": ", rule]);
    error
}

/// As [`refuse`], for the usual faults: rule and error stand in one place, so that little is done where they are found.
#[cold]
#[inline(never)]
#[must_use]
pub fn refuse_fault(instruction: &'static str, account: &'static str, fault: &'static Fault) -> ProgramError {
    refuse(instruction, account, fault.rule, fault.error.into())
}

/// What became of an instruction whose function failed: logs its name, and the error's text if `E` has the error.
#[cold]
#[must_use]
pub fn failed<E: ErrorCode>(instruction: &'static str, error: ProgramError) -> ProgramError {
    let text = match error {
        ProgramError::Custom(number) => E::text(number).unwrap_or_default(),
        _ => "",
    };
    log_pieces(&["Error: ", instruction, if text.is_empty() { "" } else { ": " }, text]);
    error
}

/// Refuses data that is no instruction of the program.
///
/// # Errors
/// Always: [`ConstraintError::InstructionFallbackNotFound`], or [`ConstraintError::InstructionMissing`] for data that is
/// shorter than `discriminator_size_bytes`.
#[cold]
pub fn unknown_instruction(data: &[u8], discriminator_size_bytes: usize) -> crate::ProgramResult {
    let error = if data.len() < discriminator_size_bytes {
        ConstraintError::InstructionMissing
    } else {
        ConstraintError::InstructionFallbackNotFound
    };
    log_pieces(&["Error: ", error.log_line()]);
    Err(error.into())
}
