//! `create_address`, `find_address`: addresses derived from a program's, which no key signs for.

use crate::host::curve_memo::CurveMemo;
use crate::host::guest::Guest;
use crate::host::prices::{ADDRESS_UNITS, LIST_ITEM_UNITS};
use crate::host::state::{Host, pay, with_guest};
use crate::{CallError, HostCall, SeedsError};
use sealane_sdk::Address;
use sealane_sdk::limits::{MAX_SEED_SIZE_BYTES, MAX_SEEDS};
use sha2::{Digest, Sha256};

/// What Solana hashes behind seeds and program, so that a derived address is no other kind of hash.
const MARKER: &[u8] = b"ProgramDerivedAddress";

/// Seeds copied out of a program's memory.
#[derive(Debug)]
pub(crate) struct Seeds {
    bytes: [[u8; MAX_SEED_SIZE_BYTES]; MAX_SEEDS],
    sizes: [usize; MAX_SEEDS],
    count: usize,
}

impl Seeds {
    /// None yet.
    pub(crate) const fn new() -> Self {
        Self { bytes: [[0; MAX_SEED_SIZE_BYTES]; MAX_SEEDS], sizes: [0; MAX_SEEDS], count: 0 }
    }

    /// The seeds that a list of slices names.
    pub(crate) fn read(
        guest: &Guest<'_>,
        offset: u32,
        count: u32,
    ) -> Result<Result<Self, SeedsError>, CallError> {
        let mut seeds = Self::new();
        if count as usize > MAX_SEEDS {
            return Ok(Err(SeedsError::TooMany));
        }
        for piece in guest.pieces(offset, count)? {
            if let Err(error) = seeds.push(piece?) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(seeds))
    }

    /// Adds a seed.
    pub(crate) fn push(&mut self, seed: &[u8]) -> Result<(), SeedsError> {
        let room = self.bytes.get_mut(self.count).ok_or(SeedsError::TooMany)?;
        room.get_mut(..seed.len()).ok_or(SeedsError::TooLong)?.copy_from_slice(seed);
        self.sizes[self.count] = seed.len();
        self.count += 1;
        Ok(())
    }

    /// The address these seeds derive from `program`: SHA-256 of seeds, program and Solana's marker, off the curve.
    pub(crate) fn derive(&self, program: &Address, memo: &mut CurveMemo) -> Result<Address, SeedsError> {
        let mut hasher = Sha256::new();
        for (bytes, size) in self.bytes.iter().zip(&self.sizes).take(self.count) {
            hasher.update(&bytes[..*size]);
        }
        hasher.update(program);
        hasher.update(MARKER);
        let hash: [u8; 32] = hasher.finalize().into();
        if memo.is_on_curve(&hash) { Err(SeedsError::OnCurve) } else { Ok(Address::new_from_array(hash)) }
    }
}

/// Derives an address from seeds and a program and writes it to `out`: 1 if there is one, else 0.
pub(crate) fn create_address(
    host: &mut Host<'_>,
    seeds: u32,
    count: u32,
    program: u32,
    out: u32,
) -> Result<i32, CallError> {
    pay(host, ADDRESS_UNITS + LIST_ITEM_UNITS * u64::from(count))?;
    with_guest(host, HostCall::CreateAddress, |guest, context| {
        let program = Address::from(guest.array::<32>(program)?);
        guest.bytes(out, 32)?;
        let memo = &mut context.instances.curve_memo;
        match Seeds::read(guest, seeds, count)?.and_then(|seeds| seeds.derive(&program, memo)) {
            Ok(address) => {
                guest.bytes_mut(out, 32)?.copy_from_slice(address.as_ref());
                Ok(1)
            }
            Err(_) => Ok(0),
        }
    })
}

/// Finds the greatest bump seed (255 to 1) that derives an address, writes address and bump and answers 1; 0 if there
/// is none. Each bump tried is paid.
pub(crate) fn find_address(
    host: &mut Host<'_>,
    seeds: u32,
    count: u32,
    program: u32,
    out: u32,
    bump_out: u32,
) -> Result<i32, CallError> {
    pay(host, LIST_ITEM_UNITS * u64::from(count))?;
    let (program, seeds) = with_guest(host, HostCall::FindAddress, |guest, _| {
        guest.bytes(out, 32)?;
        guest.bytes(bump_out, 1)?;
        Ok((Address::from(guest.array::<32>(program)?), Seeds::read(guest, seeds, count)?))
    })?;
    let Ok(seeds) = seeds else { return Ok(0) };
    Ok(i32::from(find(host, HostCall::FindAddress, seeds, &program, (out, bump_out))?))
}

/// Writes the address of the greatest bump seed that derives one to the first place of `out`, and the bump to the second;
/// `false` if there is none.
pub(crate) fn find(
    host: &mut Host<'_>,
    call: HostCall,
    mut seeds: Seeds,
    program: &Address,
    out: (u32, u32),
) -> Result<bool, CallError> {
    if seeds.push(&[0]).is_err() {
        return Ok(false);
    }
    let bump_index = seeds.count - 1;
    for bump in (1..=u8::MAX).rev() {
        pay(host, ADDRESS_UNITS)?;
        seeds.bytes[bump_index][0] = bump;
        let found = with_guest(host, call, |guest, context| {
            let Ok(address) = seeds.derive(program, &mut context.instances.curve_memo) else {
                return Ok(false);
            };
            guest.bytes_mut(out.0, 32)?.copy_from_slice(address.as_ref());
            guest.bytes_mut(out.1, 1)?.fill(bump);
            Ok(true)
        })?;
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}
