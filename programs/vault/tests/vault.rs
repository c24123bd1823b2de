//! Vaults on a ledger in this process: what calls other programs before the instruction's function runs (`init` of accounts, mints and
//! token accounts, `realloc`), when it is right and when not.

use sealane_sdk::guest::declared::ConstraintError;
use sealane_sdk::{Account, Address, ids};
use sealane_testing::{TestLedger, TransactionResult, User, deploy_crate};
use sealane_vault::{
    CloseAddresses, DepositAddresses, ID, IssueAddresses, OpenAddresses, OpenNoteAddresses, Receipt,
    SHARES_SEED, StoreAddresses, Vault, VaultError, WithdrawAddresses, WriteNoteAddresses, builders,
};

struct Ground {
    ledger: TestLedger,
    keeper: User,
    alice: User,
    mint: Address,
    /// Alice's tokens: a hundred.
    from: Address,
    store: StoreAddresses,
}

impl Ground {
    /// A mint, and alice who has a hundred tokens.
    fn new() -> Self {
        let mut ledger = TestLedger::new();
        deploy_crate!(ledger, sealane_vault);
        let [keeper, alice] = ["keeper", "alice"].map(|name| ledger.user(name));
        let mint = ledger.create_mint("gold", &keeper, 0);
        let from = ledger.create_token_account(&mint, &alice.address, &keeper);
        ledger.mint_to(&mint, &from, &keeper, 100);
        let open = OpenAddresses { keeper: keeper.address, mint };
        let store = StoreAddresses { vault: open.vault(), tokens: open.tokens() };
        Self { ledger, keeper, alice, mint, from, store }
    }

    /// The same, with the vault open.
    fn open() -> Self {
        let mut ground = Self::new();
        ground.ledger.succeed(&[builders::open(&ground.opening())], &[&ground.keeper]);
        ground
    }

    fn opening(&self) -> OpenAddresses {
        OpenAddresses { keeper: self.keeper.address, mint: self.mint }
    }

    fn depositing(&self) -> DepositAddresses {
        let Self { mint, from, store, .. } = *self;
        DepositAddresses { owner: self.alice.address, mint, from, store }
    }

    fn withdrawing(&self) -> WithdrawAddresses {
        WithdrawAddresses { owner: self.alice.address, mint: self.mint, store: self.store }
    }

    fn deposit(&mut self, amount: u64) -> TransactionResult {
        self.ledger.send(&[builders::deposit(&self.depositing(), amount)], &[&self.alice])
    }

    fn withdraw(&mut self, amount: u64) -> TransactionResult {
        self.ledger.send(&[builders::withdraw(&self.withdrawing(), amount)], &[&self.alice])
    }

    fn write_note(&mut self, text: &[u8]) -> TransactionResult {
        let owner = self.alice.address;
        self.ledger.send(&[builders::write_note(&WriteNoteAddresses { owner }, text)], &[&self.alice])
    }
}

#[test]
fn a_vault_gets_a_token_account_of_its_own() {
    let mut ground = Ground::open();
    let vault = ground.ledger.load::<Vault>(&ground.store.vault);
    assert_eq!((vault.mint, vault.keeper), (ground.mint, ground.keeper.address));
    let tokens = ground.ledger.account(&ground.store.tokens).expect("it is there");
    assert_eq!(tokens.owner, ids::token::ID);
    assert_eq!(&tokens.data[..64], [ground.mint.as_ref(), ground.store.vault.as_ref()].concat());
    let again = ground.ledger.send(&[builders::open(&ground.opening())], &[&ground.keeper]);
    let again = again.expect_error(ConstraintError::AccountDiscriminatorAlreadySet);
    let _ = again.expect_cause("account vault: is in use: `init` makes accounts that are not there yet");
}

#[test]
fn a_receipt_is_made_by_the_first_deposit_and_kept_by_the_next() {
    let mut ground = Ground::open();
    assert_eq!(ground.deposit(30).expect_success().returned::<u64>(), 30);
    assert_eq!(ground.deposit(5).expect_success().returned::<u64>(), 35);
    assert_eq!(ground.ledger.tokens(&ground.store.tokens), 35);
    let receipt = ground.depositing().receipt();
    assert_eq!(ground.ledger.load::<Receipt>(&receipt).owner, ground.alice.address);

    // What is there, but is something else, is not taken for it.
    for (account, cause) in [
        (Account::with_data(ID, vec![1; 88]), "account receipt: holds data of another type"),
        (Account::with_data(ids::token::ID, vec![0; 88]), "account receipt: must belong to this program"),
    ] {
        ground.ledger.set_account(receipt, account);
        let _ = ground.deposit(1).expect_failure().expect_cause(cause);
    }
}

