//! The token program's instructions: SPL Token's encoding, decoded without copying.
//!
//! The bytes come from the transaction or from a calling program; [`TokenInstruction::decode`] borrows from them and
//! the processor matches on the result. Bytes behind a complete instruction are ignored, as SPL Token ignores them.

use crate::error::TokenError;
use alloc::vec::Vec;
use sealane_sdk::{Address, ProgramError};

/// Fewest signers of a multisig.
pub const MIN_SIGNERS: usize = 1;
/// Most signers of a multisig.
pub const MAX_SIGNERS: usize = 11;

/// First byte of each instruction's data.
pub mod tag {
    #![expect(missing_docs, reason = "each is the number of the TokenInstruction of the same name")]
    pub const INITIALIZE_MINT: u8 = 0;
    pub const INITIALIZE_ACCOUNT: u8 = 1;
    pub const INITIALIZE_MULTISIG: u8 = 2;
    pub const TRANSFER: u8 = 3;
    pub const APPROVE: u8 = 4;
    pub const REVOKE: u8 = 5;
    pub const SET_AUTHORITY: u8 = 6;
    pub const MINT_TO: u8 = 7;
    pub const BURN: u8 = 8;
    pub const CLOSE_ACCOUNT: u8 = 9;
    pub const FREEZE_ACCOUNT: u8 = 10;
    pub const THAW_ACCOUNT: u8 = 11;
    pub const TRANSFER_CHECKED: u8 = 12;
    pub const APPROVE_CHECKED: u8 = 13;
    pub const MINT_TO_CHECKED: u8 = 14;
    pub const BURN_CHECKED: u8 = 15;
    pub const INITIALIZE_ACCOUNT2: u8 = 16;
    pub const SYNC_NATIVE: u8 = 17;
    pub const INITIALIZE_ACCOUNT3: u8 = 18;
    pub const INITIALIZE_MULTISIG2: u8 = 19;
    pub const INITIALIZE_MINT2: u8 = 20;
    pub const GET_ACCOUNT_DATA_SIZE: u8 = 21;
    pub const INITIALIZE_IMMUTABLE_OWNER: u8 = 22;
    pub const AMOUNT_TO_UI_AMOUNT: u8 = 23;
    pub const UI_AMOUNT_TO_AMOUNT: u8 = 24;
    pub const WITHDRAW_EXCESS_LAMPORTS: u8 = 38;
    pub const UNWRAP_LAMPORTS: u8 = 45;
    pub const BATCH: u8 = 255;
}

/// Which authority [`TokenInstruction::SetAuthority`] sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum AuthorityType {
    /// Who may mint (of a mint).
    MintTokens = 0,
    /// Who may freeze and thaw (of a mint).
    FreezeAccount = 1,
    /// The owner (of a token account).
    AccountOwner = 2,
    /// Who may close (of a token account).
    CloseAccount = 3,
}

impl AuthorityType {
    /// The type with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::MintTokens),
            1 => Some(Self::FreezeAccount),
            2 => Some(Self::AccountOwner),
            3 => Some(Self::CloseAccount),
            _ => None,
        }
    }
}

