//! From the parts of a call to what an instruction's function is given.

use super::refusal::{ConstraintError, Fault, refuse_fault};
use crate::guest::codec::Decode;
use crate::guest::log::log_pieces;
use crate::guest::{AccountView, Arguments};
use crate::{Address, ProgramError, ProgramResult};
use core::fmt;

/// What an instruction's function is given beside its arguments.
pub struct Context<'a, T: Accounts> {
    /// The program's own address.
    pub program_id: &'a Address,
    /// The accounts, checked.
    pub accounts: T,
    /// The accounts that were given beyond those: nobody has looked at them.
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
    instruction: &'static str,
    names: &[&'static str],
    given_count: usize,
) -> ProgramError {
    let fault = &Fault {
        rule: "is missing: the instruction got too few accounts",
        error: ConstraintError::AccountNotEnoughKeys,
    };
    refuse_fault(instruction, names.get(given_count).copied().unwrap_or_default(), fault)
}

/// The accounts of an instruction. `#[derive(Accounts)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the accounts of an instruction",
    note = "add `#[derive(Accounts)]` to it"
)]
pub trait Accounts: Sized {
    /// The bumps of the accounts that are declared with `seeds`, by the names of their fields.
    type Bumps;
    /// The arguments that its declarations use: the first ones of the instruction, in their order.
    type Arguments<'r>;

    /// Takes the first of the call's accounts, in the order of the fields, and checks all that is declared; gives the
    /// accounts that follow, too.
    ///
    /// # Errors
    /// What the first rule that is broken refuses with; the log says which.
    fn validate<'a>(
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

#[cold]
#[inline(never)]
fn undecoded([instruction, name, expected]: [&'static str; 3]) -> ProgramError {
    log_pieces(&["Error: ", instruction, ": argument ", name, ": expected ", expected]);
    ConstraintError::InstructionDidNotDeserialize.into()
}

#[cold]
#[inline(never)]
fn too_long(instruction: &'static str) -> ProgramError {
    log_pieces(&["Error: ", instruction, ": there are bytes behind the last argument"]);
    ConstraintError::InstructionDidNotDeserialize.into()
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

macro_rules! leading {
    ($($($first:ident)* : $($rest:ident)*;)*) => {$(
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
