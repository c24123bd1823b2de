// Makes instructions with the generated clients and prints each as a line of JSON, for the test to compare with what Rust
// makes; then reads accounts, events and return data back.

import * as kit from '@solana/kit';
import * as anchorCounter from './anchor_counter.js';
import * as counter from './counter.js';
import * as everyShape from './every_shape.js';

declare const process: { argv: string[] };

const key = (byte: number) => kit.getAddressDecoder().decode(new Uint8Array(32).fill(byte));
const signer = (byte: number) => kit.createNoopSigner(key(byte));

function show(name: string, instruction: kit.Instruction): void {
  const accounts = (instruction.accounts ?? []).map((account) => [
    account.address,
    kit.isSignerRole(account.role),
    kit.isWritableRole(account.role),
  ]);
  const data = Array.from(instruction.data ?? []);
  console.log(JSON.stringify({ name, program: instruction.programAddress, accounts, data }));
}

function expect(what: string, found: unknown, expected: unknown): void {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner));
  if (text(found) !== text(expected)) {
    throw new Error(`${what}: ${text(found)}, not ${text(expected)}`);
  }
}

show('counter create', await counter.getCreateInstruction({ authority: signer(1), limit: 70_000n }));
show('counter create without limit', await counter.getCreateInstruction({ authority: signer(1), limit: null }));
show('counter increment', await counter.getIncrementInstruction({ authority: signer(2), by: 5 }));
show('counter close', await counter.getCloseInstruction({ authority: signer(3) }));

show('anchor open', await anchorCounter.getOpenInstruction({ owner: signer(4), step: 7 }));
const [opened] = await anchorCounter.findCounterAddress({ owner: key(4) });
show('anchor count', await anchorCounter.getCountInstruction({ owner: signer(4), counter: opened, tollLamports: 9n }));
show('anchor extend', await anchorCounter.getExtendInstruction({ owner: signer(4), counter: opened, sizeBytes: 500 }));

const terms = {
  fee: -2,
  kind: { __kind: 'Shared', with: key(9), amount: 12 },
  label: 'ab',
  pair: [1, 0.5],
  price: 3,
  empty: undefined,
  flag: true,
} as const;
const open = { payer: signer(5), groupPayer: key(6), idArg: 7, terms, type: null };
show('every shape open', await everyShape.getOpenInstruction(open));
show('every shape open with all', await everyShape.getOpenInstruction({ ...open, witness: signer(8), id: key(10), type: 4 }));
show(
  'every shape count',
  await everyShape.getCountInstruction({
    owner: signer(5),
    chest: key(6),
    kinds: [{ __kind: 'Plain' }, { __kind: 'Locked', fields: [3, -1n] }],
    raw: new Uint8Array([1, 2]),
    hash: new Uint8Array(32).fill(3),
    grid: [[1, -1], [2, -2], [3, -3]],
  }),
);
show('every shape nothing', await everyShape.getNothingInstruction());

const account = { authority: key(1), count: 5n, limit: 70_000n, bump: 254, padding: new Uint8Array(7) };
const bytes = counter.getCounterAccountCodec().encode(account);
expect('an account', counter.getCounterAccountCodec().decode(bytes), account);
let refused = false;
try {
  counter.getCounterAccountCodec().decode(new Uint8Array(bytes.length));
} catch {
  refused = true;
}
expect('an account of another type is refused', refused, true);

const event = { authority: key(1), by: 2n, count: 5n };
const line = (address: string, data: kit.ReadonlyUint8Array) => [
  `Program ${address} invoke [1]`,
  `Program data: ${kit.getBase64Decoder().decode(data)}`,
  `Program ${address} success`,
];
const data = new Uint8Array([
  ...JSON.parse(process.argv[2] ?? '[]') as number[],
  ...counter.getIncrementedCodec().encode(event),
]);
expect('an event', counter.parseCounterEvents(line(counter.COUNTER_PROGRAM_ADDRESS, data)), [{ name: 'Incremented', data: event }]);
expect('an event of another program', counter.parseCounterEvents(line(everyShape.EVERY_SHAPE_PROGRAM_ADDRESS, data)), []);
expect('what is returned', counter.decodeIncrementReturn(new Uint8Array([5, 0, 0, 0, 0, 0, 0, 0])), 5n);
expect('an error', counter.COUNTER_ERRORS[6000]?.name, 'NotYours');
expect('what has the wrong length is refused', (() => {
  try {
    everyShape.getChestCodec().encode({ owner: key(1), label: new Uint8Array(6), bump: 1 });
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
})(), '7 bytes are needed, and 6 given');
