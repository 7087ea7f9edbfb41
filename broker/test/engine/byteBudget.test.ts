import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ByteBudget } from '../../src/engine/byteBudget.ts';

test('whoever waits goes on once bytes were released, not before', () => {
  const budget = new ByteBudget(100);
  const heard: string[] = [];
  budget.whenFree(() => heard.push('at once'));
  budget.take(100);
  assert.ok(budget.exhausted);
  budget.whenFree(() => heard.push('later'));
  budget.release(0);
  assert.deepEqual(heard, ['at once']);
  budget.release(1);
  assert.deepEqual(heard, ['at once', 'later']);
});

test('a connection within its own limit waits for the limit of all', () => {
  const all = new ByteBudget(100);
  const [one, other] = [new ByteBudget(60, all), new ByteBudget(60, all)];
  one.take(50);
  other.take(50);
  assert.ok(one.exhausted && other.exhausted);
  let woken = 0;
  one.whenFree(() => woken++);
  other.release(10);
  assert.equal(woken, 1);
});

test('the limit of all that is free again does not free a connection that is above its own', () => {
  const all = new ByteBudget(1000);
  const one = new ByteBudget(10, all);
  one.take(20);
  let woken = 0;
  one.whenFree(() => woken++);
  one.release(5);
  assert.equal(woken, 0);
  one.release(10);
  assert.equal(woken, 1);
});

test('what is taken and released by many adds up, and nobody waits for ever', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 50 })));
  fc.assert(
    fc.property(steps, (list) => {
      const all = new ByteBudget(80);
      const each = [0, 1, 2].map(() => new ByteBudget(60, all));
      const taken = [0, 0, 0];
      let waiting = 0;
      for (const [index, bytes] of list) {
        const budget = each[index];
        assert.ok(budget !== undefined);
        budget.take(bytes);
        taken[index] = (taken[index] ?? 0) + bytes;
        waiting++;
        budget.whenFree(() => waiting--);
      }
      assert.equal(
        all.usedBytes,
        taken.reduce((sum, bytes) => sum + bytes, 0),
      );
      for (const [index, budget] of each.entries()) budget.release(taken[index] ?? 0);
      assert.equal(all.usedBytes, 0);
      assert.equal(waiting, 0);
    }),
  );
});