/// An instruction. Each variant lists its accounts in order: `w` writable, `s` signer; where an authority `s` is a
/// multisig, it need not sign and its signers follow at the end of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenInstruction<'a> {
    /// Makes a mint. Accounts: mint `w`, rent sysvar.
    InitializeMint(MintParameters<'a>),
    /// Makes a token account. Accounts: account `w`, mint, owner, rent sysvar.
    InitializeAccount,
    /// Makes a multisig. Accounts: multisig `w`, rent sysvar, then the 1 to 11 signers.
    InitializeMultisig {
        /// Signatures it will take, 1 to 11.
        required_count: u8,
    },
    /// Moves tokens. Accounts: source `w`, destination `w`, owner or delegate `s`.
    Transfer {
        /// Tokens, in the smallest unit.
        amount: u64,
    },
    /// Lets a delegate move tokens. Accounts: source `w`, delegate, owner `s`.
    Approve {
        /// Tokens, in the smallest unit.
        amount: u64,
    },
    /// Takes a delegate's right away. Accounts: source `w`, owner `s`.
    Revoke,
    /// Sets or clears an authority. Accounts: mint or token account `w`, present authority `s`.
    SetAuthority {
        /// Which authority.
        authority_type: AuthorityType,
        /// The new one; none clears it.
        new_authority: Option<&'a Address>,
    },
    /// Makes new tokens. Accounts: mint `w`, destination `w`, mint authority `s`.
    MintTo {
        /// Tokens, in the smallest unit.
        amount: u64,
    },
    /// Destroys tokens. Accounts: source `w`, mint `w`, owner or delegate `s`.
    Burn {
        /// Tokens, in the smallest unit.
        amount: u64,
    },
    /// Closes an empty (or native) account and moves its lamports. Accounts: account `w`, destination `w`, owner or
    /// close authority `s`.
    CloseAccount,
    /// Freezes an account. Accounts: account `w`, mint, freeze authority `s`.
    FreezeAccount,
    /// Thaws an account. Accounts: account `w`, mint, freeze authority `s`.
    ThawAccount,
    /// [`Transfer`](Self::Transfer) that states mint and decimals. Accounts: source `w`, mint, destination `w`, owner
    /// or delegate `s`.
    TransferChecked(CheckedAmount),
    /// [`Approve`](Self::Approve) that states mint and decimals. Accounts: source `w`, mint, delegate, owner `s`.
    ApproveChecked(CheckedAmount),
    /// [`MintTo`](Self::MintTo) that states the decimals. Accounts as there.
    MintToChecked(CheckedAmount),
    /// [`Burn`](Self::Burn) that states the decimals. Accounts as there.
    BurnChecked(CheckedAmount),
    /// [`InitializeAccount`](Self::InitializeAccount) with the owner as data. Accounts: account `w`, mint, rent sysvar.
    InitializeAccount2 {
        /// The account's owner.
        owner: &'a Address,
    },
    /// Makes a native account's amount what its lamports say. Accounts: account `w`.
    SyncNative,
    /// [`InitializeAccount2`](Self::InitializeAccount2) without the rent sysvar. Accounts: account `w`, mint.
    InitializeAccount3 {
        /// The account's owner.
        owner: &'a Address,
    },
    /// [`InitializeMultisig`](Self::InitializeMultisig) without the rent sysvar. Accounts: multisig `w`, then signers.
    InitializeMultisig2 {
        /// Signatures it will take, 1 to 11.
        required_count: u8,
    },
    /// [`InitializeMint`](Self::InitializeMint) without the rent sysvar. Accounts: mint `w`.
    InitializeMint2(MintParameters<'a>),
    /// Returns the size of a token account of the mint as a u64. Accounts: mint.
    GetAccountDataSize,
    /// Does nothing to an account not yet initialized; its owner could change. Accounts: account `w`.
    InitializeImmutableOwner,
    /// Returns an amount as a decimal string. Accounts: mint.
    AmountToUiAmount {
        /// Tokens, in the smallest unit.
        amount: u64,
    },
    /// Returns a decimal string's amount as a u64. Accounts: mint.
    UiAmountToAmount {
        /// The decimal string.
        ui_amount: &'a str,
    },
    /// Moves the lamports above the rent-exempt minimum. Accounts: mint, non-native token account or multisig `w`,
    /// destination `w`, its authority `s`.
    WithdrawExcessLamports,
    /// Moves lamports out of a native account. Accounts: account `w`, destination `w`, owner `s`.
    UnwrapLamports {
        /// Lamports; none stands for all of them.
        amount: Option<u64>,
    },
    /// Runs several instructions on consecutive slices of the accounts.
    Batch {
        /// For each one: count of accounts (u8), size of data (u8), data.
        instructions: &'a [u8],
    },
}

/// What a new mint is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintParameters<'a> {
    /// Digits right of the decimal point.
    pub decimals: u8,
    /// Who may mint.
    pub mint_authority: &'a Address,
    /// Who may freeze; none means nobody, for good.
    pub freeze_authority: Option<&'a Address>,
}