#[test]
fn tokens_of_others_are_refused_by_name() {
    let mut ground = Ground::open();
    ground.from = ground.ledger.create_token_account(&ground.mint, &ground.keeper.address, &ground.keeper);
    let refused = ground.deposit(0).expect_error(VaultError::NotYours);
    let _ = refused.expect_cause("account from: token::authority = owner does not hold");
    ground.store.tokens = ground.from;
    ground.from = ground.depositing().from;
    let mine = ground.ledger.create_token_account(&ground.mint, &ground.alice.address, &ground.keeper);
    ground.from = mine;
    let refused = ground.deposit(0).expect_error(ConstraintError::ConstraintTokenOwner);
    let _ = refused.expect_cause("account store.tokens: token::authority = vault does not hold");
}

#[test]
fn an_associated_token_account_is_made_where_it_is_missing() {
    let mut ground = Ground::open();
    let _ = ground.deposit(30).expect_success();
    let to = ground.withdrawing().to();
    assert_eq!(to, ground.from, "alice's tokens came from there");
    ground.ledger.remove_account(&to);
    let _ = ground.withdraw(10).expect_success();
    let _ = ground.withdraw(5).expect_success();
    assert_eq!(ground.ledger.tokens(&to), 15);
    let _ = ground.withdraw(16).expect_error(VaultError::TooFew);

    // One that its owner gave away is there, but is no longer theirs.
    let mut account = Account::clone(&ground.ledger.account(&to).expect("it is there"));
    account.data[32..64].copy_from_slice(ground.keeper.address.as_ref());
    ground.ledger.set_account(to, account);
    let refused = ground.withdraw(1).expect_error(ConstraintError::ConstraintTokenOwner);
    let _ = refused.expect_cause("account to: associated_token::authority = owner does not hold");
}

#[test]
fn a_mint_is_made() {
    let mut ground = Ground::open();
    let vault = ground.store.vault;
    let issue = IssueAddresses { keeper: ground.keeper.address, vault };
    let (shares, _) = Address::find_program_address(&[SHARES_SEED, vault.as_ref()], &ID);
    assert_eq!(issue.shares(), shares, "it follows from the vault's address, whatever that one follows from");
    ground.ledger.succeed(&[builders::issue(&issue)], &[&ground.keeper]);
    let shares = ground.ledger.account(&shares).expect("it is there");
    assert_eq!(shares.owner, ids::token::ID);
    let option = |address: &Address| [&[1, 0, 0, 0][..], address.as_ref()].concat();
    let expected =
        [option(&ground.store.vault), vec![0; 8], vec![6, 1], option(&ground.keeper.address)].concat();
    assert_eq!(shares.data, expected);
}

#[test]
fn a_note_grows_and_shrinks_and_its_lamports_follow() {
    let mut ground = Ground::new();
    let owner = ground.alice.address;
    let open = builders::open_note(&OpenNoteAddresses { owner });
    let note = OpenNoteAddresses { owner }.note();
    ground.ledger.succeed(std::slice::from_ref(&open), &[&ground.alice]);
    ground.ledger.succeed(std::slice::from_ref(&open), &[&ground.alice]);
    let exempt = |size: u64| (128 + size) * 6_960;
    for text in [&[7; 100][..], b"short", &[], b"a longer text"] {
        let before = ground.ledger.lamports(&owner) + ground.ledger.lamports(&note);
        let _ = ground.write_note(text).expect_success();
        assert_eq!(ground.ledger.data(&note), text);
        assert_eq!(ground.ledger.lamports(&note), exempt(text.len() as u64));
        let after = ground.ledger.lamports(&owner) + ground.ledger.lamports(&note);
        assert_eq!(before - after, 5_000, "only the fee is gone");
    }
    let refused = ground.ledger.send(&[open], &[&ground.alice]);
    let refused = refused.expect_error(ConstraintError::ConstraintSpace);
    let _ = refused.expect_cause("account note: is there, but has another size than `space`");

    let foreign = Account::with_data(ids::token::ID, vec![0; 4]);
    ground.ledger.set_account(note, foreign);
    let refused = ground.write_note(b"text").expect_error(ConstraintError::ConstraintOwner);
    let _ = refused.expect_cause("account note: owner = ID does not hold");
}

#[test]
fn an_empty_vault_is_closed_by_its_keeper() {
    let mut ground = Ground::open();
    let _ = ground.deposit(1).expect_success();
    let closing = |by: &User| CloseAddresses { keeper: by.address, mint: ground.mint, store: ground.store };
    let [by_keeper, by_alice] = [&ground.keeper, &ground.alice].map(|by| builders::close(&closing(by)));
    let refused = ground.ledger.send(&[by_alice], &[&ground.alice]);
    let _ = refused.expect_error(VaultError::NotYours);
    let refused = ground.ledger.send(std::slice::from_ref(&by_keeper), &[&ground.keeper]);
    let _ = refused.expect_error(VaultError::NotEmpty);
    let _ = ground.withdraw(1).expect_success();
    ground.ledger.succeed(&[by_keeper], &[&ground.keeper]);
    assert!(ground.ledger.account(&ground.store.tokens).is_none());
}
