//! Every number of the ledger's rules, each with its unit, its range and where it comes from.
//!
//! The numbers are those of the Solana runtime unless a line says otherwise, so that its clients and documents hold
//! here too. "Solana" as a source means the constants of Agave 4; a SIMD is a Solana improvement document.

// ---- accounts ----

/// Size of an address in bytes. Source: Ed25519 public key.
pub const ADDRESS_SIZE_BYTES: usize = 32;
/// Largest account data in bytes, 0 to 10 MiB. Source: Solana `MAX_PERMITTED_DATA_LENGTH`.
pub const MAX_ACCOUNT_DATA_SIZE_BYTES: usize = 10 * 1024 * 1024;
/// Bytes an account is charged rent for beside its data. Source: Solana `ACCOUNT_STORAGE_OVERHEAD`.
pub const ACCOUNT_STORAGE_OVERHEAD_BYTES: u64 = 128;
/// Lamports that make one byte rent-exempt. Source: Solana, 3,480 lamports a byte-year, two years.
pub const RENT_EXEMPT_LAMPORTS_PER_BYTE: u64 = 6_960;

/// The lamports an account of `data_size_bytes` needs to be rent-exempt: (128 + data bytes) × 6,960.
#[must_use]
pub const fn rent_exempt_minimum_lamports(data_size_bytes: usize) -> u64 {
    (ACCOUNT_STORAGE_OVERHEAD_BYTES.saturating_add(data_size_bytes as u64))
        .saturating_mul(RENT_EXEMPT_LAMPORTS_PER_BYTE)
}

// ---- transactions ----

/// Largest serialized legacy or v0 transaction in bytes. Source: Solana `PACKET_DATA_SIZE` (IPv6 MTU 1,280 − 48).
pub const MAX_TRANSACTION_SIZE_BYTES: usize = 1_232;
/// Largest serialized version-1 transaction in bytes. Source: SIMD-0385 (SIMD-0296 argues for the size).
pub const MAX_V1_TRANSACTION_SIZE_BYTES: usize = 4_096;
/// Most signatures a transaction may carry, 1 to 12. Source: SIMD-0385; in the older versions no more fit.
pub const MAX_SIGNATURES: usize = 12;
/// Largest instructions sysvar in bytes. Source: its places are u16 on Solana too. Only version-1 transactions could
/// exceed it, by listing accounts some 1,900 times; those that name the sysvar as well are refused.
pub const MAX_INSTRUCTIONS_SYSVAR_SIZE_BYTES: usize = 65_535;
/// Most account keys a transaction may name. Source: Solana `MAX_TX_ACCOUNT_LOCKS`.
pub const MAX_ACCOUNT_KEYS: usize = 64;
/// Most top-level instructions in a transaction. Source: SIMD-0160.
pub const MAX_TOP_LEVEL_INSTRUCTIONS: usize = 64;
/// Most instructions, top-level and nested, that one transaction may run. Source: Solana
/// `MAX_INSTRUCTION_TRACE_LENGTH`.
pub const MAX_INSTRUCTION_TRACE_COUNT: usize = 64;
/// Size of a signature in bytes. Source: Ed25519.
pub const SIGNATURE_SIZE_BYTES: usize = 64;

// ---- fees ----

/// Lamports charged a signature. Source: Solana `DEFAULT_TARGET_LAMPORTS_PER_SIGNATURE`.
pub const LAMPORTS_PER_SIGNATURE: u64 = 5_000;
/// Micro-lamports in a lamport: the unit of the price of a compute unit. Source: Solana.
pub const MICRO_LAMPORTS_PER_LAMPORT: u64 = 1_000_000;

// ---- compute ----

/// Most compute units a transaction may ask for. Source: Solana `MAX_COMPUTE_UNIT_LIMIT`.
pub const MAX_TRANSACTION_UNITS: u32 = 1_400_000;
/// Compute units granted for each top-level instruction when none are asked for. Source: Solana
/// `DEFAULT_INSTRUCTION_COMPUTE_UNIT_LIMIT`.
pub const DEFAULT_INSTRUCTION_UNITS: u32 = 200_000;
/// Compute units a producer packs into a block by default. Source: SIMD-0256.
pub const DEFAULT_BLOCK_UNITS: u64 = 60_000_000;
/// Compute units a producer packs on one writable account of a block by default. Source: Solana, 40 % of the block.
pub const DEFAULT_WRITABLE_ACCOUNT_UNITS: u64 = 24_000_000;
/// Largest heap a transaction may ask for, in bytes. Source: Solana `MAX_HEAP_FRAME_BYTES`.
pub const MAX_HEAP_FRAME_BYTES: u32 = 256 * 1024;
/// Smallest heap a transaction may ask for, in bytes. Source: Solana.
pub const MIN_HEAP_FRAME_BYTES: u32 = 32 * 1024;
/// A requested heap is a multiple of this many bytes. Source: Solana.
pub const HEAP_GRANULE_BYTES: u32 = 1_024;
/// Default and largest total size of account data a transaction may load, in bytes. Source: Solana
/// `MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES`.
pub const MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES: u32 = 64 * 1024 * 1024;

