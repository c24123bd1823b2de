// @solana/kit with the token program's generated client.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  airdropFactory, appendTransactionMessageInstructions, createSolanaRpc, createSolanaRpcSubscriptions, createTransactionMessage,
  generateKeyPairSigner, lamports, pipe, sendAndConfirmTransactionFactory, setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash, signTransactionMessageWithSigners,
} from '@solana/kit';
import { getCreateAccountInstruction } from '@solana-program/system';
import {
  TOKEN_PROGRAM_ADDRESS, fetchMint, fetchToken, findAssociatedTokenPda, getBurnInstruction, getCloseAccountInstruction,
  getCreateAssociatedTokenIdempotentInstructionAsync, getInitializeMint2Instruction, getMintSize, getMintToInstruction,
  getTransferCheckedInstruction,
} from '@solana-program/token';
import { url, websocketUrl } from './common.js';

const rpc = createSolanaRpc(url);
const rpcSubscriptions = createSolanaRpcSubscriptions(websocketUrl);
const sendAndConfirm = sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions });

let payer;
before(async () => {
  payer = await generateKeyPairSigner();
  const airdrop = airdropFactory({ rpc, rpcSubscriptions });
  await airdrop({ recipientAddress: payer.address, lamports: lamports(10_000_000_000n), commitment: 'confirmed' });
});

async function run(instructions) {
  const { value: blockhash } = await rpc.getLatestBlockhash().send();
  const transaction = await signTransactionMessageWithSigners(pipe(
    createTransactionMessage({ version: 0 }),
    (tx) => setTransactionMessageFeePayerSigner(payer, tx),
    (tx) => setTransactionMessageLifetimeUsingBlockhash(blockhash, tx),
    (tx) => appendTransactionMessageInstructions(instructions, tx),
  ));
  await sendAndConfirm(transaction, { commitment: 'confirmed' });
}

test('the life of a token', async () => {
  const [mint, other] = await Promise.all([generateKeyPairSigner(), generateKeyPairSigner()]);
  const space = BigInt(getMintSize());
  const find = async (owner) => (await findAssociatedTokenPda({
    owner, mint: mint.address, tokenProgram: TOKEN_PROGRAM_ADDRESS,
  }))[0];
  const [source, destination] = await Promise.all([find(payer.address), find(other.address)]);
  const create = (owner) => getCreateAssociatedTokenIdempotentInstructionAsync({ payer, owner, mint: mint.address });
  await run([
    getCreateAccountInstruction({
      payer, newAccount: mint, space, lamports: await rpc.getMinimumBalanceForRentExemption(space).send(),
      programAddress: TOKEN_PROGRAM_ADDRESS,
    }),
    getInitializeMint2Instruction({ mint: mint.address, decimals: 2, mintAuthority: payer.address }),
    await create(payer.address),
    await create(other.address),
    getMintToInstruction({ mint: mint.address, token: source, mintAuthority: payer, amount: 500n }),
  ]);
  // Idempotent: once more is no error.
  await run([
    await create(payer.address),
    getTransferCheckedInstruction({
      source, mint: mint.address, destination, authority: payer, amount: 200n, decimals: 2,
    }),
  ]);
  assert.equal((await fetchToken(rpc, destination)).data.amount, 200n);
  await run([
    getBurnInstruction({ account: source, mint: mint.address, authority: payer, amount: 300n }),
    getCloseAccountInstruction({ account: source, destination: payer.address, owner: payer }),
  ]);
  const found = await fetchMint(rpc, mint.address);
  assert.equal(found.data.supply, 200n);
  assert.equal((await rpc.getAccountInfo(source, { encoding: 'base64' }).send()).value, null);
  const { value } = await rpc.getTokenAccountsByOwner(
    other.address, { mint: mint.address }, { encoding: 'jsonParsed' },
  ).send();
  assert.equal(value[0].account.data.parsed.info.tokenAmount.uiAmountString, '2');
});
