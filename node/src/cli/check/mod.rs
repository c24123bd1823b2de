//! `sealane check`: what a node would refuse of a module, and how to mend it.

mod mend;
mod plain;

use super::build::sections;
use anyhow::Context;
use clap::Args;
use sealane_sdk::limits::MAX_MODULE_SIZE_BYTES;
use sealane_vm::validate::{describe, explain, validate_of_any_size};
use serde::Serialize;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) use plain::plain_build;

/// Check that a module can be deployed, and say how to mend it.
#[derive(Args, Debug)]
pub(crate) struct CheckCommand {
    /// The module
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// Something about a module that its author should know.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    severity: Severity,
    /// What is the matter.
    message: String,
    /// What to do about it.
    mend: Option<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Severity {
    /// The module cannot run, or would not do what it was written for.
    Error,
    /// A limit that stands in the way of deploying this build, not of the program.
    Warning,
}

#[derive(Serialize)]
struct Report {
    file: String,
    size_bytes: usize,
    deployable: bool,
    #[serde(flatten)]
    sections: super::build::Sections,
    findings: Vec<Finding>,
}

impl CheckCommand {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let bytes = fs::read(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
        let findings = findings(&bytes);
        let is_good = !findings.iter().any(Finding::is_error);
        let report = Report {
            file: self.file.display().to_string(),
            size_bytes: bytes.len(),
            deployable: findings.is_empty(),
            sections: sections(&bytes),
            findings,
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            report.findings.iter().for_each(|finding| println!("{finding}"));
            if report.deployable {
                let Report { file, size_bytes, .. } = &report;
                println!(
                    "{file}: can be deployed ({size_bytes} bytes, {} KiB of memory)",
                    report.sections.memory_kib()
                );
            }
        }
        Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Everything about a module that its author should know; nothing if it can be deployed.
pub(crate) fn findings(bytes: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(error) = validate_of_any_size(bytes) {
        let mut message = describe(bytes, &error);
        if let Some(detail) = explain(bytes) {
            message = format!("{message}: {detail}");
        }
        let mend = mend::mend(&error).map(str::to_owned);
        findings.push(Finding { severity: Severity::Error, message, mend });
    }
    if let Some(sign) = plain_build(bytes) {
        findings.push(Finding {
            severity: Severity::Error,
            message: format!("this is a program for Solana, compiled as if for no chain at all: {sign}"),
            mend: Some("build it with `sealane build`".to_owned()),
        });
    }
    if bytes.len() > MAX_MODULE_SIZE_BYTES {
        findings.push(Finding {
            severity: Severity::Warning,
            message: format!("{} bytes, and {MAX_MODULE_SIZE_BYTES} are the most a node takes", bytes.len()),
            mend: Some(mend::SIZE.to_owned()),
        });
    }
    findings
}

impl Finding {
    /// Whether it is worse than a limit in the way.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(formatter, "{severity}: {}", self.message)?;
        self.mend.as_ref().map_or(Ok(()), |mend| write!(formatter, "\n  mend: {mend}"))
    }
}
