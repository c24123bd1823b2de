//! From the parts of a call to what an instruction's function is given.

use super::refusal::{ConstraintError, Fault, refuse_data, refuse_fault};
use super::scope::{InScope, Place, Scope};
use crate::guest::codec::Decode;
use crate::guest::{AccountView, Arguments};
use crate::{Address, ProgramError, ProgramResult};
use core::fmt;

/// What an instruction's function is given beside its arguments.
pub struct Context<'a, T: Accounts> {
    /// The program's own address.
    pub program_id: &'a Address,
    /// The accounts, checked.
    pub accounts: T,
    /// The accounts that were given beyond those: nobody has looked at them. [`AccountView::load_checked`] lends the data of one of
    /// this program's. Clients add them to what the builder makes: `instruction.accounts.push(readonly(&address))`.
    pub remaining_accounts: &'a [AccountView],
    /// The bumps of the accounts that are declared with `seeds`.
    pub bumps: T::Bumps,
}

impl<T: Accounts> fmt::Debug for Context<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Context").field("program_id", self.program_id).finish_non_exhaustive()
    }
}

/// The running call, as checks need it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The program's own address.
    pub program_id: &'a Address,
    /// The accounts as they were given.
    pub accounts: &'a [AccountView],
    /// Name of the instruction, for what is logged.
    pub instruction: &'static str,
}

/// Refuses a call with so few accounts; `names` are those that are needed.
#[cold]
#[inline(never)]
#[must_use]
pub fn missing_account(
    scope: &'static Scope,
    names: &'static [&'static str],
    given_count: usize,
) -> ProgramError {
    const FAULT: Fault =
        Fault::new("is missing: the instruction got too few accounts", ConstraintError::AccountNotEnoughKeys);
    let account = names.get(given_count).copied().unwrap_or_default();
    refuse_fault(Place { scope, account }, &FAULT)
}

/// The accounts of an instruction. `#[derive(Accounts)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the accounts of an instruction, nor a type for one account",
    note = "add `#[derive(Accounts)]` to it; a field for one account has a type like `Account<{Self}>`, `Signer`, `Program<P>` or \
            `UncheckedAccount`"
)]
pub trait Accounts: Sized {
    /// How many accounts there are, those of groups included.
    const COUNT: usize;

    /// The bumps of the accounts that are declared with `seeds`, by the names of their fields.
    type Bumps;
    /// The arguments that its declarations use: the first ones of the instruction, in their order.
    type Arguments<'r>;

    /// Takes the first of the call's accounts, in the order of the fields, and checks all that is declared; gives the
    /// accounts that follow, too. `S` is where the accounts are declared: the instruction, or the group's field.
    ///
    /// # Errors
    /// What the first rule that is broken refuses with; the log says which.
    fn validate<'a, S: InScope>(
        call: &Call<'a>,
        arguments: Self::Arguments<'_>,
    ) -> Result<(Self, Self::Bumps, &'a [AccountView]), ProgramError>;

    /// What is left to do after the instruction's function: closes accounts.
    ///
    /// # Errors
    /// As [`AccountView::close_to`].
    #[inline(always)]
    fn finish(_call: &Call<'_>) -> ProgramResult {
        Ok(())
    }

    /// Shows every account that lends data to be written, with its place: one must not be in a group and elsewhere.
    ///
    /// # Errors
    /// What `show` fails with.
    #[doc(hidden)]
    #[inline(always)]
    fn each_written<S: InScope>(
        &self,
        _show: &mut impl FnMut(AccountView, Place) -> ProgramResult,
    ) -> ProgramResult {
        Ok(())
    }
}

/// Reads an instruction's arguments, one after another.
#[derive(Debug)]
pub struct ArgumentReader<'a> {
    instruction: &'static str,
    data: Arguments<'a>,
}

impl<'a> ArgumentReader<'a> {
    /// The arguments in `data`, which begins behind the discriminator.
    #[inline(always)]
    #[must_use]
    pub const fn new(instruction: &'static str, data: &'a [u8]) -> Self {
        Self { instruction, data: Arguments::new(data) }
    }

