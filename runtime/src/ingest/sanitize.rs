//! Structure: from the bytes of one transaction to a [`SanitizedTransaction`] whose every field is known to be there.
//!
//! Bytes come from the network or a block; the result goes to [`verify`](mod@super::verify). Nothing is copied and nothing
//! allocated: a sanitized transaction is a view of 64 bytes over the caller's buffer.
//!
//! The format is Solana's, legacy and version 0 without address tables:
//!
//! ```text
//! transaction   compact-u16 signature count, signatures (64 bytes each), message
//! message       [0x80 for version 0], header (3 bytes), compact-u16 key count, keys (32 bytes each),
//!               blockhash (32 bytes), compact-u16 instruction count, instructions, [compact-u16 lookup count = 0]
//! header        required signatures, read-only signers, read-only keys that do not sign
//! instruction   program index (1 byte), compact-u16 count and account indices, compact-u16 size and data
//! ```
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use super::reader::Reader;
use sealane_sdk::Address;
use sealane_sdk::limits::{
    ADDRESS_SIZE_BYTES, MAX_ACCOUNT_KEYS, MAX_TOP_LEVEL_INSTRUCTIONS, MAX_TRANSACTION_SIZE_BYTES,
    SIGNATURE_SIZE_BYTES,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The bit that tells a message with a version from a legacy one, whose first byte is its signature count.
const VERSION_FLAG: u8 = 0x80;

/// Which form of the message a transaction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// The form without a version byte.
    Legacy,
    /// Version 0; here always without address tables.
    V0,
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
    /// Where the first instruction begins in `message`.
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

/// Why bytes are not a transaction. Offsets are in bytes from the start of the transaction.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum SanitizeError {
    /// Longer than any transaction may be.
    #[error("the transaction has {size_bytes} bytes; at most {MAX_TRANSACTION_SIZE_BYTES} are allowed")]
    TooLong {
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
        /// The version, 1 to 127.
        version: u8,
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
    /// Bytes follow the transaction.
    #[error("{extra_bytes} bytes follow the transaction, which ends at byte {offset}")]
    TrailingBytes {
        /// Where the transaction ends.
        offset: usize,
        /// How many bytes follow.
        extra_bytes: usize,
    },
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
    if bytes.len() > MAX_TRANSACTION_SIZE_BYTES {
        return Err(SanitizeError::TooLong { size_bytes: bytes.len() });
    }
    let mut reader = Reader::new(bytes);
    let signature_count = reader.length()?;
    let signature_bytes = reader.take(signature_count.saturating_mul(SIGNATURE_SIZE_BYTES))?;
    let (signatures, _) = signature_bytes.as_chunks::<SIGNATURE_SIZE_BYTES>();

    let message = reader.rest();
    let (version, header) = read_header(&mut reader, signature_count)?;
    let keys = read_keys(&mut reader, header)?;
    let recent_blockhash = reader.array::<32>()?;
    let instruction_count = reader.length()?;
    if instruction_count > MAX_TOP_LEVEL_INSTRUCTIONS {
        return Err(SanitizeError::TooManyInstructions { instruction_count });
    }
    let instructions_offset = message.len().saturating_sub(reader.rest().len());
    for instruction_index in 0..instruction_count {
        check_instruction(&mut reader, instruction_index, keys.len())?;
    }
    if version == Version::V0 {
        let lookup_count = reader.length()?;
        if lookup_count != 0 {
            return Err(SanitizeError::AddressTableLookups { lookup_count });
        }
    }
    if !reader.rest().is_empty() {
        return Err(SanitizeError::TrailingBytes {
            offset: reader.offset(),
            extra_bytes: reader.rest().len(),
        });
    }
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
        Instructions {
            rest: self.message.get(usize::from(self.instructions_offset)..).unwrap_or_default(),
            remaining_count: self.instruction_count,
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
    rest: &'b [u8],
    remaining_count: u8,
}

impl<'b> Iterator for Instructions<'b> {
    type Item = InstructionView<'b>;

    fn next(&mut self) -> Option<Self::Item> {
        self.remaining_count = self.remaining_count.checked_sub(1)?;
        let mut reader = Reader::new(self.rest);
        let instruction = reader.instruction();
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
        _ => {
            let version = first & !VERSION_FLAG;
            return Err(SanitizeError::UnsupportedVersion { version, offset: version_offset });
        }
    };
    let &[readonly_signed_count, readonly_unsigned_count] = reader.array::<2>()?;
    if required_signature_count == 0 {
        return Err(SanitizeError::NoSigner);
    }
    if signature_count != usize::from(required_signature_count) {
        return Err(SanitizeError::SignatureCount {
            signature_count,
            required_signature_count: usize::from(required_signature_count),
        });
    }
    if readonly_signed_count >= required_signature_count {
        return Err(SanitizeError::NoWritableSigner {
            readonly_signed_count: usize::from(readonly_signed_count),
            required_signature_count: usize::from(required_signature_count),
        });
    }
    Ok((version, Header { required_signature_count, readonly_signed_count, readonly_unsigned_count }))
}

fn read_keys<'b>(reader: &mut Reader<'b>, header: Header) -> Result<&'b [Address], SanitizeError> {
    let key_count = reader.length()?;
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
/// whole keys are compared only where those agree. Up to 38 keys fit a transaction, where this beats a table.
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
    reader: &mut Reader<'_>,
    instruction_index: usize,
    key_count: usize,
) -> Result<(), SanitizeError> {
    let InstructionView { program_index, accounts, data: _ } = reader.instruction()?;
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
    assert!(MAX_TRANSACTION_SIZE_BYTES <= u16::MAX as usize);
    assert!(MAX_TOP_LEVEL_INSTRUCTIONS <= u8::MAX as usize);
};
