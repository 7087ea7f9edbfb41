import assert from 'node:assert/strict';
import test from 'node:test';
import type { PlaceableBroker } from '@millrace/core/place';
import { drained } from '../../src/controller/drainPlan.ts';
import { ids } from './partitionCases.ts';

function brokers(...given: [id: number, rack: string, replicas: number, cordoned?: boolean][]) {
  return new Map(
    given.map(([number, rack, replicas, cordoned = false]) => {
      const [id] = ids(number);
      assert.ok(id !== undefined);
      const broker: PlaceableBroker = { id, rack, cordoned, replicas, leaders: 0 };
      return [id, broker] as const;
    }),
  );
}

const draining = new Set(ids(1));

test('a replica of a draining broker goes, in its place, to the least loaded other', () => {
  const loads = brokers([1, '', 5, true], [2, '', 5], [3, '', 5], [4, '', 3], [5, '', 2]);
  assert.deepEqual(drained(ids(1, 2, 3), draining, loads), ids(5, 2, 3));
  assert.deepEqual(drained(ids(1, 2, 3), draining, loads), ids(4, 2, 3), 'what was placed counts');
});

test('a rack that holds none of the others is preferred', () => {
  const loads = brokers([1, 'a', 5, true], [2, 'b', 5], [3, 'c', 5], [4, 'b', 1], [5, 'a', 9]);
  assert.deepEqual(drained(ids(1, 2, 3), draining, loads), ids(5, 2, 3));
});

test('where nobody can take it, it stays', () => {
  const replicas = ids(1, 2, 3);
  const loads = brokers([1, '', 5, true], [2, '', 5], [3, '', 5], [4, '', 1, true]);
  assert.equal(drained(replicas, draining, loads), replicas);
});
