//! Random worlds of the token program, small, so that random instructions often fit: two mints and the native one, a handful
//! of token accounts in all states, a multisig, fresh accounts of every size, and a few people who own all of it.
#![expect(
    clippy::cast_possible_truncation,
    reason = "the numbers cast are small, or random and cut on purpose"
)]

use sealane_sdk::guest::region::RegionAccount;
use sealane_sdk::{Account, Address, ids};
use sealane_token::instruction::{AuthorityType, CheckedAmount, MintParameters, TokenInstruction};
use spl_token::solana_program::program_option::COption;
use spl_token::solana_program::program_pack::Pack;
use spl_token_interface::state;

/// SplitMix64: small, seeded, and the same everywhere.
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    /// One of the items.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn amount(&mut self) -> u64 {
        match self.below(12) {
            0 => 0,
            1 => u64::MAX - self.below(3) as u64,
            2 => 1_000_000,
            _ => self.below(400) as u64,
        }
    }
}

const MINTS: [Address; 3] = [named(1), named(2), sealane_token::native_mint::ID];
const TOKEN_ACCOUNTS: [Address; 7] =
    [named(10), named(11), named(12), named(13), named(14), named(15), named(16)];
const MULTISIG: Address = named(20);
const FRESH_ACCOUNT: Address = named(30);
const FRESH_MINT: Address = named(31);
const FRESH_MULTISIG: Address = named(32);
const PEOPLE: [Address; 3] = [named(40), named(41), named(42)];
const OWNERS: [Address; 6] =
    [PEOPLE[0], PEOPLE[1], PEOPLE[2], MULTISIG, ids::system_program::ID, ids::incinerator::ID];

const fn named(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

/// Accounts that instructions of the token program fit.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) accounts: Vec<(Address, Account)>,
}

impl World {
    /// A world.
    pub(crate) fn new(random: &mut Random) -> Self {
        let mut accounts = Vec::new();
        for mint in MINTS {
            let state = state::Mint {
                mint_authority: optional(random, |random| random.pick(&OWNERS[..4])),
                supply: if random.one_in(20) { u64::MAX - 5 } else { 100_000 },
                decimals: random.pick(&[6, 9]),
                is_initialized: !random.one_in(20),
                freeze_authority: optional(random, |random| random.pick(&OWNERS[..4])),
            };
            accounts.push((mint, owned(random, pack(state))));
        }
        for address in TOKEN_ACCOUNTS {
            let mint = random.pick(&[MINTS[0], MINTS[0], MINTS[1], MINTS[2]]);
            let data = pack(token_account(random, mint));
            let mut account = owned(random, data);
            account.lamports += random.pick(&[0, 300, 5_000_000]);
            accounts.push((address, account));
        }
        let mut signers = [Address::default(); 11];
        let count = 1 + random.below(4);
        for place in &mut signers[..count] {
            *place = random.pick(&PEOPLE);
        }
        let multisig = state::Multisig {
            m: 1 + random.below(count) as u8,
            n: count as u8,
            is_initialized: !random.one_in(20),
            signers,
        };
        accounts.push((MULTISIG, owned(random, pack(multisig))));
        for (address, size) in [(FRESH_ACCOUNT, 165), (FRESH_MINT, 82), (FRESH_MULTISIG, 355)] {
            let mut account = owned(random, vec![0; size]);
            account.lamports -= if random.one_in(8) { 1 } else { 0 };
            accounts.push((address, account));
        }
        let people = PEOPLE.into_iter().chain([ids::system_program::ID, ids::incinerator::ID]);
        accounts.extend(people.map(|address| (address, Account::system(random.amount()))));
        let mut rent = 3_480_u64.to_le_bytes().to_vec();
        rent.extend(2_f64.to_le_bytes());
        rent.push(50);
        rent.truncate(if random.one_in(30) { 16 } else { 17 });
        accounts.push((ids::rent::ID, Account::with_data(ids::sysvar::ID, rent)));
        Self { accounts }
    }

