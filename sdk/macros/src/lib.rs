//! The macros that declare a program: its instructions, the accounts of each and what must hold of them, the layouts of
//! its accounts, its errors and its events. From the same declarations come what clients need: builders of instructions,
//! and a description for client generators.
//!
//! `sealane_sdk` re-exports them (feature `macros`); `use sealane_sdk::prelude::*;` brings them all. What they expand to is
//! plain code against `sealane_sdk::guest::declared`: `tests/expanded/` shows it for a small program.
//!
//! ```
//! #![cfg_attr(target_arch = "wasm32", no_std)]
//! use sealane_sdk::prelude::*;
//!
//! declare_id!("Tip1111111111111111111111111111111111111111");
//!
//! #[program(errors = TipError)]
//! pub mod tip_jar {
//!     use super::*;
//!
//!     /// Opens a jar.
//!     pub fn open(context: Context<Open>) -> Result {
//!         let mut jar = context.accounts.jar.load_mut()?;
//!         jar.keeper = *context.accounts.keeper.address();
//!         jar.bump = context.bumps.jar;
//!         Ok(())
//!     }
//!
//!     /// Counts a tip.
//!     pub fn tip(context: Context<Tip>, amount: u64) -> Result {
//!         require!(amount > 0, TipError::Nothing);
//!         context.accounts.jar.load_mut()?.tips += amount;
//!         Ok(())
//!     }
//! }
//!
//! #[derive(Accounts)]
//! pub struct Open {
//!     #[account(mut)]
//!     pub keeper: Signer,
//!     #[account(init, payer = keeper, seeds = [b"jar", keeper], bump)]
//!     pub jar: Account<Jar>,
//!     pub system_program: Program<System>,
//! }
//!
//! #[derive(Accounts)]
//! pub struct Tip {
//!     #[account(mut, seeds = [b"jar", jar.keeper], bump = jar.bump)]
//!     pub jar: Account<Jar>,
//! }
//!
//! #[account]
//! pub struct Jar {
//!     pub keeper: Address,
//!     pub tips: u64,
//!     pub bump: u8,
//!     pub padding: [u8; 7],
//! }
//!
//! #[error_code]
//! pub enum TipError {
//!     #[msg("A tip is more than nothing.")]
//!     Nothing,
//! }
//! # fn main() {}
//! ```

mod account;
mod accounts;
mod argument;
mod borsh_account;
mod error_code;
mod event;
mod program;

mod describe;
mod discriminator;
mod documentation;
mod sizes;
mod text;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a program of a module: every `pub fn` in it is an instruction.
///
/// An instruction's first parameter is `context: Context<A>`, where `A` has `#[derive(Accounts)]`; then come up to eight
/// arguments, which the instruction's data holds as Borsh writes them (`sealane_sdk::guest::codec` says which types there
/// are; `&str`, `&[u8]` and `&Address` copy nothing). It returns `Result`, or `Result<T>` for a value that callers get as
/// return data. Functions that are not `pub` are helpers.
///
/// The data begins with a discriminator: the first 8 bytes of SHA-256 of `global:name`, as in Anchor, unless
/// `#[instruction(discriminator = 3)]` (one byte) or `#[instruction(discriminator = [1, 2, 3, 4])]` (1, 2, 4 or 8) says
/// otherwise. Bytes behind the last argument are refused.
///
/// The attribute takes `errors = E` (an `#[error_code]`: its text is logged when an instruction fails with it) and
/// `events = [A, B]` (what the program may `emit`).
///
/// Beside the module it puts
/// - `process`, and the module's `entrypoint`: what the host calls;
/// - `discriminators`, a constant an instruction;
/// - for clients, where `sealane-sdk` has its feature `host`: `builders`, a function an instruction with the exact read and
///   write sets, and `idl`, the program's description for client generators.
///
/// Where the program is, `ID` in the crate's root says: `declare_id!("…")`. The program itself runs at any address.
///
/// A failed instruction logs a line for people: `Error: increment: account counter: has_one = authority does not hold`, or
/// `Error: increment: ` and the error's text; and one in the form in which Anchor's clients look for account, code, number and message:
/// `AnchorError caused by account: counter. Error Code: ConstraintHasOne. Error Number: 2001. Error Message: …`.
///
/// ```
/// use sealane_sdk::prelude::*;
///
/// declare_id!("Echo111111111111111111111111111111111111111");
///
/// #[program]
/// pub mod echo {
///     use super::*;
///
///     /// Returns what it is given.
///     #[instruction(discriminator = 1)]
///     pub fn double(_context: Context<Nothing>, number: u32, times: Option<u8>) -> Result<u64> {
///         Ok(u64::from(number) * u64::from(times.unwrap_or(2)))
///     }
/// }
///
/// #[derive(Accounts)]
/// pub struct Nothing {}
///
/// # fn main() {
/// let instruction = builders::double(&NothingAddresses {}, 7, None);
/// assert_eq!(instruction.data, [1, 7, 0, 0, 0, 0]);
/// assert!(idl().to_json().contains(r#""name": "double""#));
/// # }
/// ```
#[proc_macro_attribute]
pub fn program(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(program::expand(arguments.into(), item.into()))
}

