import assert from 'node:assert/strict';
import test from 'node:test';
import { ByteBudget } from '../src/byteBudget.ts';

test('those who wait for room are let in one after the other, in order, each seeing what the one before took', () => {
  const budget = new ByteBudget(100);
  budget.take(100);
  assert.equal(budget.isFull, true);
  const order: number[] = [];
  for (let waiter = 0; waiter < 4; waiter++) {
    budget.whenRoom(() => {
      order.push(waiter);
      budget.take(60);
    });
  }
  assert.deepEqual(order, []);
  budget.release(100);
  assert.deepEqual(order, [0, 1]);
  assert.equal(budget.usedBytes, 120);
  budget.release(60);
  assert.deepEqual(order, [0, 1, 2]);
  assert.equal(budget.hasWaiting, true);
});

test('a waiter that takes and releases within its turn does not let others in twice', () => {
  const budget = new ByteBudget(10);
  budget.take(10);
  let calls = 0;
  for (let waiter = 0; waiter < 100; waiter++) {
    budget.whenRoom(() => {
      calls += 1;
      budget.take(10);
      budget.release(10);
    });
  }
  budget.release(10);
  assert.equal(calls, 100);
  assert.equal(budget.usedBytes, 0);
});