/// An amount with the decimals the sender believes the mint has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckedAmount {
    /// Tokens, in the smallest unit.
    pub amount: u64,
    /// Digits right of the decimal point.
    pub decimals: u8,
}

impl<'a> TokenInstruction<'a> {
    /// Decodes instruction data.
    ///
    /// # Errors
    /// [`TokenError::InvalidInstruction`] for an unknown tag, missing bytes, an option tag other than 0 and 1, an
    /// unknown authority type, or text that is not UTF-8.
    pub fn decode(data: &'a [u8]) -> Result<Self, ProgramError> {
        Self::decode_inner(data).ok_or_else(|| TokenError::InvalidInstruction.into())
    }

    fn decode_inner(data: &'a [u8]) -> Option<Self> {
        let (&tag, rest) = data.split_first()?;
        Some(match tag {
            tag::INITIALIZE_MINT => Self::InitializeMint(MintParameters::decode(rest)?),
            tag::INITIALIZE_ACCOUNT => Self::InitializeAccount,
            tag::INITIALIZE_MULTISIG => Self::InitializeMultisig { required_count: *rest.first()? },
            tag::TRANSFER => Self::Transfer { amount: decode_u64(rest)? },
            tag::APPROVE => Self::Approve { amount: decode_u64(rest)? },
            tag::REVOKE => Self::Revoke,
            tag::SET_AUTHORITY => {
                let (&authority_type, rest) = rest.split_first()?;
                let authority_type = AuthorityType::from_number(authority_type)?;
                Self::SetAuthority { authority_type, new_authority: decode_optional_address(rest)? }
            }
            tag::MINT_TO => Self::MintTo { amount: decode_u64(rest)? },
            tag::BURN => Self::Burn { amount: decode_u64(rest)? },
            tag::CLOSE_ACCOUNT => Self::CloseAccount,
            tag::FREEZE_ACCOUNT => Self::FreezeAccount,
            tag::THAW_ACCOUNT => Self::ThawAccount,
            tag::TRANSFER_CHECKED => Self::TransferChecked(CheckedAmount::decode(rest)?),
            tag::APPROVE_CHECKED => Self::ApproveChecked(CheckedAmount::decode(rest)?),
            tag::MINT_TO_CHECKED => Self::MintToChecked(CheckedAmount::decode(rest)?),
            tag::BURN_CHECKED => Self::BurnChecked(CheckedAmount::decode(rest)?),
            tag::INITIALIZE_ACCOUNT2 => Self::InitializeAccount2 { owner: decode_address(rest)?.0 },
            tag::SYNC_NATIVE => Self::SyncNative,
            tag::INITIALIZE_ACCOUNT3 => Self::InitializeAccount3 { owner: decode_address(rest)?.0 },
            tag::INITIALIZE_MULTISIG2 => Self::InitializeMultisig2 { required_count: *rest.first()? },
            tag::INITIALIZE_MINT2 => Self::InitializeMint2(MintParameters::decode(rest)?),
            tag::GET_ACCOUNT_DATA_SIZE => Self::GetAccountDataSize,
            tag::INITIALIZE_IMMUTABLE_OWNER => Self::InitializeImmutableOwner,
            tag::AMOUNT_TO_UI_AMOUNT => Self::AmountToUiAmount { amount: decode_u64(rest)? },
            tag::UI_AMOUNT_TO_AMOUNT => {
                Self::UiAmountToAmount { ui_amount: core::str::from_utf8(rest).ok()? }
            }
            tag::WITHDRAW_EXCESS_LAMPORTS => Self::WithdrawExcessLamports,
            tag::UNWRAP_LAMPORTS => Self::UnwrapLamports { amount: decode_optional_u64(rest)? },
            tag::BATCH => Self::Batch { instructions: rest },
            _ => return None,
        })
    }

