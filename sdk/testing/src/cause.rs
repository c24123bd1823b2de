//! Why a transaction failed, in the words of the program's author: function, account, rule.
//!
//! Put together from the failure, the innermost call that failed, what that call logged, and the names in the program's
//! description.

use crate::calls::{Call, CallEvent};
use crate::names::{ErrorName, Names};
use crate::show::grouped;
use sealane_runtime::outcome::Failure;
use sealane_sdk::Address;
use sealane_vm::{CallError, Trap};
use std::fmt::{self, Display, Formatter};

/// Why a transaction failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Where: the program and its instruction, as `counter::increment`; `None` if it was not in a call.
    pub instruction: Option<String>,
    /// The program that failed.
    pub program: Option<Address>,
    /// The function that was running, if the program stopped in the middle of one.
    pub function: Option<String>,
    /// The account that is concerned, by the name that the instruction has for it.
    pub account: Option<CauseAccount>,
    /// What is wrong, in one sentence.
    pub rule: String,
    /// The error that the program returned, if it returned one.
    pub error: Option<ErrorName>,
}

/// The account that a failure is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseAccount {
    /// What the instruction calls it, if that is known.
    pub name: Option<String>,
    /// Its address, if that is known.
    pub address: Option<Address>,
}

impl Display for Cause {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if let Some(instruction) = &self.instruction {
            write!(formatter, "{instruction}: ")?;
        }
        match &self.account {
            Some(CauseAccount { name: Some(name), .. }) => write!(formatter, "account {name}: ")?,
            Some(CauseAccount { name: None, address: Some(address) }) => {
                write!(formatter, "account {address}: ")?
            }
            _ => {}
        }
        formatter.write_str(&self.rule)?;
        if let Some(function) = &self.function {
            write!(formatter, ", in {function}")?;
        }
        match &self.error {
            Some(ErrorName { number: Some(number), name, .. }) => write!(formatter, " [{name}, {number}]"),
            Some(ErrorName { number: None, name, .. }) => write!(formatter, " [{name}]"),
            None => Ok(()),
        }
    }
}

impl Cause {
    /// Why, of a failure and the calls that led to it.
    pub(crate) fn new(failure: &Failure, calls: &[Call], names: &Names) -> Self {
        let outside = |account: Option<&Address>, rule: String| Self {
            instruction: None,
            program: None,
            function: None,
            account: account
                .map(|address| CauseAccount { name: names.known_address(address), address: Some(*address) }),
            rule,
            error: None,
        };
        match failure {
            Failure::BelowRentExemption { account, .. } => {
                let rule = "would be left with less than the rent-exempt minimum".to_owned();
                // Which of its instructions took too much is not known; the last one that had the account is the likeliest.
                match calls.iter().rfind(|call| call.accounts.contains(account)) {
                    None => outside(Some(account), rule),
                    Some(call) => Self {
                        instruction: Some(instruction_of(call, names)),
                        program: Some(call.program),
                        account: Some(account_of(call, account, names)),
                        ..outside(None, rule)
                    },
                }
            }
            Failure::LoadedDataTooLarge { .. } => outside(None, failure.to_string()),
            Failure::Call { instruction_index, program, error, .. } => {
                let top = calls.get(usize::from(*instruction_index));
                let call =
                    top.and_then(Call::innermost_failed).filter(|call| call.program == *program).or(top);
                match call {
                    Some(call) => of_call(call, program, *error, names),
                    None => outside(None, failure.to_string()),
                }
            }
        }
    }
}

fn of_call(call: &Call, program: &Address, error: CallError, names: &Names) -> Cause {
    let instruction =
        if call.program == *program { instruction_of(call, names) } else { names.address(program) };
    let mut cause = Cause {
        instruction: Some(instruction),
        program: Some(*program),
        function: function(call),
        account: None,
        rule: String::new(),
        error: None,
    };
    match error {
        CallError::Returned(code) => returned(&mut cause, call, names.error(program, code), names),
        CallError::Rule { rule, account } => {
            cause.account = Some(account_of(call, &account, names));
            cause.rule = rule.to_string();
        }
        CallError::PrivilegeEscalation { privilege, account } => {
            cause.account = Some(account_of(call, &account, names));
            cause.rule = format!("a nested call cannot make it {privilege}");
        }
        CallError::MissingAccount(account) => {
            cause.account = Some(account_of(call, &account, names));
            cause.rule = "is not among the accounts that the caller passes on".to_owned();
        }
        CallError::Trap(Trap::Panic | Trap::Unreachable) => {
            let said = call.lines().last().filter(|_| matches!(error, CallError::Trap(Trap::Panic)));
            cause.rule =
                said.map_or_else(|| error.to_string(), |text| format!("panicked: {}", own_place(text)));
        }
        CallError::NotCallable(address) if address == *program => {
            cause.rule = "is not a program that can be called".to_owned();
        }
        CallError::NotCallable(address) => {
            cause.rule = format!("{} is not a program that can be called", names.address_in_full(&address));
        }
        CallError::OutOfUnits => {
            cause.rule = format!("compute units exhausted ({} used)", grouped(call.units))
        }
        // Safe Rust checks its indices itself; what is left is the stack, which lies at address 0 and grows downwards.
        CallError::Trap(Trap::MemoryOutOfBounds) => {
            cause.rule =
                "memory access out of bounds: the stack is full, unless the program reckons with addresses"
                    .to_owned();
        }
        other => cause.rule = other.to_string(),
    }
    cause
}

