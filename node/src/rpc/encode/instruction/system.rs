//! Instructions of the system program.

use super::{Called, Told, bincode_of};
use solana_system_interface::instruction::SystemInstruction as Instruction;

pub(super) fn parse(called: &Called<'_>) -> Option<Told> {
    let told = |kind, names: &[&str]| Told::new(kind, called, names);
    Some(match bincode_of(called.data)? {
        Instruction::CreateAccount { lamports, space, owner } => {
            told("createAccount", &["source", "newAccount"])?
                .with("lamports", lamports)
                .with("space", space)
                .with("owner", owner.to_string())
        }
        Instruction::Assign { owner } => told("assign", &["account"])?.with("owner", owner.to_string()),
        Instruction::Transfer { lamports } => {
            told("transfer", &["source", "destination"])?.with("lamports", lamports)
        }
        Instruction::CreateAccountWithSeed { base, seed, lamports, space, owner } => {
            told("createAccountWithSeed", &["source", "newAccount"])?
                .with("base", base.to_string())
                .with("seed", seed)
                .with("lamports", lamports)
                .with("space", space)
                .with("owner", owner.to_string())
        }
        Instruction::Allocate { space } => told("allocate", &["account"])?.with("space", space),
        Instruction::AllocateWithSeed { base, seed, space, owner } => told("allocateWithSeed", &["account"])?
            .with("base", base.to_string())
            .with("seed", seed)
            .with("space", space)
            .with("owner", owner.to_string()),
        Instruction::AssignWithSeed { base, seed, owner } => told("assignWithSeed", &["account"])?
            .with("base", base.to_string())
            .with("seed", seed)
            .with("owner", owner.to_string()),
        Instruction::TransferWithSeed { lamports, from_seed, from_owner } => {
            told("transferWithSeed", &["source", "sourceBase", "destination"])?
                .with("lamports", lamports)
                .with("sourceSeed", from_seed)
                .with("sourceOwner", from_owner.to_string())
        }
        Instruction::CreateAccountAllowPrefund { lamports, space, owner } => {
            let names: &[&str] = if lamports == 0 { &["newAccount"] } else { &["newAccount", "source"] };
            let told = told("createAccountAllowPrefund", names)?;
            let told = if lamports == 0 { told } else { told.with("lamports", lamports) };
            told.with("space", space).with("owner", owner.to_string())
        }
        nonce => return nonce_instruction(nonce, called),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "the caller has no more use for it")]
fn nonce_instruction(instruction: Instruction, called: &Called<'_>) -> Option<Told> {
    let told = |kind, names: &[&str]| Told::new(kind, called, names);
    Some(match instruction {
        Instruction::AdvanceNonceAccount => {
            told("advanceNonce", &["nonceAccount", "recentBlockhashesSysvar", "nonceAuthority"])?
        }
        Instruction::WithdrawNonceAccount(lamports) => told(
            "withdrawFromNonce",
            &["nonceAccount", "destination", "recentBlockhashesSysvar", "rentSysvar", "nonceAuthority"],
        )?
        .with("lamports", lamports),
        Instruction::InitializeNonceAccount(authority) => {
            told("initializeNonce", &["nonceAccount", "recentBlockhashesSysvar", "rentSysvar"])?
                .with("nonceAuthority", authority.to_string())
        }
        Instruction::AuthorizeNonceAccount(authority) => {
            told("authorizeNonce", &["nonceAccount", "nonceAuthority"])?
                .with("newAuthorized", authority.to_string())
        }
        Instruction::UpgradeNonceAccount => told("upgradeNonce", &["nonceAccount"])?,
        _ => return None,
    })
}
