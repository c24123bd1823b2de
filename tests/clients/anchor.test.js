// @coral-xyz/anchor: a program of this repository, called by the description that its own macros write.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import anchor from '@coral-xyz/anchor';
import { PublicKey } from '@solana/web3.js';
import { connect, funded, named, once, refusal } from './common.js';

const { AnchorError, AnchorProvider, BN, Program, Wallet } = anchor;
const connection = connect();
const idl = JSON.parse(readFileSync(named('SEALANE_COUNTER_IDL'), 'utf8'));
let owner, program, counter;

before(async () => {
  owner = await funded(connection);
  const provider = new AnchorProvider(connection, new Wallet(owner), { commitment: 'confirmed' });
  program = new Program(idl, provider);
  [counter] = PublicKey.findProgramAddressSync([Buffer.from('counter'), owner.publicKey.toBuffer()], program.programId);
  // The client derives the counter's address from the description by itself.
  await program.methods.create(new BN(10)).accounts({ authority: owner.publicKey }).rpc();
});

test('an account is read by its name', async () => {
  const found = await program.account.counter.fetch(counter);
  assert.ok(found.authority.equals(owner.publicKey));
  assert.equal(found.limit.toNumber(), 10);
  const all = await program.account.counter.all();
  assert.ok(all.some(({ publicKey }) => publicKey.equals(counter)));
});

test('an instruction is called, its event is heard, its result is seen', async () => {
  let listener;
  const heard = once((callback) => {
    listener = program.addEventListener('incremented', callback);
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const increment = program.methods.increment(new BN(4)).accounts({ authority: owner.publicKey });
  const simulated = await increment.simulate();
  assert.equal(simulated.events[0].data.count.toNumber(), 4);
  await increment.rpc();
  const [event] = await heard;
  await program.removeEventListener(listener);
  assert.equal(event.by.toNumber(), 4);
  assert.ok(event.authority.equals(owner.publicKey));
  assert.equal((await program.account.counter.fetch(counter)).count.toNumber(), 4);
});

test('an error is named, with its number and text', async () => {
  const error = await refusal(program.methods.increment(new BN(7)).accounts({ authority: owner.publicKey }).rpc());
  const { code, msg } = idl.errors.find(({ name }) => name === 'LimitReached');
  assert.ok(error instanceof AnchorError, String(error));
  assert.deepEqual(error.error.errorCode, { code: 'LimitReached', number: code });
  assert.equal(error.error.errorMessage, msg);
  assert.equal(error.error.origin, undefined);
  assert.ok(error.program.equals(program.programId));
});

test('a broken constraint is named, with its account', async () => {
  const other = await funded(connection);
  const increment = program.methods.increment(new BN(1)).accountsPartial({ authority: other.publicKey, counter });
  const error = await refusal(increment.signers([other]).rpc());
  assert.ok(error instanceof AnchorError, String(error));
  assert.deepEqual(error.error.errorCode, { code: 'ConstraintSeeds', number: 2006 });
  assert.equal(error.error.origin, 'counter');
});

test('a counter is closed', async () => {
  await program.methods.close().accounts({ authority: owner.publicKey }).rpc();
  assert.equal(await program.account.counter.fetchNullable(counter), null);
});