/// A program that returns an error has mostly logged a line before: `Error: instruction: account name: rule`, or
/// `Error: instruction: text`. If the line has the instruction alone, the SDK may have said more in the line before it.
fn returned(cause: &mut Cause, call: &Call, error: ErrorName, names: &Names) {
    let is_own = |word: &str| is_last_word(cause.instruction.as_deref(), word);
    let said: Vec<&str> = call.lines().filter_map(|line| line.strip_prefix("Error: ")).collect();
    let rest = said.iter().rev().find(|line| !is_own(line)).map(|line| match line.split_once(": ") {
        Some((instruction, rest)) if is_own(instruction) => rest,
        _ => line,
    });
    let described = match error {
        ErrorName { number: Some(number), ref text, .. } if text.is_empty() => {
            format!("returned error {number}")
        }
        ErrorName { ref text, .. } => text.clone(),
    };
    let rest = rest.map_or(described, str::to_owned);
    match rest.strip_prefix("account ").and_then(|rest| rest.split_once(": ")) {
        Some((account, rule)) => {
            cause.account = Some(account_called(call, account.trim(), names));
            rule.clone_into(&mut cause.rule);
        }
        None => cause.rule = rest,
    }
    cause.error = Some(error);
}

/// An account by the name that a line of the log has for it, or by its position.
fn account_called(call: &Call, called: &str, names: &Names) -> CauseAccount {
    let known = names.instruction(&call.program, &call.data);
    let (name, position) = match called.parse::<usize>() {
        Ok(position) => (known.and_then(|known| known.accounts.get(position)).cloned(), Some(position)),
        Err(_) => {
            let position =
                known.and_then(|known| known.accounts.iter().position(|account| account == called));
            (Some(called.to_owned()), position)
        }
    };
    CauseAccount { name, address: position.and_then(|position| call.accounts.get(position)).copied() }
}

/// What a panic says, without its place if that lies in the standard library: the function is told anyway.
fn own_place(said: &str) -> &str {
    match said.rsplit_once(", ") {
        Some((text, place)) if place.starts_with("/rust") => text,
        _ => said,
    }
}

/// `counter::increment`, or the program alone if it does not describe itself.
pub(crate) fn instruction_of(call: &Call, names: &Names) -> String {
    let program = names.address(&call.program);
    match names.instruction(&call.program, &call.data) {
        Some(instruction) => format!("{program}::{}", instruction.name),
        None => program,
    }
}

/// Whether `counter::increment` ends in this word.
fn is_last_word(instruction: Option<&str>, word: &str) -> bool {
    instruction.is_some_and(|instruction| instruction.rsplit("::").next() == Some(word))
}

fn account_of(call: &Call, address: &Address, names: &Names) -> CauseAccount {
    let position = call.accounts.iter().position(|account| account == address);
    let known = names.instruction(&call.program, &call.data);
    let name = position.and_then(|position| known?.accounts.get(position).cloned());
    CauseAccount { name: name.or_else(|| names.known_address(address)), address: Some(*address) }
}

/// The innermost of the program's own functions that was running when it stopped: what panics and allocates on its behalf is
/// not meant, nor what the macros made around the instruction, which is told by its name.
fn function(call: &Call) -> Option<String> {
    let functions = call.events.iter().rev().find_map(|event| match event {
        CallEvent::Stopped { functions, .. } => Some(functions),
        _ => None,
    })?;
    let is_foreign = |name: &&String| {
        ["core::", "alloc::", "std::", "sealane_sdk::", "<core::", "<alloc::", "compiler_builtins::"]
            .iter()
            .any(|foreign| name.starts_with(foreign))
            || [
                "rust_begin_unwind",
                "__rust",
                "rust_panic",
                "__rg_",
                "__rdl_",
                "memcpy",
                "memset",
                "function ",
            ]
            .iter()
            .any(|foreign| name.contains(foreign))
    };
    let is_generated = |name: &&String| name.ends_with("::generated::process") || *name == "entrypoint";
    functions.iter().find(|name| !is_foreign(name)).filter(|name| !is_generated(name)).cloned()
}
