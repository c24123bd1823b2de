//! Why bytes are no transaction: one variant a rule, which says where it is broken.

use sealane_sdk::limits::{
    HEAP_GRANULE_BYTES, MAX_ACCOUNT_KEYS, MAX_HEAP_FRAME_BYTES, MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES,
    MAX_SIGNATURES, MAX_TOP_LEVEL_INSTRUCTIONS, MAX_TRANSACTION_SIZE_BYTES, MAX_V1_TRANSACTION_SIZE_BYTES,
    MIN_HEAP_FRAME_BYTES,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why bytes are not a transaction. Offsets are in bytes from the start of the transaction.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum SanitizeError {
    /// Longer than a legacy or version-0 transaction may be.
    #[error("the transaction has {size_bytes} bytes; at most {MAX_TRANSACTION_SIZE_BYTES} are allowed")]
    TooLong {
        /// Size of the input.
        size_bytes: usize,
    },
    /// Longer than a version-1 transaction may be.
    #[error(
        "the version-1 transaction has {size_bytes} bytes; at most {MAX_V1_TRANSACTION_SIZE_BYTES} are allowed"
    )]
    TooLongV1 {
        /// Size of the input.
        size_bytes: usize,
    },
    /// The bytes end inside a field.
    #[error("the transaction ends inside the field at byte {offset}, which needs {needed_bytes} bytes")]
    Truncated {
        /// Where the field begins.
        offset: usize,
        /// How many bytes the field needs from there.
        needed_bytes: usize,
    },
    /// A length is written with more bytes than it needs.
    #[error("the length at byte {offset} is not in its shortest form")]
    AliasedLength {
        /// Where the length begins.
        offset: usize,
    },
    /// A length does not fit 16 bits.
    #[error("the length at byte {offset} is larger than 65,535")]
    LengthOverflow {
        /// Where the length begins.
        offset: usize,
    },
    /// The message has a version this ledger does not know.
    #[error("the message has version {version}, which is not supported")]
    UnsupportedVersion {
        /// The version, 2 to 127.
        version: u8,
        /// Where the version byte stands.
        offset: usize,
    },
    /// A version-1 message behind signatures, where only legacy and version-0 messages stand.
    #[error(
        "the message at byte {offset} has version 1 and stands behind its signatures; in version 1 it comes first"
    )]
    SignaturesBeforeV1 {
        /// Where the version byte stands.
        offset: usize,
    },
    /// The message needs no signature, so nobody pays for it.
    #[error("the message requires no signature")]
    NoSigner,
    /// There are more or fewer signatures than the message requires.
    #[error("{signature_count} signatures were given and {required_signature_count} are required")]
    SignatureCount {
        /// Signatures in front of the message.
        signature_count: usize,
        /// Signatures the header requires.
        required_signature_count: usize,
    },
    /// More signatures than a transaction may carry. Only in version 1: in the others no more fit.
    #[error(
        "the message requires {required_signature_count} signatures; at most {MAX_SIGNATURES} are allowed"
    )]
    TooManySignatures {
        /// Signatures the header requires.
        required_signature_count: usize,
    },
    /// All signers are read-only: key 0 could not pay.
    #[error("{readonly_signed_count} of {required_signature_count} signers are read-only, so none can pay")]
    NoWritableSigner {
        /// Read-only signers according to the header.
        readonly_signed_count: usize,
        /// Signatures the header requires.
        required_signature_count: usize,
    },
    /// The header's counts need more keys than there are.
    #[error("the header counts {header_key_count} keys and the message has {key_count}")]
    TooFewKeys {
        /// Signers and read-only keys that do not sign, according to the header.
        header_key_count: usize,
        /// Keys in the message.
        key_count: usize,
    },
    /// More keys than a transaction may lock.
    #[error("the message has {key_count} keys; at most {MAX_ACCOUNT_KEYS} are allowed")]
    TooManyKeys {
        /// Keys the message announces.
        key_count: usize,
    },
    /// The same key twice.
    #[error("key {index} is the same as key {first_index}")]
    DuplicateKey {
        /// Index of the first occurrence.
        first_index: usize,
        /// Index of the second.
        index: usize,
    },
    /// More instructions than a transaction may run.
    #[error(
        "the message has {instruction_count} instructions; at most {MAX_TOP_LEVEL_INSTRUCTIONS} are allowed"
    )]
    TooManyInstructions {
        /// Instructions the message announces.
        instruction_count: usize,
    },
    /// An instruction calls key 0, which pays and cannot be a program.
    #[error("instruction {instruction_index} calls the fee payer")]
    PayerIsProgram {
        /// Which instruction.
        instruction_index: usize,
    },
    /// An instruction calls a key that is not there.
    #[error("instruction {instruction_index} calls key {program_index} of {key_count}")]
    ProgramIndex {
        /// Which instruction.
        instruction_index: usize,
        /// The index it calls.
        program_index: u8,
        /// Keys in the message.
        key_count: usize,
    },
    /// An instruction names an account that is not there.
    #[error("account {position} of instruction {instruction_index} is key {account_index} of {key_count}")]
    AccountIndex {
        /// Which instruction.
        instruction_index: usize,
        /// Position in the instruction's account list.
        position: usize,
        /// The index that stands there.
        account_index: u8,
        /// Keys in the message.
        key_count: usize,
    },
    /// The message loads keys from address tables.
    #[error("the message uses {lookup_count} address tables, which are not supported")]
    AddressTableLookups {
        /// Tables the message announces.
        lookup_count: usize,
    },
    /// The configuration mask of a version-1 message has bits that mean nothing yet.
    #[error("the configuration mask {mask:#x} has bits other than 0 to 4")]
    UnknownConfigBits {
        /// The mask.
        mask: u32,
    },
    /// Bits 0 and 1 of the configuration mask, which mean the priority fee together, differ.
    #[error("the configuration mask {mask:#x} has one of the two bits of the priority fee; set both or none")]
    HalfPriorityFee {
        /// The mask.
        mask: u32,
    },
    /// The heap that a version-1 message asks for is too small, too large, or no multiple of 1,024 bytes.
    #[error(
        "a heap of {size_bytes} bytes is requested at byte {offset}; it must be a multiple of {HEAP_GRANULE_BYTES}, \
         {MIN_HEAP_FRAME_BYTES} to {MAX_HEAP_FRAME_BYTES}"
    )]
    HeapSize {
        /// Where the number stands.
        offset: usize,
        /// What is asked for.
        size_bytes: u32,
    },
    /// The message names the instructions sysvar, and its instructions list so many accounts that places in the sysvar
    /// would not fit their 16 bits.
    #[error(
        "the instructions sysvar, which the message names, would have {size_bytes} bytes; at most \
         {MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES} are allowed"
    )]
    InstructionsSysvarTooLong {
        /// The size it would have.
        size_bytes: usize,
    },
    /// Bytes follow the transaction.
    #[error("{extra_bytes} bytes follow the transaction, which ends at byte {offset}")]
    TrailingBytes {
        /// Where the transaction ends.
        offset: usize,
        /// How many bytes follow.
        extra_bytes: usize,
    },
}
