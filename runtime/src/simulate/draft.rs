//! A transaction taken apart, so that it can be put together again with other declarations.
//!
//! Comes from a transaction or from instructions and their payer; goes out as bytes, in the wire format, that pass the
//! whole pipeline. Signatures are zeros: there is room for them, and nobody can make them here.

use crate::error::Rejection;
use crate::ingest::{Config, SanitizeError, SanitizedTransaction, Version, is_reserved, write_locks};
use sealane_sdk::Address;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::limits::{
    MAX_ACCOUNT_KEYS, MAX_TOP_LEVEL_INSTRUCTIONS, MAX_TRANSACTION_SIZE_BYTES, MAX_V1_TRANSACTION_SIZE_BYTES,
    SIGNATURE_SIZE_BYTES,
};

/// What a transaction declares of a draft's keys; bit `i` stands for key `i` of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Declarations {
    /// The keys it lists.
    pub(super) listed: u64,
    /// Those of them that it may write.
    pub(super) writable: u64,
}

/// A transaction without signatures or declarations.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    version: Version,
    /// What it asks for, in version 1.
    config: Option<Config>,
    blockhash: [u8; 32],
    /// The payer first.
    pub(super) keys: Vec<Address>,
    /// The keys that sign.
    signers: u64,
    instructions: Vec<DraftInstruction>,
}

#[derive(Clone, Debug)]
struct DraftInstruction {
    /// Index of the program among the draft's keys.
    program: usize,
    /// Indices of its accounts.
    accounts: Vec<usize>,
    data: Vec<u8>,
}

impl Draft {
    /// The transaction taken apart, and its declarations as the ledger takes them.
    pub(super) fn of_transaction(transaction: &SanitizedTransaction<'_>) -> (Self, Declarations) {
        let keys = transaction.keys().to_vec();
        let instructions = transaction.instructions().map(|instruction| DraftInstruction {
            program: usize::from(instruction.program_index),
            accounts: instruction.accounts.iter().map(|index| usize::from(*index)).collect(),
            data: instruction.data.to_vec(),
        });
        let signers = (0..keys.len()).filter(|index| transaction.is_signer(*index));
        let draft = Self {
            version: transaction.version(),
            config: transaction.config(),
            blockhash: *transaction.recent_blockhash(),
            signers: signers.fold(0, |signers, index| signers | bit(index)),
            instructions: instructions.collect(),
            keys,
        };
        let declared = Declarations { listed: draft.all(), writable: write_locks(transaction) };
        (draft, declared)
    }

    /// A draft of `instructions`, and what they declare: an account is writable, or signs, if one of them says so.
    ///
    /// # Errors
    /// [`SanitizeError`]: more instructions, keys or bytes than a transaction may have.
    pub(super) fn of_instructions(
        payer: &Address,
        instructions: &[Instruction],
        blockhash: [u8; 32],
    ) -> Result<(Self, Declarations), Rejection> {
        let instruction_count = instructions.len();
        if instruction_count > MAX_TOP_LEVEL_INSTRUCTIONS {
            return Err(SanitizeError::TooManyInstructions { instruction_count }.into());
        }
        // Before anything is counted in bytes or words of the format.
        let size_bytes = instructions.iter().map(|one| one.data.len() + one.accounts.len()).sum();
        if size_bytes > MAX_TRANSACTION_SIZE_BYTES {
            return Err(SanitizeError::TooLong { size_bytes }.into());
        }
        let mut keys = vec![*payer];
        let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
        let programs = instructions.iter().map(|instruction| &instruction.program_id);
        for address in metas.clone().map(|meta| &meta.pubkey).chain(programs) {
            if !keys.contains(address) {
                keys.push(*address);
            }
        }
        let key_count = keys.len();
        if key_count > MAX_ACCOUNT_KEYS {
            return Err(SanitizeError::TooManyKeys { key_count }.into());
        }
        let index_of = |address: &Address| keys.iter().position(|key| key == address).unwrap_or_default();
        let (mut signers, mut writable) = (bit(0), bit(0));
        for meta in metas {
            let bit = bit(index_of(&meta.pubkey));
            signers |= if meta.is_signer { bit } else { 0 };
            writable |= if meta.is_writable { bit } else { 0 };
        }
        let drafts = instructions.iter().map(|instruction| DraftInstruction {
            program: index_of(&instruction.program_id),
            accounts: instruction.accounts.iter().map(|meta| index_of(&meta.pubkey)).collect(),
            data: instruction.data.clone(),
        });
        let instructions = drafts.collect();
        let draft = Self { version: Version::Legacy, config: None, blockhash, keys, signers, instructions };
        let declared = Declarations { listed: draft.all(), writable: writable & draft.may_be_written() };
        Ok((draft, declared))
    }

    /// Every key.
    pub(super) fn all(&self) -> u64 {
        (0..self.keys.len()).fold(0, |all, index| all | bit(index))
    }

    /// The keys that the ledger lets a transaction lock for writing: neither reserved nor called by an instruction.
    pub(super) fn may_be_written(&self) -> u64 {
        let reserved = self.keys.iter().enumerate().filter(|(_, key)| is_reserved(key));
        let called = self.instructions.iter().map(|instruction| instruction.program);
        reserved.map(|(index, _)| index).chain(called).fold(self.all(), |mask, index| mask & !bit(index))
    }

