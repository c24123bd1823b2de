//! What a declared program refuses with: a number that clients of Anchor programs know, and two lines in the log: one that names
//! instruction, account and rule, and one in the form in which Anchor's clients look for account and error.

use super::scope::{Place, Scope};
use crate::guest::log::{Buffer, log_bytes};
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
    ConstraintRentExempt = 2005, "An account holds less than its rent-exempt minimum.";
    ConstraintSeeds = 2006, "An account's address is not the one derived from the seeds.";
    ConstraintExecutable = 2007, "An account must be a program.";
    ConstraintAssociated = 2009, "An account is not the associated token account of its owner and mint.";
    ConstraintAddress = 2012, "An account is another one than the one that is required.";
    ConstraintZero = 2013, "An account that shall be filled holds something already.";
    ConstraintTokenMint = 2014, "A token account holds tokens of another mint.";
    ConstraintTokenOwner = 2015, "A token account belongs to somebody else.";
    ConstraintMintMintAuthority = 2016, "Somebody else may mint the tokens.";
    ConstraintMintFreezeAuthority = 2017, "Somebody else may freeze accounts of the mint.";
    ConstraintMintDecimals = 2018, "A mint has another number of decimals.";
    ConstraintSpace = 2019, "An account's data has another size than the one that is declared.";
    ConstraintDuplicateMutableAccount = 2040, "An account is given twice where two are to be written.";
    RequireViolated = 2500, "A required condition does not hold.";
    RequireEqViolated = 2501, "Two values are not equal.";
    RequireKeysEqViolated = 2502, "Two addresses are not equal.";
    RequireNeqViolated = 2503, "Two values are equal.";
    RequireKeysNeqViolated = 2504, "Two addresses are equal.";
    RequireGtViolated = 2505, "A value is not larger than another.";
    RequireGteViolated = 2506, "A value is smaller than another.";
    AccountDiscriminatorAlreadySet = 3000, "An account that shall be made is in use.";
    AccountDiscriminatorMismatch = 3002, "An account holds something else.";
    AccountDidNotDeserialize = 3003, "An account's data has another size.";
    AccountDidNotSerialize = 3004, "An account's data does not fit into the account.";
    AccountNotEnoughKeys = 3005, "Accounts are missing.";
    AccountOwnedByWrongProgram = 3007, "An account belongs to another program than the one that declares its type.";
    InvalidProgramId = 3008, "An account is not the program that is required.";
    AccountNotSigner = 3010, "An account must sign.";
    AccountNotSystemOwned = 3011, "An account does not belong to the system program.";
    AccountNotInitialized = 3012, "An account does not hold anything yet.";
    AccountSysvarMismatch = 3015, "An account is not the sysvar that is required.";
    AccountReallocExceedsLimit = 3016, "An account would grow by more than 10 KiB in one instruction.";
}

/// Why an account cannot be what its field declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The rule, as a sentence about the account: `must sign`.
    pub rule: &'static str,
    /// What the instruction fails with.
    pub error: ConstraintError,
    /// The error's name. It stands here so that a program holds the names that it uses, and no others.
    name: &'static str,
}

impl Fault {
    /// A rule, and what the instruction fails with where it is broken.
    #[must_use]
    pub const fn new(rule: &'static str, error: ConstraintError) -> Self {
        Self { rule, error, name: error.name() }
    }
}

/// What `@ error` behind a constraint can be: an error of the program's own, or one that all programs have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that a constraint can fail with",
    note = "name a variant of an enum with `#[error_code]`, or of `ProgramError`"
)]
pub trait Refusal: Into<ProgramError> {
    /// Its name and its text, if it has a name.
    fn described(&self) -> Option<(&'static str, &'static str)>;
}

impl<E: ErrorCode + Copy + Into<ProgramError>> Refusal for E {
    #[inline(always)]
    fn described(&self) -> Option<(&'static str, &'static str)> {
        match (*self).into() {
            ProgramError::Custom(number) => E::name(number).zip(E::text(number)),
            _ => None,
        }
    }
}

impl Refusal for ProgramError {
    #[inline(always)]
    fn described(&self) -> Option<(&'static str, &'static str)> {
        None
    }
}

/// Refuses an account: logs `Error: {instruction}: account {account}: {rule}`, then the line for Anchor's clients, and gives the
/// error.
#[cold]
#[inline(always)]
#[must_use]
pub fn refuse_fault(place: Place, fault: &'static Fault) -> ProgramError {
    explain_fault(place.scope, place.account, fault);
    ProgramError::Custom(fault.error as u32)
}

