//! Writes scripts: what tests use, on any machine.

use crate::operation::Operation;
use crate::raw::RawCall;
use alloc::vec::Vec;
use sealane_sdk::Address;
use sealane_sdk::abi::SysvarId;

/// In [`Script::invoke`]: the called program sees the account as a signer.
pub const ACCOUNT_SIGNER: u8 = 1;
/// In [`Script::invoke`]: the called program may change the account.
pub const ACCOUNT_WRITABLE: u8 = 2;

/// A script being written: `Script::new().log("here").set_lamports(0, 5).into_bytes()` is instruction data.
/// Each method adds the [`Operation`] of its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Script {
    bytes: Vec<u8>,
}

#[expect(missing_docs, reason = "each method is the operation of its name")]
impl Script {
    /// An empty script: a program that succeeds.
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// The instruction data.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub fn write_data(self, account: u8, offset: u32, bytes: &[u8]) -> Self {
        self.operation(Operation::WriteData).append(&[account]).word(offset).sized(bytes)
    }

    pub fn read_data(self, account: u8, offset: u32, size: u16) -> Self {
        self.operation(Operation::ReadData).append(&[account]).word(offset).append(&size.to_le_bytes())
    }

    pub fn expect_data(self, account: u8, offset: u32, bytes: &[u8]) -> Self {
        self.operation(Operation::ExpectData).append(&[account]).word(offset).sized(bytes)
    }

    pub fn multiply_add(self, account: u8, offset: u32, factor: u64, addend: u64) -> Self {
        self.operation(Operation::MultiplyAdd).append(&[account]).word(offset).long(factor).long(addend)
    }

    pub fn copy_data(self, from: u8, from_offset: u32, to: u8, to_offset: u32, size: u16) -> Self {
        let script = self.operation(Operation::CopyData).append(&[from]).word(from_offset);
        script.append(&[to]).word(to_offset).append(&size.to_le_bytes())
    }

    pub fn set_lamports(self, account: u8, lamports: u64) -> Self {
        self.operation(Operation::SetLamports).append(&[account]).long(lamports)
    }

    pub fn move_lamports(self, from: u8, to: u8, lamports: u64) -> Self {
        self.operation(Operation::MoveLamports).append(&[from, to]).long(lamports)
    }

    pub fn expect_lamports(self, account: u8, lamports: u64) -> Self {
        self.operation(Operation::ExpectLamports).append(&[account]).long(lamports)
    }

    pub fn assign(self, account: u8, owner: &Address) -> Self {
        self.operation(Operation::Assign).append(&[account]).append(owner.as_array())
    }

    pub fn resize(self, account: u8, size: u32) -> Self {
        self.operation(Operation::Resize).append(&[account]).word(size)
    }

    pub fn close(self, account: u8, destination: u8) -> Self {
        self.operation(Operation::Close).append(&[account, destination])
    }

    pub fn read_window(self, account: u8, offset: u32, size: u16) -> Self {
        self.operation(Operation::ReadWindow).append(&[account]).word(offset).append(&size.to_le_bytes())
    }

    pub fn write_window(self, account: u8, offset: u32, bytes: &[u8]) -> Self {
        self.operation(Operation::WriteWindow).append(&[account]).word(offset).sized(bytes)
    }

    pub fn inspect(self, account: u8) -> Self {
        self.operation(Operation::Inspect).append(&[account])
    }

    pub fn log(self, text: impl AsRef<[u8]>) -> Self {
        self.operation(Operation::Log).sized(text.as_ref())
    }

    /// # Panics
    /// For more than 255 pieces.
    pub fn log_data(self, pieces: &[&[u8]]) -> Self {
        pieces
            .iter()
            .fold(self.operation(Operation::LogData).count(pieces.len()), |script, piece| script.sized(piece))
    }

    pub fn set_return_data(self, data: &[u8]) -> Self {
        self.operation(Operation::SetReturnData).sized(data)
    }

    pub fn relay_return_data(self, capacity: u16) -> Self {
        self.operation(Operation::RelayReturnData).append(&capacity.to_le_bytes())
    }

    /// `accounts` are positions in the caller's list, each with [`ACCOUNT_SIGNER`] and [`ACCOUNT_WRITABLE`];
    /// `signers` are lists of seeds, bumps included.
    ///
    /// # Panics
    /// For more than 255 accounts, signers or seeds.
    pub fn invoke(self, program: u8, accounts: &[(u8, u8)], data: &[u8], signers: &[&[&[u8]]]) -> Self {
        let script = self.operation(Operation::Invoke).append(&[program]).count(accounts.len());
        let script =
            accounts.iter().fold(script, |script, (account, flags)| script.append(&[*account, *flags]));
        let script = script.sized(data).count(signers.len());
        signers.iter().fold(script, |script, seeds| script.seeds(seeds))
    }

    pub fn read_sysvar(self, id: SysvarId, offset: u32, size: u16) -> Self {
        let number = (id as u32).to_le_bytes()[0];
        self.operation(Operation::ReadSysvar).append(&[number]).word(offset).append(&size.to_le_bytes())
    }

    /// # Panics
    /// For more than 255 seeds, or a seed above 255 bytes. The program itself takes up to 17 seeds.
    pub fn find_address(self, program: &Address, seeds: &[&[u8]]) -> Self {
        self.operation(Operation::FindAddress).append(program.as_array()).seeds(seeds)
    }

    /// # Panics
    /// As [`Self::find_address`].
    pub fn create_address(self, program: &Address, seeds: &[&[u8]]) -> Self {
        self.operation(Operation::CreateAddress).append(program.as_array()).seeds(seeds)
    }

    pub fn sha256(self, bytes: &[u8]) -> Self {
        self.operation(Operation::Sha256).sized(bytes)
    }

    pub fn blake3(self, bytes: &[u8]) -> Self {
        self.operation(Operation::Blake3).sized(bytes)
    }

    pub fn ed25519_verify(self, signature: &[u8; 64], key: &Address, message: &[u8]) -> Self {
        self.operation(Operation::Ed25519Verify).append(signature).append(key.as_array()).sized(message)
    }

    pub fn secp256k1_recover(self, hash: &[u8; 32], recovery_id: u8, signature: &[u8; 64]) -> Self {
        self.operation(Operation::Secp256k1Recover).append(hash).append(&[recovery_id]).append(signature)
    }

    pub fn remaining_units(self) -> Self {
        self.operation(Operation::RemainingUnits)
    }

    pub fn burn(self, count: u64) -> Self {
        self.operation(Operation::Burn).long(count)
    }

    pub fn recurse(self, depth: u32) -> Self {
        self.operation(Operation::Recurse).word(depth)
    }

    pub fn panic(self, text: &str) -> Self {
        self.operation(Operation::Panic).sized(text.as_bytes())
    }

    pub fn unreachable(self) -> Self {
        self.operation(Operation::Unreachable)
    }

    pub fn return_code(self, code: u64) -> Self {
        self.operation(Operation::Return).long(code)
    }

    pub fn peek(self, address: u32, size: u16) -> Self {
        self.operation(Operation::Peek).word(address).append(&size.to_le_bytes())
    }

    pub fn poke(self, address: u32, bytes: &[u8]) -> Self {
        self.operation(Operation::Poke).word(address).sized(bytes)
    }

    pub fn grow_memory(self, pages: u32) -> Self {
        self.operation(Operation::GrowMemory).word(pages)
    }

    pub fn allocate(self, size: u32) -> Self {
        self.operation(Operation::Allocate).word(size)
    }

    pub fn count_calls(self) -> Self {
        self.operation(Operation::Count)
    }

    pub fn raw(self, call: RawCall, arguments: [u32; 5]) -> Self {
        arguments.into_iter().fold(self.operation(Operation::Raw).append(&[call as u8]), Self::word)
    }

    pub fn repeat(self, count: u32, script: Self) -> Self {
        self.operation(Operation::Repeat).word(count).sized(&script.into_bytes())
    }

    /// Adds bytes as they are: for scripts that are malformed.
    pub fn append(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    fn operation(self, operation: Operation) -> Self {
        self.append(&[operation as u8])
    }

    fn word(self, word: u32) -> Self {
        self.append(&word.to_le_bytes())
    }

    fn long(self, long: u64) -> Self {
        self.append(&long.to_le_bytes())
    }

    fn count(self, count: usize) -> Self {
        self.append(&[u8::try_from(count).expect("a script counts up to 255")])
    }

    fn sized(self, bytes: &[u8]) -> Self {
        let size = u16::try_from(bytes.len()).expect("a script holds up to 65,535 bytes a piece");
        self.append(&size.to_le_bytes()).append(bytes)
    }

    fn seeds(self, seeds: &[&[u8]]) -> Self {
        seeds.iter().fold(self.count(seeds.len()), |script, seed| script.count(seed.len()).append(seed))
    }
}
