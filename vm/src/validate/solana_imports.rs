//! The syscalls of Solana's that a program may import, with their types on wasm32: pointers are 32 bits wide, all other
//! numbers 64. And those it may not, with the reason, so that a program learns it when it is deployed.

use super::imports::{Import, import};
use super::info::ValueType::{I32, I64};
use crate::HostCall;
use serde::{Deserialize, Serialize};

/// Every function of Solana's ABI, all of them in the module `env`. What they do is said in Solana's own documents.
pub const SOLANA_IMPORTS: &[Import] = &[
    import(HostCall::SolAbort, "abort", &[], &[]),
    import(HostCall::SolPanic, "sol_panic_", &[I32, I64, I64, I64], &[]),
    import(HostCall::SolLog, "sol_log_", &[I32, I64], &[]),
    import(HostCall::SolLog64, "sol_log_64_", &[I64, I64, I64, I64, I64], &[]),
    import(HostCall::SolLogPubkey, "sol_log_pubkey", &[I32], &[]),
    import(HostCall::SolLogComputeUnits, "sol_log_compute_units_", &[], &[]),
    import(HostCall::SolLogData, "sol_log_data", &[I32, I64], &[]),
    import(HostCall::SolMemcpy, "sol_memcpy_", &[I32, I32, I64], &[]),
    import(HostCall::SolMemmove, "sol_memmove_", &[I32, I32, I64], &[]),
    import(HostCall::SolMemset, "sol_memset_", &[I32, I32, I64], &[]),
    import(HostCall::SolMemcmp, "sol_memcmp_", &[I32, I32, I64, I32], &[]),
    import(HostCall::SolSha256, "sol_sha256", &[I32, I64, I32], &[I64]),
    import(HostCall::SolKeccak256, "sol_keccak256", &[I32, I64, I32], &[I64]),
    import(HostCall::SolBlake3, "sol_blake3", &[I32, I64, I32], &[I64]),
    import(HostCall::SolSha512, "sol_sha512", &[I32, I64, I32], &[I64]),
    import(HostCall::SolSecp256k1Recover, "sol_secp256k1_recover", &[I32, I64, I32, I32], &[I64]),
    import(HostCall::SolCurveValidatePoint, "sol_curve_validate_point", &[I64, I32, I32], &[I64]),
    import(HostCall::SolCurveGroupOp, "sol_curve_group_op", &[I64, I64, I32, I32, I32], &[I64]),
    import(HostCall::SolCurveMultiscalarMul, "sol_curve_multiscalar_mul", &[I64, I32, I32, I64, I32], &[I64]),
    import(HostCall::SolAltBn128GroupOp, "sol_alt_bn128_group_op", &[I64, I32, I64, I32], &[I64]),
    import(HostCall::SolAltBn128Compression, "sol_alt_bn128_compression", &[I64, I32, I64, I32], &[I64]),
    import(HostCall::SolPoseidon, "sol_poseidon", &[I64, I64, I32, I64, I32], &[I64]),
    import(HostCall::SolBigModExp, "sol_big_mod_exp", &[I32, I32], &[I64]),
    import(HostCall::SolCreateProgramAddress, "sol_create_program_address", &[I32, I64, I32, I32], &[I64]),
    import(
        HostCall::SolTryFindProgramAddress,
        "sol_try_find_program_address",
        &[I32, I64, I32, I32, I32],
        &[I64],
    ),
    import(HostCall::SolInvokeSignedC, "sol_invoke_signed_c", &[I32, I32, I64, I32, I64], &[I64]),
    import(HostCall::SolInvokeSignedRust, "sol_invoke_signed_rust", &[I32, I32, I64, I32, I64], &[I64]),
    import(HostCall::SolSetReturnData, "sol_set_return_data", &[I32, I64], &[]),
    import(HostCall::SolGetReturnData, "sol_get_return_data", &[I32, I64, I32], &[I64]),
    import(HostCall::SolGetClockSysvar, "sol_get_clock_sysvar", &[I32], &[I64]),
    import(HostCall::SolGetRentSysvar, "sol_get_rent_sysvar", &[I32], &[I64]),
    import(HostCall::SolGetFeesSysvar, "sol_get_fees_sysvar", &[I32], &[I64]),
    import(HostCall::SolGetLastRestartSlot, "sol_get_last_restart_slot", &[I32], &[I64]),
    import(HostCall::SolGetEpochScheduleSysvar, "sol_get_epoch_schedule_sysvar", &[I32], &[I64]),
    import(HostCall::SolGetEpochRewardsSysvar, "sol_get_epoch_rewards_sysvar", &[I32], &[I64]),
    import(HostCall::SolGetSysvar, "sol_get_sysvar", &[I32, I32, I64, I64], &[I64]),
    import(
        HostCall::SolGetProcessedSiblingInstruction,
        "sol_get_processed_sibling_instruction",
        &[I64, I32, I32, I32, I32],
        &[I64],
    ),
    import(HostCall::SolGetStackHeight, "sol_get_stack_height", &[], &[I64]),
    import(HostCall::SolRemainingComputeUnits, "sol_remaining_compute_units", &[], &[I64]),
];

/// Why a syscall of Solana's is not offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Unsupported {
    /// It tells of stake and of leaders chosen by it.
    #[error("this ledger has no stake")]
    NoStake,
    /// It computes what the host has no implementation of.
    #[error("this host has no implementation of it")]
    NotImplemented,
    /// Solana has a definition of it, and no node there that offers it yet.
    #[error("it is defined, but Solana's own nodes do not offer it yet")]
    NotInForce,
    /// Solana took it back.
    #[error("Solana has taken it back; programs bring an allocator of their own")]
    Retired,
}

/// Every other syscall of Solana's, as of version 5.3 of its definitions and of what its nodes register.
pub const UNSUPPORTED: &[(&str, Unsupported)] = &[
    ("sol_get_epoch_stake", Unsupported::NoStake),
    ("sol_get_leader", Unsupported::NoStake),
    ("sol_curve_pairing_map", Unsupported::NotImplemented),
    ("sol_curve_decompress", Unsupported::NotImplemented),
    ("sol_keccak_p1600", Unsupported::NotInForce),
    ("sol_alloc_free_", Unsupported::Retired),
];