    /// An instruction that would often succeed, with something about it changed now and then.
    pub(crate) fn instruction(&self, random: &mut Random) -> (Vec<RegionAccount>, Vec<u8>) {
        let (mut list, data) = self.sound_instruction(random);
        let mut data = data;
        match random.below(16) {
            0 => {
                let index = random.below(list.len());
                list[index] = random.pick(&self.accounts.iter().map(|item| item.0).collect::<Vec<_>>());
            }
            1 => list.truncate(random.below(list.len() + 1)),
            2 => data.truncate(1 + random.below(data.len())),
            3 => data.push(random.next() as u8),
            _ => {}
        }
        let unsigned = random.one_in(6);
        let accounts = list
            .iter()
            .map(|address| RegionAccount {
                address: *address,
                account: self.account(*address),
                signer: PEOPLE.contains(address) && !(unsigned && random.one_in(2))
                    || ids::system_program::ID == *address && random.one_in(4),
                writable: true,
            })
            .collect();
        (accounts, data)
    }

    fn sound_instruction(&self, random: &mut Random) -> (Vec<Address>, Vec<u8>) {
        let account = random.pick(&TOKEN_ACCOUNTS);
        let other = random.pick(&TOKEN_ACCOUNTS);
        let state = self.token_account(account);
        let mint = state.map_or(MINTS[0], |state| state.mint);
        let mint_state = self.mint(mint).unwrap_or_default();
        let owner = state.map_or(PEOPLE[0], |state| state.owner);
        let delegate = state.and_then(|state| state.delegate.into()).unwrap_or(owner);
        let spender = if random.one_in(2) { owner } else { delegate };
        let closer = state.and_then(|state| state.close_authority.into()).unwrap_or(owner);
        let minter = Option::from(mint_state.mint_authority).unwrap_or(PEOPLE[0]);
        let freezer = Option::from(mint_state.freeze_authority).unwrap_or(PEOPLE[0]);
        let person = random.pick(&PEOPLE);
        let new_owner = random.pick(&OWNERS);
        let amount = random.amount();
        let decimals = if random.one_in(10) { 7 } else { mint_state.decimals };
        let checked = CheckedAmount { amount, decimals };
        let required_count = random.below(13) as u8;
        let freeze_authority = random.one_in(2).then_some(&PEOPLE[1]);
        let parameters = MintParameters { decimals: 6, mint_authority: &new_owner, freeze_authority };
        let kind = random.below(4) as u8;
        let authority_type = AuthorityType::from_number(kind).unwrap();
        let (target, present) = match authority_type {
            AuthorityType::MintTokens => (mint, minter),
            AuthorityType::FreezeAccount => (mint, freezer),
            AuthorityType::AccountOwner => (account, owner),
            AuthorityType::CloseAccount => (account, closer),
        };
        let new_authority = (!random.one_in(3)).then_some(&new_owner);
        let any_mint = random.pick(&MINTS);
        let rent = ids::rent::ID;
        let ui_amount =
            random.pick(&["1", "1.5", "", ".", "+1", "1.2.3", "99999999999999999999", "x", "0.0000000001"]);
        use TokenInstruction as I;
        let (mut list, instruction) = match random.below(25) {
            0 => (vec![FRESH_MINT, rent], I::InitializeMint(parameters)),
            1 => (vec![FRESH_ACCOUNT, any_mint, new_owner, rent], I::InitializeAccount),
            2 => (vec![FRESH_MULTISIG, rent], I::InitializeMultisig { required_count }),
            3 => (vec![account, other, spender], I::Transfer { amount }),
            4 => (vec![account, person, owner], I::Approve { amount }),
            5 => (vec![account, owner], I::Revoke),
            6 => (vec![target, present], I::SetAuthority { authority_type, new_authority }),
            7 => (vec![mint, account, minter], I::MintTo { amount }),
            8 => (vec![account, mint, spender], I::Burn { amount }),
            9 => (vec![account, if random.one_in(2) { person } else { new_owner }, closer], I::CloseAccount),
            10 => (vec![account, mint, freezer], I::FreezeAccount),
            11 => (vec![account, mint, freezer], I::ThawAccount),
            12 => (vec![account, mint, other, spender], I::TransferChecked(checked)),
            13 => (vec![account, mint, person, owner], I::ApproveChecked(checked)),
            14 => (vec![mint, account, minter], I::MintToChecked(checked)),
            15 => (vec![account, mint, spender], I::BurnChecked(checked)),
            16 => (vec![FRESH_ACCOUNT, any_mint, rent], I::InitializeAccount2 { owner: &new_owner }),
            17 => (vec![account], I::SyncNative),
            18 => (vec![FRESH_ACCOUNT, any_mint], I::InitializeAccount3 { owner: &new_owner }),
            19 => (vec![FRESH_MULTISIG], I::InitializeMultisig2 { required_count }),
            20 => (vec![FRESH_MINT], I::InitializeMint2(parameters)),
            21 => (vec![any_mint], I::GetAccountDataSize),
            22 => (vec![FRESH_ACCOUNT], I::InitializeImmutableOwner),
            23 => (vec![any_mint], I::AmountToUiAmount { amount }),
            _ => (vec![any_mint], I::UiAmountToAmount { ui_amount }),
        };
        // Signers of a multisig, and of a multisig to be made.
        let makes_multisig = matches!(instruction.tag(), 2 | 19);
        if makes_multisig || list.contains(&MULTISIG) {
            let count = if makes_multisig { random.below(14) } else { random.below(5) };
            list.extend((0..count).map(|_| random.pick(&PEOPLE)));
        }
        (list, instruction.encode())
    }