// ---- replay protection ----

/// Blocks a recent blockhash stays good for. Source: Solana `MAX_PROCESSING_AGE`.
pub const MAX_BLOCKHASH_AGE_BLOCKS: usize = 150;
/// Blockhashes the recent-blockhashes sysvar holds. Source: Solana `MAX_ENTRIES`.
pub const RECENT_BLOCKHASHES_COUNT: usize = 150;
/// Hashes the slot-hashes sysvar holds. Source: Solana `MAX_ENTRIES`.
pub const SLOT_HASHES_COUNT: usize = 512;
/// Size of a durable nonce account's data in bytes. Source: Solana `nonce::State::size`.
pub const NONCE_ACCOUNT_SIZE_BYTES: usize = 80;

// ---- calls ----

/// Greatest height of the call stack, the top-level call being 1. Source: Solana `MAX_INSTRUCTION_STACK_DEPTH`.
pub const MAX_STACK_HEIGHT: usize = 5;
/// Most seeds an address is derived from, the bump included. Source: Solana `MAX_SEEDS`.
pub const MAX_SEEDS: usize = 16;
/// Largest seed in bytes. Source: Solana `MAX_SEED_LEN`.
pub const MAX_SEED_SIZE_BYTES: usize = 32;
/// Most signers (seed lists) one nested call may carry. Source: Solana `MAX_SIGNERS`.
pub const MAX_INVOKE_SIGNERS: usize = 16;
/// Most accounts one instruction may list. Source: an index is a byte on the wire.
pub const MAX_INSTRUCTION_ACCOUNTS: usize = 255;
/// Largest data of a nested instruction in bytes. Source: Solana `MAX_INSTRUCTION_DATA_LEN`.
pub const MAX_INVOKE_DATA_SIZE_BYTES: usize = 10 * 1024;
/// Largest return data in bytes. Source: Solana `MAX_RETURN_DATA`.
pub const MAX_RETURN_DATA_SIZE_BYTES: usize = 1_024;
/// Bytes of log text a transaction keeps before `Log truncated`. Source: Solana `LOG_MESSAGES_BYTES_LIMIT`.
pub const MAX_LOG_SIZE_BYTES: usize = 10_000;
/// Bytes an account's data may grow in one top-level call and the calls below it. Source: Solana
/// `MAX_PERMITTED_DATA_INCREASE`.
pub const MAX_DATA_GROWTH_PER_CALL_BYTES: usize = 10 * 1024;
/// Bytes all account data may grow in one transaction. Source: Solana
/// `MAX_PERMITTED_ACCOUNTS_DATA_ALLOCATIONS_PER_TRANSACTION`.
pub const MAX_DATA_GROWTH_PER_TRANSACTION_BYTES: usize = 20 * 1024 * 1024;

// ---- the vm (our own numbers; they must never differ between two nodes of one ledger) ----

