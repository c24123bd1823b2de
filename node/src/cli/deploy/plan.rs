//! Which pieces of the module the buffer lacks, and what the whole costs. Knows no node.

use super::Desk;
use super::buffer::Buffer;
use super::module::Module;
use super::target::Target;
use crate::cli::settings::sol;
use anyhow::ensure;
use sealane_sdk::Address;
use sealane_sdk::limits::{LAMPORTS_PER_SIGNATURE, rent_exempt_minimum_lamports};
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_signer::Signer;

/// A piece of the module to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it goes, in bytes from the module's start.
    pub(super) offset: usize,
    /// What goes there.
    pub(super) bytes: Vec<u8>,
}

/// What is to be written.
#[derive(Debug)]
pub(super) struct Plan {
    /// Room for the module in the buffer, in bytes: its own size, unless the buffer was made larger.
    pub(super) buffer_size: usize,
    /// Whether the buffer must be made first.
    pub(super) makes_buffer: bool,
    /// The pieces that differ.
    pub(super) pieces: Vec<Piece>,
    /// Pieces in all.
    pub(super) piece_count: usize,
    module_size: usize,
}

impl Plan {
    /// Compares the module with what the buffer holds. A new buffer is all zeros, so pieces of zeros need no writing either.
    ///
    /// # Panics
    /// If pieces have no size.
    pub(super) fn new(module: &Module, held: Option<&[u8]>, piece_size: usize) -> Self {
        Self::compare(module.bytes(), held, piece_size)
    }

    fn compare(module: &[u8], held: Option<&[u8]>, piece_size: usize) -> Self {
        let buffer_size = held.map_or(module.len(), <[u8]>::len).max(module.len());
        let mut wanted = module.to_vec();
        wanted.resize(buffer_size, 0);
        let zeros = vec![0; buffer_size];
        let held_bytes = held.unwrap_or(&zeros);
        let mut pieces = Vec::new();
        let mut piece_count = 0;
        for (index, bytes) in wanted.chunks(piece_size).enumerate() {
            piece_count += 1;
            let offset = index * piece_size;
            if held_bytes.get(offset..offset + bytes.len()) != Some(bytes) {
                pieces.push(Piece { offset, bytes: bytes.to_vec() });
            }
        }
        Self { buffer_size, makes_buffer: held.is_none(), pieces, piece_count, module_size: module.len() }
    }

    /// What is going to happen, in a line.
    pub(super) fn summary(&self, target: &Target, costs: &Costs) -> String {
        let what = match target {
            Target::New(_) => "Deploying",
            Target::Present { .. } => "Upgrading",
        };
        let done = self.piece_count - self.pieces.len();
        let rest = if self.makes_buffer {
            format!("{} transactions", self.pieces.len())
        } else {
            format!("{done} of {} pieces are there already", self.piece_count)
        };
        format!("{what} {} ({} bytes, {rest}): takes {}", target.address(), self.module_size, costs.text())
    }
}

/// What is spent, in lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Costs {
    /// What the buffer holds in the end; comes back when the program is there.
    pub(super) buffer_lamports: u64,
    /// What is missing of that.
    missing_buffer_lamports: u64,
    /// What stays in the program's accounts, beyond what the buffer gives back.
    program_lamports: u64,
    fee_lamports: u64,
}

