/** The rules of GroupAssignment, one by one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkedPartitionRef, type PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { GroupAssignment__Output } from '@millrace/proto/generated/millrace/v1/GroupAssignment';
import { Membership } from '../../src/groups/membership.ts';

const TOPIC = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const SESSION_MS = 1000;
const REBALANCE_MS = 5000;

function ref(partition: number): PartitionRef {
  return checkedPartitionRef(TOPIC, partition);
}

function assignment(
  revision: number,
  assigned: readonly number[],
  revoking: readonly number[] = [],
): GroupAssignment__Output {
  return {
    memberId: 'm',
    memberEpoch: revision,
    revision,
    assigned: assigned.map((partition) => ({
      topicId: TOPIC,
      partition,
      committed: null,
      start: null,
    })),
    revoking: revoking.length === 0 ? [] : [{ topicId: TOPIC, partitions: [...revoking] }],
    sessionTimeoutMs: SESSION_MS,
    rebalanceTimeoutMs: REBALANCE_MS,
  };
}

/** Joined at 0 with partitions 0 and 1. */
function joined(): Membership {
  const membership = new Membership('m');
  membership.answered(membership.say(0), assignment(1, [0, 1]), 10);
  return membership;
}

test('a session counts from the sending of what was answered, and from nothing else', () => {
  const membership = joined();
  assert.equal(membership.endMs, SESSION_MS);
  const said = membership.say(400);
  membership.say(800);
  assert.equal(membership.endMs, SESSION_MS);
  membership.answered(said, null, 900);
  assert.equal(membership.endMs, 400 + SESSION_MS);
  const earlier = { ...said, sentMs: 300 };
  membership.answered(earlier, null, 950);
  assert.equal(membership.endMs, 400 + SESSION_MS, 'an answer to an older one takes nothing back');
});

test('an answer that comes after the session that it would prolong does not count', () => {
  const membership = joined();
  const said = membership.say(100);
  assert.equal(membership.answered(said, assignment(2, [0, 1, 2]), 100 + SESSION_MS), undefined);
  assert.deepEqual([...membership.held], [ref(0), ref(1)]);
  assert.equal(membership.endMs, SESSION_MS);
});

test('an assignment of a lower revision is not taken', () => {
  const membership = joined();
  membership.answered(membership.say(20), assignment(5, [0]), 30);
  membership.stopped([ref(1)]);
  const change = membership.answered(membership.say(40), assignment(4, [0, 1]), 50);
  assert.equal(change?.added.size, 0);
  assert.deepEqual([...membership.held], [ref(0)]);
  assert.equal(membership.memberEpoch, 5);
});

test('what is to be given up is held until it was stopped on, and then has to be told', () => {
  const membership = joined();
  const change = membership.answered(membership.say(20), assignment(2, [0], [1]), 30);
  assert.deepEqual(change?.revoked, [ref(1)]);
  assert.deepEqual([...membership.held], [ref(0), ref(1)]);
  assert.equal(membership.mustConfirm, false);
  const before = membership.say(40);
  membership.stopped([ref(1)]);
  assert.equal(membership.mustConfirm, true);
  assert.deepEqual(membership.owned(), { partitions: [{ topicId: TOPIC, partitions: [0] }] });
  membership.answered(before, null, 50);
  assert.equal(
    membership.mustConfirm,
    true,
    'what was said before it had stopped confirms nothing',
  );
  membership.answered(membership.say(60), null, 70);
  assert.equal(membership.mustConfirm, false);
});

test('whoever is not heard to have stopped within the rebalance timeout stops on everything', () => {
  const membership = joined();
  membership.answered(membership.say(500), null, 510);
  membership.answered(membership.say(600), assignment(2, [0], [1]), 610);
  for (let nowMs = 700; nowMs < 6000; nowMs += 500) {
    membership.answered(membership.say(nowMs), null, nowMs + 10);
  }
  // Counted from the last heartbeat that was answered before it was told.
  assert.equal(membership.endMs, 500 + REBALANCE_MS);
  membership.stopped([ref(1)]);
  membership.answered(membership.say(5400), null, 5410);
  assert.ok(membership.endMs > 500 + REBALANCE_MS);
});

test('a partition that comes back is a new one', () => {
  const membership = joined();
  membership.answered(membership.say(20), assignment(2, [0], [1]), 30);
  membership.stopped([ref(1)]);
  const change = membership.answered(membership.say(40), assignment(3, [0, 1]), 50);
  assert.deepEqual([...(change?.added.keys() ?? [])], [ref(1)]);
  assert.equal(membership.mustConfirm, false);
});

test('a member that is told to give up what it never had says so, too', () => {
  const membership = new Membership('m');
  const change = membership.answered(membership.say(0), assignment(7, [], [3]), 10);
  assert.deepEqual(change?.revoked, []);
  assert.equal(membership.mustConfirm, true);
  assert.ok(membership.endMs > 10);
});
