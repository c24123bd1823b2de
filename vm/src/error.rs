//! Everything that can go wrong in a program call, as closed errors: they are recorded in receipts and hashed, so no
//! word of wasmtime or the operating system ever enters them.

use sealane_sdk::instruction::InstructionError;
use sealane_sdk::{Address, ProgramError};
use serde::{Deserialize, Serialize};

/// Why a program call failed. The transaction it belongs to is executed: its fee is charged, the rest rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum CallError {
    /// The program returned a non-zero code (Solana's encoding, see [`ProgramError`]).
    #[error("the program returned {}", describe_code(*.0))]
    Returned(u64),
    /// The program changed what it may not change.
    #[error("account {account}: {rule}")]
    Rule {
        /// What was broken.
        rule: Rule,
        /// The account it was broken on.
        account: Address,
    },
    /// The lamports of the call's accounts do not add up to what they were.
    #[error("the sum of lamports over the call's accounts changed")]
    UnbalancedLamports,
    /// The program trapped; it is charged its whole limit.
    #[error("the program trapped: {0}")]
    Trap(Trap),
    /// The compute units ran out.
    #[error("compute units exhausted")]
    OutOfUnits,
    /// The called address holds no program that can run (not executable, not deployed yet, or closed).
    #[error("{0} is not a program that can be called")]
    NotCallable(Address),
    /// A call names an account index its caller does not have.
    #[error("account index {0} is not in the caller's account table")]
    NoSuchAccount(u32),
    /// A nested call would give an account more than the caller has.
    #[error("account {account}: a nested call cannot make it {privilege}")]
    PrivilegeEscalation {
        /// Which privilege was missing.
        privilege: Privilege,
        /// On which account.
        account: Address,
    },
    /// The call stack would grow beyond its limit.
    #[error("calls nest deeper than {}", sealane_sdk::limits::MAX_STACK_HEIGHT)]
    StackHeightExceeded,
    /// The transaction ran more instructions than it may.
    #[error("more than {} instructions in one transaction", sealane_sdk::limits::MAX_INSTRUCTION_TRACE_COUNT)]
    TraceFull,
    /// A program was called that is already running further down the stack (direct self-recursion is allowed).
    #[error("program {0} is already on the call stack")]
    Reentrancy(Address),
    /// Seeds that derive no address.
    #[error("signer seeds: {0}")]
    Seeds(SeedsError),
    /// A host call was given a number beyond its limit.
    #[error("host call {call}: {value} is more than {limit}")]
    HostLimit {
        /// Which host call.
        call: HostCall,
        /// What was asked for.
        value: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A host call was given a part of memory that does not exist.
    #[error("host call {call}: bytes {offset}..+{size} are outside the program's memory")]
    BadPointer {
        /// Which host call.
        call: HostCall,
        /// Where the piece starts.
        offset: u32,
        /// How long it claims to be, in bytes.
        size: u32,
    },
    /// A host call was given an argument that is not a value of its kind (an unknown sysvar, say).
    #[error("host call {call}: argument {argument} is not valid")]
    BadArgument {
        /// Which host call.
        call: HostCall,
        /// The value that was given.
        argument: u64,
    },
    /// A nested call names an account that its caller does not have, or, in Solana's ABI, gave no account info of.
    #[error("account {0} is not among those its caller passes on")]
    MissingAccount(Address),
    /// In Solana's ABI: an account info that a nested call is given does not point to the account in the caller's input.
    #[error("the account info of {0} does not point into the program's input")]
    ForeignAccountInfo(Address),
}

fn describe_code(code: u64) -> String {
    match ProgramError::from(code) {
        ProgramError::Custom(number) => format!("its own error {number} ({number:#x})"),
        error => format!("{error:?}"),
    }
}

/// What a program may change, as rules: DESIGN section 3. Each is checked after every call and around nested ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Rule {
    /// Lamports changed on an account that this call or the transaction did not declare writable.
    #[error("its lamports changed, but it is read-only here")]
    ReadOnlyLamports,
    /// Data changed on an account that was not declared writable.
    #[error("its data changed, but it is read-only here")]
    ReadOnlyData,
    /// The owner changed on an account that was not declared writable.
    #[error("its owner changed, but it is read-only here")]
    ReadOnlyOwner,
    /// Lamports were taken by a program that does not own the account.
    #[error("lamports were taken from it by a program that does not own it")]
    ForeignLamports,
    /// Data was written by a program that does not own the account.
    #[error("its data was changed by a program that does not own it")]
    ForeignData,
    /// The owner was changed by a program that does not own the account.
    #[error("its owner was changed by a program that does not own it")]
    ForeignOwner,
    /// The owner was changed while the data was not all zero.
    #[error("its owner was changed while its data is not all zero")]
    OwnerWithData,
    /// The executable flag was changed by a program that is not the loader.
    #[error("only the loader makes an account executable")]
    Executable,
    /// The data grew by more than a call allows.
    #[error(
        "its data grew by more than {} bytes in one call",
        sealane_sdk::limits::MAX_DATA_GROWTH_PER_CALL_BYTES
    )]
    GrowthPerCall,
    /// The account data of the transaction grew by more than it may.
    #[error(
        "account data grew by more than {} bytes in one transaction",
        sealane_sdk::limits::MAX_DATA_GROWTH_PER_TRANSACTION_BYTES
    )]
    GrowthPerTransaction,
    /// The data would be larger than any account's may be.
    #[error("its data would be larger than {} bytes", sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES)]
    DataTooLarge,
    /// A window or a write reaches beyond the account's data.
    #[error("a read or write reaches beyond its data")]
    DataOutOfBounds,
}