/// Declares the accounts of an instruction: a struct whose fields are the accounts in their order.
///
/// A field's type says what the account is: `Account<T>` (data of this program, with [`macro@account`] on `T`), `BorshAccount<T>` (with
/// `#[account(borsh)]`), `Signer`,
/// `Program<P>` (`System`, `Token`, `AssociatedToken`, or a type with `ProgramAddress`), `SystemAccount`, `TokenAccount`, `Mint`,
/// `Sysvar<S>` (`Clock`, `Rent`, `InstructionsSysvar`), or `UncheckedAccount`; an `Option` of it may be left out by the client, who gives
/// the program's own address instead. A field without `#[account(…)]` may also be a group of accounts: another struct with
/// `#[derive(Accounts)]`, whose arguments (`#[instruction(…)]`) are the first of this one's. `#[account(…)]` on the field says what else must
/// hold:
///
/// | constraint | |
/// |---|---|
/// | `mut` | The account is writable. |
/// | `signer` | It signed. |
/// | `address = expr` | It is the account at this address. |
/// | `owner = expr` | It belongs to this program. |
/// | `executable` | It is a program. |
/// | `seeds = [a, b, …]`, `bump` | Its address is derived from the seeds. With `bump` alone the canonical bump is searched; `bump = counter.bump` takes one that was stored, which costs 1,500 units: one try. Where another account's data holds the whole address, its `has_one` asks for some 30. |
/// | `init`, `payer = field`, `space = expr` | It is made before the function runs, with room for `space` bytes (the size of `T`, or the largest that it may have, if that is left out), for this program or for `owner`. Needs a field `system_program: Program<System>`. Without seeds it must sign. |
/// | `seeds::program = field` | The address is derived from this program instead; an expression of type `Address` does as well. |
/// | `init_if_needed`, … | As `init`, unless the account is there: then it must be of the same type, owner and size. |
/// | `zero` | An `Account<T>` of this program that is all zero, made by somebody else before: it becomes a `T`. |
/// | `realloc = expr`, `realloc::payer = field` | Its data (not that of an `Account<T>`, but for a `T` with a tail) gets this size, last of all checks; lamports come from the payer or go there. New bytes are zero, whatever `realloc::zero` says. Needs `system_program`. |
/// | `rent_exempt = enforce` | It holds its rent-exempt minimum. (`skip`, as Anchor has it, says nothing.) |
/// | `token::mint = field`, `token::authority = field` | A `TokenAccount` of this mint, and this owner; with `init` it is made. Needs `token_program: Program<Token>` then. Each may be an expression of type `Address`, but for the mint with `init`. |
/// | `associated_token::mint`, `associated_token::authority` | It is the associated token account, and still its owner's; with `init` it is made. Needs `associated_token_program: Program<AssociatedToken>` then. |
/// | `mint::decimals`, `mint::authority`, `mint::freeze_authority` | A `Mint` of this kind; with `init` it is made. |
/// | `close = field` | It is closed after the function has run; its lamports go to the other account. |
/// | `has_one = field` | Its data has a field of the same name, and that is the other account's address. |
/// | `constraint = expr` | The expression is true. It sees all fields by their names, and the arguments (what is no number, `bool` or address by reference); `?` may be used in it. |
/// | `dup` | It may be the same account as another writable field's. Otherwise two writable `Account<T>` are two accounts. |
///
/// `@ error` behind a constraint is what the instruction fails with instead of Anchor's number for it.
///
/// A seed is a literal (`b"counter"`), a constant, a field's name (its address), an argument's name (its bytes), or
/// `field.name` (a field of the account's data); `.key()`, `.as_ref()`, `.to_le_bytes()` and `&` may stand there, as Anchor has them.
/// Arguments that constraints use are declared on the struct:
/// `#[instruction(id: u64)]` repeats the function's first arguments.
///
/// For clients it makes a struct with `Addresses` behind the name: the addresses that a client must give; those that are
/// known or derived are not among them.
///
/// ```
/// use sealane_sdk::prelude::*;
///
/// declare_id!("Vau1t11111111111111111111111111111111111111");
///
/// #[derive(Accounts)]
/// #[instruction(id: u64)]
/// pub struct Withdraw {
///     #[account(mut)]
///     pub owner: Signer,
///     #[account(
///         mut,
///         seeds = [b"vault", owner, id],
///         bump = vault.bump,
///         has_one = owner @ VaultError::NotYours,
///         constraint = vault.load()?.locked == 0 @ VaultError::Locked,
///         close = owner,
///     )]
///     pub vault: Account<Vault>,
///     pub witness: Option<Signer>,
/// }
///
/// #[account]
/// pub struct Vault {
///     pub owner: Address,
///     pub locked: u8,
///     pub bump: u8,
///     pub padding: [u8; 6],
/// }
///
/// #[error_code]
/// pub enum VaultError {
///     #[msg("This vault is somebody else's.")]
///     NotYours,
///     #[msg("The vault is locked.")]
///     Locked,
/// }
///
/// /// What several instructions do: their accounts are of different types.
/// fn require_few_more<T: Accounts>(context: &Context<T>) -> Result {
///     require!(context.remaining_accounts.len() < 5);
///     Ok(())
/// }
///
/// # fn main() {
/// let addresses = WithdrawAddresses { owner: Address::default(), witness: None };
/// let (vault, _) = Address::find_program_address(&[b"vault", &[0; 32], &7_u64.to_le_bytes()], &ID);
/// assert_eq!(addresses.vault(&7), vault);
/// # }
/// ```
#[proc_macro_derive(Accounts, attributes(account, instruction))]
pub fn derive_accounts(item: TokenStream) -> TokenStream {
    finish(accounts::expand(item.into()))
}

