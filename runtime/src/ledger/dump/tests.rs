//! Dumps, good and bad: what is read of them, what is said of them, and that what was written is read back.

use super::*;
use crate::ledger::text::encode_data;
use proptest::prelude::*;

const ADDRESS: &str = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
const OWNER: &str = "11111111111111111111111111111111";

/// A dump with these data and this after it.
fn dump(data: &str, more: &str) -> String {
    format!(
        "{{\"pubkey\":\"{ADDRESS}\",\"account\":{{\"lamports\":5,\"data\":{data},\"owner\":\"{OWNER}\",\"executable\":false{more}}}}}"
    )
}

fn parse(text: &str) -> Result<AccountDump, FileError> {
    AccountDump::parse(Path::new("a.json"), text.as_bytes())
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let found = match parse(text) {
        Ok(dump) => format!("{:?}", dump.account.data),
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected, "of {text}");
}

/// What the command-line tool of Solana writes, byte by byte.
#[test]
fn the_form_is_solanas() {
    let pretty = r#"{
  "pubkey": "SysvarC1ock11111111111111111111111111111111",
  "account": {
    "lamports": 1169280,
    "data": [
      "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKA==",
      "base64"
    ],
    "owner": "Sysvar1111111111111111111111111111111111111",
    "executable": false,
    "rentEpoch": 18446744073709551615,
    "space": 40
  }
}"#;
    let dump = parse(pretty).expect("a dump");
    assert_eq!(dump.address, sealane_sdk::ids::clock::ID);
    let data = (1..=40).collect();
    let owner = sealane_sdk::ids::sysvar::ID;
    assert_eq!(dump.account, Account { lamports: 1_169_280, owner, executable: false, data });
    assert_eq!(dump.to_json(JsonStyle::Pretty), pretty);
    let compact: String = pretty.split('\n').map(str::trim_start).collect::<String>().replace("\": ", "\":");
    assert_eq!(dump.to_json(JsonStyle::Compact), compact);
    assert_eq!(parse(&compact).expect("a dump"), dump);
}

#[test]
fn every_encoding_is_read() {
    check(&dump(r#"["AQID","base64"]"#, ""), "[1, 2, 3]");
    check(&dump(r#"["Ldp","base58"]"#, ""), "[1, 2, 3]");
    check(&dump(r#""Ldp""#, ""), "[1, 2, 3]");
    check(&dump(r#"["","base64"]"#, r#","space":0"#), "[]");
    // `printf '\1\2\3' | zstd | base64`
    check(&dump(r#"["KLUv/QRYGQAAAQIDpeVODA==","base64+zstd"]"#, ""), "[1, 2, 3]");
    check(&dump(r#"["AQID","base64"]"#, r#","rentEpoch":0,"space":3,"later":[{}]"#), "[1, 2, 3]");
    check(&dump(r#"["AQID","base64"]"#, r#","rentEpoch":1.8446744073709552e19"#), "[1, 2, 3]");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let good = dump(r#"["AQID","base64"]"#, "");
    check("", "a.json:1:1: EOF while parsing a value");
    check(&good[..good.len() - 1], &format!("a.json:1:{}: EOF while parsing an object", good.len() - 1));
    check(&good.replace("\"lamports\":5,", ""), "a.json:1:154: missing field `lamports`");
    check(
        &good.replace("\"lamports\":5", "\n\"lamports\":-5"),
        "a.json:2:13: invalid value: integer `-5`, expected u64",
    );
    check(&good.replace(ADDRESS, "Token"), "a.json:1:17: `Token` is no address: give 32 bytes in base58");
    check(
        &good.replace(&format!("\"{OWNER}\""), "7"),
        "a.json:1:114: invalid type: integer `7`, expected an address: 32 bytes in base58, between quotation marks",
    );
    check(&dump(r#"["AQI","base64"]"#, ""), "a.json:1:103: the data is not base64: Invalid padding");
    check(
        &dump(r#"["0l","base58"]"#, ""),
        "a.json:1:102: the data is not base58: provided string contained invalid character '0' at byte 0",
    );
    check(
        &dump(r#"["AQID","base46"]"#, ""),
        "a.json:1:103: unknown variant `base46`, expected one of `base64`, `base58`, `base64+zstd`, `hex`",
    );
    check(
        &dump(r#"{"program":"spl-token"}"#, ""),
        "a.json:1:88: the data was taken apart (`jsonParsed`): ask for the account in base64 instead",
    );
    check(
        &dump(r#"["AQID"]"#, ""),
        "a.json:1:95: invalid length 1, expected the data and its encoding, as in [\"AQID\", \"base64\"]",
    );
    check(
        &dump(r#"["AQID","base64"]"#, r#","space":4"#),
        "a.json:1:178: `space` says 4 bytes, the data has 3: the data was cut",
    );
}

#[test]
fn data_larger_than_an_account_holds_is_refused_without_being_unpacked() {
    let error = parse(&dump(&format!("[\"{}\",\"base64\"]", encode_data(&vec![0; 10_485_761])), ""));
    let text = error.expect_err("too large").to_string();
    assert!(text.ends_with("an account holds at most 10485760 bytes of data, not 10485761"), "{text}");
    let long = "1".repeat(5_000);
    let text = parse(&dump(&format!("\"{long}\""), "")).expect_err("too long").to_string();
    assert!(text.ends_with("is not read from base58: give base64"), "{text}");
}

#[test]
fn a_folder_is_read_in_the_order_of_its_names() {
    let folder = std::env::temp_dir().join(format!("sealane-dumps-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, data) in
        [("b.json", "[\"Ag==\",\"base64\"]"), ("a.json", "[\"AQ==\",\"base64\"]"), ("c.txt", "{")]
    {
        std::fs::write(folder.join(name), dump(data, "")).expect("a file");
    }
    let read = AccountDump::read_all(&folder).expect("dumps");
    let data: Vec<&[u8]> = read.iter().map(|(_, dump)| dump.account.data.as_slice()).collect();
    assert_eq!(data, [&[1_u8], &[2]]);
    assert_eq!(AccountDump::read_all(&folder.join("b.json")).expect("a dump")[0].1, read[1].1);
    std::fs::write(folder.join("d.json"), "{").expect("a file");
    let text = AccountDump::read_all(&folder).expect_err("one is wrong").to_string();
    assert!(text.contains("d.json:1:1: EOF"), "{text}");
    std::fs::remove_dir_all(&folder).expect("it can go");
    assert!(matches!(AccountDump::read(&folder.join("b.json")), Err(FileError::Read { .. })));
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        address in any::<[u8; 32]>(),
        owner in any::<[u8; 32]>(),
        lamports in any::<u64>(),
        executable in any::<bool>(),
        data in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let owner = Address::new_from_array(owner);
        let account = Account { lamports, owner, executable, data };
        let dump = AccountDump { address: Address::new_from_array(address), account };
        for style in [JsonStyle::Pretty, JsonStyle::Compact] {
            prop_assert_eq!(parse(&dump.to_json(style)).expect("a dump"), dump.clone());
        }
    }

    /// No bytes make the reader panic.
    #[test]
    fn any_text_is_a_dump_or_an_error(text in ".{0,80}", cut in any::<prop::sample::Index>()) {
        let good = dump(r#"["AQID","base64"]"#, "");
        let _ = parse(&text);
        let _ = parse(&[&good[..cut.index(good.len())], &text].concat());
    }
}
