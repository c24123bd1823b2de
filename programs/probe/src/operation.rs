//! What a script can say.

/// An operation, with its operands in the order in which they follow its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Operation {
    /// `account`, offset u32, `bytes`: writes into the account's data in memory.
    WriteData,
    /// `account`, offset u32, size u16: the bytes there become the return data.
    ReadData,
    /// `account`, offset u32, `bytes`: fails with [`UNEXPECTED_DATA`](crate::UNEXPECTED_DATA) unless they
    /// stand there.
    ExpectData,
    /// `account`, offset u32, factor u64, addend u64: makes the u64 there value × factor + addend, wrapping.
    /// The order in which such operations run shows in the result.
    MultiplyAdd,
    /// from `account`, offset u32, to `account`, offset u32, size u16: copies data.
    CopyData,
    /// `account`, lamports u64: sets the balance.
    SetLamports,
    /// from `account`, to `account`, lamports u64: moves lamports directly.
    MoveLamports,
    /// `account`, lamports u64: fails with [`UNEXPECTED_LAMPORTS`](crate::UNEXPECTED_LAMPORTS) unless that is
    /// the balance.
    ExpectLamports,
    /// `account`, owner (32 bytes): gives the account away.
    Assign,
    /// `account`, size u32: resizes the data.
    Resize,
    /// `account`, destination `account`: closes the account.
    Close,
    /// `account`, offset u32, size u16: the bytes there, read through a window, become the return data.
    ReadWindow,
    /// `account`, offset u32, `bytes`: writes through a window.
    WriteWindow,
    /// `account`: index u16, flags u8 (1 signer, 2 writable, 4 executable, 16 windowed), lamports u64, owner
    /// (32 bytes), data size u32 become the return data.
    Inspect,
    /// `bytes`: logs a line.
    Log,
    /// count u8, `bytes` each: logs data.
    LogData,
    /// `bytes`: sets the return data.
    SetReturnData,
    /// capacity u16: reads the return data; program (32 bytes), whole size u32 and what fits become the new
    /// return data. Nothing if there was none.
    RelayReturnData,
    /// program `account`, count u8, for each `account` and flags u8 (1 signer, 2 writable), data `bytes`,
    /// signer count u8, `seeds` each: a nested call.
    Invoke,
    /// id u8, offset u32, size u16: the bytes of the sysvar become the return data.
    ReadSysvar,
    /// program (32 bytes), `seeds`: address and bump become the return data.
    FindAddress,
    /// program (32 bytes), `seeds`: the address becomes the return data; on the curve is `InvalidSeeds`.
    CreateAddress,
    /// `bytes`: their SHA-256 becomes the return data.
    Sha256,
    /// `bytes`: their BLAKE3 becomes the return data.
    Blake3,
    /// signature (64 bytes), key (32 bytes), message `bytes`: 1 or 0 becomes the return data.
    Ed25519Verify,
    /// hash (32 bytes), recovery id u8, signature (64 bytes): the key, or nothing, becomes the return data.
    Secp256k1Recover,
    /// The units left, u64, become the return data.
    RemainingUnits,
    /// count u64: runs that many rounds of a loop (some ten instructions each).
    Burn,
    /// depth u32: calls itself that deep, on the machine's stack, not the ledger's.
    Recurse,
    /// text `bytes`: panics.
    Panic,
    /// Executes `unreachable`.
    Unreachable,
    /// code u64: the program returns this error (`ProgramError::from(code)`; 0 is success, and ends the
    /// script).
    Return,
    /// address u32, size u16: bytes of the program's own memory become the return data.
    Peek,
    /// address u32, `bytes`: writes to the program's own memory, whatever is there.
    Poke,
    /// pages u32: grows the memory; the size before in pages, u32, becomes the return data (2³² − 1 if
    /// refused).
    GrowMemory,
    /// size u32: allocates that much heap and fills it with 0xA5; its address, u32, becomes the return data.
    Allocate,
    /// Adds 1 to a static variable; its new value, u32, becomes the return data: always 1 if memory is as new
    /// at each call.
    Count,
    /// host call u8 ([`RawCall`](crate::RawCall)), five arguments u32: calls the host with whatever they are,
    /// as many as it takes. An answer becomes the return data.
    Raw,
    /// count u32, script `bytes`: runs a script that many times.
    Repeat,
}

impl Operation {
    const ALL: [Self; Self::Repeat as usize + 1] = [
        Self::WriteData,
        Self::ReadData,
        Self::ExpectData,
        Self::MultiplyAdd,
        Self::CopyData,
        Self::SetLamports,
        Self::MoveLamports,
        Self::ExpectLamports,
        Self::Assign,
        Self::Resize,
        Self::Close,
        Self::ReadWindow,
        Self::WriteWindow,
        Self::Inspect,
        Self::Log,
        Self::LogData,
        Self::SetReturnData,
        Self::RelayReturnData,
        Self::Invoke,
        Self::ReadSysvar,
        Self::FindAddress,
        Self::CreateAddress,
        Self::Sha256,
        Self::Blake3,
        Self::Ed25519Verify,
        Self::Secp256k1Recover,
        Self::RemainingUnits,
        Self::Burn,
        Self::Recurse,
        Self::Panic,
        Self::Unreachable,
        Self::Return,
        Self::Peek,
        Self::Poke,
        Self::GrowMemory,
        Self::Allocate,
        Self::Count,
        Self::Raw,
        Self::Repeat,
    ];

    /// The operation with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;

    #[test]
    fn numbers_are_positions() {
        for (number, operation) in Operation::ALL.into_iter().enumerate() {
            assert_eq!(operation as usize, number);
            assert_eq!(Operation::from_number(operation as u8), Some(operation));
        }
        assert_eq!(Operation::from_number(Operation::Repeat as u8 + 1), None);
    }
}