/// Lays out a kind of account: the struct is read and written where it lies in the account's data; or, with
/// `#[account(borsh)]`, is made of it and written back.
///
/// It becomes `#[repr(C)]`, behind a discriminator of eight bytes: the first of SHA-256 of `account:Name`, as in Anchor.
/// Every pattern of bytes must be a value, so the fields are integers (`U128` and `I128` for those of 16 bytes: data is
/// aligned to 8), `Address`, arrays of them, and structs that are `Pod`; and there must be no padding that is not written down. Both are checked when the program is compiled. A new one
/// is made with `zeroed()`, field by field.
///
/// # A tail
/// `#[account(tail)]` is for data that is longer than the struct: a list that grows, a book of orders. The struct is the head
/// then, and what follows it is the program's own. `Account<T>` makes sure that the head is there, and lends it with `load` and
/// `load_mut`; the whole is `borrow_data_mut`, which `split_mut` takes apart into the head and as many elements as follow:
///
/// ```
/// use sealane_sdk::prelude::*;
///
/// declare_id!("Log1111111111111111111111111111111111111111");
///
/// #[derive(Accounts)]
/// #[instruction(room: u16)]
/// pub struct Open {
///     #[account(mut)]
///     pub owner: Signer,
///     #[account(init, payer = owner, space = Log::SIZE_BYTES + 8 * usize::from(room))]
///     pub log: Account<Log>,
///     pub system_program: Program<System>,
/// }
///
/// #[derive(Accounts)]
/// pub struct Write {
///     pub owner: Signer,
///     #[account(mut, has_one = owner)]
///     pub log: Account<Log>,
/// }
///
/// #[account(tail)]
/// pub struct Log {
///     pub owner: Address,
///     pub count: u64,
/// }
///
/// fn write(accounts: &Write, entry: u64) -> Result {
///     let mut data = accounts.log.borrow_data_mut()?;
///     let (log, entries) = Log::split_mut::<u64>(&mut data)?;
///     let place = entries.get_mut(log.count as usize).ok_or(ProgramError::AccountDataTooSmall)?;
///     (*place, log.count) = (entry, log.count + 1);
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// `realloc = …` makes the tail longer or shorter. Anchor's descriptions know no tails: clients are told of the head, and decode
/// what follows themselves.
///
/// # Text, lists, options and enums
/// `#[account(borsh)]` is for data that is not laid out plainly: it may hold all that an argument may, and stands as Borsh writes
/// it. A field of accounts of this kind is a `BorshAccount<T>`: `load()` makes a `T` of the data, `save(&value)` writes it back,
/// and what is changed without that is lost. `init` makes room for the largest value, where `#[max_len(…)]` on each `String`
/// (bytes) and `Vec` (elements; for a list in a list one number each) says how large that is; `space = …` and `realloc = …` say
/// otherwise. A new one is zero: no text, empty lists, `None`, the enum's first variant.
///
/// ```
/// use sealane_sdk::prelude::*;
///
/// #[account(borsh)]
/// pub struct Profile {
///     pub owner: Address,
///     pub mood: Mood,
///     #[max_len(32)]
///     pub name: String,
///     #[max_len(5, 16)]
///     pub tags: Vec<String>,
/// }
///
/// #[derive(Argument, Clone, Copy, Debug, PartialEq, Eq)]
/// pub enum Mood {
///     Calm,
///     Cross,
/// }
///
/// # fn rename(profile: BorshAccount<Profile>, name: String) -> Result {
/// // In an instruction that has the account as `BorshAccount<Profile>`, writable:
/// let mut value = profile.load()?;
/// value.name = name;
/// profile.save(&value)
/// # }
/// ```
///
/// # Versions
/// When a layout changes, accounts of the old one are still there. Keep the old struct under a name of its own, and tell
/// the new one which it replaces:
///
/// ```
/// use sealane_sdk::prelude::*;
///
/// #[account(name = "Counter")]
/// pub struct CounterV1 {
///     pub count: u64,
/// }
///
/// #[account(version = 2, replaces = CounterV1)]
/// pub struct Counter {
///     pub count: u64,
///     pub limit: u64,
/// }
///
/// # fn migrate(old: Account<CounterV1>) -> Result {
/// // In an instruction that has the account as `Account<CounterV1>`:
/// let counter = old.migrate(|old| {
///     let mut new = Counter::zeroed();
///     (new.count, new.limit) = (old.count, u64::MAX);
///     Ok(new)
/// })?;
/// # counter.load()?; Ok(())
/// # }
/// assert_ne!(CounterV1::DISCRIMINATOR, Counter::DISCRIMINATOR);
///
/// // Clients read what a node gives them.
/// let data = sealane_sdk::bytemuck::bytes_of(&Counter::zeroed()).to_vec();
/// assert!(CounterV1::read(&data).is_none());
/// assert_eq!(Counter::read(&data), Some(Counter::zeroed()));
/// ```
///
/// The discriminator of version 2 and later is that of `account:Name:2`, so neither is ever taken for the other, and an
/// instruction that is given an old account says that it must be migrated.
#[proc_macro_attribute]
pub fn account(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(account::expand(arguments.into(), item.into()))
}

