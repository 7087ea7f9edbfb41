import assert from 'node:assert/strict';
import test from 'node:test';
import { backoffMs } from '../src/backoff.ts';

test('the delay doubles up to its maximum, with jitter in its upper half', () => {
  const limits = { firstMs: 10, maxMs: 100 };
  const steps = [10, 20, 40, 80, 100, 100];
  for (const [index, step] of steps.entries()) {
    assert.equal(backoffMs(index + 1, 0, 0, limits), step / 2);
    assert.ok(backoffMs(index + 1, 0.999, 0, limits) < step);
  }
  assert.equal(backoffMs(10_000, 0, 0, limits), 50);
});

test('the delay is never shorter than what the server asks for', () => {
  assert.equal(backoffMs(1, 0, 500), 500);
});
