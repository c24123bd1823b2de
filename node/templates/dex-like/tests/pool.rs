//! A pool on a ledger in this process, without a node.

use sealane_sdk::Address;
use sealane_template_dex_like::{
    CreateAddresses, ID, PoolError, ProvideAddresses, SEED, SwapAddresses, Traded, amount_out, builders,
};
use sealane_testing::proptest::prelude::*;
use sealane_testing::{TestLedger, User, assert_conflicts, assert_parallel, deploy_crate};

/// A pool with 1,000,000 of each token and a fee of 0.3 %, its provider, and a trader with as many.
struct Pool {
    provider: User,
    trader: User,
    pool: Address,
    vaults: [Address; 2],
    provided: [Address; 2],
    traded: [Address; 2],
}

const RESERVE: u64 = 1_000_000;

fn ledger() -> TestLedger {
    let mut ledger = TestLedger::new();
    deploy_crate!(ledger, sealane_template_dex_like);
    ledger
}

fn pool(ledger: &mut TestLedger, name: &str) -> Pool {
    let [provider, trader] = ["provider", "trader"].map(|who| ledger.user(&format!("{who} of {name}")));
    let mints = ["a", "b"].map(|token| ledger.create_mint(&format!("{token} of {name}"), &provider, 0));
    let (pool, _) = Address::find_program_address(&[SEED, mints[0].as_ref(), mints[1].as_ref()], &ID);
    let vaults = mints.map(|mint| ledger.create_token_account(&mint, &pool, &provider));
    let [provided, traded] = [&provider, &trader].map(|user| {
        mints.map(|mint| {
            let tokens = ledger.create_token_account(&mint, &user.address, &provider);
            ledger.mint_to(&mint, &tokens, &provider, RESERVE);
            tokens
        })
    });
    let [mint_a, mint_b] = mints;
    let [vault_a, vault_b] = vaults;
    let create = CreateAddresses { provider: provider.address, mint_a, mint_b, vault_a, vault_b };
    assert_eq!(create.pool(), pool);
    let pool = Pool { provider, trader, pool, vaults, provided, traded };
    let deposit = builders::deposit(&pool.provide(), RESERVE, RESERVE);
    ledger.succeed(&[builders::create(&create, 30), deposit], &[&pool.provider]);
    pool
}

impl Pool {
    fn provide(&self) -> ProvideAddresses {
        let ([vault_a, vault_b], [own_a, own_b]) = (self.vaults, self.provided);
        ProvideAddresses { provider: self.provider.address, pool: self.pool, vault_a, vault_b, own_a, own_b }
    }

    /// A trade that gives the token with number `give`.
    fn swap(&self, give: usize) -> SwapAddresses {
        SwapAddresses {
            trader: self.trader.address,
            pool: self.pool,
            vault_in: self.vaults[give],
            vault_out: self.vaults[1 - give],
            own_in: self.traded[give],
            own_out: self.traded[1 - give],
        }
    }
}

#[test]
fn a_trade_moves_the_price() {
    let mut ledger = ledger();
    let pool = pool(&mut ledger, "pool");
    let first = ledger.succeed(&[builders::swap(&pool.swap(0), 10_000, 0)], &[&pool.trader]);
    assert_eq!(first.returned::<u64>(), 9_871);
    let first = first.expect_event(&Traded { pool: pool.pool, amount_in: 10_000, amount_out: 9_871 });
    assert!(first.units < 40_000, "{first}");
    let second = ledger.succeed(&[builders::swap(&pool.swap(0), 10_000, 0)], &[&pool.trader]);
    assert!(second.returned::<u64>() < 9_871, "the price has moved");
    assert_eq!(ledger.tokens(&pool.vaults[0]), RESERVE + 20_000);
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    let mut ledger = ledger();
    let (pool, other) = (pool(&mut ledger, "pool"), pool(&mut ledger, "other pool"));
    let swap = pool.swap(0);
    let mut refuse = |addresses: &SwapAddresses, amount_in, minimum_out, error| {
        let _ = ledger
            .send(&[builders::swap(addresses, amount_in, minimum_out)], &[&pool.trader])
            .expect_error(error);
    };
    refuse(&swap, 10_000, 9_872, PoolError::Price);
    refuse(&swap, 1, 0, PoolError::Nothing);
    refuse(&SwapAddresses { vault_out: other.vaults[1], ..swap }, 10_000, 0, PoolError::Vault);
    let thief = ProvideAddresses { provider: pool.trader.address, ..pool.provide() };
    let _ =
        ledger.send(&[builders::withdraw(&thief, 1, 1)], &[&pool.trader]).expect_error(PoolError::NotYours);
}

#[test]
fn the_provider_takes_everything_out() {
    let mut ledger = ledger();
    let pool = pool(&mut ledger, "pool");
    ledger.succeed(&[builders::swap(&pool.swap(1), 10_000, 0)], &[&pool.trader]);
    let [a, b] = pool.vaults.map(|vault| ledger.tokens(&vault));
    ledger.succeed(&[builders::withdraw(&pool.provide(), a, b)], &[&pool.provider]);
    assert_eq!(pool.vaults.map(|vault| ledger.tokens(&vault)), [0, 0]);
}

#[test]
fn pools_do_not_wait_for_each_other_and_trades_in_one_do() {
    let mut ledger = ledger();
    let (one, other) = (pool(&mut ledger, "one"), pool(&mut ledger, "other"));
    let [here, there] = [&one, &other].map(|pool| builders::swap(&pool.swap(0), 10, 0));
    assert_parallel!(ledger, here, there);
    assert_conflicts!(ledger, here, here);
}

proptest! {
    /// Whoever trades, the pool never loses.
    #[test]
    fn the_product_never_falls(reserve_in in 1_u64.., reserve_out: u64, amount_in: u64, fee in 0_u16..10_000) {
        let out = amount_out(reserve_in, reserve_out, amount_in, fee).expect("there is something in the pool");
        prop_assert!(out <= reserve_out);
        let product = |a: u128, b: u64| a.checked_mul(u128::from(b));
        let before = product(u128::from(reserve_in), reserve_out);
        let after = product(u128::from(reserve_in) + u128::from(amount_in), reserve_out - out);
        // More than a number can say is more than before.
        prop_assert!(after.is_none() || after >= before);
    }
}
