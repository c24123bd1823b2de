//! Structure: from the bytes of one transaction to a [`SanitizedTransaction`] whose every field is known to be there.
//!
//! Bytes come from the network or a block; the result goes to [`verify`](mod@super::verify). Nothing is copied and nothing
//! allocated: a sanitized transaction is a view of 64 bytes over the caller's buffer.
//!
//! The format is Solana's, legacy and version 0 without address tables; version 1 is told in `sanitize/v1.rs`:
//!
//! ```text
//! transaction   compact-u16 signature count, signatures (64 bytes each), message
//! message       [0x80 for version 0], header (3 bytes), compact-u16 key count, keys (32 bytes each),
//!               blockhash (32 bytes), compact-u16 instruction count, instructions, [compact-u16 lookup count = 0]
//! header        required signatures, read-only signers, read-only keys that do not sign
//! instruction   program index (1 byte), compact-u16 count and account indices, compact-u16 size and data
//! ```
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod error;
mod v1;

pub use error::SanitizeError;
pub use v1::Config;
pub(super) use v1::InstructionHeader;

use super::reader::Reader;
use sealane_sdk::Address;
use sealane_sdk::limits::{
    ADDRESS_SIZE_BYTES, MAX_ACCOUNT_KEYS, MAX_SIGNATURES, MAX_TOP_LEVEL_INSTRUCTIONS,
    MAX_TRANSACTION_SIZE_BYTES, MAX_V1_TRANSACTION_SIZE_BYTES, SIGNATURE_SIZE_BYTES,
};
use serde::{Deserialize, Serialize};
use std::slice;

/// The bit that tells a message with a version from a legacy one, whose first byte is its signature count.
const VERSION_FLAG: u8 = 0x80;

/// Which form of the message a transaction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// The form without a version byte.
    Legacy,
    /// Version 0; here always without address tables.
    V0,
    /// Version 1: up to 4,096 bytes, the message in front of its signatures, the compute budget in the message.
    V1,
}

/// A transaction whose structure was checked by [`sanitize`]: a view over its bytes, cheap to copy.
///
/// There is at least one signature, key 0 is a writable signer, keys are distinct, every index in every instruction
/// is in range.
#[derive(Clone, Copy, Debug)]
pub struct SanitizedTransaction<'b> {
    signatures: &'b [[u8; SIGNATURE_SIZE_BYTES]],
    message: &'b [u8],
    keys: &'b [Address],
    recent_blockhash: &'b [u8; 32],
    /// Where the first instruction begins in `message`; in version 1, its header.
    instructions_offset: u16,
    instruction_count: u8,
    header: Header,
    version: Version,
}

/// The three counts that say which keys sign and which may be written.
#[derive(Clone, Copy, Debug)]
struct Header {
    required_signature_count: u8,
    readonly_signed_count: u8,
    readonly_unsigned_count: u8,
}

/// One instruction of a sanitized transaction. All indices point into the transaction's keys and are in range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstructionView<'b> {
    /// Index of the called program's key; never 0.
    pub program_index: u8,
    /// Key indices of the accounts handed to the program, in its order; the same index may occur more than once.
    pub accounts: &'b [u8],
    /// What the program is told.
    pub data: &'b [u8],
}

/// Checks the structure of one transaction.
///
/// `bytes` must hold exactly one transaction. Signatures are not checked here; [`verify`](super::verify::verify) does
/// that.
///
/// # Errors
/// The first rule that is broken, in the order of the bytes; rules about the whole message (duplicate keys, the
/// header's counts) where their last byte is read.
pub fn sanitize(bytes: &[u8]) -> Result<SanitizedTransaction<'_>, SanitizeError> {
    // No other transaction begins like this: it would have 129 signatures or more.
    if bytes.first() == Some(&v1::VERSION_BYTE) {
        return v1::sanitize(bytes);
    }
    if bytes.len() > MAX_TRANSACTION_SIZE_BYTES {
        return Err(SanitizeError::TooLong { size_bytes: bytes.len() });
    }
    let mut reader = Reader::new(bytes);
    let signature_count = reader.length()?;
    let signature_bytes = reader.take(signature_count.saturating_mul(SIGNATURE_SIZE_BYTES))?;
    let (signatures, _) = signature_bytes.as_chunks::<SIGNATURE_SIZE_BYTES>();

    let message = reader.rest();
    let (version, header) = read_header(&mut reader, signature_count)?;
    let key_count = reader.length()?;
    let keys = read_keys(&mut reader, key_count, header)?;
    let recent_blockhash = reader.array::<32>()?;
    let instruction_count = reader.length()?;
    check_instruction_count(instruction_count)?;
    let instructions_offset = message.len().saturating_sub(reader.rest().len());
    for instruction_index in 0..instruction_count {
        check_instruction(reader.instruction()?, instruction_index, keys.len())?;
    }
    if version == Version::V0 {
        let lookup_count = reader.length()?;
        if lookup_count != 0 {
            return Err(SanitizeError::AddressTableLookups { lookup_count });
        }
    }
    check_end(&reader)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a transaction has at most 1,232 bytes, 64 instructions"
    )]
    Ok(SanitizedTransaction {
        signatures,
        message,
        keys,
        recent_blockhash,
        instructions_offset: instructions_offset as u16,
        instruction_count: instruction_count as u8,
        header,
        version,
    })
}

