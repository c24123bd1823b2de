//! A ledger that a genesis file begins: users who pay each other, block after block, and a snapshot on the way.

use crate::ground::{config, lines, object, sealane, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealane_benches::sign::{User, sign};
use sealane_benches::workload::genesis_blockhash;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::ids::system_program;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) const USER_COUNT: u64 = 6;
pub(crate) const BLOCK_COUNT: u64 = 4;

/// A folder with a genesis file of users, and blocks in which they pay each other.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) users: Vec<User>,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        let users: Vec<User> = (0..USER_COUNT).map(|number| User::new(5, number)).collect();
        let mut genesis = format!("unix_time = 100\n[rules]\nfee_collector = \"{}\"\n", users[0].address);
        for user in &users {
            genesis += &format!("[[accounts]]\naddress = \"{}\"\nlamports = 1_000_000_000\n", user.address);
        }
        fs::write(folder.path().join("genesis.toml"), genesis).expect("the file is written");
        let world = Self { folder, users };
        fs::write(world.path("blocks.jsonl"), world.blocks()).expect("the file is written");
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Each user pays the next one in each block.
    fn blocks(&self) -> String {
        let base = Genesis::default()
            .with_token_programs(sealane_artifacts::TOKEN, sealane_artifacts::ASSOCIATED_TOKEN);
        let genesis = Genesis::read(&self.path("genesis.toml"), base).expect("the genesis is well-formed");
        let blockhash = genesis_blockhash(&genesis, &config().runtime).expect("a runtime");
        let mut text = String::new();
        for block in 0..BLOCK_COUNT {
            text += &format!("{}\n", json!({ "block": { "unix_time": 200 + block, "number": block + 1 } }));
            for (index, payer) in self.users.iter().enumerate() {
                let receiver = &self.users[(index + 1) % self.users.len()];
                // A system transfer: its number, and the lamports.
                let data = [&2_u32.to_le_bytes()[..], &(1_000 + block).to_le_bytes()].concat();
                let accounts =
                    vec![AccountMeta::new(payer.address, true), AccountMeta::new(receiver.address, false)];
                let transfer = Instruction { program_id: system_program::ID, accounts, data };
                text += &format!("{}\n", json!(STANDARD.encode(sign(payer, &[transfer], blockhash))));
            }
        }
        text
    }

    /// The first so many blocks, as a file.
    pub(crate) fn first_blocks(&self, count: u64) -> PathBuf {
        let line_count = usize::try_from(count * (1 + USER_COUNT)).expect("there are few");
        let lines: String = self.blocks().split_inclusive('\n').take(line_count).collect();
        let path = self.path("first.jsonl");
        fs::write(&path, lines).expect("the file is written");
        path
    }

    pub(crate) fn run(&self, ledger: &Path, input: &Path, options: &[&str]) -> Vec<Value> {
        let arguments = ["run", "--ledger", text(ledger), "--input", text(input), "--json"];
        lines(&sealane(&[&arguments, options].concat()))
    }

    /// A ledger with the first two blocks, and a snapshot of it.
    pub(crate) fn snapshot(&self) -> (PathBuf, PathBuf) {
        let (ledger, snapshot) = (self.path("ledger"), self.path("two.snapshot"));
        self.run(&ledger, &self.first_blocks(2), &["--genesis", text(&self.path("genesis.toml"))]);
        let written = object(&["ledger", "snapshot", text(&ledger), "--out", text(&snapshot), "--json"]);
        assert_eq!((&written["block"], written["accounts"].as_u64() > Some(USER_COUNT)), (&2.into(), true));
        assert_eq!(
            fs::metadata(&snapshot).expect("it is there").len(),
            written["file_bytes"].as_u64().unwrap_or(0)
        );
        let checked = object(&["ledger", "check-snapshot", text(&snapshot), "--json"]);
        assert_eq!(checked, written);
        (ledger, snapshot)
    }

    /// The transactions of a block of the input, by its number from 1.
    pub(crate) fn transactions(&self, number: usize) -> Vec<Vec<u8>> {
        let blocks = self.blocks();
        let block = blocks.split("{\"block\"").nth(number).expect("there is such a block");
        let decode = |line: &str| STANDARD.decode(line.trim_matches('"')).expect("base64");
        block.lines().skip(1).map(decode).collect()
    }
}
