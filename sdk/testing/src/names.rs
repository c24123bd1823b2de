//! What things are called: addresses that a test named, and of each described program its instructions, their accounts, and its
//! errors.
//!
//! Filled by [`TestLedger`](crate::TestLedger) from what tests say and from programs' descriptions; read when results are shown.

use crate::decode;
use sealane_associated_token::ID as ASSOCIATED_TOKEN;
use sealane_runtime::execute::builtins::builtins;
use sealane_sdk::error::ErrorCode;
use sealane_sdk::guest::declared::ConstraintError;
use sealane_sdk::ids::{
    bpf_loader_upgradeable, clock, compute_budget, instructions, recent_blockhashes, rent, slot_hashes,
    system_program,
};
use sealane_sdk::{Address, ProgramError, idl};
use sealane_token::error::TokenError;
use std::collections::BTreeMap;

/// Names for what has none on the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    addresses: BTreeMap<Address, String>,
    programs: BTreeMap<Address, ProgramNames>,
}

/// The names in one program.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProgramNames {
    pub(crate) name: String,
    instructions: Vec<InstructionNames>,
    errors: BTreeMap<u32, ErrorName>,
    /// Whether it fails with the macros' own numbers too.
    is_declared: bool,
    accounts: Vec<idl::Discriminated>,
    events: Vec<idl::Discriminated>,
    types: Vec<idl::TypeDefinition>,
}

/// The names in one instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InstructionNames {
    discriminator: Vec<u8>,
    pub(crate) name: String,
    pub(crate) accounts: Vec<String>,
}

/// An error by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorName {
    /// The number that the program returned; `None` for the errors that all programs have.
    pub number: Option<u32>,
    /// Its name, as in the program's source.
    pub name: String,
    /// What it says; may be empty.
    pub text: String,
}

impl Default for Names {
    /// The built-in programs, the sysvars and the token programs.
    fn default() -> Self {
        let mut names = Self { addresses: BTreeMap::new(), programs: BTreeMap::new() };
        for (address, builtin) in builtins() {
            names.name_program(address, builtin.name);
        }
        names.insert_numbered::<u32>(
            system_program::ID,
            "system_program",
            &SYSTEM_INSTRUCTIONS,
            &SYSTEM_ERRORS,
        );
        names.insert_numbered::<u8>(compute_budget::ID, "compute_budget", &COMPUTE_BUDGET_INSTRUCTIONS, &[]);
        names.insert_numbered::<u32>(bpf_loader_upgradeable::ID, "loader", &LOADER_INSTRUCTIONS, &[]);
        names.insert_numbered::<u8>(sealane_token::ID, "token", &TOKEN_INSTRUCTIONS, TokenError::TABLE);
        names.insert_numbered::<u8>(
            ASSOCIATED_TOKEN,
            "associated_token",
            &ASSOCIATED_TOKEN_INSTRUCTIONS,
            &[],
        );
        for (address, name) in [
            (clock::ID, "clock sysvar"),
            (rent::ID, "rent sysvar"),
            (instructions::ID, "instructions sysvar"),
            (slot_hashes::ID, "slot-hashes sysvar"),
            (recent_blockhashes::ID, "recent-blockhashes sysvar"),
        ] {
            names.name_address(address, name);
        }
        names
    }
}

/// Where `#[error_code]` begins to count.
const FIRST_OWN_ERROR: u32 = 6_000;

impl Names {
    /// Names an address.
    pub(crate) fn name_address(&mut self, address: Address, name: &str) {
        self.addresses.insert(address, name.to_owned());
    }

    /// Names a program that does not describe itself.
    pub(crate) fn name_program(&mut self, address: Address, name: &str) {
        self.programs.entry(address).or_default().name = name.to_owned();
    }

    /// Adds what a program says of itself. It is taken for the program at `address`, wherever it says that it is.
    pub(crate) fn describe(&mut self, address: Address, idl: &idl::Idl) {
        let instructions = idl.instructions.iter().map(|instruction| InstructionNames {
            discriminator: instruction.discriminator.clone(),
            name: instruction.name.clone(),
            accounts: instruction.account_names(),
        });
        let errors = idl.errors.iter().map(|error| {
            let text = error.msg.clone().unwrap_or_default();
            (error.code, ErrorName { number: Some(error.code), name: error.name.clone(), text })
        });
        let names = ProgramNames {
            name: idl.metadata.name.clone(),
            instructions: instructions.collect(),
            errors: errors.collect(),
            is_declared: true,
            accounts: idl.accounts.clone(),
            events: idl.events.clone(),
            types: idl.types.clone(),
        };
        self.programs.insert(address, names);
    }

