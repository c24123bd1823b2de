//! `sealane keygen grind`: keypairs by the looks of their addresses.

use crate::cli::print::print;
use crate::cli::settings::{Overwrite, write_keypair_file};
use anyhow::{anyhow, ensure};
use clap::Args;
use solana_keypair::Keypair;
use solana_signer::Signer;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

#[derive(Args, Debug)]
pub(super) struct GrindCommand {
    /// What addresses shall begin with
    #[arg(long, value_name = "TEXT", required_unless_present = "ends_with")]
    starts_with: Option<String>,
    /// What addresses shall end with
    #[arg(long, value_name = "TEXT")]
    ends_with: Option<String>,
    /// Take capital and small letters for the same
    #[arg(long)]
    ignore_case: bool,
    /// How many keypairs to look for
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// Folder to write ADDRESS.json files into
    #[arg(long, value_name = "DIR", default_value = ".")]
    outdir: PathBuf,
    /// Threads to look with; without it, one a processor
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl GrindCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let wanted = Wanted::new(self.starts_with.as_deref(), self.ends_with.as_deref(), self.ignore_case)?;
        let threads = match self.threads {
            Some(threads) => usize::from(threads),
            None => thread::available_parallelism()?.get(),
        };
        let found_all = AtomicBool::new(false);
        thread::scope(|scope| {
            let (found, finds) = mpsc::channel();
            for _ in 0..threads {
                let found = found.clone();
                let (wanted, found_all) = (&wanted, &found_all);
                scope.spawn(move || {
                    while !found_all.load(Ordering::Relaxed) {
                        let keypair = Keypair::new();
                        if wanted.fits(&keypair.pubkey().to_string()) && found.send(keypair).is_err() {
                            return;
                        }
                    }
                });
            }
            let written = finds.iter().take(self.count as usize).try_for_each(|keypair| {
                let path = self.outdir.join(format!("{}.json", keypair.pubkey()));
                write_keypair_file(&keypair, &path, Overwrite::Refuse)?;
                print(format_args!("Wrote keypair to {}", path.display()))
            });
            found_all.store(true, Ordering::Relaxed);
            written.map(|()| ExitCode::SUCCESS)
        })
    }
}

/// What an address shall look like.
#[derive(Debug)]
struct Wanted {
    start: String,
    end: String,
    ignore_case: bool,
}

impl Wanted {
    fn new(start: Option<&str>, end: Option<&str>, ignore_case: bool) -> anyhow::Result<Self> {
        let fold = |text: Option<&str>| {
            let text = text.unwrap_or_default();
            if ignore_case { text.to_lowercase() } else { text.to_owned() }
        };
        for letter in start.unwrap_or_default().chars().chain(end.unwrap_or_default().chars()) {
            let is_base58 =
                |letter: char| letter.is_ascii_alphanumeric() && !matches!(letter, '0' | 'O' | 'I' | 'l');
            // With capitals and small letters taken for the same, one of the two is enough.
            let other = if letter.is_ascii_lowercase() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            };
            if !(is_base58(letter) || ignore_case && is_base58(other)) {
                return Err(anyhow!("no address holds {letter:?}: base58 has neither 0, O, I, l nor signs"));
            }
        }
        let wanted = Self { start: fold(start), end: fold(end), ignore_case };
        ensure!(
            wanted.start.len() + wanted.end.len() > 0,
            "every address begins and ends with nothing: say with what"
        );
        ensure!(wanted.start.len() + wanted.end.len() <= 43, "addresses have 44 characters at most");
        Ok(wanted)
    }

    fn fits(&self, address: &str) -> bool {
        if self.ignore_case {
            let address = address.to_lowercase();
            return address.starts_with(&self.start) && address.ends_with(&self.end);
        }
        address.starts_with(&self.start) && address.ends_with(&self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn what_no_address_holds_is_refused() {
        assert!(Wanted::new(Some("l"), None, false).is_err());
        assert!(Wanted::new(Some("l"), None, true).is_ok(), "L is in base58");
        assert!(Wanted::new(Some("0"), None, true).is_err());
        assert!(Wanted::new(Some("a-b"), None, false).is_err());
        assert!(Wanted::new(Some(""), None, false).is_err());
    }

    #[test]
    fn addresses_fit_at_both_ends() {
        let wanted = Wanted::new(Some("Ab"), Some("Z"), false).expect("it can be");
        assert!(wanted.fits("Ab12Z"));
        assert!(!wanted.fits("ab12Z"));
        assert!(!wanted.fits("Ab12z"));
        let wanted = Wanted::new(Some("Ab"), Some("Z"), true).expect("it can be");
        assert!(wanted.fits("aB12z"));
    }
}
