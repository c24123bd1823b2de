// A counter in AssemblyScript: what it knows of its host is in sdk/ABI.md.
//
// The account holds the address of its owner (32 bytes) and the count (u64). Instructions begin with a byte:
//   0           the second account, which signs, becomes the owner of the first, which must be all zero
//   1, u64      adds to the count; the owner signs; returns what it has come to

@external("sealane", "log")
declare function log(text: usize, size: u32): void;
@external("sealane", "set_return_data")
declare function setReturnData(data: usize, size: u32): void;

// The end of the static data: the host writes the input there. The compiler knows it; the host wants it exported.
export { __heap_base };

// The header of the input region.
const ACCOUNT_COUNT: usize = 4;
const ACCOUNTS_OFFSET: usize = 8;
const INSTRUCTION_DATA_OFFSET: usize = 12;
const INSTRUCTION_DATA_SIZE: usize = 16;

// An entry of its account table.
const ENTRY_SIZE: usize = 96;
const DATA_OFFSET: usize = 72;
const DATA_SIZE: usize = 76;
const FLAGS: usize = 80;
const DUPLICATE_OF: usize = 84;
const FLAG_SIGNER: u32 = 1;
const FLAG_DUPLICATE: u32 = 8;

// What the account holds.
const COUNT: usize = 32;
const COUNTER_SIZE: u32 = 40;

// Errors that all programs have stand above the lower half; those below are our own.
const INVALID_INSTRUCTION_DATA: i64 = 3 << 32;
const INVALID_ACCOUNT_DATA: i64 = 4 << 32;
const MISSING_REQUIRED_SIGNATURE: i64 = 8 << 32;
const ACCOUNT_ALREADY_INITIALIZED: i64 = 9 << 32;
const NOT_ENOUGH_ACCOUNT_KEYS: i64 = 11 << 32;
const TOO_MUCH: i64 = 1;
const NOT_YOURS: i64 = 2;

// Texts are static bytes, so that nothing is allocated.
const OPENED = memory.data<u8>([111, 112, 101, 110, 101, 100]); // opened
const ADDED = memory.data<u8>([97, 100, 100, 101, 100]); // added

export function entrypoint(input: usize): i64 {
  if (load<u32>(input, ACCOUNT_COUNT) < 2) return NOT_ENOUGH_ACCOUNT_KEYS;
  const accounts = input + load<u32>(input, ACCOUNTS_OFFSET);
  // The first entry is never a duplicate; the second may be one of the first.
  let owner = accounts + ENTRY_SIZE;
  if (load<u32>(owner, FLAGS) & FLAG_DUPLICATE) owner = accounts + <usize>load<u32>(owner, DUPLICATE_OF) * ENTRY_SIZE;
  if (!(load<u32>(owner, FLAGS) & FLAG_SIGNER)) return MISSING_REQUIRED_SIGNATURE;
  // Data of more than 32 KiB would not be in memory; this size is.
  if (load<u32>(accounts, DATA_SIZE) != COUNTER_SIZE) return INVALID_ACCOUNT_DATA;
  const counter: usize = load<u32>(accounts, DATA_OFFSET);
  const data = input + load<u32>(input, INSTRUCTION_DATA_OFFSET);
  const size = load<u32>(input, INSTRUCTION_DATA_SIZE);
  if (size == 1 && load<u8>(data) == 0) return open(counter, owner);
  if (size == 9 && load<u8>(data) == 1) return add(counter, owner, load<u64>(data, 1));
  return INVALID_INSTRUCTION_DATA;
}

function open(counter: usize, owner: usize): i64 {
  for (let i: usize = 0; i < 32; i++) {
    if (load<u8>(counter + i) != 0) return ACCOUNT_ALREADY_INITIALIZED;
  }
  // The address is the first field of an entry.
  memory.copy(counter, owner, 32);
  log(OPENED, 6);
  return 0;
}

function add(counter: usize, owner: usize, amount: u64): i64 {
  if (memory.compare(counter, owner, 32) != 0) return NOT_YOURS;
  const count = load<u64>(counter, COUNT);
  if (count > u64.MAX_VALUE - amount) return TOO_MUCH;
  store<u64>(counter, count + amount, COUNT);
  log(ADDED, 5);
  setReturnData(counter + COUNT, 8);
  return 0;
}