    /// Encodes the instruction, as [`decode`](Self::decode) reads it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(68);
        data.push(self.tag());
        match *self {
            Self::InitializeMint(mint) | Self::InitializeMint2(mint) => {
                data.push(mint.decimals);
                data.extend_from_slice(mint.mint_authority.as_ref());
                encode_optional(&mut data, mint.freeze_authority.map(AsRef::as_ref));
            }
            Self::InitializeMultisig { required_count } | Self::InitializeMultisig2 { required_count } => {
                data.push(required_count);
            }
            Self::Transfer { amount }
            | Self::Approve { amount }
            | Self::MintTo { amount }
            | Self::Burn { amount }
            | Self::AmountToUiAmount { amount } => data.extend_from_slice(&amount.to_le_bytes()),
            Self::SetAuthority { authority_type, new_authority } => {
                data.push(authority_type as u8);
                encode_optional(&mut data, new_authority.map(AsRef::as_ref));
            }
            Self::TransferChecked(checked)
            | Self::ApproveChecked(checked)
            | Self::MintToChecked(checked)
            | Self::BurnChecked(checked) => {
                data.extend_from_slice(&checked.amount.to_le_bytes());
                data.push(checked.decimals);
            }
            Self::InitializeAccount2 { owner } | Self::InitializeAccount3 { owner } => {
                data.extend_from_slice(owner.as_ref());
            }
            Self::UiAmountToAmount { ui_amount } => data.extend_from_slice(ui_amount.as_bytes()),
            Self::UnwrapLamports { amount } => {
                encode_optional(&mut data, amount.map(u64::to_le_bytes).as_ref().map(AsRef::as_ref));
            }
            Self::Batch { instructions } => data.extend_from_slice(instructions),
            _ => {}
        }
        data
    }

    /// The first byte of the instruction's data.
    #[must_use]
    pub const fn tag(&self) -> u8 {
        match self {
            Self::InitializeMint(_) => tag::INITIALIZE_MINT,
            Self::InitializeAccount => tag::INITIALIZE_ACCOUNT,
            Self::InitializeMultisig { .. } => tag::INITIALIZE_MULTISIG,
            Self::Transfer { .. } => tag::TRANSFER,
            Self::Approve { .. } => tag::APPROVE,
            Self::Revoke => tag::REVOKE,
            Self::SetAuthority { .. } => tag::SET_AUTHORITY,
            Self::MintTo { .. } => tag::MINT_TO,
            Self::Burn { .. } => tag::BURN,
            Self::CloseAccount => tag::CLOSE_ACCOUNT,
            Self::FreezeAccount => tag::FREEZE_ACCOUNT,
            Self::ThawAccount => tag::THAW_ACCOUNT,
            Self::TransferChecked(_) => tag::TRANSFER_CHECKED,
            Self::ApproveChecked(_) => tag::APPROVE_CHECKED,
            Self::MintToChecked(_) => tag::MINT_TO_CHECKED,
            Self::BurnChecked(_) => tag::BURN_CHECKED,
            Self::InitializeAccount2 { .. } => tag::INITIALIZE_ACCOUNT2,
            Self::SyncNative => tag::SYNC_NATIVE,
            Self::InitializeAccount3 { .. } => tag::INITIALIZE_ACCOUNT3,
            Self::InitializeMultisig2 { .. } => tag::INITIALIZE_MULTISIG2,
            Self::InitializeMint2(_) => tag::INITIALIZE_MINT2,
            Self::GetAccountDataSize => tag::GET_ACCOUNT_DATA_SIZE,
            Self::InitializeImmutableOwner => tag::INITIALIZE_IMMUTABLE_OWNER,
            Self::AmountToUiAmount { .. } => tag::AMOUNT_TO_UI_AMOUNT,
            Self::UiAmountToAmount { .. } => tag::UI_AMOUNT_TO_AMOUNT,
            Self::WithdrawExcessLamports => tag::WITHDRAW_EXCESS_LAMPORTS,
            Self::UnwrapLamports { .. } => tag::UNWRAP_LAMPORTS,
            Self::Batch { .. } => tag::BATCH,
        }
    }
}