/// Account data above this many bytes is not copied into a program's memory but reached through windows.
/// Source: measured; copying 32 KiB costs about a microsecond.
pub const ACCOUNT_WINDOW_THRESHOLD_BYTES: usize = 32 * 1024;
/// Size of a WebAssembly page in bytes. Source: WebAssembly specification.
pub const WASM_PAGE_SIZE_BYTES: usize = 64 * 1024;
/// Most pages a program's memory may have: 16 MiB. Source: our own; the largest input region is 2 MiB.
pub const MAX_MEMORY_PAGES: u32 = 256;
/// Largest program module in bytes. Source: our own; NEAR, CosmWasm and Stylus allow 4 MiB or less.
pub const MAX_MODULE_SIZE_BYTES: usize = 1024 * 1024;
/// Most functions a module may define. Source: NEAR.
pub const MAX_MODULE_FUNCTIONS: u32 = 10_000;
/// Most types a module may define. Source: our own.
pub const MAX_MODULE_TYPES: u32 = 1_000;
/// Largest function body in bytes. Source: Stylus publishes 192 KiB.
pub const MAX_FUNCTION_BODY_SIZE_BYTES: usize = 192 * 1024;
/// Most blocks (block, loop, if) in one function. Source: NEAR publishes 5,000.
pub const MAX_FUNCTION_BLOCKS: u32 = 5_000;
/// Deepest nesting of blocks in one function. Source: our own; Rust programs stay below 200.
pub const MAX_FUNCTION_BLOCK_DEPTH: u32 = 512;
/// Most locals, parameters included, of one function. Source: our own; Rust programs stay below 500.
pub const MAX_FUNCTION_LOCALS: u32 = 5_000;
/// Most parameters of one function type. Source: our own.
pub const MAX_FUNCTION_PARAMETERS: u32 = 64;
/// Most results of one function type. Source: our own.
pub const MAX_FUNCTION_RESULTS: u32 = 16;
/// Most tables a module may define. Source: LLVM emits one.
pub const MAX_MODULE_TABLES: u32 = 1;
/// Most elements in a table. Source: our own; a Rust program has one an address-taken function.
pub const MAX_TABLE_ELEMENTS: u32 = 10_000;
/// Most entries in one `br_table`. Source: our own; bounds compile time.
pub const MAX_BR_TABLE_TARGETS: u32 = 1_024;
/// Most work of compiling one function, in units of about one simple instruction (`vm/src/validate/work.rs` says how it
/// is counted). Source: measured; Rust programs stay below 100,000, the largest body of simple instructions has 200,000.
pub const MAX_FUNCTION_WORK_UNITS: u64 = 1_000_000;
/// Most work of compiling all functions of a module, in the same units. Source: measured; bounds compile time.
pub const MAX_MODULE_WORK_UNITS: u64 = 4_000_000;
/// Most data segments. Source: our own.
pub const MAX_DATA_SEGMENTS: u32 = 1_024;
/// Most element segments. Source: our own.
pub const MAX_ELEMENT_SEGMENTS: u32 = 256;
/// Most globals. Source: our own.
pub const MAX_MODULE_GLOBALS: u32 = 256;
/// Most imports. Source: our own; the host offers fewer functions than that.
pub const MAX_MODULE_IMPORTS: u32 = 64;
/// Most exports. Source: our own.
pub const MAX_MODULE_EXPORTS: u32 = 256;
/// Longest import or export name in bytes. Source: our own.
pub const MAX_NAME_SIZE_BYTES: usize = 256;
/// Stack slots (parameters, locals and operands of active calls, 8 bytes each) one program call may use.
/// Source: our own; counted in the module, so it is the same on every machine.
pub const MAX_STACK_SLOTS: u32 = 64 * 1024;

const _: () = {
    assert!(MAX_STACK_HEIGHT <= MAX_INSTRUCTION_TRACE_COUNT);
    assert!(MAX_TOP_LEVEL_INSTRUCTIONS <= MAX_INSTRUCTION_TRACE_COUNT);
    assert!(MAX_ACCOUNT_KEYS <= MAX_INSTRUCTION_ACCOUNTS);
    assert!(
        MAX_ACCOUNT_KEYS * ADDRESS_SIZE_BYTES > MAX_TRANSACTION_SIZE_BYTES,
        "keys are bounded by size first"
    );
    assert!(
        MAX_ACCOUNT_KEYS * ADDRESS_SIZE_BYTES + MAX_SIGNATURES * SIGNATURE_SIZE_BYTES
            < MAX_V1_TRANSACTION_SIZE_BYTES,
        "in version 1, all keys and all signatures fit at once"
    );
    assert!(MIN_HEAP_FRAME_BYTES.is_multiple_of(HEAP_GRANULE_BYTES));
    assert!(MAX_HEAP_FRAME_BYTES.is_multiple_of(HEAP_GRANULE_BYTES));
    assert!(DEFAULT_INSTRUCTION_UNITS <= MAX_TRANSACTION_UNITS);
    assert!(MAX_TRANSACTION_UNITS as u64 <= DEFAULT_WRITABLE_ACCOUNT_UNITS);
    assert!(DEFAULT_WRITABLE_ACCOUNT_UNITS <= DEFAULT_BLOCK_UNITS);
    assert!(MAX_DATA_GROWTH_PER_CALL_BYTES <= MAX_DATA_GROWTH_PER_TRANSACTION_BYTES);
    assert!(MAX_BLOCKHASH_AGE_BLOCKS <= RECENT_BLOCKHASHES_COUNT);
    assert!(RECENT_BLOCKHASHES_COUNT <= SLOT_HASHES_COUNT);
    // The largest input region (every account just below the window threshold) leaves most of the memory free.
    assert!(
        MAX_INSTRUCTION_ACCOUNTS * ACCOUNT_WINDOW_THRESHOLD_BYTES
            <= MAX_MEMORY_PAGES as usize * WASM_PAGE_SIZE_BYTES / 2
    );
    assert!(MAX_FUNCTION_WORK_UNITS <= MAX_MODULE_WORK_UNITS);
    assert!(MAX_FUNCTION_PARAMETERS <= MAX_FUNCTION_LOCALS);
    assert!(MAX_FUNCTION_BODY_SIZE_BYTES <= MAX_MODULE_SIZE_BYTES);
};
