//! A transaction before it is signed: what a block, an explanation or a random order is made of.

use crate::user::User;
use sealane_sdk::Address;
use sealane_sdk::instruction::Instruction;

/// Instructions and who signs them; the first signer pays. It is signed when it is sent, on the newest blockhash, so the same
/// draft can be sent again and again.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it does.
    pub instructions: Vec<Instruction>,
    /// Who signs.
    pub signers: Vec<User>,
}

impl Draft {
    /// A draft of these instructions.
    ///
    /// ```
    /// use sealane_testing::{Draft, User, system};
    ///
    /// let [alice, bob] = ["alice", "bob"].map(User::named);
    /// let payment = Draft::new(&[system::transfer(&alice.address, &bob.address, 5)], &[&alice]);
    /// assert_eq!(payment.payer(), alice.address);
    /// ```
    #[must_use]
    pub fn new(instructions: &[Instruction], signers: &[&User]) -> Self {
        Self {
            instructions: instructions.to_vec(),
            signers: signers.iter().map(|signer| (*signer).clone()).collect(),
        }
    }

    /// Who pays.
    ///
    /// # Panics
    /// If nobody signs.
    #[must_use]
    pub fn payer(&self) -> Address {
        self.signers.first().expect("a draft has a signer, who pays").address
    }

    /// The signers, as [`sign`](crate::user::sign) takes them.
    pub(crate) fn signers(&self) -> Vec<&User> {
        self.signers.iter().collect()
    }
}
