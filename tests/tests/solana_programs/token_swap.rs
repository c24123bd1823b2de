//! SPL Token Swap 3: a pool is made, traded on, filled and emptied; every amount is held against the curve's own formulas.

use super::{blank, harness_with, held};
use sealane_benches::spl::token_swap::{Fees, ID, INITIAL_POOL_TOKENS, POOL_SIZE_BYTES, Pool};
use sealane_benches::tokens::{account_data, address, mint_data};
use sealane_sdk::{Address, ProgramError};
use sealane_tests::{Harness, User, solana_programs};
use sealane_token::state::{Mint, load};

const FEES: Fees = Fees { trade: [25, 10_000], owner_trade: [0, 0], owner_withdraw: [1, 6], host: [0, 0] };
const VAULTS: [u64; 2] = [1_000_000_000, 2_000_000_000];
const USER_TOKENS: u64 = 500_000_000;

/// A pool of two tokens, and a user with some of both.
struct World {
    harness: Harness,
    pool: Pool,
    user: User,
    tokens: [Address; 2],
    pool_tokens: Address,
}

impl World {
    fn new() -> Self {
        let place = |number| address(7, "swap", number);
        let key = Harness::user(50);
        let (user, owner) = (Harness::user(1), Harness::user(2).address);
        let mints = [place(0), place(1)];
        let pool = Pool::new(key.address, mints, [place(2), place(3)], place(4), place(5));
        let (tokens, pool_tokens) = ([place(6), place(7)], place(8));
        let mut accounts = vec![
            (key.address, blank(ID, POOL_SIZE_BYTES)),
            (pool.pool_mint, held(mint_data(0, Some(&pool.authority)))),
            (pool.fee_account, held(account_data(&pool.pool_mint, &owner, 0))),
            (pool_tokens, held(account_data(&pool.pool_mint, &user.address, 0))),
        ];
        for side in 0..2 {
            accounts.extend([
                (mints[side], held(mint_data(VAULTS[side] + USER_TOKENS, None))),
                (pool.vaults[side], held(account_data(&mints[side], &pool.authority, VAULTS[side]))),
                (tokens[side], held(account_data(&mints[side], &user.address, USER_TOKENS))),
            ]);
        }
        let mut harness = harness_with(ID, solana_programs::token_swap(), accounts);
        harness.succeed(&[pool.initialize(&pool_tokens, &FEES)], &[&user, &key]);
        Self { harness, pool, user, tokens, pool_tokens }
    }

    fn amounts<const N: usize>(&self, places: [Address; N]) -> [u64; N] {
        places.map(|place| self.harness.token_amount(&place))
    }

    fn supply(&self) -> u64 {
        load::<Mint>(&self.harness.data(&self.pool.pool_mint)).expect("a mint").supply()
    }

    /// Vaults, user's tokens, user's pool tokens, owner's pool tokens, supply.
    fn balances(&self) -> [u64; 7] {
        let [a, b] = self.amounts(self.pool.vaults);
        let [c, d, e, f] =
            self.amounts([self.tokens[0], self.tokens[1], self.pool_tokens, self.pool.fee_account]);
        [a, b, c, d, e, f, self.supply()]
    }
}

#[test]
fn a_pool_is_made() {
    let world = World::new();
    assert_eq!(world.harness.data(&world.pool.pool), world.pool.data(&FEES));
    let expected =
        [VAULTS[0], VAULTS[1], USER_TOKENS, USER_TOKENS, INITIAL_POOL_TOKENS, 0, INITIAL_POOL_TOKENS];
    assert_eq!(world.balances(), expected);
}

#[test]
fn swaps_follow_the_curve_in_both_directions() {
    let mut world = World::new();
    let mut vaults = VAULTS.map(u128::from);
    let mut tokens = [USER_TOKENS; 2];
    for (from, amount) in [(0, 10_000_000_u64), (1, 12_345_678), (0, 999), (1, 200_000_000), (0, 1_000)] {
        let to = 1 - from;
        let fee = (amount * 25 / 10_000).max(1);
        // What is left of the other token is rounded up, and of the input only what that is worth is taken.
        let product = vaults[0] * vaults[1];
        let kept = product.div_ceil(vaults[from] + u128::from(amount - fee));
        let taken = product.div_ceil(kept) - vaults[from] + u128::from(fee);
        let received = vaults[to] - kept;
        let swap = world.pool.swap(&world.user.address, &world.tokens, from, amount, 1);
        world.harness.succeed(&[swap], &[&world.user]);
        vaults[from] += taken;
        vaults[to] -= received;
        tokens[from] -= u64::try_from(taken).unwrap();
        tokens[to] += u64::try_from(received).unwrap();
        assert_eq!(world.amounts(world.pool.vaults).map(u128::from), vaults, "{amount} of token {from}");
        assert_eq!(world.amounts(world.tokens), tokens, "{amount} of token {from}");
    }
    let too_little = world.pool.swap(&world.user.address, &world.tokens, 0, 1_000, u64::MAX);
    let error = world.harness.program_error(&[too_little], &[&world.user]);
    assert_eq!(error, ProgramError::Custom(16), "SwapError::ExceededSlippage");
    assert_eq!(world.amounts(world.tokens), tokens);
}

#[test]
fn liquidity_goes_in_and_out() {
    let mut world = World::new();
    let (owner, pool) = (world.user.address, world.pool);
    // A trade first, so that amounts do not divide evenly.
    world.harness.succeed(&[pool.swap(&owner, &world.tokens, 0, 1_234_567, 1)], &[&world.user]);
    let [a, b, c, d, e, f, supply] = world.balances();
    let share = |vault: u64, pool_tokens: u64| u128::from(vault) * u128::from(pool_tokens);

    let bought = 70_000_001;
    let put = [a, b].map(|vault| u64::try_from(share(vault, bought).div_ceil(u128::from(supply))).unwrap());
    let deposit = pool.deposit(&owner, &world.tokens, &world.pool_tokens, bought, put);
    world.harness.succeed(&[deposit], &[&world.user]);
    let [put_a, put_b] = put;
    let expected = [a + put_a, b + put_b, c - put_a, d - put_b, e + bought, f, supply + bought];
    assert_eq!(world.balances(), expected);

    let [a, b, c, d, e, f, supply] = expected;
    let sold = 33_333_333;
    let fee = sold / 6;
    let got = [a, b].map(|vault| u64::try_from(share(vault, sold - fee) / u128::from(supply)).unwrap());
    let withdraw = pool.withdraw(&owner, &world.tokens, &world.pool_tokens, sold, got);
    world.harness.succeed(&[withdraw], &[&world.user]);
    let [got_a, got_b] = got;
    let burned = sold - fee;
    assert_eq!(
        world.balances(),
        [a - got_a, b - got_b, c + got_a, d + got_b, e - sold, f + fee, supply - burned]
    );

    // One unit less than it costs is too little.
    let [a, b, .., supply] = world.balances();
    let [cost, other] =
        [a, b].map(|vault| u64::try_from(share(vault, bought).div_ceil(u128::from(supply))).unwrap());
    let short = pool.deposit(&owner, &world.tokens, &world.pool_tokens, bought, [cost - 1, other]);
    let error = world.harness.program_error(&[short], &[&world.user]);
    assert_eq!(error, ProgramError::Custom(16), "SwapError::ExceededSlippage");
}
