import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busySeconds, startMachineLoad } from '../src/machineLoad.ts';

test('busy time leaves out idle, waiting for disks and stolen time', () => {
  assert.equal(busySeconds('cpu  100 20 30 4000 500 6 7 800 0 0\ncpu0 1 2 3\n'), 1.63);
});

test('the share of others stays between none and all', () => {
  assert.equal(startMachineLoad()(1e6), 0);
  assert.ok(startMachineLoad()(-1e6) === 1);
});
