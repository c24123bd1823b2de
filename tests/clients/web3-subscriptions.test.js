// @solana/web3.js 1.x: every subscription, over one WebSocket.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  Keypair, LAMPORTS_PER_SOL, SystemProgram, Transaction, sendAndConfirmTransaction,
} from '@solana/web3.js';
import { TOKEN_PROGRAM_ID, createMint } from '@solana/spl-token';
import WebSocket from 'ws';
import { airdrop, call, connect, funded, once, websocketUrl } from './common.js';

const connection = connect();
let payer;
before(async () => {
  payer = await funded(connection);
});

function send(to, lamports) {
  const instruction = SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports });
  return sendAndConfirmTransaction(connection, new Transaction().add(instruction), [payer]);
}

/** Subscribes, and lets the request reach the node before anything happens. */
async function subscribed(subscribe) {
  let id;
  const notice = once((callback) => {
    id = subscribe(callback);
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { notice, id };
}

test('accountSubscribe tells of an account', async () => {
  const to = Keypair.generate().publicKey;
  const { notice, id } = await subscribed((callback) => connection.onAccountChange(to, callback));
  await send(to, LAMPORTS_PER_SOL);
  const [account, { slot }] = await notice;
  assert.equal(account.lamports, LAMPORTS_PER_SOL);
  assert.ok(slot > 0);
  await connection.removeAccountChangeListener(id);
});

test('programSubscribe tells of a program\'s accounts that a filter lets through', async () => {
  const filters = [{ dataSize: 82 }];
  const { notice, id } = await subscribed((callback) =>
    connection.onProgramAccountChange(TOKEN_PROGRAM_ID, callback, { filters }));
  const mint = await createMint(connection, payer, payer.publicKey, null, 3);
  const [{ accountId, accountInfo }] = await notice;
  assert.ok(accountId.equals(mint));
  assert.equal(accountInfo.data.length, 82);
  await connection.removeProgramAccountChangeListener(id);
});

test('logsSubscribe tells of the transactions that mention an address, and of all', async () => {
  const to = Keypair.generate().publicKey;
  const mentioned = await subscribed((callback) => connection.onLogs(to, callback));
  const all = await subscribed((callback) => connection.onLogs('all', callback));
  const signature = await send(to, LAMPORTS_PER_SOL);
  const [logs] = await mentioned.notice;
  assert.equal(logs.signature, signature);
  assert.equal(logs.err, null);
  assert.ok(logs.logs.includes('Program 11111111111111111111111111111111 success'));
  assert.ok((await all.notice)[0].signature);
  await connection.removeOnLogsListener(mentioned.id);
  await connection.removeOnLogsListener(all.id);
});

test('signatureSubscribe fires once, for what is past as well', async () => {
  const signature = await send(Keypair.generate().publicKey, LAMPORTS_PER_SOL);
  const [result, context] = await once((callback) => connection.onSignature(signature, callback));
  assert.equal(result.err, null);
  assert.ok(context.slot > 0);
});

test('slotSubscribe and rootSubscribe count', async () => {
  const slots = [];
  const id = connection.onSlotChange(({ slot, parent }) => slots.push([slot, parent]));
  const { notice, id: rootId } = await subscribed((callback) => connection.onRootChange(callback));
  await send(Keypair.generate().publicKey, LAMPORTS_PER_SOL);
  await send(Keypair.generate().publicKey, LAMPORTS_PER_SOL);
  assert.ok((await notice)[0] > 0);
  assert.ok(slots.length >= 1);
  for (const [slot, parent] of slots) assert.equal(parent, slot - 1);
  await connection.removeSlotChangeListener(id);
  await connection.removeRootChangeListener(rootId);
});

test('a subscription that was ended is silent', async () => {
  const to = Keypair.generate().publicKey;
  let notices = 0;
  const id = connection.onAccountChange(to, () => {
    notices += 1;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await airdrop(connection, to, LAMPORTS_PER_SOL);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(notices, 1);
  await connection.removeAccountChangeListener(id);
  await airdrop(connection, to, LAMPORTS_PER_SOL);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(notices, 1);
});

test('the socket answers calls, pings, unsubscriptions, and what it does not know', async () => {
  const socket = new WebSocket(websocketUrl);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  let id = 0;
  const ask = (method, params = []) => new Promise((resolve) => {
    const own = (id += 1);
    socket.on('message', (data) => {
      const answer = JSON.parse(data);
      if (answer.id === own) resolve(answer);
    });
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: own, method, params }));
  });
  assert.equal(typeof (await ask('getSlot')).result, 'number');
  const subscription = (await ask('slotSubscribe')).result;
  assert.equal(typeof subscription, 'number');
  assert.equal((await ask('slotUnsubscribe', [subscription])).result, true);
  assert.ok('error' in (await ask('slotUnsubscribe', [subscription])));
  assert.ok('error' in (await ask('noSuchSubscribe')));
  const pong = new Promise((resolve) => socket.once('pong', resolve));
  socket.ping('still there?');
  assert.equal(String(await pong), 'still there?');
  assert.equal((await ask('ping')).id, id);
  socket.close();
  assert.equal((await call('getHealth')).result, 'ok');
});