    /// Adds errors of a program that declares them with `program_errors!` or `#[error_code]`.
    pub(crate) fn add_errors<E: ErrorCode>(&mut self, program: Address) {
        self.programs.entry(program).or_default().errors.extend(table::<E>());
    }

    fn insert_numbered<N: Number>(
        &mut self,
        address: Address,
        name: &str,
        instructions: &[(&str, &[&str])],
        errors: &[(u32, &str, &str)],
    ) {
        let instructions = (0_u8..).zip(instructions).map(|(number, (name, accounts))| InstructionNames {
            discriminator: N::bytes(number),
            name: (*name).to_owned(),
            accounts: accounts.iter().map(|account| (*account).to_owned()).collect(),
        });
        let names = ProgramNames {
            name: name.to_owned(),
            instructions: instructions.collect(),
            errors: entries(errors).collect(),
            ..ProgramNames::default()
        };
        self.programs.insert(address, names);
    }

    /// What the address is called, or itself.
    pub(crate) fn address(&self, address: &Address) -> String {
        self.known_address(address).unwrap_or_else(|| address.to_string())
    }

    /// What the address is called, if it has a name.
    pub(crate) fn known_address(&self, address: &Address) -> Option<String> {
        let program = || self.programs.get(address).map(|program| program.name.clone());
        self.addresses.get(address).cloned().or_else(program).filter(|name| !name.is_empty())
    }

    /// The address with its name before it, if it has one.
    pub(crate) fn address_in_full(&self, address: &Address) -> String {
        self.known_address(address).map_or_else(|| address.to_string(), |name| format!("{name} ({address})"))
    }

    /// What an instruction of a program is called: by its first bytes.
    pub(crate) fn instruction(&self, program: &Address, data: &[u8]) -> Option<&InstructionNames> {
        let instructions = &self.programs.get(program)?.instructions;
        instructions.iter().find(|instruction| data.starts_with(&instruction.discriminator))
    }

    /// What a program's error is called.
    pub(crate) fn error(&self, program: &Address, code: u64) -> ErrorName {
        let ProgramError::Custom(number) = ProgramError::from(code) else {
            let error = ProgramError::from(code);
            return ErrorName { number: None, name: format!("{error:?}"), text: error.to_string() };
        };
        let names = self.programs.get(program);
        let own = names.and_then(|names| names.errors.get(&number)).cloned();
        let declared = || {
            let is_declared = names.is_none_or(|names| names.is_declared);
            let error = ConstraintError::from_number(number).filter(|_| is_declared)?;
            let text = error.log_line().to_owned();
            Some(ErrorName { number: Some(number), name: format!("{error:?}"), text })
        };
        let unknown = || ErrorName {
            number: Some(number),
            name: "unknown".to_owned(),
            text: if names.is_some_and(|names| names.is_declared) && number >= FIRST_OWN_ERROR {
                format!(
                    "returned error {number}, which its description does not have: name the enum in `#[program(errors = …)]`"
                )
            } else {
                String::new()
            },
        };
        own.or_else(declared).unwrap_or_else(unknown)
    }

    /// An event as text, by its type's name and those of its fields.
    pub(crate) fn event(&self, program: &Address, data: &[u8]) -> Option<String> {
        let names = self.programs.get(program)?;
        let event = names.events.iter().find(|event| data.starts_with(&event.discriminator))?;
        decode::value(&names.types, &event.name, &data[event.discriminator.len()..])
    }

    /// What a program's account is called whose data begins like this.
    pub(crate) fn account_kind(&self, owner: &Address, data: &[u8]) -> Option<&str> {
        let kinds = &self.programs.get(owner)?.accounts;
        kinds.iter().find(|kind| data.starts_with(&kind.discriminator)).map(|kind| kind.name.as_str())
    }
}

/// The errors of a table, by number.
fn table<E: ErrorCode>() -> impl Iterator<Item = (u32, ErrorName)> {
    entries(E::TABLE)
}

fn entries<'t>(table: &'t [(u32, &'t str, &'t str)]) -> impl Iterator<Item = (u32, ErrorName)> + 't {
    table.iter().map(|(number, name, text)| {
        let name = ErrorName { number: Some(*number), name: (*name).to_owned(), text: (*text).to_owned() };
        (*number, name)
    })
}

/// How a program without discriminators numbers its instructions.
trait Number {
    fn bytes(number: u8) -> Vec<u8>;
}

impl Number for u8 {
    fn bytes(number: u8) -> Vec<u8> {
        vec![number]
    }
}

impl Number for u32 {
    fn bytes(number: u8) -> Vec<u8> {
        Self::from(number).to_le_bytes().to_vec()
    }
}

