// What wallets and explorers do: they ask over HTTP from a page, sign what an application prepared, and send raw bytes.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  ComputeBudgetProgram, Connection, Keypair, LAMPORTS_PER_SOL, SystemProgram, TransactionMessage, VersionedTransaction,
} from '@solana/web3.js';
import { connect, funded, until, url } from './common.js';

const connection = connect();
let payer;
before(async () => {
  payer = await funded(connection);
});

test('a browser may ask: preflight requests and headers of the clients are let through', async () => {
  const headers = {
    origin: 'https://wallet.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,solana-client',
  };
  const preflight = await fetch(url, { method: 'OPTIONS', headers });
  assert.ok(preflight.ok);
  assert.ok(['*', 'https://wallet.example'].includes(preflight.headers.get('access-control-allow-origin')));
  const allowed = preflight.headers.get('access-control-allow-headers').toLowerCase();
  assert.ok(allowed === '*' || (allowed.includes('solana-client') && allowed.includes('content-type')), allowed);
  const answer = await fetch(url, {
    method: 'POST',
    headers: { origin: 'https://wallet.example', 'content-type': 'application/json', 'solana-client': 'js/1' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'a', method: 'getHealth' }),
  });
  assert.ok(answer.headers.get('access-control-allow-origin'));
  assert.deepEqual(await answer.json(), { jsonrpc: '2.0', id: 'a', result: 'ok' });
});

test('a wallet simulates, sets a price, signs, sends without preflight and polls', async () => {
  const to = Keypair.generate().publicKey;
  const { blockhash } = await connection.getLatestBlockhash('finalized');
  const build = (units) => new VersionedTransaction(new TransactionMessage({
    payerKey: payer.publicKey,
    recentBlockhash: blockhash,
    instructions: [
      ComputeBudgetProgram.setComputeUnitLimit({ units }),
      ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 5_000 }),
      SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: LAMPORTS_PER_SOL }),
    ],
  }).compileToV0Message());
  const { value } = await connection.simulateTransaction(build(1_400_000), { sigVerify: false, commitment: 'processed' });
  assert.equal(value.err, null);
  const transaction = build(Math.ceil(value.unitsConsumed * 1.1));
  // The wallet gets bytes from a page, and hands them on.
  const received = VersionedTransaction.deserialize(transaction.serialize());
  received.sign([payer]);
  const signature = await connection.sendRawTransaction(received.serialize(), { skipPreflight: true, maxRetries: 0 });
  const status = await until(async () => {
    const { value: [found] } = await connection.getSignatureStatuses([signature]);
    return found?.confirmationStatus === 'confirmed' || found?.confirmationStatus === 'finalized' ? found : undefined;
  });
  assert.equal(status.err, null);
  assert.equal(await connection.getBalance(to), LAMPORTS_PER_SOL);
});

test('balances and histories are read with every commitment', async () => {
  for (const commitment of ['processed', 'confirmed', 'finalized']) {
    const other = new Connection(url, commitment);
    assert.ok((await other.getBalance(payer.publicKey)) > 0);
    assert.ok((await other.getLatestBlockhash()).lastValidBlockHeight > 0);
  }
});

test('a portfolio: lamports, tokens of both programs, and the history in one page', async () => {
  const token2022 = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb';
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { jsonrpc: '2.0', id: 1, method: 'getBalance', params: [payer.publicKey.toBase58()] },
      {
        jsonrpc: '2.0',
        id: 2,
        method: 'getTokenAccountsByOwner',
        params: [payer.publicKey.toBase58(), { programId: token2022 }, { encoding: 'jsonParsed' }],
      },
      { jsonrpc: '2.0', id: 3, method: 'getSignaturesForAddress', params: [payer.publicKey.toBase58(), { limit: 10 }] },
    ]),
  });
  const answers = await response.json();
  assert.deepEqual(answers.map(({ id }) => id), [1, 2, 3]);
  assert.ok(answers[0].result.value > 0);
  assert.deepEqual(answers[1].result.value, []);
  assert.ok(answers[2].result.length >= 1);
});
