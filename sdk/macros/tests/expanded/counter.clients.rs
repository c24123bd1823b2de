//! What the macros make of `counter.input.rs`, as the test `the_expansion_stays_readable` writes it: `counter.program.rs` is
//! compiled into the program, `counter.clients.rs` stands in `host_only!`. Paths are shortened (`declared` is
//! `sealane_sdk::guest::declared`).

/// Instructions as clients build them.
pub mod builders {
    #[allow(unused_imports, reason = "types of arguments come from the module around")]
    use super::*;
    /// Makes a counter.
    #[must_use]
    pub fn create(
        accounts: &<Create as declared::ClientAccounts>::Addresses,
        limit: u64,
    ) -> Instruction {
        let arguments = (limit,);
        Instruction {
            program_id: crate::ID,
            accounts: <Create as declared::ClientAccounts>::metas(
                accounts,
                declared::Leading::leading(&arguments),
            ),
            data: codec::encode(&discriminators::CREATE, &arguments),
        }
    }
    /// Adds to a counter; returns what it has come to.
    #[must_use]
    pub fn increment(
        accounts: &<Increment as declared::ClientAccounts>::Addresses,
        by: u64,
    ) -> Instruction {
        let arguments = (by,);
        Instruction {
            program_id: crate::ID,
            accounts: <Increment as declared::ClientAccounts>::metas(
                accounts,
                declared::Leading::leading(&arguments),
            ),
            data: codec::encode(&discriminators::INCREMENT, &arguments),
        }
    }
}
/// What client generators are told of the program.
#[must_use]
pub fn idl() -> idl::Idl {
    let mut all = idl::Definitions::default();
    let definitions = &mut all;
    definitions.event::<Incremented>();
    definitions.errors::<CounterError>();
    let instructions = [
        idl::Instruction {
            name: "create".into(),
            docs: idl::lines(&["Makes a counter."]),
            discriminator: discriminators::CREATE.into(),
            accounts: <Create as declared::ClientAccounts>::describe(definitions),
            args: [
                idl::Field {
                    name: "limit".into(),
                    docs: idl::lines(&[]),
                    ty: <u64 as idl::Describe>::describe(definitions),
                },
            ]
                .into(),
            returns: None,
        },
        idl::Instruction {
            name: "increment".into(),
            docs: idl::lines(&["Adds to a counter; returns what it has come to."]),
            discriminator: discriminators::INCREMENT.into(),
            accounts: <Increment as declared::ClientAccounts>::describe(definitions),
            args: [
                idl::Field {
                    name: "by".into(),
                    docs: idl::lines(&[]),
                    ty: <u64 as idl::Describe>::describe(definitions),
                },
            ]
                .into(),
            returns: Some(<u64 as idl::Describe>::describe(definitions)),
        },
    ];
    all.into_idl(
        &idl::Program {
            address: crate::ID,
            name: "counter",
            version: env!("CARGO_PKG_VERSION"),
            description: env!("CARGO_PKG_DESCRIPTION"),
            docs: &[],
        },
        instructions.into(),
    )
}
pub use counter::generated::{builders, idl};
/// The addresses that a client gives for [`Create`]: those that are not known or derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateAddresses {
    /// Address of `authority`.
    pub authority: Address,
}
impl CreateAddresses {
    /// Address of `counter`.
    ///
    /// # Panics
    /// If a seed has more than 32 bytes.
    #[must_use]
    pub fn counter(&self) -> Address {
        let seed_0 = b"counter";
        let seed_1 = self.authority;
        guest::find_program_address(
                &[
                    AsRef::<[u8]>::as_ref(&codec::Seed::to_seed(&seed_0)),
                    AsRef::<[u8]>::as_ref(&codec::Seed::to_seed(&seed_1)),
                ],
                &crate::ID,
            )
            .0
    }
}
#[automatically_derived]
impl declared::ClientAccounts for Create {
    type Addresses = CreateAddresses;
    #[allow(unused_variables, reason = "not all accounts use addresses and arguments")]
    fn metas(
        addresses: &CreateAddresses,
        arguments: Self::Arguments<'_>,
    ) -> idl::List<AccountMeta> {
        let () = arguments;
        [
            AccountMeta {
                pubkey: addresses.authority,
                is_signer: <Signer as declared::AccountField>::SIGNER,
                is_writable: true,
            },
            AccountMeta {
                pubkey: addresses.counter(),
                is_signer: <Account<Counter> as declared::AccountField>::SIGNER,
                is_writable: true,
            },
            AccountMeta {
                pubkey: <Program<System> as declared::AccountField>::ADDRESS
                    .unwrap_or_default(),
                is_signer: <Program<System> as declared::AccountField>::SIGNER,
                is_writable: false,
            },
        ]
            .into()
    }
    fn describe(
        definitions: &mut idl::Definitions,
    ) -> idl::List<idl::InstructionAccountItem> {
        let _ = &definitions;
        <Signer as declared::AccountField>::describe(definitions);
        <Account<Counter> as declared::AccountField>::describe(definitions);
        <Program<System> as declared::AccountField>::describe(definitions);
        [
            idl::InstructionAccountItem::Single(idl::InstructionAccount {
                name: "authority".into(),
                docs: idl::lines(&[]),
                writable: true,
                signer: <Signer as declared::AccountField>::SIGNER,
                optional: false,
                address: None,
                pda: None,
                relations: idl::lines(&[]),
            }),
            idl::InstructionAccountItem::Single(idl::InstructionAccount {
                name: "counter".into(),
                docs: idl::lines(&[]),
                writable: true,
                signer: <Account<Counter> as declared::AccountField>::SIGNER,
                optional: false,
                address: None,
                pda: Some(idl::Pda {
                    seeds: [
                        idl::Seed::Const {
                            value: AsRef::<
                                [u8],
                            >::as_ref(&codec::Seed::to_seed(&b"counter"))
                                .into(),
                        },
                        idl::Seed::Account {
                            path: "authority".into(),
                            account: None,
                        },
                    ]
                        .into(),
                    program: None,
                }),
                relations: idl::lines(&[]),
            }),
            idl::InstructionAccountItem::Single(idl::InstructionAccount {
                name: "system_program".into(),
                docs: idl::lines(&[]),
                writable: false,
                signer: <Program<System> as declared::AccountField>::SIGNER,
                optional: false,
                address: Some(
                    (<Program<System> as declared::AccountField>::ADDRESS
                        .unwrap_or_default())
                        .to_string(),
                ),
                pda: None,
                relations: idl::lines(&[]),
            }),
        ]
            .into()
    }
}
/// The addresses that a client gives for [`Increment`]: those that are not known or derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncrementAddresses {
    /// Address of `authority`.
    pub authority: Address,
    /// Address of `counter`.
    pub counter: Address,
}
impl IncrementAddresses {}
#[automatically_derived]
impl declared::ClientAccounts for Increment {
    type Addresses = IncrementAddresses;
    #[allow(unused_variables, reason = "not all accounts use addresses and arguments")]
    fn metas(
        addresses: &IncrementAddresses,
        arguments: Self::Arguments<'_>,
    ) -> idl::List<AccountMeta> {
        let () = arguments;
        [
            AccountMeta {
                pubkey: addresses.authority,
                is_signer: <Signer as declared::AccountField>::SIGNER,
                is_writable: false,
            },
            AccountMeta {
                pubkey: addresses.counter,
                is_signer: <Account<Counter> as declared::AccountField>::SIGNER,
                is_writable: true,
            },
        ]
            .into()
    }
    fn describe(
        definitions: &mut idl::Definitions,
    ) -> idl::List<idl::InstructionAccountItem> {
        let _ = &definitions;
        <Signer as declared::AccountField>::describe(definitions);
        <Account<Counter> as declared::AccountField>::describe(definitions);
        [
            idl::InstructionAccountItem::Single(idl::InstructionAccount {
                name: "authority".into(),
                docs: idl::lines(&[]),
                writable: false,
                signer: <Signer as declared::AccountField>::SIGNER,
                optional: false,
                address: None,
                pda: None,
                relations: idl::lines(&["counter"]),
            }),
            idl::InstructionAccountItem::Single(idl::InstructionAccount {
                name: "counter".into(),
                docs: idl::lines(&[]),
                writable: true,
                signer: <Account<Counter> as declared::AccountField>::SIGNER,
                optional: false,
                address: None,
                pda: None,
                relations: idl::lines(&[]),
            }),
        ]
            .into()
    }
}
fn describe(definitions: &mut idl::Definitions) {
    definitions.add_account("Counter", Self::DISCRIMINATOR);
    definitions
        .define(
            "Counter",
            |definitions| {
                let _ = &definitions;
                idl::TypeDefinition {
                    name: "Counter".into(),
                    docs: idl::lines(&["A counter."]),
                    serialization: idl::Serialization::Bytemuck,
                    repr: Some(idl::Repr::C),
                    shape: idl::TypeShape::Struct {
                        fields: Some(
                            idl::Fields::Named(
                                [
                                    idl::Field {
                                        name: "authority".into(),
                                        docs: idl::lines(&[]),
                                        ty: <Address as idl::Describe>::describe(definitions),
                                    },
                                    idl::Field {
                                        name: "limit".into(),
                                        docs: idl::lines(&[]),
                                        ty: <u64 as idl::Describe>::describe(definitions),
                                    },
                                    idl::Field {
                                        name: "count".into(),
                                        docs: idl::lines(&[]),
                                        ty: <u64 as idl::Describe>::describe(definitions),
                                    },
                                ]
                                    .into(),
                            ),
                        ),
                    },
                }
            },
        );
}
fn describe(definitions: &mut idl::Definitions) {
    definitions.add_event("Incremented", Self::DISCRIMINATOR);
    definitions
        .define(
            "Incremented",
            |definitions| {
                let _ = &definitions;
                idl::TypeDefinition {
                    name: "Incremented".into(),
                    docs: idl::lines(&[]),
                    serialization: idl::Serialization::Borsh,
                    repr: None,
                    shape: idl::TypeShape::Struct {
                        fields: Some(
                            idl::Fields::Named(
                                [
                                    idl::Field {
                                        name: "count".into(),
                                        docs: idl::lines(&[]),
                                        ty: <u64 as idl::Describe>::describe(definitions),
                                    },
                                ]
                                    .into(),
                            ),
                        ),
                    },
                }
            },
        );
}
