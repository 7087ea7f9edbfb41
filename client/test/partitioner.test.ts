import assert from 'node:assert/strict';
import test from 'node:test';
import { partitionForKey } from '@millrace/core/murmur2';
import fc from 'fast-check';
import { Partitioner } from '../src/partitioner.ts';

test('a key goes where existing clients put it', () => {
  const partitioner = new Partitioner(12, 0);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (key) => {
      assert.equal(partitioner.forKey(key), partitionForKey(key, 12));
    }),
  );
});

test('records without a key stay on one partition until its batch is complete, then go round', () => {
  const partitioner = new Partitioner(3, 0.5);
  assert.equal(partitioner.sticky, 1);
  partitioner.batchCompleted(0, () => true);
  assert.equal(partitioner.sticky, 1);
  const visited = [];
  for (let batch = 0; batch < 6; batch++) {
    partitioner.batchCompleted(partitioner.sticky, () => true);
    visited.push(partitioner.sticky);
  }
  assert.deepEqual(visited, [2, 0, 1, 2, 0, 1]);
});

test('the next sticky partition is one that can be sent to, or the next in turn if none can', () => {
  const partitioner = new Partitioner(4, 0);
  partitioner.batchCompleted(0, (partition) => partition === 3);
  assert.equal(partitioner.sticky, 3);
  partitioner.batchCompleted(3, () => false);
  assert.equal(partitioner.sticky, 0);
});

test('producers that start with other randomness begin on other partitions, all within range', () => {
  for (const [random, sticky] of [
    [0, 0],
    [0.34, 1],
    [0.9999, 2],
    [1, 2],
  ] as const) {
    assert.equal(new Partitioner(3, random).sticky, sticky);
  }
});
