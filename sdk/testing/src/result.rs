//! What became of a transaction: everything there is to know, and short ways to demand what it must be.

use crate::access::{Access, Accesses};
use crate::calls::{Call, CallEnd, CallEvent, calls};
use crate::cause::{Cause, instruction_of};
use crate::names::{ErrorName, Names};
use crate::show::{Paint, show};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sealane_runtime::Rejection;
use sealane_runtime::ingest::sanitize;
use sealane_runtime::outcome::Failure;
use sealane_runtime::receipt::Receipt;
use sealane_sdk::guest::Arguments;
use sealane_sdk::guest::codec::{Decode, encode};
use sealane_sdk::guest::declared::Event;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Address, ProgramError};
use sealane_vm::CallError;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It ran, and all it did lasts.
    Succeeded,
    /// It ran and failed: its fee is paid, all else is as before.
    Failed(Failure),
    /// It could not run: nothing is paid.
    Rejected(Rejection),
}

/// What became of one transaction.
///
/// `Display` shows the calls as a tree, with units, logs and the reason of a failure. The methods that begin with `expect`
/// panic with that text if it is not what they say, and give the result back for more.
///
/// ```
/// use sealane_testing::{TestLedger, system};
///
/// let mut ledger = TestLedger::new();
/// let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
/// let sent = ledger.send(&[system::transfer(&alice.address, &bob.address, 5)], &[&alice]).expect_success();
/// assert_eq!((sent.units, sent.fee_lamports), (150, 5_000));
/// assert_eq!(sent.units_by_instruction(), [("system_program::transfer".to_owned(), 150)]);
/// ```
#[derive(Clone, Debug)]
pub struct TransactionResult {
    /// How it ended.
    pub verdict: Verdict,
    /// Compute units used.
    pub units: u64,
    /// Lamports paid.
    pub fee_lamports: u64,
    /// Its instructions in order, each with the calls below it; those that were not reached as well.
    pub calls: Vec<Call>,
    /// What the last program that returned data returned, if one did.
    pub return_data: Option<(Address, Vec<u8>)>,
    /// The log as Solana's clients know it, a line an entry.
    pub logs: Vec<String>,
    /// The accounts that it locked.
    pub access: Access,
    /// The receipt as the block records it; `None` if it was rejected.
    pub receipt: Option<Receipt>,
    pub(crate) names: Arc<Names>,
}

impl TransactionResult {
    /// Of a transaction's bytes, and what a block made of them.
    pub(crate) fn new(bytes: &[u8], outcome: Result<Receipt, Rejection>, names: &Arc<Names>) -> Self {
        let transaction = sanitize(bytes).ok();
        let access = transaction.map_or_else(Access::default, |transaction| {
            let keys = transaction.keys();
            let instructions: Vec<Instruction> = transaction
                .instructions()
                .map(|instruction| Instruction {
                    program_id: keys[usize::from(instruction.program_index)],
                    accounts: instruction
                        .accounts
                        .iter()
                        .map(|index| {
                            let index = usize::from(*index);
                            let (signer, writable) =
                                (transaction.is_signer(index), transaction.is_writable_by_header(index));
                            AccountMeta { pubkey: keys[index], is_signer: signer, is_writable: writable }
                        })
                        .collect(),
                    data: instruction.data.to_vec(),
                })
                .collect();
            Access::new(Some(*transaction.payer()), &instructions).with_names(names)
        });
        match (outcome, transaction) {
            (Ok(receipt), Some(transaction)) => {
                let mut calls = calls(&transaction, &receipt);
                let verdict = match &receipt.body.failure {
                    None => Verdict::Succeeded,
                    Some(failure) => Verdict::Failed(failure.clone()),
                };
                if let Some(Failure::Call { instruction_index, error, .. }) = &receipt.body.failure
                    && let Some(call) = calls.get_mut(usize::from(*instruction_index))
                {
                    // A call that was refused before it began is not in the log.
                    call.end = CallEnd::Failed(*error);
                }
                Self {
                    verdict,
                    units: receipt.body.units_consumed,
                    fee_lamports: receipt.body.fee_lamports,
                    calls,
                    return_data: receipt.body.return_data.clone(),
                    logs: receipt.logs.lines(),
                    access,
                    receipt: Some(receipt),
                    names: Arc::clone(names),
                }
            }
            (Ok(_), None) => unreachable!("what has run is a transaction"),
            (Err(rejection), _) => Self {
                verdict: Verdict::Rejected(rejection),
                units: 0,
                fee_lamports: 0,
                calls: Vec::new(),
                return_data: None,
                logs: Vec::new(),
                access,
                receipt: None,
                names: Arc::clone(names),
            },
        }
    }

