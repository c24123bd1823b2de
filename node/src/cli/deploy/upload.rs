//! Writing the pieces: in parallel, until the buffer holds the module, however often that takes.

use super::Desk;
use super::buffer::Buffer;
use super::module::Module;
use super::plan::{Piece, Plan};
use crate::cli::progress::{Unit, bar};
use crate::client::{ClientError, LatestBlockhash, Preflight, SIGNATURES_A_CALL, patiently, signed};
use anyhow::{Context, bail, ensure};
use indicatif::ProgressBar;
use sealane_sdk::limits::{MAX_TRANSACTION_SIZE_BYTES, rent_exempt_minimum_lamports};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_loader_v3_interface::instruction as loader;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;
use solana_message::Instruction;
use solana_signer::Signer;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread;
use std::time::Duration;

/// Threads that send.
const SENDER_COUNT: usize = 4;
/// Time between two looks at what became of the pieces.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Rounds without a single piece written before giving up.
const MAX_IDLE_ROUNDS: usize = 5;
/// Units that a write asks for: what a block holds of them is counted by what they ask for.
const WRITE_UNITS: u32 = 10_000;

/// Bytes of the module that one transaction can carry.
///
/// # Errors
/// Never: an empty piece fits.
pub(super) fn piece_size(desk: &Desk, buffer: &Buffer) -> anyhow::Result<usize> {
    let blockhash = LatestBlockhash { hash: solana_message::Hash::default(), last_valid_block_height: 0 };
    let empty = write(desk, buffer, &Piece { offset: 0, bytes: Vec::new() });
    let size_bytes = signed(&desk.payer, &[&desk.authority], &empty, &blockhash)?.len();
    // The length of the instruction's data takes a byte more once there is some.
    (MAX_TRANSACTION_SIZE_BYTES - 1).checked_sub(size_bytes).context("an empty piece fits")
}

/// Makes the buffer if need be, and writes what it lacks.
///
/// # Errors
/// If the node refuses, or nothing comes through any more.
pub(super) fn upload(desk: &Desk, module: &Module, buffer: &Buffer, plan: &Plan) -> anyhow::Result<()> {
    if plan.makes_buffer {
        make_buffer(desk, buffer, plan.buffer_size)?;
    }
    let bar = bar(Some(plan.piece_count as u64), "writing", Unit::Transactions, desk.audience());
    bar.set_position((plan.piece_count - plan.pieces.len()) as u64);
    write_all(desk, buffer, &plan.pieces, &bar)?;
    // What counts is what is there, not what was reported.
    let size = piece_size(desk, buffer)?;
    for _ in 0..MAX_IDLE_ROUNDS {
        let account = desk.client.account(&buffer.address())?.context("the buffer is gone")?;
        let held = account.data.get(State::size_of_buffer_metadata()..);
        let rest = Plan::new(module, held, size);
        if rest.pieces.is_empty() {
            bar.finish_and_clear();
            return Ok(());
        }
        write_all(desk, buffer, &rest.pieces, &bar)?;
    }
    bail!("buffer {} does not hold what was written to it: does somebody else write there?", buffer.address())
}

fn make_buffer(desk: &Desk, buffer: &Buffer, size: usize) -> anyhow::Result<()> {
    let lamports = rent_exempt_minimum_lamports(State::size_of_buffer(size));
    let (payer, authority) = (desk.payer.pubkey(), desk.authority.pubkey());
    let made = loader::create_buffer(&payer, &buffer.address(), &authority, lamports, size);
    let mut instructions = price(desk);
    instructions.extend(made.context("the loader's instruction encodes")?);
    desk.client.run(&desk.payer, &[&buffer.keypair], &instructions).context("cannot make the buffer")?;
    Ok(())
}

/// The instructions that set what a unit is worth, if the command line says so.
pub(super) fn price(desk: &Desk) -> Vec<Instruction> {
    desk.unit_price.map(ComputeBudgetInstruction::set_compute_unit_price).into_iter().collect()
}

fn write(desk: &Desk, buffer: &Buffer, piece: &Piece) -> Vec<Instruction> {
    let mut instructions = price(desk);
    instructions.push(ComputeBudgetInstruction::set_compute_unit_limit(WRITE_UNITS));
    // A module is smaller than 4 GiB by the loader's own rule.
    let offset = u32::try_from(piece.offset).unwrap_or(u32::MAX);
    instructions.push(loader::write(
        &buffer.address(),
        &desk.authority.pubkey(),
        offset,
        piece.bytes.clone(),
    ));
    instructions
}

