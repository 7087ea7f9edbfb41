import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../src/fifo.ts';

test('a queue behaves as an array under any sequence of operations', () => {
  const operation = fc.oneof(
    fc.record({
      kind: fc.constant('push' as const),
      items: fc.array(fc.integer(), { maxLength: 1 }),
    }),
    fc.record({
      kind: fc.constant('unshiftAll' as const),
      items: fc.array(fc.integer(), { maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('shift' as const), items: fc.constant([]) }),
    fc.record({ kind: fc.constant('takeAll' as const), items: fc.constant([]) }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
      const queue = new Fifo<number>();
      let model: number[] = [];
      for (const { kind, items } of operations) {
        if (kind === 'push') {
          for (const item of items) queue.push(item);
          model.push(...items);
        } else if (kind === 'unshiftAll') {
          queue.unshiftAll(items);
          model.unshift(...items);
        } else if (kind === 'shift') {
          assert.equal(queue.shift(), model.shift());
        } else {
          assert.deepEqual(queue.takeAll(), model);
          model = [];
        }
        assert.equal(queue.length, model.length);
        assert.equal(queue.peek(), model[0]);
      }
    }),
  );
});

test('a queue that is filled and emptied in turn does not grow', () => {
  const queue = new Fifo<number>();
  for (let round = 0; round < 10_000; round++) {
    queue.push(round);
    queue.push(round);
    assert.equal(queue.shift(), queue.shift());
  }
  assert.equal(queue.length, 0);
  assert.equal(queue.shift(), undefined);
});
