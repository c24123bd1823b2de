//! Version 1 (SIMD-0385): up to 4,096 bytes, no address tables, and the compute budget in the message itself.
//!
//! Bytes come from `sanitize`, which knows the version by the first byte; the result is the same view. In the
//! order of the bytes, all integers little-endian (SIMD-0385, `solana-message` 6 `v1`, `solana-transaction` 6):
//!
//! ```text
//! transaction           message, signatures (64 bytes each, as many as the header requires)
//! message    0          version byte, 0x81
//!            1          header: required signatures, read-only signers, read-only keys that do not sign
//!            4          configuration mask (u32)
//!            8          blockhash (32 bytes)
//!            40         instruction count (u8), 0 to 64
//!            41         key count (u8), 1 to 64
//!            42         keys (32 bytes each)
//!                       configuration values: 4 bytes a bit of the mask, lowest bit first
//!                       instruction headers: program index (u8), account count (u8), data size in bytes (u16)
//!                       for each instruction: account indices (u8 each), data
//!
//! mask bits 0 and 1     priority fee in lamports (one u64), both or none
//!      bit 2            compute unit limit (u32)
//!      bit 3            limit on loaded account data in bytes (u32)
//!      bit 4            heap in bytes (u32), a multiple of 1,024 from 32 KiB to 256 KiB
//!      others           none may be set
//! ```
//!
//! What is signed is the message, the version byte included. Besides what Solana's types ask for, SIMD-0385 refuses more
//! than 12 signatures, 64 keys, or 64 instructions, duplicate keys, other heaps, and bytes behind the signatures; so does
//! this. A rule of this ledger alone: who names the instructions sysvar must leave its places within 16 bits.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use super::{
    Header, InstructionView, SanitizeError, SanitizedTransaction, Version, check_end, check_instruction,
    check_instruction_count, read_keys,
};
use crate::ingest::reader::Reader;
use sealane_sdk::Address;
use sealane_sdk::ids::instructions;
use sealane_sdk::limits::{
    ADDRESS_SIZE_BYTES, HEAP_GRANULE_BYTES, MAX_HEAP_FRAME_BYTES, MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES,
    MAX_SIGNATURES, MAX_V1_TRANSACTION_SIZE_BYTES, MIN_HEAP_FRAME_BYTES, SIGNATURE_SIZE_BYTES,
};
use serde::{Deserialize, Serialize};

/// What the message, and with it the transaction, begins with.
pub(super) const VERSION_BYTE: u8 = 0x81;

/// Program index, account count, data size in two bytes.
pub(in crate::ingest) type InstructionHeader = [u8; 4];

/// Where the mask stands in the message.
const MASK_OFFSET: usize = 4;
/// Where the keys begin in the message.
const KEYS_OFFSET: usize = 42;

/// What a version-1 message asks for in its configuration: what it does not mention is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// What the whole transaction pays for priority, in lamports.
    pub priority_fee_lamports: Option<u64>,
    /// Compute units the transaction may use.
    pub unit_limit: Option<u32>,
    /// Most bytes of account data the transaction may load.
    pub loaded_data_size_limit_bytes: Option<u32>,
    /// Heap of each program call in bytes: a multiple of 1,024, 32 KiB to 256 KiB.
    pub heap_size_bytes: Option<u32>,
}

