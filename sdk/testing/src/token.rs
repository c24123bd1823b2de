//! Tokens in a few words: mints, associated accounts, balances. What happens is what clients do, instruction by instruction.

use crate::ledger::TestLedger;
use crate::system;
use crate::user::User;
use sealane_associated_token::builders as associated;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Address, ids};
use sealane_token::builders;
use sealane_token::state::{Mint, State, TokenAccount, load};

pub use sealane_associated_token::builders::associated_token_address;
pub use sealane_token as program;

impl TestLedger {
    /// Makes a mint that `authority` may mint and who pays for it; output calls it `name`.
    ///
    /// ```
    /// let mut ledger = sealane_testing::TestLedger::new();
    /// let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
    /// let gold = ledger.create_mint("gold", &alice, 6);
    /// let hers = ledger.create_token_account(&gold, &alice.address, &alice);
    /// ledger.mint_to(&gold, &hers, &alice, 500);
    /// let his = ledger.create_token_account(&gold, &bob.address, &alice);
    /// ledger.transfer_tokens(&hers, &his, &alice, 120);
    /// assert_eq!((ledger.tokens(&hers), ledger.tokens(&his), ledger.supply(&gold)), (380, 120, 500));
    /// ```
    ///
    /// # Panics
    /// If it cannot be made.
    #[track_caller]
    pub fn create_mint(&mut self, name: &str, authority: &User, decimals: u8) -> Address {
        let mint = User::named(&format!("mint {name}"));
        self.name(&mint.address, name);
        let lamports = rent_exempt_minimum_lamports(Mint::SIZE_BYTES);
        let size_bytes = Mint::SIZE_BYTES as u64;
        let make =
            system::create_account(&authority.address, &mint.address, lamports, size_bytes, &ids::token::ID);
        let initialize = builders::initialize_mint2(&mint.address, &authority.address, None, decimals);
        self.succeed(&[make, initialize], &[authority, &mint]);
        mint.address
    }

    /// Makes the associated account of `owner` for `mint`, unless it is there; `payer` pays.
    ///
    /// # Panics
    /// If it cannot be made.
    #[track_caller]
    pub fn create_token_account(&mut self, mint: &Address, owner: &Address, payer: &User) -> Address {
        let make = associated::create_idempotent(&payer.address, owner, mint, &ids::token::ID);
        self.succeed(&[make], &[payer]);
        let address = associated_token_address(owner, mint, &ids::token::ID);
        let name = format!("{} of {}", self.names.address(mint), self.names.address(owner));
        self.name(&address, &name);
        address
    }

    /// Mints tokens into an account.
    ///
    /// # Panics
    /// If they cannot be minted.
    #[track_caller]
    pub fn mint_to(&mut self, mint: &Address, account: &Address, authority: &User, amount: u64) {
        let mint = builders::mint_to(mint, account, &authority.address, &[], amount);
        self.succeed(&[mint], &[authority]);
    }

    /// Moves tokens.
    ///
    /// # Panics
    /// If they cannot be moved.
    #[track_caller]
    pub fn transfer_tokens(&mut self, from: &Address, to: &Address, owner: &User, amount: u64) {
        let transfer = builders::transfer(from, to, &owner.address, &[], amount);
        self.succeed(&[transfer], &[owner]);
    }

    /// The tokens in an account.
    ///
    /// # Panics
    /// If it is no token account.
    #[must_use]
    #[track_caller]
    pub fn tokens(&self, account: &Address) -> u64 {
        self.token_state::<TokenAccount>(account, "token account").amount()
    }

    /// The tokens of a mint in existence.
    ///
    /// # Panics
    /// If it is no mint.
    #[must_use]
    #[track_caller]
    pub fn supply(&self, mint: &Address) -> u64 {
        self.token_state::<Mint>(mint, "mint").supply()
    }

    /// A token account or a mint, by its layout.
    #[track_caller]
    fn token_state<T: State>(&self, address: &Address, kind: &str) -> T {
        match load::<T>(&self.data(address)) {
            Ok(state) => *state,
            Err(error) => panic!("{} is no {kind}: {error}", self.names.address_in_full(address)),
        }
    }
}

/// Adds the token programs to a genesis, for [`TestLedger::with`].
#[must_use]
pub fn with_token_programs(genesis: Genesis) -> Genesis {
    genesis.with_token_programs(sealane_artifacts::TOKEN, sealane_artifacts::ASSOCIATED_TOKEN)
}