/// Declares a program's errors: an enum whose variants have `#[msg("…")]`, or else documentation, as their text.
///
/// They are numbered from 6000, as in Anchor; `#[error_code(offset = 100)]` begins elsewhere, and `Variant = 5` continues
/// at 5 behind the offset. The enum implements `Display` and `Error`, for clients. An instruction that fails with one logs its text, if `#[program(errors = …)]` names the enum.
///
/// ```
/// use sealane_sdk::prelude::*;
///
/// #[error_code]
/// pub enum CounterError {
///     #[msg("The counter has reached its limit.")]
///     LimitReached,
///     /// The counter is locked.
///     Locked = 10,
/// }
///
/// assert_eq!(ProgramError::from(CounterError::Locked), ProgramError::Custom(6010));
/// assert_eq!(CounterError::LimitReached.to_string(), "The counter has reached its limit.");
/// ```
#[proc_macro_attribute]
pub fn error_code(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(error_code::expand(arguments.into(), item.into()))
}

/// Declares an event: a struct that a program logs with `emit(&event)` for clients that follow the ledger.
///
/// What is logged is a discriminator, the first 8 bytes of SHA-256 of `event:Name` as in Anchor, then the fields as Borsh
/// writes them; the log shows it as `Program data: ` and base64. `#[program(events = […])]` lists the program's events.
///
/// ```
/// use sealane_sdk::prelude::*;
///
/// #[event]
/// pub struct Incremented {
///     pub counter: Address,
///     pub count: u64,
/// }
/// ```
#[proc_macro_attribute]
pub fn event(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(event::expand(arguments.into(), item.into()))
}

/// Lets a struct or an enum be an argument, a returned value, or a field of an event.
///
/// It stands in bytes as Borsh writes it: a struct's fields one after another; an enum's variant as one byte, counted from
/// 0, then that variant's fields. In an account with `#[account(borsh)]` it may stand, too; `#[max_len(…)]` on its fields is for that.
///
/// ```
/// use sealane_sdk::prelude::*;
///
/// #[derive(Argument)]
/// pub enum Order<'a> {
///     Cancel,
///     Limit { price: u64, note: &'a str },
///     Market(u64),
/// }
/// ```
#[proc_macro_derive(Argument, attributes(max_len))]
pub fn derive_argument(item: TokenStream) -> TokenStream {
    finish(argument::expand(item.into()))
}

/// The expansion, or the errors at the places that they speak of.
fn finish(expansion: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    expansion.unwrap_or_else(|error| error.into_compile_error()).into()
}