    /// The next argument.
    ///
    /// # Errors
    /// [`ConstraintError::InstructionDidNotDeserialize`]; the log says which argument, and what is expected.
    #[inline(always)]
    pub fn take<T: Decode<'a>>(&mut self, name: &'static str) -> Result<T, ProgramError> {
        T::decode(&mut self.data).ok_or_else(|| undecoded([self.instruction, name, T::EXPECTED]))
    }

    /// Makes sure that nothing is left.
    ///
    /// # Errors
    /// [`ConstraintError::InstructionDidNotDeserialize`].
    #[inline(always)]
    pub fn end(&self) -> ProgramResult {
        if self.data.remaining_size() == 0 { Ok(()) } else { Err(too_long(self.instruction)) }
    }
}

const UNDECODED: Fault = Fault::new(
    ConstraintError::InstructionDidNotDeserialize.log_line(),
    ConstraintError::InstructionDidNotDeserialize,
);

#[cold]
#[inline(never)]
fn undecoded([instruction, name, expected]: [&'static str; 3]) -> ProgramError {
    refuse_data(&[instruction, ": argument ", name, ": expected ", expected], &UNDECODED)
}

#[cold]
#[inline(never)]
fn too_long(instruction: &'static str) -> ProgramError {
    refuse_data(&[instruction, ": there are bytes behind the last argument"], &UNDECODED)
}

/// Arguments of which the first are `First`: what `#[program]` hands to accounts that are declared with
/// `#[instruction(…)]`.
#[diagnostic::on_unimplemented(
    message = "the accounts are declared with other arguments than the instruction takes",
    label = "the instruction's arguments are `{Self}`, the accounts want references to `{First}`",
    note = "`#[instruction(name: Type, …)]` on the accounts repeats the first arguments of the function, in their order and \
            with their types"
)]
pub trait Leading<'r, First> {
    /// The first ones.
    fn leading(&'r self) -> First;
}

/// No constraint uses an argument.
impl<T> Leading<'_, ()> for T {
    #[inline(always)]
    fn leading(&self) {}
}

/// As [`Leading`], of references: what accounts that are declared with `#[instruction(…)]` hand to a group within them.
#[diagnostic::on_unimplemented(
    message = "the group's accounts are declared with other arguments than the accounts around them",
    label = "the accounts around have `{Self}`, the group wants `{First}`",
    note = "`#[instruction(name: Type, …)]` on the accounts around begins with the arguments that the group declares"
)]
pub trait LeadingReferences<First> {
    /// The first ones.
    fn leading(self) -> First;
}

impl<T> LeadingReferences<()> for T {
    #[inline(always)]
    fn leading(self) {}
}

macro_rules! leading {
    ($($($first:ident)* : $($rest:ident)*;)*) => {$(
        impl<'r, $($first,)* $($rest),*> LeadingReferences<($(&'r $first,)*)> for ($(&'r $first,)* $(&'r $rest,)*) {
            #[inline(always)]
            fn leading(self) -> ($(&'r $first,)*) {
                #[allow(non_snake_case, unused_variables, reason = "the fields are named as their types")]
                let ($($first,)* $($rest,)*) = self;
                ($($first,)*)
            }
        }

        impl<'r, $($first,)* $($rest),*> Leading<'r, ($(&'r $first,)*)> for ($($first,)* $($rest,)*) {
            #[inline(always)]
            fn leading(&'r self) -> ($(&'r $first,)*) {
                #[allow(non_snake_case, unused_variables, reason = "the fields are named as their types")]
                let ($($first,)* $($rest,)*) = self;
                ($($first,)*)
            }
        }
    )*};
}

leading! {
    A:; A:B; A:B C; A:B C D; A:B C D E; A:B C D E F; A:B C D E F G; A:B C D E F G H;
    A B:; A B:C; A B:C D; A B:C D E; A B:C D E F; A B:C D E F G; A B:C D E F G H;
    A B C:; A B C:D; A B C:D E; A B C:D E F; A B C:D E F G; A B C:D E F G H;
    A B C D:; A B C D:E; A B C D:E F; A B C D:E F G; A B C D:E F G H;
    A B C D E:; A B C D E:F; A B C D E:F G; A B C D E:F G H;
    A B C D E F:; A B C D E F:G; A B C D E F:G H;
    A B C D E F G:; A B C D E F G:H;
    A B C D E F G H:;
}