impl Costs {
    pub(super) fn new(plan: &Plan, buffer: &Buffer, target: &Target, desk: &Desk, room: usize) -> Self {
        let buffer_lamports =
            buffer.lamports().max(rent_exempt_minimum_lamports(State::size_of_buffer(plan.buffer_size)));
        let program_lamports = match target {
            Target::New(_) => rent_exempt_minimum_lamports(State::size_of_programdata(room))
                .saturating_add(rent_exempt_minimum_lamports(State::size_of_program())),
            Target::Present { capacity, .. } => {
                let growth = room.saturating_sub(*capacity);
                rent_exempt_minimum_lamports(growth).saturating_sub(rent_exempt_minimum_lamports(0))
            }
        };
        let signatures = if desk.payer.pubkey() == desk.authority.pubkey() { 1 } else { 2 };
        // Making the buffer and finishing have one signature more, and room may have to be made.
        let transactions = plan.pieces.len() as u64 + 3;
        let fee_lamports = (transactions * signatures + 2).saturating_mul(LAMPORTS_PER_SIGNATURE);
        let missing_buffer_lamports = buffer_lamports.saturating_sub(buffer.lamports());
        Self { buffer_lamports, missing_buffer_lamports, program_lamports, fee_lamports }
    }

    /// What the payer must hold at the beginning: a new program's data account is paid with what the buffer gives back.
    pub(super) fn needed_lamports(&self) -> u64 {
        let kept = self.program_lamports.saturating_sub(self.buffer_lamports);
        self.missing_buffer_lamports.saturating_add(kept).saturating_add(self.fee_lamports)
    }

    /// What it takes, and what becomes of it.
    fn text(&self) -> String {
        format!(
            "{}, of which {} stay with the program until it is closed, up to {} are fees, and the rest comes back with the buffer",
            sol(self.needed_lamports()),
            sol(self.program_lamports.min(self.needed_lamports())),
            sol(self.fee_lamports)
        )
    }

    /// Checks that the payer holds enough, before anything is spent.
    ///
    /// # Errors
    /// How much is missing.
    pub(super) fn check_balance(&self, balance: u64, payer: &Address) -> anyhow::Result<()> {
        let needed = self.needed_lamports();
        ensure!(
            balance >= needed,
            "{payer} holds {}, and it takes {}; `sealane airdrop` asks the node's faucet for the {} that are missing; nothing was spent",
            sol(balance),
            self.text(),
            sol(needed - balance)
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Plan};

    fn offsets(plan: &Plan) -> Vec<usize> {
        plan.pieces.iter().map(|piece| piece.offset).collect()
    }

    /// What a buffer holds once all pieces are written.
    fn written(plan: &Plan, held: Option<&[u8]>) -> Vec<u8> {
        let mut bytes = held.map_or_else(|| vec![0; plan.buffer_size], <[u8]>::to_vec);
        for Piece { offset, bytes: piece } in &plan.pieces {
            bytes[*offset..offset + piece.len()].copy_from_slice(piece);
        }
        bytes
    }

    #[test]
    fn a_new_buffer_takes_all_but_zeros() {
        let module: Vec<u8> = [[1; 4], [0; 4], [2; 4]].concat();
        let plan = Plan::compare(&module, None, 4);
        assert!(plan.makes_buffer);
        assert_eq!((offsets(&plan), plan.piece_count), (vec![0, 8], 3));
        assert_eq!(written(&plan, None), module);
    }

    #[test]
    fn what_is_there_is_not_written_again() {
        let module = [1, 2, 3, 4, 5, 6, 7];
        let held = [1, 2, 3, 9, 5, 6, 0];
        let plan = Plan::compare(&module, Some(&held), 3);
        assert!(!plan.makes_buffer);
        assert_eq!(offsets(&plan), [3, 6]);
        assert_eq!(written(&plan, Some(&held)), module);
        assert_eq!(offsets(&Plan::compare(&module, Some(&module), 3)), Vec::<usize>::new());
    }

    #[test]
    fn a_larger_buffer_is_filled_with_zeros() {
        let module = [1, 2, 3];
        let held = [1, 2, 3, 0, 0, 7, 7];
        let plan = Plan::compare(&module, Some(&held), 2);
        assert_eq!(plan.buffer_size, 7);
        assert_eq!(offsets(&plan), [4, 6]);
        assert_eq!(written(&plan, Some(&held)), [1, 2, 3, 0, 0, 0, 0]);
    }
}
