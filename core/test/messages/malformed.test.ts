import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '@millrace/core/errors';
import { decodeFetchResponse, encodeFetchResponse } from '@millrace/core/messages/fetch';
import { decodeFetchRequest } from '@millrace/core/messages/fetchRequest';
import {
  decodeProduceStreamRequest,
  decodeProduceStreamResponse,
  encodeProduceStreamRequest,
  encodeProduceStreamResponse,
} from '@millrace/core/messages/produceStream';
import { ELEMENTS_MAX, ProtoReader } from '@millrace/core/messages/protoReader';
import { ProtoWriter } from '@millrace/core/messages/protoWriter';
import fc from 'fast-check';
import { loadedMessage } from './protoLoader.ts';

const decoders = {
  ProduceStreamRequest: decodeProduceStreamRequest,
  ProduceStreamResponse: decodeProduceStreamResponse,
  FetchRequest: decodeFetchRequest,
  FetchResponse: decodeFetchResponse,
};

function requestOf(correlation: number, timestampMs: number): Buffer {
  const headers = [{ key: 'h', value: Buffer.from('v') }, { key: 'h' }];
  const record = {
    key: Buffer.from('k'),
    value: Buffer.from('value'),
    headers,
    timestampMs,
    offset: 0,
  };
  const batches = Buffer.alloc(200, 9);
  const entry = { topicName: 'flights', partition: 300, records: [record], batches };
  return Buffer.concat(
    encodeProduceStreamRequest({ correlation, acks: 3, deadlineMs: 1000, entries: [entry] }),
  );
}

const valid = requestOf(2 ** 53 - 1, -1);

const isRefusal = (error: unknown): boolean =>
  error instanceof MillraceError && error.code === 'INVALID_REQUEST';

/** True when it was decoded, false when it was refused as it should be. */
function survives(decode: (body: Buffer) => unknown, body: Buffer): boolean {
  try {
    decode(body);
    return true;
  } catch (error) {
    assert.ok(isRefusal(error), String(error));
    return false;
  }
}

test('random and mutated bytes are decoded or refused with INVALID_REQUEST, never anything else', () => {
  const mutated = fc
    .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 })
    .map((changes) => {
      const bytes = Buffer.from(valid);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  const random = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(mutated, random), (body) => {
      for (const decode of Object.values(decoders)) survives(decode, body);
    }),
    { numRuns: 2000 },
  );
});

test('what our decoder takes, proto-loader reads the same way', () => {
  const loaded = loadedMessage('ProduceStreamRequest');
  // Without long numbers: protobufjs loses its place in one of 6 to 9 bytes where an int32 belongs.
  const short = requestOf(5, 6);
  const mutated = fc.tuple(fc.nat(short.length - 1), fc.nat(255)).map(([at, value]) => {
    const bytes = Buffer.from(short);
    bytes[at] = value;
    return bytes;
  });
  fc.assert(
    fc.property(mutated, (body) => {
      if (!survives(decodeProduceStreamRequest, body)) return;
      const ours = decodeProduceStreamRequest(body);
      const theirs = loaded.decode(body);
      assert.equal(ours.correlation, theirs['correlation'] ?? 0);
      assert.equal(ours.acks, theirs['acks'] ?? 0);
      assert.equal(ours.deadlineMs, theirs['deadlineMs'] ?? 0);
      const entries = (theirs['entries'] ?? []) as Record<string, unknown>[];
      assert.deepEqual(
        ours.entries.map(({ partition, batches }) => [partition, batches.toString('hex')]),
        entries.map(({ partition, batches }) => [
          partition,
          ((batches ?? Buffer.alloc(0)) as Buffer).toString('hex'),
        ]),
      );
    }),
    { numRuns: 2000 },
  );
});

test('a message cut at any byte is refused, or is what was whole before the cut', () => {
  for (let end = 0; end < valid.length; end++) {
    const cut = valid.subarray(0, end);
    if (survives(decodeProduceStreamRequest, cut)) {
      assert.deepEqual(decodeProduceStreamRequest(cut).entries, []);
    }
  }
});