/// What a nested call can ask for on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Privilege {
    /// The right to change it.
    #[error("writable")]
    Writable,
    /// Its signature.
    #[error("a signer")]
    Signer,
}

/// Why a trap happened. WebAssembly's own trap kinds, and the limits of this vm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Trap {
    /// `unreachable` was executed; Rust programs end here after a panic.
    #[error("unreachable executed")]
    Unreachable,
    /// The program reported a panic; its message is in the logs.
    #[error("panic")]
    Panic,
    /// A load or store outside the memory.
    #[error("memory access out of bounds")]
    MemoryOutOfBounds,
    /// A table access outside the table.
    #[error("table access out of bounds")]
    TableOutOfBounds,
    /// An indirect call through an empty table entry.
    #[error("indirect call to a null entry")]
    IndirectCallToNull,
    /// An indirect call to a function of another type.
    #[error("indirect call with the wrong type")]
    BadSignature,
    /// Integer overflow in a division or a conversion.
    #[error("integer overflow")]
    IntegerOverflow,
    /// Division by zero.
    #[error("integer division by zero")]
    IntegerDivisionByZero,
    /// A float that is not a number, or out of range, was converted to an integer.
    #[error("invalid conversion to integer")]
    BadConversionToInteger,
    /// The program's call stack used more slots than it may.
    #[error("stack overflow")]
    StackOverflow,
    /// The input region does not fit into the program's memory.
    #[error("the program's memory cannot hold the input region")]
    InputTooLarge,
}

/// Why seeds derive no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum SeedsError {
    /// More seeds than allowed.
    #[error("more than {} seeds", sealane_sdk::limits::MAX_SEEDS)]
    TooMany,
    /// A seed that is too long.
    #[error("a seed is longer than {} bytes", sealane_sdk::limits::MAX_SEED_SIZE_BYTES)]
    TooLong,
    /// The derived address lies on the curve, so somebody may hold its key.
    #[error("the derived address is on the curve")]
    OnCurve,
}

