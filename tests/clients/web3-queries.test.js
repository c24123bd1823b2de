// @solana/web3.js 1.x: what can be asked of the ledger and of the node.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  Keypair, LAMPORTS_PER_SOL, PublicKey, SYSVAR_CLOCK_PUBKEY, SystemProgram, Transaction, sendAndConfirmTransaction,
} from '@solana/web3.js';
import { call, connect, funded, refusal, until } from './common.js';

const connection = connect();
let payer, to, signature;
before(async () => {
  payer = await funded(connection);
  to = Keypair.generate().publicKey;
  const instruction = SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: LAMPORTS_PER_SOL });
  signature = await sendAndConfirmTransaction(connection, new Transaction().add(instruction), [payer]);
});

test('a transaction is told with its balances, logs and units', async () => {
  const found = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  const keys = found.transaction.message.getAccountKeys().staticAccountKeys;
  const [from, recipient] = [payer.publicKey, to].map((key) => keys.findIndex((other) => other.equals(key)));
  assert.equal(found.meta.err, null);
  assert.equal(found.meta.fee, 5_000);
  assert.equal(found.meta.preBalances[from] - found.meta.postBalances[from], LAMPORTS_PER_SOL + 5_000);
  assert.equal(found.meta.postBalances[recipient], LAMPORTS_PER_SOL);
  assert.deepEqual(found.meta.innerInstructions, []);
  assert.ok(found.meta.computeUnitsConsumed > 0);
  assert.ok(found.meta.logMessages.includes('Program 11111111111111111111111111111111 success'));
  assert.ok(Math.abs(found.blockTime - Date.now() / 1000) < 600);
});

test('a transfer is parsed', async () => {
  const { transaction } = await connection.getParsedTransaction(signature);
  const [instruction] = transaction.message.instructions;
  assert.deepEqual(instruction.parsed, {
    type: 'transfer',
    info: { source: payer.publicKey.toBase58(), destination: to.toBase58(), lamports: LAMPORTS_PER_SOL },
  });
  assert.deepEqual(transaction.message.accountKeys.find(({ pubkey }) => pubkey.equals(payer.publicKey)), {
    pubkey: payer.publicKey, signer: true, writable: true, source: 'transaction',
  });
});

test('a transaction that is nowhere is null', async () => {
  assert.equal(await connection.getTransaction('1'.repeat(64), { maxSupportedTransactionVersion: 0 }), null);
  const { value } = await connection.getSignatureStatuses(['1'.repeat(64), signature]);
  assert.equal(value[0], null);
  assert.equal(value[1].err, null);
});

test('a block is told with its transactions', async () => {
  const { slot } = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  const block = await connection.getBlock(slot, { maxSupportedTransactionVersion: 0 });
  const signatures = block.transactions.map(({ transaction }) => transaction.signatures[0]);
  assert.ok(signatures.includes(signature));
  assert.equal(block.parentSlot, slot - 1);
  const parent = await connection.getBlock(slot - 1, { maxSupportedTransactionVersion: 0, rewards: false });
  assert.equal(parent.blockhash, block.previousBlockhash);
  const short = await connection.getBlock(slot, { transactionDetails: 'none', maxSupportedTransactionVersion: 0 });
  assert.equal(short.blockhash, block.blockhash);
  assert.equal(short.transactions, undefined);
  assert.deepEqual(await connection.getBlocks(slot - 1, slot), [slot - 1, slot]);
  assert.equal(await connection.getBlockTime(slot), block.blockTime);
  assert.equal((await connection.getBlockSignatures(slot)).signatures.includes(signature), true);
});

test('a block that is not there yet is an error with a code', async () => {
  const { error } = await call('getBlock', [1_000_000_000, { maxSupportedTransactionVersion: 0 }]);
  assert.equal(error.code, -32004);
});

test('signatures are found by address, newest first, page by page', async () => {
  const from = await funded(connection);
  const recipient = Keypair.generate().publicKey;
  const sent = [];
  for (let lamports = 1_000_001; lamports < 1_000_004; lamports += 1) {
    const instruction = SystemProgram.transfer({ fromPubkey: from.publicKey, toPubkey: recipient, lamports });
    sent.unshift(await sendAndConfirmTransaction(connection, new Transaction().add(instruction), [from]));
  }
  const found = await until(async () => {
    const list = await connection.getSignaturesForAddress(from.publicKey);
    return list.length === 4 ? list : undefined;
  });
  assert.deepEqual(found.slice(0, 3).map((entry) => entry.signature), sent);
  assert.equal(found[0].err, null);
  assert.equal(found[0].memo, null);
  const page = await connection.getSignaturesForAddress(from.publicKey, { before: sent[0], limit: 1 });
  assert.deepEqual(page.map((entry) => entry.signature), [sent[1]]);
  const rest = await connection.getSignaturesForAddress(from.publicKey, { until: sent[1] });
  assert.deepEqual(rest.map((entry) => entry.signature), [sent[0]]);
});

