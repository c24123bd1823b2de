//! What the macros make of `counter.input.rs`, as the test `the_expansion_stays_readable` writes it: `counter.program.rs` is
//! compiled into the program, `counter.clients.rs` stands in `host_only!`. Paths are shortened (`declared` is
//! `sealane_sdk::guest::declared`).

pub mod counter {
    use super::*;
    /// Makes a counter.
    #[allow(clippy::needless_pass_by_value, reason = "an instruction owns its context")]
    pub fn create(context: Context<Create>, limit: u64) -> Result {
        let mut counter = context.accounts.counter.load_mut()?;
        counter.limit = limit;
        Ok(())
    }
    /// Adds to a counter; returns what it has come to.
    #[allow(clippy::needless_pass_by_value, reason = "an instruction owns its context")]
    pub fn increment(context: Context<Increment>, by: u64) -> Result<u64> {
        let mut counter = context.accounts.counter.load_mut()?;
        counter.count += by;
        emit(
            &Incremented {
                count: counter.count,
            },
        );
        Ok(counter.count)
    }
    #[doc(hidden)]
    pub mod generated {
        #[allow(
            unused_imports,
            reason = "types of arguments come from the module around"
        )]
        use super::*;
        /// The first bytes of each instruction's data.
        pub mod discriminators {
            /// The first bytes of `create`.
            pub const CREATE: [u8; 8usize] = [
                24u8, 30u8, 200u8, 40u8, 5u8, 28u8, 7u8, 119u8,
            ];
            /// The first bytes of `increment`.
            pub const INCREMENT: [u8; 8usize] = [
                11u8, 18u8, 104u8, 9u8, 104u8, 174u8, 59u8, 33u8,
            ];
        }
        /// Carries out one instruction.
        ///
        /// # Errors
        /// What the instruction fails with, or what a declared rule refuses with; the log says which.
        #[inline]
        pub fn process(
            program_id: &Address,
            accounts: &[guest::AccountView],
            data: &[u8],
        ) -> ProgramResult {
            if let Some((discriminator, arguments)) = data.split_first_chunk::<8usize>()
            {
                match u64::from_le_bytes(*discriminator) {
                    0x77071c0528c81e18 => return create(program_id, accounts, arguments),
                    0x213bae680968120b => {
                        return increment(program_id, accounts, arguments);
                    }
                    _ => {}
                }
            }
            declared::unknown_instruction(data, 8usize)
        }
        fn create(
            program_id: &Address,
            accounts: &[guest::AccountView],
            arguments: &[u8],
        ) -> ProgramResult {
            struct Scope;
            impl declared::InScope for Scope {
                const SCOPE: &'static declared::Scope = &declared::Scope::instruction(
                    "create",
                );
            }
            let call = declared::Call {
                program_id,
                accounts,
                instruction: "create",
            };
            let mut arguments = declared::ArgumentReader::new(
                call.instruction,
                arguments,
            );
            let values = (arguments.take::<u64>("limit")?,);
            arguments.end()?;
            let (accounts, bumps, remaining_accounts) = <Create as declared::Accounts>::validate::<
                Scope,
            >(&call, declared::Leading::leading(&values))?;
            let context = declared::Context {
                program_id,
                accounts,
                remaining_accounts,
                bumps,
            };
            super::create(context, values.0)
                .map_err(|error| declared::failed::<
                    CounterError,
                >(call.instruction, error))?;
            <Create as declared::Accounts>::finish(&call)
        }
        fn increment(
            program_id: &Address,
            accounts: &[guest::AccountView],
            arguments: &[u8],
        ) -> ProgramResult {
            struct Scope;
            impl declared::InScope for Scope {
                const SCOPE: &'static declared::Scope = &declared::Scope::instruction(
                    "increment",
                );
            }
            let call = declared::Call {
                program_id,
                accounts,
                instruction: "increment",
            };
            let mut arguments = declared::ArgumentReader::new(
                call.instruction,
                arguments,
            );
            let values = (arguments.take::<u64>("by")?,);
            arguments.end()?;
            let (accounts, bumps, remaining_accounts) = <Increment as declared::Accounts>::validate::<
                Scope,
            >(&call, declared::Leading::leading(&values))?;
            let context = declared::Context {
                program_id,
                accounts,
                remaining_accounts,
                bumps,
            };
            let returned: u64 = super::increment(context, values.0)
                .map_err(|error| declared::failed::<
                    CounterError,
                >(call.instruction, error))?;
            guest::set_return_data(&codec::encode(&[], &returned));
            <Increment as declared::Accounts>::finish(&call)
        }
        #[automatically_derived]
        impl declared::Listed for Incremented {}
    }
}
pub use counter::generated::{discriminators, process};
entrypoint!(counter::generated::process);
/// The bumps of the derived accounts of [`Create`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateBumps {
    /// The bump of `counter`.
    pub counter: u8,
}
#[automatically_derived]
impl declared::Accounts for Create {
    const COUNT: usize = 3;
    type Bumps = CreateBumps;
    type Arguments<'r> = ();
    #[inline(always)]
    #[allow(unused_variables, reason = "an argument may be there for those behind it")]
    fn validate<'a, S: declared::InScope>(
        call: &declared::Call<'a>,
        arguments: Self::Arguments<'_>,
    ) -> ::core::result::Result<
        (Self, Self::Bumps, &'a [guest::AccountView]),
        ProgramError,
    > {
        let () = arguments;
        let [authority, counter, system_program, remaining @ ..] = call.accounts else {
            return Result::Err(
                declared::missing_account(
                    S::SCOPE,
                    &["authority", "counter", "system_program"],
                    call.accounts.len(),
                ),
            );
        };
        let authority = declared::field::<
            Signer,
        >(call, *authority, declared::place::<S>("authority"))?;
        let counter = *counter;
        let system_program = declared::field::<
            Program<System>,
        >(call, *system_program, declared::place::<S>("system_program"))?;
        let (counter, counter_bump) = {
            let place = declared::place::<S>("counter");
            declared::require(
                counter.is_writable(),
                place,
                const {
                    &declared::Fault::new(
                        "must be writable",
                        declared::ConstraintError::ConstraintMut,
                    )
                },
            )?;
            let seed_0 = codec::Seed::to_seed(&b"counter");
            let seed_1 = declared::AccountField::view(&authority);
            let seed_1 = codec::Seed::to_seed(seed_1.address());
            let counter_bump = declared::require_some(
                declared::canonical_bump(
                    &counter,
                    &[AsRef::<[u8]>::as_ref(&seed_0), AsRef::<[u8]>::as_ref(&seed_1)],
                    call.program_id,
                ),
                place,
                const {
                    &declared::Fault::new(
                        "its address is not the one that its seeds derive",
                        declared::ConstraintError::ConstraintSeeds,
                    )
                },
            )?;
            let made = declared::init::<
                Account<Counter>,
            >(
                &declared::Init {
                    place,
                    program_id: call.program_id,
                    view: counter,
                    payer: declared::AccountField::view(&authority),
                    system_program: declared::AccountField::view(&system_program),
                    space_bytes: <Account<
                        Counter,
                    > as declared::AccountField>::SPACE_BYTES,
                    owner: call.program_id,
                    seeds: &[
                        AsRef::<[u8]>::as_ref(&seed_0),
                        AsRef::<[u8]>::as_ref(&seed_1),
                        &[counter_bump],
                    ],
                },
            )?;
            (made, counter_bump)
        };
        {
            let place = declared::place::<S>("authority");
            declared::require(
                authority.is_writable(),
                place,
                const {
                    &declared::Fault::new(
                        "must be writable",
                        declared::ConstraintError::ConstraintMut,
                    )
                },
            )?;
        }
        Result::Ok((
            Self {
                authority,
                counter,
                system_program,
            },
            CreateBumps {
                counter: counter_bump,
            },
            remaining,
        ))
    }
    #[inline(always)]
    fn each_written<S: declared::InScope>(
        &self,
        show: &mut impl FnMut(guest::AccountView, declared::Place) -> ProgramResult,
    ) -> ProgramResult {
        {
            let account = &self.counter;
            show(
                declared::AccountField::view(account),
                declared::place::<S>("counter"),
            )?;
        }
        Result::Ok(())
    }
}
#[automatically_derived]
impl declared::Accounts for Increment {
    const COUNT: usize = 2;
    type Bumps = ();
    type Arguments<'r> = ();
    #[inline(always)]
    #[allow(unused_variables, reason = "an argument may be there for those behind it")]
    fn validate<'a, S: declared::InScope>(
        call: &declared::Call<'a>,
        arguments: Self::Arguments<'_>,
    ) -> ::core::result::Result<
        (Self, Self::Bumps, &'a [guest::AccountView]),
        ProgramError,
    > {
        let () = arguments;
        let [authority, counter, remaining @ ..] = call.accounts else {
            return Result::Err(
                declared::missing_account(
                    S::SCOPE,
                    &["authority", "counter"],
                    call.accounts.len(),
                ),
            );
        };
        let authority = declared::field::<
            Signer,
        >(call, *authority, declared::place::<S>("authority"))?;
        let counter = declared::field::<
            Account<Counter>,
        >(call, *counter, declared::place::<S>("counter"))?;
        {
            let place = declared::place::<S>("counter");
            declared::require(
                counter.is_writable(),
                place,
                const {
                    &declared::Fault::new(
                        "must be writable",
                        declared::ConstraintError::ConstraintMut,
                    )
                },
            )?;
            declared::require_or(
                counter
                    .names(
                        ::core::mem::offset_of!(Counter, authority),
                        |data| &data.authority,
                        authority.address(),
                    ),
                place,
                "has_one = authority does not hold",
                CounterError::NotYours,
            )?;
        }
        Result::Ok((Self { authority, counter }, (), remaining))
    }
    #[inline(always)]
    fn each_written<S: declared::InScope>(
        &self,
        show: &mut impl FnMut(guest::AccountView, declared::Place) -> ProgramResult,
    ) -> ProgramResult {
        {
            let account = &self.counter;
            show(
                declared::AccountField::view(account),
                declared::place::<S>("counter"),
            )?;
        }
        Result::Ok(())
    }
}
#[derive(Clone)]
#[derive(Copy)]
#[derive(Debug)]
#[derive(PartialEq)]
#[derive(Eq)]
#[repr(C)]
/// A counter.
pub struct Counter {
    discriminator: [u8; 8],
    pub authority: Address,
    pub limit: u64,
    pub count: u64,
}
const _: () = {
    guest::typed::assert_plain::<Address>();
    guest::typed::assert_plain::<u64>();
    guest::typed::assert_plain::<u64>();
    guest::typed::assert_no_padding(
        ::core::mem::size_of::<Counter>(),
        8 + ::core::mem::size_of::<Address>() + ::core::mem::size_of::<u64>()
            + ::core::mem::size_of::<u64>(),
    );
};
#[allow(unsafe_code, reason = "every field is plain data, and there is no padding")]
unsafe impl bytemuck::Zeroable for Counter {}
#[allow(unsafe_code, reason = "every field is plain data, and there is no padding")]
unsafe impl bytemuck::Pod for Counter {}
#[automatically_derived]
impl guest::AccountData for Counter {
    const DISCRIMINATOR: [u8; 8] = [255u8, 176u8, 4u8, 245u8, 188u8, 253u8, 124u8, 25u8];
}
impl Counter {
    /// Size of the account's data in bytes, its discriminator included.
    pub const SIZE_BYTES: usize = ::core::mem::size_of::<Self>();
    /// Data that is all zero but for the discriminator.
    #[must_use]
    pub fn zeroed() -> Self {
        guest::AccountData::with_discriminator(<Self as bytemuck::Zeroable>::zeroed())
    }
}
#[derive(Debug)]
pub struct Incremented {
    pub count: u64,
}
#[automatically_derived]
impl declared::Event for Incremented {
    const DISCRIMINATOR: [u8; 8] = [92u8, 207u8, 119u8, 204u8, 71u8, 205u8, 108u8, 15u8];
}
#[automatically_derived]
impl codec::Encode for Incremented {
    #[inline]
    fn size_bytes(&self) -> usize {
        let Self { count } = self;
        0 + codec::Encode::size_bytes(count)
    }
    #[inline]
    fn write(&self, out: &mut codec::Writer<'_>) {
        let _ = &out;
        let Self { count } = self;
        codec::Encode::write(count, out);
    }
}
program_errors! {
    #[doc = " Errors of the program: CounterError."] CounterError : NotYours = 6000,
    "This counter is somebody else's.";
}
#[automatically_derived]
impl ::core::fmt::Display for CounterError {
    fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        formatter.write_str(self.log_line())
    }
}
#[automatically_derived]
impl ::core::error::Error for CounterError {}
