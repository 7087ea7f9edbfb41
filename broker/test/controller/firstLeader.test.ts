import assert from 'node:assert/strict';
import test from 'node:test';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import { firstStep, uninitialized } from '../../src/controller/firstLeader.ts';
import type { ReplicaView } from '../../src/controller/partitionView.ts';
import { away, copy, emptyReport, ids, leader, live, report, view } from './partitionCases.ts';

const fresh = (broker: number): ReplicaView => live(broker, { copy: emptyReport(broker) });
const bare = (broker: number): ReplicaView => live(broker, { copy: undefined });

function step(replicas: readonly ReplicaView[], minIsr = 2) {
  return firstStep(view(replicas, null, { wanted: ids(1, 2, 3), minIsr }), allControllerRules);
}

test('every assigned broker creates its copy before anybody leads', () => {
  assert.deepEqual(step([fresh(1), bare(2), bare(3)]), { kind: 'create', brokers: ids(2, 3) });
});

test('while an assigned broker is away nothing begins', () => {
  assert.deepEqual(step([fresh(1), fresh(2), away(3, 'silent')]), { kind: 'wait' });
  assert.deepEqual(step([fresh(1), fresh(2), away(3, 'dead')]), { kind: 'wait' });
  assert.deepEqual(step([fresh(1), fresh(2)]), { kind: 'wait' });
});

test('the first status names all the empty copies, and the preferred replica leads', () => {
  const first = step([fresh(1), fresh(2), fresh(3)]);
  assert.ok(first.kind === 'lead');
  const { isr, replicas, minIsr, leaderEpoch, epoch, initialized } = first.status;
  assert.deepEqual(isr, [copy(1), copy(2), copy(3)]);
  assert.deepEqual(replicas, ids(1, 2, 3));
  assert.equal(first.status.leader, leader(1));
  assert.deepEqual([minIsr, leaderEpoch, initialized], [2, 0, true]);
  assert.ok(epoch > uninitialized(0, replicas, 2).epoch, 'brokers apply only a higher one');
});

test('a broker that is draining does not lead first', () => {
  const first = step([live(1, { copy: emptyReport(1), avoided: true }), fresh(2), fresh(3)]);
  assert.ok(first.kind === 'lead');
  assert.equal(first.status.leader, leader(2));
});

test('a copy that knows of an earlier life means that the status was lost', () => {
  for (const over of [
    { lastEpoch: 0 },
    { wasIsr: true },
    { seenLeaderEpoch: 0 },
    { adoptedEpoch: 2 },
  ]) {
    const known = live(2, { copy: { ...emptyReport(2), ...over } });
    assert.deepEqual(step([fresh(1), known, fresh(3)]), { kind: 'recover' });
  }
  assert.deepEqual(step([fresh(1), bare(2), live(9, { copy: report(9) })]), { kind: 'recover' });
});
