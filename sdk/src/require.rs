//! What ends an instruction with an error: `err!`, and `require!` with its kin, which say in the log what was compared.
//!
//! Names, numbers and the order of arguments are Anchor's.

/// An error of the program as a [`ProgramError`](crate::ProgramError): `ok_or_else(|| error!(VaultError::Empty))`.
#[macro_export]
macro_rules! error {
    ($error:expr $(,)?) => {
        $crate::ProgramError::from($error)
    };
}

/// A failed result: `return err!(VaultError::Empty);`.
#[macro_export]
macro_rules! err {
    ($error:expr $(,)?) => {
        ::core::result::Result::Err($crate::error!($error))
    };
}

/// Ends an instruction with an error unless a condition holds: `require!(amount > 0, VaultError::NothingToPay)`.
#[macro_export]
macro_rules! require {
    ($condition:expr, $error:expr $(,)?) => {
        if !$condition {
            return ::core::result::Result::Err(::core::convert::Into::into($error));
        }
    };
    ($condition:expr $(,)?) => {
        $crate::require!($condition, $crate::guest::declared::ConstraintError::RequireViolated)
    };
}

/// Ends an instruction with an error unless two values are equal, and logs both: `require_eq!(paid, price, ShopError::Price)`.
#[macro_export]
macro_rules! require_eq {
    ($left:expr, $right:expr $(, $error:expr)? $(,)?) => {
        $crate::require_compared!("{:?}" RequireEqViolated, $left, ==, $right $(, $error)?)
    };
}

/// As [`require_eq!`], unless two values differ.
#[macro_export]
macro_rules! require_neq {
    ($left:expr, $right:expr $(, $error:expr)? $(,)?) => {
        $crate::require_compared!("{:?}" RequireNeqViolated, $left, !=, $right $(, $error)?)
    };
}

/// Ends an instruction with an error unless two addresses are equal, and logs both.
#[macro_export]
macro_rules! require_keys_eq {
    ($left:expr, $right:expr $(, $error:expr)? $(,)?) => {
        $crate::require_compared!("{}" RequireKeysEqViolated, $left, ==, $right $(, $error)?)
    };
}

/// As [`require_keys_eq!`], unless two addresses differ.
#[macro_export]
macro_rules! require_keys_neq {
    ($left:expr, $right:expr $(, $error:expr)? $(,)?) => {
        $crate::require_compared!("{}" RequireKeysNeqViolated, $left, !=, $right $(, $error)?)
    };
}

/// Ends an instruction with an error unless the first value is larger than the second, and logs both.
#[macro_export]
macro_rules! require_gt {
    ($left:expr, $right:expr $(, $error:expr)? $(,)?) => {
        $crate::require_compared!("{:?}" RequireGtViolated, $left, >, $right $(, $error)?)
    };
}

/// As [`require_gt!`], unless the first value is as large as the second, or larger.
#[macro_export]
macro_rules! require_gte {
    ($left:expr, $right:expr $(, $error:expr)? $(,)?) => {
        $crate::require_compared!("{:?}" RequireGteViolated, $left, >=, $right $(, $error)?)
    };
}

/// The comparison behind `require_eq!` and its kin: how values are shown, the error if none is named, and the operator.
#[doc(hidden)]
#[macro_export]
macro_rules! require_compared {
    ($shown:literal $kind:ident, $left:expr, $operator:tt, $right:expr) => {
        $crate::require_compared!(
            $shown $kind, $left, $operator, $right, $crate::guest::declared::ConstraintError::$kind
        )
    };
    ($shown:literal $kind:ident, $left:expr, $operator:tt, $right:expr, $error:expr) => {
        match (&$left, &$right) {
            (left, right) => {
                if !(*left $operator *right) {
                    $crate::guest::log::log_arguments(::core::format_args!(
                        ::core::concat!("Left: ", $shown, ", right: ", $shown), left, right
                    ));
                    return ::core::result::Result::Err(::core::convert::Into::into($error));
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::guest::declared::ConstraintError;
    use crate::{Address, ProgramError, ProgramResult};

    /// Each in the form without an error of its own, which then names the macro.
    #[test]
    fn what_is_compared_holds_or_ends_the_function() {
        let [one, two] = [1, 2].map(|seed| Address::new_from_array([seed; 32]));
        let eq = |left: u64, right: u64| -> ProgramResult {
            require_eq!(left, right);
            Ok(())
        };
        let neq = |left: u64, right: u64| -> ProgramResult {
            require_neq!(left, right);
            Ok(())
        };
        let gt = |left: u64, right: u64| -> ProgramResult {
            require_gt!(left, right);
            Ok(())
        };
        let gte = |left: u64, right: u64| -> ProgramResult {
            require_gte!(left, right);
            Ok(())
        };
        let keys_eq = |left: Address, right: Address| -> ProgramResult {
            require_keys_eq!(left, right);
            Ok(())
        };
        let keys_neq = |left: Address, right: Address| -> ProgramResult {
            require_keys_neq!(left, right);
            Ok(())
        };
        let error = |error: ConstraintError| -> ProgramResult { err!(error) };
        let cases = [
            (eq(1, 1), eq(1, 2), ConstraintError::RequireEqViolated),
            (neq(1, 2), neq(1, 1), ConstraintError::RequireNeqViolated),
            (gt(2, 1), gt(1, 1), ConstraintError::RequireGtViolated),
            (gte(1, 1), gte(0, 1), ConstraintError::RequireGteViolated),
            (keys_eq(one, one), keys_eq(one, two), ConstraintError::RequireKeysEqViolated),
            (keys_neq(one, two), keys_neq(one, one), ConstraintError::RequireKeysNeqViolated),
        ];
        for (holds, fails, expected) in cases {
            assert_eq!(holds, Ok(()), "{expected:?}");
            assert_eq!(fails, error(expected), "{expected:?}");
        }
    }

    #[test]
    fn values_are_taken_once_and_not_moved() {
        let mut count = 0;
        let mut next = || {
            count += 1;
            count
        };
        let list = [1_u8, 2].as_slice();
        let result = (|| -> ProgramResult {
            require_eq!(next(), 1, ProgramError::InvalidArgument);
            require_eq!(list, [1, 2]);
            require_gt!(list.len(), 5, ProgramError::InvalidArgument);
            Ok(())
        })();
        assert_eq!((result, count), (Err(ProgramError::InvalidArgument), 1));
    }
}
