//! The program ABI, version 1: how the input region is laid out and what the host offers. `sdk/ABI.md` says the same
//! in prose, well enough to write a program in any language.
//!
//! The host writes one region at `__heap_base` (8-aligned): an [`InputHeader`], a table of [`AccountEntry`], the
//! instruction data, then each account's data, 8-aligned. All integers are little-endian. Offsets of account data
//! are offsets in the program's memory (addresses); the others count from the region's start.

use bytemuck::{Pod, Zeroable};

/// Version of the region's layout and of the host calls; [`InputHeader::version`] carries it.
pub const ABI_VERSION: u32 = 1;
/// The only module a program may import from.
pub const IMPORT_MODULE: &str = "sealane";
/// The function a program exports: `entrypoint(input: i32) -> i64`.
pub const ENTRYPOINT_EXPORT: &str = "entrypoint";
/// The memory a program exports.
pub const MEMORY_EXPORT: &str = "memory";
/// The global (i32, constant) a program exports: where its static data and stack end.
pub const HEAP_BASE_EXPORT: &str = "__heap_base";
/// Alignment of the region, its table and each account's data, in bytes.
pub const REGION_ALIGNMENT_BYTES: usize = 8;

/// The head of the input region: 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct InputHeader {
    /// [`ABI_VERSION`].
    pub version: u32,
    /// Entries in the account table, duplicates included.
    pub account_count: u32,
    /// Where the account table starts, in bytes from the region's start.
    pub accounts_offset: u32,
    /// Where the instruction data starts, in bytes from the region's start.
    pub instruction_data_offset: u32,
    /// Size of the instruction data in bytes.
    pub instruction_data_size: u32,
    /// Size of the whole region in bytes, a multiple of 8: the program's heap begins behind it.
    pub region_size: u32,
    /// Height of this call on the stack; 1 for a top-level instruction.
    pub stack_height: u32,
    /// Zero.
    pub reserved: u32,
    /// Address of the program that is being called.
    pub program_id: [u8; 32],
}

/// One entry of the account table: 96 bytes.
///
/// The program changes `owner`, `lamports` and the data in place; what it writes to the other fields is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct AccountEntry {
    /// The account's address.
    pub address: [u8; 32],
    /// The account's owner; zero in a duplicate's entry.
    pub owner: [u8; 32],
    /// The account's balance; zero in a duplicate's entry.
    pub lamports: u64,
    /// Where the account's data starts in the program's memory; zero for windowed accounts and duplicates.
    pub data_offset: u32,
    /// Size of the account's data in bytes; zero in a duplicate's entry.
    pub data_size: u32,
    /// [`FLAG_SIGNER`] and its fellows.
    pub flags: u32,
    /// For a duplicate, the index of the entry that holds the account; otherwise its own index.
    pub duplicate_of: u32,
    /// Zero at first, and again after an `invoke` that was given the account as writable. The program may use it; the
    /// guest side of this crate counts borrows here.
    pub reserved: u64,
}

/// [`AccountEntry::flags`]: the account signed, or its seeds did.
pub const FLAG_SIGNER: u32 = 1;
/// [`AccountEntry::flags`]: this call may change the account.
pub const FLAG_WRITABLE: u32 = 2;
/// [`AccountEntry::flags`]: the account is a program.
pub const FLAG_EXECUTABLE: u32 = 4;
/// [`AccountEntry::flags`]: the account stands in an earlier entry, see [`AccountEntry::duplicate_of`].
pub const FLAG_DUPLICATE: u32 = 8;
/// [`AccountEntry::flags`]: the data was not copied in; `account_read` and `account_write` reach it.
pub const FLAG_WINDOWED: u32 = 16;

/// A piece of the program's memory, as host calls take lists of them (seeds, hash inputs, log data): 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Slice {
    /// Where it starts in the program's memory.
    pub offset: u32,
    /// Its size in bytes.
    pub size: u32,
}

/// A nested instruction, as the host call `invoke` takes it: 20 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct InvokeInstruction {
    /// Index of the called program in the caller's account table.
    pub program_index: u32,
    /// Where the list of [`InvokeAccount`] starts in the caller's memory.
    pub accounts_offset: u32,
    /// How many there are.
    pub account_count: u32,
    /// Where the instruction data starts in the caller's memory.
    pub data_offset: u32,
    /// Size of the instruction data in bytes.
    pub data_size: u32,
}

/// One account of a nested instruction: 4 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct InvokeAccount {
    /// Index in the caller's account table.
    pub index: u16,
    /// [`FLAG_SIGNER`] and [`FLAG_WRITABLE`], as the called program shall see them.
    pub flags: u16,
}

/// One signer of a nested instruction: the seeds that derive its address from the caller's: 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct SignerSeeds {
    /// Where the list of [`Slice`], one a seed, starts in the caller's memory.
    pub seeds_offset: u32,
    /// How many seeds, at most [`MAX_SEEDS`](crate::limits::MAX_SEEDS).
    pub seed_count: u32,
}

/// Which sysvar the host call `sysvar_read` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum SysvarId {
    /// 40 bytes: slot, epoch start time, epoch, leader schedule epoch, unix time.
    Clock = 0,
    /// 17 bytes: lamports per byte-year, exemption threshold (f64), burn percent.
    Rent = 1,
    /// u64 count, then (hash, lamports per signature) each, newest first.
    RecentBlockhashes = 2,
    /// u64 count, then (slot, hash) each, newest first.
    SlotHashes = 3,
    /// The transaction's own instructions, in the layout of Solana's instructions sysvar.
    Instructions = 4,
}

impl SysvarId {
    /// The sysvar with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Clock),
            1 => Some(Self::Rent),
            2 => Some(Self::RecentBlockhashes),
            3 => Some(Self::SlotHashes),
            4 => Some(Self::Instructions),
            _ => None,
        }
    }
}

const _: () = {
    assert!(size_of::<InputHeader>() == 64);
    assert!(size_of::<AccountEntry>() == 96);
    assert!(size_of::<Slice>() == 8);
    assert!(size_of::<InvokeInstruction>() == 20);
    assert!(size_of::<InvokeAccount>() == 4);
    assert!(size_of::<SignerSeeds>() == 8);
    assert!(size_of::<InputHeader>().is_multiple_of(REGION_ALIGNMENT_BYTES));
    assert!(size_of::<AccountEntry>().is_multiple_of(REGION_ALIGNMENT_BYTES));
};