impl<'b> SanitizedTransaction<'b> {
    /// The signatures: signature `i` is by key `i`. There is at least one.
    #[must_use]
    pub fn signatures(&self) -> &'b [[u8; SIGNATURE_SIZE_BYTES]] {
        self.signatures
    }

    /// The first signature, the fee payer's: the name of the transaction.
    #[must_use]
    pub fn signature(&self) -> &'b [u8; SIGNATURE_SIZE_BYTES] {
        let [first, ..] = self.signatures else { unreachable!("sanitize refuses a message without signers") };
        first
    }

    /// The bytes that are signed.
    #[must_use]
    pub fn message(&self) -> &'b [u8] {
        self.message
    }

    /// The keys of the accounts the transaction may touch, all distinct: signers first.
    #[must_use]
    pub fn keys(&self) -> &'b [Address] {
        self.keys
    }

    /// Key 0, a writable signer: who pays.
    #[must_use]
    pub fn payer(&self) -> &'b Address {
        let [first, ..] = self.keys else { unreachable!("sanitize refuses fewer keys than signers") };
        first
    }

    /// Whether the key at `index` signed.
    #[must_use]
    pub fn is_signer(&self, index: usize) -> bool {
        index < usize::from(self.header.required_signature_count)
    }

    /// Whether the message's header declares the key at `index` writable. What is locked for writing may be less:
    /// [`write_locks`](super::access::write_locks) demotes reserved keys and called programs.
    #[must_use]
    pub fn is_writable_by_header(&self, index: usize) -> bool {
        let Header { required_signature_count, readonly_signed_count, readonly_unsigned_count } = self.header;
        let signed_end = required_signature_count.saturating_sub(readonly_signed_count);
        let unsigned_end = self.keys.len().saturating_sub(usize::from(readonly_unsigned_count));
        index < usize::from(signed_end)
            || (index >= usize::from(required_signature_count) && index < unsigned_end)
    }

    /// The blockhash, or durable nonce, that bounds how long the transaction is good.
    #[must_use]
    pub fn recent_blockhash(&self) -> &'b [u8; 32] {
        self.recent_blockhash
    }

    /// How many instructions there are, 0 to 64.
    #[must_use]
    pub fn instruction_count(&self) -> usize {
        usize::from(self.instruction_count)
    }

    /// The instructions in order, read again from the checked bytes.
    #[must_use]
    pub fn instructions(&self) -> Instructions<'b> {
        let bytes = self.message.get(usize::from(self.instructions_offset)..).unwrap_or_default();
        let (headers, rest) = match self.version {
            Version::Legacy | Version::V0 => (None, bytes),
            Version::V1 => {
                let (headers, payloads) = v1::split_instructions(bytes, self.instruction_count());
                (Some(headers.iter()), payloads)
            }
        };
        Instructions { rest, headers, remaining_count: self.instruction_count }
    }

    /// What a version-1 message asks for in its configuration; `None` in the other versions, which ask by instructions.
    #[must_use]
    pub fn config(&self) -> Option<Config> {
        match self.version {
            Version::Legacy | Version::V0 => None,
            Version::V1 => Some(Config::of_message(self.message, self.keys.len())),
        }
    }

    /// The form of the message.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }
}

/// The instructions of one sanitized transaction, in order.
#[derive(Clone, Debug)]
pub struct Instructions<'b> {
    /// What is left of the instructions; in version 1, of their accounts and data.
    rest: &'b [u8],
    /// In version 1, what is left of their headers.
    headers: Option<slice::Iter<'b, InstructionHeader>>,
    remaining_count: u8,
}

impl<'b> Iterator for Instructions<'b> {
    type Item = InstructionView<'b>;

    fn next(&mut self) -> Option<Self::Item> {
        self.remaining_count = self.remaining_count.checked_sub(1)?;
        let mut reader = Reader::new(self.rest);
        let instruction = match &mut self.headers {
            None => reader.instruction(),
            Some(headers) => reader.payload(headers.next()?),
        };
        self.rest = reader.rest();
        debug_assert!(instruction.is_ok(), "sanitize has read the same bytes");
        instruction.ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = usize::from(self.remaining_count);
        (count, Some(count))
    }
}

impl ExactSizeIterator for Instructions<'_> {}

fn read_header(reader: &mut Reader<'_>, signature_count: usize) -> Result<(Version, Header), SanitizeError> {
    let version_offset = reader.offset();
    let first = reader.byte()?;
    let (version, required_signature_count) = match first {
        VERSION_FLAG => (Version::V0, reader.byte()?),
        _ if first & VERSION_FLAG == 0 => (Version::Legacy, first),
        v1::VERSION_BYTE => return Err(SanitizeError::SignaturesBeforeV1 { offset: version_offset }),
        _ => {
            let version = first & !VERSION_FLAG;
            return Err(SanitizeError::UnsupportedVersion { version, offset: version_offset });
        }
    };
    let &[readonly_signed_count, readonly_unsigned_count] = reader.array::<2>()?;
    let header = Header { required_signature_count, readonly_signed_count, readonly_unsigned_count };
    if required_signature_count == 0 {
        return Err(SanitizeError::NoSigner);
    }
    if signature_count != usize::from(required_signature_count) {
        return Err(SanitizeError::SignatureCount {
            signature_count,
            required_signature_count: usize::from(required_signature_count),
        });
    }
    header.check_payer()?;
    Ok((version, header))
}

