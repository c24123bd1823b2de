//! The proof program's names and layouts. It does not exist here, so no account holds a proof's context and no instruction
//! is a proof.

pub use solana_sdk_ids::zk_elgamal_proof_program::{ID, check_id, id};

/// Its instructions.
pub mod instruction {
    use super::proof_data::ZkProofData;
    use bytemuck::Pod;

    /// An instruction, by number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[repr(u8)]
    pub enum ProofInstruction {
        /// 0.
        CloseContextState,
        /// 1.
        VerifyZeroCiphertext,
        /// 2.
        VerifyCiphertextCiphertextEquality,
        /// 3.
        VerifyCiphertextCommitmentEquality,
        /// 4.
        VerifyPubkeyValidity,
        /// 5.
        VerifyPercentageWithCap,
        /// 6.
        VerifyBatchedRangeProofU64,
        /// 7.
        VerifyBatchedRangeProofU128,
        /// 8.
        VerifyBatchedRangeProofU256,
        /// 9.
        VerifyGroupedCiphertext2HandlesValidity,
        /// 10.
        VerifyBatchedGroupedCiphertext2HandlesValidity,
        /// 11.
        VerifyGroupedCiphertext3HandlesValidity,
        /// 12.
        VerifyBatchedGroupedCiphertext3HandlesValidity,
    }

    impl ProofInstruction {
        /// No instruction is a proof.
        pub fn instruction_type(_: &[u8]) -> Option<Self> {
            None
        }

        /// No instruction has a proof.
        pub fn proof_data<T: Pod + ZkProofData<U>, U: Pod>(_: &[u8]) -> Option<&T> {
            None
        }

        /// Nobody has a proof to encode.
        pub fn encode_verify_proof<T: ZkProofData<U>, U: Pod>(
            &self,
            _: Option<ContextStateInfo<'_>>,
            _: &T,
        ) -> solana_instruction::Instruction {
            unreachable!("a program makes no proofs")
        }
    }

    /// Where the context of a proof goes.
    #[derive(Clone, Copy, Debug)]
    pub struct ContextStateInfo<'a> {
        /// The account.
        pub context_state_account: &'a solana_address::Address,
        /// Who may close it.
        pub context_state_authority: &'a solana_address::Address,
    }
}

/// What proofs speak of.
pub mod proof_data {
    use crate::encryption::pod::elgamal::{PodElGamalCiphertext, PodElGamalPubkey};
    use crate::encryption::pod::grouped_elgamal::{
        PodGroupedElGamalCiphertext2Handles, PodGroupedElGamalCiphertext3Handles,
    };
    use crate::encryption::pod::pedersen::PodPedersenCommitment;
    use crate::pod::PodU64;
    use bytemuck::{Pod, Zeroable};

    /// A kind of proof, by number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[repr(u8)]
    pub enum ProofType {
        /// 0.
        Uninitialized,
        /// 1.
        ZeroCiphertext,
        /// 2.
        CiphertextCiphertextEquality,
        /// 3.
        CiphertextCommitmentEquality,
        /// 4.
        PubkeyValidity,
        /// 5.
        PercentageWithCap,
        /// 6.
        BatchedRangeProofU64,
        /// 7.
        BatchedRangeProofU128,
        /// 8.
        BatchedRangeProofU256,
        /// 9.
        GroupedCiphertext2HandlesValidity,
        /// 10.
        BatchedGroupedCiphertext2HandlesValidity,
        /// 11.
        GroupedCiphertext3HandlesValidity,
        /// 12.
        BatchedGroupedCiphertext3HandlesValidity,
    }

    /// A kind of proof as a byte.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
    #[repr(transparent)]
    pub struct PodProofType(u8);

    impl From<ProofType> for PodProofType {
        fn from(proof_type: ProofType) -> Self {
            Self(proof_type as u8)
        }
    }

    /// A proof with what it speaks of.
    pub trait ZkProofData<T: Pod> {
        /// Its kind.
        const PROOF_TYPE: ProofType;

        /// What it speaks of.
        fn context_data(&self) -> &T;
    }

    /// Declares proofs that nobody has.
    macro_rules! proofs {
        ($($name:ident)*) => {$(
            /// A proof that nobody has.
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}

            impl ZkProofData<()> for $name {
                const PROOF_TYPE: ProofType = ProofType::Uninitialized;

                fn context_data(&self) -> &() {
                    match *self {}
                }
            }
        )*};
    }

    proofs! {
        BatchedGroupedCiphertext2HandlesValidityProofData
        BatchedGroupedCiphertext3HandlesValidityProofData
        BatchedRangeProofU64Data
        BatchedRangeProofU128Data
        BatchedRangeProofU256Data
        CiphertextCiphertextEqualityProofData
        CiphertextCommitmentEqualityProofData
        PercentageWithCapProofData
        PubkeyValidityProofData
        ZeroCiphertextProofData
    }

    /// Declares what a kind of proof speaks of.
    macro_rules! contexts {
        ($($name:ident { $($field:ident: $type:ty),* })*) => {$(
            /// What one kind of proof speaks of.
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
            #[repr(C)]
            pub struct $name {
                $(
                    /// A part of it.
                    pub $field: $type,
                )*
            }
        )*};
    }

    contexts! {
        CiphertextCommitmentEqualityProofContext {
            pubkey: PodElGamalPubkey,
            ciphertext: PodElGamalCiphertext,
            commitment: PodPedersenCommitment
        }
        BatchedGroupedCiphertext2HandlesValidityProofContext {
            first_pubkey: PodElGamalPubkey,
            second_pubkey: PodElGamalPubkey,
            grouped_ciphertext_lo: PodGroupedElGamalCiphertext2Handles,
            grouped_ciphertext_hi: PodGroupedElGamalCiphertext2Handles
        }
        BatchedGroupedCiphertext3HandlesValidityProofContext {
            first_pubkey: PodElGamalPubkey,
            second_pubkey: PodElGamalPubkey,
            third_pubkey: PodElGamalPubkey,
            grouped_ciphertext_lo: PodGroupedElGamalCiphertext3Handles,
            grouped_ciphertext_hi: PodGroupedElGamalCiphertext3Handles
        }
        BatchedRangeProofContext {
            commitments: [PodPedersenCommitment; 8],
            bit_lengths: [u8; 8]
        }
        PercentageWithCapProofContext {
            percentage_commitment: PodPedersenCommitment,
            delta_commitment: PodPedersenCommitment,
            claimed_commitment: PodPedersenCommitment,
            max_value: PodU64
        }
    }
}

/// What the proof program leaves in accounts.
pub mod state {
    use super::proof_data::PodProofType;
    use bytemuck::Zeroable;
    use solana_address::Address;

    /// A proof that was checked.
    #[derive(Clone, Copy, Debug, PartialEq, Zeroable)]
    #[repr(C)]
    pub struct ProofContextState<T> {
        /// Who may close the account.
        pub context_state_authority: Address,
        /// Which kind of proof it was.
        pub proof_type: PodProofType,
        /// What it spoke of.
        pub proof_context: T,
    }

    // All parts are bytes, so there is nothing between them.
    unsafe impl<T: bytemuck::Pod> bytemuck::Pod for ProofContextState<T> {}
}