impl TokenInstruction<'_> {
    /// The line the program logs when it starts on the instruction; a batch logs its own.
    #[must_use]
    pub const fn log_line(&self) -> Option<&'static str> {
        Some(match self {
            Self::InitializeMint(_) => "Instruction: InitializeMint",
            Self::InitializeAccount => "Instruction: InitializeAccount",
            Self::InitializeMultisig { .. } => "Instruction: InitializeMultisig",
            Self::Transfer { .. } => "Instruction: Transfer",
            Self::Approve { .. } => "Instruction: Approve",
            Self::Revoke => "Instruction: Revoke",
            Self::SetAuthority { .. } => "Instruction: SetAuthority",
            Self::MintTo { .. } => "Instruction: MintTo",
            Self::Burn { .. } => "Instruction: Burn",
            Self::CloseAccount => "Instruction: CloseAccount",
            Self::FreezeAccount => "Instruction: FreezeAccount",
            Self::ThawAccount => "Instruction: ThawAccount",
            Self::TransferChecked(_) => "Instruction: TransferChecked",
            Self::ApproveChecked(_) => "Instruction: ApproveChecked",
            Self::MintToChecked(_) => "Instruction: MintToChecked",
            Self::BurnChecked(_) => "Instruction: BurnChecked",
            Self::InitializeAccount2 { .. } => "Instruction: InitializeAccount2",
            Self::SyncNative => "Instruction: SyncNative",
            Self::InitializeAccount3 { .. } => "Instruction: InitializeAccount3",
            Self::InitializeMultisig2 { .. } => "Instruction: InitializeMultisig2",
            Self::InitializeMint2(_) => "Instruction: InitializeMint2",
            Self::GetAccountDataSize => "Instruction: GetAccountDataSize",
            Self::InitializeImmutableOwner => "Instruction: InitializeImmutableOwner",
            Self::AmountToUiAmount { .. } => "Instruction: AmountToUiAmount",
            Self::UiAmountToAmount { .. } => "Instruction: UiAmountToAmount",
            Self::WithdrawExcessLamports => "Instruction: WithdrawExcessLamports",
            Self::UnwrapLamports { .. } => "Instruction: UnwrapLamports",
            Self::Batch { .. } => return None,
        })
    }
}

impl<'a> MintParameters<'a> {
    fn decode(data: &'a [u8]) -> Option<Self> {
        let (&decimals, rest) = data.split_first()?;
        let (mint_authority, rest) = decode_address(rest)?;
        Some(Self { decimals, mint_authority, freeze_authority: decode_optional_address(rest)? })
    }
}

impl CheckedAmount {
    fn decode(data: &[u8]) -> Option<Self> {
        let (amount, rest) = data.split_first_chunk()?;
        Some(Self { amount: u64::from_le_bytes(*amount), decimals: *rest.first()? })
    }
}

fn decode_u64(data: &[u8]) -> Option<u64> {
    data.first_chunk().copied().map(u64::from_le_bytes)
}

fn decode_address(data: &[u8]) -> Option<(&Address, &[u8])> {
    let (address, rest) = data.split_at_checked(size_of::<Address>())?;
    Some((bytemuck::try_from_bytes(address).ok()?, rest))
}

fn decode_optional_address(data: &[u8]) -> Option<Option<&Address>> {
    match data.split_first()? {
        (0, _) => Some(None),
        (1, rest) => Some(Some(decode_address(rest)?.0)),
        _ => None,
    }
}

fn decode_optional_u64(data: &[u8]) -> Option<Option<u64>> {
    match data.split_first()? {
        (0, _) => Some(None),
        (1, rest) => Some(Some(decode_u64(rest)?)),
        _ => None,
    }
}

fn encode_optional(data: &mut Vec<u8>, value: Option<&[u8]>) {
    match value {
        Some(value) => {
            data.push(1);
            data.extend_from_slice(value);
        }
        None => data.push(0),
    }
}
