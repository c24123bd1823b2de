//! Instructions of the loader.

use super::{Called, Told, bincode_of};
use crate::rpc::encode::binary;
use solana_loader_v3_interface::instruction::UpgradeableLoaderInstruction as Instruction;

pub(super) fn parse(called: &Called<'_>) -> Option<Told> {
    let account_count = called.accounts.len();
    Some(match bincode_of(called.data)? {
        Instruction::InitializeBuffer => {
            let told = Told::new("initializeBuffer", called, &["account"])?;
            if account_count > 1 { told.with_account("authority", called, 1) } else { told }
        }
        Instruction::Write { offset, bytes } => Told::new("write", called, &["account", "authority"])?
            .with("offset", offset)
            .with("bytes", binary::base64(&bytes)),
        Instruction::DeployWithMaxDataLen { max_data_len, .. } => Told::new(
            "deployWithMaxDataLen",
            called,
            &[
                "payerAccount",
                "programDataAccount",
                "programAccount",
                "bufferAccount",
                "rentSysvar",
                "clockSysvar",
                "systemProgram",
                "authority",
            ],
        )?
        .with("maxDataLen", max_data_len),
        Instruction::Upgrade => Told::new(
            "upgrade",
            called,
            &[
                "programDataAccount",
                "programAccount",
                "bufferAccount",
                "spillAccount",
                "rentSysvar",
                "clockSysvar",
                "authority",
            ],
        )?,
        Instruction::SetAuthority => Told::new("setAuthority", called, &["account", "authority"])?
            .with_account("newAuthority", called, 2),
        Instruction::SetAuthorityChecked => {
            Told::new("setAuthorityChecked", called, &["account", "authority", "newAuthority"])?
        }
        Instruction::Close => Told::new("close", called, &["account", "recipient", "authority"])?
            .with_account("programAccount", called, 3),
        Instruction::ExtendProgram { additional_bytes } => {
            Told::new("extendProgram", called, &["programDataAccount", "programAccount"])?
                .with_account("systemProgram", called, 2)
                .with_account("payerAccount", called, 3)
                .with("additionalBytes", additional_bytes)
        }
        #[expect(unreachable_patterns, reason = "later versions of the interface have more")]
        _ => return None,
    })
}
