// @solana/web3.js 1.x: what goes wrong, in the words and codes that applications look for.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import bs58 from 'bs58';
import {
  Keypair, LAMPORTS_PER_SOL, SendTransactionError, SystemProgram, Transaction,
  TransactionExpiredBlockheightExceededError, TransactionInstruction, TransactionMessage, VersionedTransaction, sendAndConfirmTransaction,
} from '@solana/web3.js';
import { call, connect, funded, refusal } from './common.js';

const connection = connect();
let payer;
before(async () => {
  payer = await funded(connection);
});

function transfer(lamports, to = Keypair.generate().publicKey) {
  return new Transaction().add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports }));
}

async function signed(transaction, blockhash) {
  transaction.feePayer = payer.publicKey;
  transaction.recentBlockhash = blockhash ?? (await connection.getLatestBlockhash()).blockhash;
  transaction.sign(payer);
  return transaction.serialize();
}

test('a blockhash that nobody knows', async () => {
  const bytes = await signed(transfer(1_000_000), Keypair.generate().publicKey.toBase58());
  const error = await refusal(connection.sendRawTransaction(bytes));
  assert.ok(error instanceof SendTransactionError);
  assert.match(error.message, /Blockhash not found/);
  const { error: raw } = await call('sendTransaction', [bytes.toString('base64'), { encoding: 'base64' }]);
  assert.equal(raw.code, -32002);
  assert.equal(raw.data.err, 'BlockhashNotFound');
});

test('more than there is', async () => {
  const error = await refusal(sendAndConfirmTransaction(connection, transfer(1_000 * LAMPORTS_PER_SOL), [payer]));
  assert.ok(error instanceof SendTransactionError);
  assert.match(error.message, /custom program error: 0x1/);
  assert.ok((await error.getLogs(connection)).some((line) => line.includes('insufficient lamports')));
});

test('a payer who holds nothing', async () => {
  const poor = Keypair.generate();
  const transaction = new Transaction().add(
    SystemProgram.transfer({ fromPubkey: poor.publicKey, toPubkey: payer.publicKey, lamports: 1 }));
  const error = await refusal(sendAndConfirmTransaction(connection, transaction, [poor]));
  assert.match(error.message, /Attempt to debit an account but found no record of a prior credit/);
});

test('a program\'s own error, in a transaction that pays its fee', async () => {
  const before = await connection.getBalance(payer.publicKey);
  const bytes = await signed(transfer(1_000 * LAMPORTS_PER_SOL));
  const signature = await connection.sendRawTransaction(bytes, { skipPreflight: true });
  const { value } = await connection.confirmTransaction(signature);
  assert.deepEqual(value.err, { InstructionError: [0, { Custom: 1 }] });
  assert.equal(await connection.getBalance(payer.publicKey), before - 5_000);
  const { value: status } = await connection.getSignatureStatus(signature);
  assert.deepEqual(status.status, { Err: { InstructionError: [0, { Custom: 1 }] } });
  const { meta } = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  assert.deepEqual(meta.err, { InstructionError: [0, { Custom: 1 }] });
});

test('a program that is not there', async () => {
  const transaction = new Transaction().add(
    new TransactionInstruction({ programId: Keypair.generate().publicKey, keys: [], data: Buffer.alloc(0) }));
  const error = await refusal(sendAndConfirmTransaction(connection, transaction, [payer]));
  assert.match(error.message, /program that does not exist|Unsupported program id|Attempt to load a program/);
});

test('a signature that is not the signer\'s', async () => {
  const bytes = await signed(transfer(1_000_000));
  bytes[1] ^= 1;
  const { error } = await call('sendTransaction', [bytes.toString('base64'), { encoding: 'base64' }]);
  assert.equal(error.code, -32003);
});

test('bytes that are no transaction', async () => {
  for (const text of ['', 'AAAA', Buffer.alloc(1233).toString('base64')]) {
    const { error } = await call('sendTransaction', [text, { encoding: 'base64' }]);
    assert.equal(error.code, -32602, text.slice(0, 8));
  }
  const { error } = await call('sendTransaction', ['?', { encoding: 'base64' }]);
  assert.equal(error.code, -32602);
});

test('a transaction that never comes expires', async () => {
  const { blockhash } = await connection.getLatestBlockhash();
  const lastValidBlockHeight = (await connection.getBlockHeight()) + 3;
  const transaction = transfer(1_000_000);
  await signed(transaction, blockhash);
  // Nobody sends it.
  const signature = bs58.encode(transaction.signature);
  const error = await refusal(connection.confirmTransaction({ signature, blockhash, lastValidBlockHeight }));
  assert.ok(error instanceof TransactionExpiredBlockheightExceededError, String(error));
});

test('a transaction whose version the caller does not read', async () => {
  const message = new TransactionMessage({
    payerKey: payer.publicKey,
    recentBlockhash: (await connection.getLatestBlockhash()).blockhash,
    instructions: transfer(1_000_000).instructions,
  }).compileToV0Message();
  const transaction = new VersionedTransaction(message);
  transaction.sign([payer]);
  const signature = await connection.sendTransaction(transaction);
  await connection.confirmTransaction(signature);
  const { error } = await call('getTransaction', [signature, { commitment: 'confirmed' }]);
  assert.equal(error.code, -32015);
});
