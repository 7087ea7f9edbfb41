import assert from 'node:assert/strict';
import test from 'node:test';
import { toBootId, toBrokerId, toCopyId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { type Candidate, elect } from '../../src/controller/firstElection.ts';

const candidate: Candidate = {
  brokerId: toBrokerId(3),
  bootId: toBootId('00000000000a'),
  copyId: toCopyId('00000000000b'),
  lastEpoch: -1,
  durability: 'fsync',
};

const mintedAnew: Candidate = { ...candidate, copyId: toCopyId('0000000000ff') };

function led(): PartitionStatus {
  return elect(0, undefined, candidate, 1).status;
}

test('a partition that never had a leader is led by its first copy', () => {
  const { status, elected } = elect(5, undefined, candidate, 1);
  assert.equal(elected, 'first');
  assert.deepEqual(
    [status.p, status.leaderEpoch, status.epoch, status.initialized],
    [5, 0, 0, true],
  );
  assert.deepEqual(status.isr, ['3:00000000000b']);
  assert.equal(status.leader, '3:00000000000b:00000000000a');
});

test('a restart never resumes a leader epoch: a copy in sync leads in one above all that it has seen', () => {
  const next = { ...candidate, bootId: toBootId('00000000000c'), lastEpoch: 7 };
  const { status, elected } = elect(0, led(), next, 1);
  assert.equal(elected, 'clean');
  assert.deepEqual([status.leaderEpoch, status.epoch], [8, 1]);
  assert.equal(status.leader, '3:00000000000b:00000000000c');
});

test('an fsync copy that cannot prove what it acknowledged leads nobody', () => {
  const { status, elected } = elect(0, led(), mintedAnew, 1);
  assert.equal(elected, 'none');
  assert.equal(status.leader, null);
  assert.deepEqual(status.isr, ['3:00000000000b'], 'who holds the records stays on record');
});

test('an async copy that was minted anew leads by unclean election, which is recorded', () => {
  const { status, elected } = elect(0, led(), { ...mintedAnew, durability: 'async' }, 1);
  assert.equal(elected, 'unclean');
  assert.equal(status.uncleanEpoch, status.leaderEpoch);
  assert.deepEqual(status.isr, ['3:0000000000ff']);
});