    /// The keys that can be left out: those that no instruction names and whose signature is not asked for. A signature
    /// says who agrees, whatever is then touched, so it is never taken away.
    pub(super) fn unmentioned(&self) -> u64 {
        let mentioned = self.instructions.iter().flat_map(|instruction| {
            std::iter::once(instruction.program).chain(instruction.accounts.iter().copied())
        });
        mentioned.fold(self.all() & !self.signers, |mask, index| mask & !bit(index))
    }

    /// The transaction with these declarations, in the wire format, its signatures zero.
    pub(super) fn encode(&self, declarations: Declarations) -> Vec<u8> {
        let order = self.order(declarations);
        let count = |signs: bool, writable: bool| {
            let class = |index: &&usize| self.class(**index, declarations) == class_of(signs, writable);
            byte(order.iter().filter(class).count())
        };
        let (readonly_signed, signed) = (count(true, false), count(true, true));
        let header = [readonly_signed + signed, readonly_signed, count(false, false)];
        match (self.version, self.config) {
            (Version::Legacy | Version::V0, None) => self.encode_old(header, &order),
            (Version::V1, Some(config)) => self.encode_v1(header, &order, config),
            (version, config) => crate::bug!("a draft of version {version:?} asks for {config:?}"),
        }
    }

    /// Legacy and version 0, as `ingest/sanitize.rs` describes them.
    fn encode_old(&self, header: [u8; 3], order: &[usize]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MAX_TRANSACTION_SIZE_BYTES);
        let [signer_count, ..] = header.map(usize::from);
        push_length(&mut bytes, signer_count);
        bytes.resize(bytes.len() + signer_count * SIGNATURE_SIZE_BYTES, 0);
        if self.version == Version::V0 {
            bytes.push(0x80);
        }
        bytes.extend_from_slice(&header);
        push_length(&mut bytes, order.len());
        order.iter().for_each(|index| bytes.extend_from_slice(self.keys[*index].as_array()));
        bytes.extend_from_slice(&self.blockhash);
        push_length(&mut bytes, self.instructions.len());
        for DraftInstruction { program, accounts, data } in &self.instructions {
            bytes.push(place(order, *program));
            push_length(&mut bytes, accounts.len());
            bytes.extend(accounts.iter().map(|index| place(order, *index)));
            push_length(&mut bytes, data.len());
            bytes.extend_from_slice(data);
        }
        if self.version == Version::V0 {
            push_length(&mut bytes, 0);
        }
        bytes
    }

    /// Version 1, as `ingest/sanitize/v1.rs` describes it.
    fn encode_v1(&self, header: [u8; 3], order: &[usize], config: Config) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MAX_V1_TRANSACTION_SIZE_BYTES);
        let (mask, values) = config.encode();
        bytes.push(0x81);
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(&mask);
        bytes.extend_from_slice(&self.blockhash);
        bytes.extend_from_slice(&[byte(self.instructions.len()), byte(order.len())]);
        order.iter().for_each(|index| bytes.extend_from_slice(self.keys[*index].as_array()));
        bytes.extend_from_slice(&values);
        for DraftInstruction { program, accounts, data } in &self.instructions {
            let data_size_bytes =
                u16::try_from(data.len()).unwrap_or_else(|_| crate::bug!("it was read from a u16"));
            bytes.extend_from_slice(&[place(order, *program), byte(accounts.len())]);
            bytes.extend_from_slice(&data_size_bytes.to_le_bytes());
        }
        for DraftInstruction { program: _, accounts, data } in &self.instructions {
            bytes.extend(accounts.iter().map(|index| place(order, *index)));
            bytes.extend_from_slice(data);
        }
        bytes.resize(bytes.len() + usize::from(header[0]) * SIGNATURE_SIZE_BYTES, 0);
        bytes
    }

    /// The listed keys as a message orders them: by class, those of one class as in the draft.
    fn order(&self, declarations: Declarations) -> Vec<usize> {
        let listed = (0..self.keys.len()).filter(|index| declarations.listed & bit(*index) != 0);
        let mut order: Vec<usize> = listed.collect();
        order.sort_by_key(|index| self.class(*index, declarations));
        order
    }

    /// The class of a key. The payer is always a writable signer, as the format has it.
    fn class(&self, index: usize, declarations: Declarations) -> u8 {
        let is_in = |mask: u64| index == 0 || mask & bit(index) != 0;
        class_of(is_in(self.signers), is_in(declarations.writable))
    }
}

/// Place of a class of keys in a message: writable signers, read-only signers, writable keys, read-only keys.
const fn class_of(signs: bool, writable: bool) -> u8 {
    match (signs, writable) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 3,
    }
}

/// Bit `index` of a mask over keys.
pub(super) const fn bit(index: usize) -> u64 {
    1 << index
}

/// A count or an index of keys, or a count that was a byte before.
fn byte(number: usize) -> u8 {
    u8::try_from(number).unwrap_or_else(|_| crate::bug!("{number} of what a draft has at most 255 of"))
}

/// Where the key at `index` of the draft stands in the message.
fn place(order: &[usize], index: usize) -> u8 {
    byte(order.iter().position(|other| *other == index).unwrap_or_default())
}

/// A length as compact-u16: seven bits a byte, low ones first, the top bit set in all but the last.
fn push_length(bytes: &mut Vec<u8>, length: usize) {
    let mut rest = length;
    loop {
        let low = (rest & 0x7F).to_le_bytes()[0];
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}