    /// Whether it succeeded.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.verdict == Verdict::Succeeded
    }

    /// Why it failed; `None` if it succeeded or was rejected.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        match &self.verdict {
            Verdict::Failed(failure) => Some(Cause::new(failure, &self.calls, &self.names)),
            Verdict::Succeeded | Verdict::Rejected(_) => None,
        }
    }

    /// The error that the program returned, by name; `None` if it returned none.
    #[must_use]
    pub fn error(&self) -> Option<ErrorName> {
        self.cause()?.error
    }

    /// The error that the program returned; `None` if it returned none.
    #[must_use]
    pub fn program_error(&self) -> Option<ProgramError> {
        match &self.verdict {
            Verdict::Failed(Failure::Call { error: CallError::Returned(code), .. }) => {
                Some(ProgramError::from(*code))
            }
            _ => None,
        }
    }

    /// The instructions by name, each with the units it used.
    #[must_use]
    pub fn units_by_instruction(&self) -> Vec<(String, u64)> {
        self.calls.iter().map(|call| (self.name_of(call), call.units)).collect()
    }

    /// What a call is: `counter::increment`, or the program alone if it does not describe itself.
    #[must_use]
    pub fn name_of(&self, call: &Call) -> String {
        instruction_of(call, &self.names)
    }

    /// Every call, in the order in which they began.
    #[must_use]
    pub fn all_calls(&self) -> Vec<&Call> {
        self.calls.iter().flat_map(Call::flat).collect()
    }

    /// The events that programs emitted, in order, as text by the names in their descriptions: `Incremented { by: 2, count: 5 }`.
    /// Data of programs without a description is not among them.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        let mut events = Vec::new();
        for call in self.all_calls() {
            for event in &call.events {
                if let CallEvent::Data(data) = event {
                    let bytes = BASE64.decode(data).unwrap_or_default();
                    events.extend(self.names.event(&call.program, &bytes));
                }
            }
        }
        events
    }

    /// What was returned, decoded.
    ///
    /// # Panics
    /// If nothing was, or something else.
    #[must_use]
    #[track_caller]
    pub fn returned<T: for<'a> Decode<'a>>(&self) -> T {
        let Some((_, data)) = &self.return_data else { self.fail("it returned no data") };
        let mut rest = Arguments::new(data);
        match T::decode(&mut rest) {
            Some(value) if rest.remaining_size() == 0 => value,
            _ => self.fail(&format!("it returned {data:?}, which is not {}", T::EXPECTED)),
        }
    }

    /// Demands that it succeeded.
    ///
    /// # Panics
    /// If it did not.
    #[track_caller]
    pub fn expect_success(self) -> Self {
        match self.verdict {
            Verdict::Succeeded => self,
            Verdict::Failed(_) => self.fail("the transaction must succeed, and fails"),
            Verdict::Rejected(_) => self.fail("the transaction must succeed, and is rejected"),
        }
    }

    /// Demands that it ran and failed.
    ///
    /// # Panics
    /// If it did not.
    #[track_caller]
    pub fn expect_failure(self) -> Self {
        match self.verdict {
            Verdict::Failed(_) => self,
            Verdict::Succeeded => self.fail("the transaction must fail, and succeeds"),
            Verdict::Rejected(_) => self.fail("the transaction must run and fail, and is rejected"),
        }
    }

    /// Demands that the program returned this error.
    ///
    /// # Panics
    /// If it did not.
    #[track_caller]
    pub fn expect_error(self, error: impl Into<ProgramError>) -> Self {
        let (expected, found) = (error.into(), self.program_error());
        if found.as_ref() == Some(&expected) {
            return self;
        }
        let program = match &self.verdict {
            Verdict::Failed(Failure::Call { program, .. }) => Some(*program),
            _ => self.calls.first().map(|call| call.program),
        };
        let name = |error: ProgramError| match program {
            Some(program) => self.names.error(&program, error.into()).name,
            None => format!("{error:?}"),
        };
        let what = match found {
            Some(found) => format!("fails with {}", name(found)),
            None if self.succeeded() => "succeeds".to_owned(),
            None => "fails otherwise".to_owned(),
        };
        self.fail(&format!("the transaction must fail with {}, and {what}", name(expected)))
    }

    /// Demands that the cause of its failure, in one line, has this text in it.
    ///
    /// # Panics
    /// If it did not fail, or for something else.
    #[track_caller]
    pub fn expect_cause(self, text: &str) -> Self {
        let result = self.expect_failure();
        let cause = result.cause().expect("it failed").to_string();
        if cause.contains(text) {
            result
        } else {
            result.fail(&format!("the cause must have {text:?} in it, and is {cause:?}"))
        }
    }

    /// Demands that it was rejected.
    ///
    /// # Panics
    /// If it ran.
    #[track_caller]
    pub fn expect_rejection(self) -> Rejection {
        match self.verdict {
            Verdict::Rejected(rejection) => rejection,
            _ => self.fail("the transaction must be rejected, and runs"),
        }
    }

    /// Demands that a program logged a line with this text in it.
    ///
    /// # Panics
    /// If none did.
    #[track_caller]
    pub fn expect_log(self, text: &str) -> Self {
        let found = self.all_calls().iter().any(|call| call.lines().any(|line| line.contains(text)));
        if found { self } else { self.fail(&format!("no line of the log has {text:?} in it")) }
    }

    /// Demands that a program emitted this event.
    ///
    /// # Panics
    /// If none did.
    #[track_caller]
    pub fn expect_event<E: Event>(self, event: &E) -> Self {
        let expected = BASE64.encode(encode(&E::DISCRIMINATOR, event));
        let is_it = |event: &CallEvent| matches!(event, CallEvent::Data(data) if *data == expected);
        if self.all_calls().iter().any(|call| call.events.iter().any(is_it)) {
            return self;
        }
        let kind = std::any::type_name::<E>().rsplit("::").next().unwrap_or_default();
        let emitted = self.events().join(", ");
        self.fail(&format!("no such event {kind} was emitted; there were: [{emitted}]"))
    }

    /// Panics with this, and all there is to know.
    #[track_caller]
    pub(crate) fn fail(&self, what: &str) -> ! {
        panic!("{what}\n{}", show(self, Paint::of_stderr()))
    }
}

impl Display for TransactionResult {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&show(self, Paint::Plain))
    }
}

impl Accesses for TransactionResult {
    fn access(&self) -> Access {
        self.access.clone()
    }
}
