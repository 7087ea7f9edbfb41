import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clampToLog, resolvePoint } from '../../src/range/partitionBounds.ts';
import { EARLIEST, LATEST } from '../../src/range/offsetRange.ts';

const LOG = { earliest: 10, latest: 20 };

test('relative points stay within the log, absolute ones are taken at their word', () => {
  assert.equal(resolvePoint(EARLIEST, LOG, undefined), 10);
  assert.equal(resolvePoint({ kind: 'earliest', plus: 3 }, LOG, undefined), 13);
  assert.equal(resolvePoint({ kind: 'earliest', plus: 30 }, LOG, undefined), 20);
  assert.equal(resolvePoint(LATEST, LOG, undefined), 20);
  assert.equal(resolvePoint({ kind: 'latest', minus: 3 }, LOG, undefined), 17);
  assert.equal(resolvePoint({ kind: 'latest', minus: 30 }, LOG, undefined), 10);
  assert.equal(resolvePoint({ kind: 'offset', offset: 5 }, LOG, undefined), 5);
  assert.equal(resolvePoint({ kind: 'time', ms: 1 }, LOG, 12), 12);
  assert.equal(resolvePoint({ kind: 'time', ms: 1 }, LOG, undefined), 20);
});

test('a range is cut to what the log has of it', () => {
  const clamp = (from: number, to: number) => clampToLog({ partition: 0, from, to }, LOG);
  assert.deepEqual(clamp(12, 15), { partition: 0, from: 12, to: 15 });
  assert.deepEqual(clamp(5, 15), { partition: 0, from: 10, to: 15 });
  assert.deepEqual(clamp(12, 99), { partition: 0, from: 12, to: 20 });
  assert.deepEqual(clamp(2, 5), { partition: 0, from: 10, to: 10 });
  assert.deepEqual(clamp(30, 40), { partition: 0, from: 30, to: 30 });
});