test('an account has everything that clients read', async () => {
  const account = await connection.getAccountInfo(to);
  assert.equal(account.lamports, LAMPORTS_PER_SOL);
  assert.ok(account.owner.equals(SystemProgram.programId));
  assert.equal(account.executable, false);
  assert.equal(account.data.length, 0);
  const { result } = await call('getAccountInfo', [to.toBase58(), { encoding: 'base64' }]);
  assert.equal('rentEpoch' in result.value, true);
  assert.equal(result.value.space, 0);
  assert.equal(typeof result.context.slot, 'number');
  assert.equal(typeof result.context.apiVersion, 'string');
  assert.equal(await connection.getAccountInfo(Keypair.generate().publicKey), null);
});

test('accounts come in every encoding, whole and in part', async () => {
  const ask = async (config) => (await call('getAccountInfo', [SYSVAR_CLOCK_PUBKEY.toBase58(), config])).result.value.data;
  const [base64] = await ask({ encoding: 'base64', dataSlice: { offset: 0, length: 8 } });
  assert.equal(Buffer.from(base64, 'base64').length, 8);
  assert.equal((await ask({ encoding: 'base58', dataSlice: { offset: 0, length: 8 } }))[1], 'base58');
  assert.equal((await ask({ encoding: 'base64+zstd' }))[1], 'base64+zstd');
  assert.equal((await ask({ encoding: 'jsonParsed' })).program, 'sysvar');
});

test('many accounts at once, with holes', async () => {
  const found = await connection.getMultipleAccountsInfo([to, Keypair.generate().publicKey, payer.publicKey]);
  assert.equal(found[0].lamports, LAMPORTS_PER_SOL);
  assert.equal(found[1], null);
  assert.ok(found[2].lamports > 0);
});

test('what the node says of itself', async () => {
  const version = await connection.getVersion();
  assert.match(version['solana-core'], /^\d+\.\d+\.\d+/);
  assert.equal(typeof version['sealane-core'], 'string');
  const genesis = await connection.getGenesisHash();
  assert.equal(new PublicKey(genesis).toBase58(), genesis);
  assert.equal((await call('getHealth')).result, 'ok');
  assert.ok(new PublicKey((await call('getIdentity')).result.identity));
  assert.ok((await connection.getClusterNodes()).length >= 1);
  assert.ok((await connection.getTransactionCount()) >= 1);
  assert.ok((await connection.getSupply()).value.total > 0);
  assert.ok((await connection.getFirstAvailableBlock()) >= 0);
  assert.ok((await connection.getMinimumLedgerSlot()) >= 0);
  assert.equal(await connection.getMinimumBalanceForRentExemption(0), 890_880);
});

test('slots, heights and epochs agree', async () => {
  const [slot, height, info, schedule] = await Promise.all([
    connection.getSlot(), connection.getBlockHeight(), connection.getEpochInfo(), connection.getEpochSchedule(),
  ]);
  assert.ok(height <= slot);
  assert.ok(Math.abs(info.absoluteSlot - slot) < 50);
  assert.ok(info.slotIndex < info.slotsInEpoch);
  assert.ok(schedule.slotsPerEpoch > 0);
});

test('a blockhash is good, and changes', async () => {
  const { value, context } = await connection.getLatestBlockhashAndContext();
  assert.ok(value.lastValidBlockHeight > context.slot);
  assert.equal((await connection.isBlockhashValid(value.blockhash)).value, true);
  assert.equal((await connection.isBlockhashValid(Keypair.generate().publicKey.toBase58())).value, false);
  await until(async () => {
    const { blockhash } = await connection.getLatestBlockhash();
    return blockhash !== value.blockhash || undefined;
  });
});

test('a batch is answered in its order', async () => {
  const found = await connection.getTransactions([signature, signature], { maxSupportedTransactionVersion: 0 });
  assert.deepEqual(found.map(({ transaction }) => transaction.signatures[0]), [signature, signature]);
});

test('wrong parameters are said to be wrong', async () => {
  assert.equal((await call('getBalance', ['not an address'])).error.code, -32602);
  assert.equal((await call('getBalance', [])).error.code, -32602);
  assert.equal((await call('noSuchMethod')).error.code, -32601);
  assert.equal((await call('getSlot', [{ minContextSlot: 1_000_000_000 }])).error.code, -32016);
  await refusal(connection.getAccountInfo(to, { minContextSlot: 1_000_000_000 }));
});