test('unknown fields of every kind are skipped', () => {
  for (const hex of [
    'a00605', // varint
    'a006ffffffffffffffffff01',
    'a1060102030405060708', // 8 bytes
    'a20603aabbcc', // bytes
    'a20600',
    'a50601020304', // 4 bytes
  ]) {
    const unknown = Buffer.from(hex, 'hex');
    const expected = decodeProduceStreamRequest(valid);
    for (const parts of [
      [unknown, valid],
      [valid, unknown],
      [unknown, unknown, valid, unknown],
    ])
      assert.deepEqual(decodeProduceStreamRequest(Buffer.concat(parts)), expected, hex);
    for (let end = 1; end < unknown.length; end++) {
      const cut = Buffer.concat([valid, unknown.subarray(0, end)]);
      assert.throws(() => decodeProduceStreamRequest(cut), isRefusal, hex);
    }
  }
});

for (const [what, hex] of [
  ['a correlation of 2^53', '088080808080808010'],
  ['a correlation of 2^64 - 1', '08ffffffffffffffffff01'],
  ['an endless number', '08ffffffffffffffffffffffffffffff'],
  ['a length of 2^31', '22808080800800'],
  ['a length of 2^32 - 1', '22ffffffff0f00'],
  ['a length of 2^63', '228080808080808080800100'],
  ['field number 0', '0001'],
  ['a group', '2b2c'],
  ['wire type 7', '0f'],
  ['a number where an entry belongs', '2001'],
  ['bytes where a number belongs', '0a0101'],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => decodeProduceStreamRequest(Buffer.from(hex, 'hex')), isRefusal);
  });
}

test('offsets beyond what a number holds exactly are refused, not rounded', () => {
  const entry = (offset: string): Buffer => Buffer.from(`0a${offset}`, 'hex');
  // nextOffset = 2^53, 2^63 - 1, -2^63.
  for (const offset of [
    '09408080808080808010',
    '0a40ffffffffffffffff7f',
    '0b4080808080808080808001',
  ])
    assert.throws(() => decodeFetchResponse(entry(offset)), isRefusal);
});

test('more elements than any honest request has are refused before they cost memory', () => {
  const empties = (count: number): Buffer => Buffer.alloc(2 * count).fill(Buffer.from([0x22, 0]));
  assert.equal(decodeProduceStreamRequest(empties(ELEMENTS_MAX)).entries.length, ELEMENTS_MAX);
  assert.throws(() => decodeProduceStreamRequest(empties(ELEMENTS_MAX + 1)), isRefusal);
  const packed = new ProtoReader(
    Buffer.concat([Buffer.from([0x3a, 0x80, 0x80, 0x40]), Buffer.alloc(1 << 20)]),
  );
  packed.nextField();
  assert.throws(() => packed.packedUint32([]), isRefusal);
});

test('a number that is no safe integer is not written as another one', () => {
  for (const value of [Number.NaN, 0.5, 2 ** 53, -(2 ** 53), Number.POSITIVE_INFINITY])
    assert.throws(() => new ProtoWriter().number(1, value), RangeError);
});

test('a writer that failed half-way leaves nothing behind for the next', () => {
  const response = { results: [], throttleMs: 5 };
  const before = Buffer.concat(encodeProduceStreamResponse(response));
  assert.throws(() => encodeProduceStreamResponse({ results: [], throttleMs: Number.NaN }));
  assert.deepEqual(Buffer.concat(encodeProduceStreamResponse(response)), before);
});

test('a message larger than the scratch buffer is written whole', () => {
  const value = Buffer.alloc(1000, 3);
  const records = Array.from({ length: 3000 }, (_, offset) => ({ value, headers: [], offset }));
  const facts = { partition: 1, leaderEpoch: 2, lastStable: 3, logStart: 4, localStart: 5 };
  const entry = {
    ...facts,
    topicId: 't',
    highWatermark: 6,
    nextOffset: 7,
    end: false,
    records,
    batches: [Buffer.alloc(5000, 1), Buffer.alloc(10, 2)],
  };
  const body = Buffer.concat(encodeFetchResponse({ entries: [entry, entry], throttleMs: 0 }));
  const decoded = decodeFetchResponse(body).entries;
  for (const { records: read, batches } of decoded) {
    assert.equal(read.length, 3000);
    assert.ok(read.every((record, offset) => record.offset === offset));
    assert.equal(Buffer.concat(batches).length, 5010);
  }
});