impl Header {
    /// Key 0 signs and may be written.
    fn check_payer(self) -> Result<(), SanitizeError> {
        let Self { required_signature_count, readonly_signed_count, readonly_unsigned_count: _ } = self;
        if readonly_signed_count >= required_signature_count {
            return Err(SanitizeError::NoWritableSigner {
                readonly_signed_count: usize::from(readonly_signed_count),
                required_signature_count: usize::from(required_signature_count),
            });
        }
        Ok(())
    }
}

fn check_instruction_count(instruction_count: usize) -> Result<(), SanitizeError> {
    if instruction_count > MAX_TOP_LEVEL_INSTRUCTIONS {
        return Err(SanitizeError::TooManyInstructions { instruction_count });
    }
    Ok(())
}

fn check_end(reader: &Reader<'_>) -> Result<(), SanitizeError> {
    match reader.rest().len() {
        0 => Ok(()),
        extra_bytes => Err(SanitizeError::TrailingBytes { offset: reader.offset(), extra_bytes }),
    }
}

fn read_keys<'b>(
    reader: &mut Reader<'b>,
    key_count: usize,
    header: Header,
) -> Result<&'b [Address], SanitizeError> {
    if key_count > MAX_ACCOUNT_KEYS {
        return Err(SanitizeError::TooManyKeys { key_count });
    }
    let header_key_count = usize::from(header.required_signature_count)
        .saturating_add(usize::from(header.readonly_unsigned_count));
    if header_key_count > key_count {
        return Err(SanitizeError::TooFewKeys { header_key_count, key_count });
    }
    let bytes = reader.take(key_count.saturating_mul(ADDRESS_SIZE_BYTES))?;
    let (chunks, _) = bytes.as_chunks::<ADDRESS_SIZE_BYTES>();
    let keys: &[Address] = bytemuck::cast_slice(chunks);
    match first_duplicate(keys) {
        Some((first_index, index)) => Err(SanitizeError::DuplicateKey { first_index, index }),
        None => Ok(keys),
    }
}

/// The first key that occurs a second time, as (index of the first occurrence, index of the second).
///
/// Every pair is compared, but by eight bytes gathered side by side, which the compiler turns into vector compares;
/// whole keys are compared only where those agree. A legacy transaction has room for 35 keys, version 1 for 64.
fn first_duplicate(keys: &[Address]) -> Option<(usize, usize)> {
    let mut prefixes = [0_u64; MAX_ACCOUNT_KEYS];
    for (prefix, key) in prefixes.iter_mut().zip(keys) {
        // The last bytes, since ground addresses and the reserved ones agree in their first.
        *prefix = key.as_array().last_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    }
    for (index, (key, prefix)) in keys.iter().zip(&prefixes).enumerate() {
        let earlier = prefixes.get(..index).unwrap_or_default();
        let is_suspect = earlier.iter().fold(false, |found, other| found | (other == prefix));
        if is_suspect && let Some(first_index) = keys.iter().take(index).position(|other| other == key) {
            return Some((first_index, index));
        }
    }
    None
}

fn check_instruction(
    instruction: InstructionView<'_>,
    instruction_index: usize,
    key_count: usize,
) -> Result<(), SanitizeError> {
    let InstructionView { program_index, accounts, data: _ } = instruction;
    if program_index == 0 {
        return Err(SanitizeError::PayerIsProgram { instruction_index });
    }
    if usize::from(program_index) >= key_count {
        return Err(SanitizeError::ProgramIndex { instruction_index, program_index, key_count });
    }
    match accounts.iter().position(|&account| usize::from(account) >= key_count) {
        None => Ok(()),
        Some(position) => Err(SanitizeError::AccountIndex {
            instruction_index,
            position,
            account_index: accounts.get(position).copied().unwrap_or_default(),
            key_count,
        }),
    }
}

const _: () = {
    assert!(size_of::<SanitizedTransaction<'_>>() == 64, "one cache line");
    assert!(MAX_TRANSACTION_SIZE_BYTES <= MAX_V1_TRANSACTION_SIZE_BYTES);
    assert!(MAX_V1_TRANSACTION_SIZE_BYTES <= u16::MAX as usize);
    assert!(
        (MAX_SIGNATURES + 1) * (SIGNATURE_SIZE_BYTES + ADDRESS_SIZE_BYTES) > MAX_TRANSACTION_SIZE_BYTES,
        "size alone keeps legacy and version-0 transactions below the most signatures"
    );
    assert!(MAX_TOP_LEVEL_INSTRUCTIONS <= u8::MAX as usize);
};