/// As [`refuse_fault`], with an error that the constraint names.
#[cold]
#[inline(always)]
#[must_use]
pub fn refuse(place: Place, rule: &'static str, error: impl Refusal) -> ProgramError {
    let (name, text) = error.described().unwrap_or_default();
    let error = error.into();
    let number = if let ProgramError::Custom(number) = error { number } else { 0 };
    explain_refusal(place.scope, place.account, rule, name, text, number);
    error
}

/// Apart from the error, as [`explain_fault`]: both lines in one call, since programs have many of these.
#[cold]
#[inline(never)]
fn explain_refusal(
    scope: &'static Scope,
    account: &'static str,
    rule: &str,
    name: &'static str,
    text: &'static str,
    number: u32,
) {
    explain(scope, account, rule);
    if !name.is_empty() {
        explain_to_clients(Some((scope, account)), name, number, text);
    }
}

/// Apart from the error, which is known where the fault is found.
#[cold]
#[inline(never)]
fn explain_fault(scope: &'static Scope, account: &'static str, fault: &'static Fault) {
    explain(scope, account, fault.rule);
    explain_to_clients(Some((scope, account)), fault.name, fault.error as u32, fault.rule);
}

#[cold]
#[inline(never)]
fn explain(scope: &'static Scope, account: &'static str, rule: &str) {
    let mut line = Buffer::new();
    line.push("Error: ");
    line.push(scope.instruction_name());
    line.push(": account ");
    push_account(&mut line, scope, account);
    line.push(": ");
    line.push(rule);
    log_bytes(line.bytes());
}

/// The line that Anchor's clients look for, in the two forms that they know: with an account, and without.
#[cold]
#[inline(never)]
fn explain_to_clients(account: Option<(&Scope, &str)>, name: &str, number: u32, message: &str) {
    let mut line = Buffer::new();
    line.push("AnchorError ");
    match account {
        Some((scope, account)) => {
            line.push("caused by account: ");
            push_account(&mut line, scope, account);
        }
        None => line.push("occurred"),
    }
    line.push(". Error Code: ");
    line.push(name);
    line.push(". Error Number: ");
    line.push_number(number);
    line.push(". Error Message: ");
    line.push(message);
    line.push(".");
    log_bytes(line.bytes());
}

/// The account's name, behind those of the groups it stands in: `outer.inner`.
fn push_account(line: &mut Buffer, scope: &Scope, account: &str) {
    push_groups(line, scope);
    line.push(account);
}

fn push_groups(line: &mut Buffer, scope: &Scope) {
    if let Some(outer) = scope.outer {
        push_groups(line, outer);
        line.push(scope.name);
        line.push(".");
    }
}

/// What became of an instruction whose function failed: logs its name and, if `E` has the error, its text; then the line for
/// Anchor's clients.
#[cold]
#[must_use]
pub fn failed<E: ErrorCode>(instruction: &'static str, error: ProgramError) -> ProgramError {
    match error {
        ProgramError::Custom(number) => explain_failure(
            instruction,
            E::name(number).unwrap_or_default(),
            number,
            E::text(number).unwrap_or_default(),
        ),
        _ => explain_failure(instruction, "", 0, ""),
    }
    error
}

#[cold]
#[inline(never)]
fn explain_failure(instruction: &'static str, name: &str, number: u32, text: &str) {
    let mut line = Buffer::new();
    line.push("Error: ");
    line.push(instruction);
    line.push(if text.is_empty() { "" } else { ": " });
    line.push(text);
    log_bytes(line.bytes());
    if !name.is_empty() {
        explain_to_clients(None, name, number, text);
    }
}

/// Refuses an instruction for its data: logs `Error: ` and the pieces, then the line for Anchor's clients.
#[cold]
#[inline(never)]
pub(super) fn refuse_data(pieces: &[&str], fault: &'static Fault) -> ProgramError {
    let mut line = Buffer::new();
    line.push("Error: ");
    line.push_all(pieces);
    log_bytes(line.bytes());
    explain_to_clients(None, fault.name, fault.error as u32, fault.rule);
    fault.error.into()
}

/// Refuses data that is no instruction of the program.
///
/// # Errors
/// Always: [`ConstraintError::InstructionFallbackNotFound`], or [`ConstraintError::InstructionMissing`] for data that is
/// shorter than `discriminator_size_bytes`.
#[cold]
pub fn unknown_instruction(data: &[u8], discriminator_size_bytes: usize) -> crate::ProgramResult {
    use ConstraintError as E;
    const MISSING: Fault = Fault::new(E::InstructionMissing.log_line(), E::InstructionMissing);
    const UNKNOWN: Fault =
        Fault::new(E::InstructionFallbackNotFound.log_line(), E::InstructionFallbackNotFound);
    let fault = if data.len() < discriminator_size_bytes { &MISSING } else { &UNKNOWN };
    Err(refuse_data(&[fault.rule], fault))
}
