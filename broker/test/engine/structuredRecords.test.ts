import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { checkBatches } from '@millrace/core/batchCheck';
import { decodeRecords } from '@millrace/core/batchReader';
import { partitionForKey } from '@millrace/core/murmur2';
import type { RecordInput } from '@millrace/core/record';
import { batchesOf, sharesOf } from '../../src/engine/structuredRecords.ts';

const record = (key: string | null, bytes = 1): RecordInput => ({
  key: key === null ? null : Buffer.from(key),
  value: Buffer.alloc(bytes),
  timestamp: 1000,
  headers: [],
});

test('a key goes where existing clients put it, keyless records go together, a given partition takes all', () => {
  const records = ['a', null, 'b', 'a', null].map((key) => record(key));
  const shares = sharesOf(records, undefined, 50, () => 7);
  const places = new Map(
    shares.flatMap(({ partition, indexes }) => indexes.map((i) => [i, partition])),
  );
  assert.equal(places.get(0), partitionForKey(Buffer.from('a'), 50));
  assert.equal(places.get(3), places.get(0));
  assert.equal(places.get(2), partitionForKey(Buffer.from('b'), 50));
  assert.deepEqual([places.get(1), places.get(4)], [7, 7]);
  const [only, ...others] = sharesOf(records, 3, 50, () => 7);
  assert.deepEqual([only?.partition, only?.indexes, others], [3, [0, 1, 2, 3, 4], []]);
});

test('records are batched in order within the limit of the topic, and the leader takes the batches', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(sizes, (list) => {
      const records = list.map((bytes, index) => record(`k${index}`, bytes));
      const bytes = batchesOf(records, 1024);
      const headers = checkBatches(bytes, {
        batchBytesMax: 1024,
        timestampAheadMsMax: 0,
        nowMs: 1000,
      });
      let at = 0;
      const keys: string[] = [];
      for (const header of headers) {
        for (const { key } of decodeRecords(bytes, at, header, { maxBytes: 1 << 20 })) {
          keys.push(String(key));
        }
        at += header.sizeBytes;
      }
      assert.deepEqual(
        keys,
        list.map((_, index) => `k${index}`),
      );
    }),
  );
});

test('a record above the limit is refused and named', () => {
  assert.throws(() => batchesOf([record('a'), record('b', 2000)], 1024), {
    code: 'RECORD_TOO_LARGE',
    message: /record 1 /,
  });
});
