//! `sealane deploy` and `sealane program upgrade`: a module's way onto the ledger, through a buffer.
//!
//! In the order of the files: the module is read and checked here (`module.rs`), before anything is spent. `target.rs` finds out
//! what shall become of it, `buffer.rs` where it is gathered, `plan.rs` which pieces are missing and what all costs, `upload.rs` writes
//! them, and `finish.rs` makes a program of the buffer.
//!
//! **Nothing is lost when it stops midway.** The buffer's key is in a file before the first lamport is spent, and the plan is made by
//! comparing what the buffer holds with the module: so the same command goes on wherever it stopped.

mod buffer;
mod finish;
mod module;
mod plan;
mod target;
mod upload;

use super::progress::Audience;
use super::settings::{KeypairOptions, NodeOptions, Output, on_interrupt, read_keypair};
use crate::client::Client;
use anyhow::{Context, bail, ensure};
use buffer::Buffer;
use clap::Args;
use module::Module;
use plan::{Costs, Plan};
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use target::Target;

pub(super) use target::PROJECT_KEYPAIR_FILE;

/// Deploy a WebAssembly module as a program, or upgrade one
#[derive(Args, Debug)]
pub(crate) struct DeployCommand {
    /// The module, which `sealane build` leaves in target/sealane
    file: PathBuf,
    /// The program's keypair, or the address of a program that is there and shall be upgraded
    ///
    /// Without it, the address that the module's description declares: its key is NAME-keypair.json beside NAME.wasm, or
    /// program-keypair.json in the project's folder; a program that is there can be upgraded without. A module that declares nothing
    /// has NAME-keypair.json, which is made if it is not there.
    #[arg(long, value_name = "KEYPAIR")]
    program_id: Option<String>,
    /// Most bytes that the module may grow to in upgrades; without it, its own size: an upgrade to a larger one makes room itself
    #[arg(long, value_name = "BYTES")]
    max_len: Option<usize>,
    /// Make the program immutable: nobody can ever upgrade or close it
    #[arg(long = "final")]
    is_final: bool,
    #[command(flatten)]
    upload: UploadOptions,
}

/// How a module gets into its buffer.
#[derive(Args, Debug)]
pub(super) struct UploadOptions {
    /// The buffer's keypair, to go on with an upload that was interrupted
    ///
    /// Without it, NAME-buffer.json beside NAME.wasm, which is made before anything is spent and removed at the end.
    #[arg(long, value_name = "KEYPAIR")]
    buffer: Option<String>,
    /// Who may upgrade and close the program, if not the keypair's owner: a keypair file
    #[arg(long, value_name = "KEYPAIR")]
    upgrade_authority: Option<String>,
    /// Price of a compute unit, in micro-lamports, for who wants to be first
    #[arg(long, value_name = "MICRO_LAMPORTS")]
    with_compute_unit_price: Option<u64>,
    #[command(flatten)]
    keypair: KeypairOptions,
    #[command(flatten)]
    node: NodeOptions,
}

/// What the program shall be in the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes {
    /// Room for the module in bytes.
    pub(super) max_len: Option<usize>,
    /// Whether nobody shall be able to upgrade it.
    pub(super) is_final: bool,
    /// Whether there may, or must, be such a program already.
    pub(super) presence: Presence,
}

/// Whether a program is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Deployed if it is not there, upgraded if it is.
    Any,
    /// It is upgraded, and must be there.
    Required,
}

impl Wishes {
    /// Room for the module that the program shall have, in bytes.
    fn room(&self, buffer_size: usize) -> anyhow::Result<usize> {
        let room = self.max_len.unwrap_or(buffer_size);
        ensure!(
            room >= buffer_size,
            "--max-len {room} is too small: the buffer has {buffer_size} bytes; nothing was spent"
        );
        Ok(room)
    }
}

impl DeployCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let Self { file, program_id, max_len, is_final, upload } = self;
        let wishes = Wishes { max_len, is_final, presence: Presence::Any };
        deploy(&file, program_id.as_deref(), wishes, &upload)
    }
}

/// Those who sign, and the node.
pub(super) struct Desk {
    pub(super) client: Client,
    pub(super) payer: Keypair,
    pub(super) authority: Keypair,
    pub(super) unit_price: Option<u64>,
    pub(super) output: Output,
}

impl Desk {
    fn new(options: &UploadOptions) -> anyhow::Result<Self> {
        let client = options.node.spending_client()?;
        let payer = options.keypair.read(&options.node)?;
        let authority = match &options.upgrade_authority {
            Some(place) => read_keypair(place)?,
            None => payer.insecure_clone(),
        };
        let output = options.node.output();
        Ok(Self { client, payer, authority, unit_price: options.with_compute_unit_price, output })
    }

    /// Something that people shall know meanwhile; on stderr, since stdout is for the result.
    pub(super) fn tell(&self, line: impl std::fmt::Display) {
        if self.output == Output::Display {
            eprintln!("{line}");
        }
    }

    pub(super) fn audience(&self) -> Audience {
        Audience::of_json(self.output != Output::Display)
    }
}

/// Deploys or upgrades.
///
/// # Errors
/// Whatever keeps it from it; once something was spent, with how to go on or get it back.
pub(super) fn deploy(
    file: &Path,
    program: Option<&str>,
    wishes: Wishes,
    options: &UploadOptions,
) -> anyhow::Result<ExitCode> {
    let module = Module::read(file)?;
    let desk = Desk::new(options)?;
    let target = Target::find(&desk, file, &module, program, wishes)?;
    let buffer = Buffer::find(&desk, file, options.buffer.as_deref(), &module)?;
    let plan = Plan::new(&module, buffer.held(), upload::piece_size(&desk, &buffer)?);
    let room = wishes.room(plan.buffer_size)?;
    let costs = Costs::new(&plan, &buffer, &target, &desk, room);
    costs.check_balance(desk.client.balance(&desk.payer.pubkey())?, &desk.payer.pubkey())?;
    let way_on = buffer.way_on(costs.buffer_lamports);
    desk.tell(plan.summary(&target, &costs));
    desk.tell(&way_on);
    on_interrupt(way_on.clone())?;

    let finished = upload::upload(&desk, &module, &buffer, &plan)
        .and_then(|()| finish::finish(&desk, &target, &buffer, room, wishes));
    let sent = finished.with_context(|| format!("not deployed. {way_on}"))?;
    buffer.forget();
    let program = target.address();
    let json = serde_json::json!({
        "programId": program.to_string(),
        "signature": sent.signature,
        "slot": sent.slot,
        "authority": if wishes.is_final { None } else { Some(desk.authority.pubkey().to_string()) },
    });
    desk.output.print(&json, || {
        let callable = sent.slot + 1;
        format!(
            "Program Id: {program}\n\nSignature: {}\n\nCallable from block {callable} on.",
            sent.signature
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// `NAME-suffix.json` beside `NAME.wasm`.
fn beside(file: &Path, suffix: &str) -> anyhow::Result<PathBuf> {
    let Some(name) = file.file_stem() else { bail!("{} is no file", file.display()) };
    let mut name = name.to_owned();
    name.push(format!("-{suffix}.json"));
    Ok(file.with_file_name(name))
}
