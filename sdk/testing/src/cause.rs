//! Why a transaction failed, in the words of the program's author: function, account, rule.
//!
//! Put together from the failure, the innermost call that failed, what that call logged, and the names in the program's
//! description.

use crate::calls::{Call, CallEvent};
use crate::names::{ErrorName, Names};
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
                outside(Some(account), "would be left with less than the rent-exempt minimum".to_owned())
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
    let known = names.instruction(program, &call.data).filter(|_| call.program == *program);
    let instruction = match known {
        Some(known) => format!("{}::{}", names.address(program), known.name),
        None => names.address(program),
    };
    let mut cause = Cause {
        instruction: Some(instruction),
        program: Some(*program),
        function: function(call),
        account: None,
        rule: String::new(),
        error: None,
    };
    match error {
        CallError::Returned(code) => returned(&mut cause, call, names.error(program, code)),
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
            let text = said.map(|line| line.strip_prefix("panicked: ").unwrap_or(line));
            cause.rule = text.map_or_else(|| error.to_string(), |text| format!("panicked: {text}"));
        }
        CallError::NotCallable(address) => {
            cause.rule = format!("{} is not a program that can be called", names.address_in_full(&address));
        }
        CallError::OutOfUnits => cause.rule = format!("compute units exhausted ({} used)", call.units),
        other => cause.rule = other.to_string(),
    }
    cause
}

/// A program that returns an error has mostly logged a line before: `Error: instruction: account name: rule`.
fn returned(cause: &mut Cause, call: &Call, error: ErrorName) {
    let line = call.lines().last().and_then(|line| line.strip_prefix("Error: "));
    let own_part = |line: &'_ str| match line.split_once(": ") {
        Some((instruction, rest)) if is_last_word(cause.instruction.as_deref(), instruction) => {
            rest.to_owned()
        }
        _ => line.to_owned(),
    };
    let is_bare = |rest: &String| is_last_word(cause.instruction.as_deref(), rest);
    let rest = line.map(own_part).filter(|rest| !is_bare(rest));
    let described = if error.text.is_empty() { "returned an error".to_owned() } else { error.text.clone() };
    let rest = rest.unwrap_or(described);
    match rest.strip_prefix("account ").and_then(|rest| rest.split_once(": ")) {
        Some((name, rule)) => {
            cause.account = Some(CauseAccount { name: Some(name.to_owned()), address: None });
            rule.clone_into(&mut cause.rule);
        }
        None => cause.rule = rest,
    }
    cause.error = Some(error);
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
/// not meant.
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
    functions.iter().find(|name| !is_foreign(name)).or_else(|| functions.first()).cloned()
}
