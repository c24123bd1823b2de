//! What the macros make of `counter.input.rs`: written by the test `the_expansion_stays_readable`.

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
            ///The first bytes of `create`.
            pub const CREATE: [u8; 8usize] = [
                24u8, 30u8, 200u8, 40u8, 5u8, 28u8, 7u8, 119u8,
            ];
            ///The first bytes of `increment`.
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
            program_id: &::sealane_sdk::Address,
            accounts: &[::sealane_sdk::guest::AccountView],
            data: &[u8],
        ) -> ::sealane_sdk::ProgramResult {
            if let ::core::option::Option::Some((discriminator, arguments)) = data
                .split_first_chunk::<8usize>()
            {
                match u64::from_le_bytes(*discriminator) {
                    0x77071c0528c81e18 => return create(program_id, accounts, arguments),
                    0x213bae680968120b => {
                        return increment(program_id, accounts, arguments);
                    }
                    _ => {}
                }
            }
            ::sealane_sdk::guest::declared::unknown_instruction(data, 8usize)
        }
        fn create(
            program_id: &::sealane_sdk::Address,
            accounts: &[::sealane_sdk::guest::AccountView],
            arguments: &[u8],
        ) -> ::sealane_sdk::ProgramResult {
            let call = ::sealane_sdk::guest::declared::Call {
                program_id,
                accounts,
                instruction: "create",
            };
            let mut arguments = ::sealane_sdk::guest::declared::ArgumentReader::new(
                call.instruction,
                arguments,
            );
            let values = (arguments.take::<u64>("limit")?,);
            arguments.end()?;
            let (accounts, bumps, remaining_accounts) = <Create as ::sealane_sdk::guest::declared::Accounts>::validate(
                &call,
                ::sealane_sdk::guest::declared::Leading::leading(&values),
            )?;
            let context = ::sealane_sdk::guest::declared::Context {
                program_id,
                accounts,
                remaining_accounts,
                bumps,
            };
            super::create(context, values.0)
                .map_err(|error| ::sealane_sdk::guest::declared::failed::<
                    CounterError,
                >(call.instruction, error))?;
            <Create as ::sealane_sdk::guest::declared::Accounts>::finish(&call)
        }
        fn increment(
            program_id: &::sealane_sdk::Address,
            accounts: &[::sealane_sdk::guest::AccountView],
            arguments: &[u8],
        ) -> ::sealane_sdk::ProgramResult {
            let call = ::sealane_sdk::guest::declared::Call {
                program_id,
                accounts,
                instruction: "increment",
            };
            let mut arguments = ::sealane_sdk::guest::declared::ArgumentReader::new(
                call.instruction,
                arguments,
            );
            let values = (arguments.take::<u64>("by")?,);
            arguments.end()?;
            let (accounts, bumps, remaining_accounts) = <Increment as ::sealane_sdk::guest::declared::Accounts>::validate(
                &call,
                ::sealane_sdk::guest::declared::Leading::leading(&values),
            )?;
            let context = ::sealane_sdk::guest::declared::Context {
                program_id,
                accounts,
                remaining_accounts,
                bumps,
            };
            let returned: u64 = super::increment(context, values.0)
                .map_err(|error| ::sealane_sdk::guest::declared::failed::<
                    CounterError,
                >(call.instruction, error))?;
            ::sealane_sdk::guest::set_return_data(
                &::sealane_sdk::guest::codec::encode(&[], &returned),
            );
            <Increment as ::sealane_sdk::guest::declared::Accounts>::finish(&call)
        }
        #[automatically_derived]
        impl ::sealane_sdk::guest::declared::Listed for Incremented {}
        ::sealane_sdk::host_only! {
            #[doc = r" Instructions as clients build them."] pub mod builders {
            #[allow(unused_imports, reason =
            "types of arguments come from the module around")] use super:: *; #[doc =
            "Makes a counter."] #[must_use] pub fn create(accounts : & < Create as
            ::sealane_sdk::guest::declared::ClientAccounts > ::Addresses, limit : u64) ->
            ::sealane_sdk::instruction::Instruction { let arguments = (limit,);
            ::sealane_sdk::instruction::Instruction { program_id : crate ::ID, accounts :
            < Create as ::sealane_sdk::guest::declared::ClientAccounts >
            ::metas(accounts, ::sealane_sdk::guest::declared::Leading::leading(&
            arguments),), data : ::sealane_sdk::guest::codec::encode(&
            discriminators::CREATE, & arguments), } } #[doc =
            "Adds to a counter; returns what it has come to."] #[must_use] pub fn
            increment(accounts : & < Increment as
            ::sealane_sdk::guest::declared::ClientAccounts > ::Addresses, by : u64) ->
            ::sealane_sdk::instruction::Instruction { let arguments = (by,);
            ::sealane_sdk::instruction::Instruction { program_id : crate ::ID, accounts :
            < Increment as ::sealane_sdk::guest::declared::ClientAccounts >
            ::metas(accounts, ::sealane_sdk::guest::declared::Leading::leading(&
            arguments),), data : ::sealane_sdk::guest::codec::encode(&
            discriminators::INCREMENT, & arguments), } } } #[doc =
            r" What client generators are told of the program."] #[must_use] pub fn idl()
            -> ::sealane_sdk::idl::Idl { let mut all =
            ::sealane_sdk::idl::Definitions::default(); let definitions = & mut all;
            definitions.event:: < Incremented > (); definitions.errors:: < CounterError >
            (); let instructions = [::sealane_sdk::idl::Instruction { name : "create"
            .into(), docs : ::sealane_sdk::idl::lines(& ["Makes a counter."]),
            discriminator : discriminators::CREATE.into(), accounts : < Create as
            ::sealane_sdk::guest::declared::ClientAccounts > ::describe(definitions),
            args : [::sealane_sdk::idl::Field { name : "limit".into(), docs :
            ::sealane_sdk::idl::lines(& []), ty : < u64 as ::sealane_sdk::idl::Describe >
            ::describe(definitions), }].into(), returns : ::core::option::Option::None,
            }, ::sealane_sdk::idl::Instruction { name : "increment".into(), docs :
            ::sealane_sdk::idl::lines(&
            ["Adds to a counter; returns what it has come to."]), discriminator :
            discriminators::INCREMENT.into(), accounts : < Increment as
            ::sealane_sdk::guest::declared::ClientAccounts > ::describe(definitions),
            args : [::sealane_sdk::idl::Field { name : "by".into(), docs :
            ::sealane_sdk::idl::lines(& []), ty : < u64 as ::sealane_sdk::idl::Describe >
            ::describe(definitions), }].into(), returns : ::core::option::Option::Some(<
            u64 as ::sealane_sdk::idl::Describe > ::describe(definitions)), }]; all
            .into_idl(& ::sealane_sdk::idl::Program { address : crate ::ID, name :
            "counter", version : env!("CARGO_PKG_VERSION"), description :
            env!("CARGO_PKG_DESCRIPTION"), docs : & [], }, instructions.into(),) }
        }
    }
}
pub use counter::generated::{discriminators, process};
::sealane_sdk::host_only! {
    pub use counter::generated:: { builders, idl };
}
::sealane_sdk::entrypoint!(counter::generated::process);
///The bumps of the derived accounts of [`Create`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateBumps {
    ///The bump of `counter`.
    pub counter: u8,
}
#[automatically_derived]
impl ::sealane_sdk::guest::declared::Accounts for Create {
    type Bumps = CreateBumps;
    type Arguments<'r> = ();
    #[inline(always)]
    #[allow(unused_variables, reason = "an argument may be there for those behind it")]
    fn validate<'a>(
        call: &::sealane_sdk::guest::declared::Call<'a>,
        arguments: Self::Arguments<'_>,
    ) -> ::core::result::Result<
        (Self, Self::Bumps, &'a [::sealane_sdk::guest::AccountView]),
        ::sealane_sdk::ProgramError,
    > {
        let () = arguments;
        let [authority, counter, system_program, remaining @ ..] = call.accounts else {
            return ::core::result::Result::Err(
                call.missing_account(&["authority", "counter", "system_program"]),
            );
        };
        let authority = ::sealane_sdk::guest::declared::field::<
            Signer,
        >(call, *authority, "authority")?;
        let counter = *counter;
        let system_program = ::sealane_sdk::guest::declared::field::<
            Program<System>,
        >(call, *system_program, "system_program")?;
        let (counter, counter_bump) = {
            let place = ::sealane_sdk::guest::declared::Place {
                instruction: call.instruction,
                account: "counter",
            };
            ::sealane_sdk::guest::declared::require(
                counter.is_writable(),
                place,
                "must be writable",
                ::sealane_sdk::guest::declared::ConstraintError::ConstraintMut,
            )?;
            let seed_0 = ::sealane_sdk::guest::codec::Seed::to_seed(&b"counter");
            let seed_1 = ::sealane_sdk::guest::declared::AccountField::view(&authority);
            let seed_1 = ::sealane_sdk::guest::codec::Seed::to_seed(seed_1.address());
            let counter_bump = ::sealane_sdk::guest::declared::require_canonical(
                &counter,
                &[
                    ::core::convert::AsRef::<[u8]>::as_ref(&seed_0),
                    ::core::convert::AsRef::<[u8]>::as_ref(&seed_1),
                ],
                call.program_id,
                place,
                ::core::convert::Into::into(
                    ::sealane_sdk::guest::declared::ConstraintError::ConstraintSeeds,
                ),
            )?;
            let made = ::sealane_sdk::guest::declared::init::<
                Account<Counter>,
            >(
                &::sealane_sdk::guest::declared::Init {
                    place: place,
                    program_id: call.program_id,
                    view: counter,
                    payer: ::sealane_sdk::guest::declared::AccountField::view(
                        &authority,
                    ),
                    system_program: ::sealane_sdk::guest::declared::AccountField::view(
                        &system_program,
                    ),
                    space_bytes: <Account<
                        Counter,
                    > as ::sealane_sdk::guest::declared::AccountField>::SPACE_BYTES,
                    owner: call.program_id,
                    seeds: &[
                        ::core::convert::AsRef::<[u8]>::as_ref(&seed_0),
                        ::core::convert::AsRef::<[u8]>::as_ref(&seed_1),
                        &[counter_bump],
                    ],
                },
            )?;
            (made, counter_bump)
        };
        {
            let place = ::sealane_sdk::guest::declared::Place {
                instruction: call.instruction,
                account: "authority",
            };
            ::sealane_sdk::guest::declared::require(
                authority.is_writable(),
                place,
                "must be writable",
                ::sealane_sdk::guest::declared::ConstraintError::ConstraintMut,
            )?;
        }
        ::core::result::Result::Ok((
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
}
::sealane_sdk::host_only! {
    #[doc =
    "The addresses that a client gives for [`Create`]: those that are not known or derived."]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)] pub struct CreateAddresses { #[doc =
    "Address of `authority`."] pub authority : ::sealane_sdk::Address } impl
    CreateAddresses { #[doc = "Address of `counter`."] #[doc = r""] #[doc = r" # Panics"]
    #[doc = r" If a seed has more than 32 bytes."] #[must_use] pub fn counter(& self,) ->
    ::sealane_sdk::Address { let seed_0 = b"counter"; let seed_1 = self.authority;
    ::sealane_sdk::guest::find_program_address(& [::core::convert::AsRef:: < [u8] >
    ::as_ref(& ::sealane_sdk::guest::codec::Seed::to_seed(& seed_0)),
    ::core::convert::AsRef:: < [u8] > ::as_ref(&
    ::sealane_sdk::guest::codec::Seed::to_seed(& seed_1))], & crate ::ID).0 } }
    #[automatically_derived] impl ::sealane_sdk::guest::declared::ClientAccounts for
    Create { type Addresses = CreateAddresses; #[allow(unused_variables, reason =
    "not all accounts use addresses and arguments")] fn metas(addresses : &
    CreateAddresses, arguments : Self::Arguments < '_ >,) -> ::sealane_sdk::idl::List <
    ::sealane_sdk::instruction::AccountMeta > { let () = arguments;
    [::sealane_sdk::instruction::AccountMeta { pubkey : addresses.authority, is_signer :
    < Signer as ::sealane_sdk::guest::declared::AccountField > ::SIGNER, is_writable :
    true, }, ::sealane_sdk::instruction::AccountMeta { pubkey : addresses.counter(),
    is_signer : < Account < Counter > as ::sealane_sdk::guest::declared::AccountField >
    ::SIGNER, is_writable : true, }, ::sealane_sdk::instruction::AccountMeta { pubkey : <
    Program < System > as ::sealane_sdk::guest::declared::AccountField > ::ADDRESS
    .unwrap_or_default(), is_signer : < Program < System > as
    ::sealane_sdk::guest::declared::AccountField > ::SIGNER, is_writable : false, }]
    .into() } fn describe(definitions : & mut ::sealane_sdk::idl::Definitions,) ->
    ::sealane_sdk::idl::List < ::sealane_sdk::idl::InstructionAccount > { let _ = &
    definitions; < Signer as ::sealane_sdk::guest::declared::AccountField >
    ::describe(definitions); < Account < Counter > as
    ::sealane_sdk::guest::declared::AccountField > ::describe(definitions); < Program <
    System > as ::sealane_sdk::guest::declared::AccountField > ::describe(definitions);
    [::sealane_sdk::idl::InstructionAccount { name : "authority".into(), docs :
    ::sealane_sdk::idl::lines(& []), writable : true, signer : < Signer as
    ::sealane_sdk::guest::declared::AccountField > ::SIGNER, optional : false, address :
    ::core::option::Option::None, pda : ::core::option::Option::None, relations :
    ::sealane_sdk::idl::lines(& []), }, ::sealane_sdk::idl::InstructionAccount { name :
    "counter".into(), docs : ::sealane_sdk::idl::lines(& []), writable : true, signer : <
    Account < Counter > as ::sealane_sdk::guest::declared::AccountField > ::SIGNER,
    optional : false, address : ::core::option::Option::None, pda :
    ::core::option::Option::Some(::sealane_sdk::idl::Pda { seeds :
    [::sealane_sdk::idl::Seed::Const { value : ::core::convert::AsRef:: < [u8] >
    ::as_ref(& ::sealane_sdk::guest::codec::Seed::to_seed(& b"counter"),).into(), },
    ::sealane_sdk::idl::Seed::Account { path : "authority".into(), account :
    ::core::option::Option::None }].into() }), relations : ::sealane_sdk::idl::lines(&
    []), }, ::sealane_sdk::idl::InstructionAccount { name : "system_program".into(), docs
    : ::sealane_sdk::idl::lines(& []), writable : false, signer : < Program < System > as
    ::sealane_sdk::guest::declared::AccountField > ::SIGNER, optional : false, address :
    ::core::option::Option::Some((< Program < System > as
    ::sealane_sdk::guest::declared::AccountField > ::ADDRESS.unwrap_or_default())
    .to_string()), pda : ::core::option::Option::None, relations :
    ::sealane_sdk::idl::lines(& []), }].into() } }
}
#[automatically_derived]
impl ::sealane_sdk::guest::declared::Accounts for Increment {
    type Bumps = ();
    type Arguments<'r> = ();
    #[inline(always)]
    #[allow(unused_variables, reason = "an argument may be there for those behind it")]
    fn validate<'a>(
        call: &::sealane_sdk::guest::declared::Call<'a>,
        arguments: Self::Arguments<'_>,
    ) -> ::core::result::Result<
        (Self, Self::Bumps, &'a [::sealane_sdk::guest::AccountView]),
        ::sealane_sdk::ProgramError,
    > {
        let () = arguments;
        let [authority, counter, remaining @ ..] = call.accounts else {
            return ::core::result::Result::Err(
                call.missing_account(&["authority", "counter"]),
            );
        };
        let authority = ::sealane_sdk::guest::declared::field::<
            Signer,
        >(call, *authority, "authority")?;
        let counter = ::sealane_sdk::guest::declared::field::<
            Account<Counter>,
        >(call, *counter, "counter")?;
        {
            let place = ::sealane_sdk::guest::declared::Place {
                instruction: call.instruction,
                account: "counter",
            };
            ::sealane_sdk::guest::declared::require(
                counter.is_writable(),
                place,
                "must be writable",
                ::sealane_sdk::guest::declared::ConstraintError::ConstraintMut,
            )?;
            ::sealane_sdk::guest::declared::require(
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
        ::core::result::Result::Ok((Self { authority, counter }, (), remaining))
    }
}
::sealane_sdk::host_only! {
    #[doc =
    "The addresses that a client gives for [`Increment`]: those that are not known or derived."]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)] pub struct IncrementAddresses { #[doc =
    "Address of `authority`."] pub authority : ::sealane_sdk::Address, #[doc =
    "Address of `counter`."] pub counter : ::sealane_sdk::Address } impl
    IncrementAddresses {} #[automatically_derived] impl
    ::sealane_sdk::guest::declared::ClientAccounts for Increment { type Addresses =
    IncrementAddresses; #[allow(unused_variables, reason =
    "not all accounts use addresses and arguments")] fn metas(addresses : &
    IncrementAddresses, arguments : Self::Arguments < '_ >,) -> ::sealane_sdk::idl::List
    < ::sealane_sdk::instruction::AccountMeta > { let () = arguments;
    [::sealane_sdk::instruction::AccountMeta { pubkey : addresses.authority, is_signer :
    < Signer as ::sealane_sdk::guest::declared::AccountField > ::SIGNER, is_writable :
    false, }, ::sealane_sdk::instruction::AccountMeta { pubkey : addresses.counter,
    is_signer : < Account < Counter > as ::sealane_sdk::guest::declared::AccountField >
    ::SIGNER, is_writable : true, }].into() } fn describe(definitions : & mut
    ::sealane_sdk::idl::Definitions,) -> ::sealane_sdk::idl::List <
    ::sealane_sdk::idl::InstructionAccount > { let _ = & definitions; < Signer as
    ::sealane_sdk::guest::declared::AccountField > ::describe(definitions); < Account <
    Counter > as ::sealane_sdk::guest::declared::AccountField > ::describe(definitions);
    [::sealane_sdk::idl::InstructionAccount { name : "authority".into(), docs :
    ::sealane_sdk::idl::lines(& []), writable : false, signer : < Signer as
    ::sealane_sdk::guest::declared::AccountField > ::SIGNER, optional : false, address :
    ::core::option::Option::None, pda : ::core::option::Option::None, relations :
    ::sealane_sdk::idl::lines(& ["counter"]), }, ::sealane_sdk::idl::InstructionAccount {
    name : "counter".into(), docs : ::sealane_sdk::idl::lines(& []), writable : true,
    signer : < Account < Counter > as ::sealane_sdk::guest::declared::AccountField >
    ::SIGNER, optional : false, address : ::core::option::Option::None, pda :
    ::core::option::Option::None, relations : ::sealane_sdk::idl::lines(& []), }].into()
    } }
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
    ::sealane_sdk::guest::typed::assert_plain::<Address>();
    ::sealane_sdk::guest::typed::assert_plain::<u64>();
    ::sealane_sdk::guest::typed::assert_plain::<u64>();
    ::sealane_sdk::guest::typed::assert_no_padding(
        ::core::mem::size_of::<Counter>(),
        8 + ::core::mem::size_of::<Address>() + ::core::mem::size_of::<u64>()
            + ::core::mem::size_of::<u64>(),
    );
};
#[allow(unsafe_code, reason = "every field is plain data, and there is no padding")]
unsafe impl ::sealane_sdk::bytemuck::Zeroable for Counter {}
#[allow(unsafe_code, reason = "every field is plain data, and there is no padding")]
unsafe impl ::sealane_sdk::bytemuck::Pod for Counter {}
#[automatically_derived]
impl ::sealane_sdk::guest::AccountData for Counter {
    const DISCRIMINATOR: [u8; 8] = [255u8, 176u8, 4u8, 245u8, 188u8, 253u8, 124u8, 25u8];
    ::sealane_sdk::host_only! {
        fn describe(definitions : & mut ::sealane_sdk::idl::Definitions) { definitions
        .add_account("Counter", Self::DISCRIMINATOR); definitions.define("Counter", |
        definitions | { let _ = & definitions; ::sealane_sdk::idl::TypeDefinition { name
        : "Counter".into(), docs : ::sealane_sdk::idl::lines(& ["A counter."]),
        serialization : ::sealane_sdk::idl::Serialization::Bytemuck, repr :
        ::core::option::Option::Some(::sealane_sdk::idl::Repr::C), shape :
        ::sealane_sdk::idl::TypeShape::Struct { fields :
        ::core::option::Option::Some(::sealane_sdk::idl::Fields::Named([::sealane_sdk::idl::Field
        { name : "authority".into(), docs : ::sealane_sdk::idl::lines(& []), ty : <
        Address as ::sealane_sdk::idl::Describe > ::describe(definitions), },
        ::sealane_sdk::idl::Field { name : "limit".into(), docs :
        ::sealane_sdk::idl::lines(& []), ty : < u64 as ::sealane_sdk::idl::Describe >
        ::describe(definitions), }, ::sealane_sdk::idl::Field { name : "count".into(),
        docs : ::sealane_sdk::idl::lines(& []), ty : < u64 as
        ::sealane_sdk::idl::Describe > ::describe(definitions), }].into())) }, } }); }
    }
}
impl Counter {
    /// Size of the account's data in bytes, its discriminator included.
    pub const SIZE_BYTES: usize = ::core::mem::size_of::<Self>();
    /// Data that is all zero but for the discriminator.
    #[must_use]
    pub fn zeroed() -> Self {
        ::sealane_sdk::guest::AccountData::with_discriminator(
            <Self as ::sealane_sdk::bytemuck::Zeroable>::zeroed(),
        )
    }
}
#[derive(Debug)]
pub struct Incremented {
    pub count: u64,
}
#[automatically_derived]
impl ::sealane_sdk::guest::declared::Event for Incremented {
    const DISCRIMINATOR: [u8; 8] = [92u8, 207u8, 119u8, 204u8, 71u8, 205u8, 108u8, 15u8];
    ::sealane_sdk::host_only! {
        fn describe(definitions : & mut ::sealane_sdk::idl::Definitions) { definitions
        .add_event("Incremented", Self::DISCRIMINATOR); definitions.define("Incremented",
        | definitions | { let _ = & definitions; ::sealane_sdk::idl::TypeDefinition {
        name : "Incremented".into(), docs : ::sealane_sdk::idl::lines(& []),
        serialization : ::sealane_sdk::idl::Serialization::Borsh, repr :
        ::core::option::Option::None, shape : ::sealane_sdk::idl::TypeShape::Struct {
        fields :
        ::core::option::Option::Some(::sealane_sdk::idl::Fields::Named([::sealane_sdk::idl::Field
        { name : "count".into(), docs : ::sealane_sdk::idl::lines(& []), ty : < u64 as
        ::sealane_sdk::idl::Describe > ::describe(definitions), }].into())) }, } }); }
    }
}
#[automatically_derived]
impl ::sealane_sdk::guest::codec::Encode for Incremented {
    #[inline]
    fn size_bytes(&self) -> usize {
        let Self { count } = self;
        0 + ::sealane_sdk::guest::codec::Encode::size_bytes(count)
    }
    #[inline]
    fn write(&self, out: &mut ::sealane_sdk::guest::codec::Writer<'_>) {
        let _ = &out;
        let Self { count } = self;
        ::sealane_sdk::guest::codec::Encode::write(count, out);
    }
}
::sealane_sdk::program_errors! {
    #[doc = "Errors of the program: CounterError."] CounterError : NotYours = 6000,
    "This counter is somebody else's.";
}