/// The host calls, by name, for errors and prices.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[allow(
    missing_docs,
    reason = "each variant is the import of the same name, described in sdk/ABI.md or by Solana"
)]
pub enum HostCall {
    #[error("log")]
    Log,
    #[error("log_data")]
    LogData,
    #[error("panic")]
    Panic,
    #[error("sha256")]
    Sha256,
    #[error("blake3")]
    Blake3,
    #[error("ed25519_verify")]
    Ed25519Verify,
    #[error("secp256k1_recover")]
    Secp256k1Recover,
    #[error("create_address")]
    CreateAddress,
    #[error("find_address")]
    FindAddress,
    #[error("invoke")]
    Invoke,
    #[error("set_return_data")]
    SetReturnData,
    #[error("get_return_data")]
    GetReturnData,
    #[error("sysvar_read")]
    SysvarRead,
    #[error("account_read")]
    AccountRead,
    #[error("account_write")]
    AccountWrite,
    #[error("account_resize")]
    AccountResize,
    #[error("remaining_units")]
    RemainingUnits,
    #[error("abort")]
    SolAbort,
    #[error("sol_panic_")]
    SolPanic,
    #[error("sol_log_")]
    SolLog,
    #[error("sol_log_64_")]
    SolLog64,
    #[error("sol_log_pubkey")]
    SolLogPubkey,
    #[error("sol_log_compute_units_")]
    SolLogComputeUnits,
    #[error("sol_log_data")]
    SolLogData,
    #[error("sol_memcpy_")]
    SolMemcpy,
    #[error("sol_memmove_")]
    SolMemmove,
    #[error("sol_memset_")]
    SolMemset,
    #[error("sol_memcmp_")]
    SolMemcmp,
    #[error("sol_sha256")]
    SolSha256,
    #[error("sol_keccak256")]
    SolKeccak256,
    #[error("sol_blake3")]
    SolBlake3,
    #[error("sol_secp256k1_recover")]
    SolSecp256k1Recover,
    #[error("sol_curve_validate_point")]
    SolCurveValidatePoint,
    #[error("sol_curve_group_op")]
    SolCurveGroupOp,
    #[error("sol_curve_multiscalar_mul")]
    SolCurveMultiscalarMul,
    #[error("sol_create_program_address")]
    SolCreateProgramAddress,
    #[error("sol_try_find_program_address")]
    SolTryFindProgramAddress,
    #[error("sol_invoke_signed_c")]
    SolInvokeSignedC,
    #[error("sol_invoke_signed_rust")]
    SolInvokeSignedRust,
    #[error("sol_set_return_data")]
    SolSetReturnData,
    #[error("sol_get_return_data")]
    SolGetReturnData,
    #[error("sol_get_clock_sysvar")]
    SolGetClockSysvar,
    #[error("sol_get_rent_sysvar")]
    SolGetRentSysvar,
    #[error("sol_get_fees_sysvar")]
    SolGetFeesSysvar,
    #[error("sol_get_last_restart_slot")]
    SolGetLastRestartSlot,
    #[error("sol_get_sysvar")]
    SolGetSysvar,
    #[error("sol_get_processed_sibling_instruction")]
    SolGetProcessedSiblingInstruction,
    #[error("sol_get_stack_height")]
    SolGetStackHeight,
    #[error("sol_remaining_compute_units")]
    SolRemainingComputeUnits,
    // What came later stands at the end: receipts hold the position.
    #[error("sol_sha512")]
    SolSha512,
    #[error("sol_alt_bn128_group_op")]
    SolAltBn128GroupOp,
    #[error("sol_alt_bn128_compression")]
    SolAltBn128Compression,
    #[error("sol_poseidon")]
    SolPoseidon,
    #[error("sol_big_mod_exp")]
    SolBigModExp,
    #[error("sol_get_epoch_schedule_sysvar")]
    SolGetEpochScheduleSysvar,
    #[error("sol_get_epoch_rewards_sysvar")]
    SolGetEpochRewardsSysvar,
}

impl From<ProgramError> for CallError {
    fn from(error: ProgramError) -> Self {
        Self::Returned(error.into())
    }
}

impl From<Trap> for CallError {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

impl From<SeedsError> for CallError {
    fn from(error: SeedsError) -> Self {
        Self::Seeds(error)
    }
}

impl CallError {
    /// A broken rule on an account.
    #[must_use]
    pub const fn rule(rule: Rule, account: Address) -> Self {
        Self::Rule { rule, account }
    }

    /// The nearest error of Solana's, for its clients. Less precise than this type: it names no account.
    #[must_use]
    pub fn instruction_error(&self) -> InstructionError {
        use InstructionError as E;
        match *self {
            Self::Returned(code) => E::from(code),
            Self::Rule { rule, .. } => match rule {
                Rule::ReadOnlyLamports => E::ReadonlyLamportChange,
                Rule::ReadOnlyData => E::ReadonlyDataModified,
                Rule::ReadOnlyOwner | Rule::ForeignOwner | Rule::OwnerWithData => E::ModifiedProgramId,
                Rule::ForeignLamports => E::ExternalAccountLamportSpend,
                Rule::ForeignData => E::ExternalAccountDataModified,
                Rule::Executable => E::ExecutableModified,
                Rule::GrowthPerCall | Rule::DataTooLarge => E::InvalidRealloc,
                Rule::GrowthPerTransaction => E::MaxAccountsDataAllocationsExceeded,
                Rule::DataOutOfBounds => E::AccountDataTooSmall,
            },
            Self::UnbalancedLamports => E::UnbalancedInstruction,
            Self::Trap(_) | Self::BadPointer { .. } | Self::ForeignAccountInfo(_) => {
                E::ProgramFailedToComplete
            }
            Self::OutOfUnits => E::ComputationalBudgetExceeded,
            Self::NotCallable(_) => E::UnsupportedProgramId,
            Self::NoSuchAccount(_) | Self::MissingAccount(_) => E::MissingAccount,
            Self::PrivilegeEscalation { .. } => E::PrivilegeEscalation,
            Self::StackHeightExceeded => E::CallDepth,
            Self::TraceFull => E::MaxInstructionTraceLengthExceeded,
            Self::Reentrancy(_) => E::ReentrancyNotAllowed,
            Self::Seeds(SeedsError::TooLong) => E::MaxSeedLengthExceeded,
            Self::Seeds(_) => E::InvalidSeeds,
            Self::HostLimit { .. } | Self::BadArgument { .. } => E::InvalidArgument,
        }
    }
}
