// @solana/spl-token: the life of a mint and of token accounts, and how they are looked up.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Keypair, PublicKey } from '@solana/web3.js';
import {
  ACCOUNT_SIZE, AuthorityType, TOKEN_PROGRAM_ID, TokenAccountNotFoundError, approve, burn, closeAccount, createMint,
  createWrappedNativeAccount, freezeAccount, getAccount, getAssociatedTokenAddressSync, getMint,
  getOrCreateAssociatedTokenAccount, mintTo, setAuthority, thawAccount, transfer,
} from '@solana/spl-token';
import { connect, funded, refusal } from './common.js';

const connection = connect();
let payer, other, mint, source, destination;

before(async () => {
  payer = await funded(connection);
  other = await funded(connection);
  mint = await createMint(connection, payer, payer.publicKey, payer.publicKey, 6);
  source = (await getOrCreateAssociatedTokenAccount(connection, payer, mint, payer.publicKey)).address;
  destination = (await getOrCreateAssociatedTokenAccount(connection, payer, mint, other.publicKey)).address;
  await mintTo(connection, payer, mint, source, payer, 1_000_000n);
});

test('a mint is what it was made as', async () => {
  const found = await getMint(connection, mint);
  assert.equal(found.decimals, 6);
  assert.equal(found.supply, 1_000_000n);
  assert.ok(found.mintAuthority.equals(payer.publicKey));
  assert.ok(found.freezeAuthority.equals(payer.publicKey));
});

test('an associated account is made once, at its derived address', async () => {
  assert.ok(source.equals(getAssociatedTokenAddressSync(mint, payer.publicKey)));
  const again = await getOrCreateAssociatedTokenAccount(connection, payer, mint, payer.publicKey);
  assert.ok(again.address.equals(source));
  const nobody = getAssociatedTokenAddressSync(mint, Keypair.generate().publicKey);
  assert.ok((await refusal(getAccount(connection, nobody))) instanceof TokenAccountNotFoundError);
});

test('tokens move', async () => {
  await transfer(connection, payer, source, destination, payer, 250_000n);
  assert.equal((await getAccount(connection, source)).amount, 750_000n);
  assert.equal((await getAccount(connection, destination)).amount, 250_000n);
  const { value } = await connection.getTokenAccountBalance(source);
  assert.deepEqual(
    { amount: value.amount, decimals: value.decimals, ui: value.uiAmountString }, { amount: '750000', decimals: 6, ui: '0.75' },
  );
});

test('token balances stand in the transaction', async () => {
  const signature = await transfer(connection, payer, source, destination, payer, 1_000n);
  const { meta } = await connection.getParsedTransaction(signature, { maxSupportedTransactionVersion: 0 });
  const change = (owner) => {
    const of = (list) => BigInt(list.find((balance) => balance.owner === owner.toBase58()).uiTokenAmount.amount);
    return of(meta.postTokenBalances) - of(meta.preTokenBalances);
  };
  assert.equal(change(payer.publicKey), -1_000n);
  assert.equal(change(other.publicKey), 1_000n);
  assert.equal(meta.preTokenBalances[0].mint, mint.toBase58());
});

test('instructions and accounts are parsed', async () => {
  const signature = await transfer(connection, payer, source, destination, payer, 7n);
  const { transaction } = await connection.getParsedTransaction(signature, { maxSupportedTransactionVersion: 0 });
  const [instruction] = transaction.message.instructions;
  assert.equal(instruction.program, 'spl-token');
  assert.equal(instruction.parsed.type, 'transfer');
  assert.equal(instruction.parsed.info.amount, '7');
  assert.equal(instruction.parsed.info.source, source.toBase58());
  const { value } = await connection.getParsedAccountInfo(mint);
  assert.equal(value.data.program, 'spl-token');
  assert.equal(value.data.parsed.type, 'mint');
  assert.equal(value.data.parsed.info.decimals, 6);
  assert.equal(value.data.space, 82);
});

test('burning lowers the supply', async () => {
  const supply = (await getMint(connection, mint)).supply;
  await burn(connection, payer, source, mint, payer, 10_000n);
  assert.equal((await getMint(connection, mint)).supply, supply - 10_000n);
  assert.equal((await connection.getTokenSupply(mint)).value.amount, String(supply - 10_000n));
});

