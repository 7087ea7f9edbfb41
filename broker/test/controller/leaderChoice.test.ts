import assert from 'node:assert/strict';
import test from 'node:test';
import { toBrokerId } from '@millrace/core/ids';
import { allControllerRules } from '../../src/controller/controllerRules.ts';
import {
  leaderMoved,
  preferredLeader,
  resigned,
  uncleanElected,
} from '../../src/controller/leaderChoice.ts';
import { withCode } from '../store/storedExamples.ts';
import { away, copy, leader, live, status, view } from './partitionCases.ts';

const three = [live(1), live(2), live(3)];

test('leadership moves to a replica in sync, in another epoch, and to nobody else', () => {
  const moved = leaderMoved(status(), view(three), toBrokerId(2), allControllerRules);
  assert.deepEqual([moved.leader, moved.leaderEpoch, moved.epoch], [leader(2), 4, 6]);
  const lagging = status({ isr: [copy(1), copy(3)] });
  const move = () => leaderMoved(lagging, view(three, lagging), toBrokerId(2), allControllerRules);
  assert.throws(move, withCode('INVALID_REQUEST'));
});

test('the preferred leader leads again once it is in sync and stays', () => {
  const other = status({ leader: leader(2) });
  assert.equal(preferredLeader(other, view(three, other)), 1);
  assert.equal(preferredLeader(status(), view(three)), undefined);
  for (const first of [away(1, 'silent'), live(1, { avoided: true }), live(1, { leaving: true })]) {
    assert.equal(preferredLeader(other, view([first, live(2)], other)), undefined);
  }
  const lagging = status({ leader: leader(2), isr: [copy(2)] });
  assert.equal(preferredLeader(lagging, view(three, lagging)), undefined);
});

const one = toBrokerId(1);

test('a leader that resigned leads again in another epoch; a resignation from an earlier one is past', () => {
  const resignation = { leaderEpoch: 3, isDamaged: false };
  const again = resigned(status(), view(three), one, resignation, allControllerRules);
  assert.deepEqual([again.leader, again.leaderEpoch, again.epoch], [leader(1), 4, 6]);
  assert.equal(resigned(again, view(three, again), one, resignation, allControllerRules), again);
  const committed = status();
  const other = toBrokerId(2);
  assert.equal(resigned(committed, view(three), other, resignation, allControllerRules), committed);
});

test('a damaged leader leaves the ISR for another member, and is not eligible; alone it stays', () => {
  const damaged = { leaderEpoch: 3, isDamaged: true };
  const next = resigned(status(), view(three), one, damaged, allControllerRules);
  assert.deepEqual([next.leader, next.isr, next.leaderEpoch], [leader(2), [copy(2), copy(3)], 4]);
  const two = status({ isr: [copy(1), copy(3)] });
  const last = resigned(two, view(three, two), one, damaged, allControllerRules);
  assert.deepEqual([last.leader, last.isr, last.eligible], [leader(3), [copy(3)], []]);
  const alone = status({ isr: [copy(1)] });
  assert.equal(resigned(alone, view(three, alone), one, damaged, allControllerRules), alone);
  const others = [live(1), away(2, 'silent'), away(3, 'dead')];
  const committed = status();
  assert.equal(resigned(committed, view(others), one, damaged, allControllerRules), committed);
});

test('a person may let a named copy lead, which is recorded; not while somebody leads', () => {
  const lost = status({ leader: null, isr: [copy(1)], eligible: [] });
  const replicas = [away(1, 'dead'), live(2), live(3)];
  const forced = uncleanElected(lost, view(replicas, lost), copy(3), allControllerRules);
  assert.deepEqual([forced.leader, forced.isr], [leader(3), [copy(3)]]);
  assert.equal(forced.uncleanEpoch, forced.leaderEpoch);
  assert.throws(
    () => uncleanElected(status(), view(three), copy(3), allControllerRules),
    withCode('INVALID_REQUEST'),
  );
  assert.throws(
    () => uncleanElected(lost, view(replicas, lost), copy(3, 9), allControllerRules),
    withCode('INVALID_REQUEST'),
  );
});
