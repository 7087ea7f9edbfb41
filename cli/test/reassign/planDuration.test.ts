import assert from 'node:assert/strict';
import test from 'node:test';
import { planSeconds } from '../../src/reassign/planDuration.ts';

test('the broker that gets most decides how long a plan takes', () => {
  const changes = [
    { from: [0, 1], replicas: [2, 3], bytes: 2000 },
    { from: [0, 1], replicas: [0, 2], bytes: 500 },
    { from: [0, 1], replicas: [1, 0], bytes: 0 },
  ];
  assert.equal(planSeconds(changes, 100), 15);
  assert.equal(planSeconds([], 100), 0);
});

test('nobody says how long it takes while it is not known how much there is', () => {
  assert.equal(planSeconds([{ from: [0], replicas: [1], bytes: null }], 100), undefined);
});
