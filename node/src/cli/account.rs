//! `sealane account`: an account with its data.

use super::print::print;
use super::settings::{NodeOptions, read_address, sol};
use anyhow::{Context, bail};
use clap::Args;
use sealane_runtime::ledger::AccountDump;
use sealane_sdk::{Account, Address};
use std::path::PathBuf;
use std::process::ExitCode;

/// An account with its data
#[derive(Args, Debug)]
pub(crate) struct AccountCommand {
    /// Its address, or a keypair file
    address: String,
    /// Write the answer into a file: with --output json what a genesis file can load, else the data alone
    #[arg(short, long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    /// Balance in lamports
    #[arg(long)]
    lamports: bool,
    #[command(flatten)]
    node: NodeOptions,
}

impl AccountCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let address = read_address(&self.address)?;
        let client = self.node.client()?;
        let Some(account) = client.account(&address)? else {
            bail!("there is no account {address} at {}", client.url());
        };
        let style = self.node.output().json_style();
        let Some(file) = &self.output_file else {
            print(match style {
                Some(style) => dump(address, account).to_json(style),
                None => self.text(&address, &account),
            })?;
            return Ok(ExitCode::SUCCESS);
        };
        let bytes = match style {
            Some(style) => dump(address, account).to_json(style).into_bytes(),
            None => account.data,
        };
        std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        print(format_args!(
            "Wrote {} to {}",
            if style.is_some() { "account" } else { "account data" },
            file.display()
        ))?;
        Ok(ExitCode::SUCCESS)
    }

    /// As `solana account` prints it.
    fn text(&self, address: &Address, account: &Account) -> String {
        let balance =
            if self.lamports { format!("{} lamports", account.lamports) } else { sol(account.lamports) };
        let mut text = format!(
            "\nPublic Key: {address}\nBalance: {balance}\nOwner: {}\nExecutable: {}\nRent Epoch: {}\n",
            account.owner,
            account.executable,
            u64::MAX
        );
        if !account.data.is_empty() {
            let size_bytes = account.data.len();
            text += &format!("Length: {size_bytes} (0x{size_bytes:x}) bytes\n{}", hex_dump(&account.data));
        }
        text
    }
}

fn dump(address: Address, account: Account) -> AccountDump {
    AccountDump { address, account }
}

/// Sixteen bytes a line, in hexadecimal and, where they are printable, as characters; rows that repeat the one before are left
/// out, with a `*` in their place.
fn hex_dump(data: &[u8]) -> String {
    let mut text = String::new();
    let mut last: Option<&[u8]> = None;
    let mut is_repeating = false;
    let row_count = data.len().div_ceil(16);
    for (index, row) in data.chunks(16).enumerate() {
        if last == Some(row) && index + 1 < row_count {
            if !is_repeating {
                text += "*\n";
            }
            is_repeating = true;
            continue;
        }
        (last, is_repeating) = (Some(row), false);
        let mut hex = String::new();
        for (position, byte) in row.iter().enumerate() {
            let gap = if position == 8 { "  " } else { " " };
            hex += &format!("{gap}{byte:02x}");
        }
        let shown = |byte: &u8| if matches!(byte, 0x20..=0x7e) { char::from(*byte) } else { '.' };
        let characters: String = row.iter().map(shown).collect();
        text += &format!("{:04x}:  {hex:<50}  {characters}\n", index * 16);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{dump, hex_dump};
    use sealane_runtime::ledger::{AccountDump, JsonStyle};
    use sealane_sdk::Account;

    #[test]
    fn bytes_are_shown_sixteen_a_line() {
        let text = hex_dump(b"Hello, Sealane!\n\x01\x02");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "0000:   48 65 6c 6c 6f 2c 20 53  65 61 6c 61 6e 65 21 0a   Hello, Sealane!.",
                "0010:   01 02                                              ..",
            ]
        );
    }

    #[test]
    fn rows_that_repeat_are_left_out_but_for_the_last() {
        let text = hex_dump(&[0; 80]);
        let starts: Vec<&str> = text.lines().map(|line| line.split(':').next().unwrap_or_default()).collect();
        assert_eq!(starts, ["0000", "*", "0040"]);
    }

    #[test]
    fn json_is_what_a_genesis_file_loads() {
        let account = Account { lamports: 5, ..Account::default() };
        let written = dump(sealane_sdk::ids::clock::ID, account.clone()).to_json(JsonStyle::Pretty);
        let read = AccountDump::parse("test".as_ref(), written.as_bytes()).expect("it is one");
        assert_eq!(read.account, account);
    }
}