    /// The account at an address; an empty one at those that a changed byte has made up.
    fn account(&self, address: Address) -> Account {
        self.accounts
            .iter()
            .find(|item| item.0 == address)
            .map_or_else(Account::default, |item| item.1.clone())
    }

    fn token_account(&self, address: Address) -> Option<state::Account> {
        state::Account::unpack(&self.account(address).data).ok()
    }

    fn mint(&self, address: Address) -> Option<state::Mint> {
        state::Mint::unpack(&self.account(address).data).ok()
    }

    /// Takes over what an instruction made of its accounts.
    pub(crate) fn keep(&mut self, listed: &[RegionAccount], changed: &[Account]) {
        for (item, account) in listed.iter().zip(changed) {
            if let Some(place) = self.accounts.iter_mut().find(|place| place.0 == item.address) {
                place.1 = account.clone();
            }
        }
    }
}

fn token_account(random: &mut Random, mint: Address) -> state::Account {
    let reserve = sealane_sdk::limits::rent_exempt_minimum_lamports(165);
    let states = [
        state::AccountState::Initialized,
        state::AccountState::Initialized,
        state::AccountState::Initialized,
        state::AccountState::Initialized,
        state::AccountState::Initialized,
        state::AccountState::Initialized,
        state::AccountState::Frozen,
        state::AccountState::Frozen,
        state::AccountState::Uninitialized,
    ];
    let native = mint == MINTS[2] || random.one_in(30);
    state::Account {
        mint,
        owner: random.pick(&[PEOPLE[0], PEOPLE[1], PEOPLE[2], PEOPLE[0], MULTISIG, OWNERS[4], OWNERS[5]]),
        amount: random.pick(&[0, 0, 200, 300, 1_000_000, u64::MAX - 100]),
        delegate: optional(random, |random| random.pick(&OWNERS[..4])),
        state: random.pick(&states),
        is_native: if native { COption::Some(reserve) } else { COption::None },
        delegated_amount: random.pick(&[0, 100, 250, u64::MAX]),
        close_authority: if random.one_in(3) {
            COption::Some(random.pick(&OWNERS[..4]))
        } else {
            COption::None
        },
    }
}

fn optional(random: &mut Random, pick: impl Fn(&mut Random) -> Address) -> COption<Address> {
    if random.one_in(4) { COption::None } else { COption::Some(pick(random)) }
}

/// A rent-exempt account of the token program's; now and then another program's, or with a byte changed.
fn owned(random: &mut Random, mut data: Vec<u8>) -> Account {
    if random.one_in(40) {
        let index = random.below(data.len());
        // A multisig's second byte must stay what it is: SPL Token itself panics on more than eleven signers.
        if index != 1 {
            data[index] = random.below(4) as u8;
        }
    }
    if random.one_in(60) {
        data.push(0);
    }
    let owner = if random.one_in(15) { named(99) } else { sealane_token::ID };
    Account::with_data(owner, data)
}

fn pack<T: Pack>(state: T) -> Vec<u8> {
    let mut data = vec![0; T::LEN];
    T::pack(state, &mut data).unwrap();
    data
}
