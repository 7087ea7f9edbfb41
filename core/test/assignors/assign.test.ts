import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assign, toAssignorName } from '../../src/assignors/assign.ts';
import { partitionRef } from '../../src/assignors/partitionRef.ts';
import { MillraceError } from '../../src/errors.ts';
import { members, ownedOnce, topic } from './world.ts';

const topics = [topic(1, 6)];
const [{ topicId }] = topics as [(typeof topics)[number]];
const pins = new Map([
  [partitionRef(topicId, 0), 'db-0'],
  [partitionRef(topicId, 1), 'db-1'],
]);

test('a pinned partition belongs to its instance alone, the rest is shared by all', () => {
  const group = members(3, topics).map((member, index) => ({
    ...member,
    instanceId: `db-${index}`,
  }));
  for (const assignor of ['uniform', 'range', 'sticky'] as const) {
    const target = assign({ assignor, members: group, topics, pins, previous: new Map() });
    const owners = ownedOnce(target, group);
    assert.equal(owners.get(partitionRef(topicId, 0)), 'm0');
    assert.equal(owners.get(partitionRef(topicId, 1)), 'm1');
    assert.equal(owners.size, 6);
    assert.ok((target.get('m2')?.size ?? 0) > 0);
  }
});

test('a pinned partition waits while its instance is absent', () => {
  const group = members(2, topics).map((member, index) => ({
    ...member,
    instanceId: index === 0 ? 'db-0' : 'other',
  }));
  const previous = new Map([['m1', new Set([partitionRef(topicId, 1)])]]);
  const target = assign({ assignor: 'sticky', members: group, topics, pins, previous });
  const owners = ownedOnce(target, group);
  assert.equal(owners.has(partitionRef(topicId, 1)), false);
  assert.equal(owners.size, 5);
});

test('an assignor that does not exist is refused by name', () => {
  assert.equal(toAssignorName('range'), 'range');
  for (const name of ['', 'Range', 'toString', 'x'.repeat(500)]) {
    assert.throws(
      () => toAssignorName(name),
      (error) => error instanceof MillraceError && error.code === 'UNKNOWN_ASSIGNOR',
    );
  }
});