/// Checks the structure of one version-1 transaction; `bytes` begin with the version byte.
pub(super) fn sanitize(bytes: &[u8]) -> Result<SanitizedTransaction<'_>, SanitizeError> {
    if bytes.len() > MAX_V1_TRANSACTION_SIZE_BYTES {
        return Err(SanitizeError::TooLongV1 { size_bytes: bytes.len() });
    }
    let mut reader = Reader::new(bytes);
    reader.byte()?;
    let header = read_header(&mut reader)?;
    let mask = read_mask(&mut reader)?;
    let recent_blockhash = reader.array::<32>()?;
    let instruction_count = reader.byte()?;
    check_instruction_count(usize::from(instruction_count))?;
    let key_count = usize::from(reader.byte()?);
    let keys = read_keys(&mut reader, key_count, header)?;
    Config::read(&mut reader, mask)?;
    let instructions_offset = reader.offset();
    check_instructions(&mut reader, usize::from(instruction_count), keys)?;
    let message = bytes.get(..reader.offset()).unwrap_or_default();
    let signature_count = usize::from(header.required_signature_count);
    let signature_bytes = reader.take(signature_count.saturating_mul(SIGNATURE_SIZE_BYTES))?;
    let (signatures, _) = signature_bytes.as_chunks::<SIGNATURE_SIZE_BYTES>();
    check_end(&reader)?;
    #[expect(clippy::cast_possible_truncation, reason = "a transaction has at most 4,096 bytes")]
    Ok(SanitizedTransaction {
        signatures,
        message,
        keys,
        recent_blockhash,
        instructions_offset: instructions_offset as u16,
        instruction_count,
        header,
        version: Version::V1,
    })
}

/// Splits what begins with the headers of `instruction_count` instructions into these and what follows.
pub(super) fn split_instructions(bytes: &[u8], instruction_count: usize) -> (&[InstructionHeader], &[u8]) {
    let size_bytes = instruction_count.saturating_mul(size_of::<InstructionHeader>());
    let (headers, rest) = bytes.split_at_checked(size_bytes).unwrap_or_default();
    (headers.as_chunks().0, rest)
}

impl Config {
    /// The configuration of a message that was checked and has this many keys.
    pub(super) fn of_message(message: &[u8], key_count: usize) -> Self {
        let mask = message.get(MASK_OFFSET..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        let values_offset = key_count.saturating_mul(ADDRESS_SIZE_BYTES).saturating_add(KEYS_OFFSET);
        let values = message.get(values_offset..).unwrap_or_default();
        let config = Self::read(&mut Reader::new(values), u32::from_le_bytes(mask));
        debug_assert!(config.is_ok(), "sanitize has read the same bytes");
        config.unwrap_or_default()
    }

    /// The mask and the values as they stand in a message.
    pub(crate) fn encode(&self) -> ([u8; 4], Vec<u8>) {
        let (mut mask, mut values) = (0, Vec::new());
        let mut push = |bits: u32, value: Option<&[u8]>| {
            mask |= if value.is_some() { bits } else { 0 };
            values.extend_from_slice(value.unwrap_or_default());
        };
        let Self { priority_fee_lamports, unit_limit, loaded_data_size_limit_bytes, heap_size_bytes } = self;
        push(
            PRIORITY_FEE_BITS,
            priority_fee_lamports.map(u64::to_le_bytes).as_ref().map(<[u8; 8]>::as_slice),
        );
        let words = [
            (UNIT_LIMIT_BIT, unit_limit),
            (LOADED_DATA_SIZE_LIMIT_BIT, loaded_data_size_limit_bytes),
            (HEAP_SIZE_BIT, heap_size_bytes),
        ];
        for (bit, word) in words {
            push(bit, word.map(u32::to_le_bytes).as_ref().map(<[u8; 4]>::as_slice));
        }
        (mask.to_le_bytes(), values)
    }

    fn read(reader: &mut Reader<'_>, mask: u32) -> Result<Self, SanitizeError> {
        let word = |reader: &mut Reader<'_>, bit: u32| -> Result<Option<u32>, SanitizeError> {
            let is_set = mask & bit != 0;
            is_set.then(|| reader.array().map(|bytes| u32::from_le_bytes(*bytes))).transpose()
        };
        let priority_fee = (mask & PRIORITY_FEE_BITS != 0).then(|| reader.array());
        let priority_fee_lamports = priority_fee.transpose()?.map(|bytes| u64::from_le_bytes(*bytes));
        let unit_limit = word(reader, UNIT_LIMIT_BIT)?;
        let loaded_data_size_limit_bytes = word(reader, LOADED_DATA_SIZE_LIMIT_BIT)?;
        let offset = reader.offset();
        let heap_size_bytes = word(reader, HEAP_SIZE_BIT)?;
        let is_bad = |size_bytes: &u32| {
            !(MIN_HEAP_FRAME_BYTES..=MAX_HEAP_FRAME_BYTES).contains(size_bytes)
                || !size_bytes.is_multiple_of(HEAP_GRANULE_BYTES)
        };
        match heap_size_bytes.filter(is_bad) {
            Some(size_bytes) => Err(SanitizeError::HeapSize { offset, size_bytes }),
            None => {
                Ok(Self { priority_fee_lamports, unit_limit, loaded_data_size_limit_bytes, heap_size_bytes })
            }
        }
    }
}

