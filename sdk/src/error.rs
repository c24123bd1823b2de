//! What a program answers with.
//!
//! `entrypoint` returns 0 for success, else an error code in Solana's encoding: a built-in error in the upper 32
//! bits, or a program's own error ([`ProgramError::Custom`]) in the lower 32. `u64::from(ProgramError)` and back is
//! the whole translation.

pub use solana_program_error::{ProgramError, ProgramResult};

/// A table of errors: what [`program_errors!`](crate::program_errors) and `#[error_code]` declare.
pub trait ErrorCode: Sized + 'static {
    /// Every error: number, name, text; in the order of their numbers.
    const TABLE: &'static [(u32, &'static str, &'static str)];

    /// The text of the error with this number, if there is one.
    #[must_use]
    fn text(number: u32) -> Option<&'static str>;

    /// The name of the error with this number, if there is one.
    #[must_use]
    fn name(number: u32) -> Option<&'static str>;
}

/// No errors of its own: what a program has that declares none.
impl ErrorCode for () {
    const TABLE: &'static [(u32, &'static str, &'static str)] = &[];

    #[inline(always)]
    fn text(_number: u32) -> Option<&'static str> {
        None
    }

    #[inline(always)]
    fn name(_number: u32) -> Option<&'static str> {
        None
    }
}

/// Declares a program's own errors in one table, so that names, numbers and texts cannot drift apart: the enum,
/// `ALL`, `from_number`, `name`, `log_line`, and the way into [`ProgramError::Custom`]. A line is: name, number, documentation, and the
/// text that is logged, which may be left out where it is the documentation.
///
/// ```
/// sealane_sdk::program_errors! {
///     /// What the counter refuses with.
///     CounterError:
///     Full = 0, "The counter is full.", "Error: counter is full";
///     Locked = 7, "The counter is locked.";
/// }
/// assert_eq!(CounterError::from_number(7).map(CounterError::log_line), Some("The counter is locked."));
/// ```
#[macro_export]
macro_rules! program_errors {
    ($(#[$meta:meta])* $enum:ident: $($name:ident = $number:literal, $doc:literal $(, $line:literal)?;)*) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum $enum {
            $(#[doc = $doc] $name = $number,)*
        }

        impl $enum {
            /// Every error, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The error with this number, if there is one.
            #[must_use]
            pub const fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The line that is logged for this error.
            #[must_use]
            pub const fn log_line(self) -> &'static str {
                match self {
                    $(Self::$name => $crate::program_errors!(@line $doc $(, $line)?),)*
                }
            }

            /// The error's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }

        impl $crate::error::ErrorCode for $enum {
            const TABLE: &'static [(u32, &'static str, &'static str)] = &[
                $(($number, stringify!($name), $crate::program_errors!(@line $doc $(, $line)?))),*
            ];

            #[inline]
            fn text(number: u32) -> Option<&'static str> {
                Self::from_number(number).map(Self::log_line)
            }

            #[inline]
            fn name(number: u32) -> Option<&'static str> {
                Self::from_number(number).map(Self::name)
            }
        }

        impl From<$enum> for $crate::ProgramError {
            #[inline]
            fn from(error: $enum) -> Self {
                Self::Custom(error as u32)
            }
        }
    };
    (@line $doc:literal, $line:literal) => { $line };
    (@line $doc:literal) => { $doc };
}
