// @solana/kit: transfers, confirmation, subscriptions, nonces, errors.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  SOLANA_ERROR__BLOCK_HEIGHT_EXCEEDED, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM, airdropFactory,
  appendTransactionMessageInstruction, appendTransactionMessageInstructions, createSolanaRpc, createSolanaRpcSubscriptions,
  createTransactionMessage, generateKeyPairSigner, getBase64EncodedWireTransaction, getSignatureFromTransaction, isSolanaError,
  lamports, pipe, sendAndConfirmDurableNonceTransactionFactory, sendAndConfirmTransactionFactory,
  setTransactionMessageFeePayerSigner, setTransactionMessageLifetimeUsingBlockhash,
  setTransactionMessageLifetimeUsingDurableNonce, signTransactionMessageWithSigners,
} from '@solana/kit';
import {
  SYSTEM_PROGRAM_ADDRESS, fetchNonce, getCreateAccountInstruction, getInitializeNonceAccountInstruction, getNonceSize,
  getTransferSolInstruction,
} from '@solana-program/system';
import { getSetComputeUnitLimitInstruction, getSetComputeUnitPriceInstruction } from '@solana-program/compute-budget';
import { refusal, url, websocketUrl } from './common.js';

const rpc = createSolanaRpc(url);
const rpcSubscriptions = createSolanaRpcSubscriptions(websocketUrl);
const airdrop = airdropFactory({ rpc, rpcSubscriptions });
const sendAndConfirm = sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions });
const sol = 1_000_000_000n;

let payer;
before(async () => {
  payer = await generateKeyPairSigner();
  await airdrop({ recipientAddress: payer.address, lamports: lamports(10n * sol), commitment: 'confirmed' });
});

async function message(instructions, version = 0, lifetime) {
  const { value: blockhash } = await rpc.getLatestBlockhash().send();
  return pipe(
    createTransactionMessage({ version }),
    (tx) => setTransactionMessageFeePayerSigner(payer, tx),
    (tx) => setTransactionMessageLifetimeUsingBlockhash(lifetime ?? blockhash, tx),
    (tx) => appendTransactionMessageInstructions(instructions, tx),
  );
}

function transfer(destination, amount) {
  return getTransferSolInstruction({ source: payer, destination, amount });
}

async function balance(address) {
  return (await rpc.getBalance(address).send()).value;
}

for (const version of ['legacy', 0]) {
  test(`sendAndConfirmTransaction, version ${version}`, async () => {
    const { address } = await generateKeyPairSigner();
    const transaction = await signTransactionMessageWithSigners(await message([transfer(address, sol)], version));
    await sendAndConfirm(transaction, { commitment: 'confirmed' });
    assert.equal(await balance(address), sol);
    const found = await rpc.getTransaction(getSignatureFromTransaction(transaction), {
      encoding: 'jsonParsed', maxSupportedTransactionVersion: 0,
    }).send();
    assert.equal(found.version, version);
    assert.equal(found.meta.fee, 5_000n);
    assert.equal(found.transaction.message.instructions[0].parsed.info.lamports, sol);
  });
}

test('a priority fee', async () => {
  const before = await balance(payer.address);
  const { address } = await generateKeyPairSigner();
  const instructions = [
    getSetComputeUnitLimitInstruction({ units: 20_000 }),
    getSetComputeUnitPriceInstruction({ microLamports: 500_000n }),
    transfer(address, sol),
  ];
  const transaction = await signTransactionMessageWithSigners(await message(instructions));
  await sendAndConfirm(transaction, { commitment: 'confirmed' });
  assert.equal(await balance(payer.address), before - sol - 5_000n - 10_000n);
});

test('a simulation', async () => {
  const { address } = await generateKeyPairSigner();
  const transaction = await signTransactionMessageWithSigners(await message([transfer(address, sol)]));
  const { value } = await rpc.simulateTransaction(getBase64EncodedWireTransaction(transaction), {
    encoding: 'base64', sigVerify: true, innerInstructions: true,
  }).send();
  assert.equal(value.err, null);
  assert.ok(value.unitsConsumed > 0n);
  assert.equal(await balance(address), 0n);
});

test('an error of a program is told apart', async () => {
  const { address } = await generateKeyPairSigner();
  const transaction = await signTransactionMessageWithSigners(await message([transfer(address, 1_000n * sol)]));
  const error = await refusal(sendAndConfirm(transaction, { commitment: 'confirmed' }));
  assert.ok(isSolanaError(error.cause, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM), `${error}: ${error.cause}`);
  assert.equal(error.cause.context.code, 1);
});

