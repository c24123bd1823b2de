// @solana/web3.js 1.x: airdrops, transfers in every form, fees, simulation.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  ComputeBudgetProgram, Keypair, PublicKey, SystemProgram, Transaction, TransactionMessage, VersionedTransaction,
  sendAndConfirmTransaction,
} from '@solana/web3.js';
import { LAMPORTS_PER_SOL, airdrop, connect, funded } from './common.js';

const connection = connect();
let payer;
before(async () => {
  payer = await funded(connection);
});

function transfer(to, lamports) {
  return SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports });
}

test('an airdrop arrives, exactly', async () => {
  const address = Keypair.generate().publicKey;
  assert.equal(await connection.getBalance(address), 0);
  await airdrop(connection, address, 2 * LAMPORTS_PER_SOL);
  assert.equal(await connection.getBalance(address), 2 * LAMPORTS_PER_SOL);
});

test('sendAndConfirmTransaction transfers and charges 5,000 lamports a signature', async () => {
  const to = Keypair.generate().publicKey;
  const before = await connection.getBalance(payer.publicKey);
  const signature = await sendAndConfirmTransaction(connection, new Transaction().add(transfer(to, 1_000_000)), [payer]);
  assert.equal(await connection.getBalance(to), 1_000_000);
  assert.equal(await connection.getBalance(payer.publicKey), before - 1_000_000 - 5_000);
  const { value } = await connection.getSignatureStatus(signature);
  assert.equal(value.err, null);
  assert.deepEqual(value.status, { Ok: null });
  assert.ok(['confirmed', 'finalized'].includes(value.confirmationStatus));
});

test('a version-0 transaction works as a legacy one does', async () => {
  const to = Keypair.generate().publicKey;
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const message = new TransactionMessage({
    payerKey: payer.publicKey,
    recentBlockhash: blockhash,
    instructions: [transfer(to, 2_000_000)],
  }).compileToV0Message();
  const transaction = new VersionedTransaction(message);
  transaction.sign([payer]);
  const signature = await connection.sendTransaction(transaction);
  const { value } = await connection.confirmTransaction({ signature, blockhash, lastValidBlockHeight });
  assert.equal(value.err, null);
  assert.equal(await connection.getBalance(to), 2_000_000);
  const found = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  assert.equal(found.version, 0);
  assert.ok(found.transaction.message.staticAccountKeys.some((key) => key.equals(to)));
});

test('several signers, a fee payer of its own, and confirmation by the signature alone', async () => {
  const other = await funded(connection, LAMPORTS_PER_SOL);
  const to = Keypair.generate().publicKey;
  const transaction = new Transaction().add(transfer(to, 3_000_000));
  transaction.feePayer = other.publicKey;
  transaction.recentBlockhash = (await connection.getLatestBlockhash()).blockhash;
  transaction.sign(other, payer);
  const signature = await connection.sendRawTransaction(transaction.serialize());
  await connection.confirmTransaction(signature);
  assert.equal(await connection.getBalance(other.publicKey), LAMPORTS_PER_SOL - 10_000);
});

test('a priority fee is charged, and told of', async () => {
  const to = Keypair.generate().publicKey;
  const before = await connection.getBalance(payer.publicKey);
  const transaction = new Transaction().add(
    ComputeBudgetProgram.setComputeUnitLimit({ units: 10_000 }),
    ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1_000_000 }),
    transfer(to, 1_000_000),
  );
  const signature = await sendAndConfirmTransaction(connection, transaction, [payer]);
  // 10,000 units at a lamport each.
  assert.equal(await connection.getBalance(payer.publicKey), before - 1_000_000 - 5_000 - 10_000);
  const { slot, meta } = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  assert.equal(meta.fee, 15_000);
  const fees = await connection.getRecentPrioritizationFees({ lockedWritableAccounts: [payer.publicKey] });
  assert.ok(fees.some((fee) => fee.slot === slot && fee.prioritizationFee === 1_000_000), JSON.stringify(fees));
});

test('getFeeForMessage says what is charged', async () => {
  const transaction = new Transaction().add(transfer(Keypair.generate().publicKey, 1));
  transaction.feePayer = payer.publicKey;
  transaction.recentBlockhash = (await connection.getLatestBlockhash()).blockhash;
  const { value } = await connection.getFeeForMessage(transaction.compileMessage());
  assert.equal(value, 5_000);
});

test('a simulation says what would happen, and nothing does', async () => {
  const to = Keypair.generate().publicKey;
  const message = new TransactionMessage({
    payerKey: payer.publicKey,
    recentBlockhash: PublicKey.default.toBase58(),
    instructions: [transfer(to, 5_000_000)],
  }).compileToV0Message();
  const { value } = await connection.simulateTransaction(new VersionedTransaction(message), {
    replaceRecentBlockhash: true,
    sigVerify: false,
    accounts: { encoding: 'base64', addresses: [to.toBase58()] },
  });
  assert.equal(value.err, null);
  assert.ok(value.unitsConsumed > 0);
  assert.ok(value.logs.some((line) => line.includes('success')));
  assert.equal(value.accounts[0].lamports, 5_000_000);
  assert.equal(value.accounts[0].owner, SystemProgram.programId.toBase58());
  assert.equal(value.replacementBlockhash.blockhash.length > 30, true);
  assert.equal(await connection.getBalance(to), 0);
});

test('what is sent twice is executed once', async () => {
  const to = Keypair.generate().publicKey;
  const transaction = new Transaction().add(transfer(to, 1_000_000));
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  transaction.feePayer = payer.publicKey;
  transaction.recentBlockhash = blockhash;
  transaction.sign(payer);
  const bytes = transaction.serialize();
  const signature = await connection.sendRawTransaction(bytes, { skipPreflight: true });
  // Clients send again until they see it: the second time must not be an error that stops them.
  await connection.sendRawTransaction(bytes, { skipPreflight: true }).catch((error) => {
    assert.match(error.message, /already been processed/);
  });
  await connection.confirmTransaction({ signature, blockhash, lastValidBlockHeight });
  assert.equal(await connection.getBalance(to), 1_000_000);
});

test('fifty transfers at once arrive, each once', async () => {
  const recipients = Array.from({ length: 50 }, () => Keypair.generate().publicKey);
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  await Promise.all(recipients.map(async (to) => {
    const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight });
    transaction.add(transfer(to, 1_000_000));
    await sendAndConfirmTransaction(connection, transaction, [payer]);
  }));
  const accounts = await connection.getMultipleAccountsInfo(recipients);
  assert.deepEqual(accounts.map((account) => account?.lamports), recipients.map(() => 1_000_000));
});