test('a delegate may move what was approved, and no more', async () => {
  const delegate = await funded(connection);
  await approve(connection, payer, source, delegate.publicKey, payer, 100n);
  assert.equal((await getAccount(connection, source)).delegatedAmount, 100n);
  await transfer(connection, delegate, source, destination, delegate, 60n);
  // 1: insufficient funds, the token program's own error.
  const error = await refusal(transfer(connection, delegate, source, destination, delegate, 60n));
  assert.match(`${error.message} ${error.transactionMessage}`, /custom program error: 0x1/);
});

test('a frozen account stands still', async () => {
  await freezeAccount(connection, payer, destination, mint, payer);
  assert.equal((await getAccount(connection, destination)).isFrozen, true);
  const error = await refusal(transfer(connection, payer, source, destination, payer, 1n));
  assert.match(error.message, /custom program error: 0x11/);
  await thawAccount(connection, payer, destination, mint, payer);
  await transfer(connection, payer, source, destination, payer, 1n);
});

test('an authority is handed on', async () => {
  const own = await createMint(connection, payer, payer.publicKey, null, 0);
  await setAuthority(connection, payer, own, payer, AuthorityType.MintTokens, other.publicKey);
  assert.ok((await getMint(connection, own)).mintAuthority.equals(other.publicKey));
  const account = (await getOrCreateAssociatedTokenAccount(connection, payer, own, payer.publicKey)).address;
  const error = await refusal(mintTo(connection, payer, own, account, payer, 1));
  assert.match(error.message, /custom program error: 0x4/);
});

test('an empty account is closed, and its rent comes back', async () => {
  const own = await createMint(connection, payer, payer.publicKey, null, 0);
  const { address } = await getOrCreateAssociatedTokenAccount(connection, payer, own, payer.publicKey);
  const rent = await connection.getMinimumBalanceForRentExemption(ACCOUNT_SIZE);
  const before = await connection.getBalance(payer.publicKey);
  await closeAccount(connection, payer, address, payer.publicKey, payer);
  assert.equal(await connection.getBalance(payer.publicKey), before + rent - 5_000);
  assert.equal(await connection.getAccountInfo(address), null);
});

test('wrapped SOL is worth what it holds', async () => {
  const account = await createWrappedNativeAccount(connection, payer, payer.publicKey, 1_000_000, Keypair.generate());
  const found = await getAccount(connection, account);
  assert.equal(found.amount, 1_000_000n);
  assert.equal(found.isNative, true);
});

test('token accounts are found by owner, mint and delegate', async () => {
  const byMint = await connection.getTokenAccountsByOwner(other.publicKey, { mint });
  assert.deepEqual(byMint.value.map(({ pubkey }) => pubkey.toBase58()), [destination.toBase58()]);
  const parsed = await connection.getParsedTokenAccountsByOwner(other.publicKey, { programId: TOKEN_PROGRAM_ID });
  assert.equal(parsed.value.length, 1);
  const { info } = parsed.value[0].account.data.parsed;
  assert.equal(info.mint, mint.toBase58());
  assert.equal(info.tokenAmount.decimals, 6);
  const largest = await connection.getTokenLargestAccounts(mint);
  assert.equal(largest.value[0].address.toBase58(), source.toBase58());
});

test('getProgramAccounts filters by size and by bytes', async () => {
  const filters = [{ dataSize: ACCOUNT_SIZE }, { memcmp: { offset: 32, bytes: other.publicKey.toBase58() } }];
  const found = await connection.getProgramAccounts(TOKEN_PROGRAM_ID, { filters });
  assert.deepEqual(found.map(({ pubkey }) => pubkey.toBase58()), [destination.toBase58()]);
  assert.equal(found[0].account.data.length, ACCOUNT_SIZE);
  const sliced = await connection.getProgramAccounts(TOKEN_PROGRAM_ID, { filters, dataSlice: { offset: 0, length: 32 } });
  assert.ok(new PublicKey(sliced[0].account.data).equals(mint));
  const none = await connection.getProgramAccounts(TOKEN_PROGRAM_ID, { filters: [{ dataSize: 7 }] });
  assert.deepEqual(none, []);
});
