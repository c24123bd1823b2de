//! Why a program cannot be compiled, and what to do about it: what cargo said, read with the program's dependencies at hand.
//!
//! In: the words of cargo, the compiler and the linker. Out: one sentence that names the crate, the dependency and the way to
//! it; or nothing, where their own words say it best.

use super::is_of_solana;
use crate::cargo::{Metadata, Package};

/// Crates that talk to nodes, files or the system's random numbers, and what to say of them.
const NOT_ON_CHAIN: [(&str, &str); 9] = [
    ("solana-client", CLIENTS),
    ("solana-rpc-client", CLIENTS),
    ("solana-pubsub-client", CLIENTS),
    ("anchor-client", CLIENTS),
    ("reqwest", NETWORK),
    ("tokio", NETWORK),
    ("mio", NETWORK),
    ("socket2", NETWORK),
    ("openssl-sys", NETWORK),
];
const CLIENTS: &str = "it is for clients and speaks to a node";
const NETWORK: &str = "it needs a network and an operating system";
const RANDOM: &str = "it wants random numbers, and a program has none";
const C_LIBRARY: &str = "its build script compiles code in another language, or looks for a library, and there is none for WebAssembly";
const NO_WEBASSEMBLY: &str = "it does not compile for WebAssembly";

/// What may be done about a dependency that is not for programs.
const LEAVE_OUT: &str = "move it to [dev-dependencies], make it optional, or put it under \
    [target.'cfg(not(target_os = \"solana\"))'.dependencies]";

/// What a failure is about, as the generated crate can mend it by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Twice {
    /// The program brings an allocator of its own.
    pub(super) allocator: bool,
    /// The program brings a panic handler of its own.
    pub(super) panic_handler: bool,
}

impl Twice {
    /// What the compiler found twice.
    pub(super) fn find(words: &str) -> Self {
        let allocator = words.contains("cannot define multiple global allocators")
            || words.contains("conflicts with global allocator in");
        let panic_handler = words.contains("duplicate lang item") && words.contains("panic_impl")
            || words.contains("found duplicate lang item `panic_impl`");
        Self { allocator, panic_handler }
    }

    pub(super) const fn is_nothing(self) -> bool {
        !self.allocator && !self.panic_handler
    }
}

/// One sentence on why `package` does not compile; nothing if the compiler has said all there is to say.
pub(super) fn explain(words: &str, metadata: &Metadata, package: &Package) -> Option<String> {
    let is_twice = ["duplicate symbol: entrypoint", "named 'entrypoint': symbol multiply defined"];
    if is_twice.iter().any(|twice| words.contains(twice)) {
        return Some(two_entrypoints(metadata, package));
    }
    let (failed, is_script) = failed(words)?;
    if failed == package.name || failed.ends_with("-module") {
        return None;
    }
    let version =
        metadata.packages.iter().find(|other| other.name == failed).map(|found| found.version.as_str());
    let reason = if is_script {
        C_LIBRARY
    } else if failed == "getrandom" {
        RANDOM
    } else {
        NOT_ON_CHAIN.iter().find(|(name, _)| *name == failed).map_or(NO_WEBASSEMBLY, |(_, words)| words)
    };
    let way = metadata.way_to(package, failed).unwrap_or_default();
    let through = match way.split_last() {
        Some((_, through)) if !through.is_empty() => format!(" (needed through {})", through.join(" → ")),
        _ => String::new(),
    };
    let subject = format!(
        "{} cannot be built: its dependency {failed} {}{through}",
        package.name,
        version.unwrap_or("of an unknown version"),
    );
    if reason == NO_WEBASSEMBLY && is_of_solana(failed) {
        return Some(format!(
            "{subject} does not compile with the versions of the others in Cargo.lock: build with the Cargo.lock that it was published \
             with, or choose versions (`cargo update -p NAME --precise VERSION`)"
        ));
    }
    let first = way.first().copied().unwrap_or(failed);
    let advice = if failed == "getrandom" {
        format!("leave out what draws random numbers: the features of {first} decide it; or {LEAVE_OUT}")
    } else {
        format!("if the program itself does not need {first}, {LEAVE_OUT}")
    };
    Some(format!("{subject} is not for programs: {reason}; {advice}"))
}