fn write_all(desk: &Desk, buffer: &Buffer, pieces: &[Piece], bar: &ProgressBar) -> anyhow::Result<()> {
    let mut left: Vec<usize> = (0..pieces.len()).collect();
    let mut idle_rounds = 0;
    while !left.is_empty() {
        let round = Round {
            desk,
            buffer,
            pieces,
            blockhash: patiently(|| desk.client.latest_blockhash())?,
            next: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        };
        let rest = round.run(&left, bar)?;
        idle_rounds = if rest.len() < left.len() { 0 } else { idle_rounds + 1 };
        ensure!(
            idle_rounds < MAX_IDLE_ROUNDS,
            "the node takes no more writes: {} pieces are missing",
            rest.len()
        );
        left = rest;
    }
    Ok(())
}

/// All pieces that are left, signed with one blockhash.
struct Round<'a> {
    desk: &'a Desk,
    buffer: &'a Buffer,
    pieces: &'a [Piece],
    blockhash: LatestBlockhash,
    next: AtomicUsize,
    is_over: AtomicBool,
}

/// A piece that was handed in, and its signature.
type HandedIn = (usize, String);

impl Round<'_> {
    /// Gives the pieces that are in no block when their blockhash is too old.
    fn run(&self, left: &[usize], bar: &ProgressBar) -> anyhow::Result<Vec<usize>> {
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            for _ in 0..SENDER_COUNT.min(left.len()) {
                let sender = sender.clone();
                scope.spawn(move || self.send(left, &sender));
            }
            drop(sender);
            let mut is_missing = vec![true; self.pieces.len()];
            let followed = self.follow(&receiver, &mut is_missing, bar);
            self.is_over.store(true, Ordering::Relaxed);
            followed.map(|()| left.iter().copied().filter(|piece| is_missing[*piece]).collect())
        })
    }

    /// A sender's work: piece after piece, until there is none or the round is over.
    fn send(&self, left: &[usize], sender: &Sender<anyhow::Result<HandedIn>>) {
        while !self.is_over.load(Ordering::Relaxed) {
            let Some(piece) = left.get(self.next.fetch_add(1, Ordering::Relaxed)) else { return };
            let sent = self.send_piece(*piece);
            if let Err(error) = &sent
                && error.downcast_ref().is_some_and(is_for_the_next_round)
            {
                return;
            }
            if sender.send(sent).is_err() {
                return;
            }
        }
    }

    fn send_piece(&self, piece: usize) -> anyhow::Result<HandedIn> {
        let Self { desk, buffer, pieces, blockhash, .. } = self;
        let instructions = write(desk, buffer, pieces.get(piece).context("the piece is one of them")?);
        let bytes = signed(&desk.payer, &[&desk.authority], &instructions, blockhash)?;
        let signature = patiently(|| desk.client.send_transaction(&bytes, Preflight::Skip))?;
        Ok((piece, signature))
    }

    /// Looks what becomes of what is handed in, until all is in a block or can be in none.
    fn follow(
        &self,
        receiver: &Receiver<anyhow::Result<HandedIn>>,
        is_missing: &mut [bool],
        bar: &ProgressBar,
    ) -> anyhow::Result<()> {
        let mut waiting: Vec<HandedIn> = Vec::new();
        let mut all_sent = false;
        let mut looks = 0_usize;
        loop {
            loop {
                match receiver.try_recv() {
                    Ok(sent) => waiting.push(sent?),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => {
                        all_sent = true;
                        break;
                    }
                }
            }
            self.look(&mut waiting, is_missing, bar)?;
            if all_sent && waiting.is_empty() {
                return Ok(());
            }
            looks += 1;
            if looks.is_multiple_of(10)
                && patiently(|| self.desk.client.block_height())? > self.blockhash.last_valid_block_height
            {
                // Those that came into the last block are found when the buffer is read.
                return Ok(());
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Takes out what is in a block.
    fn look(
        &self,
        waiting: &mut Vec<HandedIn>,
        is_missing: &mut [bool],
        bar: &ProgressBar,
    ) -> anyhow::Result<()> {
        let mut rest = Vec::new();
        for group in waiting.chunks(SIGNATURES_A_CALL) {
            let signatures: Vec<String> = group.iter().map(|(_, signature)| signature.clone()).collect();
            let statuses = patiently(|| self.desk.client.signature_statuses(&signatures))?;
            for (index, (piece, signature)) in group.iter().enumerate() {
                match statuses.get(index).and_then(Option::as_ref) {
                    None => rest.push((*piece, signature.clone())),
                    Some(status) if status.err.is_null() => {
                        is_missing[*piece] = false;
                        bar.inc(1);
                    }
                    Some(status) => bail!("writing failed in transaction {signature}: {}", status.err),
                }
            }
        }
        *waiting = rest;
        Ok(())
    }
}

/// Whether a piece that was not taken may be taken when signed anew: its blockhash got too old, or the node is full.
fn is_for_the_next_round(error: &ClientError) -> bool {
    match error {
        ClientError::Refused { message, .. } => {
            error.is_passing() || message.to_ascii_lowercase().contains("blockhash not found")
        }
        _ => error.is_passing(),
    }
}
