// @solana/web3.js 1.x: durable nonces, for transactions that are signed long before they are sent.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  Keypair, LAMPORTS_PER_SOL, NONCE_ACCOUNT_LENGTH, SystemProgram, Transaction, sendAndConfirmTransaction,
} from '@solana/web3.js';
import { connect, funded, refusal } from './common.js';

const connection = connect();
let payer, nonce;
before(async () => {
  payer = await funded(connection);
  nonce = Keypair.generate();
  const lamports = await connection.getMinimumBalanceForRentExemption(NONCE_ACCOUNT_LENGTH);
  const create = SystemProgram.createNonceAccount({
    fromPubkey: payer.publicKey, noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey, lamports,
  });
  await sendAndConfirmTransaction(connection, new Transaction().add(create), [payer, nonce]);
});

async function signed(to, nonceValue) {
  const transaction = new Transaction();
  transaction.nonceInfo = {
    nonce: nonceValue,
    nonceInstruction: SystemProgram.nonceAdvance({ noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey }),
  };
  transaction.add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: LAMPORTS_PER_SOL }));
  transaction.feePayer = payer.publicKey;
  transaction.sign(payer);
  return transaction.serialize();
}

test('a transaction on a nonce is executed once, and the nonce advances', async () => {
  const { value: account, context } = await connection.getNonceAndContext(nonce.publicKey);
  assert.ok(account.authorizedPubkey.equals(payer.publicKey));
  const to = Keypair.generate().publicKey;
  const bytes = await signed(to, account.nonce);
  const signature = await connection.sendRawTransaction(bytes);
  const { value } = await connection.confirmTransaction({
    signature, nonceAccountPubkey: nonce.publicKey, nonceValue: account.nonce, minContextSlot: context.slot,
  });
  assert.equal(value.err, null);
  assert.equal(await connection.getBalance(to), LAMPORTS_PER_SOL);
  assert.notEqual((await connection.getNonce(nonce.publicKey)).nonce, account.nonce);
  await refusal(connection.sendRawTransaction(bytes));
  assert.equal(await connection.getBalance(to), LAMPORTS_PER_SOL);
});

test('a transaction on a nonce that has moved on never comes into a block', async () => {
  const to = Keypair.generate().publicKey;
  const stale = await signed(to, Keypair.generate().publicKey.toBase58());
  const error = await refusal(connection.sendRawTransaction(stale));
  assert.match(error.message, /Blockhash not found/);
});

test('a nonce account is parsed', async () => {
  const { value } = await connection.getParsedAccountInfo(nonce.publicKey);
  assert.equal(value.data.program, 'nonce');
  assert.equal(value.data.parsed.type, 'initialized');
  assert.equal(value.data.parsed.info.authority, payer.publicKey.toBase58());
});

test('what a nonce account holds is withdrawn', async () => {
  const lamports = await connection.getBalance(nonce.publicKey);
  const to = Keypair.generate().publicKey;
  const withdraw = SystemProgram.nonceWithdraw({
    noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey, toPubkey: to, lamports,
  });
  await sendAndConfirmTransaction(connection, new Transaction().add(withdraw), [payer]);
  assert.equal(await connection.getBalance(to), lamports);
  assert.equal(await connection.getNonce(nonce.publicKey), null);
});