type NumberedInstructions<const COUNT: usize> = [(&'static str, &'static [&'static str]); COUNT];

/// Source: `solana-system-interface`, in the order of its enum.
const SYSTEM_INSTRUCTIONS: NumberedInstructions<13> = [
    ("create_account", &["from", "new"]),
    ("assign", &["account"]),
    ("transfer", &["from", "to"]),
    ("create_account_with_seed", &["from", "new", "base"]),
    ("advance_nonce_account", &["nonce", "recent_blockhashes", "authority"]),
    ("withdraw_nonce_account", &["nonce", "to", "recent_blockhashes", "rent", "authority"]),
    ("initialize_nonce_account", &["nonce", "recent_blockhashes", "rent"]),
    ("authorize_nonce_account", &["nonce", "authority"]),
    ("allocate", &["account"]),
    ("allocate_with_seed", &["account", "base"]),
    ("assign_with_seed", &["account", "base"]),
    ("transfer_with_seed", &["from", "base", "to"]),
    ("upgrade_nonce_account", &["nonce"]),
];

/// Source: `solana-system-interface`.
const SYSTEM_ERRORS: [(u32, &str, &str); 9] = [
    (0, "AccountAlreadyInUse", "an account with the same address already exists"),
    (1, "ResultWithNegativeLamports", "account does not have enough lamports"),
    (2, "InvalidProgramId", "cannot assign account to this program id"),
    (3, "InvalidAccountDataLength", "cannot allocate account data of this length"),
    (4, "MaxSeedLengthExceeded", "length of requested seed is too long"),
    (5, "AddressWithSeedMismatch", "provided address does not match addressed derived from seed"),
    (6, "NonceNoRecentBlockhashes", "advancing stored nonce requires a populated recent-blockhashes sysvar"),
    (7, "NonceBlockhashNotExpired", "stored nonce is still in recent_blockhashes"),
    (8, "NonceUnexpectedBlockhashValue", "specified nonce does not match stored nonce"),
];

/// Source: `solana-compute-budget-interface`.
const COMPUTE_BUDGET_INSTRUCTIONS: NumberedInstructions<5> = [
    ("unused", &[]),
    ("request_heap_frame", &[]),
    ("set_compute_unit_limit", &[]),
    ("set_compute_unit_price", &[]),
    ("set_loaded_accounts_data_size_limit", &[]),
];

/// Source: `solana-loader-v3-interface`.
const LOADER_INSTRUCTIONS: NumberedInstructions<6> = [
    ("initialize_buffer", &["buffer", "authority"]),
    ("write", &["buffer", "authority"]),
    (
        "deploy",
        &["payer", "program_data", "program", "buffer", "rent", "clock", "system_program", "authority"],
    ),
    ("upgrade", &["program_data", "program", "buffer", "spill", "rent", "clock", "authority"]),
    ("set_authority", &["account", "authority", "new_authority"]),
    ("close", &["account", "recipient", "authority", "program"]),
];

/// Source: `spl-token-interface`.
const TOKEN_INSTRUCTIONS: NumberedInstructions<25> = [
    ("initialize_mint", &["mint", "rent"]),
    ("initialize_account", &["account", "mint", "owner", "rent"]),
    ("initialize_multisig", &["multisig", "rent"]),
    ("transfer", &["source", "destination", "authority"]),
    ("approve", &["source", "delegate", "owner"]),
    ("revoke", &["source", "owner"]),
    ("set_authority", &["account", "authority"]),
    ("mint_to", &["mint", "account", "authority"]),
    ("burn", &["account", "mint", "authority"]),
    ("close_account", &["account", "destination", "owner"]),
    ("freeze_account", &["account", "mint", "authority"]),
    ("thaw_account", &["account", "mint", "authority"]),
    ("transfer_checked", &["source", "mint", "destination", "authority"]),
    ("approve_checked", &["source", "mint", "delegate", "owner"]),
    ("mint_to_checked", &["mint", "account", "authority"]),
    ("burn_checked", &["account", "mint", "authority"]),
    ("initialize_account2", &["account", "mint", "rent"]),
    ("sync_native", &["account"]),
    ("initialize_account3", &["account", "mint"]),
    ("initialize_multisig2", &["multisig"]),
    ("initialize_mint2", &["mint"]),
    ("get_account_data_size", &["mint"]),
    ("initialize_immutable_owner", &["account"]),
    ("amount_to_ui_amount", &["mint"]),
    ("ui_amount_to_amount", &["mint"]),
];

/// Source: `spl-associated-token-account-interface`.
const ASSOCIATED_TOKEN_INSTRUCTIONS: NumberedInstructions<3> = [
    ("create", &["payer", "account", "wallet", "mint", "system_program", "token_program"]),
    ("create_idempotent", &["payer", "account", "wallet", "mint", "system_program", "token_program"]),
    ("recover_nested", &["nested", "nested_mint", "destination", "owner_account", "owner_mint", "wallet"]),
];