/// The first crate that cargo gave up on, and whether it was its build script.
fn failed(words: &str) -> Option<(&str, bool)> {
    words.lines().find_map(|line| {
        let name = |rest: &'static str| line.split_once(rest)?.1.split(['`', ' ']).next();
        let script = name("failed to run custom build command for `").map(|name| (name, true));
        script.or_else(|| Some((name("could not compile `")?, line.contains("(build script)"))))
    })
}

/// What to do where two crates are programs.
fn two_entrypoints(metadata: &Metadata, package: &Package) -> String {
    let needed = metadata.dependencies_of(package);
    let programs = needed.iter().filter(|(other, features)| {
        other.features.contains_key("no-entrypoint")
            && !features.iter().any(|feature| feature == "no-entrypoint")
    });
    let names: Vec<_> = programs.map(|(other, _)| other.name.as_str()).collect();
    let which = if names.is_empty() { "one of its dependencies".to_owned() } else { names.join(" and ") };
    format!(
        "{} cannot be built: {which} is a program too, and a module has one entrypoint; say features = [\"no-entrypoint\"] (of \
         Anchor's programs [\"cpi\"]) where [dependencies] names it",
        package.name
    )
}

/// What to do about a program that compiles and has no entrypoint, as far as its manifest tells.
#[must_use]
pub fn without_entrypoint(package: &Package) -> String {
    let name = &package.name;
    let default = package.features.get("default").map(Vec::as_slice).unwrap_or_default();
    if default.iter().any(|feature| feature == "no-entrypoint") {
        return format!("{name} has no entrypoint by default: build it with --no-default-features");
    }
    let gate = package.features.keys().find(|feature| {
        (feature.contains("entrypoint") && !feature.starts_with("no-"))
            || *feature == "program"
            || *feature == "onchain"
    });
    if let Some(gate) = gate {
        return format!("{name} has its entrypoint only with a feature: build it with --features {gate}");
    }
    let client = package.dependencies.iter().find(|dependency| {
        dependency.kind.is_none() && NOT_ON_CHAIN.iter().any(|(name, _)| *name == dependency.name)
    });
    let sign =
        client.map_or(String::new(), |client| format!(" (it depends on {}, as clients do)", client.name));
    format!(
        "{name} compiles, but has no entrypoint{sign}: it is a library for programs or clients, or its entrypoint is declared for \
         another target; a program says entrypoint!(process_instruction), or #[program] with Anchor, and a crate of one's own can \
         declare the entrypoint for a library that only has the function"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_failed() {
        for (words, expected) in [
            ("error: could not compile `mio` (lib) due to 47 previous errors", Some(("mio", false))),
            (
                "error: failed to run custom build command for `zstd-sys v2.0.15+zstd.1.5.7`",
                Some(("zstd-sys", true)),
            ),
            (
                "warning: unused\nerror: could not compile `a-b` (lib)\nerror: could not compile `c`",
                Some(("a-b", false)),
            ),
            ("error: no matching package", None),
        ] {
            assert_eq!(failed(words), expected, "{words}");
        }
    }

    #[test]
    fn what_is_there_twice() {
        let allocator =
            "error: the `#[global_allocator]` in this crate conflicts with global allocator in: x";
        assert_eq!(Twice::find(allocator), Twice { allocator: true, panic_handler: false });
        let handler = "error[E0152]: found duplicate lang item `panic_impl`";
        assert_eq!(Twice::find(handler), Twice { allocator: false, panic_handler: true });
        assert!(Twice::find("error: expected one of").is_nothing());
    }
}
