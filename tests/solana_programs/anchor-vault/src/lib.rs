//! A vault of tokens written with Anchor, on what larger programs use of it: `anchor-spl`'s accounts, constraints and nested
//! calls, events by a nested call, a large account that is not copied, accounts made when they are first needed, accounts
//! that grow, and accounts beyond the declared ones.

use anchor_lang::prelude::*;
use anchor_spl::associated_token::AssociatedToken;
use anchor_spl::token::{self, Mint, Token, TokenAccount, Transfer, TransferChecked};

declare_id!("Vau1t11111111111111111111111111111111111111");

/// Entries that the book has room for.
pub const ENTRY_COUNT: usize = 64;

/// The instructions.
#[program]
pub mod anchor_vault {
    use super::*;

    /// Makes the book of a mint, and the vault's token account.
    pub fn open(context: Context<Open>) -> Result<()> {
        let mut book = context.accounts.book.load_init()?;
        book.mint = context.accounts.mint.key();
        book.bump = context.bumps.book;
        Ok(())
    }

    /// Puts tokens in; the first time, makes the position.
    pub fn deposit(ctx: Context<Deposit>, amount: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.position.owner = accounts.owner.key();
        accounts.position.amount =
            accounts.position.amount.checked_add(amount).ok_or(VaultError::Overflow)?;
        let transfer = Transfer {
            from: accounts.tokens.to_account_info(),
            to: accounts.vault.to_account_info(),
            authority: accounts.owner.to_account_info(),
        };
        token::transfer(CpiContext::new(accounts.token_program.key(), transfer), amount)?;
        let total = accounts.book.load_mut()?.write_down(accounts.owner.key(), amount)?;
        emit_cpi!(Deposited { owner: ctx.accounts.owner.key(), amount, total });
        Ok(())
    }

    /// Takes tokens out, signed by the book.
    pub fn withdraw(context: Context<Withdraw>, amount: u64) -> Result<()> {
        let accounts = &mut *context.accounts;
        require!(accounts.position.amount >= amount, VaultError::TooMuch);
        accounts.position.amount -= amount;
        let (mint, bump) = {
            let mut book = accounts.book.load_mut()?;
            book.total -= amount;
            (book.mint, book.bump)
        };
        let transfer = TransferChecked {
            from: accounts.vault.to_account_info(),
            mint: accounts.mint.to_account_info(),
            to: accounts.tokens.to_account_info(),
            authority: accounts.book.to_account_info(),
        };
        let seeds: &[&[&[u8]]] = &[&[b"book", mint.as_ref(), &[bump]]];
        let call = CpiContext::new_with_signer(accounts.token_program.key(), transfer, seeds);
        token::transfer_checked(call, amount, accounts.mint.decimals)
    }

    /// Writes a note into the position, which grows or shrinks to hold it.
    pub fn annotate(context: Context<Annotate>, note: String) -> Result<()> {
        context.accounts.position.note = note;
        Ok(())
    }

    /// Gives each of the further accounts the same amount.
    pub fn share<'info>(context: Context<'info, Share<'info>>, amount: u64) -> Result<()> {
        for account in context.remaining_accounts {
            let receiver = Account::<TokenAccount>::try_from(account)?;
            require_keys_neq!(receiver.key(), context.accounts.tokens.key(), VaultError::SameAccount);
            let transfer = Transfer {
                from: context.accounts.tokens.to_account_info(),
                to: account.clone(),
                authority: context.accounts.owner.to_account_info(),
            };
            token::transfer(CpiContext::new(context.accounts.token_program.key(), transfer), amount)?;
        }
        Ok(())
    }
}

/// Everything that was put in, the newest entries in full. Read and written in place.
#[account(zero_copy)]
pub struct Book {
    /// Of which tokens.
    pub mint: Pubkey,
    /// What the vault holds.
    pub total: u64,
    /// How many entries there have been.
    pub count: u64,
    /// The newest entries, in a ring.
    pub entries: [Entry; ENTRY_COUNT],
    /// Of its address.
    pub bump: u8,
    /// So that the size is a multiple of eight.
    pub padding: [u8; 7],
}

/// One entry.
#[zero_copy]
pub struct Entry {
    /// Who put it in.
    pub owner: Pubkey,
    /// How much.
    pub amount: u64,
}

impl Book {
    fn write_down(&mut self, owner: Pubkey, amount: u64) -> Result<u64> {
        let place = (self.count % ENTRY_COUNT as u64) as usize;
        self.entries[place] = Entry { owner, amount };
        self.count += 1;
        self.total = self.total.checked_add(amount).ok_or(VaultError::Overflow)?;
        Ok(self.total)
    }
}