test('what never comes expires', async () => {
  const { address } = await generateKeyPairSigner();
  const { value: blockhash } = await rpc.getLatestBlockhash().send();
  const lifetime = { blockhash: blockhash.blockhash, lastValidBlockHeight: (await rpc.getBlockHeight().send()) + 2n };
  const transaction = await signTransactionMessageWithSigners(await message([transfer(address, sol)], 0, lifetime));
  // Sending is left out: only the confirmation is asked for.
  const unsent = sendAndConfirmTransactionFactory({
    rpc: { ...rpcWithoutSending() }, rpcSubscriptions,
  });
  const error = await refusal(unsent(transaction, { commitment: 'confirmed' }));
  assert.ok(isSolanaError(error, SOLANA_ERROR__BLOCK_HEIGHT_EXCEEDED), String(error));
});

/** The node's RPC, but what is sent gets lost on the way. */
function rpcWithoutSending() {
  const lost = { sendTransaction: () => ({ send: async () => 'lost' }) };
  return new Proxy({}, {
    get: (_, name) => lost[name] ?? rpc[name],
    ownKeys: () => ['sendTransaction', 'getEpochInfo', 'getSignatureStatuses'],
    getOwnPropertyDescriptor: (_, name) => ({ enumerable: true, configurable: true, value: lost[name] ?? rpc[name] }),
  });
}

test('durable nonces', async () => {
  const nonce = await generateKeyPairSigner();
  const space = BigInt(getNonceSize());
  const create = [
    getCreateAccountInstruction({
      payer, newAccount: nonce, space, lamports: await rpc.getMinimumBalanceForRentExemption(space).send(),
      programAddress: SYSTEM_PROGRAM_ADDRESS,
    }),
    getInitializeNonceAccountInstruction({ nonceAccount: nonce.address, nonceAuthority: payer.address }),
  ];
  await sendAndConfirm(await signTransactionMessageWithSigners(await message(create)), { commitment: 'confirmed' });
  const { data } = await fetchNonce(rpc, nonce.address);
  const { address } = await generateKeyPairSigner();
  const transaction = await signTransactionMessageWithSigners(pipe(
    createTransactionMessage({ version: 0 }),
    (tx) => setTransactionMessageFeePayerSigner(payer, tx),
    (tx) => setTransactionMessageLifetimeUsingDurableNonce({
      nonce: data.blockhash, nonceAccountAddress: nonce.address, nonceAuthorityAddress: payer.address,
    }, tx),
    (tx) => appendTransactionMessageInstruction(transfer(address, sol), tx),
  ));
  const send = sendAndConfirmDurableNonceTransactionFactory({ rpc, rpcSubscriptions });
  await send(transaction, { commitment: 'confirmed' });
  assert.equal(await balance(address), sol);
  assert.notEqual((await fetchNonce(rpc, nonce.address)).data.blockhash, data.blockhash);
});

test('subscriptions', async () => {
  const { address } = await generateKeyPairSigner();
  const abort = new AbortController();
  const options = { abortSignal: abort.signal };
  const [accounts, logs, slots] = await Promise.all([
    rpcSubscriptions.accountNotifications(address, { encoding: 'base64', commitment: 'confirmed' }).subscribe(options),
    rpcSubscriptions.logsNotifications({ mentions: [address] }, { commitment: 'confirmed' }).subscribe(options),
    rpcSubscriptions.slotNotifications().subscribe(options),
  ]);
  const first = async (notifications) => {
    for await (const notification of notifications) return notification;
    return undefined;
  };
  // What comes before anybody reads is dropped.
  const firsts = [first(accounts), first(logs), first(slots)];
  const transaction = await signTransactionMessageWithSigners(await message([transfer(address, sol)]));
  await sendAndConfirm(transaction, { commitment: 'confirmed' });
  const signature = getSignatureFromTransaction(transaction);
  const [account, log, slot] = await Promise.all(firsts);
  assert.equal(account.value.lamports, sol);
  assert.equal(log.value.signature, signature);
  assert.equal(slot.parent, slot.slot - 1n);
  const past = await rpcSubscriptions.signatureNotifications(signature, { commitment: 'confirmed' }).subscribe(options);
  assert.equal((await first(past)).value.err, null);
  abort.abort();
});

test('queries', async () => {
  const [epoch, version, genesis, fees, largest] = await Promise.all([
    rpc.getEpochInfo().send(), rpc.getVersion().send(), rpc.getGenesisHash().send(), rpc.getRecentPrioritizationFees().send(),
    rpc.getSignaturesForAddress(payer.address, { limit: 5 }).send(),
  ]);
  assert.ok(epoch.blockHeight >= 0n);
  assert.ok(version['solana-core']);
  assert.ok(genesis.length > 30);
  assert.ok(Array.isArray(fees));
  assert.ok(largest.length >= 1);
  const block = await rpc.getBlock(largest[0].slot, { maxSupportedTransactionVersion: 0, encoding: 'base64' }).send();
  assert.equal(block.parentSlot, largest[0].slot - 1n);
});
