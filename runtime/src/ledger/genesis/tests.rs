//! Genesis files, good and bad: what ledger they make, and what is said of them, where.

use super::*;
use crate::file_error::FileError;
use crate::ledger::{AccountDump, JsonStyle};
use crate::runtime::{Runtime, RuntimeConfig};
use sealane_sdk::ids::{bpf_loader_upgradeable, system_program};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder with what genesis files name; it goes when the test is over.
struct Folder(PathBuf);

const USER: Address = Address::new_from_array([1; 32]);
const PROGRAM: Address = Address::new_from_array([2; 32]);
const DUMPED: Address = Address::new_from_array([3; 32]);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sealane-genesis-{name}-{}", std::process::id()));
        std::fs::create_dir_all(path.join("dumps")).expect("a folder");
        std::fs::create_dir_all(path.join("empty")).expect("a folder");
        let folder = Self(path);
        let account = Account { lamports: 7, ..Account::system(0) };
        let dump = AccountDump { address: DUMPED, account };
        folder.write("dumps/one.json", dump.to_json(JsonStyle::Pretty));
        let none = AccountDump { account: Account::default(), ..dump };
        folder.write("none.json", none.to_json(JsonStyle::Compact));
        folder.write("state.bin", [1, 2, 3]);
        folder.write("program.wasm", module());
        folder
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), bytes).expect("a file");
    }

    fn parse(&self, text: &str) -> Result<Genesis, FileError> {
        Genesis::parse(&self.0.join("g.toml"), text.as_bytes(), Genesis::default())
    }

    /// What is said of a file, without the folder's name.
    fn said(&self, text: &str) -> String {
        match self.parse(text) {
            Ok(_) => "good".to_owned(),
            Err(error) => error.to_string().replace(&format!("{}/", self.0.display()), ""),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn module() -> Vec<u8> {
    let text = r#"(module
        (memory (export "memory") 1)
        (global (export "__heap_base") i32 (i32.const 1024))
        (func (export "entrypoint") (param i32) (result i64) (i64.const 0)))"#;
    wat::parse_str(text).expect("a module")
}

#[test]
fn a_file_makes_its_ledger() {
    let folder = Folder::new("good");
    let authority = Address::new_from_array([9; 32]);
    let twin = Address::new_from_array([4; 32]);
    let text = format!(
        r#"
        unix_time = 1_700_000_000
        dumps = ["dumps"]

        [rules]
        fee_collector = "{authority}"
        blockhash_age_blocks = 20

        [[programs]]
        address = "{PROGRAM}"
        module = "program.wasm"

        [[programs]]
        address = "{twin}"
        module = "program.wasm"
        upgrade_authority = "{authority}"
        capacity_bytes = 5_000

        [[accounts]]
        address = "{USER}"
        lamports = 1_000_000_000

        [[accounts]]
        address = "{authority}"
        owner = "{PROGRAM}"
        data = {{ file = "state.bin" }}
        executable = true
        "#
    );
    let genesis = folder.parse(&text).expect("a good file");
    assert_eq!(genesis.unix_time, 1_700_000_000);
    let rules = LedgerRules { fee_collector: Some(authority), blockhash_age_blocks: 20 };
    assert_eq!(genesis.rules, rules);
    let runtime = Runtime::new(RuntimeConfig::default(), &genesis).expect("a runtime");
    assert_eq!((runtime.rules(), runtime.last_header().unix_time), (&rules, 1_700_000_000));
    let account = |address: &Address| {
        let account = runtime.account(address).expect("memory does not fail").expect("it is there");
        Account::clone(&account)
    };
    assert_eq!(account(&USER), Account::system(1_000_000_000));
    assert_eq!(account(&DUMPED), Account::system(7));
    let with_data = Account { executable: true, ..Account::with_data(PROGRAM, vec![1, 2, 3]) };
    assert_eq!(account(&authority), with_data);
    let program = account(&PROGRAM);
    assert!(program.executable && program.owner == bpf_loader::ID && program.data == module());
    let upgradeable = account(&twin);
    assert_eq!(upgradeable.owner, bpf_loader_upgradeable::ID);
    let data_account = account(&builtins::program_data_address(&upgradeable).expect("a program"));
    let found = builtins::program_bytes(&upgradeable, Some(&data_account));
    assert_eq!((found, data_account.data.len()), (Some(module().as_slice()), 45 + 5_000));
    assert!(account(&system_program::ID).executable, "the base is there too");
}

#[test]
fn data_may_be_written_in_any_encoding() {
    let folder = Folder::new("data");
    for data in [r#"base64 = "AQID""#, r#"base58 = "Ldp""#, r#"hex = "010203""#, r#"file = "state.bin""#] {
        let text = format!("[[accounts]]\naddress = \"{USER}\"\ndata = {{ {data} }}");
        let genesis = folder.parse(&text).expect("a good file");
        assert_eq!(
            genesis.accounts.last(),
            Some(&(USER, Account::with_data(system_program::ID, vec![1, 2, 3])))
        );
    }
}

#[test]
fn an_empty_file_is_the_base() {
    let folder = Folder::new("empty");
    let (genesis, base) = (folder.parse("").expect("a good file"), Genesis::default());
    assert_eq!((genesis.unix_time, genesis.rules), (base.unix_time, base.rules));
    assert_eq!(genesis.accounts, base.accounts);
}

/// A program of one's own at the address of a base's comes instead of it.
#[test]
fn what_the_file_says_comes_instead_of_the_base() {
    let folder = Folder::new("instead");
    let base = Genesis::default().with_token_programs(&[1], &[2]);
    let text = format!("[[programs]]\naddress = \"{}\"\nmodule = \"program.wasm\"", token::ID);
    let genesis = Genesis::parse(&folder.0.join("g.toml"), text.as_bytes(), base).expect("a good file");
    let by_address: BTreeMap<Address, Account> = genesis.accounts.into_iter().collect();
    assert_eq!(by_address[&token::ID].data, module());
    assert_eq!(by_address[&associated_token::ID].data, [2]);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let folder = Folder::new("bad");
    let account = |rest: &str| format!("[[accounts]]\naddress = \"{USER}\"\n{rest}");
    let program =
        |rest: &str| format!("[[programs]]\naddress = \"{PROGRAM}\"\nmodule = \"program.wasm\"\n{rest}");
    let size_bytes = module().len();
    let table: Vec<(String, String)> = vec![
        ("unix_tim = 5".into(), "g.toml:1:1: unknown field `unix_tim`, expected one of `unix_time`, `dumps`, `rules`, `programs`, `accounts`".into()),
        ("[rules]\nblockhash_age_blocks = 0".into(), "g.toml:2:24: a blockhash that is good for 0 blocks lets no transaction run: give 1 or more".into()),
        ("[rules]\nfee_collector = \"me\"".into(), "g.toml:2:17: `me` is no address: give 32 bytes in base58".into()),
        ("[[accounts]]\nlamports = 5".into(), "g.toml:1:1: missing field `address`".into()),
        (account("lamports = 0"), "g.toml:3:12: an account without lamports does not exist: leave `lamports` out, and it is just rent-exempt".into()),
        (account("lamports = -1"), "g.toml:3:12: invalid value: integer `-1`, expected u64".into()),
        (account("data = { base64 = \"AQI\" }"), "g.toml:3:8: the data is not base64: Invalid padding".into()),
        (account("data = { hex = \"012\" }"), "g.toml:3:8: the data is not hexadecimal: a byte takes two digits, and there is an odd number".into()),
        (account("data = { hex = \"0x\" }"), "g.toml:3:8: the data is not hexadecimal: it takes the digits 0 to 9 and a to f".into()),
        (account("data = { octal = \"01\" }"), "g.toml:3:10: unknown variant `octal`, expected one of `base64`, `base58`, `hex`, `file`".into()),
        (account("data = { file = \"nothing.bin\" }"), "nothing.bin: cannot read the account data: No such file or directory (os error 2)".into()),
        (format!("{}\n{}", account(""), account("")), format!("g.toml:5:11: account {USER} stands twice, the first time at 2:11")),
        (format!("[[accounts]]\naddress = \"{}\"", system_program::ID), format!("g.toml:2:11: account {} is kept by the ledger itself: leave it out", system_program::ID)),
        (
            format!("{}\n[[accounts]]\naddress = \"{DUMPED}\"\nlamports = 9_223_372_036_854_775_807\n[[accounts]]\naddress = \"{PROGRAM}\"\nlamports = 9_223_372_036_854_775_807", account("lamports = 2")),
            format!("g.toml:8:11: with account {PROGRAM} there are more than 18446744073709551615 lamports in all"),
        ),
        (program("module = 5"), "g.toml:4:1: duplicate key".into()),
        ("[[programs]]\naddress = \"11111111111111111111111111111112\"\nmodule = \"state.bin\"".into(), "g.toml:3:10: state.bin cannot be a program: ".into()),
        (program("capacity_bytes = 9"), "g.toml:4:18: a program that nobody can upgrade needs no capacity: leave `capacity_bytes` out, or give an `upgrade_authority`".into()),
        (program(&format!("upgrade_authority = \"{USER}\"\ncapacity_bytes = 9")), format!("g.toml:5:18: the capacity is at least the module's {size_bytes} bytes and at most 1048576")),
        ("dumps = [\"empty\"]".into(), "g.toml:1:10: the folder empty holds no file whose name ends in `.json`".into()),
        ("dumps = [\"none.json\"]".into(), "g.toml:1:10: none.json: an account without lamports does not exist".into()),
        ("dumps = [\"state.bin\"]".into(), "state.bin:1:1: expected value".into()),
        ("dumps = [\"dumps\", \"dumps/one.json\"]".into(), format!("g.toml:1:19: dumps/one.json: account {DUMPED} stands twice, the first time at 1:10")),
        ("dumps = [\"missing\"]".into(), "missing: cannot read the account dump: No such file or directory (os error 2)".into()),
    ];
    for (text, expected) in table {
        let found = folder.said(&text);
        assert!(found.starts_with(&expected), "\n{text}\n says {found:?}\n  not {expected:?}");
    }
    let not_utf8 = Genesis::parse(Path::new("g.toml"), b"\n\xFF", Genesis::default());
    assert_eq!(not_utf8.expect_err("refused").to_string(), "g.toml:2:1: the file is not UTF-8");
    let missing = Genesis::read(Path::new("no-such-file.toml"), Genesis::default());
    assert!(
        missing.expect_err("refused").to_string().starts_with("no-such-file.toml: cannot read the genesis: ")
    );
}