/// What an owner has in the vault.
#[account]
#[derive(InitSpace)]
pub struct Position {
    /// Whose it is.
    pub owner: Pubkey,
    /// How much.
    pub amount: u64,
    /// A note.
    #[max_len(0)]
    pub note: String,
}

/// Said at each deposit.
#[event]
pub struct Deposited {
    /// Who.
    pub owner: Pubkey,
    /// How much.
    pub amount: u64,
    /// What the vault holds now.
    pub total: u64,
}

/// What can go wrong.
#[error_code]
pub enum VaultError {
    /// The sum does not fit.
    #[msg("the sum does not fit")]
    Overflow,
    /// There is less in the position.
    #[msg("there is less in the position")]
    TooMuch,
    /// A gift to oneself.
    #[msg("giver and receiver are the same")]
    SameAccount,
}

/// Accounts of `open`.
#[derive(Accounts)]
pub struct Open<'info> {
    /// Pays.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Of which tokens.
    pub mint: Account<'info, Mint>,
    /// The book.
    #[account(init, payer = payer, space = 8 + core::mem::size_of::<Book>(), seeds = [b"book", mint.key().as_ref()], bump)]
    pub book: AccountLoader<'info, Book>,
    /// Holds the tokens.
    #[account(init, payer = payer, associated_token::mint = mint, associated_token::authority = book)]
    pub vault: Account<'info, TokenAccount>,
    /// Makes token accounts.
    pub token_program: Program<'info, Token>,
    /// Makes the vault.
    pub associated_token_program: Program<'info, AssociatedToken>,
    /// Makes accounts.
    pub system_program: Program<'info, System>,
}

/// Accounts of `deposit`.
#[event_cpi]
#[derive(Accounts)]
pub struct Deposit<'info> {
    /// Pays.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The book.
    #[account(mut, seeds = [b"book", vault.mint.as_ref()], bump = book.load()?.bump)]
    pub book: AccountLoader<'info, Book>,
    /// Gets the tokens.
    #[account(mut, token::authority = book)]
    pub vault: Account<'info, TokenAccount>,
    /// Gives the tokens.
    #[account(mut, token::authority = owner, token::mint = vault.mint)]
    pub tokens: Account<'info, TokenAccount>,
    /// What the owner has.
    #[account(init_if_needed, payer = owner, space = 8 + Position::INIT_SPACE, seeds = [b"position", book.key().as_ref(), owner.key().as_ref()], bump)]
    pub position: Account<'info, Position>,
    /// Moves the tokens.
    pub token_program: Program<'info, Token>,
    /// Makes the position.
    pub system_program: Program<'info, System>,
}

/// Accounts of `withdraw`.
#[derive(Accounts)]
pub struct Withdraw<'info> {
    /// Whose tokens they are.
    pub owner: Signer<'info>,
    /// Of which tokens.
    pub mint: Account<'info, Mint>,
    /// The book, which signs.
    #[account(mut, has_one = mint)]
    pub book: AccountLoader<'info, Book>,
    /// Gives the tokens.
    #[account(mut, associated_token::mint = mint, associated_token::authority = book)]
    pub vault: Account<'info, TokenAccount>,
    /// Gets the tokens.
    #[account(mut, token::mint = mint)]
    pub tokens: Account<'info, TokenAccount>,
    /// What the owner has.
    #[account(mut, has_one = owner @ VaultError::TooMuch, seeds = [b"position", book.key().as_ref(), owner.key().as_ref()], bump)]
    pub position: Account<'info, Position>,
    /// Moves the tokens.
    pub token_program: Program<'info, Token>,
}

/// Accounts of `annotate`.
#[derive(Accounts)]
#[instruction(note: String)]
pub struct Annotate<'info> {
    /// Pays.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// Gets the note.
    #[account(mut, has_one = owner, realloc = 8 + Position::INIT_SPACE + note.len(), realloc::payer = owner, realloc::zero = true)]
    pub position: Account<'info, Position>,
    /// Moves the rent.
    pub system_program: Program<'info, System>,
}

/// Accounts of `share`.
#[derive(Accounts)]
pub struct Share<'info> {
    /// Whose tokens they are.
    pub owner: Signer<'info>,
    /// Gives the tokens.
    #[account(mut, token::authority = owner)]
    pub tokens: Account<'info, TokenAccount>,
    /// Moves the tokens.
    pub token_program: Program<'info, Token>,
}
