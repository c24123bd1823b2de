//! `sealane transfer`: SOL from one address to another.

use super::settings::{KeypairOptions, NodeOptions, parse_lamports, read_address, read_keypair, sol};
use crate::client::{Client, LatestBlockhash, signed};
use anyhow::{Context, bail};
use clap::Args;
use sealane_sdk::Address;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use serde_json::json;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_keypair::Keypair;
use solana_message::{Instruction, Message};
use solana_signer::Signer;
use std::process::ExitCode;

/// Units that a transfer with its compute-budget instructions asks for.
const TRANSFER_UNITS: u32 = 10_000;

/// Send SOL to an address
#[derive(Args, Debug)]
pub(crate) struct TransferCommand {
    /// Who gets it: an address or a keypair file
    recipient: String,
    /// How much, in SOL, or ALL: what is there, without the fee
    #[arg(value_name = "SOL", value_parser = Amount::parse)]
    amount: Amount,
    /// Who sends it, if not the keypair's owner: a keypair file
    #[arg(long, value_name = "KEYPAIR")]
    from: Option<String>,
    /// Who pays the fee, if not the keypair's owner: a keypair file
    #[arg(long, value_name = "KEYPAIR")]
    fee_payer: Option<String>,
    /// Send to an address that holds nothing yet
    ///
    /// Without it such a transfer is refused: most addresses that hold nothing are mistyped.
    #[arg(long)]
    allow_unfunded_recipient: bool,
    /// Do not wait until the transaction is in a block
    #[arg(long)]
    no_wait: bool,
    /// Price of a compute unit, in micro-lamports, for who wants to be first
    #[arg(long, value_name = "MICRO_LAMPORTS")]
    with_compute_unit_price: Option<u64>,
    #[command(flatten)]
    keypair: KeypairOptions,
    #[command(flatten)]
    node: NodeOptions,
}

/// How much to send.
#[derive(Clone, Copy, Debug)]
enum Amount {
    /// So much.
    Lamports(u64),
    /// All there is.
    All,
}

impl Amount {
    fn parse(text: &str) -> anyhow::Result<Self> {
        if text == "ALL" {
            return Ok(Self::All);
        }
        parse_lamports(text).map(Self::Lamports)
    }
}

impl TransferCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let recipient = read_address(&self.recipient)?;
        let client = self.node.spending_client()?;
        let payer = self.signer(self.fee_payer.as_deref())?;
        let sender = self.signer(self.from.as_deref())?;
        self.check_recipient(&client, &recipient)?;
        let blockhash = client.latest_blockhash()?;
        let lamports = self.lamports(&client, &sender, &payer, &recipient, &blockhash)?;
        let instructions = self.instructions(&sender.pubkey(), &recipient, lamports);
        let bytes = signed(&payer, &[&sender], &instructions, &blockhash)?;
        let signature = client.hand_in(&bytes)?;
        let slot =
            if self.no_wait { None } else { Some(client.wait_for(&signature, &bytes, &blockhash)?.slot) };
        self.node.output().print(&json!({ "signature": signature, "slot": slot }), || {
            format!("\nSignature: {signature}\n")
        })?;
        Ok(ExitCode::SUCCESS)
    }

    /// Another keypair than the one in force, if one is named.
    fn signer(&self, place: Option<&str>) -> anyhow::Result<Keypair> {
        place.map_or_else(|| self.keypair.read(&self.node), read_keypair)
    }

    fn check_recipient(&self, client: &Client, recipient: &Address) -> anyhow::Result<()> {
        if !self.allow_unfunded_recipient && client.balance(recipient)? == 0 {
            bail!(
                "the recipient {recipient} holds nothing yet: add --allow-unfunded-recipient if it is the right address"
            );
        }
        Ok(())
    }

    fn instructions(&self, sender: &Address, recipient: &Address, lamports: u64) -> Vec<Instruction> {
        let transfer = solana_system_interface::instruction::transfer(sender, recipient, lamports);
        match self.with_compute_unit_price {
            None => vec![transfer],
            Some(price) => vec![
                ComputeBudgetInstruction::set_compute_unit_price(price),
                ComputeBudgetInstruction::set_compute_unit_limit(TRANSFER_UNITS),
                transfer,
            ],
        }
    }

    /// Lamports to send, after a look at what the sender holds.
    fn lamports(
        &self,
        client: &Client,
        sender: &Keypair,
        payer: &Keypair,
        recipient: &Address,
        blockhash: &LatestBlockhash,
    ) -> anyhow::Result<u64> {
        let sender_address = sender.pubkey();
        let message = Message::new_with_blockhash(
            &self.instructions(&sender_address, recipient, 0),
            Some(&payer.pubkey()),
            &blockhash.hash,
        );
        let fee = client.fee(&message.serialize())?.context("the node does not know its own blockhash")?;
        let own_fee = if payer.pubkey() == sender_address { fee } else { 0 };
        let balance = client.balance(&sender_address)?;
        let available = balance.checked_sub(own_fee).filter(|available| *available > 0);
        let short = || {
            format!(
                "{sender_address} holds {}, which is not enough for the fee of {}",
                sol(balance),
                sol(own_fee)
            )
        };
        let available = available.with_context(short)?;
        let lamports = match self.amount {
            Amount::All => return Ok(available),
            Amount::Lamports(lamports) => lamports,
        };
        let Some(rest) = available.checked_sub(lamports) else {
            bail!(
                "{sender_address} holds {}, which is not enough for {} and the fee of {}: `sealane airdrop` asks the faucet",
                sol(balance),
                sol(lamports),
                sol(own_fee)
            );
        };
        let minimum = rent_exempt_minimum_lamports(0);
        if rest > 0 && rest < minimum {
            bail!(
                "the transfer would leave {} to {sender_address}, less than the {} that an account must hold: send ALL, or less",
                sol(rest),
                sol(minimum)
            );
        }
        Ok(lamports)
    }
}
