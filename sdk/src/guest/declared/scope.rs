//! Where accounts are declared, for what is logged of them: in an instruction, or in a group of accounts within one.
//!
//! Scopes are types, so that naming one costs nothing until something is refused.

use core::marker::PhantomData;

/// An instruction, or a group of accounts in another scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Name of the instruction, or of the group's field.
    pub name: &'static str,
    /// What the group stands in; nothing for an instruction.
    pub outer: Option<&'static Self>,
}

impl Scope {
    /// The scope of an instruction.
    #[must_use]
    pub const fn instruction(name: &'static str) -> Self {
        Self { name, outer: None }
    }

    /// Name of the instruction that this is, or is part of.
    pub(super) fn instruction_name(&self) -> &'static str {
        match self.outer {
            Some(outer) => outer.instruction_name(),
            None => self.name,
        }
    }
}

/// A type that stands for a scope.
pub trait InScope {
    /// The scope.
    const SCOPE: &'static Scope;
}

/// A type that stands for a group's name.
pub trait GroupName {
    /// The name.
    const NAME: &'static str;
}

/// The scope of the group `N` in the scope `S`.
pub struct Group<S, N>(PhantomData<(S, N)>);

impl<S: InScope, N: GroupName> InScope for Group<S, N> {
    const SCOPE: &'static Scope = &Scope { name: N::NAME, outer: Some(S::SCOPE) };
}

impl<S, N> core::fmt::Debug for Group<S, N> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("Group")
    }
}

/// Where a rule is checked: for what is logged if it is broken.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The instruction, or the group of accounts.
    pub scope: &'static Scope,
    /// Name of the account's field.
    pub account: &'static str,
}

/// The place of an account in a scope.
#[inline(always)]
#[must_use]
pub const fn place<S: InScope>(account: &'static str) -> Place {
    Place { scope: S::SCOPE, account }
}
