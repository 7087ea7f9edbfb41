import assert from 'node:assert/strict';
import test from 'node:test';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import { nextStep } from '../../src/controller/nextStatus.ts';
import type { PartitionView } from '../../src/controller/partitionView.ts';
import { copy, ids, leader, live, status, view } from './partitionCases.ts';

const five = [1, 2, 3, 4, 5].map((broker) => live(broker));

function next(committed: PartitionStatus, wanted: number[], over: Partial<PartitionView> = {}) {
  const of = view(five, committed, { wanted: ids(...wanted), ...over });
  return nextStep(of, allControllerRules).status;
}

test('new replicas are added; the old ones stay until the new are in sync', () => {
  const adding = next(status(), [1, 4, 5]);
  assert.deepEqual([adding?.replicas, adding?.adding], [ids(1, 2, 3), ids(4, 5)]);
  assert.equal(adding?.leaderEpoch, 3);
  const half = status({ adding: ids(4, 5), isr: [copy(1), copy(2), copy(3), copy(4)] });
  assert.equal(next(half, [1, 4, 5]), undefined);
});

test('once all wanted are in sync one change makes them the replicas', () => {
  const isr = [1, 2, 3, 4, 5].map((broker) => copy(broker));
  const done = next(status({ adding: ids(4, 5), isr }), [1, 4, 5]);
  assert.deepEqual([done?.replicas, done?.adding], [ids(1, 4, 5), []]);
  assert.deepEqual(done?.isr, [copy(1), copy(4), copy(5)]);
  assert.deepEqual([done?.leader, done?.leaderEpoch, done?.epoch], [leader(1), 3, 6]);
});

test('a leader that is not wanted any more hands over in the same change', () => {
  const isr = [1, 2, 3, 4, 5].map((broker) => copy(broker));
  const done = next(status({ adding: ids(4, 5), isr }), [4, 5, 2]);
  assert.deepEqual([done?.leader, done?.leaderEpoch, done?.epoch], [leader(4), 4, 6]);
});

test('fewer than m replicas are never made the replicas', () => {
  assert.equal(next(status({ minIsr: 3 }), [1, 2], { minIsr: 3 }), undefined);
});

test('cancelled, the added ones go', () => {
  const isr = [copy(1), copy(2), copy(3), copy(4)];
  const back = next(status({ adding: ids(4, 5), isr }), [1, 2, 3]);
  assert.deepEqual([back?.adding, back?.isr], [[], [copy(1), copy(2), copy(3)]]);
});

test('cancelled while only added ones are in sync, it stays until enough of the others are', () => {
  const adding = status({ adding: ids(4, 5), leader: leader(4), isr: [copy(4), copy(5)] });
  assert.equal(next(adding, [1, 2, 3]), undefined);
});

test('another preferred leader takes no copying', () => {
  const swapped = next(status(), [2, 1, 3]);
  assert.deepEqual([swapped?.replicas, swapped?.leader], [ids(2, 1, 3), leader(1)]);
});

test('replicas that a broker may not fill now are added later', () => {
  const adding = next(status(), [1, 4, 5], { mayAdd: (brokerId) => brokerId === 4 });
  assert.deepEqual(adding?.adding, ids(4));
});
