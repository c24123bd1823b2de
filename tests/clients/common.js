// What the suites share: the node they are run against, keypairs with something to spend, and waiting.
//
// The node is started by `node/tests/clients.rs`, which names it in the environment.
import { Connection, Keypair, LAMPORTS_PER_SOL } from '@solana/web3.js';

function named(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the suites by \`cargo test --workspace --test clients\``);
  return value;
}

export const url = named('SEALANE_URL');
export const websocketUrl = named('SEALANE_WEBSOCKET_URL');
export { named, LAMPORTS_PER_SOL };

/** A connection as most applications make it. Clients that nobody closes keep the process alive: `done` ends them. */
export function connect(commitment = 'confirmed') {
  return new Connection(url, { commitment, wsEndpoint: websocketUrl });
}

/** A keypair that holds so much. */
export async function funded(connection, lamports = 10 * LAMPORTS_PER_SOL) {
  const keypair = Keypair.generate();
  await airdrop(connection, keypair.publicKey, lamports);
  return keypair;
}

export async function airdrop(connection, address, lamports) {
  const signature = await connection.requestAirdrop(address, lamports);
  const blockhash = await connection.getLatestBlockhash();
  const { value } = await connection.confirmTransaction({ signature, ...blockhash });
  if (value.err) throw new Error(`the airdrop failed: ${JSON.stringify(value.err)}`);
  return signature;
}

/** Resolves with what a subscription hands to its callback; rejects when nothing comes. */
export function once(subscribe, timeoutMs = 15_000) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no notification came')), timeoutMs);
    subscribe((...values) => {
      clearTimeout(timer);
      resolve(values);
    });
  });
}

/** Asks until the answer is no longer `undefined`. */
export async function until(ask, timeoutMs = 15_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error('it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The error that a promise rejects with. */
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}

/** A plain JSON-RPC call, for what the clients hide. */
export async function call(method, params = []) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return response.json();
}