const PRIORITY_FEE_BITS: u32 = 0b11;
const UNIT_LIMIT_BIT: u32 = 1 << 2;
const LOADED_DATA_SIZE_LIMIT_BIT: u32 = 1 << 3;
const HEAP_SIZE_BIT: u32 = 1 << 4;
const KNOWN_BITS: u32 = PRIORITY_FEE_BITS | UNIT_LIMIT_BIT | LOADED_DATA_SIZE_LIMIT_BIT | HEAP_SIZE_BIT;

fn read_header(reader: &mut Reader<'_>) -> Result<Header, SanitizeError> {
    let &[required_signature_count, readonly_signed_count, readonly_unsigned_count] = reader.array()?;
    let header = Header { required_signature_count, readonly_signed_count, readonly_unsigned_count };
    let required_signature_count = usize::from(required_signature_count);
    match required_signature_count {
        0 => return Err(SanitizeError::NoSigner),
        1..=MAX_SIGNATURES => {}
        _ => return Err(SanitizeError::TooManySignatures { required_signature_count }),
    }
    header.check_payer()?;
    Ok(header)
}

fn read_mask(reader: &mut Reader<'_>) -> Result<u32, SanitizeError> {
    let mask = u32::from_le_bytes(*reader.array()?);
    if mask & !KNOWN_BITS != 0 {
        return Err(SanitizeError::UnknownConfigBits { mask });
    }
    if !matches!(mask & PRIORITY_FEE_BITS, 0 | PRIORITY_FEE_BITS) {
        return Err(SanitizeError::HalfPriorityFee { mask });
    }
    Ok(mask)
}

fn check_instructions(
    reader: &mut Reader<'_>,
    instruction_count: usize,
    keys: &[Address],
) -> Result<(), SanitizeError> {
    let headers = reader.take(instruction_count.saturating_mul(size_of::<InstructionHeader>()))?;
    let (headers, _) = headers.as_chunks();
    // Two counts: of the instructions, and, last, which one is running.
    let mut sysvar_size_bytes = 4_usize;
    for (instruction_index, header) in headers.iter().enumerate() {
        let instruction = reader.payload(header)?;
        check_instruction(instruction, instruction_index, keys.len())?;
        sysvar_size_bytes = sysvar_size_bytes.saturating_add(sysvar_entry_size_bytes(instruction));
    }
    let is_long = sysvar_size_bytes > MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES;
    if is_long && keys.contains(&instructions::ID) {
        return Err(SanitizeError::InstructionsSysvarTooLong { size_bytes: sysvar_size_bytes });
    }
    Ok(())
}

/// What one instruction takes in the instructions sysvar, as `ledger::sysvars::instructions_data` writes it: its place,
/// account count, flags and address of each account, program, data size, data.
fn sysvar_entry_size_bytes(instruction: InstructionView<'_>) -> usize {
    let InstructionView { program_index: _, accounts, data } = instruction;
    let accounts_size_bytes = accounts.len().saturating_mul(const { 1 + ADDRESS_SIZE_BYTES });
    accounts_size_bytes.saturating_add(data.len()).saturating_add(const { 2 + 2 + ADDRESS_SIZE_BYTES + 2 })
}
